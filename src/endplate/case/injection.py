"""Every injection of a plan with its dose and volume, whether or not it has a place on a chart."""

from dataclasses import dataclass

from endplate.case.dilution import Preparation
from endplate.case.pattern import PatternSite, label_pattern, population_of
from endplate.case.placement import placed_sites, site_muscle
from endplate.case.plan import Plan
from endplate.case.protocol import area_of, areas_treated
from endplate.errors import NotCovered
from endplate.facts.indications import indications

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Injection:
    """One injection; `point_mm` is None when it has no place, x is lateral on its side.

    The units of `dose_u` are those of `product`.
    """

    indication: str
    muscle: str
    side: str
    dose_u: float
    volume_ml: float
    point_mm: Point | None
    stated: bool
    product: str


def injections(plan: Plan) -> tuple[tuple[Injection, ...], str]:
    """Injections of a plan, and why some have no place, "" when all have one."""
    try:
        placed = placed_sites(plan)
    except NotCovered as reason:
        drawn = _label_injections(plan)
        why = _unplaced(plan) if drawn else str(reason)
        return (*drawn, *_entered(plan)), why
    found = tuple(
        Injection(
            s.indication,
            s.muscle,
            s.side,
            s.dose_u,
            s.volume_ml,
            (s.x_mm if s.side == "midline" else abs(s.x_mm), s.y_mm, s.z_mm),
            s.origin == "entered",
            plan.treatment.product,
        )
        for s in placed
    )
    return found, ""


def _unplaced(plan: Plan) -> str:
    charted = {one.name for one in indications()}
    if charted.issuperset(areas_treated(plan.treatment)):
        return "the sites on the charts are those of adults"
    return "there is no chart of this area"


def _entered(plan: Plan) -> tuple[Injection, ...]:
    treatment = plan.treatment
    mixed = Preparation(treatment.vial_u, treatment.diluent_ml)
    return tuple(
        Injection(
            site.indication or area_of(site_muscle(site, treatment), treatment),
            site_muscle(site, treatment),
            site.side,
            site.dose_u,
            mixed.volume_ml(site.dose_u),
            site.at_mm,
            True,
            treatment.product,
        )
        for site in treatment.sites
    )


def _label_injections(plan: Plan) -> tuple[Injection, ...]:
    """Injections of a protocol without a chart, where the label leaves no dose or site open."""
    treatment = plan.treatment
    pattern = _fixed_pattern(plan)
    label_u = sum(site.low_u or 0.0 for site in pattern)
    scale = treatment.dose_u / label_u if treatment.dose_u and label_u else 1.0
    mixed = Preparation(treatment.vial_u, treatment.diluent_ml)
    found = []
    for site in pattern:
        count = site.sites_low or 1
        dose_u = scale * (site.low_u or 0.0) / count
        one = Injection(
            site.indication,
            site.muscle,
            site.side,
            dose_u,
            mixed.volume_ml(dose_u),
            None,
            False,
            treatment.product,
        )
        found += [one] * count
    return tuple(found)


def _fixed_pattern(plan: Plan) -> list[PatternSite]:
    """Label pattern of every area of a plan, empty where one leaves something open."""
    treatment, patient = plan.treatment, plan.patient
    if treatment.protocol != "label":
        return []
    areas, population = areas_treated(treatment), population_of(patient.age_y)
    pattern = [
        site
        for area in areas
        for site in label_pattern(
            treatment.product, treatment.region, area, population, patient.weight_kg
        )
    ]
    whole = {site.indication for site in pattern} == set(areas)
    return pattern if whole and all(site.is_fixed for site in pattern) else []
