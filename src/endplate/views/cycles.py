"""Repeated treatment: a table of the treatments and the course over all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from endplate.views import reading
from endplate.views.measure import digits, unit_words
from endplate.views.quantity import days, number, people
from endplate.views.timeline import NARROW, WIDE, timeline
from endplate.views.words import word


@dataclass(frozen=True)
class CycleRow:
    """One treatment, in words."""

    number: str
    day: str
    benefit: str
    before_next: str
    lasts: str
    responding: str
    antibodies: str
    lost: str


@dataclass(frozen=True)
class CycleArea:
    """All treatments of one indication: unit of the benefits, rows, the course as SVG.

    `note` says why the course looks smooth where people are treated on days of their own.
    """

    name: str
    unit: str
    note: str
    rows: tuple[CycleRow, ...]
    timeline_wide: str
    timeline_narrow: str


OWN_DAYS = (
    "People are treated on days of their own: the line of the middle person smooths over the ups "
    "and downs that each of them goes through."
)
HEADINGS = (
    "treatment",
    "day",
    "largest benefit",
    "left before the next",
    "wears off after",
    "responding",
    "with antibodies",
    "response lost",
)


def cycle_areas(result: reading.Result) -> tuple[CycleArea, ...]:
    """Every indication of a repeated plan; none where the plan is not repeated."""
    told = result.get("cycles")
    if not told:
        return ()
    # the long course is drawn as the course of one treatment is, without its own events
    long = {**result, "course": told["course"], "timing": {}, "timing_by_indication": {}}
    return tuple(
        CycleArea(
            name=word("indication", code),
            unit=unit_words(rows[0]),
            note=OWN_DAYS if rows[-1]["day"]["p05"] != rows[-1]["day"]["p95"] else "",
            rows=tuple(_row(item) for item in rows),
            timeline_wide=timeline(long, code, WIDE),
            timeline_narrow=timeline(long, code, NARROW),
        )
        for code in reading.indications(result)
        if (rows := [item for item in told["rows"] if item["indication"] == code])
    )


def _row(item: Mapping[str, Any]) -> CycleRow:
    places = digits(item)
    return CycleRow(
        number=number(item["cycle"]),
        day=_range(item["day"], 0),
        benefit=_range(item["peak_benefit"], places),
        before_next=_range(item["benefit_before_next"], places),
        lasts=_lasts(item["duration_d"]),
        responding=people(item["percent_responding"]),
        antibodies=people(item["percent_antibodies"]),
        lost=people(item["percent_secondary_nonresponse"]),
    )


def _range(told: Mapping[str, float | None], places: int) -> str:
    """The middle person, and where 9 of 10 lie."""
    middle, low, high = (told[key] for key in ("median", "p05", "p95"))
    if middle is None or low is None or high is None:
        return "none"
    if number(low, places) == number(high, places):
        return number(middle, places)
    return f"{number(middle, places)} ({number(low, places)} to {number(high, places)})"


def _lasts(told: Mapping[str, float | None]) -> str:
    return days(told["median"]) if told["median"] is not None else "none"
