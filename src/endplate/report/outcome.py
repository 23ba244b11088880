"""Benefits out of 100 people, with the figures that trials published for the same event."""

from dataclasses import dataclass
from itertools import groupby

from endplate.report import reading
from endplate.report.quantity import number, people, people_range
from endplate.report.source import Link, link
from endplate.report.strip import Mark, outcome_strip
from endplate.report.words import spaced, word


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
    range: str
    placebo: str
    origin: str
    strip: str
    trials: tuple[TrialRow, ...]
    plain: str


@dataclass(frozen=True)
class OutcomeGroup:
    """One endpoint over its days."""

    name: str
    rater: str
    rows: tuple[OutcomeRow, ...]


def outcome_groups(result: reading.Result, indication: str) -> tuple[OutcomeGroup, ...]:
    """Percent outcomes of one indication, grouped by endpoint."""
    groups = []
    for endpoint, items in groupby(
        reading.shown_outcomes(result, indication), key=lambda item: item["endpoint"]
    ):
        groups.append(
            OutcomeGroup(
                name=word("endpoint", endpoint),
                rater=word("endpoint", endpoint, "by"),
                rows=tuple(_row(item) for item in items),
            )
        )
    return tuple(groups)


def _row(item) -> OutcomeRow:
    trials = tuple(trial_row(item["endpoint"], t) for t in item.get("trials") or ())
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
    return OutcomeRow(
        day=number(item["day"]),
        value=people(item["value"]),
        range=people_range(item["low"], item["high"]),
        placebo="" if placebo is None else people(placebo),
        origin=item.get("origin", "model"),
        strip=outcome_strip(item["value"], item["low"], item["high"], placebo, marks),
        trials=trials,
        plain=word("endpoint", item["endpoint"], "plain"),
    )


def trial_row(endpoint: str, trial) -> TrialRow:
    """A published figure as a row."""
    dose = trial.get("dose_u")
    size = trial.get("n")
    return TrialRow(
        trial=trial["trial_id"],
        arm=str(trial.get("arm") or (f"{number(dose, 2)} U" if dose else "placebo")),
        people="" if size is None else number(size, 0),
        day=number(trial["day"]),
        value=f"{number(trial['value'])} %",
        endpoint=word("endpoint", endpoint) if endpoint in _known() else spaced(endpoint),
        verified=bool(trial.get("verified")),
        placebo=dose == 0,
        source=link(trial.get("source")),
    )


def _known() -> tuple[str, ...]:
    from endplate.report.words import known

    return known("endpoint")
