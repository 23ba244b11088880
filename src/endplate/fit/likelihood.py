r"""The likelihood of published figures: a table's arrays, its link scale and its densities.

A figure is compared on its link scale: log odds of a percent, log of a time in days, and a mean
as it is. On that scale a trial has one random effect common to its treated arms and one common to
its placebo arms; definitions and visits scatter further, and n people were sampled.

Counts are beta-binomial (a binomial of n people whose share scatters between definitions and
visits), means normal, times log-normal; a figure known only as a floor or a ceiling counts by the
probability of lying beyond it.

A mean and its random effect scatter in proportion to

.. math:: M = \sqrt{f^2 + (0.15\,b)^2}

*f* the predicted fall and *b* the baseline burden: small changes, as under placebo, differ
between trials too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.nn import sigmoid
from jax.scipy.special import gammaln
from jax.scipy.stats import norm
from numpy.typing import NDArray

from endplate.facts.endpoints import OF_LINES, endpoints, symptom_scores
from endplate.facts.trials import TrialFigure
from endplate.fit.endpoint_types import (
    KIND_DURATION,
    KIND_MEAN,
    KIND_PERCENT,
    kind_of_figure,
    reading_of_figure,
)
from endplate.results.harms import UNSTATED_N

SCATTER = (
    "trial_logit_sd",
    "trial_placebo_logit_sd",
    "definition_logit_sd",
    "trial_mean_sd",
    "trial_placebo_mean_sd",
    "definition_mean_sd",
    "trial_log_days_sd",
    "duration_log_sd",
)
"""Fitted parameters that say how figures scatter, and move no prediction."""
_UNVERIFIED = 1.5  # scatter of a figure written from memory over that of one read
_NOT_USED = ("mean_duration", "twstrs_total_abs")
_USUAL_SD = 0.7  # scatter between people of a mean change, as a share of it, where none is stated
_BASELINE_SHARE = 0.15
_LEAST = 0.004  # a predicted share nearer to 0 or 1 than this says no more than this
_LEAST_D = 0.25
_LASTING_LOG_SD = 0.6  # between people, of a duration: sets the sampling error of a median
_MEDIAN = 1.2533  # standard error of a median over that of a mean
_BOUNDS = {"": 0, "at_least": 1, "at_most": -1}
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Figures:
    """Arrays of a table's figures, in the order of the predictor.

    `value` is the published one, a share for percents; `bound` is 1 for a floor, -1 for a ceiling,
    else 0; `sd_factor` widens what was written from memory; `group` numbers the treated or placebo
    arms of each trial; `used` is false for what is predicted but not fitted; `sd` and `baseline`
    are the spread between people and the burden before treatment in the unit of the value;
    `direction` is -1 where a drug that works lowers the value, else 1; `level` is true for a level
    and false for a change; `placebo` tells the arms without a drug.
    """

    kind: NDArray[np.str_]
    value: Numbers
    n: Numbers
    bound: NDArray[np.int64]
    sd_factor: Numbers
    group: NDArray[np.int64]
    used: NDArray[np.bool_]
    sd: Numbers
    baseline: Numbers
    direction: Numbers
    level: NDArray[np.bool_]
    placebo: NDArray[np.bool_]
    groups: tuple[tuple[str, str], ...]

    def of_kind(self, *kinds: str) -> NDArray[np.bool_]:
        """Which figures are of one of these kinds."""
        return np.isin(self.kind, kinds)

    @property
    def timed(self) -> NDArray[np.bool_]:
        """Which figures are durations or onsets."""
        return ~self.of_kind(KIND_PERCENT, KIND_MEAN)


class Scatter(NamedTuple):
    """Standard deviations between trials, and between definitions and visits of one trial.

    Those between trials are of treated and of placebo arms. `trial_logit`, `definition_logit` on
    log odds; `trial_mean`, `definition_mean` as shares of M; `trial_log_days`, `duration_log` on
    the log of days.
    """

    trial_logit: Array | float
    trial_placebo_logit: Array | float
    definition_logit: Array | float
    trial_mean: Array | float
    trial_placebo_mean: Array | float
    definition_mean: Array | float
    trial_log_days: Array | float
    duration_log: Array | float

    def between_logit(self, figures: "Figures") -> Array:
        """Scatter between trials of each figure's log odds, (figures,)."""
        return jnp.where(figures.placebo, self.trial_placebo_logit, self.trial_logit)

    def between_mean(self, figures: "Figures") -> Array:
        """Scatter between trials of each mean, as a share of M, (figures,)."""
        return jnp.where(figures.placebo, self.trial_placebo_mean, self.trial_mean)

    def between_log_days(self, figures: "Figures") -> Array:
        """Scatter between trials of the log of each time that goes with their other figures."""
        return jnp.where(figures.placebo, 0.0, self.trial_log_days)


