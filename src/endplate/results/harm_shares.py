"""Shares of people with an unwanted effect: drawn from the fit, or counted and moved."""

from math import exp, hypot, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit

from endplate.facts.harms import HarmEstimate, HarmScatter, harm_fit

Numbers = NDArray[np.float64]
# Spread of a dose that is not stated, in doublings: half or twice the usual one is rare.
_UNSTATED_DOUBLINGS = 0.5
UNSTATED_N = 60  # people in a group whose size is not stated: near the median of the trials
_Z90 = 1.6448536269514722


def drawn_shares(
    estimate: HarmEstimate,
    scatter: HarmScatter,
    drug: bool,
    doublings: float | None,
    rng: np.random.Generator,
    count: int,
    shift: float = 0.0,
) -> Numbers:
    """Shares in groups of people to come [1]: what the fit leaves open, and how groups differ.

    Parameters
    ----------
    estimate, scatter : HarmEstimate, HarmScatter
        Row and scatter of the fit.
    drug : bool
        Treated, else placebo.
    doublings : [1] or None
        Doublings from the usual dose; None where the dose is not known.
    rng : numpy.random.Generator
        Source of the draws.
    count : int
        Number of draws.
    shift : [1]
        Shift on the log odds, of counts defined more narrowly.
    """
    own = rng.standard_normal((5, count))
    hazard = np.logaddexp(0.0, estimate.background_logit + estimate.background_sd * own[0])
    if drug:
        known = doublings is not None
        steps = doublings if known else _UNSTATED_DOUBLINGS * own[4]
        slope = np.exp(log(estimate.slope) + estimate.slope_log_sd * own[1])
        both = estimate.correlation
        excess = both * own[0] + np.sqrt(1.0 - both**2) * own[2]
        excess = estimate.excess_logit + estimate.excess_sd * excess
        hazard = hazard + np.logaddexp(0.0, excess + slope * steps)
    log_odds = hazard + np.log(-np.expm1(-hazard)) + shift + scatter.between_sd * own[3]
    return expit(log_odds)


def sampling_band(events: float, n: int) -> tuple[float, float]:
    """90 % interval of a share counted as `events` of `n` (Jeffreys): the sampling of n alone."""
    low, high = betaincinv(events + 0.5, n - events + 0.5, np.array([0.05, 0.95]))
    return float(low), float(high)


def share_band(events: float, n: int, other_sd: float = 0.0) -> tuple[float, float]:
    """90 % interval of the share in another group of people.

    Parameters
    ----------
    events, n : [1]
        What was counted.
    other_sd : [1]
        Further standard deviation of the log odds, as of the slope a count was moved by.

    Returns
    -------
    tuple of [1]
        The sampling of n people, how far groups differ that are alike in all the model knows, and
        the further spread, added up as squares on the log odds.
    """
    centre = logit((events + 0.5) / (n + 1.0))
    spread = _Z90 * hypot(harm_fit().scatter.between_sd, other_sd)
    below, above = (logit(bound) - centre for bound in sampling_band(events, n))
    return float(expit(centre - hypot(below, spread))), float(expit(centre + hypot(above, spread)))


def share_at(share: float, placebo_share: float, log_odds: float) -> float:
    """Share of people with an effect at another dose.

    Parameters
    ----------
    share : [1]
        Share at the counted dose.
    placebo_share : [1]
        Share under placebo, which no dose moves.
    log_odds : [1]
        Rise of the log odds of what the drug adds: slope per doubling times doublings.

    Returns
    -------
    [1], in [0, 1]
        Unchanged where no more was counted than under placebo.

    Examples
    --------
    >>> round(share_at(0.15, 0.0, 0.68), 3)
    0.258
    """
    if not placebo_share < share < 1.0:
        return share
    beyond = (share - placebo_share) / (1.0 - placebo_share)
    odds = beyond / (1.0 - beyond) * exp(log_odds)
    return placebo_share + (1.0 - placebo_share) * odds / (1.0 + odds)
