"""Predicted against published: every figure of a table, with a 90 % predictive interval."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from endplate.facts.trials import TrialFigure
from endplate.fit.block import blocks_of
from endplate.fit.harms import HarmRow, harm_rows, is_harm
from endplate.fit.endpoint_types import KIND_MEAN, KIND_PERCENT, kind_of, reading_of, why_skipped
from endplate.fit.scatter import Scatter, figure_arrays, natural, scatter_of
from endplate.people import model
from endplate.validation.predictive import Predictive, predictives
from endplate.validation.results import Validation
from endplate.validation.row import Row
from endplate.validation.summary import summary

DRAWS = 24
_KINDS = {KIND_PERCENT: "percent", KIND_MEAN: "change"}
_BLOCKS_AT_ONCE = 2  # one runs while the next is made ready
_ROUNDING = 0.5  # a printed percent, or day, stands for half a unit either way
Numbers = NDArray[np.float64]


def validate(
    figures: tuple[TrialFigure, ...], told: Callable[[int, int], None] = lambda *_: None
) -> Validation:
    """Predict every figure the model covers, at the stored estimates.

    Parameters
    ----------
    figures : tuple of TrialFigure
        A table; it need not be the one the model was fitted to.
    told
        Called with the number of groups of uses done and of how many.

    Returns
    -------
    Validation
        An interval holds the parameters' uncertainty, the scatter between trials and definitions,
        and the sampling of n people (60 where n is not stated).
    """
    counted, uncounted = harm_rows(tuple(f for f in figures if is_harm(f)))
    others = tuple(f for f in figures if not is_harm(f))
    reasons = [*((f, why_skipped(f)) for f in others), *uncounted]
    place = {id(figure): i for i, figure in enumerate(figures)}
    skipped = tuple(
        {
            "trial_id": f.trial_id,
            "endpoint": f.endpoint,
            "reason": reason,
            "figure": place[id(f)],
        }
        for f, reason in sorted(reasons, key=lambda told: place[id(told[0])])
        if reason is not None
    )
    rows = (
        *_body_rows(others, place, told),
        *(replace(_harm_row(row), figure=place[id(row.figure)]) for row in counted),
    )
    return Validation(rows, skipped, summary(rows))


def _body_rows(
    figures: tuple[TrialFigure, ...], place: dict[int, int], told: Callable[[int, int], None]
) -> tuple[Row, ...]:
    """Rows of the figures that the body model predicts, in the order of the table."""
    vectors = np.concatenate([np.asarray(model.stored_vector())[None], model.drawn_vectors(DRAWS)])
    scatter = stored_scatter()
    rows: dict[int, Row] = {}
    blocks = blocks_of(figures)
    told(0, len(blocks))
    with ThreadPoolExecutor(_BLOCKS_AT_ONCE) as pool:
        every = pool.map(lambda block: block.many(vectors), blocks)
        for done, (block, seen) in enumerate(zip(blocks, every, strict=True), 1):
            found = rows_of(block.figures, seen[0], seen[1:], scatter)
            for figure, row in zip(block.figures, found, strict=True):
                rows[place[id(figure)]] = replace(row, figure=place[id(figure)])
            told(done, len(blocks))
    return tuple(rows[i] for i in sorted(rows))


def stored_scatter() -> Scatter:
    """Scatter of figures at the stored estimates."""
    values = model.natural_values(model.stored_vector())
    return scatter_of({name: float(number) for name, number in values.items()})


def rows_of(
    figures: tuple[TrialFigure, ...], seen: Numbers, drawn: Numbers, scatter: Scatter
) -> tuple[Row, ...]:
    """Figures beside their predictions.

    `seen` (figures,) and `drawn` (draws, figures) are on the link scale.
    """
    arrays = figure_arrays(figures)
    intervals = predictives(seen, drawn, scatter, arrays)
    shown = natural(seen, arrays)
    return tuple(
        _body_row(figure, float(shown[i]), intervals[i], int(arrays.bound[i]))
        for i, figure in enumerate(figures)
    )


def _body_row(figure: TrialFigure, predicted: float, found: Predictive, bound: int) -> Row:
    """Row of a figure that the body model predicts."""
    kind = kind_of(figure.endpoint, figure.indication) or ""
    reading = reading_of(figure.indication, figure.endpoint)
    unit = {KIND_PERCENT: "%", KIND_MEAN: reading.unit if reading else ""}.get(kind, "d")
    inside = found.holds(figure.value, 0.0 if kind == KIND_MEAN else _ROUNDING, bound)
    return _told(figure, _KINDS.get(kind, "duration"), unit, predicted, found, inside)


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