def scatter_of(values: Mapping[str, Any]) -> Scatter:
    """Scatter from fitted parameters."""
    return Scatter(*(values[name] for name in SCATTER))


def figure_arrays(figures: tuple[TrialFigure, ...]) -> Figures:
    """Arrays of the figures; some are predicted but not used in the fit.

    A mean duration has no one definition; levels repeat the changes of the same people.
    """
    groups = [(f.programme_name, "placebo" if f.product == "placebo" else "drug") for f in figures]
    distinct_groups = tuple(dict.fromkeys(groups))
    group_index = {group: i for i, group in enumerate(distinct_groups)}
    lowered = {code for code, row in endpoints().items() if row.better == "down"}
    lowered |= {f.endpoint for f in figures if f.reading and f.reading.better == "down"}
    readings = [reading_of_figure(f) for f in figures]
    return Figures(
        kind=np.array([kind_of_figure(f) for f in figures]),
        value=_observed(figures),
        n=np.array([f.n or UNSTATED_N for f in figures], dtype=float),
        bound=np.array([_BOUNDS[f.bound] for f in figures]),
        sd_factor=np.array([1.0 if f.verified else _UNVERIFIED for f in figures]),
        group=np.array([group_index[group] for group in groups], dtype=int),
        used=np.array([f.endpoint not in _NOT_USED for f in figures]),
        sd=np.array([f.sd or np.nan for f in figures]),
        baseline=np.array([_baseline(f) for f in figures]),
        direction=np.array([-1.0 if f.endpoint in lowered else 1.0 for f in figures]),
        level=np.array([row is not None and row.how == "level" for row in readings]),
        placebo=np.array([arm == "placebo" for _, arm in groups], dtype=bool),
        groups=distinct_groups,
    )


def _observed(figures: tuple[TrialFigure, ...]) -> Numbers:
    """Published values in the unit of the prediction: shares for percents, their own unit else."""
    return np.array(
        [f.value / 100 if kind_of_figure(f) == KIND_PERCENT else f.value for f in figures]
    )


def _baseline(figure: TrialFigure) -> float:
    """Burden before treatment in the unit of the figure; 0 for what is no mean of a burden."""
    row = reading_of_figure(figure)
    if row is None or row.how in OF_LINES:
        return 0.0
    if row.how == "percent_fall":
        return 100.0 * row.gain
    if row.how == "by_drive":
        return abs(row.gain)
    return abs(row.gain) * _entry_mean(figure.indication, row.scale)


def _entry_mean(indication: str, scale: str) -> float:
    scales = symptom_scores(indication)
    burden = next((row for row in scales if row.scale == scale), scales[0])
    return burden.entry.baseline_mean


def linked(predicted: Array | Numbers, figures: Figures) -> Array:
    """Predictions on their link scale."""
    share = jnp.clip(jnp.where(figures.of_kind(KIND_PERCENT), predicted, 0.5), _LEAST, 1 - _LEAST)
    days = jnp.maximum(jnp.where(figures.timed, predicted, 1.0), _LEAST_D)
    return jnp.where(
        figures.of_kind(KIND_PERCENT),
        logit(share),
        jnp.where(figures.timed, jnp.log(days), predicted),
    )


def natural(predicted: Numbers, figures: Figures) -> Numbers:
    """Link-scale predictions in the published unit: percents of 100, means and days."""
    days = np.exp(np.where(figures.timed, predicted, 0.0))
    percent = figures.of_kind(KIND_PERCENT)
    percents = 100.0 / (1.0 + np.exp(-np.where(percent, predicted, 0.0)))
    return np.where(percent, percents, np.where(figures.timed, days, predicted))


def logit(share: Array) -> Array:
    """Log odds."""
    return jnp.log(share) - jnp.log1p(-share)


def mean_size(predicted: Array | Numbers, figures: Figures) -> Array:
    """*M* of each mean: what it and its shift scatter in proportion to, in its own unit."""
    fall = jnp.where(figures.level, figures.baseline - predicted, predicted)
    return jnp.sqrt(jnp.square(fall) + np.square(_BASELINE_SHARE * figures.baseline) + 1e-12)


def mean_sd(predicted: Array | Numbers, scatter: Scatter, figures: Figures) -> Array:
    """Scatter of means within their trial: definitions, visits and the people sampled."""
    size = mean_size(predicted, figures)
    people = jnp.where(np.isnan(figures.sd), _USUAL_SD * size, figures.sd)
    definitions = scatter.definition_mean * figures.sd_factor * size
    return jnp.sqrt(jnp.square(definitions) + jnp.square(people) / figures.n)


