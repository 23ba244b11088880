"""What every uptake hypothesis must keep, and what sets ours apart."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.model.uptake import Clearing
from endplate.model.uptake.saturation import bound_density
from model_cases import UPTAKES

# Gauss-Legendre points between the times: dense where the light chain rises.
TIMES_D = np.concatenate([[0.0], np.logspace(-4, np.log10(400), 240)])
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(12)


@pytest.mark.parametrize("uptake", UPTAKES.values(), ids=UPTAKES)
def test_light_chain_is_a_share_and_starts_at_nothing(uptake):
    amount = np.asarray(uptake.light_chain(jnp.asarray(TIMES_D)))
    assert amount[0] == 0.0
    assert amount.min() >= 0.0
    assert amount.max() <= 1.0 + 1e-15  # rounding


@pytest.mark.parametrize("uptake", UPTAKES.values(), ids=UPTAKES)
def test_toxin_outside_only_leaves(uptake):
    outside = np.asarray(uptake.outside(jnp.asarray(TIMES_D)))
    assert outside[0] == pytest.approx(1.0, abs=1e-12)
    assert outside.min() >= 0.0
    assert np.diff(outside).max() <= 1e-14  # rounding


@pytest.mark.parametrize("uptake", UPTAKES.values(), ids=UPTAKES)
def test_nothing_is_made_of_nothing(uptake):
    times = jnp.asarray(TIMES_D)
    whole = np.asarray(uptake.outside(times) + uptake.light_chain(times))
    assert whole.max() <= 1.0 + 1e-12


@pytest.mark.parametrize("uptake", UPTAKES.values(), ids=UPTAKES)
def test_area_is_the_integral(uptake):
    starts, ends = TIMES_D[:-1], TIMES_D[1:]
    inner = 0.5 * (ends - starts)[:, None] * (POINTS + 1.0) + starts[:, None]
    amount = np.asarray(uptake.light_chain(jnp.asarray(inner)))
    integral_d = np.cumsum((amount @ WEIGHTS) * 0.5 * (ends - starts))
    area_d = np.asarray(uptake.light_chain_area_d(jnp.asarray(TIMES_D)))
    assert area_d[0] == pytest.approx(0.0, abs=1e-12)
    assert np.max(np.abs(area_d[1:] - integral_d)) < 1e-7  # of the quadrature, over 400 d


@jax.jit
def cleared(rates, time_d):
    scheme = Clearing(*rates)
    return scheme.light_chain(time_d), scheme.light_chain_area_d(time_d), scheme.outside(time_d)


@pytest.mark.parametrize("clearance_per_d", [0.0, 1.7])
def test_all_of_a_dose_is_somewhere_at_all_times(clearance_per_d):
    scheme = Clearing(*map(jnp.asarray, (0.5, clearance_per_d, 84.0, 203.0, 18.7, 0.018)))
    times = jnp.asarray(TIMES_D)
    places = scheme.stages(times)
    assert float(jnp.abs(sum(places) - 1.0).max()) < 1e-12  # rounding
    assert min(float(place.min()) for place in places) > -1e-12
    assert jnp.allclose(places.light_chain, scheme.light_chain(times), atol=1e-9)
    assert jnp.allclose(places.bulk + places.free, scheme.outside(times), atol=1e-12)
    for only_grows in (places.cleared, places.spent):
        assert float(jnp.diff(only_grows).min()) > -1e-12
    assert float(places.cleared[-1]) == pytest.approx(  # what leaves the bulk, then what binds
        1.0 - 0.5 / (0.5 + clearance_per_d) * 84.0 / (84.0 + clearance_per_d), abs=1e-9
    )


RATES = st.tuples(
    st.floats(0.02, 5.0),  # release
    st.floats(0.0, 5.0),  # clearance
    st.floats(40.0, 120.0),  # binding
    st.floats(150.0, 300.0),  # translocation
    st.floats(7.0, 30.0),  # lysis
    st.floats(0.003, 1.0),  # decay: half-lives of 17 h to 230 d
)


@settings(max_examples=30)
@given(rates=RATES)
def test_clearing_keeps_the_rules_at_any_rates(rates):
    amount, area_d, outside = (np.asarray(x) for x in cleared(rates, jnp.asarray(TIMES_D)))
    assert np.isfinite(amount).all()
    assert np.isfinite(area_d).all()
    assert amount.min() >= 0.0
    assert amount.max() <= 1.0 + 1e-15  # rounding
    assert np.diff(area_d).min() >= -1e-9  # the stated error of the quick form
    assert np.diff(outside).max() <= 1e-12
    assert (amount + outside).max() <= 1.0 + 1e-9


@settings(max_examples=15)
@given(rates=RATES, faster=st.floats(1.1, 3.0))
def test_clearing_costs_light_chain_and_decay_costs_area(rates, faster):
    times = jnp.asarray(TIMES_D)
    _, area_d, _ = cleared(rates, times)
    more_cleared = (rates[0], rates[1] * faster + 0.1, *rates[2:])
    _, less_d, _ = cleared(more_cleared, times)
    assert (np.asarray(less_d) <= np.asarray(area_d) + 1e-9).all()
    shorter = (*rates[:5], rates[5] * faster)
    _, short_d, _ = cleared(shorter, times)
    assert (np.asarray(short_d) <= np.asarray(area_d) + 1e-9).all()


def test_all_toxin_that_is_not_cleared_passes_through():
    """Area to infinity is the share taken up times the mean life of the light chain."""
    release, clearance, binding, decay = 0.6, 1.66, 83.5, np.log(2) / 33
    scheme = Clearing(release, clearance, binding, 203.0, 18.7, decay)
    taken = release / (release + clearance) * binding / (binding + clearance)
    assert float(scheme.light_chain_area_d(jnp.asarray(5000.0))) == pytest.approx(
        taken / decay, rel=1e-9
    )


@settings(max_examples=30)
@given(density=st.floats(0.0, 1e4), more=st.floats(0.0, 1e4), half=st.floats(1.0, 500.0))
def test_binding_levels_off(density, more, half):
    bound = bound_density(jnp.asarray(density), half)
    assert 0.0 <= float(bound) <= min(density, half)
    assert float(bound_density(jnp.asarray(density + more), half)) >= float(bound)


def test_binding_is_linear_at_low_density():
    assert float(bound_density(jnp.asarray(1e-6), 60.0)) == pytest.approx(1e-6, rel=1e-7)
