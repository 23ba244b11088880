"""Counted unwanted effects: what the fit predicts for a trial's figure, with its interval."""

from dataclasses import dataclass

import numpy as np

from endplate.facts.harms import HarmEstimate, HarmFit, harm_fit
from endplate.facts.trials import TrialFigure
from endplate.fit.harms.counts import PLACEBO, count_of, why_no_count
from endplate.results.harms import UNSTATED_N, drawn_shares
from endplate.validation.predictive import PredictiveInterval, mid_rank, narrowest

_DRAWS = 10_000
_SEED = 20261122
_ROUNDING = 0.5  # a printed percent stands for half a point either way


@dataclass(frozen=True)
class HarmPrediction:
    """Prediction for one figure, in percent, with what groups of its size may count."""

    figure: TrialFigure
    predicted: float
    interval: PredictiveInterval

    @property
    def inside(self) -> bool:
        """Whether the published percent lies in the interval, as far as it was rounded."""
        low, high, _ = self.interval
        return low - _ROUNDING <= self.figure.value <= high + _ROUNDING


def predict_harms(
    figures: tuple[TrialFigure, ...], fit: HarmFit | None = None
) -> tuple[tuple[HarmPrediction, ...], tuple[tuple[TrialFigure, str], ...]]:
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
        Predictions with what the fit leaves open, the spread between trials and the sampling of n
        people (60 where n is not stated); and the figures skipped, each with the reason.
    """
    fit = fit or harm_fit()
    rng = np.random.default_rng(_SEED)
    predictions, skipped = [], []
    for figure in figures:
        estimate, reason = _estimate(figure, fit), why_no_count(figure)
        if reason is not None:
            skipped.append((figure, reason))
        elif estimate is None:
            reason = f"{figure.endpoint} was not counted in {figure.indication} or near it"
            skipped.append((figure, reason))
        else:
            predictions.append(_prediction(figure, estimate, fit, rng))
    return tuple(predictions), tuple(skipped)


def _estimate(figure: TrialFigure, fit: HarmFit) -> HarmEstimate | None:
    return fit.estimate(count_of(figure).term, figure.indication, figure.product)


def _prediction(
    figure: TrialFigure, estimate: HarmEstimate, fit: HarmFit, rng: np.random.Generator
) -> HarmPrediction:
    """The middle of what groups like this one would have, and what groups of n people may count."""
    count = count_of(figure)
    doublings = fit.doublings(figure.indication, figure.product, count.dose_u)
    shift = fit.scatter.related_shift if count.related else 0.0
    drug = figure.product != PLACEBO
    shares = drawn_shares(estimate, fit.scatter, drug, doublings, rng, _DRAWS, shift)
    people = figure.n or UNSTATED_N
    percents = 100 * rng.binomial(people, shares) / people
    rank = None if figure.bound else mid_rank(percents, figure.value)
    interval = PredictiveInterval(*narrowest(percents), rank)
    return HarmPrediction(figure, 100 * float(np.mean(shares)), interval)
