"""What a treatment did in trials for its main measures, drug beside placebo."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records


@dataclass(frozen=True)
class BenefitFigure:
    """One measure of one dose; a share of people, a mean change, or a mean at the visit.

    `dose_u` is the dose of the use in the session, None where no single dose was stated;
    `preference` orders the measures of a use, 1 first.
    """

    id: str
    product: str
    indication: str
    population: str
    dose_u: float | None
    endpoint: str
    statistic: str
    day: float
    drug_value: float
    placebo_value: float
    unit: str
    start_value: float | None
    drug_n: float | None
    placebo_n: float | None
    preference: float
    kind: str
    source: str
    locator: str
    verified: bool
    note: str


@cache
def benefit_figures(
    product: str, indication: str, population: str = "adult"
) -> tuple[BenefitFigure, ...]:
    """Figures of one product and use, main measure first."""
    found = (
        row
        for row in records(BenefitFigure, "benefits")
        if (row.product, row.indication, row.population) == (product, indication, population)
    )
    return tuple(sorted(found, key=lambda row: row.preference))
