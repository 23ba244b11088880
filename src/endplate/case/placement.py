"""Places the sites of a treatment on the chart: the label's spots, entered places, free spots."""

from dataclasses import dataclass
from functools import lru_cache
from math import dist

from endplate.case.dilution import Preparation
from endplate.case.plan import Plan, Site, Treatment
from endplate.errors import FactMissing, NotCovered
from endplate.facts.anatomy import blocks_of, chart_limits, muscle_blocks
from endplate.facts.label import label_rules
from endplate.facts.protocol import ProtocolSite, protocol_sites

CHART = "upper_face"
SIGN = {"left": 1.0, "right": -1.0, "midline": 0.0}
Point = tuple[float, float, float]
# Distance that sites without a stated place keep from others while there is room.
SPREAD_MM = 5.0


@dataclass(frozen=True)
class PlacedSite:
    """One injection on the chart; x is signed here: left positive, right negative."""

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
    """Every injection of a plan on the chart, the label's sites before the entered ones.

    Raises
    ------
    NotCovered
        No protocol is known for the product and indication, or the atlas lacks the muscle.
    """
    treatment = plan.treatment
    placed = label_sites(treatment) if treatment.protocol == "label" else ()
    for site in treatment.sites:
        placed += (_placed(site, treatment, placed, _points_ahead(treatment, site)),)
    return placed


def areas_treated(treatment: Treatment) -> tuple[str, ...]:
    """Indications of a treatment and those the label doses together with them."""
    areas = list(treatment.indications)
    for name in treatment.indications:
        rules = label_rules(treatment.product, treatment.region, name, "companion")
        areas += [rule.text for rule in rules]
    return tuple(dict.fromkeys(areas))


def label_dose_u(treatment: Treatment, indication: str) -> float | None:
    """Session dose that the region's label gives for one indication, None when it gives none."""
    rules = label_rules(treatment.product, treatment.region, indication, "session_dose")
    exact = [rule.value for rule in rules if rule.indication == indication]
    return exact[0] if exact else None


def label_sites(treatment: Treatment) -> tuple[PlacedSite, ...]:
    """Sites of the label's protocol, scaled to `dose_u` when the plan states it.

    Raises
    ------
    NotCovered
        No protocol or no dose is known for one of the indications.
    """
    doses_u = {area: label_dose_u(treatment, area) for area in areas_treated(treatment)}
    if treatment.dose_u is not None and not any(doses_u.values()):
        # Off label with a stated total: the pattern of each area, its sites equal.
        doses_u = {area: float(len(protocol_sites(area))) for area in doses_u}
    weights: list[tuple[ProtocolSite, float]] = []
    for area, dose_u in doses_u.items():
        if not dose_u or not protocol_sites(area):
            raise NotCovered(
                f"no label protocol of {treatment.product} for {area} is known for "
                f"{treatment.region}; list the sites as [[treatment.site]]"
            )
        weights += [(spot, dose_u * spot.fraction_of_dose) for spot in protocol_sites(area)]
    total_u = sum(weight for _, weight in weights)
    scale = 1.0 if treatment.dose_u is None else treatment.dose_u / total_u
    return tuple(_label_site(spot, weight_u * scale, treatment) for spot, weight_u in weights)


def signed_point(side: str, at_mm: Point) -> Point:
    """Point of the chart with x signed by the side: left positive, right negative."""
    return (at_mm[0] * SIGN[side] + 0.0, at_mm[1], at_mm[2])


def _label_site(spot: ProtocolSite, dose_u: float, treatment: Treatment) -> PlacedSite:
    volume_ml = Preparation(treatment.vial_u, treatment.diluent_ml).volume_ml(dose_u)
    x, y, z = signed_point(spot.side, (spot.x_mm, spot.y_mm, spot.z_mm))
    return PlacedSite(spot.protocol, spot.muscle, spot.side, dose_u, volume_ml, x, y, z, "label")


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
    muscle = site.muscle or _muscle_at(site)
    if site.at_mm is not None:
        point = signed_point(site.side, site.at_mm)
    else:
        point = _free_point(muscle, site.side, taken)
    volume_ml = Preparation(treatment.vial_u, treatment.diluent_ml).volume_ml(site.dose_u)
    indication = site.indication or area_of(muscle, treatment)
    return PlacedSite(indication, muscle, site.side, site.dose_u, volume_ml, *point, "entered")


def area_of(muscle: str, treatment: Treatment) -> str:
    """Area of the treatment to which a site in a muscle belongs."""
    areas = areas_treated(treatment)
    homes = [spot.protocol for spot in protocol_sites() if spot.muscle == muscle]
    inside = next((home for home in homes if home in areas), None)
    if inside is None and homes and all(protocol_sites(area) for area in areas):
        # A frontalis site in a plan for frown lines treats the forehead, said or not.
        inside = homes[0]
    return inside or treatment.indications[0]


def _muscle_at(site: Site) -> str:
    """Muscle whose block lies nearest to an entered place."""
    at = site.at_mm or (0.0, 0.0, 0.0)
    return min(muscle_blocks(CHART), key=lambda block: block.distance_mm(at)).muscle


def _free_point(muscle: str, side: str, taken: list[Point]) -> Point:
    """First free spot of the label, else a free place in the muscle's end-plate zone."""
    spots = [
        signed_point(spot.side, (spot.x_mm, spot.y_mm, spot.z_mm))
        for spot in protocol_sites()
        if spot.muscle == muscle and spot.side == side
    ]
    free = [spot for spot in spots if _room_mm(spot, taken) >= 1.0]
    if free:
        return free[0]
    best, best_room_mm = spots[0] if spots else (0.0, 0.0, 0.0), 0.0
    for point in _zone_points(muscle, side):
        room_mm = _room_mm(point, taken)
        if room_mm > best_room_mm:
            best, best_room_mm = point, room_mm
        # A crowded muscle still gets its sites: as far from the others as there is room.
        if room_mm >= SPREAD_MM:
            break
    return best


def _room_mm(point: Point, taken: list[Point]) -> float:
    return min((dist(point, other) for other in taken), default=float("inf"))


def _zone_points(muscle: str, side: str) -> list[Point]:
    """Places spread evenly over the end-plate zone of the muscle's first block."""
    try:
        block = blocks_of(muscle)[0]
        limits = chart_limits(block.region)
    except FactMissing:
        raise NotCovered(f"the atlas has no chart of {muscle}; its sites have no place") from None
    along, across, _ = block.axes
    points = []
    for n in range(1, 257):
        s = (block.zone_centre - 0.5 + block.zone_sd * (2 * _radical(n, 2) - 1)) * block.length_mm
        t = 0.8 * (_radical(n, 3) - 0.5) * block.width_mm
        x, y, z = (
            c + s * u + t * v for c, u, v in zip(block.centre_mm, along, across, strict=True)
        )
        x = max(limits.x_mm[0], min(limits.x_mm[1], x))
        y = max(limits.y_mm[0], min(limits.y_mm[1], y))
        points.append(signed_point(side, (x, y, z)))
    return points


def _radical(index: int, base: int) -> float:
    """Van der Corput number: spreads points evenly without a grid."""
    fraction, share = 0.0, 1.0
    while index:
        share /= base
        index, digit = divmod(index, base)
        fraction += digit * share
    return fraction
