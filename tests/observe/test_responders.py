"""Raters and responder definitions: bounds, order, nesting."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.facts.parameters import fit_rows, value
from endplate.model import Parameters
from endplate.observe.lines import LineScale, LineState, Skin, severity
from endplate.observe.raters import Raters, grade_at_most, investigator_error
from endplate.observe.raters import raters as stored_raters
from endplate.observe.responders import (
    ENDPOINTS,
    Severity,
    Thresholds,
    event_probability,
    responder_probability,
)

TIME_D = np.linspace(0.0, 180.0, 61)
RATERS = Raters(*(jnp.asarray(x) for x in (0.25, 0.45, 0.5, 0.05, 0.15, -0.1)))
THRESHOLDS = Thresholds(*(jnp.asarray(x) for x in (0.5, 0.4, 0.7, 0.9)))
SCALE = LineScale(*(jnp.asarray(x) for x in (0.95, 1.2, 0.7, 14.0)))
STILL = Skin(0.0, 0.0)
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


def lines(force, before, rest, scale=SCALE):
    """Line at contraction and at rest, (times, subjects) each; numbers stand for one subject."""
    force, before, rest = (jnp.asarray(x) for x in (force, before, rest))
    force = force[:, None] if force.ndim == 1 else force
    before, rest = jnp.atleast_1d(before), jnp.atleast_1d(rest)
    contraction, line = severity(force, TIME_D, before, LineState(rest, rest), scale, STILL)
    return contraction, line.rest


@jax.jit
def events(force, before, rest, grade, shared, raters=RATERS):
    """Probability of every definition, shape (definitions, times)."""
    contraction, at_rest = lines(force, before, rest)
    course = Severity(contraction, at_rest, grade, before, rest, shared)
    every = [event_probability(name, course, raters, THRESHOLDS) for name in ENDPOINTS]
    return jnp.stack([jnp.broadcast_to(one, contraction.shape)[:, 0] for one in every])


FORCE = st.lists(st.floats(0.0, 1.0), min_size=61, max_size=61).map(jnp.asarray)
LATENT = st.floats(0.6, 3.4)
REST_SHARE = st.floats(0.0, 0.9)


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
    values = Parameters.stored().values()
    raters = stored_raters({name: values[name][0] for name in values}, "glabellar_lines")
    # the least latent severity that is graded moderate is 1.5
    assert float(raters.subject_shift) < 1.5
    assert 0.0 <= value("rater_shared_share") < 1.0
    levels = [events(jnp.full(61, f), 2.5, 1.0, 3.0, 0.0, raters) for f in (0.0, 0.5, 1.0)]
    assert (levels[0] >= levels[1] - 1e-12).all()
    assert (levels[1] >= levels[2] - 1e-12).all()


@pytest.mark.parametrize(
    ("width", "now", "grades_better"),
    # on 0-3 from 3 to 2, on 0-4 from 4 to 2: the same line, 1.3 of 3 grades shallower
    [(1.0, 1.7, 1), (0.75, 1.7, 2), (1.0, 3.0, 0), (0.75, 3.0, 0), (1.0, 0.2, 3), (0.75, 0.2, 4)],
)
def test_a_scale_of_finer_grades_counts_more_of_them(width, now, grades_better):
    exact = RATERS._replace(
        sd_investigator=1e-6, placebo_investigator=0.0, shared_share=jnp.asarray(0.0)
    )
    line = [jnp.full((1, 1), x) for x in (now, 0.5)]
    course = Severity(*line, *(jnp.full(1, x) for x in (3.0, 3.0, 0.5, 0.0)), grade_width=width)
    found = [
        responder_probability("grades_better", "investigator", k, course, exact, THRESHOLDS).item()
        for k in (1.0, 2.0, 3.0, 4.0)
    ]
    assert found == [1.0] * grades_better + [0.0] * (4 - grades_better)


def test_placebo_moves_a_line_by_its_own_shift_for_both_raters():
    values = Parameters.stored().replace(**{"placebo_shift:platysma_bands": 0.3}).values()
    frown, neck = (stored_raters(values, use) for use in ("glabellar_lines", "platysma_bands"))
    assert float(neck.placebo_investigator[0] - frown.placebo_investigator[0]) == pytest.approx(0.3)
    assert float(neck.placebo_subject[0] - frown.placebo_subject[0]) == pytest.approx(0.3)
    assert float(neck.sd_subject[0]) == float(frown.sd_subject[0])


def test_an_unknown_definition_is_refused():
    with pytest.raises(KeyError, match="cured"):
        event_probability("cured", None, RATERS, THRESHOLDS)


def test_raters_scatter_adds_up():
    """Shared and own scatter together are the rater's: integrate the shared part out."""
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    given_shared = grade_at_most(
        jnp.asarray(1.7), jnp.asarray(1.0), jnp.asarray(0.4), jnp.asarray(points), jnp.asarray(0.5)
    )
    whole = float(given_shared @ (weights / weights.sum()))
    assert whole == pytest.approx(float(jax.scipy.stats.norm.cdf((1.5 - 1.7) / 0.4)), abs=1e-9)


def test_what_an_investigator_adds_scatters_by_their_sd():
    """Over many subjects the error has the rater's scatter about the placebo change."""
    rng = np.random.default_rng(2)
    effects = {name: rng.standard_normal(200_000) for name in ("shared_rater", "investigator")}
    error = np.asarray(investigator_error(RATERS, effects))
    # four standard errors
    assert error.mean() == pytest.approx(-0.05, abs=4 * 0.25 / np.sqrt(200_000))
    assert error.std() == pytest.approx(0.25, abs=4 * 0.25 / np.sqrt(400_000))
