"""The mode of the posterior by Gauss-Newton steps, and the Laplace covariance about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from numpyro.infer.util import log_density
from scipy.optimize import minimize

from endplate.facts.parameters import fit_rows
from endplate.fit.block import Block
from endplate.fit.checkpoint import NOTHING_KEPT, Arrays, Checkpoints
from endplate.fit.hierarchy import Linked, Prior, published
from endplate.fit.scatter import SCATTER, Figures

Numbers = NDArray[np.float64]
_WIDEST, _NARROWEST = 1.0, 0.05  # of a step, in prior standard deviations
_ENOUGH = 0.5  # gain of the log posterior below which the climb ends: the chains do the rest


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
class _Here:
    """One point of the climb, with the figures' link-scale predictions there."""

    standard: Numbers
    shift: Numbers
    seen: Numbers
    log_posterior: float


def climb(
    blocks: Sequence[Block],
    figures: Figures,
    prior: Prior,
    most_steps: int = 25,
    told: Callable[[int, float], None] = lambda *_: None,
    kept: Checkpoints = NOTHING_KEPT,
) -> Mode:
    """Climb to the mode from where the prior stands.

    Each step replaces the body model by its tangent (Jacobians pushed through it) and finds the
    best point within reach; a step that does not gain is tried again at half the reach. How
    figures scatter stays at its prior meanwhile: its mode beside explicit shifts says little.
    """
    held = prior.free & np.array([row.id not in SCATTER for row in fit_rows()])
    own = Prior(prior.at, held)
    here = _at(own.standard(prior.at), np.zeros(len(figures.groups)), blocks, figures, own)
    reach, done = _WIDEST, 0
    slopes = _slopes(blocks, own, here, kept, done)
    while done < most_steps and reach > _NARROWEST:
        wanted, shift = _best(_tangent(own, here, slopes), figures, own, here, reach)
        there = _at(wanted, shift, blocks, figures, own)
        done += 1
        told(done, max(here.log_posterior, there.log_posterior))
        gain = there.log_posterior - here.log_posterior
        if gain <= 0:
            reach *= 0.5
            continue
        here = there
        slopes = _slopes(blocks, own, here, kept, done)
        if gain < _ENOUGH:
            break
    vector = np.asarray(own.vector(jnp.asarray(here.standard)))
    tangent = _tangent(own, here, slopes)
    covariance = laplace_covariance(tangent, figures, own, here.standard, here.shift)
    converged = done < most_steps
    return Mode(vector, here.shift, covariance, slopes, here.log_posterior, done, converged)


def laplace_covariance(
    seen: Linked, figures: Figures, prior: Prior, standard: Numbers, shift: Numbers
) -> Numbers:
    """Covariance of all parameters from the curvature at a point; those held keep their prior."""
    count = len(standard)
    objective = _objective(seen, figures, prior)
    curvature = jax.jit(jax.hessian(objective))(jnp.concatenate([standard, shift]))
    size, directions = np.linalg.eigh(np.asarray(curvature))
    # No data can make a direction less certain than its prior, of unit curvature here.
    inverse = (directions / np.maximum(size, 1.0)) @ directions.T
    sd = prior.sd[prior.free]
    whole = np.diag(np.square(prior.sd))
    free = np.flatnonzero(prior.free)
    whole[np.ix_(free, free)] = inverse[:count, :count] * np.outer(sd, sd)
    return whole


def predictions(blocks: Sequence[Block], vector: Numbers) -> Numbers:
    """Link-scale predictions of all blocks at one vector."""
    at = jnp.asarray(vector)
    return np.concatenate([np.asarray(block.compiled(at)) for block in blocks])


def _objective(seen: Linked, figures: Figures, prior: Prior) -> Callable[[Array], Array]:
    """Negative log posterior of standard parameters and shifts in one array."""
    count = int(prior.free.sum())

    def negative(both: Array) -> Array:
        chosen = {"standard": both[:count], "shift": both[count:]}
        return -jnp.asarray(log_density(published, (seen, figures, prior), {}, chosen)[0])

    return negative


def _at(
    standard: Numbers, shift: Numbers, blocks: Sequence[Block], figures: Figures, prior: Prior
) -> _Here:
    seen = predictions(blocks, np.asarray(prior.vector(jnp.asarray(standard))))
    constant = jnp.asarray(seen)
    cost = _objective(lambda _: constant, figures, prior)(jnp.concatenate([standard, shift]))
    return _Here(standard, shift, seen, -float(cost))


def _slopes(
    blocks: Sequence[Block], prior: Prior, here: _Here, kept: Checkpoints, done: int
) -> Numbers:
    """Derivatives of all figures at a point: the slow part of a step, so it is kept."""
    vector = np.asarray(prior.vector(jnp.asarray(here.standard)))

    def made() -> Arrays:
        return {"slopes": np.concatenate([block.jacobian(vector) for block in blocks])}

    return kept.step(f"slopes-{done}", made)["slopes"]


def _tangent(prior: Prior, here: _Here, slopes: Numbers) -> Linked:
    vector = np.asarray(prior.vector(jnp.asarray(here.standard)))
    return lambda at: jnp.asarray(here.seen) + jnp.asarray(slopes) @ (at - vector)


def _best(
    seen: Linked, figures: Figures, prior: Prior, here: _Here, reach: float
) -> tuple[Numbers, Numbers]:
    """Best standard parameters and shifts within reach of a point."""
    graded = jax.jit(jax.value_and_grad(_objective(seen, figures, prior)))

    def evaluate(both: Numbers) -> tuple[float, Numbers]:
        cost, slope = graded(jnp.asarray(both))
        return float(cost), np.asarray(slope)

    bounds = [(x - reach, x + reach) for x in here.standard] + [(-6.0, 6.0)] * len(here.shift)
    start = np.concatenate([here.standard, here.shift])
    best = minimize(
        evaluate, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}
    )
    return best.x[: len(here.standard)], best.x[len(here.standard) :]
