"""Closed forms of the chain against solvers that share no line with them."""

from functools import cache
from math import log

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from endplate.model.uptake import Clearing, Lebeda3, Lebeda4
from endplate.model.uptake.chain import apart_amount_and_area, chain_amount
from model_cases import CLEARING

# The promise of the model: closed form and solver agree to this.
AGREE = 1e-8
# What the quick form states: amounts to 1e-9, areas (up to 50 d) to 1e-8 d.
QUICK_AMOUNT, QUICK_AREA_D = 1e-9, 1e-8


def chain_matrix(transfer, loss):
    matrix = np.diag(-np.asarray(loss, dtype=float))
    for i, rate in enumerate(transfer):
        matrix[i + 1, i] = rate
    return matrix


def uniformised(matrix, time_d):
    """Matrix exponential as a sum of positive terms only: nothing cancels, whatever the rates.

    `scipy.linalg.expm` is no judge here: on two rates 1e-9 apart it keeps seven digits.
    """
    fastest = np.max(-np.diag(matrix))
    jump = np.eye(len(matrix)) + matrix / fastest
    state, chance = np.eye(len(matrix))[0], np.exp(-fastest * time_d)
    total = chance * state
    for count in range(1, int(fastest * time_d + 12 * np.sqrt(fastest * time_d) + 60)):
        state = jump @ state
        chance *= fastest * time_d / count
        total = total + chance * state
    return total


@cache
def compiled(count):
    return jax.jit(
        lambda transfer, loss, time_d: chain_amount(
            tuple(transfer[i] for i in range(count - 1)),
            tuple(loss[i] for i in range(count)),
            time_d,
        )
    )


def solved(matrix, time_d):
    """State at each time by an implicit-or-explicit multistep solver of SciPy."""
    first = np.eye(len(matrix))[0]
    done = solve_ivp(
        lambda _, y: matrix @ y, (0.0, time_d[-1]), first, method="LSODA", t_eval=time_d,
        rtol=1e-12, atol=1e-14, jac=lambda _, y: matrix,
    )  # fmt: skip
    assert done.success
    return done.y


def rates_with_gap(base, gap, count):
    return [base * (1 + gap * i) for i in range(count)]


@settings(max_examples=25)
@given(
    count=st.sampled_from([2, 4, 6]),
    base=st.floats(1e-3, 1e2),
    spread=st.lists(st.floats(-1, 1), min_size=6, max_size=6),
    log10_gap=st.floats(-13, 1),
    kept=st.floats(0.2, 1.0),
    turns=st.floats(0.01, 30.0),
)
def test_amount_is_that_of_the_matrix_exponential(count, base, spread, log10_gap, kept, turns):
    # Rates that all lie within a relative gap, from equal to decades apart.
    loss = base * np.exp(np.array(spread[:count]) * 10**log10_gap / 10)
    transfer = kept * loss[:-1]
    time_d = turns / base
    found = float(compiled(count)(transfer, loss, time_d))
    exact = uniformised(chain_matrix(transfer, loss), time_d)[-1]
    assert found == pytest.approx(exact, abs=AGREE, rel=0)
    assert 0.0 <= found <= 1.0


@pytest.mark.parametrize("gap", [0.0, 1e-12, 1e-8, 1e-4, 1e-2, 0.3, 2.0])
def test_amount_is_that_of_the_solver(gap):
    loss = rates_with_gap(0.3, gap, 5)
    transfer = [0.9 * rate for rate in loss[:-1]]
    time_d = np.linspace(0.0, 40.0, 81)
    exact = solved(chain_matrix(transfer, loss), time_d)[-1]
    found = compiled(5)(np.array(transfer), np.array(loss), time_d)
    assert np.max(np.abs(found - exact)) < AGREE


