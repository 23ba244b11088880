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
from endplate.learn.predictive import (
    Predictive,
    day_predictive,
    mean_predictive,
    percent_predictive,
)
from endplate.learn.row import Row
from endplate.learn.summary import summary
from endplate.learn.targets import Target, targets_of
from endplate.people import model

DRAWS = 24
_SEED = 20261122
_KINDS = {KIND_PERCENT: "percent", KIND_MEAN: "change"}
_ROUNDING = 0.5  # a printed percent stands for half a point either way
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Validation:
    """Rows predicted, figures skipped with the reason, and a summary by area and kind."""

    rows: tuple[Row, ...]
    skipped: tuple[dict[str, str], ...]
    summary: tuple[dict[str, Any], ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the project promised, met or not."""
        return targets_of(self.summary)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "rows": [asdict(row) for row in self.rows],
            "skipped": list(self.skipped),
            "summary": list(self.summary),
            "targets": [asdict(target) for target in self.targets],
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
    return Validation(rows, skipped, summary(rows))


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
        between = float(np.hypot(values["trial_logit_sd"], values["definition_logit_sd"]))
        found = percent_predictive(predicted, drawn, figure, between, rng)
        predicted, unit, slack = 100 * predicted, "%", _ROUNDING
    elif kind == KIND_MEAN:
        found = mean_predictive(predicted, drawn, figure, values["trial_mean_sd"])
        reading = reading_of(figure.indication, figure.endpoint)
        unit, slack = reading.unit if reading else "", 0.0
    else:
        found = day_predictive(predicted, drawn, figure, values["duration_log_sd"])
        unit, slack = "d", 0.5
    inside = found.low - slack <= figure.value <= found.high + slack
    if figure.bound == "at_least":
        inside = figure.value <= found.high + slack
    return _told(figure, _KINDS.get(kind, "duration"), unit, float(predicted), found, bool(inside))


def _harm_row(row: HarmRow) -> Row:
    """Row of a counted unwanted effect."""
    return _told(row.figure, "harm", "%", row.predicted, row.found, row.inside)


def _told(
    figure: TrialFigure, kind: str, unit: str, predicted: float, found: Predictive, inside: bool
) -> Row:
    """Row of a figure beside what was predicted for it."""
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
        predicted=predicted,
        low=found.low,
        high=found.high,
        inside=inside,
        unit=unit,
        verified=figure.verified,
        rank=found.rank,
        area_dose_u=figure.area_dose_u,
        source=figure.source,
        note=figure.note,
    )
