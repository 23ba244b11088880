"""Drawing of the second step: from the pool into the nerve ending, and what is washed away."""

import math

from endplate.forecast.journey import HOURS, Journey
from endplate.views.article.scene import (
    Curve,
    Scene,
    label,
    moved,
    of_100,
    rule,
    science,
    shown_above,
    stage,
    table,
)
from endplate.views.language import gettext as _
from endplate.views.svg import tag

PARTS = 100  # dots of the drug: one for each part of one hundred
_FEW = 3  # places of the quick steps: no more than so many of 100 are there at a time
_WANTED_H = (0, 3, 6, 12, 24, 48, 72)
_SCISSORS = (
    "M0 0L9-5M0 0L9 5M-3-3.4a2.6 2.6 0 1 0 .1 0M-3 3.4a2.6 2.6 0 1 0 .1 0M-2-1.6L0 0M-2 2L0 0"
)
_TURN = math.pi * (3 - math.sqrt(5))  # golden angle: spots that never line up


def ending_scene(journey: Journey) -> Scene:
    """Scene of the uptake over three days."""
    stages = journey.stages
    tracks = {
        name: tuple(float(v) for v in stages[name])
        for name in ("bulk", "free", "bound", "inside", "light_chain", "cleared")
    }
    return Scene(
        name="ending",
        label=_(
            "Drawing: a pool of one hundred dots beside a nerve ending. Dots leave the pool; most "
            "are washed away, some go into the nerve ending and become cutters."
        ),
        picture=stage(*_surroundings(), *_bulk(), *_cleared(), *_inside(), *_route(), *_words()),
        at=tuple(HOURS),
        unit=_("hours"),
        tracks=tracks,
        says=tuple(_say(journey, i) for i in range(len(HOURS))),
        curves=(
            Curve("bulk", _("still in the pool"), "c-pool"),
            Curve("cleared", _("washed away"), "c-gone"),
            Curve("light_chain", _("cutters in nerve endings"), "c-cut"),
        ),
        heads=(
            _("Hours after the shot"),
            _("In the pool"),
            _("Washed away"),
            _("Cutters in nerve endings"),
        ),
        rows=table(
            HOURS,
            _WANTED_H,
            lambda i: (
                f"{HOURS[i]:.0f}",
                of_100(stages["bulk"][i]),
                of_100(stages["cleared"][i]),
                of_100(stages["light_chain"][i]),
            ),
        ),
        start=24,
    )


def _say(journey: Journey, i: int) -> str:
    stages = journey.stages
    return _(
        "{hours} hours: of 100 parts, {pool} still lie in the pool, {gone} are washed away and "
        "{cutters} cut inside nerve endings."
    ).format(
        hours=f"{HOURS[i]:.0f}",
        pool=of_100(stages["bulk"][i]),
        gone=of_100(stages["cleared"][i]),
        cutters=of_100(stages["light_chain"][i]),
    )


def _surroundings() -> list[str]:
    """The nerve ending on the right with its stores, the vessel below on the left."""
    bulb = (
        "M600 40C560 44 520 40 490 62C420 70 330 110 330 200C330 290 410 322 480 316"
        "C540 312 570 300 600 306z"
    )
    stores = [(552, 92), (520, 118), (566, 140), (548, 262), (510, 284), (574, 232), (470, 108)]
    receptors = [(343, 152), (332, 200), (341, 246), (362, 112), (372, 284)]
    return [
        tag(
            "path",
            d="M0 332C80 322 150 340 230 332S420 326 470 334S560 336 600 330V360H0z",
            class_="hw-vessel",
        ),
        tag("path", d=bulb, class_="hw-nerve"),
        *(tag("circle", cx=x, cy=y, r=15, class_="hw-store") for x, y in stores),
        *(_messengers(x, y) for x, y in stores),
        *(_receptor(x, y) for x, y in receptors),
    ]


def _messengers(x: float, y: float) -> str:
    spots = ((-5, -4), (5, -3), (0, 5))
    return "".join(tag("circle", cx=x + a, cy=y + b, r=2.6, class_="hw-ach") for a, b in spots)


