"""The toxin products: serotype and the dose above which a plan's figure is taken for a slip."""

from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.store import table


@dataclass(frozen=True)
class Product:
    """One product; doses are in its own units, never converted."""

    name: str
    serotype: str
    plausible_max_u: float


@cache
def products() -> tuple[str, ...]:
    """Generic names of all products, in file order."""
    return tuple(row["product"] for row in table("products"))


@cache
def product(name: str) -> Product:
    """Product of that generic name.

    Raises
    ------
    FactMissing
        The tables hold no such product.
    """
    for row in table("products"):
        if row["product"] == name:
            return Product(name, row["serotype"], float(row["plausible_max_u"]))
    raise FactMissing(f"no product named {name!r}")
