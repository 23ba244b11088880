"""Repeated treatment: a table of the treatments and the course over all of them."""

from dataclasses import dataclass, replace

from endplate.results.result import CycleFigures, CycleQuantiles, Result, Timing
from endplate.views.outcome import digits, unit_words
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


def cycle_areas(result: Result) -> tuple[CycleArea, ...]:
    """Every indication of a repeated plan; none where the plan is not repeated."""
    cycles = result.cycles
    if cycles is None:
        return ()
    # the long course is drawn as the course of one treatment is, without its own events
    long = replace(result, course=cycles.course, timing=Timing(), timing_by_indication={})
    return tuple(
        CycleArea(
            name=word("indication", code),
            unit=unit_words(rows[0]),
            note=OWN_DAYS if rows[-1].day.p05 != rows[-1].day.p95 else "",
            rows=tuple(_row(item) for item in rows),
            timeline_wide=timeline(long, code, WIDE),
            timeline_narrow=timeline(long, code, NARROW),
        )
        for code in result.indications
        if (rows := [row for row in cycles.rows if row.indication == code])
    )


def _row(figures: CycleFigures) -> CycleRow:
    decimals = digits(figures.unit)
    return CycleRow(
        number=number(figures.cycle),
        day=_range(figures.day, 0),
        benefit=_range(figures.peak_benefit, decimals),
        before_next=_range(figures.benefit_before_next, decimals),
        lasts=_lasts(figures.duration_d),
        responding=people(figures.percent_responding),
        antibodies=people(figures.percent_antibodies),
        lost=people(figures.percent_secondary_nonresponse),
    )


def _range(quantiles: CycleQuantiles, decimals: int) -> str:
    """The middle person, and where 9 of 10 lie."""
    middle, low, high = quantiles.median, quantiles.p05, quantiles.p95
    if middle is None or low is None or high is None:
        return "none"
    if number(low, decimals) == number(high, decimals):
        return number(middle, decimals)
    return f"{number(middle, decimals)} ({number(low, decimals)} to {number(high, decimals)})"


def _lasts(quantiles: CycleQuantiles) -> str:
    return days(quantiles.median) if quantiles.median is not None else "none"
