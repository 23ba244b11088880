"""How sure an outcome is, in three parts kept apart: parameters, trials, people."""

from math import comb
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

GROUP = 100  # people in the group over which a share varies: "out of 100"
_Z90 = 1.6448536269514722
_TAIL = 0.05
_LEAST = 1e-3
_COUNT = np.arange(GROUP + 1)
_WAYS = np.array([float(comb(GROUP, count)) for count in _COUNT.tolist()])
Numbers = NDArray[np.float64]
Figures = float | Numbers


class Between(NamedTuple):
    """Scatter between trials: on the logit of a share, as a share of a mean, on the log of a time.

    All [1] and as fitted; `widened` is how much wider they are taken for a plan that
    lies outside what trials tried.
    """

    logit_sd: float
    relative_sd: float
    time_log_sd: float
    widened: float


def spread_words(factor: float) -> str:
    """A factor on a spread in words.

    Examples
    --------
    >>> spread_words(2.24), spread_words(1.02)
    ('2.2 times as wide', 'hardly wider')
    """
    return "hardly wider" if factor < 1.05 else f"{factor:.2g} times as wide"


def intervals(
    value: Figures, draws: Numbers, centre: Figures, share: bool, between: Between
) -> dict[str, Any]:
    """90 % intervals of what a group of many people shows: whole, by parameters, by trials.

    One figure or several of one kind, each with its own interval.

    Parameters
    ----------
    value : [endpoint's unit]
        The figure, or figures (figures,).
    draws : [endpoint's unit]
        The same under parameter vectors drawn from the fit, in few people, shape (draws,) or
        (draws, figures).
    centre : [endpoint's unit]
        The same in these few people at the estimates.
    share : bool
        Whether it is people out of 100: such figures move on the logit.
    between : Between
        Scatter between trials.
    """
    if share:
        parameter_sd = _rms(_logit(draws / 100) - _logit(centre / 100))
    else:
        parameter_sd = _rms(draws - centre)
    trial_sd = _trial_sd(value, share, between)
    parts = {
        "": np.hypot(parameter_sd, trial_sd),
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


def people_range(value: Figures, people: NDArray[np.float32] | None) -> dict[str, Any]:
    """How people differ: 5th and 95th percentile of the values of single people.

    These are of shape (people,), or (people, figures) for several figures of one kind.
    Without them the figure is a share: one person has the event or not, so the range is of how
    many of 100 people drawn at random have it. Each has it with the same chance beforehand, so
    that the number is binomial whatever makes people differ.
    """
    if people is None:
        low, high = binomial_ranges(np.asarray(value) / 100)
        return {"people_low": 100.0 * low / GROUP, "people_high": 100.0 * high / GROUP}
    ends = np.percentile(people, (100 * _TAIL, 100 * (1 - _TAIL)), axis=0)
    return {"people_low": ends[0], "people_high": ends[1]}


def binomial_range(share: float) -> tuple[int, int]:
    """5th and 95th percentile of how many of a group have an event, given its share [1].

    Examples
    --------
    >>> binomial_range(0.5)
    (42, 58)
    >>> binomial_range(0.0)
    (0, 0)
    """
    low, high = binomial_ranges(np.array(share))
    return int(low), int(high)


def binomial_ranges(share: Numbers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """As `binomial_range` for many shares [1], any shape."""
    chance = np.asarray(share)[..., None]
    summed = np.cumsum(_WAYS * chance**_COUNT * (1 - chance) ** (GROUP - _COUNT), axis=-1)
    low, high = ((summed < part).sum(axis=-1) for part in (_TAIL, 1 - _TAIL))
    return np.minimum(low, GROUP), np.minimum(high, GROUP)


def _trial_sd(value: Figures, share: bool, between: Between) -> Any:
    """Scatter between trials: on the logit of a share, in the endpoint's unit else."""
    return between.widened * (between.logit_sd if share else between.relative_sd * abs(value))


def _rms(shift: Any) -> Any:
    return np.sqrt(np.mean(np.square(shift), axis=0))


def _moved(value: Figures, by: Any, share: bool) -> Any:
    """A figure moved in its unit or on the logit; a share at the very edge stays there."""
    if not share:
        return value + by
    moved = 100 / (1 + np.exp(-(_logit(value / 100) + by)))
    held = np.where(by < 0, np.minimum(value, moved), np.maximum(value, moved))
    return np.where(by == 0.0, value, held)[()]


def _logit(share: Any) -> Any:
    held = np.clip(share, _LEAST, 1 - _LEAST)
    return np.log(held / (1 - held))
