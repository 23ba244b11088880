"""What a published figure of a given size may be: its 90 % interval, and where one fell in it."""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from endplate.facts.trials import TrialFigure
from endplate.learn.likelihood import UNSTATED_N, figure_arrays, mean_sd

_SAMPLES = 4000
_LEAST = 0.002
_LEAST_D = 0.25
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


def percent_predictive(
    share: float,
    drawn: Numbers,
    figure: TrialFigure,
    between_sd: float,
    rng: np.random.Generator,
) -> Predictive:
    """Interval and rank of a percent of n people.

    Parameters
    ----------
    share : [1], in [0, 1]
        Predicted share at the estimates.
    drawn : [1]
        The same under parameter vectors drawn from the fit, shape (draws,).
    figure : TrialFigure
        What was published; 60 people where n is not stated.
    between_sd : [1]
        Scatter between trials and definitions, on the logit.
    rng
        Draws trials and their people.
    """
    n = figure.n or UNSTATED_N
    moved = _logit(drawn) - _logit(share)
    sd = np.sqrt(np.mean(moved**2) + between_sd**2)
    shares = 1 / (1 + np.exp(-(_logit(share) + sd * rng.standard_normal(_SAMPLES))))
    seen = 100 * rng.binomial(n, shares) / n
    low, high = np.percentile(seen, [5, 95])
    return Predictive(float(low), float(high), _exact(figure, mid_rank(seen, figure.value)))


def mid_rank(seen_percent: Numbers, percent: float) -> float:
    """Share of predicted percents below a published one, half of those that round to it [1].

    A count, and a printed percent, holds a whole step of probability: its middle is taken.
    """
    below = np.mean(seen_percent < percent - _ROUNDING)
    same = np.mean(np.abs(seen_percent - percent) <= _ROUNDING)
    return float(below + 0.5 * same)


def mean_predictive(
    predicted: float, drawn: Numbers, figure: TrialFigure, relative_sd: float
) -> Predictive:
    """Interval and rank of a mean level or change, in the endpoint's unit."""
    between = mean_sd(jnp.asarray([predicted]), jnp.asarray(relative_sd), figure_arrays((figure,)))
    sd = float(np.hypot(float(between[0]), np.sqrt(np.mean((drawn - predicted) ** 2))))
    rank = ndtr((figure.value - predicted) / sd)
    return Predictive(
        float(predicted - _Z90 * sd), float(predicted + _Z90 * sd), _exact(figure, rank)
    )


def day_predictive(days: float, drawn: Numbers, figure: TrialFigure, log_sd: float) -> Predictive:
    """Interval and rank of a time [d]."""
    held = max(days, _LEAST_D)
    moved = np.log(np.maximum(drawn, _LEAST_D)) - np.log(held)
    sd = float(np.sqrt(np.mean(moved**2) + log_sd**2))
    # An onset of 2 days was read off a daily diary: the middle of what rounds to it is taken.
    edges = np.maximum(figure.value + np.array([-_ROUNDING, _ROUNDING]), _LEAST_D)
    rank = np.mean(ndtr(np.log(edges / held) / sd))
    low, high = held * np.exp(-_Z90 * sd), held * np.exp(_Z90 * sd)
    return Predictive(float(low), float(high), _exact(figure, rank))


def _exact(figure: TrialFigure, rank: float) -> float | None:
    return None if figure.bound else float(rank)


def _logit(share: Any) -> Any:
    held = np.clip(share, _LEAST, 1 - _LEAST)
    return np.log(held / (1 - held))
