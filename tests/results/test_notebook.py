"""What results say of themselves in a shell and in a notebook is short, and their tables are
frames."""

import json

import pytest

import endplate
from endplate.errors import EndplateError
from endplate.personalise.personalise import Person, Personalised
from endplate.sensitivity.sensitivity import Sensitivity
from endplate.sensitivity.sobol import UnknownTable
from endplate.trials import TrialResult
from endplate.validation.stored import stored_validation
from endplate.views import compare

QUANTILES = {"median": 90.0, "p05": 60.0, "p95": 130.0}
TOLD = {
    "patient": "<b>Ann</b>",
    "forecast": [{"day": 14.0, "endpoint": "twstrs_total", **QUANTILES}],
    "wears_off_d": QUANTILES,
    "visits_used": 3,
    "posterior": {"reach": {**QUANTILES, "unit": "SD of people", "meaning": "how much"}},
    "next_treatment": {
        "not_before_d": 84.0, "come_back_d": 90.0, "band_d": [84.0, 130.0], "reason": "lost",
    },
}  # fmt: skip
INDEX = {"name": "persistence_d", "first": 0.5, "total": 0.61, "members": ("a", "b")}


def table(title):
    return UnknownTable(title, "duration_d", "d", 120.0, 10.0, 64, (INDEX,) * 40, ())


@pytest.fixture(scope="module")
def results():
    saved = {
        "provenance": {"people": 8, "seed": 1, "days": 60},
        "plan": {"product": "Botox", "indications": ["glabellar_lines"], "dose_u": 20},
    }
    result = endplate.Result.from_dict(saved)
    learned = Personalised((Person(TOLD, ()),) * 40, None, {})
    unknowns = Sensitivity({}, {"name": "duration_d"}, table("science"), table("person"), ())
    return {
        "check": endplate.check(endplate.DEMO_PLAN),
        "comparison": compare([result, result], ["one", "<i>other</i>"]),
        "validation": stored_validation(),
        "personalised": learned,
        "sensitivity": unknowns,
    }


NAMES = ["check", "comparison", "validation", "personalised", "sensitivity"]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_shell_prints_is_short(results, name):
    said = repr(results[name])
    assert 10 < len(said) < 1000
    assert len(said.splitlines()) <= 12


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_notebook_shows_a_small_table_and_no_markup_of_a_user(results, name):
    shown = results[name]._repr_html_()
    assert shown.count("<table>") == shown.count("</table>") >= 1
    assert shown.count("<tr>") < 30
    assert "<b>Ann" not in shown
    assert "<i>other" not in shown


def test_figures_are_those_of_the_result(results):
    assert "persistence_d 0.61" in repr(results["sensitivity"])
    assert "3 visits, come back on day 90" in repr(results["personalised"])
    rows = results["validation"].rows
    assert f"{len(rows)} figures predicted" in repr(results["validation"])


@pytest.mark.parametrize(
    ("name", "tables"),
    [("personalised", ("forecast", "learned", "next")), ("sensitivity", ("science", "person"))],
)
def test_tables_are_frames_of_both_kinds(results, name, tables):
    for one in tables:
        polars, pandas = (results[name].to_polars(one), results[name].to_pandas(one))
        assert polars.columns == list(pandas)
        assert polars.shape == pandas.shape
        assert len(polars) == 40
    with pytest.raises(EndplateError, match=r"^table is 'x'; allowed are"):
        results[name].to_polars("x")


def test_a_trial_has_the_dataset_that_every_result_has(tmp_path):
    series = {"name": "INVGRADE", "arm": "20 U"}
    series |= {"mean": [1.0], "p05": [0.5], "p95": [1.5]}
    told = {"arms": [{"name": "20 U"}], "curves": {"day": [30.0], "series": [series]}}
    (tmp_path / "summary.json").write_text(json.dumps(told))
    data = TrialResult(tmp_path).to_xarray()
    assert data["INVGRADE_mean"].dims == ("arm", "day")
    assert data["day"].attrs["units"] == "d"
