"""When an effect starts, is strongest and wears off, as labels and trials tell."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records

PHASES = ("onset", "peak", "duration")


@dataclass(frozen=True)
class ExpectedCourse:
    """One phase of one product and use; one day twice where the source names one day.

    `compare` says what the figure is: `middle` the middle person's day, `by` a day by which the
    effect was there, `visit` a day on which trials looked for the largest effect, `at_least` a day
    on which people still had it or were treated again.
    """

    id: str
    product: str
    indication: str
    population: str
    phase: str
    low_d: float
    high_d: float
    compare: str
    kind: str
    source: str
    locator: str
    verified: bool
    note: str


@cache
def expected_courses(
    product: str, indication: str, population: str = "adult"
) -> dict[str, ExpectedCourse]:
    """Phases known for one product and use; a phase that no row tells is left out."""
    return {
        row.phase: row
        for row in records(ExpectedCourse, "expected_courses")
        if (row.product, row.indication) == (product, indication)
        and row.population in ("any", population)
    }


@cache
def every_expected_course(population: str = "adult") -> tuple[ExpectedCourse, ...]:
    """All rows of one population, in file order."""
    return tuple(
        row
        for row in records(ExpectedCourse, "expected_courses")
        if row.population in ("any", population)
    )
