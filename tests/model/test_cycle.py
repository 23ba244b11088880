"""Windows chained: the same as one long run, deeper and longer on repetition, never lighter."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from body_cases import ORIGINAL, Arrival
from endplate.model.course import nodes, response, time_grid_d
from endplate.model.cycle import (
    CarryOver,
    CycleState,
    injected,
    run_window,
    state_on,
    untouched,
    window_grid_d,
)
from endplate.model.transmission import Weary, memory_after

TIME_D = jnp.asarray(window_grid_d(240))
LOADS = jnp.geomspace(0.2, 2e3, 24)
RATES = Arrival().kinetics()
NONE = CarryOver(jnp.asarray(0.0), jnp.asarray(180.0), jnp.asarray(5.0))
SOME = NONE._replace(gain=jnp.asarray(0.4))


@jax.jit
def treated(state, ratio, carry, day_d):
    """Courses of one window after an injection, and the state on a day of it."""
    start = injected(state, RATES, ratio)
    window = run_window(start, LOADS, RATES, carry, TIME_D)
    return window, state_on(day_d, start, window, LOADS, RATES, carry, TIME_D)


def chained(days, carry=NONE, ratios=None):
    """Windows of treatments at the given days."""
    state, windows = untouched(RATES, len(LOADS)), []
    gaps = [*np.diff(days), 240.0]
    for gap_d, ratio in zip(gaps, ratios or [1.0] * len(days), strict=True):
        window, state = treated(state, jnp.asarray(ratio), carry, jnp.asarray(gap_d))
        windows.append(window)
    return windows


@pytest.mark.parametrize("days", [(0.0, 84.0, 168.0), (0.0, 90.5, 133.25, 301.0)])
def test_windows_chained_are_one_long_run(days):
    """Working fraction of every window against all injections in one run on a fine grid."""
    windows = chained(days)
    for start, end, window in zip(days, [*days[1:], days[-1] + 240], windows, strict=True):
        fine_d = np.unique(np.concatenate([np.linspace(0, days[-1] + 240, 6001), days]))
        wanted_d = start + np.asarray(TIME_D)
        fine_d = jnp.asarray(np.unique(np.round(np.concatenate([fine_d, wanted_d]), 9)))
        load = jnp.broadcast_to(LOADS, (len(days), len(LOADS)))
        whole = long_run(load, jnp.asarray(days), fine_d)
        inside = wanted_d <= end
        exact = np.asarray(whole)[np.searchsorted(fine_d, np.round(wanted_d, 9)[inside])]
        fault = np.abs(np.asarray(window.working_fraction)[inside] - exact)
        assert fault.max() < 1e-3  # the default grid alone costs 5e-4


@jax.jit
def long_run(load, days, time_d):
    return response(load, RATES, days, time_d)


def test_the_state_on_a_day_is_the_start_of_the_rest():
    """A window broken off on any day and taken up again goes on as if it had not been."""
    start = injected(untouched(RATES, len(LOADS)), RATES, jnp.asarray(1.0))
    whole = run_window(start, LOADS, RATES, SOME, TIME_D)
    for day_d in (10.0, 47.3, 100.0):
        state = state_on(jnp.asarray(day_d), start, whole, LOADS, RATES, SOME, TIME_D)
        later_d = TIME_D[TIME_D > day_d + 1.0] - day_d
        again_d = jnp.concatenate([jnp.arange(0.0, 1.0, 0.25), later_d])
        rest = run_window(state._replace(memory=state.acted), LOADS, RATES, SOME, again_d)
        fault = np.abs(np.asarray(rest.intact[4:]) - np.asarray(whole.intact[TIME_D > day_d + 1]))
        assert fault.max() < 5e-4


def test_without_memory_a_first_block_is_the_same():
    """A first treatment is the default model's, whatever the gain."""
    plain = response(LOADS[None], RATES, jnp.zeros(1), TIME_D)
    (window,) = chained((0.0,), SOME)
    assert np.max(np.abs(np.asarray(window.working_fraction) - np.asarray(plain))) < 1e-9


