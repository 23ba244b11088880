"""Durations read off a prevalence curve, against closed forms."""

import jax.numpy as jnp
import pytest

from endplate.learn.durations import half_lost_d, half_reached_d, mean_lost_d

TIME_D = jnp.linspace(0.0, 400.0, 4001)


def rise_then_decay(half_life_d, peak_d=10.0):
    rising = TIME_D / peak_d
    return jnp.where(TIME_D < peak_d, rising, 0.5 ** ((TIME_D - peak_d) / half_life_d))


def test_half_lost_is_one_half_life_after_the_peak():
    assert float(half_lost_d(rise_then_decay(50.0), TIME_D)) == pytest.approx(60.0, abs=0.2)


def test_never_lost_is_the_last_day():
    assert float(half_lost_d(jnp.ones_like(TIME_D), TIME_D)) == 400.0


def test_mean_of_a_decay_is_its_area():
    expected = 10.0 + 50.0 / 0.6931471805599453 * (1 - 0.5 ** (390 / 50))
    assert float(mean_lost_d(rise_then_decay(50.0), TIME_D)) == pytest.approx(expected, rel=1e-3)


def test_half_reached_lies_on_the_rise():
    assert float(half_reached_d(rise_then_decay(50.0), TIME_D)) == pytest.approx(5.0, abs=0.2)
