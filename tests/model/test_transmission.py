"""What every transmission hypothesis must keep."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.model.transmission import NoBlock, OriginalTerminal, ReleaseFatigue, Sprouts
from model_cases import ORIGINAL, TRANSMISSIONS

TIME_D = np.linspace(0.0, 240.0, 81)
PERSISTENT = {name: one for name, one in TRANSMISSIONS.items() if not isinstance(one, NoBlock)}


@partial(jax.jit, static_argnums=0)
def working_of(name, intact, fatigue=0.0):
    return TRANSMISSIONS[name].working_fraction(intact, jnp.asarray(TIME_D), fatigue)


def dip(depth):
    """Intact SNAP-25 that falls to 1 - depth in two weeks and comes back."""
    t = TIME_D / 14.0
    return jnp.asarray(1.0 - depth * t * np.exp(1.0 - t))


@pytest.mark.parametrize("hypothesis", TRANSMISSIONS.values(), ids=TRANSMISSIONS)
@pytest.mark.parametrize("depth", [0.0, 0.3, 0.6, 0.95, 1.0])
@pytest.mark.parametrize("fatigue", [0.0, 0.4])
def test_a_working_fraction_is_a_share(hypothesis, depth, fatigue):
    working = np.asarray(hypothesis.working_fraction(dip(depth), TIME_D, fatigue))
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


@pytest.mark.parametrize("hypothesis", TRANSMISSIONS.values(), ids=TRANSMISSIONS)
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64], ids=["single", "double"])
def test_the_precision_is_that_of_the_cohort(hypothesis, dtype):
    intact = jnp.tile(dip(0.9).astype(dtype)[:, None, None], (1, 2, 3))
    working = hypothesis.working_fraction(intact, jnp.asarray(TIME_D))
    assert (working.dtype, working.shape) == (dtype, intact.shape)


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


@settings(max_examples=15)
@given(depth=st.floats(0.0, 1.0), fatigue=st.floats(0.0, 2.0), more=st.floats(0.0, 1.0))
@pytest.mark.parametrize("name", TRANSMISSIONS)
def test_fatigued_release_never_works_better(name, depth, fatigue, more):
    less = working_of(name, dip(depth), fatigue)
    least = working_of(name, dip(depth), fatigue + more)
    if name == "sprouts":  # a deeper block starts its sprouts earlier
        assert float(least.mean()) <= float(less.mean()) + 1e-12
    else:
        assert (least <= less + 1e-12).all()


def test_no_fatigue_is_the_original():
    plain = ORIGINAL.working_fraction(dip(0.8), TIME_D)
    assert np.array_equal(ORIGINAL.working_fraction(dip(0.8), TIME_D, jnp.zeros(81)), plain)
    memory, acted, time_d = jnp.zeros((3, 2)), jnp.zeros((3, 2)), jnp.asarray(TIME_D)
    assert not np.asarray(ReleaseFatigue(1.0, 180.0, 5.0).acting(memory, acted, time_d)).any()


def test_a_new_memory_comes_to_act_and_fades():
    """What acted goes over to the memory within the rise time, and all of it fades by half."""
    fatigue = ReleaseFatigue(1.0, fade_d=180.0, rise_d=5.0)
    memory, acted = jnp.full((1, 2), 0.6), jnp.full((1, 2), 0.2)
    time_d = jnp.array([0.0, 5.0, 180.0])
    acting = np.asarray(fatigue.acting(memory, acted, time_d))[:, 0, 0]
    assert acting == pytest.approx([0.2, 0.4 * 0.5 ** (5 / 180), 0.3], abs=1e-9)
    own_days = np.asarray(fatigue.acting(memory, acted, jnp.array([5.0, 180.0])))[0, 0]
    assert own_days == pytest.approx(acting[1:], abs=1e-12)


def test_memory_is_that_of_its_equation():
    """Against many small steps of dw/dt = (ln 2 / h) (block - w), on days of each subject."""
    time_d, days = np.linspace(0.0, 120.0, 241), (101.3, 40.0)
    working = 1.0 - 0.9 * np.exp(-(((time_d - 40.0) / 30.0) ** 2))
    rate, expected = np.log(2) / 180.0, []
    for day_d in days:
        fine_d, memory = np.linspace(0.0, day_d, 40001), 0.3
        block = 1.0 - np.interp(fine_d, time_d, working)
        for b in 0.5 * (block[1:] + block[:-1]):
            memory = b + (memory - b) * np.exp(-rate * fine_d[1])
        expected.append(memory)
    found = ReleaseFatigue(1.0, 180.0, 5.0).memory_after(
        jnp.full((1, 2), 0.3), jnp.asarray(np.tile(working[:, None, None], (1, 1, 2))),
        jnp.asarray(time_d), jnp.array(days),
    )  # fmt: skip
    assert np.asarray(found)[0] == pytest.approx(expected, abs=1e-4)
