"""The toxin products and their serotypes.

Doses of two products are never converted into each other: ratios between serotypes inform the
priors of fitted parameters only.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated

from endplate.errors import FactMissing
from endplate.facts.table import Columns, typed_rows


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
    rows = typed_rows(Product, "products", name=name)
    if not rows:
        raise FactMissing(f"no product named {name!r}")
    return rows[0]


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


def serotype_fact(serotype: str, quantity: str) -> SerotypeFact:
    """One fact of one serotype.

    Raises
    ------
    FactMissing
        The table has no such row.
    """
    rows = typed_rows(SerotypeFact, "serotypes", serotype=serotype, quantity=quantity)
    if not rows:
        raise FactMissing(f"no {quantity} of serotype {serotype!r} is in the tables")
    return rows[0]


def substrate(serotype: str) -> str:
    """What the light chain of a serotype cuts."""
    return serotype_fact(serotype, "substrate").value


def persistence_ratio(serotype: str, where: str = "neuron") -> float:
    """Persistence of a serotype's light chain over that of type A, in `neuron` or `muscle`."""
    return float(serotype_fact(serotype, f"persistence_ratio_{where}").value)


def serotypes_with(quantity: str) -> tuple[str, ...]:
    """Serotypes for which a quantity is in the tables, in file order."""
    return tuple(row.serotype for row in typed_rows(SerotypeFact, "serotypes", quantity=quantity))
