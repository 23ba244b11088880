"""Every injection of a plan with its dose and volume, whether or not it is on a chart."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from endplate.case.dose import Preparation
from endplate.case.placement import PlacedSite, Point, all_sites, label_sites, site_muscle
from endplate.case.plan import Plan
from endplate.case.protocol import PatternSite, area_of, areas_treated, label_pattern, population_of
from endplate.errors import NotCovered
from endplate.facts.indications import indications, is_charted


@dataclass(frozen=True)
class Injection:
    """One injection; `point_mm` is None when it is on no chart, x is lateral on its side.

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


@lru_cache(maxsize=64)
def placed_sites(plan: Plan) -> tuple[PlacedSite, ...]:
    """Every injection of a plan on its charts, the protocol's sites before the entered ones.

    Raises
    ------
    NotCovered
        No protocol is known for the product, the indication and the age, or the atlas lacks the
        muscle.
    """
    if plan.treatment.protocol == "label":
        _refuse_children(plan)
    return all_sites(plan.treatment)


def _refuse_children(plan: Plan) -> None:
    """The doses of the protocols are those of adults; a child's go by weight."""
    lines = {row.name for row in indications() if row.family == "lines"}
    areas = [area for area in areas_treated(plan.treatment) if area not in lines]
    if areas and population_of(plan.patient.age_y) == "paediatric":
        raise NotCovered(
            f"the protocol for {areas[0].replace('_', ' ')} is that of adults; "
            "list the sites as [[treatment.site]]"
        )


def injections(plan: Plan) -> tuple[tuple[Injection, ...], str]:
    """Injections of a plan, and why some are on no chart, "" when all are."""
    try:
        placed = placed_sites(plan)
    except NotCovered as reason:
        of_label = _protocol_injections(plan)
        on_chart = any(shot.point_mm is not None for shot in of_label)
        why = _why_unplaced(plan) if of_label and not on_chart else str(reason)
        return (*of_label, *_entered_injections(plan)), why
    product = plan.treatment.product
    return tuple(_placed_injection(site, product) for site in placed), ""


def _placed_injection(site: PlacedSite, product: str) -> Injection:
    return Injection(
        site.indication,
        site.muscle,
        site.side,
        site.dose_u,
        site.volume_ml,
        (site.x_mm if site.side == "midline" else abs(site.x_mm), site.y_mm, site.z_mm),
        site.origin == "entered",
        product,
    )


def _why_unplaced(plan: Plan) -> str:
    if all(is_charted(area) for area in areas_treated(plan.treatment)):
        return "the sites on the charts are those of adults"
    return "there is no chart of this area"


def _protocol_injections(plan: Plan) -> tuple[Injection, ...]:
    """Injections of the protocols that can be had while a site or a use of the plan has no place.

    A stated total is that of all uses together: it is not split among those with a protocol.
    """
    treatment, product = plan.treatment, plan.treatment.product
    if treatment.protocol != "label":
        return ()
    parts = [treatment]
    if treatment.dose_u is None:
        parts += [replace(treatment, indications=(name,)) for name in treatment.indications]
    found: dict[str, list[Injection]] = {}
    for part in parts:
        try:
            _refuse_children(replace(plan, treatment=part))
            placed = [_placed_injection(site, product) for site in label_sites(part)]
        except NotCovered:
            continue
        for area in {shot.indication for shot in placed} - set(found):
            found[area] = [shot for shot in placed if shot.indication == area]
    of_label = tuple(shot for shots in found.values() for shot in shots)
    return of_label or _label_injections(plan)


def _entered_injections(plan: Plan) -> Iterator[Injection]:
    treatment = plan.treatment
    preparation = Preparation(treatment.vial_u, treatment.diluent_ml)
    for site in treatment.sites:
        muscle = site_muscle(site, treatment)
        yield Injection(
            site.indication or area_of(muscle, treatment),
            muscle,
            site.side,
            site.dose_u,
            preparation.volume_ml(site.dose_u),
            site.at_mm,
            True,
            treatment.product,
        )


def _label_injections(plan: Plan) -> tuple[Injection, ...]:
    """Injections of a protocol without a chart, where the label leaves no dose or site open."""
    treatment = plan.treatment
    pattern = _fixed_pattern(plan)
    label_u = sum(site.low_u or 0.0 for site in pattern)
    scale = treatment.dose_u / label_u if treatment.dose_u and label_u else 1.0
    preparation = Preparation(treatment.vial_u, treatment.diluent_ml)
    result: list[Injection] = []
    for site in pattern:
        count = site.sites_low or 1
        dose_u = scale * (site.low_u or 0.0) / count
        volume_ml, product = preparation.volume_ml(dose_u), treatment.product
        use = site.indication, site.muscle, site.side
        result += [Injection(*use, dose_u, volume_ml, None, False, product)] * count
    return tuple(result)


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
