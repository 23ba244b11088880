"""Drawing of the first step: the needle, the pool of fluid and where the drug comes to rest."""

import numpy as np
from scipy.special import ndtri

from endplate.forecast.journey import PUSHES, Journey
from endplate.views.article.numbers import numbers
from endplate.views.article.scene import (
    HEIGHT,
    WIDTH,
    Scene,
    label,
    moved,
    rule,
    science,
    stage,
    table,
)
from endplate.views.article.words import place_words, scientific
from endplate.views.language import gettext as _
from endplate.views.quantity import number
from endplate.views.svg import tag

DOTS = 100
_SKIN_Y = 84.0
_DEEPEST_Y = 258.0  # where the middle of the muscle is drawn at the lowest
_STOPS = np.linspace(0.0, 2.0, 41)  # the plunger goes down until 1, then the drug seeps until 2
_BASES = (2, 3, 5)
_SCALE_MM = (5, 10, 20, 50)


def needle_scene(journey: Journey) -> Scene:
    """Scene of the shot into the place, drawn to scale in millimeters."""
    shot, values = journey.shot, numbers(journey)
    scale = _scale(journey)
    pools = [np.interp(min(1.0, at), PUSHES, shot.pool_mm[:, 0]) for at in _STOPS]
    says = [_say(at, pool, shot.volume_ml, values) for at, pool in zip(_STOPS, pools, strict=True)]
    return Scene(
        name="needle",
        label=_(
            "Drawing to scale: a needle in the {place}, a pool of fluid that grows, and dots of "
            "the drug that come to rest in and around it."
        ).format(place=values["place"]),
        picture=stage(*_layers(journey, scale), *_fluid(journey, scale), *_needle(journey, scale)),
        at=tuple(_STOPS),
        unit="",
        tracks={},
        says=tuple(says),
        curves=(),
        heads=(_("Plunger down"), _("Fluid in the place"), _("Length of the pool")),
        rows=table(
            _STOPS,
            (0.25, 0.5, 0.75, 1.0),
            lambda i: (
                f"{100 * _STOPS[i]:.0f} %",
                f"{number(shot.volume_ml * _STOPS[i], 2)} mL",
                f"{number(pools[i], 0)} mm",
            ),
        ),
        start=20,
        keys=(
            ("c-cut dot", _("in the {place}").format(place=values["place"])),
            ("c-pool dot", _("elsewhere")),
        ),
        ends=(_("the needle is in"), _("at rest")),
    )


def _say(at: float, pool_mm: float, volume_ml: float, values: dict[str, str]) -> str:
    if at <= 0.0:
        return _("The needle is in. Nothing is given yet.")
    if at <= 1.0:
        given = number(volume_ml * at, 2)
        told = _("{volume} mL is in. The pool is {length} mm long.")
        return told.format(volume=given, length=number(pool_mm, 0))
    if at < 2.0:
        told = _("The drug seeps out by about {length} mm and sticks.")
        return told.format(length=values["binding"])
    return _(
        "At rest. Of 100 parts of the whole dose, {own} lie in the {place} and {elsewhere} in "
        "skin, fat and other places."
    ).format(own=values["own"], place=values["place"], elsewhere=values["elsewhere"])


def _scale(journey: Journey) -> float:
    """Units of the drawing for one millimeter: all of the cloud and the depth fit in."""
    shot, block = journey.shot, journey.block
    wide = 4.6 * max(shot.sd_along_mm, shot.sd_across_mm)
    deep = max(block.centre_mm[2] + block.thickness_mm / 2, shot.depth_mm)
    return min(WIDTH / wide, (_DEEPEST_Y - _SKIN_Y) / deep, 22.0)


def _layers(journey: Journey, scale: float) -> list[str]:
    """What the needle goes through, and the muscle or layer that is meant."""
    block = journey.block
    top = _SKIN_Y + (block.centre_mm[2] - block.thickness_mm / 2) * scale
    thick = block.thickness_mm * scale
    parts = [
        tag("rect", x=0, y=_SKIN_Y, width=WIDTH, height=HEIGHT - _SKIN_Y, class_="hw-fat"),
        tag("rect", x=0, y=top, width=WIDTH, height=thick, class_=f"hw-target {block.tissue}"),
    ]
    if block.tissue != "bladder":
        skin = tag(
            "rect", x=0, y=_SKIN_Y, width=WIDTH, height=min(1.4 * scale, 30.0), class_="hw-skin"
        )
        parts.insert(1, skin)
    return [*parts, *_grain(journey, top, thick), *_names(journey, scale, top + thick)]


def _grain(journey: Journey, top: float, thick: float) -> list[str]:
    """Strands of a muscle or wall, glands of a skin."""
    if journey.block.tissue == "gland":
        return [_gland(x, top, thick) for x in np.arange(25.0, WIDTH, 50.0)]
    lines = max(1, min(9, int(thick / 6)))
    return [
        tag("path", d=f"M0 {top + thick * (i + 0.5) / lines:.1f}H{WIDTH:g}", class_="hw-strand")
        for i in range(lines)
    ]


