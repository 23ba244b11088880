"""A simulated plan: the contract's shape, conservation, repeatability, history, refusals."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate import Plan, simulate
from endplate.errors import EndplateError, NotCovered
from plan_strategies import PLANS

PLAN = """
[patient]
age_y = 46
sex = "female"
conditions = []
medications = []
allergies = []
previous = []
baseline = {{ glabellar_lines = 3 }}

[treatment]
date = 2026-11-22
product = "{product}"
indication = "{indication}"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
{more}
"""


def plan(product="onabotulinumtoxinA", indication="glabellar_lines", more=""):
    return Plan.loads(PLAN.format(product=product, indication=indication, more=more))


@pytest.fixture(scope="module")
def result():
    return simulate(plan(), people=512, seed=3)


def outcome(found, endpoint, day):
    return next(o for o in found.outcomes if (o.endpoint, o.day) == (endpoint, day))


def test_the_contract_has_all_its_fields(result):
    told = json.loads(result.as_json())
    assert {"version", "facts_hash", "seed", "people", "command"} <= set(told["provenance"])
    for name in ("onset_d", "peak_d", "duration_d"):
        assert {"median", "p05", "p25", "p75", "p95", "definition"} <= set(told["timing"][name])
    for row in told["outcomes"]:
        assert {"endpoint", "day", "value", "low", "high", "unit", "origin", "trials"} <= set(row)
        assert 0 <= row["low"] <= row["value"] <= row["high"] <= 100
        assert row["low"] <= row["parameters_low"] + 1e-9
    for row in told["harms"]:
        assert {"term", "percent", "low", "high", "background_percent"} <= set(row)
        assert 0 <= row["low"] <= row["percent"] <= row["high"] <= 100
    days = len(told["course"]["day"])
    assert days == 366
    for series in told["course"]["series"]:
        assert len(series["median"]) == len(series["p05"]) == len(series["p95"]) == days


def test_all_of_the_dose_is_accounted_for(result):
    shares = [row.fraction for row in result.spread]
    assert sum(shares) == pytest.approx(1.0, abs=1e-12)
    assert min(shares) >= 0.0


def test_the_same_seed_gives_the_same_answer_bit_for_bit(result):
    assert simulate(plan(), people=512, seed=3).as_json() == result.as_json()


def test_another_seed_gives_other_people(result):
    assert simulate(plan(), people=512, seed=4).timing != result.timing


def test_people_are_the_same_however_many_run():
    from endplate.case import placed_sites
    from endplate.people.collect import collect
    from endplate.people.job import make_jobs
    from endplate.results.limits import covered_areas

    read = plan()
    (job,) = make_jobs(read, covered_areas(read), placed_sites(read), (), 90, 3)
    few, many = (collect(job, people).areas["glabellar_lines"] for people in (7, 600))
    np.testing.assert_array_equal(few.levels, many.levels[:, :7])
    np.testing.assert_array_equal(few.times.duration_d, many.times.duration_d[:7])


def test_the_pivotal_trials_lie_inside_the_intervals(result):
    beside = [
        (row, trial)
        for row in result.outcomes
        for trial in row.trials
        if trial.trial_id.startswith("BOTOX-GL")
    ]
    assert len(beside) > 5
    for row, trial in beside:
        assert row.low <= trial.value <= row.high, (row.endpoint, row.day)


def test_more_dose_lasts_longer_and_peaks_little_higher(result):
    double = simulate(plan(more="dose_u = 40"), people=512, seed=3)
    longer = double.timing.duration_d.median - result.timing.duration_d.median
    assert 20 < longer < 60  # about one half-life of the light chain
    peak = [outcome(r, "inv_none_mild", 30).value for r in (result, double)]
    assert 0 < peak[1] - peak[0] < 20


def test_a_recent_treatment_still_acts():
    before = plan().patient
    earlier = Plan.loads(
        PLAN.format(product="onabotulinumtoxinA", indication="glabellar_lines", more="").replace(
            "previous = []",
            'previous = [{date = 2026-08-20, product = "onabotulinumtoxinA", '
            'indication = "glabellar_lines", dose_u = 20}]',
        )
    )
    assert before.previous == ()
    first = simulate(plan(), people=256, seed=1)
    again = simulate(earlier, people=256, seed=1)
    assert again.timing.duration_d.median > first.timing.duration_d.median
    at_day_0 = [r.course.series[0].median[0] for r in (first, again)]
    assert at_day_0[1] < at_day_0[0]
    assert any("Earlier treatments" in sentence for sentence in again.limits)


def test_a_history_elsewhere_on_the_face_runs_cell_by_cell_and_agrees():
    """The same earlier session through the table and cell by cell gives the same course."""
    from endplate.case import placed_sites
    from endplate.people.collect import collect
    from endplate.people.history import earlier_sessions
    from endplate.people.job import make_jobs

    text = PLAN.format(product="onabotulinumtoxinA", indication="glabellar_lines", more="")
    read = Plan.loads(
        text.replace(
            "previous = []",
            'previous = [{date = 2026-08-20, product = "onabotulinumtoxinA", '
            'indication = "glabellar_lines", dose_u = 20}]',
        )
    )
    areas = ("glabellar_lines",)
    earlier, _ = earlier_sessions(read, areas)
    planned = placed_sites(read)
    (job,) = make_jobs(read, areas, planned, earlier, 120, 2)
    assert job.same_pattern
    moved = (replace(earlier[0], sites=tuple(reversed(earlier[0].sites))),)
    (direct,) = make_jobs(read, areas, planned, moved, 120, 2)
    assert not direct.same_pattern
    one, other = collect(job, 32), collect(direct, 32)
    # needle placement belongs to the site's place in the list, so the reversed session lands a
    # little elsewhere: the courses agree on average, not person by person
    assert np.allclose(one.working.mean(axis=0), other.working.mean(axis=0), atol=0.03)


@pytest.mark.parametrize(
    ("product", "indication", "words"),
    [
        ("rimabotulinumtoxinB", "glabellar_lines", "no label and no trial"),
        ("prabotulinumtoxinA", "cervical_dystonia", "no label and no trial"),
        ("daxibotulinumtoxinA", "forehead_lines", "no label and no trial"),
        ("onabotulinumtoxinA", "sialorrhea", "no model of its tissue"),
    ],
)
def test_it_refuses_where_there_is_no_evidence(product, indication, words):
    with pytest.raises(NotCovered, match=words):
        simulate(plan(product, indication), people=10)


@pytest.mark.parametrize(("name", "value"), [("people", 0), ("seed", -1), ("days", 5)])
def test_numbers_out_of_bounds_are_named(name, value):
    with pytest.raises(EndplateError, match=f"{name} is {value}; allowed are"):
        simulate(plan(), **{name: value})


def test_products_of_the_evidence_run_for_the_glabella():
    doses = {"incobotulinumtoxinA": 20, "prabotulinumtoxinA": 20, "daxibotulinumtoxinA": 40}
    durations = {}
    for product, dose_u in doses.items():
        found = simulate(plan(product), people=128, seed=1)
        assert found.plan.dose_u == dose_u
        durations[product] = found.timing.duration_d.median
    assert durations["daxibotulinumtoxinA"] > durations["incobotulinumtoxinA"]


@settings(max_examples=6)  # nearly every one has a shape of its own to compile
@given(PLANS, st.integers(0, 2**31 - 1))
def test_random_plans_give_an_answer_or_a_reason_and_never_nan(random_plan, seed):
    fewer = replace(
        random_plan.patient,
        previous=random_plan.patient.previous and random_plan.patient.previous[:1],
    )
    one = replace(random_plan.treatment, indications=random_plan.treatment.indications[:1])
    small = replace(random_plan, patient=fewer, treatment=one)
    try:
        found = simulate(small, people=16, seed=seed, days=60)
    except EndplateError:
        return  # a refusal is an answer; anything else raised is a failure
    json.loads(found.as_json())  # NaN and infinity would be refused here


def test_assumed_times_of_side_effects_are_said_to_be_assumed(result):
    from endplate.facts.table import text_rows

    assumed = {row["term"] for row in text_rows("harm_courses") if row["kind"] == "assumed"}
    assert any(row.term in assumed and row.start_d is not None for row in result.harms)
    assert any("start, and how long they last, is assumed" in said for said in result.limits)
