"""The pictures of predicted against published, and the table of the same rows, as plain values."""

from collections.abc import Sequence
from typing import Any

from endplate.validation.row import Row
from endplate.views.qualification import words
from endplate.views.qualification.errors import panel_name
from endplate.views.qualification.measures import of_interval
from endplate.views.qualification.pictures import scatter_marks
from endplate.views.words import word

Fields = dict[str, Any]
_RARE = (0, 1, 5, 10, 25, 50, 75, 100)  # percent
COLUMNS = (
    {"name": "Trial"},
    {"name": "Figure"},
    {"name": "Group"},
    {"name": "Day", "number": True},
    {"name": "Published", "number": True},
    {"name": "Predicted", "number": True},
    {"name": "90 % interval"},
    {"name": "Error", "number": True},
    {"name": "Inside"},
)


def panels(rows: Sequence[Row]) -> list[Fields]:
    """One picture per kind and unit, kinds in their order; points from left to right."""
    kinds = list(words.KINDS)
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: kinds.index(row.kind)):
        found.setdefault(panel_name(row), []).append(row)
    return [_panel(name, own) for name, own in found.items()]


def _panel(name: str, rows: list[Row]) -> Fields:
    rooted = rows[0].kind == "harm"  # most are rare, and would lie on one heap
    marks = _rare_marks(rows) if rooted else scatter_marks(rows)
    ordered = sorted(rows, key=lambda row: (row.observed, row.predicted))
    outside = sum(not row.inside for row in rows)
    return {
        "name": name,
        "unit": words.unit_name(rows[0].unit),
        "rooted": rooted,
        "told": f"{name}: {len(rows)} figures, {outside} outside their 90 % interval",
        "marks": [{"at": at, "words": told} for at, told in marks],
        "points": [_point(row) for row in ordered],
    }


def _rare_marks(rows: list[Row]) -> list[tuple[float, str]]:
    most = max(value for row in rows for value in (row.observed, row.predicted, row.high))
    held = [mark for i, mark in enumerate(_RARE) if not i or _RARE[i - 1] < most]
    return [(float(mark), str(mark)) for mark in held]


def _point(row: Row) -> Fields:
    return {
        "id": row.figure,
        "at": _short(row.observed),
        "is": _short(row.predicted),
        "low": _short(row.low),
        "high": _short(row.high),
        "kind": row.kind,
        "placebo": row.product == "placebo",
        "out": not row.inside,
        "open": not row.verified,
        "words": told_in_one_line(row),
    }


def told_in_one_line(row: Row) -> str:
    """A row as a screen reader says it, and as the pointer shows it."""
    place = ", ".join(
        filter(None, (row.trial_id, words.endpoint_name(row.endpoint), words.when(row)))
    )
    where = "inside" if row.inside else "outside its interval"
    mark = "" if row.verified else ", not verified"
    return (
        f"{place}, {words.group(row)}: published {words.published(row)}, predicted "
        f"{words.figure(row.predicted)} ({words.interval(row)}) {words.unit_name(row.unit)}, "
        f"{where}{mark}"
    )


def table_rows(rows: Sequence[Row]) -> list[Fields]:
    """The same rows as a table: text of each cell, and what it is sorted by."""
    several = len({row.indication for row in rows}) > 1
    return [{"id": row.figure, "cells": _cells(row, several)} for row in rows]


def _cells(row: Row, several: bool) -> list[Fields]:
    unit = words.unit_name(row.unit)
    use = f"{word('indication', row.indication)}: " if several else ""
    error = of_interval(row)
    return [
        {"text": row.trial_id, "open": True, "mark": "" if row.verified else "not verified"},
        {"text": f"{use}{words.endpoint_name(row.endpoint)}"},
        {"text": words.group(row), "small": "n not stated" if row.n is None else f"n {row.n}"},
        {"text": "-" if row.day is None else f"{row.day:g}", "by": row.day},
        {"text": f"{words.published(row)} {unit}", "by": row.observed},
        {"text": words.figure(row.predicted), "by": row.predicted},
        {"text": words.interval(row), "class": "nb"},
        {"text": words.signed(round(error, 1)), "by": error},
        {"text": "inside" if row.inside else "outside", "class": "met" if row.inside else "missed"},
    ]


def summed(rows: Sequence[Row]) -> str:
    """What is shown, in one sentence."""
    if not rows:
        return "No figure fits. Ask for less."
    trials = len({row.trial_id for row in rows})
    outside = sum(not row.inside for row in rows)
    expected = len(rows) / 10
    about = "less than 1" if expected < 1 else f"about {expected:.0f}"
    return (
        f"{_many(len(rows), 'figure')} of {_many(trials, 'trial')}: {outside} outside the 90 % "
        f"interval, where {about} would be expected."
    )


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _short(value: float) -> float:
    return float(f"{value:.5g}")
