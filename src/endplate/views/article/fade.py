"""Drawing of the sixth step: cutters go, hooks come back, contact points wake up."""

import numpy as np

from endplate.forecast.journey import Journey
from endplate.views.article.ending import cutter
from endplate.views.article.scene import (
    Curve,
    Scene,
    at_stops,
    label,
    of_100,
    science,
    shown_above,
    stage,
    table,
)
from endplate.views.article.words import for_tissue, plain
from endplate.views.language import gettext as _
from endplate.views.svg import tag

UNITS = 20  # of each kind: one for each five of one hundred
_STOPS = np.arange(0.0, 366.01, 3.0)
_WANTED_D = (0, 14, 30, 60, 90, 120, 180, 240, 300, 366)
_ORDER = tuple((7 * k + 3) % UNITS for k in range(UNITS))


def fade_scene(journey: Journey) -> Scene:
    """Scene of the wearing off over a year."""
    course, day = journey.course, journey.day
    light, intact, working = (
        at_stops(_STOPS, day, values)
        for values in (course.light_chain, course.intact, course.working)
    )
    contacts = plain(for_tissue("tissue", journey.tissue)["contacts"])
    rows = (
        (_("cutters"), _("light chains"), "light", _scissors, 84),
        (_("whole hooks"), _("intact SNAP-25"), "intact", _hook, 198),
        (_("{contacts} that work").format(contacts=contacts), "", "working", _contact, 312),
    )
    parts = []
    for name, scientific, track, draw, y in rows:
        parts += [
            label(name, 14, y - 44, "strong"),
            science(scientific, 590, y - 44, "end"),
            *(
                part
                for k in range(UNITS)
                for part in draw(26 + 28.8 * k, y, track, k, journey.tissue)
            ),
        ]
    return Scene(
        name="fade",
        label=_(
            "Drawing: three rows of twenty. Cutters go from month to month, whole hooks come "
            "back, and {contacts} work again."
        ).format(contacts=contacts),
        picture=stage(*parts),
        at=tuple(_STOPS),
        unit=_("days"),
        tracks={"light": light, "intact": intact, "working": working},
        says=tuple(
            _(
                "Day {day}: {cutters} of 100 cutters are left of the most there were, {hooks} of "
                "100 hooks are whole, and {count} of 100 {contacts} work."
            ).format(
                day=f"{d:.0f}",
                cutters=of_100(x),
                hooks=of_100(p),
                count=of_100(w),
                contacts=contacts,
            )
            for d, x, p, w in zip(_STOPS, light, intact, working, strict=True)
        ),
        curves=(
            Curve("light", _("cutters, against their most"), "c-cut"),
            Curve("intact", _("whole hooks"), "c-hook"),
            Curve("working", _("{contacts} that work").format(contacts=contacts), "c-work"),
        ),
        heads=(
            _("Day"),
            _("Cutters, of 100 at their most"),
            _("Whole hooks, of 100"),
            _("Working, of 100"),
        ),
        rows=table(
            _STOPS,
            _WANTED_D,
            lambda i: (f"{_STOPS[i]:.0f}", of_100(light[i]), of_100(intact[i]), of_100(working[i])),
        ),
        start=20,
    )


def _level(k: int) -> float:
    return (_ORDER.index(k) + 0.5) / UNITS


def _scissors(x: float, y: float, track: str, k: int, tissue: str) -> list[str]:
    return [cutter(x, y, shown_above(track, _level(k), 0.03), 0.6 * k, 1.5)]


def _hook(x: float, y: float, track: str, k: int, tissue: str) -> list[str]:
    whole = f"M{x - 6:.1f} {y + 22:g}V{y - 4:g}q0-14 9-14t8 11"
    stub = f"M{x - 6:.1f} {y + 22:g}v-12"
    return [
        tag("path", d=stub, class_="hw-thread snap faint"),
        tag("path", d=whole, class_="hw-thread snap", data_b=shown_above(track, _level(k), 0.03)),
    ]


def _contact(x: float, y: float, track: str, k: int, tissue: str) -> list[str]:
    spot = {"x": x - 11, "y": y - 18, "width": 22, "height": 40, "rx": 7}
    return [
        tag("rect", **spot, class_="hw-fibre"),
        tag(
            "rect",
            **spot,
            class_=f"hw-fibre lit {tissue}",
            data_b=shown_above(track, _level(k), 0.03),
        ),
    ]
