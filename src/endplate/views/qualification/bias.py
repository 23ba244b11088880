"""Mean errors of groups of rows: by endpoint, by kind, by dose, by day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from endplate.validation.results import Row, error_ratio
from endplate.views.qualification.measures import of_interval, relative_dose
from endplate.views.qualification.pictures import bias_strip
from endplate.views.qualification.words import (
    KINDS,
    endpoint_name,
    figure,
    kind_name,
    signed,
    unit_name,
)

_Z90 = 1.6448536269514722
_DOSES = ((0.7, "below 0.7 of the usual dose"), (1.4, "about the usual dose"))
_DAYS = ((14, "to day 14"), (45, "day 15 to 45"), (100, "day 46 to 100"), (200, "day 101 to 200"))
Grouping = Callable[[Row], str]


@dataclass(frozen=True)
class Bias:
    """One group: figures, mean error and mean absolute error in their unit, and its picture.

    Changes of several units have no common one: their error is told in parts of what is promised.
    """

    name: str
    code: str
    unit: str
    n: int
    bias: str
    error: str
    inside: str
    strip: str


def by_endpoint(rows: Sequence[Row]) -> tuple[Bias, ...]:
    """Groups of one endpoint, in the order of the rows."""
    return _groups(rows, lambda row: endpoint_name(row.endpoint), lambda row: row.endpoint)


def by_kind(rows: Sequence[Row]) -> tuple[Bias, ...]:
    """Groups of one kind."""
    ordered = sorted(rows, key=lambda row: list(KINDS).index(row.kind))
    return _groups(ordered, lambda row: kind_name(row.kind), lambda row: row.kind)


def by_dose(rows: Sequence[Row]) -> tuple[Bias, ...]:
    """Percents, changes and times by their dose over the usual one."""
    return _banded(rows, dose_band)


def by_day(rows: Sequence[Row]) -> tuple[Bias, ...]:
    """The same by the day."""
    return _banded(rows, day_band)


def dose_band(row: Row) -> str:
    """Band of a group's dose."""
    dose = relative_dose(row)
    if dose is None:
        return "no usual dose known"
    if dose == 0.0:
        return "placebo"
    return next((words for most, words in _DOSES if dose < most), "1.4 of the usual dose or more")


def day_band(row: Row) -> str:
    """Band of a visit's day."""
    if row.day is None:
        return "no visit: a time"
    return next((words for most, words in _DAYS if row.day <= most), "after day 200")


_ORDER = (
    "placebo",
    *(words for _, words in _DOSES),
    "1.4 of the usual dose or more",
    "no usual dose known",
    *(words for _, words in _DAYS),
    "after day 200",
    "no visit: a time",
)


def _banded(rows: Sequence[Row], band: Grouping) -> tuple[Bias, ...]:
    kinds = list(KINDS)
    ordered = sorted(rows, key=lambda row: (_ORDER.index(band(row)), kinds.index(row.kind)))
    return _groups(
        ordered, lambda row: f"{band(row)}: {kind_name(row.kind).lower()}", lambda row: band(row)
    )


def _groups(rows: Sequence[Row], name: Grouping, key: Grouping) -> tuple[Bias, ...]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((key(row), name(row)), []).append(row)
    return tuple(_bias(words, code, own) for (code, words), own in found.items())


def _bias(name: str, code: str, rows: list[Row]) -> Bias:
    exact = [row for row in rows if not row.bound]
    inside = f"{100 * np.mean([row.inside for row in rows]):.0f} %"
    bias, error, unit = _errors(exact)
    return Bias(
        name=name,
        code=code if code in {row.endpoint for row in rows} else "",
        unit=unit,
        n=len(rows),
        bias=bias,
        error=error,
        inside=inside,
        strip=_strip(exact),
    )


def _errors(rows: list[Row]) -> tuple[str, str, str]:
    """Mean error, mean size of error, and their unit."""
    if not rows:
        return "", "", ""
    units = {row.unit for row in rows}
    if len(units) > 1:
        return "", figure(float(np.mean([error_ratio(row) for row in rows]))), "of the promise"
    errors = np.array([row.predicted - row.observed for row in rows])
    unit = unit_name(units.pop()).replace("%", "points")
    return signed(float(errors.mean())), figure(float(np.abs(errors).mean())), unit


def _strip(rows: list[Row]) -> str:
    if not rows:
        return ""
    errors = np.array([of_interval(row) for row in rows])
    mean, half = float(errors.mean()), _Z90 * float(errors.std()) / np.sqrt(len(errors))
    return bias_strip(mean, mean - half, mean + half)
