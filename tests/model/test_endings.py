"""The steps joined: zero dose, order in dose, duration, tables, gradients, jit and vmap."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_cases import TRANSMISSIONS, UPTAKES, Arrival
from endplate.model.course import (
    NODE_HIGH,
    NODE_LOW,
    muscle_course,
    node_kernel,
    node_place,
    nodes,
    response,
    time_grid_d,
)

TIME_D = jnp.asarray(time_grid_d((0.0,), 240))
TODAY = jnp.zeros(1)
LOADS = jnp.geomspace(0.02, 5e4, 40)


def node_weights(loads, weight):
    """Weights on the nodes of cells at these loads, by `weight` (blocks, cells)."""
    return weight @ node_kernel(node_place(loads)[:, None] - jnp.arange(len(nodes())))


@jax.jit
def working(loads, kinetics):
    """Working fraction (times, loads) after one injection today."""
    return response(loads[None], kinetics, TODAY, TIME_D)


@partial(jax.jit, static_argnums=(0, 1))
def working_under(uptake, transmission, loads):
    return response(
        loads[None], Arrival().kinetics(), TODAY, TIME_D,
        UPTAKES[uptake], TRANSMISSIONS[transmission],
    )  # fmt: skip


# each with the default of the other step, and the two rivals of both together
PAIRS = [(uptake, "original_terminal") for uptake in UPTAKES]
PAIRS += [("clearing", "sprouts"), ("clearing", "none"), ("lebeda4", "sprouts")]


@pytest.mark.parametrize(("uptake", "transmission"), PAIRS)
def test_any_two_hypotheses_fit_together(uptake, transmission):
    found = np.asarray(working_under(uptake, transmission, LOADS))
    assert found.shape == (len(TIME_D), len(LOADS))
    assert np.isfinite(found).all()
    assert found.min() >= 0.0
    assert found.max() <= 1.0
    nothing = uptake == "none" or transmission == "none"
    assert bool(found.min() > 1 - 1e-8) == nothing


def test_no_dose_no_effect():
    found = working(jnp.zeros(3), Arrival().kinetics())
    assert np.asarray(found).min() > 1 - 1e-8
    course = muscle_course(found, Arrival().kinetics(), TIME_D)
    assert float(course.force_fraction.min()) > 1 - 1e-8


@settings(max_examples=10)
@given(release=st.floats(0.1, 3.0), persistence=st.floats(15.0, 80.0), renewal=st.floats(0.05, 0.8))
def test_more_dose_never_works_better(release, persistence, renewal):
    found = np.asarray(working(LOADS, Arrival(release, persistence, renewal).kinetics()))
    assert np.diff(found, axis=1).max() <= 1e-10


@settings(max_examples=10)
@given(load=st.floats(20.0, 400.0), persistence=st.floats(20.0, 45.0))
def test_doubling_the_dose_buys_one_half_life(load, persistence):
    """Day on which half the junctions are back: later by the half-life of the light chain."""
    days = np.asarray(LONG_D)
    found = np.asarray(
        working_long(jnp.array([load, 2 * load]), Arrival(persistence_d=persistence).kinetics())
    )

    def half_back_d(course):
        deepest = np.argmin(course)
        return np.interp(0.5, course[deepest:], days[deepest:])

    gained_d = half_back_d(found[:, 1]) - half_back_d(found[:, 0])
    # quasi-steady SNAP-25 and a linear reading of a two-day grid
    assert gained_d == pytest.approx(persistence, rel=0.01)


LONG_D = jnp.linspace(0.0, 700.0, 351)


@jax.jit
def working_long(loads, kinetics):
    return response(loads[None], kinetics, TODAY, LONG_D)


def test_doubling_the_dose_hardly_moves_the_peak():
    found = np.asarray(working(jnp.array([100.0, 200.0]), Arrival().kinetics()))
    assert found.min(axis=0).max() < 0.01


def test_everything_recovers():
    found = working_long(jnp.array([1.0, 10.0, 100.0, 1e3]), Arrival().kinetics())
    assert float(found[-1].min()) > 0.999


def test_the_working_fraction_on_the_default_grid():
    """Against steps of under a tenth of a day: what the coarse grid costs."""
    fine_d = np.unique(np.concatenate([np.asarray(TIME_D), np.linspace(0, 240, 4801)]))
    exact = jax.jit(lambda own: response(LOADS[None], own, TODAY, jnp.asarray(fine_d)))(
        Arrival().kinetics()
    )
    at = np.searchsorted(fine_d, np.asarray(TIME_D))
    fault = np.abs(np.asarray(working(LOADS, Arrival().kinetics())) - np.asarray(exact)[at])
    assert fault.max() < 5e-4


def test_two_injections_act_together():
    """A second injection on top of the first blocks more; one long after meets a whole muscle."""
    days = jnp.array([-84.0, 0.0])
    time_d = jnp.asarray(time_grid_d((-84.0, 0.0), 200))
    rates = Arrival().kinetics()
    load = jnp.array([[20.0], [20.0]])
    run = jax.jit(lambda own: response(own, rates, days, time_d)[:, 0])
    twice = np.asarray(run(load))
    second = np.asarray(run(load * jnp.array([[0.0], [1.0]])))
    assert (twice <= second + 1e-12).all()
    assert (twice < second - 0.01).any()
    after = np.asarray(time_d) < 0.0
    assert second[after] == pytest.approx(1.0, abs=1e-8)
    # each injection's light chain adds: one of double load on a day is two on the same day
    same = response(load, rates, jnp.zeros(2), TIME_D)
    double = working(jnp.array([40.0]), rates)
    assert np.max(np.abs(same - double)) < 1e-12


def test_jit_is_no_jit():
    rates = Arrival().kinetics()
    with jax.disable_jit():
        plain = response(LOADS[None, ::13], rates, TODAY, TIME_D[::12])
    quick = jax.jit(lambda own: response(LOADS[None, ::13], own, TODAY, TIME_D[::12]))(rates)
    assert np.max(np.abs(plain - quick)) < 1e-13


def test_vmap_is_a_loop():
    people = [Arrival(release, days) for release, days in ((0.2, 25.0), (0.6, 33.0), (1.5, 60.0))]
    rates = [person.kinetics() for person in people]
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *rates)
    together = jax.jit(jax.vmap(lambda own: response(LOADS[None], own, TODAY, TIME_D)))(stacked)
    alone = np.stack([np.asarray(working(LOADS, own)) for own in rates])
    assert np.max(np.abs(together - alone)) < 1e-11  # sums in another order


def test_gradients_are_those_of_finite_differences():
    """Mean working fraction over the course, by the logarithm of each rate and of the load."""

    @jax.jit
    def mean(log_factor):
        release, persistence, renewal, load = jnp.exp(log_factor)
        rates = Arrival().kinetics()
        rates = rates._replace(
            release_per_d=rates.release_per_d * release,
            persistence_d=rates.persistence_d * persistence,
            renewal_per_d=rates.renewal_per_d * renewal,
        )
        return response(jnp.full((1, 1), 25.0 * load), rates, TODAY, TIME_D).mean()

    step = 1e-4
    slope = np.asarray(jax.jit(jax.grad(mean))(jnp.zeros(4)))
    shifts = step * np.eye(4)
    differences = [float(mean(s) - mean(-s)) / (2 * step) for s in map(jnp.asarray, shifts)]
    assert np.abs(slope).min() > 1e-3
    # central difference: fault of order step^2
    assert slope == pytest.approx(np.array(differences), rel=1e-5)


def test_gradients_stay_finite_at_the_edges():
    def mean(log_load):
        return response(jnp.exp(log_load)[None, None], Arrival().kinetics(), TODAY, TIME_D).mean()

    slopes = jax.jit(jax.vmap(jax.grad(mean)))(jnp.log(jnp.array([1e-8, 1e-2, 1e5, 1e9])))
    assert np.isfinite(slopes).all()


def read(loads, weight, table):
    return table @ node_weights(loads, weight[None])[0]


def test_reading_weights_sum_to_one():
    loads = jnp.geomspace(NODE_LOW / 100, NODE_HIGH * 100, 300)
    weights = np.asarray(node_weights(loads, jnp.eye(300)))
    assert weights.sum(axis=1) == pytest.approx(1.0, abs=1e-12)


def test_a_node_is_read_as_it_stands():
    weights = np.asarray(node_weights(nodes()[1:-1], jnp.eye(len(nodes()) - 2)))
    assert np.max(np.abs(weights - np.eye(len(nodes()))[1:-1])) < 1e-9


# The table is read between its nodes by a cubic. For one load alone the response is a steep step
# and the reading is poor; a muscle averages over cells whose loads differ, which is what it is
# made for.
ONE_LOAD, MUSCLE_WORST, MUSCLE_TYPICAL = 0.07, 0.015, 0.006


def test_reading_the_table_at_one_load():
    rates = Arrival().kinetics()
    table = working(nodes(), rates)
    loads = jnp.geomspace(0.05, 2e4, 200)
    direct = working(loads, rates)
    found = table @ node_weights(loads, jnp.eye(200)).T
    assert float(jnp.abs(found - direct).max()) < ONE_LOAD


def test_reading_the_table_for_a_muscle():
    """Sixty cells, loads log-normal about a random centre: half a log unit apart or more."""
    rates, rng = Arrival().kinetics(), np.random.default_rng(0)
    table = working(nodes(), rates)
    faults = []
    for _ in range(40):
        spread = rng.uniform(0.5, 1.5) * rng.standard_normal(60)
        loads = jnp.asarray(np.exp(rng.uniform(np.log(1), np.log(500)) + spread))
        weight = jnp.asarray(rng.dirichlet(np.ones(60)))
        direct = working(loads, rates) @ weight
        faults.append(float(jnp.abs(read(loads, weight, table) - direct).max()))
    assert max(faults) < MUSCLE_WORST
    assert np.median(faults) < MUSCLE_TYPICAL


@settings(max_examples=25)
@given(
    earlier=st.lists(st.integers(-900, -1), max_size=4, unique=True),
    days=st.integers(30, 1095),
)
def test_the_grid_holds_every_injection_and_rises(earlier, days):
    injections = (*(float(day) for day in earlier), 0.0)
    grid = time_grid_d(injections, days)
    assert np.diff(grid).min() > 0.0
    assert grid[0] == min(injections)
    assert grid[-1] == days
    assert set(injections) <= set(grid.tolist())
    for day in injections:  # dense where each injection rises
        rise = grid[(grid >= day) & (grid <= min(day + 2, days))]
        assert np.diff(rise).max() <= 0.5 + 1e-9
