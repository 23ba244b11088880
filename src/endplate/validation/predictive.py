"""What published figures of their size may be: 90 % intervals, and where each fell in its own."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from endplate.fit.endpoint_types import KIND_MEAN, KIND_PERCENT
from endplate.fit.scatter import Figures, Scatter, mean_sd, mean_size, time_log_sd

_SAMPLES = 10_000
_SEED = 20261122
_Z90 = 1.6448536269514722
_ROUNDING = 0.5  # a printed percent, or day, stands for half a unit either way
Numbers = NDArray[np.float64]


class Predictive(NamedTuple):
    """A 90 % predictive interval, and the predictive probability of less than was published.

    `low` and `high` are in the figure's unit; `rank` [1] is 0.5 in the middle of what was
    predicted, None for a figure known only as a bound.
    """

    low: float
    high: float
    rank: float | None

    def holds(self, value: float, slack: float, bound: int) -> bool:
        """Whether a published value lies inside; a floor or ceiling when it can be met."""
        above = bound > 0 or self.low - slack <= value
        return bool(above and (bound < 0 or value <= self.high + slack))


def predictives(
    seen: Numbers, drawn: Numbers, scatter: Scatter, figures: Figures
) -> tuple[Predictive, ...]:
    """Predictive intervals of figures.

    Parameters
    ----------
    seen : [1]
        Predictions on the link scale, shape (figures,).
    drawn : [1]
        The same under draws of the posterior, shape (draws, figures).
    scatter : Scatter
        How figures scatter between trials, and within one.
    figures : Figures
        What was published, and of how many people.

    Returns
    -------
    tuple of Predictive
        They hold the parameters' uncertainty, a trial nobody has seen, definitions and visits, and
        the sampling of n people (60 where n is not stated).
    """
    rng = np.random.default_rng(_SEED)
    moved = np.sqrt(np.mean(np.square(drawn - seen), axis=0))
    held = np.where(figures.of_kind(KIND_MEAN), seen, 0.0)
    shift = scatter.trial_mean * np.asarray(mean_size(held, figures))
    mean = np.sqrt(moved**2 + shift**2 + np.square(np.asarray(mean_sd(held, scatter, figures))))
    timed = np.where(figures.timed, seen, 0.0)
    time = np.hypot(moved, np.asarray(time_log_sd(timed, scatter, figures)))
    found = []
    for i, kind in enumerate(figures.kind):
        value, exact = figures.value[i], not figures.bound[i]
        if kind == KIND_PERCENT:
            between = np.hypot(scatter.trial_logit, scatter.definition_logit * figures.doubt[i])
            sd = float(np.hypot(moved[i], between))
            one = _percent(float(seen[i]), sd, int(figures.n[i]), 100 * value, exact, rng)
        elif kind == KIND_MEAN:
            one = _normal(float(seen[i]), float(mean[i]), value, exact)
        else:
            low, high, rank = _normal(float(seen[i]), float(time[i]), np.log(value), exact)
            one = Predictive(float(np.exp(low)), float(np.exp(high)), rank)
        found.append(one)
    return tuple(found)


def _percent(
    log_odds: float, sd: float, n: int, value: float, exact: bool, rng: np.random.Generator
) -> Predictive:
    """Percent of n people whose share has log odds that scatter."""
    shares = expit(log_odds + sd * rng.standard_normal(_SAMPLES))
    seen = 100 * rng.binomial(n, shares) / n
    rank = mid_rank(seen, value) if exact else None
    return Predictive(*narrowest(seen), rank)


def narrowest(seen: Numbers, share: float = 0.9) -> tuple[float, float]:
    """Narrowest interval that holds a share of what was drawn; of several, the fullest.

    Equal tails would hold more than they say where counts are few: no group counts less than
    nobody, so near 0 and 100 % one of the tails is empty.

    Parameters
    ----------
    seen : [1]
        Drawn values, in any unit.
    share : [1], in (0, 1)
        What the interval shall hold at least.
    """
    values, times = np.unique(seen, return_counts=True)
    upto = np.cumsum(times)
    before = upto - times
    end = np.searchsorted(upto, before + share * len(seen) - 1e-9)
    start = np.flatnonzero(end < len(values))
    end = end[start]
    order = np.lexsort((before[start] - upto[end], values[end] - values[start]))
    return float(values[start[order[0]]]), float(values[end[order[0]]])


def mid_rank(seen_percent: Numbers, percent: float) -> float:
    """Share of predicted percents below a published one, half of those that round to it [1].

    A count, and a printed percent, holds a whole step of probability: its middle is taken.
    """
    below = np.mean(seen_percent < percent - _ROUNDING)
    same = np.mean(np.abs(seen_percent - percent) <= _ROUNDING)
    return float(below + 0.5 * same)


def _normal(middle: float, sd: float, value: float, exact: bool) -> Predictive:
    rank = float(ndtr((value - middle) / sd)) if exact else None
    return Predictive(middle - _Z90 * sd, middle + _Z90 * sd, rank)
