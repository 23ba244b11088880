"""A preview is `simulate` in fewer people: same people, same model, only more noise."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import jax
import numpy as np
import pytest

from endplate import Plan, simulate
from endplate.case import Site, placed_sites
from endplate.engine.scenario import planned_charts
from endplate.errors import EndplateError, NotCovered
from endplate.forecast import cohort_run, preview, treatment, warm
from endplate.forecast.cohort_run import run_subjects
from endplate.forecast.preview import PEOPLE, _chart_run
from endplate.forecast.simulate import prepare
from endplate.results.cohort import IndicationResult
from one_area_plan import plan

FACE = ("glabellar_lines", "lateral_canthal_lines", "forehead_lines")
EARLIER = """
[[patient.previous]]
date = {date}
product = "onabotulinumtoxinA"
indication = "{indication}"
dose_u = 20
"""
_REPEATED = """
[patient]
{}
[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""
# Single precision, and sums in another order: far below what a figure is reported to.
SAME_WORKING, SAME_PERCENT, SAME_DAY = 1e-5, 1e-3, 0.01
# 128 people against 2000: five standard errors of a share, at most 50 points wide, and of the
# logarithm of a median time, whose scatter between people is at most 0.7.
NOISE = 5 * (1 / PEOPLE + 1 / 2000) ** 0.5
MOST_POINTS, MOST_LOG = 50 * NOISE, 1.25 * 0.7 * NOISE
MOST_HARM_POINTS = 1.0  # side effects are expectations, not counts, so that few people tell as much


def three_areas():
    text = """
[patient]
baseline = { glabellar_lines = 3, lateral_canthal_lines = 2, forehead_lines = 3 }
[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = ["glabellar_lines", "lateral_canthal_lines", "forehead_lines"]
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""
    return Plan.loads(text)


def medical(indication, vial_u, diluent_ml):
    text = f"""
[patient]
[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "{indication}"
vial_u = {vial_u}
diluent_ml = {diluent_ml}
protocol = "label"
"""
    return Plan.loads(text)


def charts_of(plan, days=365, seed=0):
    """The charts of a plan in a preview's people and in as many of a simulation."""
    prepared = prepare(plan, seed, days)
    for chart in prepared.charts:
        quick = _chart_run(chart, prepared)
        model, parameters = prepared.model, prepared.parameters
        yield quick, run_subjects(chart, model, parameters, PEOPLE, seed, days)


def assert_alike(quick: IndicationResult, whole: IndicationResult):
    assert quick.mean_d.tolist() == whole.mean_d.tolist()
    assert np.abs(quick.level - whole.level).max() < SAME_WORKING
    assert quick.means == pytest.approx(whole.means, abs=SAME_PERCENT, nan_ok=True)
    for name in ("onset_d", "duration_d"):
        mine, theirs = getattr(quick.times, name), getattr(whole.times, name)
        assert mine == pytest.approx(theirs, abs=SAME_DAY, nan_ok=True)
    # a flat trough may be deepest a day of the course sooner or later
    peaks = np.isclose(quick.times.peak_d, whole.times.peak_d, atol=SAME_DAY, equal_nan=True)
    assert peaks.mean() > 0.98
    assert quick.printed_d == pytest.approx(whole.printed_d, abs=SAME_DAY)


@pytest.mark.parametrize("made", [plan(), three_areas()])
def test_person_by_person_it_is_the_simulation(made):
    for quick, whole in charts_of(made, seed=4):
        assert np.abs(quick.result.working - whole.working).max() < SAME_WORKING
        for code, shown in whole.indications.items():
            assert_alike(quick.result.indications[code], shown)


def median(timing, name):
    """Median of one time of an area."""
    return getattr(timing, name).median


def compared(made):
    """Largest distance of a share [points] and of a median time [log] from 2000 people's."""
    quick, whole = preview(made, seed=2), simulate(made, people=2000, seed=2)
    assert len(quick.outcomes) == len(whole.outcomes)
    points = [
        abs(mine.value - theirs.value)
        for mine, theirs in zip(quick.outcomes, whole.outcomes, strict=True)
        if mine.statistic == "percent" and mine.endpoint != "rest_none"
    ]
    logs = [
        abs(np.log(median(timing, name) / median(whole.timing_by_indication[area], name)))
        for area, timing in quick.timing_by_indication.items()
        for name in ("peak_d", "duration_d")
    ]
    return max(points), max(logs), quick, whole


def test_a_whole_simulation_after_it_moves_by_noise_alone():
    points, logs, quick, whole = compared(three_areas())
    assert 0 < points < MOST_POINTS
    assert logs < MOST_LOG
    for mine, theirs in zip(quick.outcomes, whole.outcomes, strict=True):
        if 20.0 < theirs.value < 80.0:  # nearer the edge few persons decide the logit
            width = (mine.high - mine.low) / (theirs.high - theirs.low)
            assert 0.6 < width < 1.6  # few people under each vector leave the width a third open
    harms = {harm.term: harm.percent for harm in whole.harms}
    assert harms["eyelid_ptosis"] > 1.0
    assert {h.term: h.percent for h in quick.harms} == pytest.approx(harms, abs=MOST_HARM_POINTS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "made",
    [plan(), medical("chronic_migraine", 200, 4), medical("overactive_bladder", 100, 10)],
)
def test_so_it_is_elsewhere_in_the_body(made):
    points, logs, _, _ = compared(made)
    assert points < MOST_POINTS
    assert logs < MOST_LOG


def test_it_has_the_shape_of_a_simulation_and_says_how_many_people():
    quick, whole = preview(plan()), simulate(plan(), people=PEOPLE)
    assert json.loads(quick.as_json()).keys() == json.loads(whole.as_json()).keys()
    assert quick.provenance.people == PEOPLE
    assert quick.provenance.command == "preview"
    assert [s.name for s in quick.course.series] == [s.name for s in whole.course.series]
    assert [h.term for h in quick.harms] == [h.term for h in whole.harms]
    assert quick.spread == whole.spread
    assert quick.findings == whole.findings


def with_sites(made, count):
    """The same treatment with its sites written out, so many of them, the last ones moved."""
    sites = [
        Site(
            dose_u=site.dose_u,
            side=site.side,
            muscle=site.muscle,
            at_mm=(abs(site.x_mm), site.y_mm + 3.0 * (index >= 5), site.z_mm),
            volume_ml=site.volume_ml,
            indication=site.indication,
        )
        for index, site in enumerate([*placed_sites(made), *placed_sites(made)][:count])
    ]
    return replace(made, treatment=replace(made.treatment, protocol=None, sites=tuple(sites)))


def test_a_site_more_within_the_padding_compiles_nothing():
    few = preview(with_sites(plan(), 5))
    compiled = (treatment._described, treatment._exposed, treatment._treat)
    before = [step._cache_size() for step in compiled]
    more = preview(with_sites(plan(), 6))
    assert [step._cache_size() for step in compiled] == before
    assert more.plan.dose_u > few.plan.dose_u
    assert more.timing.duration_d.median > few.timing.duration_d.median


def test_more_sites_than_the_padding_compile_only_where_needles_land():
    preview(with_sites(plan(), 5))
    compiled = (treatment._described, treatment._treat, treatment._exposed)
    before = [step._cache_size() for step in compiled]
    preview(with_sites(plan(), 9))
    more = [step._cache_size() - count for step, count in zip(compiled, before, strict=True)]
    assert more[:2] == [0, 0]
    assert more[2] <= 1


def test_after_warming_an_earlier_treatment_compiles_nothing():
    early = EARLIER.format(date="2026-06-01", indication="glabellar_lines")
    own = with_sites(plan(), 6)
    own = replace(own, patient=Plan.loads(_REPEATED.format(early)).patient)
    warm(uses=(("glabellar_lines",),), sites=(8,))
    compiled = (treatment._described, treatment._exposed, treatment._advance, treatment._treat)
    before = [step._cache_size() for step in compiled]
    preview(own)  # at other sites
    preview(Plan.loads(_REPEATED.format(early)))  # as then
    assert [step._cache_size() for step in compiled] == before


def test_earlier_treatments_act_as_in_a_simulation():
    early = EARLIER.format(date="2026-08-20", indication="glabellar_lines")
    for indication in ("glabellar_lines", "forehead_lines"):  # same pattern, and another one
        text = early.replace("glabellar_lines", indication)
        made = Plan.loads(_REPEATED.format(text))
        quick, whole = preview(made, days=90), simulate(made, people=PEOPLE, days=90)
        assert quick.timing.peak_d.median == pytest.approx(whole.timing.peak_d.median, abs=SAME_DAY)
        values = [row.value for row in whole.outcomes]
        assert [row.value for row in quick.outcomes] == pytest.approx(values, abs=SAME_PERCENT)


def test_further_treatments_are_left_out_and_that_is_said():
    quick = preview(plan(more="[repeat]\ncycles = 3\ninterval_d = 90"))
    assert quick.cycles is None
    assert any("first treatment only" in sentence for sentence in quick.limits)
    assert not any("first treatment only" in sentence for sentence in preview(plan()).limits)


def test_an_area_without_a_dose_shows_no_effect():
    made = three_areas()
    sites = tuple(
        replace(site, dose_u=0.0) if site.indication == FACE[2] else site
        for site in placed_sites(made)
    )
    prepared = prepare(made, 0, 365)
    charts = planned_charts(made, FACE, sites, (), prepared.model)
    (chart,) = charts
    quick = _chart_run(chart, replace(prepared, charts=charts))
    whole = run_subjects(chart, prepared.model, prepared.parameters, PEOPLE, 0, 365)
    assert_alike(quick.result.indications[FACE[2]], whole.indications[FACE[2]])
    assert set(quick.draws) == set(FACE)
    treated = _chart_run(prepared.charts[0], prepared).result.indications[FACE[2]]
    grades = [
        shown.level[0, :, 30].mean() for shown in (quick.result.indications[FACE[2]], treated)
    ]
    assert grades[0] > grades[1] + 0.5


def earlier_elsewhere(date="2026-06-01"):
    """A plan for the glabella in somebody whose forehead was treated."""
    early = EARLIER.format(date=date, indication="forehead_lines")
    return Plan.loads(plan().dumps().replace("previous = []", "") + early)


@pytest.mark.parametrize("date", ["2026-09-01", "2026-06-01", "2026-01-05", "2025-02-01"])
def test_an_earlier_treatment_is_followed_no_longer_than_it_matters(date, monkeypatch):
    prepared = prepare(earlier_elsewhere(date), 0, 365)
    (chart,) = prepared.charts
    assert not chart.scenario.same_pattern
    run = cohort_run.run_of(chart, prepared.model, 365)
    batch = cohort_run.numbered(chart, prepared.parameters, 0, 0, 8, 8)
    _, short = cohort_run.before_planned(run, batch)
    monkeypatch.setattr(cohort_run, "_CARRIED_D", cohort_run._CARRIED_D[-1:])
    _, whole = cohort_run.before_planned(run, batch)
    for one, other in zip(jax.tree.leaves(short), jax.tree.leaves(whole), strict=True):
        # of endings to the last bit; a line and its muscle are read by a spline, whose end differs
        assert np.allclose(one, other, rtol=0.0, atol=2e-5, equal_nan=True)


def test_an_earlier_treatment_elsewhere_costs_a_few_times_as_much_and_not_twenty():
    def least_s(made):
        preview(made)
        times = []
        for _ in range(4):
            start = time.process_time()
            preview(made)
            times.append(time.process_time() - start)
        return min(times)

    # about three times; eleven while exponentials of a subject were worked out for every cell
    assert least_s(earlier_elsewhere()) < 7.0 * least_s(plan())


def test_what_simulate_refuses_is_refused():
    with pytest.raises(NotCovered):
        preview(plan(product="daxibotulinumtoxinA", indication="chronic_migraine"))
    with pytest.raises(EndplateError):
        preview(plan(), days=10)
    with pytest.raises(EndplateError):
        preview(plan(), seed=-1)


def test_two_previews_in_two_threads_agree():
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda made: preview(made, seed=5).as_json(), [plan(), plan()])
    assert one == other == preview(plan(), seed=5).as_json()


def test_many_threads_get_what_a_single_one_gets():
    plans = [plan(), plan(product="incobotulinumtoxinA"), plan(baseline="glabellar_lines = 2")]
    alone = [preview(made).as_json() for made in plans]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda made: preview(made).as_json(), plans * 4))
    assert together == alone * 4
