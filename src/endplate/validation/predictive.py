"""What published figures of their size may be: 90 % intervals, and where each fell in its own."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from endplate.fit.endpoint_types import KIND_DURATION, KIND_MEAN, KIND_PERCENT
from endplate.fit.likelihood import Figures, Scatter, mean_sd, mean_size, time_log_sd

_SAMPLES = 10_000
_SEED = 20261122
_Z90 = 1.6448536269514722
_ROUNDING = 0.5  # a printed percent, or day, stands for half a unit either way
Numbers = NDArray[np.float64]


class PredictiveInterval(NamedTuple):
    """A 90 % predictive interval, and the predictive probability of less than was published.

    `low` and `high` are in the figure's unit; `rank` [1] is 0.5 in the middle of what was
    predicted, None for a figure known only as a bound.
    """

    low: float
    high: float
    rank: float | None

    def contains(self, value: float, slack: float, bound: int) -> bool:
        """Whether a published value lies inside; a floor or ceiling when it can be met."""
        above = bound > 0 or self.low - slack <= value
        return bool(above and (bound < 0 or value <= self.high + slack))


def predictive_intervals(
    predicted: Numbers, drawn: Numbers, scatter: Scatter, figures: Figures
) -> tuple[PredictiveInterval, ...]:
    """Predictive intervals of figures.

    Parameters
    ----------
    predicted : [1]
        Predictions on the link scale, shape (figures,).
    drawn : [1]
        The same under draws of the posterior, shape (draws, figures).
    scatter : Scatter
        How figures scatter between trials, and within one.
    figures : Figures
        What was published, and of how many people.

    Returns
    -------
    tuple of PredictiveInterval
        They hold the parameters' uncertainty, the random effect of a new trial, definitions and
        visits, and the sampling of n people (60 where n is not stated).
    """
    rng = np.random.default_rng(_SEED)
    parameter_sd = np.sqrt(np.mean(np.square(drawn - predicted), axis=0))
    means = np.where(figures.of_kind(KIND_MEAN), predicted, 0.0)
    between = np.asarray(scatter.between_mean(figures) * mean_size(means, figures))
    between_logit = np.asarray(scatter.between_logit(figures))
    within = np.asarray(mean_sd(means, scatter, figures))
    mean_total_sd = np.sqrt(parameter_sd**2 + between**2 + np.square(within))
    log_days = np.where(figures.timed, predicted, 0.0)
    between_log_days = np.asarray(scatter.between_log_days(figures))
    within_log_days = np.asarray(time_log_sd(log_days, scatter, figures))
    time_total_sd = np.sqrt(parameter_sd**2 + between_log_days**2 + within_log_days**2)
    intervals = []
    for i, kind in enumerate(figures.kind):
        value, exact = figures.value[i], not figures.bound[i]
        if kind == KIND_PERCENT:
            definitions = scatter.definition_logit * figures.sd_factor[i]
            sd = float(np.hypot(parameter_sd[i], np.hypot(between_logit[i], definitions)))
            n = int(figures.n[i])
            interval = _percent(float(predicted[i]), sd, n, 100 * value, exact, rng)
        elif kind == KIND_MEAN:
            interval = _normal(float(predicted[i]), float(mean_total_sd[i]), value, exact)
        else:
            sd = float(time_total_sd[i])
            low, high, rank = _normal(float(predicted[i]), sd, np.log(value), exact)
            interval = PredictiveInterval(float(np.exp(low)), float(np.exp(high)), rank)
        intervals.append(interval)
    return tuple(intervals)


def predictive_draws(drawn: Numbers, figures: Figures, scatter: Scatter) -> Numbers:
    """What trials of the figures' sizes would publish, once under each draw.

    Parameters
    ----------
    drawn : [1]
        Predictions under draws of the posterior on the link scale, shape (draws, figures).
    figures : Figures
        Of how many people, and which of them belong to one trial.
    scatter : Scatter
        How figures scatter between trials, and within one.

    Returns
    -------
    Numbers
        In the unit of each figure, percents of 100, (draws, figures): those of one trial share its
        random effect, as in the likelihood.
    """
    rng = np.random.default_rng(_SEED)
    shift = rng.standard_normal((len(drawn), len(figures.groups)))[:, figures.group]
    noise = rng.standard_normal(drawn.shape)
    percent, mean = figures.of_kind(KIND_PERCENT), figures.of_kind(KIND_MEAN)
    log_odds = drawn + np.asarray(scatter.between_logit(figures)) * shift
    log_odds = log_odds + scatter.definition_logit * figures.sd_factor * noise
    shares = expit(np.where(percent, log_odds, 0.0))
    percents = 100 * rng.binomial(figures.n.astype(int), shares) / figures.n
    means = np.where(mean, drawn, 0.0)
    between = np.asarray(scatter.between_mean(figures) * mean_size(means, figures))
    means = means + figures.direction * between * shift
    means = means + np.asarray(mean_sd(np.where(mean, drawn, 0.0), scatter, figures)) * noise
    later = np.where(figures.of_kind(KIND_DURATION), 1.0, -1.0)  # who gains more starts earlier
    log_days = drawn + later * np.asarray(scatter.between_log_days(figures)) * shift
    log_days = np.where(figures.timed, log_days, 0.0)
    days = np.exp(log_days + np.asarray(time_log_sd(log_days, scatter, figures)) * noise)
    return np.where(percent, percents, np.where(figures.timed, days, means))


def _percent(
    log_odds: float, sd: float, n: int, value: float, exact: bool, rng: np.random.Generator
) -> PredictiveInterval:
    """Percent of n people whose share has log odds that scatter."""
    shares = expit(log_odds + sd * rng.standard_normal(_SAMPLES))
    percents = 100 * rng.binomial(n, shares) / n
    rank = mid_rank(percents, value) if exact else None
    return PredictiveInterval(*narrowest(percents), rank)


def narrowest(drawn: Numbers, share: float = 0.9) -> tuple[float, float]:
    """Narrowest interval that holds a share of what was drawn; of several, the fullest.

    Equal tails would hold more than they say where counts are few: no group counts less than
    nobody, so near 0 and 100 % one of the tails is empty.

    Parameters
    ----------
    drawn : [1]
        Drawn values, in any unit.
    share : [1], in (0, 1)
        What the interval shall hold at least.
    """
    values, counts = np.unique(drawn, return_counts=True)
    up_to = np.cumsum(counts)
    below = up_to - counts
    end = np.searchsorted(up_to, below + share * len(drawn) - 1e-9)
    start = np.flatnonzero(end < len(values))
    end = end[start]
    order = np.lexsort((below[start] - up_to[end], values[end] - values[start]))
    return float(values[start[order[0]]]), float(values[end[order[0]]])


def mid_rank(drawn_percents: Numbers, percent: float) -> float:
    """Share of predicted percents below a published one, half of those that round to it [1].

    A count, and a printed percent, holds a whole step of probability: its middle is taken.
    """
    below = np.mean(drawn_percents < percent - _ROUNDING)
    same = np.mean(np.abs(drawn_percents - percent) <= _ROUNDING)
    return float(below + 0.5 * same)


def _normal(middle: float, sd: float, value: float, exact: bool) -> PredictiveInterval:
    rank = float(ndtr((value - middle) / sd)) if exact else None
    return PredictiveInterval(middle - _Z90 * sd, middle + _Z90 * sd, rank)
