"""Indices against closed forms through our own path, and what a plan's tables must hold."""

import sys

import numpy as np
import pytest

from case_plans import plan_with
from endplate.case import placed_sites
from endplate.engine.history import earlier_sessions
from endplate.engine.scenario import planned_charts
from endplate.errors import EndplateError
from endplate.forecast.cohort_run import CHUNK, Batch, cohort_of, run_batch, run_of
from endplate.model import Model, Parameters
from endplate.population.random_effects import draw, quadrature
from endplate.sensitivity import sensitivity
from endplate.sensitivity.outcome import of_cohorts, outcome_of
from endplate.sensitivity.runs import (
    log_margins,
    outcome_run,
    subject_outcomes,
    with_planned_sites,
)
from endplate.sensitivity.sobol import fill_gaps, saltelli_design, sobol_indices
from endplate.sensitivity.unknowns import group_values, parameter_groups

EARLIER = [
    {
        "date": "2026-07-20",
        "product": "onabotulinumtoxinA",
        "indication": "glabellar_lines",
        "dose_u": 20,
    }
]
ELSEWHERE = [EARLIER[0] | {"indication": "lateral_canthal_lines"}]
MOST_FAULT = 0.03  # of 2,048 base samples; halves with four times as many


@pytest.fixture(scope="module")
def glabella():
    """A small run: enough for what must hold whatever the number of samples."""
    return sensitivity(plan_with(), "inv_none_mild", 90, samples=16, seed=3).as_dict()


def chart_of(plan):
    """The one chart of a plan of glabellar lines, and the earlier sessions that it takes in."""
    earlier, _ = earlier_sessions(plan, ("glabellar_lines",))
    (chart,) = planned_charts(plan, ("glabellar_lines",), placed_sites(plan), earlier, Model())
    return chart, earlier


@pytest.fixture(scope="module")
def chart():
    return chart_of(plan_with())[0]


def test_ishigami_has_its_known_indices():
    runs = saltelli_design({"x1": 1, "x2": 1, "x3": 1}, 2048, 0)
    x1, x2, x3 = ((2 * runs.columns(n)[:, 0] - 1) * np.pi for n in ("x1", "x2", "x3"))
    indices = sobol_indices(runs, np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1), 0)
    by_name = {index.name: index for index in indices}
    for name, first, total in (("x1", 0.314, 0.558), ("x2", 0.442, 0.442), ("x3", 0.0, 0.244)):
        assert by_name[name].first == pytest.approx(first, abs=MOST_FAULT)
        assert by_name[name].total == pytest.approx(total, abs=MOST_FAULT)
    assert [index.name for index in indices] == ["x1", "x2", "x3"]


def test_the_same_runs_have_the_same_intervals():
    runs = saltelli_design({"x1": 1, "x2": 1}, 64, 0)
    outcome = runs.points.sum(axis=1)
    first = sobol_indices(runs, outcome, 0)
    assert sobol_indices(runs, outcome, 0) == first


def test_correlated_parameters_are_one_unknown_with_its_known_share():
    """Of a sum of normals each unknown has its part of the variance, correlation within it kept."""
    rng = np.random.default_rng(0)
    covariance = np.diag([1.0, 4.0, 1.0, 1.0])
    covariance[0, 1] = covariance[1, 0] = -1.6
    draws = rng.multivariate_normal(np.zeros(4), covariance, 4000)
    groups, set_aside = parameter_groups(draws, (0, 1, 2))
    assert [group.rows for group in groups] == [(0, 1), (2,)]
    assert set_aside < 0.05
    runs = saltelli_design({"pair": 2, "single": 1}, 2048, 0)
    pairs = zip(groups, runs.sizes, strict=True)
    values = [group_values(group, runs.columns(name), draws) for group, name in pairs]
    outcome = values[0].sum(axis=1) + values[1][:, 0]
    first = {index.name: index.first for index in sobol_indices(runs, outcome, 0)}
    assert np.var(values[0].sum(axis=1)) == pytest.approx(1.8, rel=0.1)  # 1 + 4 - 3.2
    assert first["pair"] == pytest.approx(1.8 / 2.8, abs=MOST_FAULT)
    assert first["single"] == pytest.approx(1.0 / 2.8, abs=MOST_FAULT)


def test_draws_keep_a_marginal_that_is_not_normal():
    draws = np.exp(np.random.default_rng(1).standard_normal((4000, 1)))
    (group,), _ = parameter_groups(draws, (0,))
    points = (np.arange(2000) + 0.5)[:, None] / 2000
    values = group_values(group, points, draws)[:, 0]
    for percent in (5, 50, 95):
        assert np.percentile(values, percent) == pytest.approx(
            np.percentile(draws, percent), rel=0.02
        )


def test_both_tables_name_what_bears_on_the_plan(glabella):
    science = {name for row in glabella["science"]["rows"] for name in row["parameters"]}
    assert {"potency:glabellar_lines", "persistence_d", "treated_share:glabellar_lines"} <= science
    other = {"potency:forehead_lines", "driven_share:cervical_dystonia", "trial_logit_sd"}
    assert not science & (other | {"potency_ratio:abobotulinumtoxinA", "notice_grade"})
    person = {row["name"] for row in glabella["person"]["rows"]}
    assert {"load", "persistence", "placement", "within_grade"} <= person
    # what is stated of the patient, and what other uses have, is no unknown
    assert not person & {"grade", "baseline", "response", "placebo", "neighbour"}


