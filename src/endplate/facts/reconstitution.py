"""Vials and diluents that labels name."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.store import table


@dataclass(frozen=True)
class Reconstitution:
    """One vial and its diluent; `use` is cosmetic, therapeutic or any."""

    id: str
    product: str
    region: str
    use: str
    vial_u: float
    diluent_ml: float
    source: str
    verified: bool
    note: str


@cache
def reconstitutions(product: str, region: str) -> tuple[Reconstitution, ...]:
    """Vials and diluents that the label of one region names for a product."""
    return tuple(
        Reconstitution(
            row["id"],
            row["product"],
            row["region"],
            row["use"],
            float(row["vial_u"]),
            float(row["diluent_ml"]),
            row["source"],
            row["verified"] == "yes",
            row["note"],
        )
        for row in table("reconstitution")
        if row["product"] == product and row["region"] == region
    )
