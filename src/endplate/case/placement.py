"""Puts the sites of a treatment on its charts: protocol spots, stated positions, free spots."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import dist

from endplate.case.dose import Preparation
from endplate.case.protocol import (
    area_of,
    areas_treated,
    pattern_sites,
    protocol_basis,
    weighted_sites,
)
from endplate.case.treatment import Site, Treatment
from endplate.errors import FactMissing, NotCovered
from endplate.facts.atlas import ChartLimits, MuscleBlock, blocks_of, chart_blocks, chart_limits
from endplate.facts.indications import charts as all_charts
from endplate.facts.indications import indication as indication_row
from endplate.facts.indications import indications
from endplate.facts.protocols import ProtocolSite, protocol_sites

# The charts give x on the named side; a midline organ has its own sign in x already.
SIGN = {"left": 1.0, "right": -1.0, "midline": 1.0}
Point = tuple[float, float, float]
# Distance that sites without a stated position keep from others while there is room.
SPREAD_MM = 5.0
# How far from a site a block still counts as reached: the far edge of a cloud of 0.1 mL.
REACH_MM = 10.0
# Plans for uses without a chart of their own are read on the face, as far as it goes.
NO_CHART = "upper_face"


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


def signed_point(side: str, at_mm: Point) -> Point:
    """Point of the chart with x signed by the side: left positive, right negative."""
    return (at_mm[0] * SIGN[side] + 0.0, at_mm[1], at_mm[2])


def charts_of(treatment: Treatment, indication: str | None = None) -> tuple[str, ...]:
    """Charts of the areas of a treatment, or of one indication, in the order of the areas."""
    wanted = (indication,) if indication else areas_treated(treatment)
    by_name = {row.name: row.chart for row in indications()}
    charts = tuple(dict.fromkeys(by_name[name] for name in wanted if name in by_name))
    return charts or (NO_CHART,)


def site_blocks(muscle: str, charts: tuple[str, ...]) -> tuple[MuscleBlock, ...]:
    """Blocks of a muscle on the first of the charts that shows it, else wherever it is drawn.

    Raises
    ------
    FactMissing
        No chart shows the muscle.
    """
    for name in charts:
        blocks = tuple(block for block in chart_blocks(name) if block.muscle == muscle)
        if blocks:
            return blocks
    first = blocks_of(muscle)[0]
    return blocks_of(muscle, first.region)


def site_limits(muscle: str | None, at_mm: Point, charts: tuple[str, ...]) -> ChartLimits | None:
    """Bounds of the chart on which a site lies, None when no chart shows its muscle."""
    if muscle is None:
        return chart_limits(
            next((c for c in charts if _contains(chart_limits(c), at_mm)), charts[0])
        )
    others = tuple(chart.name for chart in all_charts() if chart.name not in charts)
    for name in (*charts, *others):
        if any(block.muscle == muscle for block in chart_blocks(name)):
            return chart_limits(name)
    return None


def muscles_reached(
    point_mm: Point, chart: str, reach_mm: float = REACH_MM
) -> tuple[MuscleBlock, ...]:
    """Blocks of a chart within reach of a point, the nearest first.

    Parameters
    ----------
    point_mm : [mm]
        Point of the chart, x lateral on its side.
    chart : str
        Name of the chart.
    reach_mm : [mm]
        Distance within which a block counts as reached.
    """
    near = sorted(chart_blocks(chart), key=lambda block: block.distance_mm(point_mm))
    return tuple(block for block in near if block.distance_mm(point_mm) <= reach_mm)


def muscle_at(at_mm: Point, charts: tuple[str, ...]) -> str:
    """Muscle whose block lies nearest to a stated position, on the charts that hold it."""
    inside = [name for name in charts if _contains(chart_limits(name), at_mm)] or charts
    blocks = [block for name in inside for block in chart_blocks(name)]
    return min(blocks, key=lambda block: block.distance_mm(at_mm)).muscle


def _contains(limits: ChartLimits, at_mm: Point) -> bool:
    bounds = (limits.x_mm, limits.y_mm, limits.z_mm)
    return all(low <= v <= high for v, (low, high) in zip(at_mm, bounds, strict=True))


def site_muscle(site: Site, treatment: Treatment) -> str:
    """Muscle named by a site, or the one nearest to its position on the charts of the plan."""
    charts = charts_of(treatment, site.indication)
    return site.muscle or muscle_at(site.at_mm or (0.0, 0.0, 0.0), charts)


def label_sites(treatment: Treatment) -> tuple[PlacedSite, ...]:
    """Sites of the protocol, scaled to `dose_u` when the plan states it.

    Raises
    ------
    NotCovered
        No protocol or no dose is known for one of the indications.
    """
    return tuple(_label_site(treatment, *weighted) for weighted in weighted_sites(treatment))


def protocol_placed(indication: str, pattern: str, dose_u: float) -> tuple[PlacedSite, ...]:
    """Sites of a protocol as trials inject them: its shares of a dose [U], in their volume."""
    volume_ml = indication_row(indication).site_volume_ml
    return tuple(
        PlacedSite(
            indication,
            spot.muscle,
            spot.side,
            spot.fraction_of_dose * dose_u,
            volume_ml,
            *signed_point(spot.side, (spot.x_mm, spot.y_mm, spot.z_mm)),
            "label",
        )
        for spot in protocol_sites(pattern)
    )


def _label_site(treatment: Treatment, area: str, spot: ProtocolSite, dose_u: float) -> PlacedSite:
    volume_ml = Preparation(treatment.vial_u, treatment.diluent_ml).volume_ml(dose_u)
    point = signed_point(spot.side, (spot.x_mm, spot.y_mm, spot.z_mm))
    basis = protocol_basis(treatment, area)
    origin = basis.basis if basis else "label"
    return PlacedSite(area, spot.muscle, spot.side, dose_u, volume_ml, *point, origin)


def all_sites(treatment: Treatment) -> tuple[PlacedSite, ...]:
    """Every site of a treatment on its charts, the protocol's before the entered ones.

    Raises
    ------
    NotCovered
        No protocol or no dose is known for one of the indications, or the atlas lacks the muscle.
    """
    placed = label_sites(treatment) if treatment.protocol == "label" else ()
    for site in treatment.sites:
        placed += (_place(site, treatment, placed),)
    return placed


def _stated_points(treatment: Treatment, site: Site) -> list[Point]:
    """Positions stated for the other sites: they are taken before a free one is looked for."""
    return [
        signed_point(other.side, other.at_mm)
        for other in treatment.sites
        if other.at_mm is not None and other is not site
    ]


def _place(site: Site, treatment: Treatment, placed: tuple[PlacedSite, ...]) -> PlacedSite:
    muscle = site_muscle(site, treatment)
    area = site.indication or area_of(muscle, treatment)
    if site.at_mm is not None:
        point = signed_point(site.side, site.at_mm)
    else:
        taken = [(s.x_mm, s.y_mm, s.z_mm) for s in placed] + _stated_points(treatment, site)
        point = _free_point(muscle, site.side, area, treatment, taken)
    volume_ml = Preparation(treatment.vial_u, treatment.diluent_ml).volume_ml(site.dose_u)
    return PlacedSite(area, muscle, site.side, site.dose_u, volume_ml, *point, "entered")


def _free_point(
    muscle: str, side: str, area: str, treatment: Treatment, taken: list[Point]
) -> Point:
    """First free spot of the area's protocol, else a free point in the end-plate zone."""
    spots = _spots(pattern_sites(treatment.product, area), muscle, side)
    if not spots:
        similar = [spot for name in _similar_areas(area) for spot in protocol_sites(name)]
        spots = _spots(similar, muscle, side)
    free = [spot for spot in spots if _room_mm(spot, taken) >= 1.0]
    if free:
        return free[0]
    best, best_room_mm = spots[0] if spots else (0.0, 0.0, 0.0), 0.0
    for point in _zone_points(muscle, side, charts_of(treatment, area)):
        room_mm = _room_mm(point, taken)
        if room_mm > best_room_mm:
            best, best_room_mm = point, room_mm
        # A crowded muscle still gets its sites: as far from the others as there is room.
        if room_mm >= SPREAD_MM:
            break
    return best


