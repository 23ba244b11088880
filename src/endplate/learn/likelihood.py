r"""How likely a table of published figures is under a parameter vector.

A percent is compared on the logit scale, with the trial's own shift common to its treated (or its
placebo) groups, a further scatter between definitions and visits, and the sampling of *n* people:

.. math:: r \sim N\bigl(0,\; \tau^2 \mathbf{1}\mathbf{1}^T + \mathrm{diag}(\omega^2 + s_i^2)\bigr)

A median duration is compared on the log scale. A figure known only as a floor counts by the
probability of lying above it.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.stats import norm
from numpy.typing import NDArray

from endplate.facts.parameters import fit_rows
from endplate.facts.trials import TrialFigure
from endplate.learn.kinds import KIND_DURATION, KIND_MEAN, KIND_PERCENT, kind_of, observed
from endplate.people import model
from endplate.people.harm_shares import UNSTATED_N

_UNVERIFIED = 1.5  # scatter of a figure written from memory over that of one read
_NOT_USED = ("mean_duration", "twstrs_total_abs")
_USUAL_SD = 0.7  # scatter between people of a mean change, as a share of it, where none is stated
_LEAST_MEAN_SD = 0.05  # of a published mean: rounding and reading
_LEAST = 0.004  # a predicted share nearer to 0 or 1 than this says no more than this


@dataclass(frozen=True)
class Figures:
    """Arrays of a table's figures, in the order of the predictor."""

    kind: NDArray[np.str_]
    value: NDArray[np.float64]
    n: NDArray[np.float64]
    floor: NDArray[np.bool_]
    scatter: NDArray[np.float64]
    group: NDArray[np.int64]
    used: NDArray[np.bool_]
    sd: NDArray[np.float64]


def figure_arrays(figures: tuple[TrialFigure, ...]) -> Figures:
    """Arrays of the figures; some are predicted but not used in the fit.

    A mean duration has no one definition; levels repeat the changes of the same people.
    """
    groups = [(f.trial_id, f.product == "placebo") for f in figures]
    names = {name: i for i, name in enumerate(dict.fromkeys(groups))}
    return Figures(
        kind=np.array([kind_of(f.endpoint, f.indication) for f in figures]),
        value=observed(figures),
        n=np.array([f.n or UNSTATED_N for f in figures], dtype=float),
        floor=np.array([f.bound == "at_least" for f in figures]),
        scatter=np.array([1.0 if f.verified else _UNVERIFIED for f in figures]),
        group=np.array([names[g] for g in groups]),
        used=np.array([f.endpoint not in _NOT_USED for f in figures]),
        sd=np.array([f.sd or np.nan for f in figures]),
    )


def logit(share: Array) -> Array:
    """Log odds."""
    return jnp.log(share) - jnp.log1p(-share)


def empirical_logit(share: Array, n: Array | NDArray[np.float64]) -> Array:
    """Log odds of an observed share with half a person added to either side."""
    return jnp.log(share * n + 0.5) - jnp.log((1 - share) * n + 0.5)


def sampling_variance(share: Array, n: Array | NDArray[np.float64]) -> Array:
    """Variance of the empirical logit of n people."""
    return 1.0 / (jnp.asarray(n) * share * (1 - share) + 0.5)


def log_likelihood(predicted: Array, vector: Array, figures: Figures) -> Array:
    """Log likelihood of all figures used in the fit."""
    values = model.natural_values(vector)
    percent = (figures.kind == KIND_PERCENT) & figures.used
    exact = percent & ~figures.floor
    share = jnp.clip(predicted, _LEAST, 1 - _LEAST)
    residual = jnp.where(
        percent, empirical_logit(jnp.clip(figures.value, 0, 1), figures.n) - logit(share), 0.0
    )
    own = (values["definition_logit_sd"] * figures.scatter) ** 2 + sampling_variance(
        share, figures.n
    )
    total = _shared_shift(residual, own, values["trial_logit_sd"] ** 2, exact, figures.group)
    floors = percent & figures.floor
    spread = jnp.sqrt(own + values["trial_logit_sd"] ** 2)
    total += jnp.sum(jnp.where(floors, norm.logcdf(-residual / spread), 0.0))
    total += _means(predicted, values["trial_mean_sd"], figures)
    return total + _durations(predicted, values["duration_log_sd"], figures)


def mean_sd(predicted: Array, relative_sd: Array, figures: Figures) -> Array:
    """Scatter of published means about their prediction, in the endpoint's unit."""
    size = jnp.maximum(jnp.abs(predicted), _LEAST_MEAN_SD * jnp.abs(figures.value) + 1e-6)
    people = jnp.where(jnp.isnan(figures.sd), _USUAL_SD * size, figures.sd)
    return jnp.sqrt((relative_sd * figures.scatter * size) ** 2 + people**2 / figures.n)


def _means(predicted: Array, relative_sd: Array, figures: Figures) -> Array:
    """Log density of mean levels and changes, each with its own scatter between trials."""
    mean = (figures.kind == KIND_MEAN) & figures.used
    sd = mean_sd(jnp.where(mean, predicted, 1.0), relative_sd, figures)
    density = norm.logpdf((figures.value - predicted) / sd) - jnp.log(sd)
    return jnp.sum(jnp.where(mean, density, 0.0))


def _shared_shift(
    residual: Array, own: Array, shared: Array, exact: NDArray[np.bool_], group: NDArray[np.int64]
) -> Array:
    """Normal log density per group with covariance shared * 11' + diag(own), by Woodbury."""
    count = int(group.max()) + 1 if len(group) else 0
    inverse = jnp.where(exact, 1.0 / own, 0.0)
    weight = jax.ops.segment_sum(inverse, group, count)
    pulled = jax.ops.segment_sum(inverse * residual, group, count)
    quadratic = jnp.sum(inverse * residual**2) - jnp.sum(pulled**2 * shared / (1 + shared * weight))
    volume = jnp.sum(jnp.where(exact, jnp.log(own), 0.0)) + jnp.sum(jnp.log1p(shared * weight))
    return -0.5 * (quadratic + volume)


def _durations(predicted: Array, log_sd: Array, figures: Figures) -> Array:
    timed = ~np.isin(figures.kind, (KIND_PERCENT, KIND_MEAN)) & figures.used
    days = jnp.where(timed, jnp.maximum(predicted, 0.25), 1.0)
    residual = jnp.log(jnp.where(timed, figures.value, 1.0)) - jnp.log(days)
    # An onset read off a daily diary is a whole day: half a day of rounding on top.
    rounding = jnp.where(figures.kind == KIND_DURATION, 0.0, 0.5 / jnp.maximum(days, 1.0))
    sd = jnp.sqrt((log_sd * figures.scatter) ** 2 + rounding**2)
    density = jnp.where(
        figures.floor, norm.logcdf(-residual / sd), norm.logpdf(residual / sd) - jnp.log(sd)
    )
    return jnp.sum(jnp.where(timed, density, 0.0))


def log_prior(vector: Array) -> Array:
    """Log density of the priors on the working scale."""
    mean = jnp.array([row.prior_mean for row in fit_rows()])
    sd = jnp.array([row.prior_sd for row in fit_rows()])
    return jnp.sum(norm.logpdf((vector - mean) / sd))
