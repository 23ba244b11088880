"""The qualification report: nothing of a table goes missing, and the worst comes first."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from html_reading import Page

from endplate.errors import EndplateError
from endplate.facts.trials import TrialFigure
from endplate.validation.results import Row, Validation, summary
from endplate.views.qualification import qualification_page, write_qualification
from endplate.views.qualification.measures import (
    LEVELS,
    calibration,
    misses,
    of_interval,
    relative_dose,
)

ROW = Row(
    "T-1", "glabellar_lines", "onabotulinumtoxinA", "20U", 30.0, "inv_none_mild", "percent", 100,
    80.0, "", 76.0, 60.0, 90.0, True, "%", True, 0.6, 20.0, "botox_gl_1_2_pooled", "",
)  # fmt: skip
ROWS = (
    ROW,
    replace(ROW, trial_id="T-2", observed=99.0, inside=False, rank=0.99, verified=False),
    replace(ROW, trial_id="T-3", observed=10.0, inside=False, rank=0.01, note="4 <grades>"),
    replace(ROW, trial_id="T-4", product="placebo", area_dose_u=0.0, observed=3.0, predicted=4.0,
            low=0.0, high=9.0, rank=0.4),
    replace(ROW, trial_id="T-5", indication="overactive_bladder", endpoint="ui_per_day",
            kind="change", unit="1/d", observed=-2.5, predicted=-3.0, low=-4.0, high=-2.0, day=84.0,
            area_dose_u=100.0, rank=0.7),
    replace(ROW, trial_id="T-6", indication="overactive_bladder", endpoint="median_duration",
            kind="duration", unit="d", observed=200.0, predicted=230.0, low=180.0, high=290.0,
            day=None, area_dose_u=100.0, bound="at_least", rank=None),
    replace(ROW, trial_id="T-7", endpoint="ae_eyelid_ptosis", kind="harm", observed=3.0,
            predicted=2.0, low=0.0, high=6.0, day=None, rank=0.8),
)  # fmt: skip
SKIPPED = (
    {
        "trial_id": "S-1",
        "endpoint": "usfr_change",
        "reason": "indication sialorrhea is not covered",
    },
    {"trial_id": "S-2", "endpoint": "inv_ge1", "reason": "the day is not stated"},
)


def figure(row):
    return TrialFigure(
        row.trial_id, row.indication, row.product, row.arm, row.area_dose_u, row.area_dose_u, row.n,
        row.day, row.endpoint, "percent", row.observed, row.bound, row.source, row.verified,
        row.note,
    )  # fmt: skip


FIGURES = tuple(figure(row) for row in ROWS)


def validation(rows=ROWS, skipped=SKIPPED):
    return Validation(tuple(rows), tuple(skipped), summary(tuple(rows)))


def written(folder, found, figures=FIGURES, left_out=None):
    page = qualification_page(found, figures, left_out)
    text = write_qualification(page, folder / "q.html").read_text(encoding="utf-8")
    return text, Page(text)


def test_the_page_is_whole_and_loads_nothing(tmp_path):
    text, page = written(tmp_path, validation())
    assert page.faults == []
    assert page.loads == []
    assert "<script" not in text
    assert "url(" not in text
    assert len(page.ids) == len(set(page.ids))
    local = [one.removeprefix("#") for one in page.links if one.startswith("#")]
    assert set(local) <= set(page.ids)
    assert all(one.startswith(("https://", "http://", "#")) for one in page.links)


def test_every_figure_is_shown_or_its_reason_is(tmp_path):
    text, page = written(tmp_path, validation())
    for row in ROWS:
        assert f"{row.trial_id}, 20U" in text  # the tooltip of its mark
        assert row.trial_id in page.text
    for row in SKIPPED:
        assert row["reason"] in page.text
        assert row["trial_id"] in page.text
    assert "7 predicted, of which 2 lie outside" in page.text
    assert "4 <grades>" in page.text


def test_what_is_wrong_comes_first_and_the_worst_of_it_at_the_top(tmp_path):
    _, page = written(tmp_path, validation())
    assert [row.trial_id for row in misses(ROWS)] == ["T-3", "T-2"]
    order = [page.ids.index(name) for name in ("targets", "misses", "uses", "calibration")]
    assert order == sorted(order)
    wrong = page.text.split("What the model gets wrong")[1].split("Use by use")[0]
    assert wrong.index("T-3") < wrong.index("T-2")
    assert "T-1" not in wrong
    assert "not verified" in wrong


def test_targets_are_those_of_the_json(tmp_path):
    found = validation()
    _, page = written(tmp_path, found)
    told = found.as_dict()["targets"]
    assert told
    for target in told:
        said = page.text.split(target["words"].capitalize())[1][:60]
        if target["met"] is None:
            assert "no figures" in said
            assert "not measured" in said
        else:
            assert said.split()[0] == str(target["n"])
            assert ("met" if target["met"] else "missed") in said


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.trial_id)
def test_a_table_of_one_row_makes_a_page(tmp_path, row):
    _, page = written(tmp_path, validation([row], ()), (figure(row),))
    assert page.faults == []
    assert row.trial_id in page.text
    assert "Every figure of the table is predicted" in page.text


def test_a_table_without_covered_figures_is_one_sentence():
    with pytest.raises(EndplateError, match="None of the 2 figures is covered by the model"):
        qualification_page(validation([]), FIGURES[:2])


def test_trials_left_out_are_told_or_said_to_be_missing(tmp_path):
    _, page = written(tmp_path, validation())
    assert "not part of this run" in page.text
    worse = tuple(replace(row, predicted=row.observed + 12.0) for row in ROWS)
    left_out = SimpleNamespace(summary=summary(worse), k_hat={"T-1": 0.31, "T-2": 0.92})
    _, page = written(tmp_path, validation(), left_out=left_out)
    part = page.text.split("Trials left out of the fit")[1].split("Who was studied")[0]
    assert "at most 7 points" in part
    assert part.index("T-2") < part.index("T-1")
    assert "0.92 not to be trusted" in part
    assert "0.31 not" not in part


def test_the_same_table_gives_the_same_page(tmp_path):
    first, _ = written(tmp_path, validation())
    again, _ = written(tmp_path, validation())
    other, _ = written(tmp_path, validation(), FIGURES[1:])
    assert first == again
    assert first != other


def test_errors_count_in_arms_of_the_interval():
    assert of_interval(replace(ROW, observed=90.0)) == -1.0
    assert of_interval(replace(ROW, observed=60.0)) == 1.0
    assert of_interval(ROW) == pytest.approx(-4 / 14)
    edge = replace(ROW, predicted=0.0, low=0.0, high=8.0, observed=-1.0)
    assert of_interval(edge) == 0.5  # an arm of no length is no ruler


def test_doses_are_told_over_that_of_the_label():
    assert relative_dose(ROW) == 1.0
    assert relative_dose(replace(ROW, area_dose_u=80.0)) == 4.0
    assert relative_dose(ROWS[3]) == 0.0
    assert relative_dose(replace(ROW, product="letibotulinumtoxinA", area_dose_u=None)) is None


def test_calibration_of_even_ranks_runs_along_the_line():
    even = [replace(ROW, rank=(i + 0.5) / 200) for i in range(200)]
    assert calibration(even) == pytest.approx(LEVELS, abs=0.6)
    narrow = [replace(ROW, rank=rank) for rank in (0.001, 0.999)]
    assert calibration(narrow).tolist() == [0.0] * len(LEVELS)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_the_report_fits_the_screen_and_fetches_nothing(chromium, tmp_path, width, scheme):
    page = qualification_page(validation(), FIGURES)
    address = write_qualification(page, tmp_path / "q.html").as_uri()
    asked = []
    shown = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(address)
    for summary_ in shown.locator("summary").all():
        summary_.click()
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    for box in shown.locator("svg.panel").all():
        drawn = box.bounding_box()
        assert drawn["width"] >= 240
        assert drawn["x"] + drawn["width"] <= width
    shown.close()
    assert asked == [address]