def _spots(sites: Sequence[ProtocolSite], muscle: str, side: str) -> list[Point]:
    """Spots of a muscle on one side; a protocol for the other side alone serves in the mirror."""
    of_muscle = [spot for spot in sites if spot.muscle == muscle]
    same = [spot for spot in of_muscle if spot.side == side]
    other = [spot for spot in of_muscle if "midline" not in (spot.side, side)]
    return [signed_point(side, (s.x_mm, s.y_mm, s.z_mm)) for s in same or other]


def _similar_areas(area: str) -> list[str]:
    """Areas of the same chart and family: their spots serve a site that the area has none for."""
    kinds = {row.name: (row.chart, row.family) for row in indications()}
    wanted = kinds.get(area, (NO_CHART, "lines"))
    return [name for name, kind in kinds.items() if kind == wanted]


def _room_mm(point: Point, taken: list[Point]) -> float:
    return min((dist(point, other) for other in taken), default=float("inf"))


def _zone_points(muscle: str, side: str, charts: tuple[str, ...]) -> list[Point]:
    """Points spread evenly over the end-plate zone of the muscle's first block."""
    try:
        block = site_blocks(muscle, charts)[0]
        limits = chart_limits(block.region)
    except FactMissing:
        raise NotCovered(
            f"the atlas has no chart of {muscle}; its sites cannot be placed"
        ) from None
    along, across, _ = block.axes
    half_zone = min(block.zone_sd, 0.45)  # endings all over the block: the block without its rim
    points = []
    for n in range(1, 257):
        s = (block.zone_centre - 0.5 + half_zone * (2 * _radical(n, 2) - 1)) * block.length_mm
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
