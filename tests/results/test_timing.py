"""When an effect starts, with and without an earlier treatment that still acts."""

import numpy as np
import pytest

from endplate import Plan, simulate
from endplate.case import DEMO_PLAN
from endplate.results.timing import FROM_DAY_0, burden_times, person_times
from one_area_plan import plan

TIME_D = np.array([0.0, 1.0, 2.0, 3.0, 4.0])


def line_times(*courses, noted=0.5):
    """Times of people who had a latent grade of 3 before any treatment."""
    people = len(courses)
    whole = np.full(people, 3.0)
    return person_times(np.array(courses), TIME_D, whole, whole, np.full(people, noted), whole * 0)


def test_onset_of_lines_counts_from_day_0():
    fresh, again, unchanged = [3.0, 2.8, 2.4, 2.0, 2.2], [2.0, 1.8, 1.4, 1.2, 1.5], [2.0] * 5
    onset = line_times(fresh, again, unchanged).onset_d
    assert onset[:2].tolist() == [2.0, 2.0]
    assert np.isnan(onset[2])  # nothing comes on top of what is left


def test_peak_and_duration_of_lines_stay_those_of_the_whole_effect():
    times = line_times([2.0, 1.8, 1.4, 1.2, 1.5])
    assert times.peak_d.tolist() == [3.0]
    assert times.duration_d.tolist() == [4.0]


def test_onset_of_a_burden_is_half_of_the_way_from_day_0():
    falls = np.array([
        [0.0, 0.2, 0.3, 0.5, 0.4],
        [0.4, 0.45, 0.65, 0.8, 0.7],
        [0.4, 0.38, 0.35, 0.3, 0.2],
    ])  # fmt: skip
    times = burden_times(falls, TIME_D, 0.5)
    assert times.onset_d[:2].tolist() == [2.0, 2.0]
    assert np.isnan(times.onset_d[2])
    assert times.peak_d.tolist() == [3.0, 3.0, 0.0]


def test_the_definition_tells_of_an_earlier_treatment_where_there_is_one():
    again = simulate(Plan.load(DEMO_PLAN), people=64, days=60).timing.onset_d
    first = simulate(plan(), people=64, days=60).timing.onset_d
    assert again.definition == first.definition + FROM_DAY_0
    assert again.p05 == pytest.approx(first.p05, abs=1.0)
    assert again.p05 > 0.0
