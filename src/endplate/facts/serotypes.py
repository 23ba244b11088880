"""The serotypes of the toxin: what each cuts, and how long its light chain lasts beside type A's.

Ratios of persistence inform the priors of fitted parameters; none of them converts a dose.
"""

from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.record import records

_SUBSTRATE = "substrate"


@dataclass(frozen=True)
class SerotypeFact:
    """One fact of one serotype; `value` is text, a number where `unit` is given."""

    serotype: str
    quantity: str
    value: str
    unit: str
    low: float | None
    high: float | None
    kind: str
    source: str
    locator: str
    verified: bool
    note: str


@cache
def serotype_facts() -> tuple[SerotypeFact, ...]:
    """Every row, in file order."""
    return records(SerotypeFact, "serotypes")


def serotype_fact(serotype: str, quantity: str) -> SerotypeFact:
    """One fact of one serotype.

    Raises
    ------
    FactMissing
        The table has no such row.
    """
    for fact in serotype_facts():
        if (fact.serotype, fact.quantity) == (serotype, quantity):
            return fact
    raise FactMissing(f"no {quantity} of serotype {serotype!r} is in the tables")


def substrate(serotype: str) -> str:
    """What the light chain of a serotype cuts."""
    return serotype_fact(serotype, _SUBSTRATE).value


def persistence_ratio(serotype: str, where: str = "neuron") -> float:
    """Persistence of a serotype's light chain over that of type A, in `neuron` or `muscle`."""
    return float(serotype_fact(serotype, f"persistence_ratio_{where}").value)


def serotypes_with(quantity: str) -> tuple[str, ...]:
    """Serotypes for which a quantity is in the tables, in file order."""
    return tuple(fact.serotype for fact in serotype_facts() if fact.quantity == quantity)
