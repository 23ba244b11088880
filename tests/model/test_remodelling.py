"""The line at rest: smooths in silence, deepens in use; one treatment stays what it was."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.observe import LineScale, LineState, Remodelling, severity, severity_onward

SCALE = LineScale(*(jnp.asarray(v) for v in (0.95, 0.8, 0.6, 14.0)))
TIME_D = jnp.arange(0.0, 366.0)
DIP = 1.0 - 0.95 * jnp.exp(-(((TIME_D - 120.0) / 30.0) ** 2))
STILL = Remodelling(jnp.asarray(0.0), jnp.asarray(0.0))
SKIN = Remodelling(jnp.asarray(np.log(2) / 730), jnp.asarray(0.012 / 365.25))


def onward(force, skin, start=1.0, time_d=TIME_D):
    state = LineState(jnp.asarray(start), jnp.asarray(start))
    return severity_onward(force, time_d, jnp.asarray(2.5), state, SCALE, skin)


def test_without_remodelling_it_is_the_single_treatment():
    deep, line = onward(DIP, STILL)
    plain, rest = severity(DIP, TIME_D, jnp.asarray(2.5), jnp.asarray(1.0), SCALE)
    # severity starts at its level: force must be whole there
    assert np.asarray(deep) == pytest.approx(np.asarray(plain), abs=1e-3)
    assert np.asarray(line.rest) == pytest.approx(np.asarray(rest), abs=1e-3)


def test_untreated_the_line_deepens_by_the_yearly_rate():
    _, line = onward(jnp.ones(366), SKIN)
    assert float(line.engraved[-1]) == pytest.approx(1.0 + 0.012 * 365 / 365.25, rel=1e-6)


def test_in_a_silent_muscle_it_halves_in_its_half_time():
    time_d = jnp.linspace(0.0, 730.0, 731)
    _, line = onward(jnp.zeros(731), SKIN, time_d=time_d)
    assert float(line.engraved[-1]) == pytest.approx(0.5, rel=1e-6)


def test_a_year_in_two_halves_is_a_year():
    _, whole = onward(DIP, SKIN)
    _, first = onward(DIP[:181], SKIN, time_d=TIME_D[:181])
    half = LineState(first.rest[-1], first.engraved[-1])
    _, second = severity_onward(DIP[180:], TIME_D[180:], jnp.asarray(2.5), half, SCALE, SKIN)
    for one, other in zip(second, whole, strict=True):
        assert np.asarray(one) == pytest.approx(np.asarray(other[180:]), abs=1e-12)


def test_muscles_that_are_back_fold_a_smoother_skin_as_deep_as_before():
    silent = jnp.where(TIME_D < 200.0, 0.0, 1.0)
    deep, line = onward(silent, SKIN)
    assert float(line.rest[-1]) < 0.9
    assert float(deep[-1]) == pytest.approx(2.5, abs=1e-3)


@settings(max_examples=20)
@given(force=st.floats(0.0, 1.0), weaker=st.floats(0.0, 1.0), start=st.floats(0.0, 3.0))
def test_a_weaker_muscle_never_deepens_more(force, weaker, start):
    _, strong = onward(jnp.full(366, force), SKIN, start)
    _, weak = onward(jnp.full(366, force * weaker), SKIN, start)
    assert (np.asarray(weak.engraved) <= np.asarray(strong.engraved) + 1e-12).all()
    assert float(weak.engraved.min()) >= 0.0
