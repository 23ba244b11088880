"""One view as SVG: the body part, its muscles shaded by how far they are blocked, the sites."""

import math
from collections.abc import Mapping

from endplate.facts.atlas import MuscleBlock
from endplate.views.chart.art import Points, smooth
from endplate.views.chart.art_muscle import MUSCLE_ART, MuscleArt
from endplate.views.chart.site import Dot, marks
from endplate.views.chart.views import BodyView
from endplate.views.svg import Point, tag, text, title
from endplate.views.words import muscle_name, word

LETTER_GAP_MM = 12  # a part nearer than this to its muscle's letter needs none of its own
SHALLOWEST_SHADE, SHADE_RANGE = 0.04, 0.78
FAR_MM = 240  # a view that is taller has thicker lines

STRANDS = (-0.3, 0.0, 0.3)
SLENDER = 1.6  # length to width above which a muscle is drawn with tapering ends
SEEN_ALONG = 0.5  # a fibre that runs into the body more than this is seen end on
GLAND_STEP_MM = 7.0

Blocked = Mapping[tuple[str, str], float]


def body(
    view: BodyView, blocks: list[MuscleBlock], blocked: Blocked, key: str, live: bool = False
) -> tuple[str, str]:
    """What lies below the sites, muscles included, and the clip that keeps them on the skin.

    In a `live` picture the muscles are named parts, to be shaded by whoever shows it.
    """
    art = view.art()
    turned = "scale(-1 1)" if view.flip < 0 else None
    clip = tag("clipPath", tag("path", d=art.skin, transform=turned), id=key)
    shapes = _muscles(view, blocks, blocked, live)
    skin = tag("path", d=art.skin, class_="f-skin")
    edge = tag("path", d=art.skin, class_="f-line") if art.edged else ""
    parts = [
        tag("g", art.behind, skin, art.under, edge, transform=turned),
        tag("g", *shapes, class_="muscles", clip_path=f"url(#{key})") if shapes else "",
        tag("g", art.over, transform=turned),
    ]
    return "".join(parts), tag("defs", clip)


def picture(view: BodyView, words: str, *parts: str) -> str:
    """The frame of a view around its parts."""
    kinds = ["face", *(["filled"] if view.filled else ())]
    if view.box[3] > FAR_MM:
        kinds.append("far")
    return tag(
        "svg",
        title(words),
        *parts,
        viewBox=" ".join(f"{edge:g}" for edge in view.frame),
        class_=" ".join(kinds),
        role="img",
    )


def _muscles(view: BodyView, blocks: list[MuscleBlock], blocked: Blocked, live: bool) -> list[str]:
    """Every muscle that the view shows, the deep ones first; one drawing for all blocks of a ring.

    A muscle with a drawing of its own is as deep as the deepest of its blocks.
    """
    shapes, whole = [], set()
    for block in sorted(blocks, key=lambda b: -b.centre_mm[2]):
        x, y, _ = block.centre_mm
        if not view.seen(abs(x), y) or (block.region, block.muscle) in whole:
            continue
        if (block.region, block.muscle) in MUSCLE_ART:
            whole.add((block.region, block.muscle))
        for side in ("left", "right") if block.paired else ("midline",):
            if view.shows(side):
                share = blocked.get((block.muscle, side))
                shapes.append(_muscle(view, block, side, share, live and share is not None))
    return shapes


def shade(share: float) -> float:
    """Opacity of a muscle of which this share is silenced."""
    return SHALLOWEST_SHADE + SHADE_RANGE * min(1.0, max(0.0, share))


def _muscle(view: BodyView, block: MuscleBlock, side: str, share: float | None, live: bool) -> str:
    name = muscle_name(block.muscle, side)
    if not live:
        name += ": " + (
            "not simulated"
            if share is None
            else f"{100 * share:.0f} % of {word('tissue', block.tissue)} silenced at most"
        )
    opacity = None if live else shade(share or 0.0)
    art = MUSCLE_ART.get((block.region, block.muscle))
    parts = outlined(block, opacity) if art is None else _drawn(view, art, side, opacity)
    return tag(
        "g",
        title(name),
        *parts,
        transform=_placed(view, block, side) if art is None else None,
        class_="muscle" if share is not None else "muscle off",
        data_part=f"{block.muscle}:{side}" if live else None,
    )


def _placed(view: BodyView, block: MuscleBlock, side: str) -> str:
    """Transform that puts a block, drawn about its middle, in its place of the picture."""
    x, y, _ = block.centre_mm
    signed = -x if side == "right" else x
    at_x, at_y = view.at(signed, y)
    mirrored = -1 if signed < 0 and not view.side else view.flip
    wide = view.turn * mirrored * view.stretch(x, y)
    return f"matrix({wide:.3f} 0 0 1 {at_x:.2f} {at_y:.2f}) rotate({angle_degrees(block):.1f})"


