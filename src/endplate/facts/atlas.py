"""The body: muscles as fibre-aligned blocks on charts, landmarks, and what drives each scale."""

from dataclasses import dataclass, replace
from functools import cache
from math import hypot
from typing import Annotated

from endplate.errors import FactMissing
from endplate.facts.indications import chart, indications
from endplate.facts.table import Columns, SourcedRow, text_rows, typed_row, typed_rows

SIDES = ("left", "right", "midline")
CM_PER_M = 100.0
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class MuscleBlock(SourcedRow):
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
    centre_mm: Annotated[Vector, Columns("x_mm", "y_mm", "z_mm")]
    fibre: Annotated[Vector, Columns("fibre_x", "fibre_y", "fibre_z")]
    length_mm: float
    width_mm: float
    thickness_mm: float
    zone_centre: float
    zone_sd: float
    kind: str
    zone_source: str

    @property
    def axes(self) -> tuple[Vector, Vector, Vector]:
        """Unit vectors along the fibres, across them and through the block."""
        fx, fy, fz = self.fibre
        flat = hypot(fx, fy)
        ax, ay = (-fy / flat, fx / flat) if flat > 1e-9 else (1.0, 0.0)
        return self.fibre, (ax, ay, 0.0), (-fz * ay, fz * ax, fx * ay - fy * ax)

    def distance_mm(self, point_mm: Vector) -> float:
        """Distance of a point from the block, 0 inside; x lateral as that of the block.

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

    name: Annotated[str, Columns("landmark")]
    region: str
    paired: bool
    x_mm: float
    y_mm: float
    note: str


@dataclass(frozen=True)
class ChartLimits:
    """Bounds within which a site may be placed, x lateral on the named side."""

    region: str
    x_mm: Annotated[tuple[float, float], Columns("x_min_mm", "x_max_mm")]
    y_mm: Annotated[tuple[float, float], Columns("y_min_mm", "y_max_mm")]
    z_mm: Annotated[tuple[float, float], Columns("z_min_mm", "z_max_mm")]


@cache
def muscle_blocks(region: str | None = None) -> tuple[MuscleBlock, ...]:
    """Every block of the atlas, or of one region."""
    if region is not None:
        return tuple(block for block in muscle_blocks() if block.region == region)
    return tuple(
        replace(block, zone_source=block.zone_source or block.source)
        for block in typed_rows(MuscleBlock, "muscles")
    )


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
    blocks = tuple(block for block in muscle_blocks(region) if block.muscle == muscle)
    if not blocks:
        where = f" in region {region!r}" if region else ""
        raise FactMissing(f"the atlas has no muscle named {muscle!r}{where}")
    return blocks


@cache
def landmarks(region: str) -> tuple[Landmark, ...]:
    """Landmarks of one region's chart."""
    return typed_rows(Landmark, "landmarks", region=region)


@cache
def chart_limits(region: str) -> ChartLimits:
    """Bounds of one region's chart.

    Raises
    ------
    FactMissing
        There is no chart of that region.
    """
    missing = f"no chart of region {region!r}"
    return typed_row(ChartLimits, "chart_limits", missing, region=region)


@dataclass(frozen=True)
class Driver(SourcedRow):
    """One block's share [1] of one scale of one indication, in the canonical pattern of sides.

    The shares of a scale sum to one over all that drives it, treated or not, so what no site
    reaches caps the benefit.
    """

    indication: str
    scale: str
    muscle: str
    part: str
    side: str
    share: float
    kind: str


@cache
def drivers(indication: str) -> tuple[Driver, ...]:
    """Blocks behind the scales of one indication, in file order; empty when none is known."""
    return typed_rows(Driver, "drivers", indication=indication)


def scales_of(indication: str) -> tuple[str, ...]:
    """Scales that an indication drives, in file order."""
    return tuple(dict.fromkeys(driver.scale for driver in drivers(indication)))


def line_muscles(indication: str) -> tuple[Driver, ...]:
    """Blocks that make one area's line on the upper face; empty when it is no such line."""
    is_line = any(
        (row.name, row.chart, row.family) == (indication, "upper_face", "lines")
        for row in indications()
    )
    return drivers(indication) if is_line else ()


@cache
def _body_sizes() -> dict[tuple[str, str], float]:
    return {(row["muscle"], row["quantity"]): float(row["value"]) for row in text_rows("body_size")}


def volume_ratio(
    muscle: str, sex: str | None, height_cm: float | None, weight_kg: float | None
) -> float:
    """Volume of a person's muscle over that of the atlas, which is of the reference adult.

    Parameters
    ----------
    muscle : str
        Muscle of the atlas.
    sex : str or None
        As the plan says; only `female` and `male` move a size.
    height_cm : [cm]
        None where not stated.
    weight_kg : [kg]
        None where not stated.

    Returns
    -------
    [1], > 0
        1 where nothing is known of the muscle or of the person.

    Notes
    -----
    Leg: V = share (47 height weight + 1285) + offset (Handsfield 2014). Arm: a constant share of
    the arm, which is taken to grow as the leg does. Neck and jaw: by sex alone.

    Examples
    --------
    >>> round(volume_ratio("soleus", None, 171, 71.8), 6)
    1.0
    >>> volume_ratio("detrusor", "female", 160, 55)
    1.0
    """
    sizes = _body_sizes()
    by_sex = sizes.get((muscle, f"{sex}_ratio"), 1.0)
    if height_cm is None or weight_kg is None:
        return by_sex
    reference = _leg_cm3(sizes["reference_adult", "height"], sizes["reference_adult", "weight"])
    person = _leg_cm3(height_cm / CM_PER_M, weight_kg)
    if (muscle, "leg_share") in sizes:
        share, offset = sizes[muscle, "leg_share"], sizes[muscle, "leg_offset"]
        return (share * person + offset) / (share * reference + offset)
    return person / reference if (muscle, "arm_share") in sizes else by_sex


def _leg_cm3(height_m: float, weight_kg: float) -> float:
    sizes = _body_sizes()
    slope, offset = sizes["lower_limb", "per_height_weight"], sizes["lower_limb", "offset"]
    return slope * height_m * weight_kg + offset
