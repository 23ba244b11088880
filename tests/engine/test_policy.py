"""When subjects are treated again: at a level, once the effect is lost, never too soon."""

from math import nan

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.engine.policy import Policy, next_treatment_d

TIME_D = jnp.asarray(np.unique([*np.arange(0, 31.0), *np.arange(30, 366.0, 3)]))
BEFORE = 40.0


def falls(half_d, largest=0.5):
    """Share of the score taken away: there within two weeks, half lost on a day."""
    time_d = np.asarray(TIME_D)
    return largest * (1 - np.exp(-time_d / 3)) / (1 + np.exp((time_d - half_d) / 10))


def gaps(fall, again_at=nan, lost=nan, not_before_d=84.0, forced_d=nan):
    fall = jnp.asarray(np.atleast_2d(fall)).T
    policy = Policy(
        jnp.full(fall.shape[1], forced_d),
        *(jnp.asarray(x) for x in (again_at, lost, not_before_d)),
    )
    return np.asarray(next_treatment_d(policy, BEFORE * (1 - fall), fall, TIME_D))


def test_a_share_of_the_benefit_lost():
    (gap_d,) = gaps(falls(150.0), lost=0.5)
    assert gap_d == pytest.approx(150.0, abs=2.0)  # a whole day, read between three-day times
    assert gap_d == int(gap_d)


def test_back_at_a_level():
    (gap_d,) = gaps(falls(150.0), again_at=30.0)  # the fall is 0.25 of 40, half of the largest
    assert gap_d == pytest.approx(150.0, abs=2.0)


def test_not_before_the_least_time():
    assert gaps(falls(50.0), lost=0.5).tolist() == [84.0]
    assert gaps(falls(50.0), lost=0.5, not_before_d=120.0).tolist() == [120.0]


def test_a_level_that_was_never_left_waits_for_the_least_time_only():
    assert gaps(falls(150.0, largest=0.1), again_at=20.0).tolist() == [84.0]


def test_a_level_that_is_not_reached_waits_until_the_effect_is_gone():
    (gap_d,) = gaps(falls(150.0), again_at=60.0)
    assert 150.0 < gap_d < 200.0


def test_all_of_the_benefit_is_never_quite_lost():
    assert gaps(falls(150.0), lost=1.0)[0] < 200.0


def test_no_one_is_treated_before_the_largest_effect():
    rising = 0.5 * (1 - np.exp(-np.asarray(TIME_D) / 60.0))
    assert gaps(rising, lost=0.5, not_before_d=14.0)[0] > 360.0


def test_a_forced_time_is_kept():
    assert gaps(falls(50.0), lost=0.5, forced_d=90.0).tolist() == [90.0]


@settings(max_examples=30)
@given(
    half=st.floats(20.0, 340.0),
    lost=st.floats(0.05, 1.0),
    more=st.floats(0.0, 0.5),
    least=st.integers(14, 200),
)
def test_waiting_for_more_loss_is_never_shorter(half, lost, more, least):
    sooner, later = (
        gaps(falls(half), lost=share, not_before_d=least)[0]
        for share in (lost, min(lost + more, 1.0))
    )
    assert least <= sooner <= later <= 365.0


def test_each_subject_is_treated_on_a_day_of_their_own():
    together = gaps(np.stack([falls(50.0), falls(150.0), falls(250.0)]), lost=0.5)
    alone = [gaps(falls(half_d), lost=0.5)[0] for half_d in (50.0, 150.0, 250.0)]
    assert together.tolist() == alone
