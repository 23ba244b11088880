"""The charts: muscles as fibre-aligned blocks in millimetres, their end-plate zones, landmarks."""

from dataclasses import dataclass
from functools import cache
from math import hypot

from endplate.errors import FactMissing
from endplate.facts.indications import chart
from endplate.facts.store import table

SIDES = ("left", "right", "midline")
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class MuscleBlock:
    """One part of one muscle: a block along its fibres, on the lateral-positive half of the chart.

    A gland field or the bladder's wall is a block too, as `tissue` says. `centre_mm` and `fibre`
    are (x lateral, y up, z depth); `zone_centre` and `zone_sd` place the end plates along the
    fibres as fractions of the length, a wide `zone_sd` all over it;
    `zone_source` tells where that zone was found.
    """

    muscle: str
    part: str
    paired: bool
    region: str
    tissue: str
    centre_mm: tuple[float, float, float]
    fibre: tuple[float, float, float]
    length_mm: float
    width_mm: float
    thickness_mm: float
    zone_centre: float
    zone_sd: float
    kind: str
    source: str
    zone_source: str
    verified: bool
    note: str

    @property
    def axes(self) -> tuple[Vector, Vector, Vector]:
        """Unit vectors along the fibres, across them and through the block."""
        fx, fy, fz = self.fibre
        flat = hypot(fx, fy)
        ax, ay = (-fy / flat, fx / flat) if flat > 1e-9 else (1.0, 0.0)
        return self.fibre, (ax, ay, 0.0), (-fz * ay, fz * ax, fx * ay - fy * ax)

    def distance_mm(self, point_mm: Vector) -> float:
        """Distance of a point from the block, 0 inside; x lateral as the block's own.

        Parameters
        ----------
        point_mm : [mm]
            Point of the chart.
        """
        offset = [p - c for p, c in zip(point_mm, self.centre_mm, strict=True)]
        halves = (self.length_mm / 2, self.width_mm / 2, self.thickness_mm / 2)
        outside = [
            max(0.0, abs(sum(o * u for o, u in zip(offset, axis, strict=True))) - half)
            for axis, half in zip(self.axes, halves, strict=True)
        ]
        return hypot(*outside)


@dataclass(frozen=True)
class Landmark:
    """A named point of the chart on the lateral-positive half."""

    name: str
    region: str
    paired: bool
    x_mm: float
    y_mm: float
    note: str


@dataclass(frozen=True)
class ChartLimits:
    """Bounds within which a site may be placed, x lateral on the named side."""

    region: str
    x_mm: tuple[float, float]
    y_mm: tuple[float, float]
    z_mm: tuple[float, float]


@cache
def muscle_blocks(region: str | None = None) -> tuple[MuscleBlock, ...]:
    """Every block of the atlas, or of one region."""
    blocks = tuple(
        MuscleBlock(
            muscle=row["muscle"],
            part=row["part"],
            paired=row["paired"] == "yes",
            region=row["region"],
            tissue=row["tissue"],
            centre_mm=(float(row["x_mm"]), float(row["y_mm"]), float(row["z_mm"])),
            fibre=(float(row["fibre_x"]), float(row["fibre_y"]), float(row["fibre_z"])),
            length_mm=float(row["length_mm"]),
            width_mm=float(row["width_mm"]),
            thickness_mm=float(row["thickness_mm"]),
            zone_centre=float(row["zone_centre"]),
            zone_sd=float(row["zone_sd"]),
            kind=row["kind"],
            source=row["source"],
            zone_source=row["zone_source"] or row["source"],
            verified=row["verified"] == "yes",
            note=row["note"],
        )
        for row in table("muscles")
    )
    return tuple(b for b in blocks if region is None or b.region == region)


@cache
def chart_blocks(chart_name: str) -> tuple[MuscleBlock, ...]:
    """Blocks that one chart shows, region by region.

    Raises
    ------
    FactMissing
        There is no chart of that name.
    """
    return tuple(block for region in chart(chart_name).regions for block in muscle_blocks(region))


def blocks_of(muscle: str, region: str | None = None) -> tuple[MuscleBlock, ...]:
    """Blocks of one muscle, in all regions or in one; a muscle may cross from one to the next.

    Raises
    ------
    FactMissing
        The atlas has no such muscle.
    """
    found = tuple(b for b in muscle_blocks(region) if b.muscle == muscle)
    if not found:
        where = f" in region {region!r}" if region else ""
        raise FactMissing(f"the atlas has no muscle named {muscle!r}{where}")
    return found


@cache
def landmarks(region: str) -> tuple[Landmark, ...]:
    """Landmarks of one region's chart."""
    return tuple(
        Landmark(
            name=row["landmark"],
            region=row["region"],
            paired=row["paired"] == "yes",
            x_mm=float(row["x_mm"]),
            y_mm=float(row["y_mm"]),
            note=row["note"],
        )
        for row in table("landmarks")
        if row["region"] == region
    )


@cache
def chart_limits(region: str) -> ChartLimits:
    """Bounds of one region's chart.

    Raises
    ------
    FactMissing
        There is no chart of that region.
    """
    for row in table("chart_limits"):
        if row["region"] == region:
            x, y, z = (
                (float(row[f"{axis}_min_mm"]), float(row[f"{axis}_max_mm"])) for axis in "xyz"
            )
            return ChartLimits(region, x, y, z)
    raise FactMissing(f"no chart of region {region!r}")