def time_log_sd(log_days: Array | Numbers, scatter: Scatter, figures: Figures) -> Array:
    """Scatter of the log of a time: between trials, the people sampled, whole days of a diary."""
    sampled = _MEDIAN * _LASTING_LOG_SD / np.sqrt(figures.n)
    days = jnp.maximum(jnp.exp(jnp.clip(log_days, -2.0, 8.0)), 1.0)
    rounding = jnp.where(figures.of_kind(KIND_DURATION), 0.0, 0.5 / days)
    between = scatter.duration_log * figures.sd_factor
    return jnp.sqrt(jnp.square(between) + np.square(sampled) + jnp.square(rounding))


def overdispersion(share: Array, scatter: Scatter, figures: Figures) -> Array:
    """Concentration of the beta distribution whose log odds have the definitions' scatter."""
    spread = jnp.square(scatter.definition_logit * figures.sd_factor) * share * (1.0 - share)
    return jnp.maximum(1.0 / spread - 1.0, 0.5)


def figure_log_density(predicted: Array, shift: Array, scatter: Scatter, figures: Figures) -> Array:
    """Log density of each figure given its trial's random effect; 0 for those not used in the fit.

    `predicted` is on the link scale, `shift` the standard normal random effect of the figure's
    group; both have shape (figures,).
    """
    parts = jnp.where(
        figures.of_kind(KIND_PERCENT),
        _percents(predicted, shift, scatter, figures),
        jnp.where(
            figures.of_kind(KIND_MEAN),
            _means(predicted, shift, scatter, figures),
            _times(predicted, shift, scatter, figures),
        ),
    )
    return jnp.where(figures.used, parts, 0.0)


def _percents(predicted: Array, shift: Array, scatter: Scatter, figures: Figures) -> Array:
    percent = figures.of_kind(KIND_PERCENT)
    log_odds = jnp.where(percent, predicted + scatter.between_logit(figures) * shift, 0.0)
    share = sigmoid(log_odds)
    weight = overdispersion(share, scatter, figures)
    value = np.where(percent, figures.value, 0.5)
    exact = _beta_binomial(value * figures.n, figures.n, share * weight, (1 - share) * weight)
    # A floor or ceiling has no count: its log odds are normal with the same spread.
    spread = jnp.sqrt(
        jnp.square(scatter.definition_logit * figures.sd_factor)
        + 1.0 / (figures.n * share * (1 - share) + 0.5)
    )
    limit = logit(jnp.clip(value, 0.5 / figures.n, 1 - 0.5 / figures.n))
    beyond = norm.logcdf(figures.bound * (log_odds - limit) / spread)
    return jnp.where(figures.bound == 0, exact, beyond)


def _beta_binomial(count: Numbers, n: Numbers, a: Array, b: Array) -> Array:
    """Log probability up to what depends on the data alone; counts need not be whole."""
    return (
        gammaln(count + a) + gammaln(n - count + b) - gammaln(n + a + b)
        + gammaln(a + b) - gammaln(a) - gammaln(b)
    )  # fmt: skip


def _means(predicted: Array, shift: Array, scatter: Scatter, figures: Figures) -> Array:
    mean = figures.of_kind(KIND_MEAN)
    expected = jnp.where(mean, predicted, 1.0)
    between = scatter.between_mean(figures) * mean_size(expected, figures)
    trial_effect = figures.direction * between * shift
    centre = expected + trial_effect
    sd = mean_sd(expected, scatter, figures)
    residual = (jnp.where(mean, figures.value, 1.0) - centre) / sd
    exact = norm.logpdf(residual) - jnp.log(sd)
    return jnp.where(figures.bound == 0, exact, norm.logcdf(-figures.bound * residual))


def _times(predicted: Array, shift: Array, scatter: Scatter, figures: Figures) -> Array:
    later = np.where(figures.of_kind(KIND_DURATION), 1.0, -1.0)  # who gains more starts earlier
    moved = predicted + later * scatter.between_log_days(figures) * shift
    log_days = jnp.where(figures.timed, moved, 0.0)
    sd = time_log_sd(log_days, scatter, figures)
    residual = (np.log(np.where(figures.timed, figures.value, 1.0)) - log_days) / sd
    exact = norm.logpdf(residual) - jnp.log(sd)
    return jnp.where(figures.bound == 0, exact, norm.logcdf(-figures.bound * residual))
