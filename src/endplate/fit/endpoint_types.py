"""What published endpoints are for the model: their kind, which are covered, what arms state."""

import numpy as np

from endplate.facts.endpoints import (
    BURDEN,
    LINE,
    RETAINED,
    SHARES,
    Reading,
    duration_rules,
    readings,
)
from endplate.facts.indications import is_charted
from endplate.facts.parameters import fit_rows
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.fit import arms
from endplate.observe.responders import ENDPOINTS
from endplate.observe.times import ONSET_OF

_IN_UNIT = ("change", "level")
KIND_DURATION, KIND_ONSET, KIND_PERCENT, KIND_MEAN = "duration", "onset", "percent", "change"
_OF_FEW = (KIND_DURATION, KIND_ONSET)


def is_burden(indication: str) -> bool:
    """Whether an indication is rated as a burden, not as a line."""
    return bool(readings(indication))


def reading_of(indication: str, endpoint: str) -> Reading | None:
    """How an endpoint of a burden is read; None where it is not."""
    return next((row for row in readings(indication) if row.endpoint == endpoint), None)


def kind_of(endpoint: str, indication: str = "") -> str | None:
    """What kind of figure an endpoint is for the model; None when the model does not predict it."""
    if endpoint in duration_rules(indication, BURDEN if is_burden(indication) else LINE):
        return KIND_PERCENT if endpoint in RETAINED else KIND_DURATION
    if is_burden(indication):
        reading = reading_of(indication, endpoint)
        if reading is None:
            return None
        return KIND_PERCENT if reading.how in SHARES else KIND_MEAN
    if endpoint in ONSET_OF:
        return KIND_ONSET
    return KIND_PERCENT if endpoint in ENDPOINTS else None


def kind_of_figure(figure: TrialFigure) -> str | None:
    """What kind of figure it is for the model, by its own reading where it has one."""
    if figure.reading is not None:
        return KIND_PERCENT if figure.reading.how in SHARES else KIND_MEAN
    return kind_of(figure.endpoint, figure.indication)


def reading_of_figure(figure: TrialFigure) -> Reading | None:
    """How a figure of a score is read, by its own reading where it has one."""
    return figure.reading or reading_of(figure.indication, figure.endpoint)


def why_skipped(figure: TrialFigure) -> str | None:
    """Why the model gives no prediction for a figure; None when it gives one."""
    if not is_charted(figure.indication):
        return f"indication {figure.indication} is not covered by the model"
    if figure.endpoint.startswith("baseline_"):
        return "describes the people at entry, not an outcome"
    kind = kind_of_figure(figure)
    if kind is None:
        return f"endpoint {figure.endpoint} is not covered by the model"
    if figure.product not in known_products():
        return f"product {figure.product} is not covered for {figure.indication}"
    if figure.product == "placebo" and kind in _OF_FEW and not is_burden(figure.indication):
        return "a placebo time of a line rests on very few responders"
    if figure.scale and is_burden(figure.indication):
        return f"measured by {figure.scale}, which is another scale than the model's"
    if figure.population:
        return f"counts {figure.population}, of whom the model of adults says nothing"
    if kind in (KIND_DURATION, KIND_ONSET) and figure.value <= 0:
        return "a time of no days cannot be compared"
    if figure.area_dose_u is None and figure.product != "placebo":
        return "the dose in the area is not stated"
    if figure.day is None and kind in (KIND_PERCENT, KIND_MEAN):
        return "the day is not stated"
    last = arms.last_day(figure.indication)
    if figure.day is not None and not 0 <= figure.day <= last:
        return f"day {figure.day:g} is outside 0 to {last}"
    return None


def known_products() -> frozenset[str]:
    """Products whose nerve-ending potency has an estimate, and placebo."""
    prefix = "potency_ratio:"
    fitted = (row.applies_to for row in fit_rows() if row.id.startswith(prefix))
    return frozenset((arms.REFERENCE, "placebo", *fitted))


def severe_shares(figures: tuple[TrialFigure, ...], default: float) -> dict[str, float]:
    """Share graded severe at entry by trial, averaged over arms; the default under ''.

    Of a trial that the table says nothing about, the shipped table may.
    """
    return {"": default} | _severe_stated(trial_figures()) | _severe_stated(figures)


def _severe_stated(figures: tuple[TrialFigure, ...]) -> dict[str, float]:
    stated: dict[str, list[float]] = {}
    for figure in figures:
        if figure.endpoint == "baseline_severe_pct":
            stated.setdefault(figure.trial_id, []).append(figure.value / 100)
    return {trial: float(np.mean(shares)) for trial, shares in stated.items()}


def stated_starts(figures: tuple[TrialFigure, ...]) -> dict[tuple[str, str], float]:
    """Mean burden before treatment by trial and arm, where a figure in the scale's unit states it.

    Only the first scale of an indication, and readings that are in its own unit, can tell.
    """
    starts: dict[tuple[str, str], float] = {}
    for figure in figures:
        reading = reading_of_figure(figure)
        if figure.baseline_mean and reading and reading.gain == 1.0 and reading.how in _IN_UNIT:
            starts[(figure.trial_id, figure.arm)] = figure.baseline_mean
    return starts
