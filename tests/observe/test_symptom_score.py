"""A burden under drug and placebo: bounds, nothing from nothing, and its course."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.observe import BurdenScale, burden, fall_by_drug, fall_by_placebo, followed

TIME_D = jnp.concatenate([jnp.array([-30.0, -1.0]), jnp.linspace(0.0, 360.0, 361)])
SHARES = st.floats(0.0, 1.0)
SCALES = st.builds(
    lambda *numbers: BurdenScale(*(jnp.asarray(number) for number in numbers)),
    SHARES,
    st.floats(-0.5, 0.95),
    st.floats(1.0, 60.0),
    st.floats(30.0, 2000.0),
)


def level(before, silenced, scale):
    flat = jnp.full(len(TIME_D), silenced)
    return np.asarray(
        burden(jnp.asarray(before), fall_by_drug(flat, scale), fall_by_placebo(TIME_D, scale))
    )


@settings(max_examples=30)
@given(before=st.floats(0.0, 600.0), silenced=SHARES, scale=SCALES)
def test_a_burden_is_never_negative_and_only_placebo_raises_it(before, silenced, scale):
    found = level(before, silenced, scale)
    assert np.isfinite(found).all()
    assert found.min() >= 0.0
    worse = max(0.0, -float(scale.placebo_share))
    assert found.max() <= before * (1.0 + worse) + 1e-9


@settings(max_examples=30)
@given(before=st.floats(1.0, 600.0), scale=SCALES)
def test_nothing_silenced_leaves_placebo_alone(before, scale):
    placebo = np.asarray(fall_by_placebo(TIME_D, scale))
    np.testing.assert_allclose(level(before, 0.0, scale), before * (1 - placebo), rtol=1e-12)
    assert np.abs(placebo[:3]).max() == 0.0  # nothing before the day of treatment, nor on it


@settings(max_examples=30)
@given(before=st.floats(1.0, 600.0), pair=st.tuples(SHARES, SHARES), scale=SCALES)
def test_the_burden_falls_with_what_is_silenced_and_by_no_more_than_it_drives(before, pair, scale):
    more, less = (level(before, silenced, scale) for silenced in sorted(pair, reverse=True))
    assert (more <= less + 1e-9).all()
    alone = level(before, 0.0, scale)
    assert (more >= alone * (1 - float(scale.driven_share) * max(pair)) - 1e-9).all()


@pytest.mark.parametrize("follow_d", [0.5, 10.0])
def test_a_burden_follows_the_silence_with_its_delay(follow_d):
    time_d = jnp.linspace(0.0, 60.0, 601)
    silence = jnp.where(time_d > 0.0, 0.8, 0.0)[None]
    found = np.asarray(followed(silence, time_d, follow_d))[0]
    expected = 0.8 * -np.expm1(-np.asarray(time_d) / follow_d)
    # the step is read over its first interval of a tenth of a day
    assert np.abs(found - expected).max() < 0.8 * 0.1 / follow_d
    flat = jnp.full((1, 601), 0.4)
    np.testing.assert_allclose(followed(flat, time_d, follow_d), flat, rtol=1e-12)
