"""Which areas a treatment covers, and whose dose and pattern its protocol takes for each."""

from dataclasses import dataclass

from endplate.case.plan import Treatment
from endplate.errors import NotCovered
from endplate.facts.indications import indications
from endplate.facts.label import LabelRule, label_rules
from endplate.facts.protocols import ProtocolSite, protocol_sites, trial_protocol


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
    """Area of the treatment to which a site in a muscle belongs."""
    areas = areas_treated(treatment)
    homes = [spot.protocol for spot in protocol_sites() if spot.muscle == muscle]
    inside = next((home for home in homes if home in areas), None)
    lines = {one.name for one in indications() if one.family == "lines"}
    if inside is None and lines.issuperset(areas):
        # A frontalis site in a plan for frown lines treats the forehead, said or not.
        inside = next((home for home in homes if home in lines), None)
    return inside or treatment.indications[0]


def protocol_basis(treatment: Treatment, indication: str) -> ProtocolBasis | None:
    """Whose session dose the protocol of one indication takes, None when none is known.

    One dose of the region's label goes first. Where the label gives a range or nothing, the row of
    `trial_protocols.csv` answers; else the upper end of the label's range.
    """
    rule = _session_rule(treatment, indication)
    trial = trial_protocol(treatment.product, indication)
    if trial is not None and (rule is None or rule.low is not None or rule.high is not None):
        return ProtocolBasis(
            trial.id,
            trial.basis,
            trial.dose_u,
            trial.source,
            trial.locator,
            trial.verified,
            trial.note,
        )
    if rule is None or rule.value is None:
        return None
    return ProtocolBasis(
        rule.id, "label", rule.value, rule.source, rule.locator, rule.verified, rule.note
    )


def _session_rule(treatment: Treatment, indication: str) -> LabelRule | None:
    rules = label_rules(treatment.product, treatment.region, indication, "session_dose")
    exact = [rule for rule in rules if rule.indication == indication]
    return exact[0] if exact else None


def label_dose_u(treatment: Treatment, indication: str) -> float | None:
    """Session dose of the protocol for one indication, None when neither label nor trial gives it.

    `protocol_basis` says which of the two it is.
    """
    found = protocol_basis(treatment, indication)
    return found.dose_u if found else None


def pattern_sites(product: str, indication: str) -> tuple[ProtocolSite, ...]:
    """Spots of one indication, those of the product's own pattern where it has one."""
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
    doses_u = {area: label_dose_u(treatment, area) for area in areas_treated(treatment)}
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
