"""Predicted against published: every figure of a table, with a 90 % predictive interval."""

from dataclasses import asdict, dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from endplate.facts.trials import TrialFigure
from endplate.learn.fit import predictor_for
from endplate.learn.harms import HarmRow, harm_rows, is_harm
from endplate.learn.kinds import (
    KIND_MEAN,
    KIND_PERCENT,
    kind_of,
    reading_of,
    why_skipped,
)
from endplate.learn.likelihood import UNSTATED_N, figure_arrays, mean_sd
from endplate.people import model

DRAWS = 24
_SAMPLES = 4000
_SEED = 20261122
_LEAST = 0.002
_Z90 = 1.6448536269514722
KIND_HARM = "harm"
_KINDS = {KIND_PERCENT: "percent", KIND_MEAN: "change"}
# Error of a mean change that counts as small: a fifth of the group's own change, or a point.
NEAR_SHARE, NEAR_POINTS = 0.2, 1.0
_ROUNDING = 0.5  # a printed percent stands for half a point either way
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One published figure beside its prediction; `low` to `high` is the 90 % interval."""

    trial_id: str
    indication: str
    product: str
    arm: str
    day: float | None
    endpoint: str
    kind: str
    n: int | None
    observed: float
    bound: str
    predicted: float
    low: float
    high: float
    inside: bool
    unit: str
    verified: bool


@dataclass(frozen=True)
class Validation:
    """Rows predicted, figures skipped with the reason, and a summary by area and kind."""

    rows: tuple[Row, ...]
    skipped: tuple[dict[str, str], ...]
    summary: tuple[dict[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "rows": [asdict(row) for row in self.rows],
            "skipped": list(self.skipped),
            "summary": list(self.summary),
        }


def validate(figures: tuple[TrialFigure, ...]) -> Validation:
    """Predict every figure the model covers, at the stored estimates.

    Parameters
    ----------
    figures : tuple of TrialFigure
        A table; it need not be the one the model was fitted to.

    Returns
    -------
    Validation
        The interval of a percent holds the parameters' uncertainty, the scatter between trials
        and definitions, and the sampling of n people (60 where n is not stated).
    """
    counted, uncounted = harm_rows(tuple(f for f in figures if is_harm(f)))
    others = tuple(f for f in figures if not is_harm(f))
    reasons = [*((f, why_skipped(f)) for f in others), *uncounted]
    skipped = tuple(
        {"trial_id": f.trial_id, "endpoint": f.endpoint, "reason": reason}
        for f, reason in reasons
        if reason is not None
    )
    rows = (*_body_rows(others), *map(_harm_row, counted))
    return Validation(rows, skipped, _summary(rows))


def _body_rows(figures: tuple[TrialFigure, ...]) -> tuple[Row, ...]:
    """Rows of the figures that the body model predicts."""
    predictor = predictor_for(figures, figures)
    if not predictor.figures:
        return ()
    centre = np.asarray(model.stored_vector())
    rng = np.random.default_rng(_SEED)
    vectors = model.drawn_vectors(DRAWS)
    predicted = np.asarray(predictor.jitted(jnp.asarray(centre)))
    drawn = np.array([predictor.jitted(jnp.asarray(vector)) for vector in vectors])
    values = {k: float(v) for k, v in model.natural_values(jnp.asarray(centre)).items()}
    return tuple(
        _row(figure, predicted[i], drawn[:, i], values, rng)
        for i, figure in enumerate(predictor.figures)
    )


def _row(
    figure: TrialFigure,
    predicted: float,
    drawn: Numbers,
    values: dict[str, float],
    rng: np.random.Generator,
) -> Row:
    kind = kind_of(figure.endpoint, figure.indication) or ""
    if kind == KIND_PERCENT:
        low, high = _percent_band(predicted, drawn, figure.n or UNSTATED_N, values, rng)
        predicted, unit, slack = 100 * predicted, "%", _ROUNDING
    elif kind == KIND_MEAN:
        low, high = _mean_band(predicted, drawn, figure, values["trial_mean_sd"])
        reading = reading_of(figure.indication, figure.endpoint)
        unit, slack = reading.unit if reading else "", 0.0
    else:
        low, high = _day_band(predicted, drawn, values["duration_log_sd"])
        unit, slack = "d", 0.5
    inside = low - slack <= figure.value <= high + slack
    if figure.bound == "at_least":
        inside = figure.value <= high + slack
    return _told(figure, _KINDS.get(kind, "duration"), unit, (predicted, low, high), inside)


def _harm_row(found: HarmRow) -> Row:
    """Row of a counted unwanted effect."""
    told = found.predicted, found.low, found.high
    return _told(found.figure, KIND_HARM, "%", told, found.inside)


def _told(
    figure: TrialFigure,
    kind: str,
    unit: str,
    told: tuple[float, float, float],
    inside: bool,
) -> Row:
    """Row of a figure beside its prediction and the bounds of that."""
    predicted, low, high = told
    return Row(
        trial_id=figure.trial_id,
        indication=figure.indication,
        product=figure.product,
        arm=figure.arm,
        day=figure.day,
        endpoint=figure.endpoint,
        kind=kind,
        n=figure.n,
        observed=figure.value,
        bound=figure.bound,
        predicted=float(predicted),
        low=low,
        high=high,
        inside=bool(inside),
        unit=unit,
        verified=figure.verified,
    )


def _percent_band(
    share: float, drawn: Numbers, n: int, values: dict[str, float], rng: np.random.Generator
) -> tuple[float, float]:
    moved = _logit(drawn) - _logit(share)
    sd = np.sqrt(
        np.mean(moved**2) + values["trial_logit_sd"] ** 2 + values["definition_logit_sd"] ** 2
    )
    shares = 1 / (1 + np.exp(-(_logit(share) + sd * rng.standard_normal(_SAMPLES))))
    seen = rng.binomial(n, shares) / n
    low, high = np.percentile(seen, [5, 95])
    return 100 * float(low), 100 * float(high)


def _mean_band(
    predicted: float, drawn: Numbers, figure: TrialFigure, relative_sd: float
) -> tuple[float, float]:
    between = mean_sd(jnp.asarray([predicted]), jnp.asarray(relative_sd), figure_arrays((figure,)))
    sd = float(np.hypot(float(between[0]), np.sqrt(np.mean((drawn - predicted) ** 2))))
    return float(predicted - _Z90 * sd), float(predicted + _Z90 * sd)


def _day_band(days: float, drawn: Numbers, log_sd: float) -> tuple[float, float]:
    held = max(days, 0.25)
    moved = np.log(np.maximum(drawn, 0.25)) - np.log(held)
    sd = np.sqrt(np.mean(moved**2) + log_sd**2)
    return float(held * np.exp(-_Z90 * sd)), float(held * np.exp(_Z90 * sd))


def _logit(share: Any) -> Any:
    held = np.clip(share, _LEAST, 1 - _LEAST)
    return np.log(held / (1 - held))


_UNITS = {"percent": "points", "change": "own unit", "duration": "d", KIND_HARM: "points"}


def _summary(rows: tuple[Row, ...]) -> tuple[dict[str, Any], ...]:
    """Error and coverage by area and kind, and over all areas; floors count for coverage alone.

    Changes have many units: their error is told in each figure's own unit, and as the share of
    figures within a fifth of the group's change or one point.
    """
    areas = (*dict.fromkeys(row.indication for row in rows), "all")
    told = []
    for area in areas:
        for kind, unit in _UNITS.items():
            own = [r for r in rows if area in (r.indication, "all") and r.kind == kind]
            exact = [r.predicted - r.observed for r in own if not r.bound]
            if not own:
                continue
            entry = {
                "indication": area,
                "kind": kind,
                "n": len(own),
                "mae": float(np.mean(np.abs(exact))) if exact else None,
                "bias": float(np.mean(exact)) if exact else None,
                "coverage_90": 100 * float(np.mean([r.inside for r in own])),
                "unit": unit,
            }
            if kind == "change":
                entry["near_percent"] = 100 * float(np.mean([_near(r) for r in own]))
            told.append(entry)
    return tuple(told)


def _near(row: Row) -> bool:
    return abs(row.predicted - row.observed) <= max(NEAR_SHARE * abs(row.observed), NEAR_POINTS)
