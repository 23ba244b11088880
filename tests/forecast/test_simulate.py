"""A simulated plan: the contract's shape, conservation, repeatability, history, refusals."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_plans import plan_with
from endplate import Plan, simulate
from endplate.case import placed_sites
from endplate.engine.history import earlier_sessions
from endplate.engine.scenario import planned_charts
from endplate.errors import EndplateError, NotCovered
from endplate.facts.table import text_rows
from endplate.forecast.cohort_run import CHUNK, numbered, run_batch, run_of, run_subjects
from endplate.forecast.individual import individual
from endplate.forecast.simulate import prepare
from endplate.forecast.treatment import reported_durations
from endplate.model import Model, Parameters
from endplate.observe.times import first_crossing_d, last_crossing_d
from plan_strategies import PLANS

PLAN = """
[patient]
age_y = 46
sex = "female"
conditions = []
medications = []
allergies = []
previous = [{previous}]
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
AREA = "glabellar_lines"
EARLIER = (
    '{{date = {date}, product = "onabotulinumtoxinA", indication = "glabellar_lines", dose_u = 20}}'
)
SAME_LEVEL = 1e-6  # single precision: what the place in a chunk may move


def plan(product="onabotulinumtoxinA", indication=AREA, more="", previous=""):
    text = PLAN.format(product=product, indication=indication, more=more, previous=previous)
    return Plan.loads(text)


@pytest.fixture(scope="module")
def result():
    return simulate(plan(), people=512, seed=3)


def outcome(result, endpoint, day):
    return next(o for o in result.outcomes if (o.endpoint, o.day) == (endpoint, day))


def only_chart(plan, days=90):
    (chart,) = prepare(plan, 0, days).charts
    return chart


def subjects_of(plan, people, seed=0, days=90):
    """What the subjects of a plan show, at the stored estimates."""
    chart = only_chart(plan, days)
    return run_subjects(chart, Model(), Parameters.stored(), people, seed, days)


def test_the_contract_has_all_its_fields(result):
    data = json.loads(result.as_json())
    assert {"version", "facts_hash", "seed", "people", "command"} <= set(data["provenance"])
    for name in ("onset_d", "peak_d", "duration_d"):
        assert {"median", "p05", "p25", "p75", "p95", "definition"} <= set(data["timing"][name])
    for row in data["outcomes"]:
        assert {"endpoint", "day", "value", "low", "high", "unit", "origin", "trials"} <= set(row)
        assert 0 <= row["low"] <= row["value"] <= row["high"] <= 100
        assert row["low"] <= row["parameters_low"] + 1e-9
    for row in data["harms"]:
        assert {"term", "percent", "low", "high", "background_percent"} <= set(row)
        assert 0 <= row["low"] <= row["percent"] <= row["high"] <= 100
    days = len(data["course"]["day"])
    assert days == 366
    for series in data["course"]["series"]:
        assert len(series["median"]) == len(series["p05"]) == len(series["p95"]) == days


def test_times_stand_beside_what_a_trial_would_print(result):
    timing = result.timing
    assert set(timing.onset_d.as_trials) == {"median_onset"}
    assert timing.peak_d.as_trials == {}
    assert set(timing.duration_d.as_trials) == set(reported_durations(AREA, 365.0))
    assert timing.onset_d.as_trials["median_onset"] < timing.duration_d.median
    # visits every 30 days find a loss late, and a chance reading finds it early
    printed = timing.duration_d.as_trials["median_duration_ge1"]
    assert abs(printed - timing.duration_d.median) < 60
    assert all(0 < day <= 365 for day in timing.duration_d.as_trials.values())


def test_a_time_lies_where_a_straight_line_between_two_days_crosses():
    time_d = np.array([0.0, 1.0, 3.0, 7.0])
    above = np.array([[-1.0, -1.0, 1.0, -3.0], [-1.0, -1.0, -1.0, -1.0], [1.0, 1.0, 1.0, 1.0]]).T
    first_d, last_d = first_crossing_d(above, time_d), last_crossing_d(above, time_d)
    np.testing.assert_allclose(first_d, [2.0, np.nan, 0.0])
    np.testing.assert_allclose(last_d, [4.0, np.nan, 7.0])


