r"""How published figures scatter about the model: the arrays of a table and their link scale.

A figure is compared on its link scale: log odds of a percent, log of a time in days, and a mean
as it is. On that scale a trial has one shift common to its treated groups and one common to its
placebo groups; definitions and visits scatter further, and n people were sampled.

A mean and its shift scatter in proportion to

.. math:: M = \sqrt{f^2 + (0.15\,b)^2}

*f* the predicted fall and *b* the burden before treatment: small changes, as under placebo,
differ between trials too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.facts.burdens import burdens
from endplate.facts.endpoints import endpoints
from endplate.facts.trials import TrialFigure
from endplate.fit.kinds import (
    KIND_DURATION,
    KIND_MEAN,
    KIND_PERCENT,
    kind_of,
    observed,
    reading_of,
)
from endplate.results.harms import UNSTATED_N

SCATTER = (
    "trial_logit_sd",
    "definition_logit_sd",
    "trial_mean_sd",
    "definition_mean_sd",
    "duration_log_sd",
)
"""Fitted parameters that say how figures scatter, and move no prediction."""
_UNVERIFIED = 1.5  # scatter of a figure written from memory over that of one read
_NOT_USED = ("mean_duration", "twstrs_total_abs")
_USUAL_SD = 0.7  # scatter between people of a mean change, as a share of it, where none is stated
_START_SHARE = 0.15
_LEAST = 0.004  # a predicted share nearer to 0 or 1 than this says no more than this
_LEAST_D = 0.25
_LASTING_LOG_SD = 0.6  # between people, of a duration: sets the sampling error of a median
_MEDIAN = 1.2533  # standard error of a median over that of a mean
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Figures:
    """Arrays of a table's figures, in the order of the predictor.

    `value` is the published one, a share for percents; `bound` is 1 for a floor, -1 for a ceiling,
    else 0; `doubt` widens what was written from memory; `group` numbers the treated or placebo
    groups of each trial; `used` is false for what is predicted but not fitted; `sd` and `start`
    are the spread between people and the burden before treatment in the unit of the value; `gain`
    is -1 where a drug that works lowers the value, else 1; `level` is true for a level and false
    for a change.
    """

    kind: NDArray[np.str_]
    value: Numbers
    n: Numbers
    bound: NDArray[np.int64]
    doubt: Numbers
    group: NDArray[np.int64]
    used: NDArray[np.bool_]
    sd: Numbers
    start: Numbers
    gain: Numbers
    level: NDArray[np.bool_]
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

    `trial_logit`, `definition_logit` on log odds; `trial_mean`, `definition_mean` as shares of M;
    `duration_log` on the log of days.
    """

    trial_logit: Array | float
    definition_logit: Array | float
    trial_mean: Array | float
    definition_mean: Array | float
    duration_log: Array | float


def scatter_of(values: Mapping[str, Any]) -> Scatter:
    """Scatter from fitted parameters."""
    return Scatter(*(values[name] for name in SCATTER))


def figure_arrays(figures: tuple[TrialFigure, ...]) -> Figures:
    """Arrays of the figures; some are predicted but not used in the fit.

    A mean duration has no one definition; levels repeat the changes of the same people.
    """
    own = [(f.trial_id, "placebo" if f.product == "placebo" else "drug") for f in figures]
    names = tuple(dict.fromkeys(own))
    place = {name: i for i, name in enumerate(names)}
    lowered = {code for code, row in endpoints().items() if row.better == "down"}
    read = [reading_of(f.indication, f.endpoint) for f in figures]
    return Figures(
        kind=np.array([kind_of(f.endpoint, f.indication) for f in figures]),
        value=observed(figures),
        n=np.array([f.n or UNSTATED_N for f in figures], dtype=float),
        bound=np.array([_BOUNDS[f.bound] for f in figures]),
        doubt=np.array([1.0 if f.verified else _UNVERIFIED for f in figures]),
        group=np.array([place[name] for name in own], dtype=int),
        used=np.array([f.endpoint not in _NOT_USED for f in figures]),
        sd=np.array([f.sd or np.nan for f in figures]),
        start=np.array([_start(f) for f in figures]),
        gain=np.array([-1.0 if f.endpoint in lowered else 1.0 for f in figures]),
        level=np.array([row is not None and row.how == "level" for row in read]),
        groups=names,
    )


