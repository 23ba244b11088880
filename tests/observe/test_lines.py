"""Lines, raters and responder definitions: bounds, order, nesting."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.facts.parameters import fit_rows, value
from endplate.observe import (
    ENDPOINTS,
    LineScale,
    Raters,
    Severity,
    Thresholds,
    event_probability,
    severity,
)
from endplate.people import model

TIME_D = np.linspace(0.0, 180.0, 61)
RATERS = Raters(*(jnp.asarray(x) for x in (0.25, 0.45, 0.5, 0.05, 0.15, -0.1)))
THRESHOLDS = Thresholds(*(jnp.asarray(x) for x in (0.5, 0.4, 0.7, 0.9)))
SCALE = LineScale(*(jnp.asarray(x) for x in (0.95, 1.2, 0.7, 14.0)))
# definition -> definitions that it implies
IMPLIES = {
    "both_ge2": ("inv_ge2", "subj_ge2"),
    "both_none_mild_ge2": ("inv_ge2", "subj_ge2"),
    "inv_ge2": ("inv_ge1",),
    "subj_ge2": ("subj_ge1",),
    "inv_ge1": ("either_ge1",),
    "subj_ge1": ("either_ge1",),
    "inv_none_mild": ("either_none_mild",),
    "subj_none_mild": ("either_none_mild",),
}


@jax.jit
def lines(force, before, rest, scale=SCALE):
    return severity(force, jnp.asarray(TIME_D), before, rest, scale)


@jax.jit
def events(force, before, rest, grade, shared, raters=RATERS):
    """Probability of every definition, shape (definitions, times)."""
    contraction, at_rest = lines(force, before, rest)
    course = Severity(contraction, at_rest, grade, before, rest, shared)
    found = [event_probability(name, course, raters, THRESHOLDS) for name in ENDPOINTS]
    return jnp.stack([jnp.broadcast_to(one, TIME_D.shape) for one in found])


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
    assert float(rest[-1]) == pytest.approx(1.0 - 0.7 * 0.95, abs=1e-6)
    assert float(contraction[-1] - rest[-1]) == pytest.approx(1.7 * 0.05**1.2, rel=1e-9)


def test_the_line_at_rest_lags():
    force = jnp.where(jnp.asarray(TIME_D) > 0.0, 0.0, 1.0)
    _, rest = lines(force, 2.5, 1.0)
    gone = (1.0 - np.asarray(rest)) / (0.7 * 0.95)
    assert np.interp(14.0, TIME_D, gone) == pytest.approx(1 - np.exp(-1), abs=0.06)  # 3-day steps


@settings(max_examples=12)
@given(force=FORCE, before=LATENT, rest_share=REST_SHARE, shared=st.floats(-4, 4))
def test_every_definition_gives_a_probability(force, before, rest_share, shared):
    found = np.asarray(events(force, before, before * rest_share, jnp.round(before), shared))
    assert np.isfinite(found).all()
    assert found.min() >= 0.0
    assert found.max() <= 1.0


def test_the_definitions_are_nested():
    assert set(IMPLIES) | {one for more in IMPLIES.values() for one in more} <= set(ENDPOINTS)


@settings(max_examples=12)
@given(force=FORCE, before=LATENT, rest_share=REST_SHARE, shared=st.floats(-4, 4))
def test_a_stricter_definition_is_met_by_fewer(force, before, rest_share, shared):
    found = np.asarray(events(force, before, before * rest_share, jnp.round(before), shared))
    by_name = dict(zip(ENDPOINTS, found, strict=True))
    for strict, loose in ((a, b) for a, more in IMPLIES.items() for b in more):
        assert (by_name[strict] <= by_name[loose] + 1e-12).all(), (strict, loose)


@settings(max_examples=12)
@given(
    level=st.floats(0.0, 1.0), more=st.floats(0.0, 0.5), before=LATENT, rest_share=REST_SHARE,
    shared=st.floats(-4, 4),
)  # fmt: skip
def test_more_loss_of_force_makes_more_responders(level, more, before, rest_share, shared):
    grade, rest = jnp.round(before), before * rest_share
    weak = events(jnp.full(61, max(0.0, level - more)), before, rest, grade, shared)
    strong = events(jnp.full(61, level), before, rest, grade, shared)
    assert (weak >= strong - 1e-12).all()


def test_the_stored_raters_keep_the_order_too():
    """The fitted shift between raters is small enough that a milder line is graded milder."""
    if not any(row.id == "subject_shift" for row in fit_rows()):
        pytest.fail("the fit no longer has the parameter this test is about")
    raters = model.raters(model.natural_values(model.stored_vector()))
    # the least latent severity that is graded moderate is 1.5
    assert float(raters.subject_shift) < 1.5
    assert 0.0 <= value("rater_shared_share") < 1.0
    levels = [events(jnp.full(61, f), 2.5, 1.0, 3.0, 0.0, raters) for f in (0.0, 0.5, 1.0)]
    assert (levels[0] >= levels[1] - 1e-12).all()
    assert (levels[1] >= levels[2] - 1e-12).all()


def test_an_unknown_definition_is_refused():
    with pytest.raises(KeyError, match="cured"):
        event_probability("cured", None, RATERS, THRESHOLDS)


def test_raters_scatter_adds_up():
    """Shared and own scatter together are the rater's: integrate the shared part out."""
    from endplate.observe.raters import grade_at_most

    points, weights = np.polynomial.hermite_e.hermegauss(60)
    given_shared = grade_at_most(
        jnp.asarray(1.7), jnp.asarray(1.0), jnp.asarray(0.4), jnp.asarray(points), jnp.asarray(0.5)
    )
    whole = float(given_shared @ (weights / weights.sum()))
    assert whole == pytest.approx(float(jax.scipy.stats.norm.cdf((1.5 - 1.7) / 0.4)), abs=1e-9)
