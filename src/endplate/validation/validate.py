"""Predicted against published: every figure of a table, with a 90 % predictive interval."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from endplate.facts.trials import TrialFigure
from endplate.fit.block import blocks_of
from endplate.fit.endpoint_types import (
    KIND_MEAN,
    KIND_PERCENT,
    kind_of_figure,
    reading_of_figure,
    why_skipped,
)
from endplate.fit.harms import is_harm
from endplate.fit.likelihood import Scatter, figure_arrays, natural, scatter_of
from endplate.model import HYPOTHESES, Model, Parameters
from endplate.validation.harms import predict_harms
from endplate.validation.predictive import PredictiveInterval, predictive_intervals
from endplate.validation.results import DrawnFigures, Row, Validation, row_of, small_change, summary

DRAWS, LEAST_DRAWS, MOST_DRAWS = 24, 8, 200
_BLOCKS_AT_ONCE = 2  # one runs while the next is made ready
_ROUNDING = 0.5  # a printed percent, or day, stands for half a unit either way
Numbers = NDArray[np.float64]


def validate(
    figures: tuple[TrialFigure, ...],
    progress: Callable[[int, int], None] = lambda *_: None,
    model: Model | None = None,
    draws: int = DRAWS,
) -> Validation:
    """Predict every figure the model covers, at the stored estimates.

    Parameters
    ----------
    figures : tuple of TrialFigure
        A table; it need not be the one the model was fitted to.
    progress
        Called with the number of groups of uses done and of how many.
    model : Model
        Hypotheses; the default ones unless given. Parameters are those fitted under the default.
    draws : int
        Stored draws of the posterior that the intervals rest on.

    Returns
    -------
    Validation
        An interval holds the parameters' uncertainty, the scatter between trials and definitions,
        and the sampling of n people (60 where n is not stated).
    """
    harms, skipped_harms = predict_harms(tuple(f for f in figures if is_harm(f)))
    others = tuple(f for f in figures if not is_harm(f))
    reasons = [*((f, why_skipped(f)) for f in others), *skipped_harms]
    index = {id(figure): i for i, figure in enumerate(figures)}
    skipped = tuple(
        {
            "trial_id": f.trial_id,
            "endpoint": f.endpoint,
            "reason": reason,
            "figure": index[id(f)],
        }
        for f, reason in sorted(reasons, key=lambda pair: index[id(pair[0])])
        if reason is not None
    )
    body_rows, drawn = _body_rows(others, index, progress, model, draws)
    rows = (
        *body_rows,
        *(
            row_of(h.figure, "harm", "%", h.predicted, h.interval, h.inside, index[id(h.figure)])
            for h in harms
        ),
    )
    return Validation(rows, skipped, summary(rows), drawn)


@dataclass(frozen=True)
class RivalErrors:
    """Mean absolute errors of the published figures under one model, without a new fit.

    `percent` in points, `change` over what counts as small, `duration_d` in days; None where no
    figure of that kind has a prediction that is a number.
    """

    model: Model
    percent: float | None
    change: float | None
    duration_d: float | None


def rival_errors(
    figures: tuple[TrialFigure, ...], progress: Callable[[int, int], None] = lambda *_: None
) -> tuple[RivalErrors, ...]:
    """Errors under the default model and with each rival hypothesis in place of its own.

    All run with the stored estimates, which were fitted under the default model. Floors and
    ceilings are left out.
    """
    default = Model()
    models = [default] + [
        replace(default, **{step: name})
        for step, known in HYPOTHESES.items()
        for name in known
        if name != getattr(default, step)
    ]
    errors = []
    for done, model in enumerate(models):
        progress(done, len(models))
        errors.append(_errors_under(model, figures))
    progress(len(models), len(models))
    return tuple(errors)


def _errors_under(model: Model, figures: tuple[TrialFigure, ...]) -> RivalErrors:
    vector = Parameters.stored().vectors
    by_kind: dict[str, list[float]] = {"percent": [], "change": [], "duration": []}
    for block in blocks_of(tuple(f for f in figures if not is_harm(f)), model=model):
        predicted = natural(block.many(vector)[0], figure_arrays(block.figures))
        for figure, value in zip(block.figures, predicted, strict=True):
            kind, _ = kind_and_unit(figure)
            if not figure.bound and np.isfinite(value):
                by_kind[kind].append(_error(kind, float(value), figure.value))
    means = [float(np.mean(own)) if own else None for own in by_kind.values()]
    return RivalErrors(model, *means)


def _error(kind: str, predicted: float, observed: float) -> float:
    error = abs(predicted - observed)
    return error / small_change(observed) if kind == "change" else error


def _body_rows(
    figures: tuple[TrialFigure, ...],
    index: dict[int, int],
    progress: Callable[[int, int], None],
    model: Model | None,
    draws: int,
) -> tuple[tuple[Row, ...], DrawnFigures]:
    """Rows of the figures that the body model predicts, and their draws, in order of the table."""
    parameters = Parameters.draws(draws)
    vectors = np.concatenate([Parameters.stored().vectors, parameters.vectors])
    scatter = stored_scatter()
    rows: dict[int, tuple[Row, TrialFigure, Numbers]] = {}
    blocks = blocks_of(figures, model=model)
    progress(0, len(blocks))
    with ThreadPoolExecutor(_BLOCKS_AT_ONCE) as pool:
        predictions = pool.map(lambda block: block.many(vectors), blocks)
        for done, (block, predicted) in enumerate(zip(blocks, predictions, strict=True), 1):
            block_rows = rows_of(block.figures, predicted[0], predicted[1:], scatter)
            for place, (figure, row) in enumerate(zip(block.figures, block_rows, strict=True)):
                own = index[id(figure)]
                rows[own] = replace(row, figure=own), figure, predicted[1:, place]
            progress(done, len(blocks))
    places = tuple(sorted(rows))
    linked = [rows[place][2] for place in places]
    drawn = DrawnFigures(
        places,
        tuple(rows[place][1] for place in places),
        parameters,
        np.stack(linked, axis=1) if linked else np.zeros((draws, 0)),
    )
    return tuple(rows[place][0] for place in places), drawn


def stored_scatter() -> Scatter:
    """Scatter of figures at the stored estimates."""
    values = Parameters.stored().values()
    return scatter_of({name: float(number[0]) for name, number in values.items()})


def rows_of(
    figures: tuple[TrialFigure, ...], predicted: Numbers, drawn: Numbers, scatter: Scatter
) -> tuple[Row, ...]:
    """Figures beside their predictions.

    `predicted` (figures,) and `drawn` (draws, figures) are on the link scale.
    """
    arrays = figure_arrays(figures)
    intervals = predictive_intervals(predicted, drawn, scatter, arrays)
    values = natural(predicted, arrays)
    return tuple(
        _body_row(figure, float(values[i]), intervals[i], int(arrays.bound[i]))
        for i, figure in enumerate(figures)
    )


def kind_and_unit(figure: TrialFigure) -> tuple[str, str]:
    """Kind of a figure that the body model predicts, and the unit of its value."""
    kind = kind_of_figure(figure)
    if kind == KIND_PERCENT:
        return "percent", "%"
    if kind == KIND_MEAN:
        reading = reading_of_figure(figure)
        return "change", reading.unit if reading else ""
    return "duration", "d"


def _body_row(
    figure: TrialFigure, predicted: float, interval: PredictiveInterval, bound: int
) -> Row:
    """Row of a figure that the body model predicts."""
    kind, unit = kind_and_unit(figure)
    inside = interval.contains(figure.value, 0.0 if kind == "change" else _ROUNDING, bound)
    return row_of(figure, kind, unit, predicted, interval, inside)
