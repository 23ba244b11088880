"""Whether the uses that a label names in one region are all at hand."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records


@dataclass(frozen=True)
class Coverage:
    """One product in one region; without `complete`, a use that is missing may be labelled."""

    id: str
    product: str
    region: str
    complete: bool
    source: str
    verified: bool
    note: str


@cache
def coverage(product: str, region: str) -> Coverage | None:
    """Coverage of one product and region, None when nothing of its label was seen."""
    for row in records(Coverage, "label_coverage"):
        if (row.product, row.region) == (product, region):
            return row
    return None
