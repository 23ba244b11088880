"""What labels and trials lay down for a treatment: areas, doses, muscles, sites, intervals."""

from dataclasses import dataclass

from endplate.case.treatment import Treatment
from endplate.errors import NotCovered
from endplate.facts.indications import indications, is_charted
from endplate.facts.label import LabelRule, MuscleDose, label_rules, muscle_doses, weight_bands
from endplate.facts.protocols import ProtocolSite, protocol_sites, trial_protocol
from endplate.facts.targets import is_target, targets

SIDES = {"each": ("left", "right"), "either": ("left", "right"), "midline": ("midline",)}


@dataclass(frozen=True)
class ProtocolBasis:
    """Whose dose a protocol takes: `basis` is label, or trial where no label gives one dose."""

    id: str
    basis: str
    dose_u: float
    source: str
    locator: str
    verified: bool
    note: str


def areas_treated(treatment: Treatment) -> tuple[str, ...]:
    """Indications of a treatment and those the label doses together with them."""
    areas = list(treatment.indications)
    for name in treatment.indications:
        rules = label_rules(treatment.product, treatment.region, name, "companion")
        areas += [rule.text for rule in rules]
    return tuple(dict.fromkeys(areas))


def area_of(muscle: str, treatment: Treatment) -> str:
    """Area of the treatment to which a site in a muscle belongs.

    The area whose protocol has the muscle goes first, then one that treats it in any case, then a
    use without a chart, of which nothing is known, then the first.
    """
    areas = areas_treated(treatment)
    with_muscle = [spot.protocol for spot in protocol_sites() if spot.muscle == muscle]
    area = next((name for name in with_muscle if name in areas), None)
    lines = {row.name for row in indications() if row.family == "lines"}
    if area is None and lines.issuperset(areas):
        # A frontalis site in a plan for frown lines treats the forehead, stated or not.
        area = next((name for name in with_muscle if name in lines), None)
    treating = (name for name in areas if is_target(muscle, name))
    unknown = (name for name in areas if not is_charted(name) and not targets(name))
    return area or next(treating, None) or next(unknown, None) or treatment.indications[0]


def protocol_basis(treatment: Treatment, indication: str) -> ProtocolBasis | None:
    """Whose session dose the protocol of one indication takes, None when none is known.

    One dose of the region's label goes first. Where the label gives a range or nothing, the row of
    `trial_protocols.csv` is taken; else the upper end of the label's range.
    """
    rule = _session_rule(treatment, indication)
    row, basis, dose_u = rule, "label", rule.value if rule else None
    trial = trial_protocol(treatment.product, indication)
    if trial is not None and (rule is None or rule.low is not None or rule.high is not None):
        row, basis, dose_u = trial, trial.basis, trial.dose_u
    if row is None or dose_u is None:
        return None
    return ProtocolBasis(row.id, basis, dose_u, row.source, row.locator, row.verified, row.note)


def _session_rule(treatment: Treatment, indication: str) -> LabelRule | None:
    rules = label_rules(treatment.product, treatment.region, indication, "session_dose")
    exact = [rule for rule in rules if rule.indication == indication]
    return exact[0] if exact else None


def _protocol_dose_u(treatment: Treatment, indication: str) -> float | None:
    """Session dose of the protocol for one indication, None when neither label nor trial gives it.

    `protocol_basis` says which of the two it is.
    """
    basis = protocol_basis(treatment, indication)
    return basis.dose_u if basis else None


def pattern_sites(product: str, indication: str) -> tuple[ProtocolSite, ...]:
    """Spots of one indication, those of a pattern of the product where it has one."""
    trial = trial_protocol(product, indication)
    return protocol_sites(trial.pattern if trial else indication)


def weighted_sites(treatment: Treatment) -> list[tuple[str, ProtocolSite, float]]:
    """Area, spot and dose [U] of every site of the protocol, scaled to `dose_u` when it is stated.

    Raises
    ------
    NotCovered
        No protocol or no dose is known for one of the indications.
    """
    product = treatment.product
    doses_u = {area: _protocol_dose_u(treatment, area) for area in areas_treated(treatment)}
    if treatment.dose_u is not None and not any(doses_u.values()):
        # Off label with a stated total: the pattern of each area, its sites equal.
        doses_u = {area: float(len(pattern_sites(product, area))) for area in doses_u}
    weights: list[tuple[str, ProtocolSite, float]] = []
    for area, dose_u in doses_u.items():
        spots = pattern_sites(product, area)
        if not dose_u or not spots:
            raise NotCovered(
                f"no label protocol of {product} for {area} is known for "
                f"{treatment.region}; list the sites as [[treatment.site]]"
            )
        weights += [(area, spot, dose_u * spot.fraction_of_dose) for spot in spots]
    total_u = sum(weight for _, _, weight in weights)
    scale = 1.0 if treatment.dose_u is None else treatment.dose_u / total_u
    return [(area, spot, weight_u * scale) for area, spot, weight_u in weights]


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
    """Muscles and doses of the label; empty when its text names no muscles for the use."""
    pattern = []
    for fact in muscle_doses(product, region, indication, population):
        by_weight_u = _band_u(fact, population, weight_kg)
        low_u, high_u = by_weight_u or fact.range_u(weight_kg) or (None, None)
        low, high = (None if n is None else int(n) for n in (fact.sites_low, fact.sites_high))
        for side in SIDES[fact.side]:
            pattern.append(
                PatternSite(indication, fact.muscle, side, low_u, high_u, low, high, fact)
            )
    return tuple(pattern)


def _band_u(
    fact: MuscleDose, population: str, weight_kg: float | None
) -> tuple[float, float] | None:
    """Dose of one muscle by the child's weight, where the label has bands for it."""
    if population != "paediatric" or weight_kg is None:
        return None
    bands = weight_bands(fact.product, fact.region, fact.indication)
    named = any(band.muscle == fact.muscle for band in bands)
    for band in bands:
        if band.muscle == (fact.muscle if named else "any") and band.holds(weight_kg):
            return band.dose_u, band.dose_u
    return None


def label_interval(product: str, region: str, indication: str, population: str) -> LabelRule | None:
    """Label row on the least interval; one written for the product, use and age goes first."""
    rows = [
        row
        for row in label_rules(product, region, indication, "interval_min")
        if row.population in ("any", "adult", population) and row.value is not None
    ]
    return min(
        rows,
        key=lambda r: (r.product == "any", r.indication == "any", r.population != population, r.id),
        default=None,
    )


def label_interval_d(treatment: Treatment, population: str) -> float | None:
    """Longest least interval [d] of the areas of a treatment; None where one of them has none."""
    rows = [
        label_interval(treatment.product, treatment.region, area, population)
        for area in areas_treated(treatment)
    ]
    intervals_d = [row.value for row in rows if row is not None and row.value is not None]
    return max(intervals_d) if intervals_d and len(intervals_d) == len(rows) else None