def _names(journey: Journey, scale: float, bottom: float) -> list[str]:
    """Names of the layers, and a bar of known length."""
    muscle = journey.block.muscle
    mm = next((size for size in _SCALE_MM if size * scale > 55), _SCALE_MM[-1])
    y = min(bottom + 24, HEIGHT - 40)
    above = _("inside of the bladder") if journey.tissue == "bladder" else _("skin")
    return [
        tag("path", d=f"M16 {HEIGHT - 14:g}v-7m0 3.5h{mm * scale:.1f}m0 -3.5v7", class_="hw-bar"),
        label(f"{mm} mm", 16 + mm * scale + 8, HEIGHT - 12),
        label(above, 10, _SKIN_Y - 9),
        label(place_words(muscle), 10, y, "strong"),
        science(scientific(muscle), 10, y + 24),
    ]


def _gland(x: float, top: float, thick: float) -> str:
    r = min(9.0, thick / 5)
    y = top + thick / 2
    return tag(
        "path",
        d=f"M{x:.1f} {top:.1f}V{y - r:.1f}a{r:.1f} {r:.1f} 0 1 1 -{r:.1f} {r:.1f}a{r * 0.6:.1f} "
        f"{r * 0.6:.1f} 0 1 1 {r:.1f} {r * 0.5:.1f}",
        class_="hw-strand",
    )


def _fluid(journey: Journey, scale: float) -> list[str]:
    """The pool, and one hundred dots of the drug: in the pool first, then where they rest."""
    shot = journey.shot
    x0, y0 = WIDTH / 2, _SKIN_Y + shot.depth_mm * scale
    wheal = journey.block.tissue != "muscle"
    long, thick = shot.pool_mm[:, 0] * scale / 2, shot.pool_mm[:, 1] * scale / 2
    pool = tag(
        "ellipse",
        cx=x0,
        cy=y0,
        rx=0,
        ry=0,
        class_="hw-pool",
        data_b=moved(
            rule("rx", "at", *zip(PUSHES.tolist(), long.round(1).tolist(), strict=True)),
            rule("ry", "at", *zip(PUSHES.tolist(), thick.round(1).tolist(), strict=True)),
            rule("opacity", "at", (1.0, 1.0), (1.9, 0.25)),
        ),
    )
    sd_x = (shot.sd_across_mm if wheal else shot.sd_along_mm) * scale
    sd_z = (shot.sd_along_mm if wheal else shot.sd_across_mm) * scale
    dots = []
    for k, point in enumerate(_spread_points(DOTS)):
        inside = point / max(1.0, float(np.linalg.norm(point)) / 0.9)
        rest_y = _SKIN_Y + abs(shot.depth_mm * scale + point[1] * sd_z)
        start = (k + 0.5) / DOTS
        there = f"{x0 + inside[0] * long[-1]:.1f}", f"{y0 + inside[1] * thick[-1]:.1f}"
        kind = "hw-drug in" if _lies_in(journey, point, sd_z / scale) else "hw-drug"
        rest = (
            f"{min(WIDTH - 4, max(4, x0 + point[0] * sd_x)):.1f}",
            f"{min(HEIGHT - 4, rest_y):.1f}",
        )
        path = [(max(0.0, start - 0.04), (x0, y0)), (max(start, 0.05), tuple(map(float, there)))]
        path += [(1.02, tuple(map(float, there))), (1.95, tuple(map(float, rest)))]
        dots.append(
            tag(
                "circle",
                r=4,
                class_=kind,
                data_b=moved(
                    rule("transform", "at", *path, form="translate(% %)"),
                    rule("opacity", "at", (start - 0.05, 0.0), (start, 1.0)),
                ),
            )
        )
    return [pool, *dots]


def _lies_in(journey: Journey, point: np.ndarray, sd_z_mm: float) -> bool:
    """Whether a dot comes to rest inside the muscle or layer: through it and across it."""
    shot, block = journey.shot, journey.block
    depth = abs(shot.depth_mm + point[1] * sd_z_mm)
    aside = abs(point[2]) * shot.sd_across_mm
    within = abs(depth - block.centre_mm[2]) <= block.thickness_mm / 2
    return bool(within and aside <= block.width_mm / 2)


def _spread_points(count: int) -> np.ndarray:
    """Evenly spread points of a normal distribution in three directions, the same every time."""
    even = np.array([[_halton(k + 1, base) for base in _BASES] for k in range(count)])
    return ndtri(even)


def _halton(index: int, base: int) -> float:
    result, fraction = 0.0, 1.0
    while index:
        fraction /= base
        result += fraction * (index % base)
        index //= base
    return result


def _needle(journey: Journey, scale: float) -> list[str]:
    """Syringe and needle; the plunger goes down, then all of it is taken away."""
    x, y = WIDTH / 2, _SKIN_Y + journey.shot.depth_mm * scale
    body = [
        tag(
            "path", d=f"M{x:g} {y:.1f}L{x + 3:g} {y - 9:.1f}V-2h-6V{y - 9:.1f}z", class_="hw-steel"
        ),
        tag("rect", x=x - 17, y=-30, width=34, height=58, rx=4, class_="hw-barrel"),
        tag(
            "rect",
            x=x - 14,
            y=-26,
            width=28,
            height=50,
            class_="hw-pool",
            data_b=moved(
                rule("height", "at", (0.0, 50.0), (1.0, 0.0)),
                rule("y", "at", (0.0, -26.0), (1.0, 24.0)),
            ),
        ),
    ]
    away = moved(
        rule("transform", "at", (1.0, 0.0), (1.5, -300.0), form="translate(0 %)"),
        rule("opacity", "at", (1.2, 1.0), (1.5, 0.0)),
    )
    return [tag("g", *body, data_b=away)]
