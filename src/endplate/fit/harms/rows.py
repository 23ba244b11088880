"""Counted unwanted effects: what the fit predicts for a trial's figure, with its interval."""

from dataclasses import dataclass

import numpy as np

from endplate.facts.harm_fit import HarmEstimate, HarmFit, harm_fit
from endplate.facts.trials import TrialFigure
from endplate.fit.harms.counts import PLACEBO, count_of, why_no_count
from endplate.results.harms import UNSTATED_N, drawn_shares
from endplate.validation.predictive import Predictive, mid_rank, narrowest

_DRAWS = 10_000
_SEED = 20261122
_ROUNDING = 0.5  # a printed percent stands for half a point either way


@dataclass(frozen=True)
class HarmRow:
    """Prediction for one figure, in percent, with what groups of its size may count."""

    figure: TrialFigure
    predicted: float
    found: Predictive

    @property
    def inside(self) -> bool:
        """Whether the published percent lies in the interval, as far as it was rounded."""
        low, high, _ = self.found
        return low - _ROUNDING <= self.figure.value <= high + _ROUNDING


def why_no_harm(figure: TrialFigure, fit: HarmFit) -> str | None:
    """Why the fit gives no prediction for a figure of unwanted effects; None when it gives one."""
    reason = why_no_count(figure)
    if reason is not None:
        return reason
    if _estimate(figure, fit) is None:
        return f"{figure.endpoint} was not counted in {figure.indication} or near it"
    return None


def harm_rows(
    figures: tuple[TrialFigure, ...], fit: HarmFit | None = None
) -> tuple[tuple[HarmRow, ...], tuple[tuple[TrialFigure, str], ...]]:
    """Predict figures of unwanted effects, and say which are not predicted and why.

    Parameters
    ----------
    figures : tuple of TrialFigure
        Figures of unwanted effects, or of who stayed.
    fit : HarmFit
        Fit to predict from; the stored one if not given.

    Returns
    -------
    tuple
        Rows with what the fit leaves open, the spread between trials and the sampling of n people
        (60 where n is not stated); and the figures left out, each with the reason.
    """
    fit = fit or harm_fit()
    rng = np.random.default_rng(_SEED)
    found, left_out = [], []
    for figure in figures:
        estimate, reason = _estimate(figure, fit), why_no_harm(figure, fit)
        if estimate is None or reason is not None:
            left_out.append((figure, reason or ""))
        else:
            found.append(_row(figure, estimate, fit, rng))
    return tuple(found), tuple(left_out)


def _estimate(figure: TrialFigure, fit: HarmFit) -> HarmEstimate | None:
    return fit.estimate(count_of(figure).term, figure.indication, figure.product)


def _row(
    figure: TrialFigure, estimate: HarmEstimate, fit: HarmFit, rng: np.random.Generator
) -> HarmRow:
    """The middle of what groups like this one would have, and what groups of n people may count."""
    count = count_of(figure)
    doublings = fit.doublings(figure.indication, figure.product, count.dose_u)
    shift = fit.scatter.related_shift if count.related else 0.0
    drug = figure.product != PLACEBO
    shares = drawn_shares(estimate, fit.scatter, drug, doublings, rng, _DRAWS, shift)
    people = figure.n or UNSTATED_N
    seen = 100 * rng.binomial(people, shares) / people
    rank = None if figure.bound else mid_rank(seen, figure.value)
    return HarmRow(figure, 100 * float(np.mean(shares)), Predictive(*narrowest(seen), rank))