_BOUNDS = {"": 0, "at_least": 1, "at_most": -1}


def _start(figure: TrialFigure) -> float:
    """Burden before treatment in the unit of the figure; 0 for what is no mean of a burden."""
    row = reading_of(figure.indication, figure.endpoint)
    if row is None:
        return 0.0
    if row.how == "percent_fall":
        return 100.0 * row.gain
    if row.how == "by_drive":
        return abs(row.gain)
    return abs(row.gain) * _entry_mean(figure.indication, row.scale)


def _entry_mean(indication: str, scale: str) -> float:
    found = burdens(indication)
    own = next((one for one in found if one.scale == scale), found[0])
    return own.entry.baseline_mean


def linked(predicted: Array | Numbers, figures: Figures) -> Array:
    """Predictions on their link scale."""
    share = jnp.clip(jnp.where(figures.of_kind(KIND_PERCENT), predicted, 0.5), _LEAST, 1 - _LEAST)
    days = jnp.maximum(jnp.where(figures.timed, predicted, 1.0), _LEAST_D)
    return jnp.where(
        figures.of_kind(KIND_PERCENT),
        logit(share),
        jnp.where(figures.timed, jnp.log(days), predicted),
    )


def natural(seen: Numbers, figures: Figures) -> Numbers:
    """Predictions in the unit of the published value: percents of 100, means and days."""
    shown = np.where(figures.timed, np.exp(np.where(figures.timed, seen, 0.0)), seen)
    percent = figures.of_kind(KIND_PERCENT)
    return np.where(percent, 100.0 / (1.0 + np.exp(-np.where(percent, seen, 0.0))), shown)


def logit(share: Array) -> Array:
    """Log odds."""
    return jnp.log(share) - jnp.log1p(-share)


def mean_size(predicted: Array | Numbers, figures: Figures) -> Array:
    """*M* of each mean: what it and its shift scatter in proportion to, in its own unit."""
    fall = jnp.where(figures.level, figures.start - predicted, predicted)
    return jnp.sqrt(jnp.square(fall) + np.square(_START_SHARE * figures.start) + 1e-12)


def mean_sd(predicted: Array | Numbers, scatter: Scatter, figures: Figures) -> Array:
    """Scatter of means within their trial: definitions, visits and the people sampled."""
    size = mean_size(predicted, figures)
    people = jnp.where(np.isnan(figures.sd), _USUAL_SD * size, figures.sd)
    own = scatter.definition_mean * figures.doubt * size
    return jnp.sqrt(jnp.square(own) + jnp.square(people) / figures.n)


def time_log_sd(log_days: Array | Numbers, scatter: Scatter, figures: Figures) -> Array:
    """Scatter of the log of a time: between trials, the people sampled, whole days of a diary."""
    sampled = _MEDIAN * _LASTING_LOG_SD / np.sqrt(figures.n)
    days = jnp.maximum(jnp.exp(jnp.clip(log_days, -2.0, 8.0)), 1.0)
    rounding = jnp.where(figures.of_kind(KIND_DURATION), 0.0, 0.5 / days)
    own = scatter.duration_log * figures.doubt
    return jnp.sqrt(jnp.square(own) + np.square(sampled) + jnp.square(rounding))


def overdispersion(share: Array, scatter: Scatter, figures: Figures) -> Array:
    """Concentration of the beta distribution whose log odds have the definitions' scatter."""
    spread = jnp.square(scatter.definition_logit * figures.doubt) * share * (1.0 - share)
    return jnp.maximum(1.0 / spread - 1.0, 0.5)
