"""What a label asks for before a treatment may start: looked at, tried, taken, agreed."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records


@dataclass(frozen=True)
class Requirement:
    """One thing to confirm; `level` is the finding when it is not met."""

    id: str
    product: str
    region: str
    indication: str
    population: str
    requirement: str
    level: str
    title: str
    reason: str
    source: str
    locator: str
    revision: str
    verified: bool


@cache
def requirements(
    product: str, region: str, indication: str, population: str
) -> tuple[Requirement, ...]:
    """Requirements of one use and population."""
    return tuple(
        row
        for row in records(Requirement, "requirements")
        if (row.product, row.region, row.indication) == (product, region, indication)
        and row.population in ("any", population)
    )
