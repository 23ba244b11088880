"""Errors of predictions: row by row, of one use, and of groups by endpoint, kind, dose and day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from endplate.validation.results import Row, error_ratio
from endplate.views.qualification import pictures, words
from endplate.views.qualification.measures import of_interval, relative_dose
from endplate.views.source import Link, link
from endplate.views.words import word

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


@dataclass(frozen=True)
class PredictionRow:
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
class KindCoverage:
    """How many figures of one kind lie inside their interval."""

    name: str
    n: int
    inside: int
    percent: str


@dataclass(frozen=True)
class UseErrors:
    """One indication."""

    code: str
    name: str
    trials: int
    outside: int
    scatters: tuple[tuple[str, str], ...]
    by_day: str
    by_dose: str
    kinds: tuple[str, ...]
    coverage: tuple[KindCoverage, ...]
    bias: tuple[Bias, ...]
    rows: tuple[PredictionRow, ...]


def use_errors(use: str, rows: Sequence[Row]) -> UseErrors:
    """One indication from its rows."""
    kinds = tuple(kind for kind in words.KINDS if any(row.kind == kind for row in rows))
    return UseErrors(
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
        bias=by_endpoint(rows),
        rows=tuple(prediction_row(row) for row in rows),
    )


def prediction_row(row: Row) -> PredictionRow:
    """A row in words."""
    return PredictionRow(
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
        (name, pictures.scatter(of_panel, f"Predicted against published: {name}"))
        for name, of_panel in panels.items()
    )


def panel_name(row: Row) -> str:
    """Rows of one unit and size share a picture: an onset is lost beside a duration."""
    if row.kind == "duration":
        return "Onsets, days" if "onset" in row.endpoint else "Durations, days"
    name = words.kind_name(row.kind)
    return f"{name}, {words.unit_name(row.unit)}" if row.kind == "change" else name


def _coverage(name: str, rows: list[Row]) -> KindCoverage:
    inside = sum(row.inside for row in rows)
    return KindCoverage(name, len(rows), inside, f"{100 * np.mean([r.inside for r in rows]):.0f} %")


def by_endpoint(rows: Sequence[Row]) -> tuple[Bias, ...]:
    """Groups of one endpoint, in the order of the rows."""
    return _groups(rows, lambda row: words.endpoint_name(row.endpoint), lambda row: row.endpoint)


def by_kind(rows: Sequence[Row]) -> tuple[Bias, ...]:
    """Groups of one kind."""
    ordered = sorted(rows, key=lambda row: list(words.KINDS).index(row.kind))
    return _groups(ordered, lambda row: words.kind_name(row.kind), lambda row: row.kind)


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
    return next((name for most, name in _DOSES if dose < most), "1.4 of the usual dose or more")


def day_band(row: Row) -> str:
    """Band of a visit's day."""
    if row.day is None:
        return "no visit: a time"
    return next((name for most, name in _DAYS if row.day <= most), "after day 200")


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
    kinds = list(words.KINDS)
    ordered = sorted(rows, key=lambda row: (_ORDER.index(band(row)), kinds.index(row.kind)))
    return _groups(
        ordered,
        lambda row: f"{band(row)}: {words.kind_name(row.kind).lower()}",
        lambda row: band(row),
    )


def _groups(rows: Sequence[Row], name: Grouping, key: Grouping) -> tuple[Bias, ...]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((key(row), name(row)), []).append(row)
    return tuple(_bias(words, code, of_group) for (code, words), of_group in groups.items())


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
        return (
            "",
            words.figure(float(np.mean([error_ratio(row) for row in rows]))),
            "of the promise",
        )
    errors = np.array([row.predicted - row.observed for row in rows])
    unit = words.unit_name(units.pop()).replace("%", "points")
    return words.signed(float(errors.mean())), words.figure(float(np.abs(errors).mean())), unit


def _strip(rows: list[Row]) -> str:
    if not rows:
        return ""
    errors = np.array([of_interval(row) for row in rows])
    mean, half = float(errors.mean()), _Z90 * float(errors.std()) / np.sqrt(len(errors))
    return pictures.bias_strip(mean, mean - half, mean + half)