@pytest.mark.parametrize("table", ["science", "person"])
def test_indices_are_sorted_and_sum_to_one_at_most(glabella, table):
    rows = glabella[table]["rows"]
    totals = [row["total"] for row in rows]
    assert totals == sorted(totals, reverse=True)
    doubt = np.hypot.reduce([row["first_ci"] for row in rows])
    assert sum(row["first"] for row in rows) <= 1 + 2 * doubt
    assert all(row["total"] > -0.01 and row["meaning"] for row in rows)


def test_the_same_seed_gives_the_same_tables(glabella):
    again = sensitivity(plan_with(), "inv_none_mild", 90, samples=16, seed=3).as_dict()
    assert again == glabella


@pytest.mark.parametrize("name", ["wrinkles", "inv_none_mild:overactive_bladder"])
def test_an_unknown_outcome_names_the_allowed_ones(name):
    with pytest.raises(EndplateError) as fault:
        sensitivity(plan_with(), name)
    (sentence,) = str(fault.value).splitlines()
    assert sentence.startswith(f"{name} is no outcome of this plan; allowed are onset_d, peak_d")
    assert "inv_ge1" in sentence
    assert "eyelid_ptosis" in sentence


def open_gates(chart):
    """Subjects with open gates and high loads at the stored parameters, each a group alone."""
    effects, placement = draw(np.int64(5), np.arange(CHUNK), chart.scenario.site_count)
    vectors = np.tile(Parameters.stored().vectors.T, (1, CHUNK))
    return Batch(cohort_of(vectors, np.asarray(effects) + 1.0, placement), np.eye(CHUNK))


@pytest.mark.parametrize("earlier", [[], EARLIER], ids=["first", "again"])
def test_a_weak_neighbour_has_a_margin_above_nought(earlier):
    """The margin by the load alone says of each person what the simulated gate says."""
    chart, _ = chart_of(plan_with({"patient.previous": earlier}))
    assert len(chart.injections) == 1 + len(earlier)
    run, batch = run_of(chart, Model(), 60), open_gates(chart)
    margin = log_margins(run, batch, "eyelid_ptosis")
    weak = ~np.isnan(run_batch(run, batch).weak_start_d["eyelid_ptosis"])
    clear = np.abs(margin) > 0.05  # the tables are read apart: at the very edge they may differ
    assert 0.05 < weak.mean() < 0.95
    assert (weak == (margin > 0))[clear].all()


def test_earlier_treatments_elsewhere_count_as_at_the_planned_sites():
    plan = plan_with({"patient.previous": ELSEWHERE})
    chart, earlier = chart_of(plan)
    assert not chart.scenario.same_pattern
    moved = with_planned_sites(plan, chart, earlier, Model())
    same, _ = chart_of(plan_with({"patient.previous": EARLIER}))
    assert moved.scenario.same_pattern
    assert moved.injections == same.injections
    assert moved.sites == same.sites
    assert with_planned_sites(plan, same, earlier, Model()) is same


@pytest.mark.parametrize("name", ["inv_none_mild", "duration_d"])
def test_each_subject_has_its_own_outcome_of_the_forecast(chart, name):
    """Of subjects alone, more than fill a chunk, the mean is that of the forecast's group."""
    day, days = 30.0, 60
    _, outcome = outcome_of((chart,), name, day)
    run = outcome_run(chart, outcome, Model(), days)
    effects, placement = quadrature(CHUNK, chart.scenario.site_count)
    vectors = np.tile(Parameters.stored().vectors.T, (1, CHUNK))
    cycled = np.arange(CHUNK + 3) % CHUNK
    values = subject_outcomes(
        run, outcome, vectors[:, cycled], effects[:, cycled], placement[..., cycled]
    )
    np.testing.assert_array_equal(values[CHUNK:], values[:3])
    batch = Batch(cohort_of(vectors, effects, placement), np.full((4, CHUNK), 1.0 / CHUNK))
    report = run_batch(run_of(chart, Model(), days), batch).indications["glabellar_lines"]
    if name == "inv_none_mild":
        on_day = run_of(chart, Model(), days).visit_d.tolist().index(day)
        expected = report.sums[0, outcome.index, on_day]
        assert np.mean(values[:CHUNK]) == pytest.approx(expected, rel=1e-4)
        assert values.min() >= 0.0
        assert values.max() <= 100.0
    else:
        np.testing.assert_allclose(values[:CHUNK], report.times.duration_d, rtol=1e-5)


def test_the_share_of_a_cohort_is_that_of_its_margins(chart):
    _, outcome = outcome_of((chart,), "eyelid_ptosis", 30)
    rng = np.random.default_rng(2)
    cohort = -2.0 + rng.standard_normal((1, 200_000))
    assert of_cohorts(outcome, cohort)[0] == pytest.approx(100 * np.mean(cohort > 0), rel=0.02)


def test_people_without_the_event_are_said(chart):
    _, duration = outcome_of((chart,), "duration_d", 30)
    _, onset = outcome_of((chart,), "onset_d", 30)
    values = np.array([100.0, np.nan, 120.0, 140.0])
    assert fill_gaps(duration, values)[0].tolist() == [100.0, 0.0, 120.0, 140.0]
    assert fill_gaps(onset, values)[0].tolist() == [100.0, 120.0, 120.0, 140.0]
    assert "25.0% of the runs" in fill_gaps(onset, values)[1][0]
    with pytest.raises(EndplateError, match="nothing to weigh"):
        fill_gaps(duration, np.array([np.nan, np.nan, 1.0]))


def test_without_salib_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib.sample", None)
    with pytest.raises(EndplateError, match=r"pip install '\.\[learn\]'"):
        saltelli_design({"x1": 1}, 8, 0)
