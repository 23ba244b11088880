"""The chart as a picture: a face, its muscles shaded by how far they are blocked, the sites."""

import math
from dataclasses import dataclass

from endplate.facts.anatomy import MuscleBlock, muscle_blocks
from endplate.report import face_art
from endplate.report.muscle import blocks_of, letters
from endplate.report.quantity import number
from endplate.report.reading import Result, indications
from endplate.report.svg import tag, text, title
from endplate.report.words import muscle_name

REGION = "upper_face"
WHOLE = (-88.0, -118.0, 176.0, 262.0)
CLOSE = (-73.0, -68.0, 146.0, 110.0)
STRANDS = (-0.3, 0.0, 0.3)
SLENDER = 1.6  # length to width above which a muscle is drawn with tapering ends
LETTER_GAP_MM = 12  # a part nearer than this to its muscle's letter needs none of its own
SHALLOWEST_SHADE, SHADE_RANGE = 0.04, 0.78


@dataclass(frozen=True)
class Dot:
    """One injected site as it is drawn."""

    x_mm: float
    y_mm: float
    dose_u: float
    words: str


def has_chart(result: Result) -> bool:
    """Whether every injected muscle is on the face that is drawn."""
    on_chart = {block.muscle for block in muscle_blocks(REGION)}
    sites = result["plan"].get("sites") or ()
    return bool(sites) and all(site["muscle"] in on_chart for site in sites)


def dots(result: Result) -> tuple[Dot, ...]:
    """Injected sites; x grows toward the patient's left."""
    return tuple(
        Dot(
            float(site["x_mm"]),
            float(site["y_mm"]),
            float(site["dose_u"]),
            f"{muscle_name(site['muscle'], site['side'])}: {number(site['dose_u'])} U "
            f"in {number(site['volume_ml'], 3)} mL",
        )
        for site in result["plan"].get("sites") or ()
    )


def faces(result: Result) -> tuple[str, str]:
    """The whole face unlabelled, and its upper part with doses and the letters of the muscles."""
    muscles = tag("g", *_muscles(result), class_="muscles", clip_path="url(#skin)")
    whole = _face(result, WHOLE, "whole", face_art.defs(), muscles, close=False)
    return whole, _face(result, CLOSE, "upper part", "", muscles, close=True)


def face_with_spots(result: Result) -> str:
    """The upper face with doses alone, for a page that shows no other face."""
    return _face(result, CLOSE, "upper part", face_art.defs(), "", close=True)


def _face(
    result: Result,
    box: tuple[float, float, float, float],
    part: str,
    defs: str,
    muscles: str,
    close: bool,
) -> str:
    return tag(
        "svg",
        title(f"Face of the patient from the front, {part}: injected sites"),
        defs,
        face_art.head(),
        muscles,
        face_art.mirrored("half-features"),
        face_art.gleam(),
        face_art.wrinkles(indications(result)),
        *(_dot(dot, close) for dot in dots(result)),
        *(_names(result) if close and muscles else ()),
        viewBox=" ".join(f"{edge:g}" for edge in box),
        class_="face close" if close else "face",
        role="img",
    )


def _muscles(result: Result) -> list[str]:
    """Every muscle of the chart, both sides, shaded by its largest block."""
    blocked = blocks_of(result)
    drawn = []
    for block in sorted(muscle_blocks(REGION), key=lambda b: -b.centre_mm[2]):
        for side in ("left", "right") if block.paired else ("midline",):
            share = blocked.get((block.muscle, side))
            drawn.append(_muscle(block, side, share))
    return drawn


