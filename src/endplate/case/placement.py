"""Places the sites of a treatment on its charts: protocol spots, entered places, free spots."""

from dataclasses import dataclass
from functools import lru_cache

from endplate.case.dilution import Preparation
from endplate.case.pattern import population_of
from endplate.case.places import Point, charts_of, free_point, muscle_at, signed_point
from endplate.case.plan import Plan, Site, Treatment
from endplate.case.protocol import area_of, areas_treated, protocol_basis, weighted_sites
from endplate.errors import NotCovered
from endplate.facts.indications import indications
from endplate.facts.protocols import ProtocolSite


@dataclass(frozen=True)
class PlacedSite:
    """One injection on the chart of its indication; x is signed here: left positive.

    `origin` is entered, label, or trial where the protocol's dose is that of a trial.
    """

    indication: str
    muscle: str
    side: str
    dose_u: float
    volume_ml: float
    x_mm: float
    y_mm: float
    z_mm: float
    origin: str


@lru_cache(maxsize=64)
def placed_sites(plan: Plan) -> tuple[PlacedSite, ...]:
    """Every injection of a plan on its charts, the protocol's sites before the entered ones.

    Raises
    ------
    NotCovered
        No protocol is known for the product, the indication and the age, or the atlas lacks the
        muscle.
    """
    treatment = plan.treatment
    placed: tuple[PlacedSite, ...] = ()
    if treatment.protocol == "label":
        _refuse_children(plan)
        placed = label_sites(treatment)
    for site in treatment.sites:
        placed += (_placed(site, treatment, placed, _points_ahead(treatment, site)),)
    return placed


def _refuse_children(plan: Plan) -> None:
    """The doses of the protocols are those of adults; a child's go by weight."""
    lines = {one.name for one in indications() if one.family == "lines"}
    areas = [area for area in areas_treated(plan.treatment) if area not in lines]
    if areas and population_of(plan.patient.age_y) == "paediatric":
        raise NotCovered(
            f"the protocol for {areas[0].replace('_', ' ')} is that of adults; "
            "list the sites as [[treatment.site]]"
        )


def label_sites(treatment: Treatment) -> tuple[PlacedSite, ...]:
    """Sites of the protocol, scaled to `dose_u` when the plan states it.

    Raises
    ------
    NotCovered
        No protocol or no dose is known for one of the indications.
    """
    return tuple(_label_site(treatment, *weighted) for weighted in weighted_sites(treatment))


def _label_site(treatment: Treatment, area: str, spot: ProtocolSite, dose_u: float) -> PlacedSite:
    volume_ml = Preparation(treatment.vial_u, treatment.diluent_ml).volume_ml(dose_u)
    point = signed_point(spot.side, (spot.x_mm, spot.y_mm, spot.z_mm))
    basis = protocol_basis(treatment, area)
    origin = basis.basis if basis else "label"
    return PlacedSite(area, spot.muscle, spot.side, dose_u, volume_ml, *point, origin)


def _points_ahead(treatment: Treatment, site: Site) -> list[Point]:
    return [
        signed_point(other.side, other.at_mm)
        for other in treatment.sites
        if other.at_mm is not None and other is not site
    ]


def _placed(
    site: Site, treatment: Treatment, before: tuple[PlacedSite, ...], ahead: list[Point]
) -> PlacedSite:
    taken = [(s.x_mm, s.y_mm, s.z_mm) for s in before] + ahead
    muscle = site.muscle or site_muscle(site, treatment)
    area = site.indication or area_of(muscle, treatment)
    if site.at_mm is not None:
        point = signed_point(site.side, site.at_mm)
    else:
        point = free_point(muscle, site.side, area, treatment, taken)
    volume_ml = Preparation(treatment.vial_u, treatment.diluent_ml).volume_ml(site.dose_u)
    return PlacedSite(area, muscle, site.side, site.dose_u, volume_ml, *point, "entered")


def site_muscle(site: Site, treatment: Treatment) -> str:
    """Muscle named by a site, or the one nearest to its place on the charts of the plan."""
    charts = charts_of(treatment, site.indication)
    return site.muscle or muscle_at(site.at_mm or (0.0, 0.0, 0.0), charts)