def _receptor(x: float, y: float) -> str:
    angle = math.degrees(math.atan2(y - 200, x - 460))
    return tag(
        "path",
        d="M0 0h12M12 0l6-5M12 0l6 5",
        class_="hw-receptor",
        transform=f"translate({x} {y}) rotate({angle:.0f})",
    )


def _bulk() -> list[str]:
    """The pool: dots on a sunflower, the outer ones leave first."""
    dots = []
    for k in range(PARTS):
        r, turn = 9.6 * math.sqrt(k + 0.5), k * _TURN
        dots.append(
            tag(
                "circle",
                cx=130 + 1.1 * r * math.cos(turn),
                cy=160 + 0.9 * r * math.sin(turn),
                r=4.2,
                class_="hw-drug",
                data_b=shown_above("bulk", (k + 0.5) / PARTS),
            )
        )
    pool = tag(
        "ellipse", cx=130, cy=160, rx=118, ry=98, class_="hw-pool",
        data_b=moved(rule("opacity", "bulk", (0.0, 0.15), (1.0, 1.0))),
    )  # fmt: skip
    return [pool, *dots]


def _cleared() -> list[str]:
    """Dots in the vessel below: washed away, one for each part."""
    return [
        tag(
            "circle",
            cx=10 + (k % 34) * 9.0,
            cy=338 + (k // 34) * 8.0,
            r=3.1,
            class_="hw-drug gone",
            data_b=shown_above("cleared", (k + 0.5) / PARTS),
        )
        for k in range(PARTS)
    ]


def _inside() -> list[str]:
    """The quick steps at the wall and in the small bubble, then the cutters inside."""
    parts = []
    for k in range(_FEW):
        limit = (k + 0.25) / PARTS
        parts += [
            _toxin(286, 170 + 34 * k, shown_above("free", limit, 0.004)),
            _toxin(320 + 2 * k, 166 + 36 * k, shown_above("bound", limit, 0.004)),
            tag(
                "g",
                tag("circle", cx=376, cy=150 + 46 * k, r=15, class_="hw-store endo"),
                _toxin(376, 150 + 46 * k, ""),
                data_b=shown_above("inside", limit, 0.004),
            ),
        ]
    for k in range(PARTS // 2):
        r, turn = 10.5 * math.sqrt(k + 0.5), k * _TURN
        x, y = 462 + r * math.cos(turn), 196 + r * math.sin(turn)
        parts.append(cutter(x, y, shown_above("light_chain", (k + 0.5) / PARTS), turn))
    return parts


def _toxin(x: float, y: float, rules: str) -> str:
    return tag(
        "g",
        tag("circle", cx=-3, cy=0, r=5, class_="hw-drug"),
        tag("circle", cx=5, cy=0, r=4, class_="hw-cut"),
        transform=f"translate({x:.1f} {y:.1f})",
        data_b=rules or None,
    )


def cutter(x: float, y: float, rules: str, turn: float = 0.0, size: float = 1.0) -> str:
    """A cutter as a small pair of scissors."""
    angle = math.degrees(turn) % 360
    return tag(
        "g",
        tag(
            "path",
            d=_SCISSORS,
            class_="hw-scissors",
            transform=f"translate({x:.1f} {y:.1f}) rotate({angle:.0f}) scale({size:g})",
        ),
        data_b=rules or None,
    )


def _route() -> list[str]:
    """One part on its way in, over and over; it shows the route and counts nothing."""
    return [tag("g", _toxin(0, 0, ""), class_="hw-route")]


def _words() -> list[str]:
    return [
        label(_("pool"), 130, 48, "strong", "middle"),
        label(_("washed away"), 150, 316, "", "middle"),
        label(_("nerve ending"), 352, 62, "strong", "middle"),
        label("1", 300, 140, "step", "middle"),
        label("2", 376, 122, "step", "middle"),
        label("3", 440, 136, "step", "middle"),
        science(_("axon terminal"), 352, 38, "middle"),
    ]
