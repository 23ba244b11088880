"""Courses read between their times, and over the days of a diary."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.observe.course import at_days, mean_over_window

TIME_D = np.concatenate([np.linspace(0.0, 5.0, 26), np.linspace(6.0, 120.0, 58)])


def test_curves_are_read_on_days_of_each_subject():
    curve = jnp.stack([jnp.asarray(TIME_D), 2.0 * jnp.asarray(TIME_D)], axis=1)
    days = jnp.array([[10.5, 0.0], [100.0, 999.0]])
    assert np.asarray(at_days(curve, jnp.asarray(TIME_D), days)).tolist() == pytest.approx(
        np.array([[10.5, 0.0], [100.0, 240.0]])
    )


@settings(max_examples=20)
@given(
    values=st.lists(st.floats(-5.0, 5.0), min_size=84, max_size=84),
    days=st.lists(st.floats(-10.0, 200.0), min_size=1, max_size=5),
)
@pytest.mark.parametrize("library", [np, jnp], ids=["known_days", "traced_days"])
def test_reading_is_that_of_numpy(values, days, library):
    """Straight between times, held at both ends, leading axes kept; double precision."""
    curve = jnp.asarray(np.tile(np.array(values)[:, None], (2, 1, 3)))
    read = np.asarray(at_days(curve, library.asarray(TIME_D), library.asarray(days)))
    assert read.shape == (2, len(days), 3)
    assert read[1, :, 2] == pytest.approx(np.interp(days, TIME_D, values), abs=1e-12)
    own = jnp.asarray(np.tile(np.array(days)[:, None], (1, 3)))
    assert np.asarray(at_days(curve, jnp.asarray(TIME_D), own)) == pytest.approx(read, abs=1e-12)


def averaged(level, days, window_d=28.0):
    return np.asarray(mean_over_window(level, TIME_D, np.asarray(days), window_d))[:, 0]


def test_a_diary_of_a_straight_course_is_read_in_its_middle():
    """The mean of a straight line over the last 28 days is its value 14 days before."""
    level = jnp.asarray(30.0 - 0.1 * TIME_D)[:, None]
    days = [28.0, 33.3, 90.0]
    # areas are read straight between times two days apart
    assert averaged(level, days) == pytest.approx([30.0 - 0.1 * (d - 14.0) for d in days], abs=5e-3)


def test_a_diary_does_not_reach_back_before_the_treatment():
    level = jnp.asarray(np.where(TIME_D < 30.0, 10.0, 4.0))[:, None]
    # a step is read over its interval of two days
    assert averaged(level, [10.0, 28.0, 30.0, 59.0]) == pytest.approx(
        [10.0, 10.0, 9.9, 4.0], abs=0.15
    )
    rising = jnp.asarray(TIME_D)[:, None]
    assert averaged(rising, [0.0, 10.0]) == pytest.approx([0.0, 5.0], abs=1e-9)


@pytest.mark.parametrize("window_d", [0.0, 1.0])
def test_a_window_of_a_day_is_the_day(window_d):
    level = jnp.asarray(np.sin(TIME_D))[:, None]
    read = averaged(level, [3.3, 50.0], window_d)
    assert read == pytest.approx(np.interp([3.3, 50.0], TIME_D, np.sin(TIME_D)))


def test_a_diary_on_days_of_each_subject_is_the_same():
    level = jnp.asarray(np.stack([np.cos(TIME_D / 9), np.sin(TIME_D / 7)], axis=1))
    days = np.array([[20.0, 40.0], [90.0, 13.0]])
    read = np.asarray(mean_over_window(level, jnp.asarray(TIME_D), jnp.asarray(days), 28.0))
    for row in range(2):
        for subject in range(2):
            alone = mean_over_window(level, TIME_D, days[row, subject : subject + 1], 28.0)
            assert read[row, subject] == pytest.approx(float(alone[0, subject]), abs=1e-12)
