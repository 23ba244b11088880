"""Atrophy: bounds, order of accuracy, and that it lags the block."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.model.tissue import Atrophy, NoAtrophy

MOST_LOST = 0.4
MUSCLE = Atrophy(np.log(2) / 18, np.log(2) / 45, MOST_LOST)


@jax.jit
def compiled(working, time_d):
    return MUSCLE.section_lost(working, time_d)


def blocked(time_d, deepest_d=12.0, depth=0.9):
    """Working fraction that falls within two weeks and comes back over months."""
    fall = 1.0 - np.exp(-time_d / (deepest_d / 5))
    return jnp.asarray(1.0 - depth * fall * np.exp(-((time_d / 110.0) ** 3)))


@settings(max_examples=15)
@given(
    working=st.lists(st.floats(0.0, 1.0), min_size=40, max_size=40),
    steps=st.lists(st.floats(1e-3, 60.0), min_size=39, max_size=39),
)
def test_the_share_lost_keeps_its_bounds(working, steps):
    time_d = jnp.concatenate([jnp.zeros(1), jnp.cumsum(jnp.asarray(steps))])
    lost = np.asarray(compiled(jnp.asarray(working), time_d))
    assert lost[0] == 0.0
    assert lost.min() >= 0.0
    assert lost.max() <= MOST_LOST
    force = np.asarray(MUSCLE.force_fraction(jnp.asarray(working), jnp.asarray(lost)))
    assert force.min() >= 0.0
    assert (force <= np.asarray(working)).all()


def test_a_working_muscle_stays_whole():
    time_d = np.linspace(0.0, 200.0, 101)
    assert np.asarray(MUSCLE.section_lost(jnp.ones(101), time_d)).max() == 0.0


def test_a_silent_muscle_ends_at_the_most_it_can_lose():
    time_d = np.linspace(0.0, 400.0, 101)
    lost = np.asarray(MUSCLE.section_lost(jnp.zeros(101), time_d))
    assert lost[-1] == pytest.approx(MOST_LOST, rel=1e-5)
    assert np.interp(18.0, time_d, lost) == pytest.approx(MOST_LOST / 2, rel=0.01)


@pytest.mark.parametrize("depth", [0.5, 0.8, 0.95])
def test_the_thinnest_day_comes_weeks_after_the_deepest_block(depth):
    time_d = np.linspace(0.0, 365.0, 366)
    working = blocked(time_d, depth=depth)
    lost = np.asarray(MUSCLE.section_lost(working, time_d))
    deepest_d, thinnest_d = time_d[np.argmin(working)], time_d[np.argmax(lost)]
    assert thinnest_d > deepest_d + 21
    assert lost[-1] < 0.2 * lost.max()


def test_the_step_is_of_second_order():
    def last(steps):
        time_d = np.linspace(0.0, 90.0, steps + 1)
        return float(MUSCLE.section_lost(blocked(time_d), time_d)[-1])

    exact = last(7680)
    faults = [abs(last(steps) - exact) for steps in (60, 120, 240)]
    order = np.log2(np.array(faults[:-1]) / np.array(faults[1:]))
    assert order.min() > 1.9
    assert order.max() < 2.1


def test_a_second_block_before_recovery_thins_further():
    time_d = np.linspace(0.0, 365.0, 366)
    once = blocked(time_d)
    again = jnp.where(time_d < 100.0, once, jnp.asarray(blocked(np.maximum(time_d - 100.0, 0.0))))
    twice = jnp.minimum(once, again)
    assert float(MUSCLE.section_lost(twice, time_d).max()) > float(
        MUSCLE.section_lost(once, time_d).max()
    )


def test_without_atrophy_force_is_what_works():
    time_d, whole = np.linspace(0.0, 365.0, 366), NoAtrophy()
    working = blocked(time_d)
    lost = whole.section_lost(working, time_d)
    assert np.asarray(lost).max() == 0.0
    assert (np.asarray(whole.force_fraction(working, lost)) == np.asarray(working)).all()
