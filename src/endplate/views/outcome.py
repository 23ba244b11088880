"""Benefits out of 100 people or on average, with the figures that trials published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from endplate.views import reading
from endplate.views.measure import axis_words, figure, figure_range, unit_words
from endplate.views.parts import Part, parts_of
from endplate.views.quantity import number, round_grid
from endplate.views.source import Link, link
from endplate.views.strip import GRID, Lane, Mark, axis_strip, outcome_strip
from endplate.views.words import known, spaced, word

Outcome = Mapping[str, Any]


@dataclass(frozen=True)
class TrialRow:
    """One published figure."""

    trial: str
    arm: str
    people: str
    day: str
    value: str
    endpoint: str
    verified: bool
    placebo: bool
    source: Link


@dataclass(frozen=True)
class OutcomeRow:
    """One endpoint on one day."""

    day: str
    value: str
    after: str
    range: str
    placebo: str
    origin: str
    strip: str
    trials: tuple[TrialRow, ...]
    plain: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class OutcomeGroup:
    """One endpoint over its days."""

    name: str
    rater: str
    rows: tuple[OutcomeRow, ...]
    unit: str
    axis: str


def outcome_groups(result: reading.Result, indication: str) -> tuple[OutcomeGroup, ...]:
    """Outcomes of one indication in people out of 100, grouped by endpoint."""
    return _groups(reading.shown_outcomes(result, indication))


def measure_groups(result: reading.Result, indication: str) -> tuple[OutcomeGroup, ...]:
    """Means and changes of one indication, grouped by endpoint, each on its own axis."""
    return _groups(reading.shown(reading.measures_of(result, indication)))


def _groups(shown: Sequence[Outcome]) -> tuple[OutcomeGroup, ...]:
    groups = []
    for endpoint, found in groupby(shown, key=lambda item: item["endpoint"]):
        items = list(found)
        grid = GRID if reading.is_share(items[0]) else _grid(items)
        groups.append(
            OutcomeGroup(
                name=word("endpoint", endpoint),
                rater=word("endpoint", endpoint, "by"),
                rows=tuple(_row(item, grid) for item in items),
                unit=axis_words(items[0]),
                axis=axis_strip(grid),
            )
        )
    return tuple(groups)


def _grid(items: Sequence[Outcome]) -> tuple[float, ...]:
    """Round numbers that hold every figure of an endpoint, and nought."""
    values = [0.0]
    for item in items:
        values += [item["value"], item["low"], item["high"]]
        values += [end for part in parts_of(item) for end in (part.low, part.high)]
        values += [float(trial["value"]) for trial in item.get("trials") or ()]
        values += [] if item.get("placebo") is None else [item["placebo"]]
    return round_grid(min(values), max(values))


def _row(item: Outcome, grid: tuple[float, ...]) -> OutcomeRow:
    trials = tuple(trial_row(item["endpoint"], t, item) for t in item.get("trials") or ())
    placebo = item.get("placebo")
    marks = tuple(
        Mark(
            float(t["value"]),
            f"{row.trial}, {row.arm}: {row.value} on day {row.day}",
            row.placebo,
            row.verified,
        )
        for t, row in zip(item.get("trials") or (), trials, strict=True)
    )
    parts = parts_of(item)
    lanes = tuple(Lane(p.low, p.high, f"{p.meaning}: {p.range}", f"p-{p.code}") for p in parts)
    return OutcomeRow(
        day=number(item["day"]),
        value=figure(item["value"], item),
        after="of 100" if reading.is_share(item) else unit_words(item),
        range=figure_range(item),
        placebo="" if placebo is None else figure(placebo, item),
        origin=item.get("origin", "model"),
        strip=outcome_strip(item["value"], item["low"], item["high"], placebo, marks, lanes, grid),
        trials=trials,
        plain=word("endpoint", item["endpoint"], "plain"),
        parts=parts,
    )


def trial_row(endpoint: str, trial: Outcome, item: Outcome) -> TrialRow:
    """A published figure as a row, in the unit of the outcome that it stands beside."""
    share = reading.is_share(item)
    told = f"{number(trial['value'])} %" if share else f"{figure(trial['value'], item)}"
    dose = trial.get("dose_u")
    size = trial.get("n")
    return TrialRow(
        trial=trial["trial_id"],
        arm=str(trial.get("arm") or (f"{number(dose, 2)} U" if dose else "placebo")),
        people="" if size is None else number(size, 0),
        day=number(trial["day"]),
        value=told if share else f"{told} {unit_words(item)}",
        endpoint=word("endpoint", endpoint) if endpoint in known("endpoint") else spaced(endpoint),
        verified=bool(trial.get("verified")),
        placebo=dose == 0,
        source=link(trial.get("source")),
    )