def _muscle(block: MuscleBlock, side: str, share: float | None) -> str:
    x, y, _ = block.centre_mm
    run, rise, _ = block.fibre
    seen = math.hypot(run, rise)  # a fibre that runs into the head is seen end on
    length = max(block.length_mm * seen, block.thickness_mm * 3)
    width = block.width_mm
    angle = -math.degrees(math.atan2(rise, run)) if seen > 0.1 else 90.0
    shade = SHALLOWEST_SHADE + SHADE_RANGE * min(1.0, share or 0.0)
    known = (
        "not simulated" if share is None else f"{100 * share:.0f} % of junctions silenced at most"
    )
    body = [
        title(f"{muscle_name(block.muscle, side)}: {known}"),
        tag("path", d=_shape(length, width, seen), class_="m-body", fill_opacity=shade),
    ]
    if seen > 0.5:
        body += [tag("path", d=_strand(length, width, s), class_="m-strand") for s in STRANDS]
    flip = "scale(-1 1) " if side == "right" else ""
    place = f"{flip}translate({x:g} {-y:g}) rotate({angle:.1f})"
    return tag("g", *body, transform=place, class_="muscle" if share is not None else "muscle off")


def _shape(length: float, width: float, seen: float) -> str:
    """Outline along the x axis, centred: a spindle, an oval if seen end on, or a broad sheet."""
    half, side = length / 2, width / 2
    if seen <= 0.5:
        arc = f"a{half:.1f},{side:.1f} 0 1 0"
        return f"M{-half:.1f},0{arc} {length:.1f},0{arc} {-length:.1f},0Z"
    if length / width >= SLENDER:
        bow = side * 4 / 3
        return (
            f"M{-half:.1f},0C{-half * 0.5:.1f},{-bow:.1f} {half * 0.5:.1f},{-bow:.1f} {half:.1f},0"
            f"C{half * 0.5:.1f},{bow:.1f} {-half * 0.5:.1f},{bow:.1f} {-half:.1f},0Z"
        )
    r = 0.35 * min(length, width)
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


def _dot(dot: Dot, close: bool) -> str:
    radius = min(7.0, 1.9 * math.sqrt(dot.dose_u)) if close else min(5.0, math.sqrt(dot.dose_u))
    parts = [title(dot.words), tag("circle", cx=dot.x_mm, cy=-dot.y_mm, r=radius, class_="site")]
    if close:
        dose = number(dot.dose_u, 2)
        size = 4.6 if len(dose) < 3 else 3.4
        parts.append(
            text(
                dose,
                x=dot.x_mm,
                y=-dot.y_mm + size * 0.36,
                class_="dose",
                font_size=size,
                text_anchor="middle",
            )
        )
    return tag("g", *parts)


def _names(result: Result) -> list[str]:
    """Letters beside the muscles of the patient's left half, as the table has them."""
    letter = letters(result)
    taken = [(dot.x_mm, dot.y_mm) for dot in dots(result)]
    drawn: list[str] = []
    named: dict[str, tuple[float, float]] = {}
    for block in muscle_blocks(REGION):
        if block.muscle in letter:
            x, y = _free_end(block, taken)
            if block.muscle in named and math.dist((x, y), named[block.muscle]) < LETTER_GAP_MM:
                continue
            named[block.muscle] = (x, y)
            drawn.append(
                text(letter[block.muscle], x=x, y=-y + 1.5, class_="letter", text_anchor="middle")
            )
    return drawn


def _free_end(block: MuscleBlock, taken: list[tuple[float, float]]) -> tuple[float, float]:
    """The end of a muscle that lies inside the picture and farthest from the sites."""
    x, y, _ = block.centre_mm
    run, rise, _ = block.fibre
    reach = 0.5 * block.length_mm + 3.2 if math.hypot(run, rise) > 0.5 else 0.0
    left, top, width, height = CLOSE
    ends = [(x + s * run * reach, y + s * rise * reach) for s in (1, -1)]
    inside = [
        (a, b)
        for a, b in [*ends, (x, y)]
        if left + 4 < a < left + width - 4 and top + 4 < -b < top + height - 4
    ]
    away = [min((math.dist(end, dot) for dot in taken), default=99.0) for end in inside[:2]]
    return inside[away.index(max(away))] if inside else (x, y)
