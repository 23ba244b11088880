"""What the report says about one indication: its pictures, its errors, every row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from endplate.validation.results import Row
from endplate.views.qualification import bias, pictures, words
from endplate.views.qualification.measures import of_interval
from endplate.views.source import Link, link
from endplate.views.words import word


@dataclass(frozen=True)
class RowTold:
    """One row as it stands in a table; `over` is its error in arms of the interval."""

    trial: str
    use: str
    group: str
    when: str
    endpoint: str
    code: str
    people: str
    published: str
    predicted: str
    interval: str
    unit: str
    over: str
    inside: bool
    verified: bool
    source: Link
    note: str


@dataclass(frozen=True)
class Coverage:
    """How many figures of one kind lie inside their interval."""

    name: str
    n: int
    inside: int
    percent: str


@dataclass(frozen=True)
class Area:
    """One indication."""

    code: str
    name: str
    trials: int
    outside: int
    scatters: tuple[tuple[str, str], ...]
    by_day: str
    by_dose: str
    kinds: tuple[str, ...]
    coverage: tuple[Coverage, ...]
    bias: tuple[bias.Bias, ...]
    rows: tuple[RowTold, ...]


def area_told(use: str, rows: Sequence[Row]) -> Area:
    """One indication from its rows."""
    kinds = tuple(kind for kind in words.KINDS if any(row.kind == kind for row in rows))
    return Area(
        code=use,
        name=word("indication", use),
        trials=len({row.trial_id for row in rows}),
        outside=sum(not row.inside for row in rows),
        scatters=_scatters(rows, kinds),
        by_day=pictures.residuals_by_day(rows, f"Errors by day: {word('indication', use)}"),
        by_dose=pictures.residuals_by_dose(rows, f"Errors by dose: {word('indication', use)}"),
        kinds=kinds,
        coverage=tuple(
            _coverage(words.kind_name(kind), [row for row in rows if row.kind == kind])
            for kind in kinds
        ),
        bias=bias.by_endpoint(rows),
        rows=tuple(row_told(row) for row in rows),
    )


def row_told(row: Row) -> RowTold:
    """A row in words."""
    return RowTold(
        trial=row.trial_id,
        use=word("indication", row.indication),
        group=words.group(row),
        when=words.when(row),
        endpoint=words.endpoint_name(row.endpoint),
        code=row.endpoint,
        people="" if row.n is None else str(row.n),
        published=words.published(row),
        predicted=words.figure(row.predicted),
        interval=words.interval(row),
        unit=words.unit_name(row.unit),
        over=words.signed(round(of_interval(row), 1)),
        inside=row.inside,
        verified=row.verified,
        source=link(row.source),
        note=row.note,
    )


def _scatters(rows: Sequence[Row], kinds: Sequence[str]) -> tuple[tuple[str, str], ...]:
    panels: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: kinds.index(row.kind)):
        panels.setdefault(panel_name(row), []).append(row)
    return tuple(
        (name, pictures.scatter(own, f"Predicted against published: {name}"))
        for name, own in panels.items()
    )


def panel_name(row: Row) -> str:
    """Rows of one unit and size share a picture: an onset is lost beside a duration."""
    if row.kind == "duration":
        return "Onsets, days" if "onset" in row.endpoint else "Durations, days"
    name = words.kind_name(row.kind)
    return f"{name}, {words.unit_name(row.unit)}" if row.kind == "change" else name


def _coverage(name: str, rows: list[Row]) -> Coverage:
    inside = sum(row.inside for row in rows)
    return Coverage(name, len(rows), inside, f"{100 * np.mean([r.inside for r in rows]):.0f} %")
