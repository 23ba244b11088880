"""Muscles, glands and sites that a label names for a use, each with its range of dose."""

from dataclasses import dataclass

from endplate.facts.label import MuscleDose, label_rules, muscle_doses, weight_bands

SIDES = {"each": ("left", "right"), "either": ("left", "right"), "midline": ("midline",)}


@dataclass(frozen=True)
class PatternSite:
    """One muscle on one side: dose range in units, None without the weight, and its sites."""

    indication: str
    muscle: str
    side: str
    low_u: float | None
    high_u: float | None
    sites_low: int | None
    sites_high: int | None
    fact: MuscleDose

    @property
    def is_fixed(self) -> bool:
        """Whether the label leaves neither side, dose nor number of sites open."""
        return (
            self.fact.side != "either"
            and self.low_u is not None
            and self.low_u == self.high_u
            and self.sites_low is not None
            and self.sites_low == self.sites_high
        )


def population_of(age_y: float | None) -> str:
    """Population whose label rows go first: paediatric below the adult age, else adult."""
    (bound,) = label_rules(None, None, None, "adult_from")
    return "paediatric" if age_y is not None and age_y < (bound.value or 0.0) else "adult"


def label_pattern(
    product: str, region: str, indication: str, population: str, weight_kg: float | None
) -> tuple[PatternSite, ...]:
    """What the label puts where; empty when its text names no muscles for the use."""
    pattern = []
    for fact in muscle_doses(product, region, indication, population):
        by_weight_u = _band_u(fact, population, weight_kg)
        low_u, high_u = by_weight_u or fact.range_u(weight_kg) or (None, None)
        low, high = (None if n is None else int(n) for n in (fact.sites_low, fact.sites_high))
        for side in SIDES[fact.side]:
            site = PatternSite(indication, fact.muscle, side, low_u, high_u, low, high, fact)
            pattern.append(site)
    return tuple(pattern)


def _band_u(
    fact: MuscleDose, population: str, weight_kg: float | None
) -> tuple[float, float] | None:
    """Dose of one muscle by the child's weight, where the label has bands for it."""
    if population != "paediatric" or weight_kg is None:
        return None
    bands = weight_bands(fact.product, fact.region, fact.indication)
    named = {fact.muscle} if any(band.muscle == fact.muscle for band in bands) else {"any"}
    for band in bands:
        if band.muscle in named and band.holds(weight_kg):
            return band.dose_u, band.dose_u
    return None
