"""Side effects that a label lists with a class of frequency, or with none, but with no figure."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records


@dataclass(frozen=True)
class NamedReaction:
    """One reaction of one product and use; a bound is None where the list leaves it open."""

    id: str
    product: str
    indication: str
    population: str
    term: str
    group: str
    low_percent: float | None
    high_percent: float | None
    kind: str
    source: str
    locator: str
    verified: bool
    note: str


@cache
def named_reactions(
    product: str, indication: str, population: str = "adult"
) -> tuple[NamedReaction, ...]:
    """Reactions listed for one product and use, in the order of the list."""
    return tuple(
        row
        for row in records(NamedReaction, "named_reactions")
        if (row.product, row.indication) == (product, indication)
        and row.population in ("any", population)
    )
