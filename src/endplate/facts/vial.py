"""Vials on the market, how long their content may be used, and the marks of syringes."""

from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.record import records


@dataclass(frozen=True)
class Vial:
    """One strength of one product; a solution states the volume that holds it."""

    id: str
    product: str
    region: str
    brand: str
    vial_u: float
    form: str
    volume_ml: float | None
    source: str
    verified: bool
    note: str


@dataclass(frozen=True)
class Storage:
    """How content may be kept; `one_person` is yes, or unknown where no text was seen."""

    id: str
    product: str
    form: str
    use_within_h: float | None
    store: str
    one_person: str
    source: str
    locator: str
    verified: bool
    note: str


@dataclass(frozen=True)
class Syringe:
    """A syringe and the distance of its marks."""

    id: str
    size_ml: float
    mark_ml: float
    source: str
    verified: bool
    note: str


@cache
def vials(product: str, region: str | None = None) -> tuple[Vial, ...]:
    """Vials of a product in one region, or in all."""
    return tuple(
        row
        for row in records(Vial, "vials")
        if row.product == product and region in (None, row.region)
    )


@cache
def all_vials() -> tuple[Vial, ...]:
    """Every vial of every product."""
    return records(Vial, "vials")


@cache
def storage(product: str, form: str) -> Storage:
    """Storage of one form of a product.

    Raises
    ------
    FactMissing
        No storage text of that form is at hand.
    """
    for row in records(Storage, "storage"):
        if (row.product, row.form) == (product, form):
            return row
    raise FactMissing(f"no storage text of {product} as {form} is at hand")


@cache
def syringes() -> tuple[Syringe, ...]:
    """Syringes, smallest first."""
    return tuple(sorted(records(Syringe, "syringes"), key=lambda one: one.size_ml))
