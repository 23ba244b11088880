"""What every transmission hypothesis must keep."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_cases import ORIGINAL, TRANSMISSIONS
from endplate.model.transmission import NoBlock, OriginalTerminal, Sprouts

TIME_D = np.linspace(0.0, 240.0, 81)
PERSISTENT = {name: one for name, one in TRANSMISSIONS.items() if not isinstance(one, NoBlock)}


@partial(jax.jit, static_argnums=0)
def working_of(name, intact):
    return TRANSMISSIONS[name].working_fraction(intact, jnp.asarray(TIME_D))


def dip(depth):
    """Intact SNAP-25 that falls to 1 - depth in two weeks and comes back."""
    t = TIME_D / 14.0
    return jnp.asarray(1.0 - depth * t * np.exp(1.0 - t))


@pytest.mark.parametrize("hypothesis", TRANSMISSIONS.values(), ids=TRANSMISSIONS)
@pytest.mark.parametrize("depth", [0.0, 0.3, 0.6, 0.95, 1.0])
def test_a_working_fraction_is_a_share(hypothesis, depth):
    working = np.asarray(hypothesis.working_fraction(dip(depth), TIME_D))
    assert working.shape == TIME_D.shape
    assert working.min() >= 0.0
    assert working.max() <= 1.0


# Even an untouched muscle has a share of 2e-9 below its margin: the tail of the log-normal.
@pytest.mark.parametrize("hypothesis", TRANSMISSIONS.values(), ids=TRANSMISSIONS)
def test_whole_snap25_works(hypothesis):
    working = hypothesis.working_fraction(jnp.ones_like(TIME_D), TIME_D)
    assert np.asarray(working).min() > 1.0 - 1e-8


@settings(max_examples=15)
@given(depth=st.floats(0.0, 0.98), more=st.floats(0.0, 0.02))
@pytest.mark.parametrize("name", TRANSMISSIONS)
def test_less_snap25_never_works_better(name, depth, more):
    less, least = working_of(name, dip(depth)), working_of(name, dip(depth + more))
    if name == "sprouts":  # day by day a deeper block may win: it starts its sprouts earlier
        assert float(least.mean()) <= float(less.mean()) + 1e-12
    else:
        assert (least <= less + 1e-12).all()


@pytest.mark.parametrize("hypothesis", PERSISTENT.values(), ids=PERSISTENT)
def test_lost_snap25_silences(hypothesis):
    intact = jnp.where(jnp.asarray(TIME_D) < 3.0, 1.0, 0.01)
    working = np.asarray(hypothesis.working_fraction(intact, TIME_D))
    assert working[1] < 0.02


@pytest.mark.parametrize("hypothesis", TRANSMISSIONS.values(), ids=TRANSMISSIONS)
def test_what_came_back_works(hypothesis):
    working = hypothesis.working_fraction(dip(0.99), TIME_D)
    assert float(working[-1]) > 0.9999


def test_nothing_is_silenced_under_the_null():
    assert np.asarray(NoBlock().working_fraction(jnp.zeros(5), TIME_D[:5])).tolist() == [1.0] * 5


@settings(max_examples=20)
@given(depth=st.floats(0.0, 1.0))
def test_sprouts_take_over_at_most_their_share_of_the_silent(depth):
    original = np.asarray(working_of("original_terminal", dip(depth)))
    added = np.asarray(working_of("sprouts", dip(depth))) - original
    assert added.min() >= -1e-15
    assert (added <= 0.17 * (1.0 - original) + 1e-15).all()


def test_sprouts_of_no_share_are_the_original():
    none = Sprouts(ORIGINAL, 0.0, 28.0).working_fraction(dip(0.9), TIME_D)
    assert np.array_equal(none, ORIGINAL.working_fraction(dip(0.9), TIME_D))


def test_a_greater_margin_works_longer():
    frail, strong = OriginalTerminal(3.0, 1.5, 0.33), OriginalTerminal(3.0, 2.2, 0.33)
    assert (
        strong.working_fraction(dip(0.6), TIME_D) >= frail.working_fraction(dip(0.6), TIME_D)
    ).all()
