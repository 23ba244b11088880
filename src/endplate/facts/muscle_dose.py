"""What labels give into one muscle, gland field or bladder on one side: range and sites."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records


@dataclass(frozen=True)
class MuscleDose:
    """Range of one muscle on one side, in U or U/kg as `unit` says.

    `side` is each where both are treated, either where the disease decides, or midline.
    `complete` says whether the label's list of muscles is meant to be whole.
    """

    id: str
    product: str
    region: str
    indication: str
    population: str
    muscle: str
    side: str
    low: float
    high: float
    unit: str
    max_u: float | None
    sites_low: float | None
    sites_high: float | None
    complete: bool
    source: str
    locator: str
    revision: str
    verified: bool
    note: str

    @property
    def is_fixed(self) -> bool:
        """Whether the label gives one dose and no range."""
        return self.low == self.high and self.unit == "U"

    def range_u(self, weight_kg: float | None) -> tuple[float, float] | None:
        """Lowest and highest dose of one person; None when the weight is needed and missing."""
        if self.unit == "U":
            return self.low, self.high
        if weight_kg is None:
            return None
        most_u = self.high * weight_kg
        if self.max_u is not None:
            most_u = min(most_u, self.max_u)
        return min(self.low * weight_kg, most_u), most_u


@cache
def muscle_doses(
    product: str, region: str, indication: str, population: str
) -> tuple[MuscleDose, ...]:
    """Muscles of one use; the adult ones where the label has none for children."""
    rows = [
        row
        for row in records(MuscleDose, "muscle_doses")
        if (row.product, row.region, row.indication) == (product, region, indication)
    ]
    own = tuple(row for row in rows if row.population == population)
    return own or tuple(row for row in rows if row.population == "adult")