def _drawn(view: BodyView, art: MuscleArt, side: str, opacity: float | None) -> list[str]:
    """Outline and fibres of a muscle with a drawing of its own, each point where it lies."""
    sign = -1 if side == "right" else 1

    def curve(points: Points, closed: bool = False) -> str:
        return smooth([view.at(sign * x, y) for x, y in points], closed)

    outline = curve(art.outline, True) + (curve(art.hole, True) if art.hole else "")
    body = tag("path", d=outline, class_="m-body", fill_opacity=opacity, fill_rule="evenodd")
    return [body, *(tag("path", d=curve(fibre), class_="m-strand") for fibre in art.fibres)]


def sites(view: BodyView, dots: tuple[Dot, ...]) -> str:
    """The dots of a view."""
    return "".join(marks(dots, view))


def names(
    view: BodyView, blocks: list[MuscleBlock], letter: Mapping[str, str], dots: tuple[Dot, ...]
) -> str:
    """Letters beside the muscles of the emptier side, as the table of the page has them."""
    sides = [dot.side for dot in dots]
    right = view.side == "right" or (not view.side and "left" in sides and "right" not in sides)
    taken = [(dot.x_mm, dot.y_mm) for dot in dots]
    placed: list[str] = []
    named: dict[str, list[Point]] = {}
    for block in blocks:
        x, y, _ = block.centre_mm
        if block.muscle not in letter or not view.seen(abs(x), y):
            continue
        point = _free_place(view, block, -1 if right else 1, taken)
        gap = LETTER_GAP_MM * view.scale
        if point is None or any(math.dist(point, p) < gap for p in named.get(block.muscle, ())):
            continue
        named.setdefault(block.muscle, []).append(point)
        taken.append(point)
        size = 5 * view.scale
        placed.append(
            text(
                letter[block.muscle],
                x=point[0],
                y=point[1] + 0.3 * size,
                class_="letter",
                font_size=size,
                text_anchor="middle",
            )
        )
    return "".join(placed)


def _free_place(view: BodyView, block: MuscleBlock, sign: int, taken: list[Point]) -> Point | None:
    """The place along a muscle, its ends first, that is in the picture and far from the sites."""
    x, y, _ = block.centre_mm
    run, rise, _ = block.fibre
    flat = math.hypot(run, rise) > SEEN_ALONG
    reach = 0.5 * block.length_mm + 3.2 * view.scale if flat else 0.0
    best: tuple[float, Point] | None = None
    for share in (1.0, -1.0, 0.7, -0.7, 0.4, -0.4, 0.0):
        along, up = x + share * run * reach, y + share * rise * reach
        point = view.at(sign * along, up)
        if not view.seen(abs(along), up) or not view.inside(point, 4 * view.scale):
            continue
        free = min((math.dist(point, other) for other in taken), default=99.0)
        score = min(free, 9 * view.scale) - 0.5 * (1 - abs(share)) * view.scale
        if best is None or score > best[0] + 1e-9:
            best = score, point
    return best[1] if best else None


def outlined(block: MuscleBlock, shade: float | None) -> list[str]:
    """Outline and texture of a block, centred, its fibres along x; without a shade it inherits."""
    run, rise, _ = block.fibre
    in_plane = math.hypot(run, rise)
    length = max(block.length_mm * in_plane, block.thickness_mm * 3)
    width = block.width_mm
    tissue = block.tissue
    if tissue != "muscle":
        body = tag("path", d=_field(length, width, tissue), class_="m-body", fill_opacity=shade)
        return [body, *(_glands(length, width) if tissue == "gland" else ())]
    body = tag("path", d=_outline(length, width, in_plane), class_="m-body", fill_opacity=shade)
    if in_plane <= SEEN_ALONG:
        return [body]
    return [body, *(tag("path", d=_strand(length, width, s), class_="m-strand") for s in STRANDS)]


def angle_degrees(block: MuscleBlock) -> float:
    """Angle of the fibres in the picture, clockwise [degrees]."""
    run, rise, _ = block.fibre
    return -math.degrees(math.atan2(rise, run)) if math.hypot(run, rise) > 0.1 else 90.0


def _outline(length: float, width: float, in_plane: float) -> str:
    """A spindle, an oval if seen end on, or a broad sheet."""
    half, side = length / 2, width / 2
    if in_plane <= SEEN_ALONG:
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
