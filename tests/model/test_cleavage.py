"""SNAP-25: bounds, order of accuracy, an independent solver, recovery."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from body_cases import CLEARING
from endplate.model.cleavage import intact_snap25
from endplate.model.course import time_grid_d

K_SYN = np.log(2) / 3
LOADS = np.array([0.01, 0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 1e3, 1e4, 1e5])


@jax.jit
def intact(loads, time_d, k_syn_per_d=K_SYN):
    """Intact SNAP-25 (times, loads) after one injection on day 0 of the default scheme."""
    return intact_snap25(
        loads[None] * k_syn_per_d,
        CLEARING.light_chain(time_d)[None],
        CLEARING.light_chain_area_d(time_d)[None],
        jnp.asarray(k_syn_per_d),
        time_d,
    )


def solved(load, time_d):
    """The whole chain, uptake included, by LSODA: no line shared with the product."""
    c = CLEARING

    def rates(_, y):
        bulk, free, bound, inside, chain, snap = y
        return [
            -(c.release_per_d + c.clearance_per_d) * bulk,
            c.release_per_d * bulk - (c.binding_per_d + c.clearance_per_d) * free,
            c.binding_per_d * free - c.translocation_per_d * bound,
            c.translocation_per_d * bound - c.lytic_per_d * inside,
            c.lytic_per_d * inside - c.light_chain_decay_per_d * chain,
            K_SYN * (1 - snap) - K_SYN * load * chain * snap,
        ]

    done = solve_ivp(
        rates, (0.0, time_d[-1]), [1, 0, 0, 0, 0, 1], method="LSODA", t_eval=time_d,
        rtol=1e-9, atol=1e-11,
    )  # fmt: skip
    assert done.success
    return done.y[-1]


# On the default grid the step is what limits it: the first hours of enormous loads worst, where
# every junction is silent anyway. A person's fitted loads lie below 1e3.
@pytest.mark.parametrize(
    ("load", "within"),
    [(0.1, 1e-6), (1.0, 1e-5), (10.0, 5e-5), (100.0, 2e-4), (1e3, 5e-4), (1e4, 2e-3)],
)
def test_default_grid_against_the_solver(load, within):
    time_d = time_grid_d((0.0,), 365)
    found = np.asarray(intact(jnp.array([load]), jnp.asarray(time_d)))[:, 0]
    assert np.max(np.abs(found - solved(load, time_d))) < within


@pytest.mark.parametrize("load", [1.0, 30.0])
def test_fine_grid_is_the_solver(load):
    time_d = np.unique(np.concatenate([np.linspace(0, 2, 801), np.linspace(2, 100, 801)]))
    found = np.asarray(intact(jnp.array([load]), jnp.asarray(time_d)))[:, 0]
    assert np.max(np.abs(found - solved(load, time_d))) < 1e-7


@pytest.mark.parametrize("load", [10.0, 100.0])
def test_the_step_is_of_fourth_order(load):
    """Halving the step divides the fault by sixteen (here: by more than 14)."""
    last_d = 20.0
    exact = float(intact(jnp.array([load]), jnp.linspace(0.0, last_d, 5121))[-1, 0])
    faults = [
        abs(float(intact(jnp.array([load]), jnp.linspace(0.0, last_d, steps + 1))[-1, 0]) - exact)
        for steps in (80, 160, 320)
    ]
    order = np.log2(np.array(faults[:-1]) / np.array(faults[1:]))
    assert order.min() > np.log2(14)
    assert order.max() < np.log2(18)


@settings(max_examples=30)
@given(
    steps=st.lists(st.floats(1e-3, 120.0), min_size=30, max_size=30),
    log10_load=st.lists(st.floats(-3, 7), min_size=6, max_size=6),
    half_life_d=st.floats(0.3, 20.0),
)
def test_a_share_stays_a_share_on_any_grid(steps, log10_load, half_life_d):
    time_d = jnp.concatenate([jnp.zeros(1), jnp.cumsum(jnp.asarray(steps))])
    loads = 10 ** jnp.sort(jnp.asarray(log10_load))
    found = np.asarray(intact(loads, time_d, np.log(2) / half_life_d))
    assert found.min() >= 0.0
    assert found.max() <= 1.0


def test_more_load_leaves_less_on_the_default_grid():
    loads = jnp.logspace(-2, 5, 120)
    found = np.asarray(intact(loads, jnp.asarray(time_grid_d((0.0,), 365))))
    assert np.diff(found, axis=1).max() <= 1e-12


def test_no_load_cuts_nothing():
    found = intact(jnp.zeros(1), jnp.asarray(time_grid_d((0.0,), 180)))
    assert np.asarray(found) == pytest.approx(1.0, abs=1e-14)


def test_all_of_it_comes_back():
    found = np.asarray(intact(jnp.asarray(LOADS), jnp.asarray(time_grid_d((0.0,), 1500))))
    assert found[-1].min() > 0.999


def test_two_half_doses_on_one_day_are_one_dose():
    time_d = jnp.asarray(time_grid_d((0.0,), 120))
    chain, area_d = CLEARING.light_chain(time_d), CLEARING.light_chain_area_d(time_d)
    halves = intact_snap25(
        jnp.full((2, 1), 10.0), jnp.stack([chain] * 2), jnp.stack([area_d] * 2),
        jnp.asarray(K_SYN), time_d,
    )  # fmt: skip
    whole = intact_snap25(
        jnp.full((1, 1), 20.0), chain[None], area_d[None], jnp.asarray(K_SYN), time_d
    )
    assert np.max(np.abs(halves - whole)) < 1e-14


@settings(max_examples=15)
@given(load=st.floats(20.0, 2e3))
def test_doubling_the_load_buys_one_half_life(load):
    """The day SNAP-25 is half back moves by the half-life of the light chain (33 d)."""
    time_d = np.linspace(0.0, 600.0, 601)
    found = np.asarray(intact(jnp.array([load, 2 * load]), jnp.asarray(time_d)))

    def half_back_d(course):
        rising = course[np.argmin(course) :]
        return np.interp(0.5, rising, time_d[np.argmin(course) :])

    gained_d = half_back_d(found[:, 1]) - half_back_d(found[:, 0])
    assert gained_d == pytest.approx(33.0, abs=0.05)  # linear reading of a daily grid
