"""Doses that labels give by body weight."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records


@dataclass(frozen=True)
class WeightBand:
    """Dose of one band of weight: of the session, or of one gland where `muscle` names it."""

    id: str
    product: str
    region: str
    indication: str
    population: str
    from_kg: float
    below_kg: float | None
    muscle: str
    dose_u: float
    source: str
    locator: str
    revision: str
    verified: bool
    note: str

    def holds(self, weight_kg: float) -> bool:
        """Whether a weight lies in the band."""
        return self.from_kg <= weight_kg and (self.below_kg is None or weight_kg < self.below_kg)


@cache
def weight_bands(product: str, region: str, indication: str) -> tuple[WeightBand, ...]:
    """Bands of one use, lightest first; empty when the label does not dose it by weight."""
    return tuple(
        row
        for row in records(WeightBand, "weight_bands")
        if (row.product, row.region, row.indication) == (product, region, indication)
    )
