"""Maximum a posteriori fit with a Laplace interval: the first form of the calibration."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from endplate.facts.indications import indication
from endplate.facts.parameters import fit_rows, value
from endplate.facts.trials import TrialFigure
from endplate.learn.kinds import severe_shares, stated_starts, why_skipped
from endplate.learn.likelihood import figure_arrays, log_likelihood, log_prior
from endplate.learn.predict import Predictor


@dataclass(frozen=True)
class Fit:
    """Estimates on the working scale with their covariance; trust it when `converged`."""

    estimate: NDArray[np.float64]
    covariance: NDArray[np.float64]
    log_posterior: float
    evaluations: int
    converged: bool
    message: str


def predictor_for(figures: tuple[TrialFigure, ...], every: tuple[TrialFigure, ...]) -> Predictor:
    """Predictor of the covered figures; entry facts are read from the whole table `every`."""
    covered = tuple(f for f in figures if why_skipped(f) is None)
    severe = severe_shares(every, value("trial_severe_share"))
    return Predictor(covered, severe, stated_starts(every))


def fit(
    figures: tuple[TrialFigure, ...],
    progress: Callable[[int, float], None] | None = None,
    most_steps: int = 200,
    start: NDArray[np.float64] | None = None,
    free: frozenset[str] | None = None,
) -> Fit:
    """Fit parameters to published figures.

    Parameters
    ----------
    figures : tuple of TrialFigure
        The table; rows the model does not cover are left out.
    progress
        Called with the number of evaluations and the log posterior.
    most_steps : int
        Iterations allowed.
    start
        Vector to start from; the prior means by default.
    free
        Parameters to fit; the others stay where they start, with no covariance. All by default.

    Returns
    -------
    Fit
        Mode and Laplace covariance (inverse Hessian at the mode) on the working scale.
    """
    objective = _objective(figures)
    evaluations = 0
    rows = fit_rows()
    own = np.array([free is None or row.id in free for row in rows])
    whole = np.array([row.prior_mean for row in rows]) if start is None else np.array(start)
    centre = np.array([row.prior_mean for row in rows])[own]
    scale = np.array([row.prior_sd for row in rows])[own]

    def evaluate(standard: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Cost and gradient in prior standard deviations: steps of like size in every direction."""
        nonlocal evaluations
        evaluations += 1
        vector = whole.copy()
        vector[own] = centre + scale * standard
        cost, gradient = objective(jnp.asarray(vector))
        if progress:
            progress(evaluations, -float(cost))
        return float(cost), np.asarray(gradient)[own] * scale

    options = {"maxiter": most_steps, "ftol": 1e-5, "gtol": 2e-2, "maxcor": 30}
    begin = (whole[own] - centre) / scale
    best = minimize(evaluate, begin, jac=True, method="L-BFGS-B", options=options)
    covariance = np.zeros((len(rows), len(rows)))
    inverse = _positive_inverse(_hessian(evaluate, best.x))
    covariance[np.ix_(own, own)] = inverse * np.outer(scale, scale)
    estimate = whole.copy()
    estimate[own] = centre + scale * best.x
    outcome = -float(best.fun), evaluations, bool(best.success), str(best.message)
    return Fit(estimate, covariance, *outcome)


def _objective(figures: tuple[TrialFigure, ...]) -> Callable[[jax.Array], tuple[jax.Array, ...]]:
    """Negative log posterior of a vector and its gradient, compiled."""
    predictor = predictor_for(figures, figures)
    arrays = figure_arrays(predictor.figures)

    def negative(vector: jax.Array) -> jax.Array:
        return -(log_likelihood(predictor(vector), vector, arrays) + log_prior(vector))

    return jax.jit(jax.value_and_grad(negative))


STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("facial lines", ("glabellar_lines", "lateral_canthal_lines", "forehead_lines")),
    ("platysma bands", ("platysma_bands",)),
    ("cervical dystonia", ("cervical_dystonia",)),
    ("sweat", ("axillary_hyperhidrosis", "palmar_hyperhidrosis")),
    ("spasticity", ("upper_limb_spasticity", "lower_limb_spasticity")),
    ("blepharospasm", ("blepharospasm",)),
    ("bladder", ("overactive_bladder", "neurogenic_detrusor_overactivity")),
    ("chronic migraine", ("chronic_migraine",)),
)
"""Uses fitted together, in their order; what a stage has set, later ones take as it is."""


def fit_in_stages(
    figures: tuple[TrialFigure, ...],
    progress: Callable[[str, int, float], None] | None = None,
    most_steps: int = 200,
    start: NDArray[np.float64] | None = None,
) -> tuple[Fit, ...]:
    """Fit facial lines first, then the tissues and scales of the rest of the body.

    The richest trials set what all tissues share (release, spread between people, persistence in
    muscle); burdens with a handful of figures each take it from there and cannot bend it. The last
    fit holds all estimates, and the covariance of each stage.
    """
    covered = tuple(f for f in figures if why_skipped(f) is None)
    estimate = np.array([row.prior_mean for row in fit_rows()]) if start is None else start
    covariance = np.diag([row.prior_sd**2 for row in fit_rows()])
    found: list[Fit] = []
    for name, uses in STAGES:
        own = tuple(f for f in covered if f.indication in uses)
        if not own:
            continue

        def tell(evaluations: int, log_posterior: float, name: str = name) -> None:
            if progress:
                progress(name, evaluations, log_posterior)

        free = free_in(uses)
        made = fit(own, tell, most_steps, estimate, free)
        rows = [i for i, row in enumerate(fit_rows()) if row.id in free]
        covariance[np.ix_(rows, rows)] = made.covariance[np.ix_(rows, rows)]
        estimate = made.estimate
        found.append(replace(made, covariance=covariance.copy()))
    return tuple(found)


def free_in(uses: tuple[str, ...]) -> frozenset[str]:
    """Parameters that a stage fits: those of its uses; facial lines set all that is shared."""
    first = uses == STAGES[0][1]
    tissues = {indication(use).tissue for use in uses}
    return frozenset(
        row.id
        for row in fit_rows()
        if row.applies_to in (*uses, *tissues)
        or (row.tier == "burden" and "cervical_dystonia" in uses)
        or (first and row.tier in ("shared", "product"))
    )


def _hessian(
    evaluate: Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]],
    at: NDArray[np.float64],
    step: float = 2e-2,
) -> NDArray[np.float64]:
    """Central differences of the gradient: the traced second derivative would not fit in memory."""
    rows = []
    for i in range(len(at)):
        shift = np.zeros_like(at)
        shift[i] = step
        rows.append((evaluate(at + shift)[1] - evaluate(at - shift)[1]) / (2 * step))
    matrix = np.array(rows)
    return 0.5 * (matrix + matrix.T)


def _positive_inverse(hessian: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse with curvatures held at least at half a prior's: no data can widen a prior."""
    least = 0.5
    curvature, vectors = np.linalg.eigh(hessian)
    return (vectors / np.maximum(curvature, least)) @ vectors.T
