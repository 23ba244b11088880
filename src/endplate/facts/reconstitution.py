"""Vials and diluents that labels name."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.store import table

# Uses of the face and neck for looks: their vials and dilutions are named apart on the labels.
COSMETIC = (
    "glabellar_lines",
    "lateral_canthal_lines",
    "forehead_lines",
    "platysma_bands",
    "masseter_prominence",
)


@dataclass(frozen=True)
class Reconstitution:
    """One vial and its diluent; `use` is cosmetic, therapeutic, paediatric_bladder or any."""

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


def dilutions_for(product: str, region: str, indication: str) -> tuple[Reconstitution, ...]:
    """Those of them that the label names for the kind of use."""
    use = "cosmetic" if indication in COSMETIC else "therapeutic"
    return tuple(row for row in reconstitutions(product, region) if row.use in ("any", use))
