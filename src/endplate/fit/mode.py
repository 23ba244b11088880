"""The mode of the posterior by Gauss-Newton steps, and the Laplace covariance about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from numpyro.infer.util import log_density
from scipy.optimize import minimize

from endplate.facts.parameters import fit_rows
from endplate.fit.block import FigureBlock
from endplate.fit.checkpoint import NO_CHECKPOINTS, Arrays, Checkpoints
from endplate.fit.hierarchy import Predict, Prior, published_model
from endplate.fit.likelihood import SCATTER, Figures

Numbers = NDArray[np.float64]
_FIRST_RADIUS, _LAST_RADIUS = 1.0, 0.05  # of a step, in prior standard deviations
_LEAST_GAIN = 0.5  # of the log posterior, below which the climb ends: the chains do the rest


@dataclass(frozen=True)
class Mode:
    """Where the climb ended.

    `covariance` (parameters, parameters) is the Laplace one, `jacobian` (figures, parameters) are
    the derivatives there.
    """

    vector: Numbers
    shift: Numbers
    covariance: Numbers
    jacobian: Numbers
    log_posterior: float
    steps: int
    converged: bool


@dataclass(frozen=True)
class _Point:
    """One point of the climb, with the figures' link-scale predictions there."""

    standard: Numbers
    shift: Numbers
    predicted: Numbers
    log_posterior: float


def climb(
    blocks: Sequence[FigureBlock],
    figures: Figures,
    prior: Prior,
    most_steps: int = 25,
    progress: Callable[[int, float], None] = lambda *_: None,
    checkpoints: Checkpoints = NO_CHECKPOINTS,
) -> Mode:
    """Climb to the mode from where the prior starts.

    Each step replaces the body model by its tangent (Jacobians pushed through it) and finds the
    best point within a trust radius; a step that does not gain is tried again at half the radius.
    How figures scatter stays at its prior meanwhile: its mode beside explicit random effects says
    little.

    Parameters
    ----------
    blocks, figures, prior
        What predicts the figures, the figures, and which parameters are free.
    most_steps : int
        Steps after which the climb counts as not converged.
    progress
        Called with the number of steps done and the best log posterior.
    checkpoints : Checkpoints
        Where the derivatives of each step are stored.
    """
    moving = prior.free & np.array([row.id not in SCATTER for row in fit_rows()])
    prior = replace(prior, free=moving)
    no_shift = np.zeros(len(figures.groups))
    point = _point(prior.standard(prior.start), no_shift, blocks, figures, prior)
    radius, steps = _FIRST_RADIUS, 0
    slopes = _slopes(blocks, prior, point, checkpoints, steps)
    while steps < most_steps and radius > _LAST_RADIUS:
        best = _best_within(_tangent(prior, point, slopes), figures, prior, point, radius)
        candidate = _point(*best, blocks, figures, prior)
        steps += 1
        progress(steps, max(point.log_posterior, candidate.log_posterior))
        gain = candidate.log_posterior - point.log_posterior
        if gain <= 0:
            radius *= 0.5
            continue
        point = candidate
        slopes = _slopes(blocks, prior, point, checkpoints, steps)
        if gain < _LEAST_GAIN:
            break
    vector = np.asarray(prior.vector(jnp.asarray(point.standard)))
    tangent = _tangent(prior, point, slopes)
    covariance = laplace_covariance(tangent, figures, prior, point.standard, point.shift)
    converged = steps < most_steps
    return Mode(vector, point.shift, covariance, slopes, point.log_posterior, steps, converged)


def laplace_covariance(
    predict: Predict, figures: Figures, prior: Prior, standard: Numbers, shift: Numbers
) -> Numbers:
    """Covariance of all parameters from the curvature at a point; fixed ones keep their prior."""
    count = len(standard)
    objective = _objective(predict, figures, prior)
    curvature = jax.jit(jax.hessian(objective))(jnp.concatenate([standard, shift]))
    size, directions = np.linalg.eigh(np.asarray(curvature))
    # No data can make a direction less certain than its prior, of unit curvature here.
    inverse = (directions / np.maximum(size, 1.0)) @ directions.T
    return prior.covariance(inverse[:count, :count])


def predictions(blocks: Sequence[FigureBlock], vector: Numbers) -> Numbers:
    """Link-scale predictions of all blocks at one vector."""
    values = jnp.asarray(vector)
    return np.concatenate([np.asarray(block.compiled(values)) for block in blocks])


def _objective(predict: Predict, figures: Figures, prior: Prior) -> Callable[[Array], Array]:
    """Negative log posterior of standard parameters and random effects in one array."""
    count = int(prior.free.sum())

    def negative(position: Array) -> Array:
        values = {"standard": position[:count], "shift": position[count:]}
        return -jnp.asarray(log_density(published_model, (predict, figures, prior), {}, values)[0])

    return negative


def _point(
    standard: Numbers, shift: Numbers, blocks: Sequence[FigureBlock], figures: Figures, prior: Prior
) -> _Point:
    predicted = predictions(blocks, np.asarray(prior.vector(jnp.asarray(standard))))
    constant = jnp.asarray(predicted)
    cost = _objective(lambda _: constant, figures, prior)(jnp.concatenate([standard, shift]))
    return _Point(standard, shift, predicted, -float(cost))


def _slopes(
    blocks: Sequence[FigureBlock], prior: Prior, point: _Point, checkpoints: Checkpoints, step: int
) -> Numbers:
    """Derivatives of all figures at a point: the slow part of a step, so they are stored."""
    vector = np.asarray(prior.vector(jnp.asarray(point.standard)))

    def compute() -> Arrays:
        return {"slopes": np.concatenate([block.jacobian(vector) for block in blocks])}

    return checkpoints.step(f"slopes-{step}", compute)["slopes"]


def _tangent(prior: Prior, point: _Point, slopes: Numbers) -> Predict:
    centre = np.asarray(prior.vector(jnp.asarray(point.standard)))
    return lambda vector: jnp.asarray(point.predicted) + jnp.asarray(slopes) @ (vector - centre)


def _best_within(
    predict: Predict, figures: Figures, prior: Prior, point: _Point, radius: float
) -> tuple[Numbers, Numbers]:
    """Best standard parameters and random effects within a radius of a point."""
    cost_and_slope = jax.jit(jax.value_and_grad(_objective(predict, figures, prior)))

    def evaluate(position: Numbers) -> tuple[float, Numbers]:
        cost, slope = cost_and_slope(jnp.asarray(position))
        return float(cost), np.asarray(slope)

    bounds = [(x - radius, x + radius) for x in point.standard] + [(-6.0, 6.0)] * len(point.shift)
    start = np.concatenate([point.standard, point.shift])
    best = minimize(
        evaluate, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}
    )
    return best.x[: len(point.standard)], best.x[len(point.standard) :]
