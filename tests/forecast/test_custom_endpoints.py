"""A user's endpoint that says what a shipped one says gives its figures: there is no second way."""

from dataclasses import replace

import pytest

import endplate
from endplate.facts.custom_endpoints import read_endpoints
from endplate.facts.trials import defined_by, trial_figures
from endplate.validation.validate import validate

COPIES = {
    "own_ge1": ("glabellar_lines", "inv_ge1", "grades_better,1,investigator"),
    "own_mild": ("glabellar_lines", "subj_none_mild", "grade_at_most,1,subject"),
    "own_both": ("glabellar_lines", "both_ge2", "grades_better,2,both"),
    "own_fifth": ("cervical_dystonia", "twstrs_ge20", "share_fallen,0.2,investigator"),
    "own_total": ("cervical_dystonia", "twstrs_total", "change,0,investigator"),
}
NECK = {
    "patient": {"age_y": 50, "sex": "female", "weight_kg": 70},
    "treatment": {
        "date": "2026-11-22",
        "product": "onabotulinumtoxinA",
        "indication": "cervical_dystonia",
        "vial_u": 100,
        "diluent_ml": 1.0,
        "protocol": "label",
    },
}


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "own.csv"
    rows = [f"{code},{use},{how}" for code, (use, _, how) in COPIES.items()]
    file.write_text("\n".join(["endpoint,indication,how,threshold,rater", *rows]))
    return file


def by_day(result, endpoint):
    return [
        (row.day, row.value, row.low, row.high, row.people_low, row.placebo, row.unit)
        for row in result.outcomes
        if row.endpoint == endpoint
    ]


@pytest.mark.parametrize("plan", [endplate.DEMO_PLAN, NECK], ids=["lines", "score"])
def test_a_copy_of_a_shipped_endpoint_has_its_figures(table, plan):
    result = endplate.simulate(plan, people=64, days=90, endpoints=table)
    area = result.plan.indications[0]
    copies = {code: shipped for code, (use, shipped, _) in COPIES.items() if use == area}
    assert copies
    for code, shipped in copies.items():
        assert by_day(result, code) == by_day(result, shipped) != []
    assert (result.provenance.command or "").endswith(" --endpoints own.csv")
    assert f"{next(iter(copies))} is an endpoint of the user" in " ".join(result.limits)
    others = {code for code, (use, _, _) in COPIES.items() if use != area}
    assert not others & {row.endpoint for row in result.outcomes}


def test_an_endpoint_of_a_users_own_is_told_after_every_treatment(table):
    """With the figures of the shipped one that it copies, on the visit and before the next."""
    neck = {**NECK, "repeat": {"cycles": 2, "interval_d": 84, "antibodies": "none"}}
    cycles = endplate.simulate(neck, people=64, days=90, endpoints=table).cycles
    assert cycles is not None
    assert [row.cycle for row in cycles.rows] == [1, 2]
    for row in cycles.rows:
        told = {one.endpoint: replace(one, endpoint="") for one in row.outcomes}
        assert told["own_total"] == told["twstrs_total"]
        assert told["own_fifth"] == told["twstrs_ge20"]
        assert "own_ge1" not in told


def test_a_published_figure_is_predicted_by_the_users_reading(table):
    custom = read_endpoints(table)
    shipped = {(use, code): own for own, (use, code, _) in COPIES.items()}
    some = [f for f in trial_figures() if (f.indication, f.endpoint) in shipped][:4]
    renamed = [replace(f, endpoint=shipped[f.indication, f.endpoint]) for f in some]
    assert {f.indication for f in some} == {"glabellar_lines"}
    neck = next(f for f in trial_figures() if f.endpoint == "twstrs_total" and f.day)
    some, renamed = [*some, neck], [*renamed, replace(neck, endpoint="own_total")]
    alone = validate(tuple(renamed))
    assert [one["reason"] for one in alone.skipped] == [
        f"endpoint {f.endpoint} is not covered by the model" for f in renamed
    ]
    told = [validate(tuple(some)), validate(defined_by(tuple(renamed), custom))]
    figures = [
        [(row.trial_id, row.predicted, row.low, row.high, row.unit) for row in one.rows]
        for one in told
    ]
    assert len(figures[0]) == 5
    assert figures[0] == figures[1]