def test_shares_are_those_of_the_visit_days_however_long_the_run(result):
    """Day 7 stands on no grid of a course; a share read between two days would move."""
    short = simulate(plan(), people=512, seed=3, days=61)
    for row in short.outcomes:
        long = outcome(result, row.endpoint, row.day)
        assert row.value == pytest.approx(long.value, abs=0.02), (row.endpoint, row.day)


def test_all_of_the_dose_is_accounted_for(result):
    shares = [row.fraction for row in result.spread]
    assert sum(shares) == pytest.approx(1.0, abs=1e-12)
    assert min(shares) >= 0.0


def test_the_same_seed_gives_the_same_answer_bit_for_bit(result):
    assert simulate(plan(), people=512, seed=3).as_json() == result.as_json()


def test_another_seed_gives_other_people(result):
    assert simulate(plan(), people=512, seed=4).timing != result.timing


def test_people_are_the_same_however_many_run():
    """Person 300 lies in the second chunk, of whom 45 or all count."""
    runs = [subjects_of(plan(), people, seed=3).indications[AREA] for people in (301, 600)]
    levels = [run.level[:, 300] for run in runs]
    np.testing.assert_allclose(*levels, rtol=0, atol=SAME_LEVEL)
    np.testing.assert_array_equal(*(run.times.duration_d[:301] for run in runs))


@settings(max_examples=5)
@given(
    seed=st.integers(0, 2**31 - 1),
    person=st.integers(0, 999_999),
    index=st.integers(0, CHUNK - 1),
)
def test_a_person_is_the_same_in_any_chunk(seed, person, index):
    """Wherever the chunk begins: a person is keyed by seed and number alone."""
    chart = only_chart(plan())
    run = run_of(chart, Model(), 90)
    levels, durations_d = [], []
    for place in (index if index <= person else person, person % CHUNK):
        batch = numbered(chart, Parameters.stored(), seed, person - place, CHUNK, CHUNK)
        report = run_batch(run, batch).indications[AREA]
        levels.append(report.level[..., place])
        durations_d.append(report.times.duration_d[place])
    np.testing.assert_allclose(*levels, rtol=0, atol=SAME_LEVEL)
    np.testing.assert_allclose(*durations_d, atol=1e-3)


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
    first = simulate(plan(), people=256, seed=1)
    again = simulate(plan(previous=EARLIER.format(date="2026-08-20")), people=256, seed=1)
    assert again.timing.duration_d.median > first.timing.duration_d.median
    at_day_0 = [r.course.series[0].median[0] for r in (first, again)]
    assert at_day_0[1] < at_day_0[0]
    assert any("Earlier treatments" in sentence for sentence in again.limits)


def test_onset_counts_from_what_an_earlier_treatment_still_does():
    recent = simulate(plan(previous=EARLIER.format(date="2026-10-20")), people=256, seed=1)
    first = simulate(plan(), people=256, seed=1)
    assert "earlier treatment still does on day 0" in recent.timing.onset_d.definition
    assert "day 0" not in first.timing.onset_d.definition
    # counted from before the earlier one, everybody would have it on day 0
    assert recent.timing.onset_d.median > 0.5
    assert recent.timing.onset_d.percent_with_event < first.timing.onset_d.percent_with_event


def cell_by_cell(read):
    """The chart of a plan whose earlier treatment lies a nanometre beside the planned sites."""
    earlier, _ = earlier_sessions(read, (AREA,))
    first, *others = earlier[0].sites
    moved = replace(earlier[0], sites=(replace(first, x_mm=first.x_mm + 1e-6), *others))
    (chart,) = planned_charts(read, (AREA,), placed_sites(read), (moved,), Model())
    assert only_chart(read).scenario.same_pattern
    assert not chart.scenario.same_pattern
    return chart


def test_an_earlier_treatment_at_other_sites_runs_cell_by_cell_and_agrees():
    """A site moved by a nanometre is another pattern, and the same treatment."""
    read = plan(previous=EARLIER.format(date="2026-08-20"))
    table, cells = (
        run_subjects(chart, Model(), Parameters.stored(), 32, 2, 120)
        for chart in (only_chart(read), cell_by_cell(read))
    )
    apart = np.abs(table.working - cells.working)
    assert apart.max() < 0.03
    assert apart.mean() < 0.002
    # a gate's chance: from the table, and from points about the load that each subject has
    chances = {term: own.share for term, own in table.weakness.items()}
    assert 0.001 < chances["eyelid_ptosis"] < 0.1
    assert {term: own.share for term, own in cells.weakness.items()} == pytest.approx(
        chances, rel=0.1, abs=2e-4
    )


