"""Shares of people with an effect under the fit of counted harms, as draws."""

from math import log

import numpy as np
from numpy.typing import NDArray

from endplate.facts.harm_fit import HarmEstimate, HarmScatter

Numbers = NDArray[np.float64]
# Spread of a dose that is not stated, in doublings: half or twice the usual one is rare.
_UNSTATED_DOUBLINGS = 0.5


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
        excess = estimate.excess_logit + estimate.excess_sd * own[2]
        hazard = hazard + np.logaddexp(0.0, excess + slope * steps)
    logit = hazard + np.log(-np.expm1(-hazard)) + shift + scatter.between_sd * own[3]
    return 1.0 / (1.0 + np.exp(-logit))
