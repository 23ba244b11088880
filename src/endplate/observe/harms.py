"""Unwanted effects: of the needle, site by site, and of toxin that passed a neighbour's gate."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.stats import norm
from numpy.typing import NDArray

from endplate.observe.times import first_crossing_d

Numbers = NDArray[np.float64]
_FEWEST = 5  # people with the weakness under whom no median time is told


class Weakness(NamedTuple):
    """Share of people who get it [1], and median start and length [d] among them.

    `length_low_d` and `length_high_d` [d] hold the length of nine in ten of them.
    """

    share: float
    start_d: float | None
    length_d: float | None
    length_low_d: float | None = None
    length_high_d: float | None = None


def weak_times(working: Array, time_d: Array, least_working: float) -> tuple[Array, Array]:
    """When each subject's neighbour works less than the fraction at which a weakness shows.

    Parameters
    ----------
    working : [1], in [0, 1]
        Working fraction of the neighbour, the worse side, shape (times, subjects).
    time_d : [d]
        Times, shape (times,).
    least_working : [1], in [0, 1]
        Working fraction below which the weakness shows.

    Returns
    -------
    [d]
        Start and length of each subject's weakness, NaN where there is none.
    """
    below = least_working - working
    start_d = first_crossing_d(below - 1e-9, time_d)
    lower, upper = jnp.minimum(below[1:], below[:-1]), jnp.maximum(below[1:], below[:-1])
    part = jnp.clip(upper / jnp.maximum(upper - lower, 1e-12), 0.0, 1.0)
    part = jnp.where(lower > 0.0, 1.0, jnp.where(upper <= 0.0, 0.0, part))
    length_d = jnp.diff(jnp.asarray(time_d, working.dtype)) @ part
    return start_d, jnp.where(jnp.isnan(start_d), jnp.nan, length_d)


def weak_chance(log_margin: Array, own_log_load: Array, log_load_sd: Array | float) -> Array:
    """Chance of a weakness in people who are like each subject but for their load.

    Weakness of a neighbour is rare, and who has it is mostly a matter of how much of the dose acts
    and comes that way: the expectation over it tells of few people what a count tells of many.

    Parameters
    ----------
    log_margin : [1]
        Log of each subject's load at the neighbour over the load that makes it weak.
    own_log_load : [1]
        What of that log load is the subject's own, normal between people with mean 0.
    log_load_sd : [1], > 0
        Its standard deviation.

    Returns
    -------
    [1], in [0, 1]
        Shape (subjects,).
    """
    return norm.cdf((log_margin - own_log_load) / log_load_sd)


def weakness(chance: Numbers, start_d: Numbers, length_d: Numbers) -> Weakness:
    """Sum up the persons: mean chance, and median times among those who have it (not NaN)."""
    has, share = ~np.isnan(start_d), float(chance.mean())
    if has.sum() < _FEWEST:
        return Weakness(share, None, None)
    low_d, middle_d, high_d = (float(d) for d in np.percentile(length_d[has], [5, 50, 95]))
    return Weakness(share, float(np.median(start_d[has])), middle_d, low_d, high_d)


def per_session(share: float, counted_sites: int, sites: int) -> float:
    """Share of people with the effect after a session of other than the counted number of sites.

    Parameters
    ----------
    share : [1], in [0, 1]
        Share counted after a session of `counted_sites` sites.
    counted_sites, sites : int, > 0
        Sites of the counted session and of this one.

    Returns
    -------
    [1], in [0, 1]
        Each site is taken as independent of the others.

    Examples
    --------
    >>> per_session(0.19, 2, 1)
    0.1
    """
    return 1.0 - (1.0 - share) ** (sites / counted_sites)
