"""Three parts of how sure an outcome is, kept apart: parameters, trials, people."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from endplate import simulate
from endplate.model import Parameters
from endplate.observe.times import SubjectTimes
from endplate.results.intervals import (
    Between,
    binomial_range,
    intervals,
    people_range,
    trials_range,
)
from endplate.results.timing import parameter_log_sd
from one_area_plan import plan

Z90 = 1.6448536269514722
SCATTER = Between(logit_sd=0.6, relative_sd=0.2, time_log_sd=0.1, widened=1.0)


@pytest.fixture(scope="module")
def lines():
    return simulate(plan(), people=512, seed=3)


@pytest.fixture(scope="module")
def neck():
    made = plan(indication="cervical_dystonia", baseline="twstrs_total = 45")
    return simulate(made, people=2000, seed=3)


@given(st.floats(0, 1))
def test_a_group_of_a_hundred_is_binomial(share):
    low, high = binomial_range(share)
    assert low <= 100 * share + 1
    assert high >= 100 * share - 1
    assert (low, high) == pytest.approx(binom.ppf((0.05, 0.95), 100, share), abs=1)


@given(st.floats(0, 100), st.lists(st.floats(0, 100), min_size=2, max_size=9), st.floats(0, 100))
def test_the_whole_holds_each_part(value, seen, centre):
    for share in (True, False):
        told = intervals(value, np.array(seen), centre, share, SCATTER)
        assert told["low"] <= told["parameters_low"] + 1e-9
        assert told["low"] <= told["trials_low"] + 1e-9
        assert told["high"] >= told["parameters_high"] - 1e-9
        assert told["high"] >= told["trials_high"] - 1e-9
        assert told["low"] <= value <= told["high"]


def test_parts_add_as_variances():
    told = intervals(10.0, np.array([9.0, 11.0]), 10.0, False, SCATTER)
    assert told["parameters_high"] - 10 == pytest.approx(Z90 * 1.0)
    assert told["trials_high"] - 10 == pytest.approx(Z90 * 2.0)
    assert told["high"] - 10 == pytest.approx(Z90 * 5**0.5)


def test_widening_moves_trials_alone():
    seen = np.array([9.0, 11.0])
    near = intervals(10.0, seen, 10.0, False, SCATTER)
    far = intervals(10.0, seen, 10.0, False, SCATTER._replace(widened=3.0))
    assert far["parameters_high"] == near["parameters_high"]
    assert far["trials_high"] - 10 == pytest.approx(3 * (near["trials_high"] - 10))
    assert trials_range(10.0, False, SCATTER) == pytest.approx(
        {"trials_low": near["trials_low"], "trials_high": near["trials_high"]}
    )


def test_a_share_at_its_edge_keeps_its_place():
    told = intervals(0.01, np.array([0.0, 0.0]), 0.0, True, SCATTER)
    assert told["parameters_low"] == told["parameters_high"] == 0.01


def test_every_outcome_has_its_three_parts(lines, neck):
    for row in (*lines.outcomes, *neck.outcomes):
        for part in ("", "parameters_", "trials_", "people_"):
            assert getattr(row, f"{part}low") <= getattr(row, f"{part}high")
        for part in ("", "parameters_", "trials_"):
            assert getattr(row, f"{part}low") <= row.value <= getattr(row, f"{part}high")


def test_what_people_show_is_their_own_course(neck):
    """The level in the course and the change in the outcomes are of the same people."""
    series = next(s for s in neck.course.series if s.name.startswith("level:twstrs_total"))
    place = neck.course.day.index(30.0)
    row = next(o for o in neck.outcomes if (o.endpoint, o.day) == ("twstrs_total", 30.0))
    assert row.statistic == "mean_change"
    # all began with the score stated, so a change is a level less that score
    assert row.people_low + 45 == pytest.approx(series.p05[place], abs=0.3)
    assert row.people_high + 45 == pytest.approx(series.p95[place], abs=0.3)
    assert row.people_low < row.value < row.people_high


def test_people_spread_by_percentiles_or_by_a_group():
    own = np.arange(101.0, dtype=np.float32)
    assert people_range(50.0, own) == {"people_low": 5.0, "people_high": 95.0}
    assert people_range(50.0, None) == {"people_low": 42.0, "people_high": 58.0}


def test_times_carry_the_same_parts(lines, neck):
    sd = Parameters.stored().value("duration_log_sd")
    for found in (lines, neck):
        for told in found.timing.known.values():
            for part in ("", "parameters_", "trials_"):
                low, high = getattr(told, f"{part}low"), getattr(told, f"{part}high")
                assert 0 < low <= told.median <= high
            assert np.log(told.trials_high / told.median) == pytest.approx(Z90 * sd)
            assert told.high >= told.parameters_high > told.median
            assert told.widened == 1.0


def test_a_time_that_moves_in_every_draw_alike():
    centre = SubjectTimes(*(np.array([10.0, np.nan, 40.0]),) * 3)
    later = SubjectTimes(*(np.array([20.0, 5.0, 80.0]),) * 3)
    sooner = SubjectTimes(*(np.array([5.0, 5.0, np.nan]),) * 3)
    found = parameter_log_sd((later, sooner), centre)
    assert found == pytest.approx(dict.fromkeys(("onset_d", "peak_d", "duration_d"), np.log(2)))


def test_a_time_that_no_one_has_is_not_told():
    made = plan(indication="cervical_dystonia", baseline="twstrs_total = 45",
                more="dose_u = 0.01")  # fmt: skip
    told = simulate(made, people=64).timing.duration_d
    assert told.percent_with_event == 0.0
    assert told.median is None
    assert told.low is None
    assert told.trials_high is None
