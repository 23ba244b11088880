"""The surrogate against functions that are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from endplate.facts.parameters import fit_rows
from endplate.fit.surrogate import coordinates, fit_surrogate, frame_of

FIGURES = 4
IDS = [row.id for row in fit_rows()]
MOVING = np.isin(IDS, ["persistence_d", "load_log_sd", "rest_gain", "treated_share:forehead_lines"])
# The problem is the same however many parameters the model has: by figure, of those that move.
SLOPES = [
    [0.82, 0.33, -0.16, 0.01],
    [0.25, 0.90, -0.64, -0.26],
    [0.43, 0.28, 0.0, 1.97],
    [-0.29, 0.75, -0.40, -1.13],
]
COVARIANCE = [
    [0.131, -0.013, 0.007, -0.009],
    [-0.013, 0.145, 0.002, 0.018],
    [0.007, 0.002, 0.164, -0.004],
    [-0.009, 0.018, -0.004, 0.132],
]


@pytest.fixture
def bent():
    """A smooth function of four parameters, two of them shares."""
    centre = np.array([row.prior_mean for row in fit_rows()])
    slopes = np.zeros((FIGURES, len(centre)))
    slopes[:, MOVING] = SLOPES

    def function(vector):
        away = (coordinates(vector, jnp) - coordinates(centre)) @ slopes.T
        return 1.0 + away + 0.2 * jnp.sin(away) * away

    return centre, np.asarray(jax.jacobian(function)(jnp.asarray(centre))), function


def fitted(bent, runs=150, spoiled=0.0):
    centre, jacobian, function = bent
    rng = np.random.default_rng(2)
    covariance = 0.15 * np.eye(len(centre))
    covariance[np.ix_(MOVING, MOVING)] = COVARIANCE
    frame = frame_of(centre, covariance, MOVING)
    vectors = np.tile(centre, (runs, 1))
    vectors[:, MOVING] += rng.multivariate_normal(np.zeros(4), COVARIANCE, runs)
    predicted = np.asarray(function(jnp.asarray(vectors))) + spoiled * rng.normal(
        size=(runs, FIGURES)
    )
    surrogate = fit_surrogate(
        frame, vectors, predicted, np.asarray(function(jnp.asarray(centre))), jacobian
    )
    return frame, vectors, surrogate


def test_a_smooth_function_is_met(bent):
    _, vectors, surrogate = fitted(bent)
    between = jnp.asarray(0.5 * (vectors[:-1] + vectors[1:]))
    np.testing.assert_allclose(
        np.asarray(surrogate(between)), np.asarray(bent[2](between)), atol=2e-2
    )
    assert np.all(surrogate.misfit < 0.02)


def test_the_misfit_tells_what_it_cannot_meet(bent):
    _, _, surrogate = fitted(bent, spoiled=0.3)
    assert np.all((surrogate.misfit > 0.2) & (surrogate.misfit < 1.5))


def test_far_away_it_is_the_tangent(bent):
    centre, jacobian, _ = bent
    _, _, surrogate = fitted(bent)
    step = np.where(np.isin(IDS, ["persistence_d"]), 500.0, 0.0)
    slope = np.asarray(surrogate(jnp.asarray(centre + step)) - surrogate(jnp.asarray(centre)))
    np.testing.assert_allclose(slope, jacobian @ step, rtol=5e-3)


def test_axes_are_standard_deviations(bent):
    frame, vectors, _ = fitted(bent)
    local = frame.local(vectors)
    np.testing.assert_allclose(
        (frame.centre + local @ frame.axes.T)[:, MOVING], coordinates(vectors)[:, MOVING]
    )
    np.testing.assert_allclose(np.asarray(frame.local(jnp.asarray(vectors))), local)


def test_parameters_that_move_nothing_are_left_out(bent):
    _, vectors, surrogate = fitted(bent)
    np.testing.assert_allclose(
        np.asarray(surrogate(jnp.asarray(vectors + 5.0 * ~MOVING))),
        np.asarray(surrogate(jnp.asarray(vectors))),
    )
