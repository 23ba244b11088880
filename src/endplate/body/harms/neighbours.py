"""Weakness of a neighbour: the same chain run for the toxin that passed its gate."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
_FEWEST = 5  # people with the weakness under whom no median time is told


class Weakness(NamedTuple):
    """Share of people who get it [1], and median start and length [d] among them."""

    share: float
    start_d: float | None
    length_d: float | None


def weak_times(working: Numbers, time_d: Numbers, least_working: float) -> tuple[Numbers, Numbers]:
    """When each person's neighbour falls below the working fraction at which a weakness shows.

    Parameters
    ----------
    working : [1], in [0, 1]
        Working fraction of the neighbour, the worse side, shape (people, times).
    time_d : [d]
        Times, shape (times,).
    least_working : [1], in [0, 1]
        Working fraction below which the weakness shows.

    Returns
    -------
    [d]
        Start and length of each person's weakness, NaN where there is none.
    """
    weak = working < least_working
    has = weak.any(axis=1)
    start = np.where(has, time_d[weak.argmax(axis=1)], np.nan)
    length = np.where(has, weak @ np.diff(time_d, prepend=time_d[0]), np.nan)
    return start, length


def weakness(start_d: Numbers, length_d: Numbers) -> Weakness:
    """Sum up the persons' times; NaN is a person without the weakness."""
    has = ~np.isnan(start_d)
    if has.sum() < _FEWEST:
        return Weakness(float(has.mean()), None, None)
    return Weakness(
        float(has.mean()), float(np.median(start_d[has])), float(np.median(length_d[has]))
    )
