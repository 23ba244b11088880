"""The toxin products and their serotypes.

Doses of two products are never converted into each other: ratios between serotypes inform the
priors of fitted parameters only.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated

from endplate.facts.table import Columns, SourcedRow, typed_row, typed_rows


@dataclass(frozen=True)
class Product:
    """One product; above `plausible_max_u` a plan's dose, in its own units, is taken for a slip."""

    name: Annotated[str, Columns("product")]
    serotype: str
    plausible_max_u: float


@cache
def products() -> tuple[str, ...]:
    """Generic names of all products, in file order."""
    return tuple(row.name for row in typed_rows(Product, "products"))


def product(name: str) -> Product:
    """Product of that generic name.

    Raises
    ------
    FactMissing
        The tables hold no such product.
    """
    return typed_row(Product, "products", f"no product named {name!r}", name=name)


@dataclass(frozen=True)
class SerotypeFact(SourcedRow):
    """One fact of one serotype; `value` is text, a number where `unit` is given."""

    serotype: str
    quantity: str
    value: str
    unit: str
    low: float | None
    high: float | None
    kind: str
    locator: str


def serotype_fact(serotype: str, quantity: str) -> SerotypeFact:
    """One fact of one serotype.

    Raises
    ------
    FactMissing
        The table has no such row.
    """
    missing = f"no {quantity} of serotype {serotype!r} is in the tables"
    return typed_row(SerotypeFact, "serotypes", missing, serotype=serotype, quantity=quantity)


def persistence_ratio(serotype: str, where: str = "neuron") -> float:
    """Persistence of a serotype's light chain over that of type A, in `neuron` or `muscle`."""
    return float(serotype_fact(serotype, f"persistence_ratio_{where}").value)
