"""A preview is `simulate` in fewer people: same people, same model, only more noise."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from endplate import Plan, simulate
from endplate.case import placed_sites
from endplate.errors import EndplateError, NotCovered
from endplate.people import few, preview
from endplate.people.collect import collect
from endplate.people.few import EACH, PEOPLE, answered
from endplate.people.job import make_jobs
from one_area_plan import plan

FACE = ("glabellar_lines", "lateral_canthal_lines", "forehead_lines")
EARLIER = """
[[patient.previous]]
date = {date}
product = "onabotulinumtoxinA"
indication = "{indication}"
dose_u = 20
"""
# Single precision, and sums in another order: far below what a figure is told to.
SAME_WORKING, SAME_PERCENT = 1e-5, 1e-3
# 128 people against 2000: five standard errors of a share, at most 50 points wide, and of the
# logarithm of a median time, whose scatter between people is at most 0.7.
NOISE = 5 * (1 / PEOPLE + 1 / 2000) ** 0.5
MOST_POINTS, MOST_LOG = 50 * NOISE, 1.25 * 0.7 * NOISE


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


def job_of(made, areas, days=365, seed=0):
    (job,) = make_jobs(made, areas, placed_sites(made), (), days, seed)
    return job


@pytest.mark.parametrize(("made", "areas"), [(plan(), FACE[:1]), (three_areas(), FACE)])
def test_person_by_person_it_is_the_simulation(made, areas):
    job = job_of(made, areas, seed=4)
    whole, (quick, _) = collect(job, PEOPLE), answered(job, 365)
    assert np.abs(whole.working - quick.working).max() < SAME_WORKING
    for area in areas:
        one, other = whole.areas[area], quick.areas[area]
        assert np.abs(one.levels - other.levels).max() < SAME_WORKING
        places = np.searchsorted(one.mean_d, other.mean_d)
        assert one.mean_d[places].tolist() == other.mean_d.tolist()
        assert other.means == pytest.approx(one.means[:, places], abs=SAME_PERCENT, nan_ok=True)
        for name in ("onset_d", "peak_d", "duration_d"):
            assert np.array_equal(
                getattr(one.times, name), getattr(other.times, name), equal_nan=True
            )


def median(timing, name):
    """Median of one time of an area."""
    return getattr(timing, name).median


def compared(made):
    """Largest distance of a share [points] and of a median time [log] from 2000 people's."""
    quick, whole = preview(made, seed=2), simulate(made, people=2000, seed=2)
    assert len(quick.outcomes) == len(whole.outcomes)
    points = [
        abs(one.value - other.value)
        for one, other in zip(quick.outcomes, whole.outcomes, strict=True)
        if one.statistic == "percent" and one.endpoint != "rest_none"
    ]
    logs = [
        abs(np.log(median(told, name) / median(whole.timing_by_indication[area], name)))
        for area, told in quick.timing_by_indication.items()
        for name in ("peak_d", "duration_d")
    ]
    return max(points), max(logs), quick, whole


def test_a_whole_simulation_after_it_moves_by_noise_alone():
    points, logs, quick, whole = compared(three_areas())
    assert 0 < points < MOST_POINTS
    assert logs < MOST_LOG
    for one, other in zip(quick.outcomes, whole.outcomes, strict=True):
        if 10.0 < other.value < 90.0:  # by the edge one of the few people decides
            width = (one.high - one.low) / (other.high - other.low)
            assert 0.6 < width < 1.6  # few people under each vector leave the width a third open


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


def test_a_site_more_within_the_padding_compiles_nothing():
    made = plan()
    job, sites = job_of(made, FACE[:1]), placed_sites(made)
    answered(job, 365)
    before = few._follow._cache_size(), few._landed._cache_size(), few._tables._cache_size()
    (more,) = make_jobs(made, FACE[:1], (*sites, replace(sites[0], x_mm=9.0)), (), 365, 0)
    moved, _ = answered(more, 365)
    after = few._follow._cache_size(), few._landed._cache_size(), few._tables._cache_size()
    assert after == before
    assert moved.working.min() < answered(job, 365)[0].working.min() + 1e-6


def test_earlier_treatments_act_as_in_a_simulation():
    early = EARLIER.format(date="2026-08-20", indication="glabellar_lines")
    for indication in ("glabellar_lines", "forehead_lines"):  # same pattern, and another one
        text = early.replace("glabellar_lines", indication)
        told = Plan.loads(f"""
[patient]
{text}
[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
""")
        quick, whole = preview(told, days=90), simulate(told, people=PEOPLE, days=90)
        assert quick.timing.peak_d.median == whole.timing.peak_d.median
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
    (job,) = make_jobs(made, FACE, sites, (), 365, 0)
    found, drawn = answered(job, 365)
    whole = collect(job, PEOPLE)
    assert found.areas[FACE[2]].means == pytest.approx(
        whole.areas[FACE[2]].means[:, np.searchsorted(job.time_d, found.areas[FACE[2]].mean_d)],
        abs=SAME_PERCENT,
        nan_ok=True,
    )
    assert len(drawn) == len(FACE)


def test_what_simulate_refuses_is_refused():
    with pytest.raises(NotCovered):
        preview(plan(product="daxibotulinumtoxinA", indication="chronic_migraine"))
    with pytest.raises(EndplateError):
        preview(plan(), days=10)
    with pytest.raises(EndplateError):
        preview(plan(), seed=-1)


def test_many_threads_get_what_one_gets():
    plans = [plan(), plan(product="incobotulinumtoxinA"), plan(baseline="glabellar_lines = 2")]
    alone = [preview(made).as_json() for made in plans]
    few._responses.cache_clear()
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda made: preview(made).as_json(), plans * 4))
    assert together == alone * 4


def test_what_is_kept_is_bounded():
    for kept in (few.rows, few._needles, few._responses):
        assert kept.cache_info().maxsize <= 8
    for seed in range(10):
        few.rows(seed)
    assert few.rows.cache_info().currsize <= 8
    assert len(few.rows(0).needle) == PEOPLE + EACH * len(few._vectors())