def test_earlier_blocks_fatigue_release_in_a_single_run_too():
    """One person cell by cell, with and without fatigue: the run is the one with it."""
    read = plan(previous=EARLIER.format(date="2026-08-20"))
    cells = run_subjects(cell_by_cell(read), Model(), Parameters.stored(), 4, 0, 120)
    with_it, without = (
        individual(read, 2, days=120, fatigue=fatigue, fine=False) for fatigue in (True, False)
    )
    part, bare = with_it.parts[0], without.parts[0]
    after = with_it.time_d >= 0.0
    assert np.all(part.working[after] <= bare.working[after] + 1e-9)
    assert "corrugator_supercilii" in [block.muscle for block in part.blocks]
    fatigue = (bare.working - part.working)[after]
    assert fatigue.max() > 1e-3
    rows = _rows(read, part.blocks)
    of_run, on_days = cells.working[2][:, rows], cells.node_d
    faults = [
        max(
            np.abs(np.interp(on_days, one.time_d, own.working[:, i]) - of_run[:, i]).mean()
            for i in range(len(rows))
        )
        for one, own in ((with_it, part), (without, bare))
    ]
    assert faults[0] < faults[1]


def _rows(plan, blocks):
    """Rows of blocks among all that a run follows."""
    from endplate.engine.anatomy import muscle_field

    every = muscle_field(only_chart(plan).scenario.anatomy).blocks
    return [every.index(block) for block in blocks]


def test_a_silent_muscle_smooths_the_line_at_rest_in_a_single_run_too(result):
    (rest,) = (s for s in result.course.series if s.name == f"severity_rest:{AREA}")
    at_peak, at_end = rest.median[30], rest.median[240]
    assert at_peak < rest.median[0]
    assert at_end < rest.median[0]  # the movement is back, the line is not wholly


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
        forecast = simulate(plan(product), people=128, seed=1)
        assert forecast.plan.dose_u == dose_u
        durations[product] = forecast.timing.duration_d.median
    assert durations["daxibotulinumtoxinA"] > durations["incobotulinumtoxinA"]


@settings(max_examples=6)  # nearly every one has a shape of its own to compile
@given(PLANS, st.integers(0, 2**31 - 1))
def test_random_plans_give_an_answer_or_a_reason_and_never_nan(random_plan, seed):
    fewer = replace(
        random_plan.patient,
        previous=random_plan.patient.previous and random_plan.patient.previous[:1],
    )
    first_use = replace(random_plan.treatment, indications=random_plan.treatment.indications[:1])
    small = replace(random_plan, patient=fewer, treatment=first_use)
    try:
        forecast = simulate(small, people=16, seed=seed, days=60)
    except EndplateError:
        return  # a refusal is an answer; anything else raised is a failure
    json.loads(forecast.as_json())  # NaN and infinity would be refused here


def test_assumed_times_of_side_effects_are_said_to_be_assumed(result):
    assumed = {row["term"] for row in text_rows("harm_courses") if row["kind"] == "assumed"}
    assert any(row.term in assumed and row.start_d is not None for row in result.harms)
    assert any("start, and how long they last, is assumed" in said for said in result.limits)


def test_a_needle_in_a_neighbour_is_told_by_what_it_silences_there():
    """4 U meant for a frown put into the lid lifter: the lid falls in nearly all, not in two."""
    sites = [
        {"muscle": "procerus", "side": "midline", "dose_u": 4.0},
        *({"muscle": "corrugator_supercilii", "side": s, "dose_u": 4.0} for s in ("left", "right")),
    ]
    lid = {"muscle": "levator_palpebrae_superioris", "side": "left", "dose_u": 4.0}
    own = {"treatment.protocol": None, "treatment.site": sites}
    amiss = {"treatment.protocol": None, "treatment.site": [*sites, lid]}
    usual, wrong = (simulate(plan_with(edits), people=128).as_dict() for edits in (own, amiss))
    assert ptosis(usual)["percent"] < 10.0
    assert ptosis(wrong)["percent"] > 80.0
    assert ptosis(wrong)["length_d"] > 30.0


def ptosis(result):
    return next(harm for harm in result["harms"] if harm["term"] == "eyelid_ptosis")
