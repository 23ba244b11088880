"""One view as SVG: the body part, its muscles shaded by how far they are blocked, the sites."""

import math
from collections.abc import Mapping

from endplate.facts.atlas import MuscleBlock
from endplate.views.chart.shape import SEEN_ALONG, angle, drawn
from endplate.views.chart.site import Dot, marks
from endplate.views.chart.view import View
from endplate.views.svg import Point, tag, text, title
from endplate.views.words import muscle_name, word

LETTER_GAP_MM = 12  # a part nearer than this to its muscle's letter needs none of its own
SHALLOWEST_SHADE, SHADE_RANGE = 0.04, 0.78
FAR_MM = 240  # a view that is taller has thicker lines

Blocked = Mapping[tuple[str, str], float]


def body(
    view: View, blocks: list[MuscleBlock], blocked: Blocked, key: str, live: bool = False
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


def picture(view: View, words: str, *parts: str) -> str:
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


def _muscles(view: View, blocks: list[MuscleBlock], blocked: Blocked, live: bool) -> list[str]:
    """Every block that the view shows, the deep ones first."""
    shapes = []
    for block in sorted(blocks, key=lambda b: -b.centre_mm[2]):
        x, y, _ = block.centre_mm
        if not view.seen(abs(x), y):
            continue
        for side in ("left", "right") if block.paired else ("midline",):
            if view.shows(side):
                share = blocked.get((block.muscle, side))
                shapes.append(_muscle(view, block, side, share, live and share is not None))
    return shapes


def shade(share: float) -> float:
    """Opacity of a muscle of which this share is silenced."""
    return SHALLOWEST_SHADE + SHADE_RANGE * min(1.0, max(0.0, share))


def _muscle(view: View, block: MuscleBlock, side: str, share: float | None, live: bool) -> str:
    name = muscle_name(block.muscle, side)
    if not live:
        name += ": " + (
            "not simulated"
            if share is None
            else f"{100 * share:.0f} % of {word('tissue', block.tissue)} silenced at most"
        )
    x, y, _ = block.centre_mm
    signed = -x if side == "right" else x
    at_x, at_y = view.at(signed, y)
    mirrored = -1 if signed < 0 and not view.side else view.flip
    wide = view.turn * mirrored * view.stretch(x, y)
    place = f"matrix({wide:.3f} 0 0 1 {at_x:.2f} {at_y:.2f}) rotate({angle(block):.1f})"
    parts = [title(name), *drawn(block, None if live else shade(share or 0.0))]
    return tag(
        "g",
        *parts,
        transform=place,
        class_="muscle" if share is not None else "muscle off",
        data_part=f"{block.muscle}:{side}" if live else None,
    )


def sites(view: View, shown: tuple[Dot, ...]) -> str:
    """The dots of a view."""
    return "".join(marks(shown, view))


def names(
    view: View, blocks: list[MuscleBlock], letter: Mapping[str, str], shown: tuple[Dot, ...]
) -> str:
    """Letters beside the muscles of the emptier side, as the table of the page has them."""
    sides = [dot.side for dot in shown]
    right = view.side == "right" or (not view.side and "left" in sides and "right" not in sides)
    taken = [(dot.x_mm, dot.y_mm) for dot in shown]
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


def _free_place(view: View, block: MuscleBlock, sign: int, taken: list[Point]) -> Point | None:
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
