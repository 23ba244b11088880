"""Outcomes of a plan whose unknowns can be weighed, by name."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from endplate.engine.anatomy import gates
from endplate.engine.scenario import PlannedChart
from endplate.errors import EndplateError
from endplate.results.outcomes import reported_endpoints

TIMES = ("onset_d", "peak_d", "duration_d")
_SELECTED = ("rest_none",)  # defined only for some people: no outcome of every person
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class StudiedOutcome:
    """One outcome of one chart of a plan, by its name.

    `kind` is `time`, `endpoint` or `harm`; `index` that of an endpoint among those of the
    indication. `of_cohort` and `of_subject` say what is weighed, in words.
    """

    name: str
    indication: str
    kind: str
    index: int
    unit: str
    day: float | None
    of_cohort: str
    of_subject: str


def outcome_of(
    charts: tuple[PlannedChart, ...], name: str, day: float
) -> tuple[PlannedChart, StudiedOutcome]:
    """The first chart that has an outcome of that name, as `NAME` or `NAME:AREA`.

    Raises
    ------
    EndplateError
        The plan has no such outcome; the sentence names those it has.
    """
    outcomes = [(chart, outcome) for chart in charts for outcome in _outcomes(chart, day)]
    code, _, indication = name.partition(":")
    for chart, outcome in outcomes:
        if outcome.name == code and indication in ("", outcome.indication):
            return chart, outcome
    known = ", ".join(dict.fromkeys(outcome.name for _, outcome in outcomes))
    raise EndplateError(f"{name} is no outcome of this plan; allowed are {known}.")


def of_cohorts(outcome: StudiedOutcome, values: Numbers) -> Numbers:
    """The outcome of each cohort from those of its subjects, shape (cohorts, subjects).

    A mean, a median time among those who have it, or the percent with a weakness. That is read
    off the normal spread of the log margin: a few dozen people cannot show one in a hundred.
    """
    if outcome.kind == "endpoint":
        return values.mean(axis=1)
    if outcome.kind == "harm":
        return 100.0 * ndtr(values.mean(axis=1) / values.std(axis=1))
    medians = np.full(len(values), np.nan)
    has_event = ~np.isnan(values).all(axis=1)
    medians[has_event] = np.nanmedian(values[has_event], axis=1)
    return medians


def _outcomes(chart: PlannedChart, day: float) -> Iterable[StudiedOutcome]:
    for code in chart.indications:
        for name in TIMES:
            time = name.removesuffix("_d")
            words = f"median {time} of a crowd", f"{time} in one person"
            yield StudiedOutcome(name, code, "time", 0, "d", None, *words)
        for index, endpoint in enumerate(reported_endpoints(code, chart.treated[code])):
            if endpoint is None or endpoint.code in _SELECTED:
                continue
            is_share = endpoint.statistic == "percent"
            cohort = "share of a crowd" if is_share else "mean of a crowd"
            subject = "chance of one person" if is_share else "one person's own value"
            words = f"{cohort} on day {day:g}", f"{subject} on day {day:g}"
            yield StudiedOutcome(endpoint.code, code, "endpoint", index, endpoint.unit, day, *words)
    for gate in gates(chart.scenario.anatomy):
        words = (
            "share of a crowd with the weakness",
            "log of the load over the one that makes it weak, in one person",
        )
        yield StudiedOutcome(gate.term, chart.indications[0], "harm", 0, "%", None, *words)
