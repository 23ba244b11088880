"""How rows, kinds, numbers and targets of a validation are written."""

from dataclasses import dataclass

from endplate.validation.results import Row, Target
from endplate.views.quantity import number
from endplate.views.words import known, spaced, word

KINDS = {
    "percent": "Percents of people",
    "change": "Means and changes",
    "duration": "Durations and onsets",
    "harm": "Side effects",
}


def kind_name(kind: str) -> str:
    """A kind of figure in words."""
    return KINDS.get(kind, spaced(kind))


def unit_name(unit: str) -> str:
    """A unit in words; those of a published figure that have none stay as they are."""
    return "days" if unit == "d" else word("unit", unit) if unit in known("unit") else unit


def with_unit(text: str, unit: str) -> str:
    """A number with its unit."""
    return f"{text} {unit_name(unit)}".strip()


def figure(value: float) -> str:
    """A number with at most three digits, of a small one two behind the point.

    Examples
    --------
    >>> figure(361.94), figure(7.189), figure(-0.1234), figure(12.0)
    ('362', '7.19', '-0.12', '12')
    """
    size = abs(value)
    return number(value, 0 if size >= 100 else 1 if size >= 10 else 2)


def signed(value: float) -> str:
    """A number with its sign.

    Examples
    --------
    >>> signed(2.41), signed(-0.5), signed(0.0)
    ('+2.41', '-0.5', '0')
    """
    return f"+{figure(value)}" if value > 0 and figure(value) != "0" else figure(value)


def endpoint_name(code: str) -> str:
    """An endpoint in words."""
    if code in known("endpoint"):
        return word("endpoint", code)
    return word("harm", code.removeprefix("ae_"))


def when(row: Row) -> str:
    """Day of a figure, "" where it has none."""
    return "" if row.day is None else f"day {row.day:g}"


def group(row: Row) -> str:
    """Product and dose of a group."""
    if row.product == "placebo":
        return "placebo"
    dose = "" if row.area_dose_u is None else f" {row.area_dose_u:g} U"
    return f"{row.product}{dose}"


def published(row: Row) -> str:
    """The published figure; a floor says so."""
    bound = {"at_least": "at least ", "at_most": "at most "}.get(row.bound, "")
    return f"{bound}{figure(row.observed)}"


def interval(row: Row) -> str:
    """The 90 % interval."""
    return f"{figure(row.low)} to {figure(row.high)}"


def tooltip(row: Row) -> str:
    """A row in one line."""
    group_words = ", ".join(filter(None, (row.trial_id, row.arm or group(row), when(row))))
    figures = f"published {published(row)}, predicted {figure(row.predicted)} ({interval(row)})"
    mark = "" if row.verified else ", not verified"
    return f"{group_words}: {row.endpoint}, {figures} {unit_name(row.unit)}{mark}"


@dataclass(frozen=True)
class TargetRow:
    """One promise in words and figures."""

    words: str
    n: int
    measured: str
    asked: str
    met: bool | None

    @property
    def verdict(self) -> str:
        """Met, missed, or not measured."""
        return {True: "met", False: "missed", None: "not measured"}[self.met]


def target_row(target: Target) -> TargetRow:
    """A promise in words and figures."""
    unit = "" if target.unit == "1" else target.unit
    asked = f"at most {target.most:g}"
    if target.least is not None:
        asked = f"{target.least:g} to {target.most:g}"
    measured = "no figures" if target.measured is None else figure(target.measured)
    return TargetRow(
        target.words,
        target.n,
        with_unit(measured, unit if target.measured is not None else ""),
        with_unit(asked, unit),
        target.met,
    )