def schemes():
    yield "three_step", Lebeda3(83.5, 203.0, 18.7), [83.5, 203.0, 18.7], [83.5, 203.0, 18.7, 0.0]
    four = [0.216, 83.5, 203.0, 18.7]
    yield "four_step", Lebeda4(*four), four, [*four, 0.0]
    decay = log(2) / 33
    # Release set so that bulk empties at the rate of each later step in turn, and in general.
    for name, release in {
        "apart": 0.6, "as_lysis": 18.7 - 1.66, "as_binding": 83.5, "as_translocation": 203.0 - 1.66,
        "nearly_as_lysis": (18.7 - 1.66) * (1 + 1e-7),
    }.items():  # fmt: skip
        transfer = [release, 83.5, 203.0, 18.7]
        loss = [release + 1.66, 83.5 + 1.66, 203.0, 18.7, decay]
        yield f"clearing_{name}", Clearing(release, 1.66, 83.5, 203.0, 18.7, decay), transfer, loss
    # No clearance, and a bulk that empties as slowly as the light chain decays.
    transfer = [decay, 83.5, 203.0, 18.7]
    yield (
        "clearing_as_decay", Clearing(decay, 0.0, 83.5, 203.0, 18.7, decay), transfer,
        [*transfer, decay],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("uptake", "transfer", "loss"),
    [pytest.param(*rest, id=name) for name, *rest in schemes()],
)
def test_every_scheme_is_that_of_the_solver(uptake, transfer, loss):
    """Light chain, its area and what is still outside."""
    time_d = np.array([0.0, 0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 20.0, 100.0, 400.0])
    matrix = chain_matrix([*transfer, 1.0], [*loss, 0.0])  # the area is one more compartment
    state = solved(matrix, time_d)
    times = jnp.asarray(time_d)
    outside = state[:2].sum(axis=0) if len(transfer) == 4 else state[0]
    assert np.max(np.abs(uptake.light_chain(times) - state[-2])) < AGREE
    assert np.max(np.abs(uptake.outside(times) - outside)) < AGREE
    # An area of hundreds of days: the same eight digits, relative to its size.
    error_d = np.abs(uptake.light_chain_area_d(times) - state[-1])
    assert np.max(error_d / np.maximum(1.0, state[-1])) < AGREE


@pytest.mark.parametrize("gap", [0.0, 1e-14, 1e-10, 1e-8, 3e-6, 1e-5, 1.1e-5, 1e-4, 1e-2])
@pytest.mark.parametrize("meets", ["binding", "translocation", "lytic", "decay"])
def test_the_quick_form_keeps_its_stated_error(meets, gap):
    binding, translocation, lytic, decay = 83.5, 203.0, 18.7, log(2) / 33
    met = {
        "binding": binding + 1.66,
        "translocation": translocation,
        "lytic": lytic,
        "decay": decay,
    }
    first = met[meets] * (1 + gap)
    transfer = (0.5 * first, binding, translocation, lytic)
    loss = (first, binding + 1.66, translocation, lytic, decay)
    time_d = jnp.concatenate([jnp.zeros(1), jnp.logspace(-3, 3, 60)])
    amount, area_d = apart_amount_and_area(transfer, loss, time_d)
    exact = compiled(5)(np.array(transfer), np.array(loss), time_d)
    exact_d = compiled(6)(np.array([*transfer, 1.0]), np.array([*loss, 0.0]), time_d)
    assert np.max(np.abs(amount - exact)) < QUICK_AMOUNT
    assert np.max(np.abs(area_d - exact_d)) < QUICK_AREA_D


def test_rates_must_fit_each_other():
    with pytest.raises(ValueError, match="one rate less"):
        chain_amount((jnp.ones(()),), (jnp.ones(()),), jnp.ones(()))


def test_the_default_light_chain_lasts_a_half_life_per_halving():
    late = CLEARING.light_chain(jnp.array([100.0, 133.0]))
    assert float(late[1] / late[0]) == pytest.approx(0.5, rel=1e-9)
