"""Drawing of the third step: bubbles zipped to the wall by their hooks, and hooks that are cut."""

import numpy as np

from endplate.forecast.journey import Journey
from endplate.views.article.ending import cutter
from endplate.views.article.scene import (
    Curve,
    Scene,
    at_stops,
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
from endplate.views.quantity import number
from endplate.views.svg import tag

HOOKS = 10  # drawn hooks: one for each ten of one hundred
_STOPS = np.arange(0.0, 28.01, 0.25)
_WANTED_D = (0, 1, 2, 3, 7, 14, 21, 28)
_WALL_Y, _DOCKED_Y, _LIFT = 272.0, 212.0, -104.0
_ORDER = (4, 1, 8, 6, 2, 9, 0, 5, 7, 3)  # which hook is cut when, so that they look at random
_SOFT = 0.05


def hooks_scene(journey: Journey) -> Scene:
    """Scene of intact SNAP-25 over four weeks."""
    course, day = journey.course, journey.day
    intact = at_stops(_STOPS, day, course.intact)
    light = at_stops(_STOPS, day, course.light_chain)
    return Scene(
        name="hooks",
        label=_(
            "Drawing: ten bubbles at the wall of the nerve ending, each held by a hook. Where a "
            "cutter has cut the hook, the bubble floats away from the wall."
        ),
        picture=stage(*_wall(), *(_bubble(k) for k in range(HOOKS)), *_cutters(), *_words()),
        at=tuple(_STOPS),
        unit=_("days"),
        tracks={"intact": intact, "light": light},
        says=tuple(_say(d, p) for d, p in zip(_STOPS, intact, strict=True)),
        curves=(
            Curve("intact", _("hooks that are whole"), "c-hook"),
            Curve("light", _("cutters, against their most"), "c-cut"),
        ),
        heads=(
            _("Day"),
            _("Hooks that are whole, of 100"),
            _("Cutters, of 100 at their most"),
        ),
        rows=table(
            _STOPS, _WANTED_D, lambda i: (f"{_STOPS[i]:.0f}", of_100(intact[i]), of_100(light[i]))
        ),
        start=int(np.argmin(intact)),
    )


def _say(day: float, intact: float) -> str:
    told = _("Day {day}: {count} of 100 hooks are whole.")
    return told.format(day=number(day, 2), count=of_100(intact))


def _wall() -> list[str]:
    return [
        tag("rect", x=0, y=0, width=600, height=_WALL_Y, class_="hw-nerve flat"),
        tag("rect", x=0, y=_WALL_Y, width=600, height=15, class_="hw-wall"),
        tag("rect", x=0, y=_WALL_Y + 15, width=600, height=90, class_="hw-gap"),
    ]


def _bubble(k: int) -> str:
    """One bubble with its threads; it floats up and its hook falls apart below its own level."""
    x = 30.0 + 60.0 * k
    level = (_ORDER.index(k) + 0.5) / HOOKS
    low, high = level - _SOFT / 2, level + _SOFT / 2
    whole = moved(rule("opacity", "intact", (low, 0.0), (high, 1.0)))
    cut = moved(rule("opacity", "intact", (low, 1.0), (high, 0.0)))
    lift = moved(rule("transform", "intact", (low, _LIFT), (high, 0.0), form="translate(0 %)"))
    vesicle = tag(
        "g",
        tag("circle", cx=x, cy=_DOCKED_Y, r=24, class_="hw-store"),
        *(
            tag("circle", cx=x + a, cy=_DOCKED_Y + b, r=4, class_="hw-ach")
            for a, b in ((-10, -7), (8, -9), (-3, 6), (11, 6), (0, -14), (-13, 7))
        ),
        tag("path", d=_dangling(x), class_="hw-thread vamp", data_b=cut),
        data_b=lift,
    )
    return tag(
        "g",
        vesicle,
        tag("g", *_zipped(x), *_let_out(x), data_b=whole),
        tag(
            "path",
            d=f"M{x + 5:g} {_WALL_Y + 4:g}q6-16 2-30",
            class_="hw-thread syntaxin",
            data_b=cut,
        ),
        tag("path", d=f"M{x - 7:g} {_WALL_Y + 4:g}q-5-8-2-14", class_="hw-thread snap", data_b=cut),
        tag(
            "path",
            d=f"M{x - 20:g} {_WALL_Y - 34:g}q4-8 12-6",
            class_="hw-thread snap",
            data_b=cut,
        ),
    )


def _zipped(x: float) -> list[str]:
    """Three threads wound round each other between bubble and wall."""
    top, steps = _DOCKED_Y + 20, 5
    rise = (_WALL_Y + 4 - top) / steps
    parts = []
    for shift, kind in ((0, "snap"), (1, "vamp"), (2, "syntaxin")):
        path = f"M{x + 6 * np.sin(2.1 * shift):.1f} {top:.1f}"
        for i in range(steps):
            bend, end = (
                x + wide * np.sin(2.94 * (i + part) + 2.1 * shift)
                for wide, part in ((9, 0.5), (6, 1.0))
            )
            path += f"Q{bend:.1f} {top + rise * (i + 0.5):.1f} {end:.1f} {top + rise * (i + 1):.1f}"
        parts.append(tag("path", d=path, class_=f"hw-thread {kind}"))
    return parts


def _let_out(x: float) -> list[str]:
    """Messengers that come out where the hook is whole."""
    return [
        tag(
            "circle",
            cx=x + a,
            cy=_WALL_Y + 18,
            r=3.6,
            class_="hw-ach fall",
            style=f"animation-delay:-{(x * 0.013 + 0.5 * i) % 1.6:.2f}s",
        )
        for i, a in enumerate((-9, 0, 10))
    ]


def _dangling(x: float) -> str:
    return f"M{x:g} {_DOCKED_Y + 22:g}q7 10 0 20q-6 8 0 16"


def _cutters() -> list[str]:
    """Up to nine cutters above the wall, by their share of the most there ever are."""
    return [
        cutter(
            58 + 60 * k, 250 - 10 * (k % 2), shown_above("light", (k + 0.5) / 9, 0.06), 0.5 * k, 1.7
        )
        for k in range(9)
    ]


def _words() -> list[str]:
    return [
        label(_("inside the nerve ending"), 10, 30, "strong"),
        label(_("wall"), 10, _WALL_Y + 36),
        label(_("gap to the other side"), 590, _WALL_Y + 36, "", "end"),
        science(_("SNAP-25 (blue), syntaxin, VAMP"), 10, _WALL_Y + 62),
        science(_("vesicles"), 590, 30, "end"),
    ]
