"""Tests and intervals as trials report them, for many replicates at once (NumPy and SciPy).

Every array has replicates first. What cannot be tested (nobody there, nothing varies) has p = 1
and an estimate of NaN where none can be given.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, stdtr, stdtrit

Numbers = NDArray[np.float64]


class Estimate(NamedTuple):
    """Estimate with its two-sided interval, and the p value of its test; arrays (replicates,)."""

    value: Numbers
    low: Numbers
    high: Numbers
    p: Numbers


def wilson(events: Numbers, n: Numbers, z: float) -> tuple[Numbers, Numbers]:
    """Wilson's interval of a share [1]; `z` [1] is the normal quantile of its level."""
    n = np.maximum(n, 1e-300)
    share = events / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half


def newcombe(
    events: Numbers, n: Numbers, control_events: Numbers, control_n: Numbers, z: float
) -> tuple[Numbers, Numbers, Numbers]:
    """Difference of two shares [1] with Newcombe's hybrid score interval.

    Notes
    -----
    Newcombe 1998, method 10: from the two Wilson intervals, without continuity correction.
    """
    some = (n > 0) & (control_n > 0)
    first, second = events / np.where(n > 0, n, 1), control_events / np.where(some, control_n, 1)
    low, high = wilson(events, n, z)
    other_low, other_high = wilson(control_events, control_n, z)
    value = first - second
    lower = value - np.sqrt((first - low) ** 2 + (other_high - second) ** 2)
    upper = value + np.sqrt((high - first) ** 2 + (second - other_low) ** 2)
    return tuple(np.where(some, x, np.nan) for x in (value, lower, upper))  # type: ignore[return-value]


def cochran_mantel_haenszel(
    events: Numbers, n: Numbers, control_events: Numbers, control_n: Numbers
) -> Numbers:
    """P value of no association in any stratum; arrays (..., strata), without correction."""
    total = n + control_n
    cases = events + control_events
    safe = np.maximum(total, 1)
    expected = n * cases / safe
    variance = n * control_n * cases * (total - cases) / (safe**2 * np.maximum(total - 1, 1))
    variance = np.where(total > 1, variance, 0.0)
    off, spread = (events - expected).sum(axis=-1), variance.sum(axis=-1)
    statistic = np.where(spread > 0, off**2 / np.where(spread > 0, spread, 1), 0.0)
    return chdtrc(1, statistic)


class Sums(NamedTuple):
    """Sums of a measure and its baseline in one arm by stratum, (..., strata).

    `n` people, `x` baseline, `y` outcome, and their products.
    """

    n: Numbers
    x: Numbers
    y: Numbers
    xx: Numbers
    xy: Numbers
    yy: Numbers