@settings(max_examples=10)
@given(
    gaps=st.lists(st.floats(40.0, 240.0), min_size=1, max_size=4),
    gain=st.floats(0.0, 2.0),
    ratio=st.floats(0.0, 1.0),
)
def test_more_treatments_never_block_less(gaps, gain, ratio):
    """On equal days after the injection a later block is as deep or deeper, and ever a share."""
    days = (0.0, *np.cumsum(gaps))
    carry = NONE._replace(gain=jnp.asarray(gain))
    windows = chained(days, carry)
    first = np.asarray(windows[0].working_fraction)
    for window in windows:
        working = np.asarray(window.working_fraction)
        assert working.min() >= 0.0
        assert working.max() <= 1.0
        assert (working <= first + 1e-6).all()
    *_, weaker = chained(days, carry, [*[1.0] * len(gaps), ratio])
    assert (np.asarray(weaker.working_fraction) >= working - 1e-9).all()


def days_to_half(working):
    """Day on which half the junctions work again."""
    deepest = int(np.argmin(working))
    return float(np.interp(0.5, working[deepest:], np.asarray(TIME_D)[deepest:]))


def test_memory_lengthens_every_further_block():
    node = 10
    plain = [days_to_half(np.asarray(w.working_fraction)[:, node]) for w in chained((0, 90, 180))]
    weary = [
        days_to_half(np.asarray(w.working_fraction)[:, node]) for w in chained((0, 90, 180), SOME)
    ]
    assert plain[0] == pytest.approx(weary[0], abs=1e-6)
    assert plain == sorted(plain)
    assert all(w > p + 3 for w, p in zip(weary[1:], plain[1:], strict=True))


def test_all_is_forgotten_in_the_end():
    """After years the state is that of an untreated person, but for a rest of the memory."""
    start = injected(untouched(RATES, len(LOADS)), RATES, jnp.asarray(1.0))
    long_d = jnp.asarray(time_grid_d((0.0,), 1500))
    window = run_window(start, LOADS, RATES, SOME, long_d)
    state = state_on(jnp.asarray(1500.0), start, window, LOADS, RATES, SOME, long_d)
    assert float(jnp.abs(state.light_parts).max()) < 1e-9
    assert float(state.intact.min()) > 1 - 1e-6
    assert float(state.memory.max()) < 0.02


def test_memory_is_that_of_its_equation():
    """Against many small steps of dw/dt = (ln 2 / h) (block - w)."""
    time_d = np.linspace(0.0, 120.0, 241)
    working = 1.0 - 0.9 * np.exp(-(((time_d - 40.0) / 30.0) ** 2))
    fine_d = np.linspace(0.0, 101.3, 40001)
    block = 1.0 - np.interp(fine_d, time_d, working)
    rate, memory = np.log(2) / 180.0, 0.3
    for b, step_d in zip(0.5 * (block[1:] + block[:-1]), np.diff(fine_d), strict=True):
        memory = b + (memory - b) * np.exp(-rate * step_d)
    found = memory_after(
        jnp.array([0.3]), jnp.asarray(working)[:, None], jnp.asarray(time_d), jnp.asarray(101.3),
        180.0,
    )  # fmt: skip
    assert float(found[0]) == pytest.approx(memory, abs=1e-4)


def test_weary_without_memory_is_the_original():
    dip = jnp.linspace(1.0, 0.2, len(TIME_D))
    plain = ORIGINAL.working_fraction(dip, TIME_D)
    for weary in (Weary(ORIGINAL, 0.0, 0.0, 1.0, 180.0, 5.0), Weary(ORIGINAL, 1, 1, 0.0, 180, 5)):
        assert np.array_equal(weary.working_fraction(dip, TIME_D), plain)


def test_vmap_over_people_with_days_of_their_own_is_a_loop():
    people = [Arrival(r, d).kinetics() for r, d in ((0.2, 25.0), (0.6, 33.0), (1.5, 60.0))]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *people)
    gaps_d = jnp.array([70.0, 95.5, 200.0])

    @partial(jax.jit, static_argnums=2)
    def second(rates, gap_d, count) -> CycleState:
        start = injected(untouched(rates, count), rates, jnp.asarray(1.0))
        window = run_window(start, nodes(), rates, SOME, TIME_D)
        return state_on(gap_d, start, window, nodes(), rates, SOME, TIME_D)

    together = jax.vmap(lambda r, g: second(r, g, 49))(stacked, gaps_d)
    for i, rates in enumerate(people):
        alone = second(rates, gaps_d[i], 49)
        for one, every in zip(alone, together, strict=True):
            assert np.asarray(every[i]) == pytest.approx(np.asarray(one), abs=1e-9)
