"""Benefits as rows: figures with their intervals, what makes them unsure, trials beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from endplate.results.intervals import spread_words
from endplate.results.result import CycleFigures, Outcome, PublishedFigure, Result, TimeQuantiles
from endplate.views.glyphs import GRID, Lane, Mark, axis_strip, outcome_strip
from endplate.views.quantity import day_range, number, people, people_range, round_grid
from endplate.views.source import Link, link
from endplate.views.words import known, order, spaced, word

SHARE = "people out of 100"
KEY_DAYS = (7, 30, 90, 120, 180)


def figure(value: float, item: Outcome) -> str:
    """A figure of an outcome without its unit; a change carries its sign.

    Examples
    --------
    >>> share = Outcome(endpoint="inv_ge1", day=30, value=81.2, low=71.0, high=90.0, unit="%")
    >>> figure(81.2, share)
    '81'
    >>> change = replace(share, unit="points", statistic="mean_change")
    >>> figure(-8.24, change)
    '-8.2'
    >>> figure(46.0, replace(change, unit="mL"))
    '+46'
    """
    if item.is_share:
        return people(value)
    text = number(value, digits(item.unit))
    return f"+{text}" if item.is_change and value > 0 and text != "0" else text


def figure_range(item: Outcome) -> str:
    """The interval of an outcome."""
    if item.is_share:
        return people_range(item.low, item.high)
    low, high = figure(item.low, item), figure(item.high, item)
    return low if low == high else f"{low} to {high}"


def digits(unit: str) -> int:
    """Digits after the point for a unit."""
    decimals = order("unit", unit)
    return 1 if decimals > 9 else decimals


def unit_words(item: Outcome | CycleFigures) -> str:
    """The unit of a figure in words."""
    return word("unit", item.unit)


def axis_words(item: Outcome) -> str:
    """What an axis of an outcome counts."""
    if item.is_share:
        return SHARE
    kind = "change from the start" if item.is_change else item.statistic
    return f"{kind}, {unit_words(item)}"


@dataclass(frozen=True)
class IntervalPart:
    """One part of a figure's interval: its bounds, the same as text, and what it stands for."""

    code: str
    low: float
    high: float
    range: str
    meaning: str


def parts_of(item: Outcome) -> tuple[IntervalPart, ...]:
    """The parts of an outcome's interval in a fixed order; none for a result without them."""
    parts = []
    for code in known("part"):
        low, high = getattr(item, f"{code}_low"), getattr(item, f"{code}_high")
        if low is not None:
            text = figure_range(replace(item, low=low, high=high))
            parts.append(IntervalPart(code, low, high, text, word("part", code)))
    return tuple(parts)


def legend() -> tuple[tuple[str, str, str], ...]:
    """Code, short word and meaning of each part, in the order in which they are drawn."""
    return tuple((code, word("part", code, "short"), word("part", code)) for code in known("part"))


def middle_words(time: TimeQuantiles, horizon_d: float) -> str:
    """How sure the middle person's time is, and by what; empty for a result without it."""
    if time.low is None or time.high is None:
        return ""
    parts = []
    for code in known("part"):
        low = getattr(time, f"{code}_low", None)
        if low is not None:
            span = day_range(low, getattr(time, f"{code}_high"), horizon_d)
            parts.append(f"{word('part', code, 'short')} {span}")
    return f"{day_range(time.low, time.high, horizon_d)} ({', '.join(parts)})"


def widened_words(result: Result, indication: str) -> str:
    """That the ranges of an area are widened for what lies outside trials; empty where not."""
    factors = [
        item.widened
        for item in result.outcomes
        if item.indication in (None, indication) and item.widened > 1.0
    ]
    if not factors:
        return ""
    return (
        f"This plan lies outside what trials tried: differences between trials are taken "
        f"{spread_words(max(factors))}. Why is under What is not known."
    )


def on_key_days(rows: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes on the days that a reader looks for and on every day that a trial has a figure of.

    Where an endpoint has none of those days, all its days are given.
    """
    chosen = [item for item in rows if item.day in KEY_DAYS or item.trials]
    covered = {item.endpoint for item in chosen}
    return [item for item in rows if item in chosen or item.endpoint not in covered]


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
    parts: tuple[IntervalPart, ...]


@dataclass(frozen=True)
class OutcomeGroup:
    """One endpoint over its days."""

    name: str
    rater: str
    rows: tuple[OutcomeRow, ...]
    unit: str
    axis: str


def outcome_groups(result: Result, indication: str) -> tuple[OutcomeGroup, ...]:
    """Outcomes of one indication in people out of 100, grouped by endpoint."""
    return _groups(on_key_days(result.shares_of(indication)))


def measure_groups(result: Result, indication: str) -> tuple[OutcomeGroup, ...]:
    """Means and changes of one indication, grouped by endpoint, each on its own axis."""
    return _groups(on_key_days(result.means_of(indication)))


def _groups(outcomes: Sequence[Outcome]) -> tuple[OutcomeGroup, ...]:
    groups = []
    for endpoint, of_endpoint in groupby(outcomes, key=lambda item: item.endpoint):
        items = list(of_endpoint)
        grid = GRID if items[0].is_share else _grid(items)
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
        values += [item.value, item.low, item.high]
        values += [end for part in parts_of(item) for end in (part.low, part.high)]
        values += [float(trial.value) for trial in item.trials]
        values += [] if item.placebo is None else [item.placebo]
    return round_grid(min(values), max(values))


def _row(item: Outcome, grid: tuple[float, ...]) -> OutcomeRow:
    trials = tuple(trial_row(item.endpoint, trial, item) for trial in item.trials)
    marks = tuple(
        Mark(
            float(trial.value),
            f"{row.trial}, {row.arm}: {row.value} on day {row.day}",
            row.placebo,
            row.verified,
        )
        for trial, row in zip(item.trials, trials, strict=True)
    )
    parts = parts_of(item)
    lanes = tuple(Lane(p.low, p.high, f"{p.meaning}: {p.range}", f"p-{p.code}") for p in parts)
    return OutcomeRow(
        day=number(item.day),
        value=figure(item.value, item),
        after="of 100" if item.is_share else unit_words(item),
        range=figure_range(item),
        placebo="" if item.placebo is None else figure(item.placebo, item),
        origin=item.origin,
        strip=outcome_strip(item.value, item.low, item.high, item.placebo, marks, lanes, grid),
        trials=trials,
        plain=word("endpoint", item.endpoint, "plain"),
        parts=parts,
    )


def trial_row(endpoint: str, trial: PublishedFigure, item: Outcome) -> TrialRow:
    """A published figure as a row, in the unit of the outcome that it stands beside."""
    dose_u = trial.dose_u
    value = f"{number(trial.value)} %"
    if not item.is_share:
        value = f"{figure(trial.value, item)} {unit_words(item)}"
    return TrialRow(
        trial=trial.trial_id,
        arm=trial.arm or (f"{number(dose_u, 2)} U" if dose_u else "placebo"),
        people="" if trial.n is None else number(trial.n, 0),
        day=number(trial.day),
        value=value,
        endpoint=word("endpoint", endpoint) if endpoint in known("endpoint") else spaced(endpoint),
        verified=trial.verified,
        placebo=dose_u == 0,
        source=link(trial.source),
    )
