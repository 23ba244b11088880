"""The outline of one muscle, gland field or piece of wall, along its own x axis."""

import math

from endplate.facts.atlas import MuscleBlock
from endplate.views.svg import tag

STRANDS = (-0.3, 0.0, 0.3)
SLENDER = 1.6  # length to width above which a muscle is drawn with tapering ends
SEEN_ALONG = 0.5  # a fibre that runs into the body more than this is seen end on
GLAND_STEP_MM = 7.0


def drawn(block: MuscleBlock, shade: float | None) -> list[str]:
    """Outline and texture of a block, centred, its fibres along x; without a shade it inherits."""
    run, rise, _ = block.fibre
    seen = math.hypot(run, rise)
    length = max(block.length_mm * seen, block.thickness_mm * 3)
    width = block.width_mm
    tissue = block.tissue
    if tissue != "muscle":
        body = tag("path", d=_field(length, width, tissue), class_="m-body", fill_opacity=shade)
        return [body, *(_glands(length, width) if tissue == "gland" else ())]
    body = tag("path", d=_outline(length, width, seen), class_="m-body", fill_opacity=shade)
    if seen <= SEEN_ALONG:
        return [body]
    return [body, *(tag("path", d=_strand(length, width, s), class_="m-strand") for s in STRANDS)]


def angle(block: MuscleBlock) -> float:
    """Angle of the fibres in the picture, clockwise [degrees]."""
    run, rise, _ = block.fibre
    return -math.degrees(math.atan2(rise, run)) if math.hypot(run, rise) > 0.1 else 90.0


def _outline(length: float, width: float, seen: float) -> str:
    """A spindle, an oval if seen end on, or a broad sheet."""
    half, side = length / 2, width / 2
    if seen <= SEEN_ALONG:
        return _oval(half, side)
    if length / width >= SLENDER:
        bow = side * 4 / 3
        return (
            f"M{-half:.1f},0C{-half * 0.5:.1f},{-bow:.1f} {half * 0.5:.1f},{-bow:.1f} {half:.1f},0"
            f"C{half * 0.5:.1f},{bow:.1f} {-half * 0.5:.1f},{bow:.1f} {-half:.1f},0Z"
        )
    return _rounded(half, side, 0.35 * min(length, width))


def _field(length: float, width: float, tissue: str) -> str:
    """An oval of skin, or a piece of wall."""
    if tissue == "gland":
        return _oval(length / 2, width / 2)
    return _rounded(length / 2, width / 2, 0.2 * min(length, width))


def _oval(half: float, side: float) -> str:
    arc = f"a{half:.1f},{side:.1f} 0 1 0"
    return f"M{-half:.1f},0{arc} {2 * half:.1f},0{arc} {-2 * half:.1f},0Z"


def _rounded(half: float, side: float, r: float) -> str:
    return (
        f"M{-half + r:.1f},{-side:.1f}H{half - r:.1f}Q{half:.1f},{-side:.1f} {half:.1f},"
        f"{-side + r:.1f}V{side - r:.1f}Q{half:.1f},{side:.1f} {half - r:.1f},{side:.1f}"
        f"H{-half + r:.1f}Q{-half:.1f},{side:.1f} {-half:.1f},{side - r:.1f}V{-side + r:.1f}"
        f"Q{-half:.1f},{-side:.1f} {-half + r:.1f},{-side:.1f}Z"
    )


def _strand(length: float, width: float, share: float) -> str:
    half, bow = 0.44 * length, share * width
    return (
        f"M{-half:.1f},{bow * 0.35:.1f}C{-half * 0.4:.1f},{bow:.1f} {half * 0.4:.1f},{bow:.1f} "
        f"{half:.1f},{bow * 0.35:.1f}"
    )


def _glands(length: float, width: float) -> list[str]:
    """Small rings over the field, for the glands in it."""
    across, along = int(width / 2 / GLAND_STEP_MM), int(length / 2 / GLAND_STEP_MM)
    rings = []
    for row in range(-across, across + 1):
        for column in range(-along, along + 1):
            x = (column + 0.5 * (row % 2)) * GLAND_STEP_MM
            y = row * GLAND_STEP_MM * 0.87
            if math.hypot(2 * x / length, 2 * y / width) < 0.9:
                rings.append(f"M{x - 0.8:.1f},{y:.1f}a.8,.8 0 1 0 1.6,0a.8,.8 0 1 0-1.6,0Z")
    return [tag("path", d="".join(rings), class_="m-strand")]