def ancova(arm: Sums, control: Sums, level: float) -> Estimate:
    """Difference of means adjusted for baseline and stratum, by least squares.

    Parameters
    ----------
    arm, control : Sums
        Sums of both arms, (replicates, strata).
    level : [1]
        Two-sided level of the interval, as 0.05.
    """
    strata = arm.n.shape[-1]
    size = strata + 2
    shape = arm.n.shape[:-1]
    normal, right = np.zeros((*shape, size, size)), np.zeros((*shape, size))
    n, x, y, xx, xy, yy = (a + c for a, c in zip(arm, control, strict=True))
    for s in range(strata):
        normal[..., s, s] = n[..., s]
        normal[..., s, strata] = normal[..., strata, s] = arm.n[..., s]
        normal[..., s, strata + 1] = normal[..., strata + 1, s] = x[..., s]
        right[..., s] = y[..., s]
    normal[..., strata, strata] = arm.n.sum(axis=-1)
    both = arm.x.sum(axis=-1)
    normal[..., strata, strata + 1] = normal[..., strata + 1, strata] = both
    normal[..., strata + 1, strata + 1] = xx.sum(axis=-1)
    right[..., strata], right[..., strata + 1] = arm.y.sum(axis=-1), xy.sum(axis=-1)
    # strata that nobody is in, and a baseline that does not vary, take no part
    inverse = np.linalg.pinv(normal, hermitian=True, rcond=1e-12)
    beta = np.einsum("...ij,...j->...i", inverse, right)
    rank = np.einsum("...ij,...ji->...", inverse, normal)
    freedom = n.sum(axis=-1) - np.round(rank)
    residual = np.maximum(yy.sum(axis=-1) - np.einsum("...i,...i->...", beta, right), 0.0)
    possible = (freedom > 0) & (arm.n.sum(axis=-1) > 0) & (control.n.sum(axis=-1) > 0)
    freedom = np.where(possible, freedom, 1.0)
    error = np.sqrt(residual / freedom * inverse[..., strata, strata])
    value = np.where(possible, beta[..., strata], np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2.0 * stdtr(freedom, -np.abs(value / error))
    half = error * stdtrit(freedom, 1.0 - level / 2.0)
    p = np.where(possible & (error > 0), p, 1.0)
    return Estimate(value, value - half, value + half, p)


class Survival(NamedTuple):
    """People of one arm by the day of their event or censoring, (replicates, days)."""

    events: Numbers
    censored: Numbers

    @property
    def at_risk(self) -> Numbers:
        """People neither lost nor censored before each day."""
        leaving = self.events + self.censored
        return leaving[..., ::-1].cumsum(axis=-1)[..., ::-1]


def log_rank(arm: Survival, control: Survival) -> tuple[Numbers, Numbers]:
    """Hazard ratio (Peto's, from observed less expected) and p value of the log-rank test."""
    risk, other = arm.at_risk, control.at_risk
    total, events = risk + other, arm.events + control.events
    safe = np.maximum(total, 1)
    expected = events * risk / safe
    variance = events * risk * other * (total - events) / (safe**2 * np.maximum(total - 1, 1))
    variance = np.where(total > 1, variance, 0.0)
    off = (arm.events - expected).sum(axis=-1)
    spread = variance.sum(axis=-1)
    some = spread > 0
    ratio = np.where(some, np.exp(np.clip(off / np.where(some, spread, 1), -50, 50)), np.nan)
    return ratio, chdtrc(1, np.where(some, off**2 / np.where(some, spread, 1), 0.0))


def kaplan_meier(arm: Survival) -> Numbers:
    """Share without the event after each day [1], (replicates, days)."""
    risk = arm.at_risk
    return np.asarray(np.cumprod(1.0 - arm.events / np.maximum(risk, 1), axis=-1), float)


def median_day(share: Numbers, day_d: Numbers) -> Numbers:
    """First day [d] by which half have the event; NaN where never, (replicates,)."""
    half = share <= 0.5 + 1e-12
    return np.where(half.any(axis=-1), day_d[half.argmax(axis=-1)], np.nan)


def rejected(p: Numbers, alpha: float, rule: str) -> NDArray[np.bool_]:
    """Which hypotheses are rejected in each replicate, (replicates, hypotheses).

    Parameters
    ----------
    p : [1]
        P values in the order of the hierarchy.
    alpha : [1]
        Two-sided level of the family.
    rule : str
        `none` tests each at the level; `co_primary` rejects all or none; `fixed_sequence` stops at
        the first that is not rejected; `holm` steps down.
    """
    below = p <= alpha
    if rule == "co_primary":
        return np.broadcast_to(below.all(axis=-1, keepdims=True), p.shape)
    if rule == "fixed_sequence":
        return np.logical_and.accumulate(below, axis=-1)
    if rule == "holm":
        order = np.argsort(p, axis=-1, kind="stable")
        steps = alpha / np.arange(p.shape[-1], 0, -1)
        passed = np.logical_and.accumulate(np.take_along_axis(p, order, -1) <= steps, axis=-1)
        found = np.zeros_like(below)
        np.put_along_axis(found, order, passed, -1)
        return found
    return below
