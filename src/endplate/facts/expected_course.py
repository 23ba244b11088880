"""When an effect starts, is strongest and wears off, as labels and trials tell."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records

PHASES = ("onset", "peak", "duration")


@dataclass(frozen=True)
class ExpectedCourse:
    """One phase of one product and use; one day twice where the source names one day."""

    id: str
    product: str
    indication: str
    population: str
    phase: str
    low_d: float
    high_d: float
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
