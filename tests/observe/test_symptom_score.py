"""A symptom score under drug and placebo: bounds, nothing from nothing, and its course."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.facts.endpoints import symptom_scores
from endplate.facts.indications import indications
from endplate.model import Parameters
from endplate.observe.symptom_score import (
    ScoreLink,
    delayed,
    fall_by_drug,
    fall_by_placebo,
    followed,
    of_parts,
    score_link,
    symptom_score,
)

TIME_D = jnp.concatenate([jnp.array([-30.0, -1.0]), jnp.linspace(0.0, 360.0, 361)])
SHARES = st.floats(0.0, 1.0)
LINKS = st.builds(
    lambda *numbers: ScoreLink(*(jnp.asarray(number) for number in numbers)),
    SHARES,
    st.floats(0.2, 5.0),
    st.floats(-0.5, 0.95),
    st.floats(1.0, 60.0),
    st.floats(30.0, 2000.0),
)


def level(before, silenced, link):
    """Course of one subject whose drive is silenced by the same share at all times."""
    flat = jnp.full((len(TIME_D), 1), silenced)
    course = symptom_score(
        jnp.array([before]), fall_by_drug(flat, link), fall_by_placebo(TIME_D, link)
    )
    return np.asarray(course)[:, 0]


@settings(max_examples=30)
@given(before=st.floats(0.0, 600.0), silenced=SHARES, link=LINKS)
def test_a_score_is_never_negative_and_only_placebo_raises_it(before, silenced, link):
    found = level(before, silenced, link)
    assert np.isfinite(found).all()
    assert found.min() >= 0.0
    worse = max(0.0, -float(link.placebo_share))
    assert found.max() <= before * (1.0 + worse) + 1e-9


@settings(max_examples=30)
@given(before=st.floats(1.0, 600.0), link=LINKS)
def test_nothing_silenced_leaves_placebo_alone(before, link):
    placebo = np.asarray(fall_by_placebo(TIME_D, link))[:, 0]
    np.testing.assert_allclose(level(before, 0.0, link), before * (1 - placebo), rtol=1e-12)
    assert np.abs(placebo[:3]).max() == 0.0  # nothing before the day of treatment, nor on it


@settings(max_examples=30)
@given(before=st.floats(1.0, 600.0), pair=st.tuples(SHARES, SHARES), link=LINKS)
def test_the_score_falls_with_what_is_silenced_and_by_no_more_than_it_drives(before, pair, link):
    more, less = (level(before, silenced, link) for silenced in sorted(pair, reverse=True))
    assert (more <= less + 1e-9).all()
    alone = level(before, 0.0, link)
    assert (more >= alone * (1 - float(link.driven_share) * max(pair)) - 1e-9).all()


@pytest.mark.parametrize("follow_d", [0.5, 10.0])
def test_a_score_follows_the_silence_with_its_delay(follow_d):
    time_d = np.linspace(0.0, 60.0, 601)
    silence = jnp.asarray(np.where(time_d > 0.0, 0.8, 0.0))[:, None]
    score = np.asarray(delayed(silence, time_d, follow_d, jnp.zeros(1)))[:, 0]
    expected = 0.8 * -np.expm1(-time_d / follow_d)
    # the step is read over its first interval of a tenth of a day
    assert np.abs(score - expected).max() < 0.8 * 0.1 / follow_d
    flat = jnp.full((601, 1), 0.4)
    level = delayed(flat, time_d, follow_d, jnp.full(1, 0.4))
    np.testing.assert_allclose(level, flat, rtol=1e-12)


def test_what_a_score_follows_goes_on_from_where_it_was():
    """Two windows are one: the second starts from what the first had followed."""
    time_d = np.linspace(0.0, 100.0, 401)
    silence = jnp.asarray(0.8 * np.exp(-(((time_d - 40) / 20) ** 2)))[:, None]
    whole = np.asarray(delayed(silence, time_d, 12.0, jnp.zeros(1)))
    rest = delayed(silence[160:], time_d[160:], 12.0, jnp.asarray(whole[160]))
    np.testing.assert_allclose(rest, whole[160:], rtol=1e-12, atol=1e-15)


def test_what_follows_slowly_builds_up_and_the_rest_comes_and_goes():
    scale = symptom_scores("chronic_migraine")[0]
    quick, slow = scale.parts_follow_d
    assert 0.0 < scale.slow_share < 1.0
    assert slow > quick
    time_d = np.linspace(0.0, 400.0, 801)
    silence = jnp.asarray(0.6 * (time_d < 100.0))[:, None]
    slower_person = jnp.array([2.0])
    parts = followed(silence, time_d, scale, slower_person, jnp.zeros((2, 1)))
    for part, follow_d in zip(np.asarray(parts), (quick, slow), strict=True):
        expected = 0.6 * -np.expm1(-100.0 / (2.0 * follow_d))
        assert part[200, 0] == pytest.approx(expected, abs=0.01)  # the step ends half a step early
    both = np.asarray(of_parts(parts, scale))
    share = scale.slow_share
    assert both == pytest.approx((1 - share) * np.asarray(parts[0]) + share * np.asarray(parts[1]))


def test_each_treatment_renews_what_placebo_does():
    """Its coming counts from the first treatment, its fading from the latest."""
    link = ScoreLink(*(jnp.asarray(x) for x in (0.6, 1.0, 0.3, 10.0, 200.0)))
    later = np.asarray(fall_by_placebo(jnp.array([0.0, 50.0]), link, jnp.array([0.0, 100.0])))
    assert later[0, 0] == 0.0
    assert later[0, 1] == pytest.approx(0.3 * -np.expm1(-10.0), rel=1e-9)
    assert later[1, 1] == pytest.approx(0.3 * -np.expm1(-15.0) * np.exp(-0.25), rel=1e-9)


@pytest.mark.parametrize("code", [row.name for row in indications() if symptom_scores(row.name)])
def test_the_stored_link_is_that_of_its_subjects(code):
    """Shares in bounds, more response for a higher effect, and the middle at the estimate."""
    values = Parameters.stored().values()
    different = jnp.array([-2.0, 0.0, 2.0])
    effects = {"response": different, "placebo": jnp.zeros(3), "follow": different}
    link = score_link(values, effects, code)
    share = np.asarray(link.driven_share)
    assert 0.0 < share[0] < share[1] < share[2] < 1.0
    assert share[1] == pytest.approx(float(values[f"driven_share:{code}"][0]), rel=1e-9)
    quicker, middle, slower = np.asarray(link.follow_ratio)
    assert middle == 1.0
    assert quicker == pytest.approx(1.0 / slower)
    assert slower > 2.0
