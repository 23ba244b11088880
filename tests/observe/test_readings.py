"""Readings of a symptom score against what they stand for, worked out another way."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import nbinom, norm

from endplate.facts.endpoints import OF_LINES, SHARES
from endplate.observe.readings import READINGS, Observation, Terms, read

LEVELS = st.floats(0.0, 60.0)
STARTS = st.floats(1.0, 60.0)


def observation(level, before, visit_sd=4.0, silenced=0.3):
    return Observation(jnp.array([[level]]), jnp.array([before]), visit_sd, jnp.array([[silenced]]))


def one(how, *numbers, threshold=0.5, gain=1.0):
    return float(read(how, observation(*numbers), Terms(threshold, gain))[0, 0])


def share_below(limit, level, visit_sd):
    """Share of visits whose score, scattered about the level, is at most the limit."""
    low = level - 10 * visit_sd
    points = [min(max(level, low), limit)] if limit > low else None
    return quad(norm(level, visit_sd).pdf, low, limit, points=points, limit=200)[0]


@settings(max_examples=20)
@given(level=LEVELS, before=STARTS, visit_sd=st.floats(0.5, 10.0), share=st.floats(0.1, 0.9))
def test_a_share_fallen_is_the_visits_below_its_limit(level, before, visit_sd, share):
    found = one("share_fallen", level, before, visit_sd, threshold=share)
    expected = share_below((1 - share) * before, level, visit_sd)
    assert found == pytest.approx(expected, abs=1e-6)


@settings(max_examples=20)
@given(level=st.floats(0, 4), before=st.floats(1, 4), points=st.floats(0.5, 3))
def test_points_fallen_are_the_visits_so_much_lower(level, before, points):
    """Visits scatter normally about the level; those so many points lower count."""
    found = one("points_fallen", level, before, 0.6, threshold=points)
    visits = np.linspace(-8, 12, 40001)
    density = norm(level, 0.6).pdf(visits)
    below = visits <= before - points
    # the last visit counted lies up to one step of 0.0005 from the limit
    assert found == pytest.approx(np.trapezoid(density[below], visits[below]), abs=1e-3)


@settings(max_examples=20)
@given(
    level=st.floats(0.01, 8.0), spread=st.floats(0.2, 5.0), days=st.sampled_from([1.0, 3.0, 7.0])
)
def test_a_dry_diary_is_the_zero_class_of_a_negative_binomial(level, spread, days):
    found = one("none_seen", level, 5.0, threshold=spread, gain=days)
    mean = days * level
    expected = nbinom(1 / spread, 1 / (1 + spread * mean)).pmf(0)
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("fall", [0.2, 0.5, 0.9])
def test_an_event_on_the_logarithm_is_half_at_its_threshold(fall):
    at = -np.log(1 - fall)
    found = one("log_fallen", 20.0 * (1 - fall), 20.0, threshold=at, gain=2.0)
    assert found == pytest.approx(0.5, abs=1e-9)


def test_means_are_what_their_names_say():
    assert one("level", 12.0, 20.0, gain=2.0) == pytest.approx(24.0)
    assert one("change", 12.0, 20.0, gain=2.0) == pytest.approx(-16.0)
    assert one("percent_fall", 12.0, 20.0) == pytest.approx(40.0)
    assert one("by_drive", 12.0, 20.0, threshold=10.0, gain=50.0) == pytest.approx(25.0)


@pytest.mark.parametrize("how", sorted(SHARES.difference(OF_LINES)))
@settings(max_examples=15)
@given(levels=st.tuples(LEVELS, LEVELS), before=STARTS)
def test_a_share_of_people_lies_in_bounds_and_falls_with_the_score(how, levels, before):
    less, more = (one(how, level, before) for level in sorted(levels))
    assert 0.0 <= more <= less <= 1.0


def test_every_reading_is_tried():
    assert set(READINGS) == {
        *SHARES.difference(OF_LINES), "level", "change", "percent_fall", "by_drive",
    }  # fmt: skip
