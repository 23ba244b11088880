"""Weakness of neighbours: when it starts, how long it lasts, and how often."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.observe.harms import per_session, weak_chance, weak_times, weakness

TIME_D = np.linspace(0.0, 100.0, 101)


def dips(*depths):
    """Working fraction that falls in a straight line to 1 - depth on day 20 and back by day 60."""
    shape = np.interp(TIME_D, [0.0, 20.0, 60.0], [0.0, 1.0, 0.0])
    return jnp.asarray(1.0 - shape[:, None] * np.array(depths))


def test_a_weakness_starts_and_ends_where_the_line_is_crossed():
    start_d, length_d = weak_times(dips(0.9, 0.5, 0.2), TIME_D, 0.7)
    # a depth d is under 0.7 from day 20 * 0.3 / d on until 40 * 0.3 / d before day 60
    assert np.asarray(start_d)[:2] == pytest.approx([20 * 0.3 / 0.9, 20 * 0.3 / 0.5], abs=1e-6)
    ends_d = np.asarray(start_d + length_d)[:2]
    assert ends_d == pytest.approx([60 - 40 * 0.3 / 0.9, 60 - 40 * 0.3 / 0.5], abs=1e-6)
    assert np.isnan(np.asarray(start_d)[2])
    assert np.isnan(np.asarray(length_d)[2])


def test_who_only_touches_the_line_has_no_weakness():
    start_d, _ = weak_times(jnp.full((101, 1), 0.7), TIME_D, 0.7)
    assert np.isnan(np.asarray(start_d)).all()


def test_two_spells_add_up():
    twice = jnp.minimum(dips(0.9), jnp.roll(dips(0.9), 40, axis=0).at[:40].set(1.0))
    _, one_d = weak_times(dips(0.9), TIME_D, 0.7)
    start_d, both_d = weak_times(twice, TIME_D, 0.7)
    assert float(both_d[0]) > 1.5 * float(one_d[0])
    assert float(start_d[0]) == pytest.approx(20 * 0.3 / 0.9, abs=1e-6)


@settings(max_examples=20)
@given(depth=st.floats(0.0, 1.0), more=st.floats(0.0, 0.5), least=st.floats(0.1, 0.95))
def test_a_deeper_block_is_weak_sooner_and_longer(depth, more, least):
    start_d, length_d = weak_times(dips(depth, min(1.0, depth + more)), TIME_D, least)
    shallow, deep = np.nan_to_num(np.asarray(length_d))
    assert 0.0 <= shallow <= deep + 1e-9
    if not np.isnan(start_d[0]):
        assert float(start_d[1]) <= float(start_d[0]) + 1e-9


def test_medians_are_among_those_who_have_it():
    start_d = np.array([3.0, 5.0, 7.0, 9.0, 11.0, np.nan, np.nan, np.nan, np.nan, np.nan])
    told = weakness(np.linspace(0.0, 1.0, 10), start_d, 2 * start_d)
    assert (told.share, told.start_d, told.length_d) == (0.5, 7.0, 14.0)
    assert (told.length_low_d, told.length_high_d) == pytest.approx((6.8, 21.2))
    few = weakness(np.array([0.5, 0.3, 0.1]), *[np.array([3.0, np.nan, np.nan])] * 2)
    assert (few.start_d, few.length_d) == (None, None)
    assert few.share == pytest.approx(0.3)


def test_the_chance_of_few_is_the_count_of_many():
    """Margins about one middle, each with its own load: each alone tells the share of them all."""
    own = 0.6 * np.random.default_rng(1).standard_normal(100_000)
    margin = -0.7 + own
    chance = np.asarray(weak_chance(jnp.asarray(margin), jnp.asarray(own), 0.6))
    assert np.ptp(chance) < 1e-5
    assert chance[0] == pytest.approx((margin > 0).mean(), abs=4 * 1e-3)


@settings(max_examples=20)
@given(share=st.floats(0.0, 1.0), sites=st.integers(1, 60))
def test_a_session_of_the_counted_sites_is_as_counted(share, sites):
    assert per_session(share, sites, sites) == pytest.approx(share, abs=1e-12)
    assert per_session(share, sites, 2 * sites) == pytest.approx(1 - (1 - share) ** 2, abs=1e-12)
