"""Notes of labels on needle, depth, place, diluent and care around the injection."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records


@dataclass(frozen=True)
class TechniqueNote:
    """One note in own words; `topic` is needle, depth, place, avoid, before, after and the like."""

    id: str
    product: str
    region: str
    indication: str
    topic: str
    text: str
    source: str
    locator: str
    verified: bool


@cache
def technique_notes(product: str, region: str, indication: str) -> tuple[TechniqueNote, ...]:
    """Notes for one use, those of the product as such included."""
    return tuple(
        row
        for row in records(TechniqueNote, "technique")
        if row.product == product
        and row.region in ("any", region)
        and row.indication in ("any", indication)
    )
