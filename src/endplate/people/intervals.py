"""How sure an outcome is, in three parts kept apart: parameters, trials, people."""

from math import comb, exp, log
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

GROUP = 100  # people in the group whose share is told to spread: "out of 100"
_Z90 = 1.6448536269514722
_TAIL = 0.05
_LEAST = 1e-3
_COUNT = np.arange(GROUP + 1)
_WAYS = np.array([float(comb(GROUP, count)) for count in _COUNT.tolist()])
Numbers = NDArray[np.float64]


class Between(NamedTuple):
    """Scatter between trials: on the logit of a share, as a share of a mean, on the log of a time.

    All [1] and as the fit found them; `widened` is how much wider they are taken for a plan that
    lies outside what trials tried.
    """

    logit_sd: float
    relative_sd: float
    time_log_sd: float
    widened: float


def intervals(
    value: float, seen: Numbers, centre: float, share: bool, between: Between
) -> dict[str, float]:
    """90 % intervals of what a group of many people shows: whole, by parameters, by trials.

    Parameters
    ----------
    value : [endpoint's unit]
        The figure.
    seen : [endpoint's unit]
        The same under parameter vectors drawn from the fit, in few people, shape (draws,).
    centre : [endpoint's unit]
        The same in these few people at the estimates.
    share : bool
        Whether it is people out of 100: such figures move on the logit.
    between : Between
        Scatter between trials.
    """
    if share:
        parameter_sd = _rms(_logit(seen / 100) - _logit(centre / 100))
    else:
        parameter_sd = _rms(seen - centre)
    trial_sd = _trial_sd(value, share, between)
    parts = {
        "": float(np.hypot(parameter_sd, trial_sd)),
        "parameters_": parameter_sd,
        "trials_": trial_sd,
    }
    return {
        f"{part}{end}": _moved(value, way * _Z90 * sd, share)
        for part, sd in parts.items()
        for end, way in (("low", -1), ("high", 1))
    }


def trials_range(value: float, share: bool, between: Between) -> dict[str, float]:
    """90 % interval of a figure from what differs between trials alone."""
    by = _Z90 * _trial_sd(value, share, between)
    return {"trials_low": _moved(value, -by, share), "trials_high": _moved(value, by, share)}


def people_range(value: float, own: NDArray[np.float32] | None) -> dict[str, float]:
    """How people differ: 5th and 95th percentile of their own values.

    Without own values the figure is a share: one person has the event or not, so what is told is
    how many of 100 people drawn at random have it. Each has it with the same chance beforehand,
    so that the number is binomial whatever makes people differ.
    """
    if own is None:
        low, high = binomial_range(value / 100)
        return {"people_low": 100.0 * low / GROUP, "people_high": 100.0 * high / GROUP}
    ends = np.percentile(own, (100 * _TAIL, 100 * (1 - _TAIL)))
    return {"people_low": float(ends[0]), "people_high": float(ends[1])}


def binomial_range(share: float) -> tuple[int, int]:
    """5th and 95th percentile of how many of a group have an event, given its share [1].

    Examples
    --------
    >>> binomial_range(0.5)
    (42, 58)
    >>> binomial_range(0.0)
    (0, 0)
    """
    chance = _WAYS * share**_COUNT * (1 - share) ** (GROUP - _COUNT)
    summed = np.cumsum(chance)
    low, high = np.searchsorted(summed, (_TAIL, 1 - _TAIL))
    return int(min(low, GROUP)), int(min(high, GROUP))


def _trial_sd(value: float, share: bool, between: Between) -> float:
    """Scatter between trials: on the logit of a share, in the endpoint's unit else."""
    own = between.logit_sd if share else between.relative_sd * abs(value)
    return between.widened * own


def _rms(shift: Any) -> float:
    return float(np.sqrt(np.mean(np.square(shift))))


def _moved(value: float, by: float, share: bool) -> float:
    """A figure moved in its unit or on the logit; a share at the very edge keeps its place."""
    if by == 0.0 or not share:
        return value + by
    held = min(max(value / 100, _LEAST), 1 - _LEAST)
    moved = 100 / (1 + exp(-(log(held / (1 - held)) + by)))
    return min(value, moved) if by < 0 else max(value, moved)


def _logit(share: Any) -> Any:
    held = np.clip(share, _LEAST, 1 - _LEAST)
    return np.log(held / (1 - held))
