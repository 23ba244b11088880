"""Lines: from force to severity, and the line at rest, which smooths in silence."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.observe.lines import LineScale, LineState, Skin, severity

TIME_D = np.linspace(0.0, 180.0, 61)
SCALE = LineScale(*(jnp.asarray(x) for x in (0.95, 1.2, 0.7, 14.0)))
STILL = Skin(0.0, 0.0)


def lines(force, before, rest, scale=SCALE):
    """Line at contraction and at rest, (times, subjects) each; numbers stand for one subject."""
    force, before, rest = (jnp.asarray(x) for x in (force, before, rest))
    force = force[:, None] if force.ndim == 1 else force
    before, rest = jnp.atleast_1d(before), jnp.atleast_1d(rest)
    contraction, line = severity(force, TIME_D, before, LineState(rest, rest), scale, STILL)
    return contraction, line.rest


FORCE = st.lists(st.floats(0.0, 1.0), min_size=61, max_size=61).map(jnp.asarray)
LATENT = st.floats(0.6, 3.4)
REST_SHARE = st.floats(0.0, 0.9)


@settings(max_examples=12)
@given(force=FORCE, before=LATENT, rest_share=REST_SHARE)
def test_a_line_never_deepens_nor_falls_below_nothing(force, before, rest_share):
    contraction, rest = lines(force, before, before * rest_share)
    for line, first in ((contraction, before), (rest, before * rest_share)):
        assert float(line.min()) >= 0.0
        assert float(line.max()) <= first + 1e-12
    assert (contraction >= rest - 1e-12).all()


def test_no_block_leaves_the_line_as_it_was():
    contraction, rest = lines(jnp.ones(61), 2.7, 1.1)
    assert np.asarray(contraction) == pytest.approx(2.7, abs=1e-12)
    assert np.asarray(rest) == pytest.approx(1.1, abs=1e-12)


def test_a_silent_muscle_leaves_only_what_it_does_not_make():
    contraction, rest = lines(jnp.zeros(61), 2.7, 1.0)
    assert float(rest[-1, 0]) == pytest.approx(1.0 - 0.7 * 0.95 * -np.expm1(-180 / 14), abs=1e-7)
    assert float(contraction[-1, 0] - rest[-1, 0]) == pytest.approx(1.7 * 0.05**1.2, rel=1e-9)


def test_the_line_at_rest_lags():
    force = jnp.where(jnp.asarray(TIME_D) > 0.0, 0.0, 1.0)
    _, rest = lines(force, 2.5, 1.0)
    gone = (1.0 - np.asarray(rest)[:, 0]) / (0.7 * 0.95)
    assert np.interp(14.0, TIME_D, gone) == pytest.approx(1 - np.exp(-1), abs=0.06)  # 3-day steps


# A year of skin ------------------------------------------------------------------------------

SKIN_SCALE = LineScale(*(jnp.asarray(v) for v in (0.95, 0.8, 0.6, 14.0)))
YEAR_D = jnp.arange(0.0, 366.0)
DIP = 1.0 - 0.95 * jnp.exp(-(((YEAR_D - 120.0) / 30.0) ** 2))
SKIN = Skin(np.log(2) / 730, 0.012 / 365.25)


def onward(force, skin, start=1.0, time_d=YEAR_D):
    state = LineState(jnp.array([start]), jnp.array([start]))
    deep, line = severity(force[:, None], time_d, jnp.array([2.5]), state, SKIN_SCALE, skin)
    return deep[:, 0], LineState(line.rest[:, 0], line.engraved[:, 0])


def test_untreated_the_line_deepens_by_the_yearly_rate():
    _, line = onward(jnp.ones(366), SKIN)
    assert float(line.engraved[-1]) == pytest.approx(1.0 + 0.012 * 365 / 365.25, rel=1e-6)


def test_in_a_silent_muscle_it_halves_in_its_half_time():
    time_d = jnp.linspace(0.0, 730.0, 731)
    _, line = onward(jnp.zeros(731), SKIN, time_d=time_d)
    assert float(line.engraved[-1]) == pytest.approx(0.5, rel=1e-6)


def test_a_year_in_two_halves_is_a_year():
    _, whole = onward(DIP, SKIN)
    _, first = onward(DIP[:181], SKIN, time_d=YEAR_D[:181])
    half = LineState(first.rest[-1:], first.engraved[-1:])
    force, grade = DIP[180:, None], jnp.array([2.5])
    _, second = severity(force, YEAR_D[180:], grade, half, SKIN_SCALE, SKIN)
    for one, other in zip(second, whole, strict=True):
        assert np.asarray(one)[:, 0] == pytest.approx(np.asarray(other[180:]), abs=1e-12)


def test_muscles_that_are_back_fold_a_smoother_skin_as_deep_as_before():
    silent = jnp.where(YEAR_D < 200.0, 0.0, 1.0)
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
