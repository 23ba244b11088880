"""Drawing of the fourth step: one contact point close up, and twenty of them side by side."""

import numpy as np

from endplate.forecast.journey import Journey
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
from endplate.views.article.words import for_tissue, plain
from endplate.views.language import gettext as _
from endplate.views.quantity import number
from endplate.views.svg import tag

DOTS = 30  # messengers in the gap when all is released
UNITS = 20  # contact points drawn: one for each five of one hundred
_STOPS = np.arange(0.0, 42.01, 0.5)
_WANTED_D = (0, 1, 2, 3, 7, 14, 28, 42)
_ORDER = tuple((7 * k + 3) % UNITS for k in range(UNITS))


def signal_scene(journey: Journey) -> Scene:
    """Scene of release and working contact points over six weeks."""
    course, day, say = journey.course, journey.day, for_tissue("tissue", journey.tissue)
    release = at_stops(_STOPS, day, course.release)
    working = at_stops(_STOPS, day, course.working)
    contacts = plain(say["contacts"])
    return Scene(
        name="signal",
        label=_(
            "Drawing: a nerve ending whose dots of messenger cross a gap, and twenty {contacts} "
            "beside it, which light up while they work."
        ).format(contacts=contacts),
        picture=stage(*_close_up(journey), *_many(journey)),
        at=tuple(_STOPS),
        unit=_("days"),
        tracks={"release": release, "working": working},
        says=tuple(
            _(
                "Day {day}: {messenger} of 100 parts of the messenger come out, and {count} of "
                "100 {contacts} work."
            ).format(day=number(d, 1), messenger=of_100(r), count=of_100(w), contacts=contacts)
            for d, r, w in zip(_STOPS, release, working, strict=True)
        ),
        curves=(
            Curve("release", _("messenger that comes out"), "c-ach"),
            Curve("working", _("{contacts} that work").format(contacts=contacts), "c-work"),
        ),
        heads=(
            _("Day"),
            _("Messenger that comes out, of 100"),
            _("{contacts} that work, of 100").format(contacts=contacts.capitalize()),
        ),
        rows=table(
            _STOPS,
            _WANTED_D,
            lambda i: (f"{_STOPS[i]:.0f}", of_100(release[i]), of_100(working[i])),
        ),
        start=int(np.argmin(working)),
    )


def _close_up(journey: Journey) -> list[str]:
    """The nerve ending, the gap with messengers that fall, and what they fall onto."""
    bulb = "M96 0C96 40 30 60 24 122C20 172 90 178 150 178S280 172 276 122C270 60 204 40 204 0z"
    stores = (
        (70, 128),
        (110, 92),
        (150, 140),
        (190, 92),
        (230, 128),
        (150, 60),
        (110, 150),
        (192, 150),
    )
    target = "M0 262C40 236 60 250 84 240S130 252 150 240S196 250 216 240S262 236 300 262V360H0z"
    dots = [
        tag(
            "g",
            tag(
                "circle",
                cx=40 + 220 * ((k * 0.618) % 1.0),
                cy=184 + 6 * (k % 3),
                r=4.4,
                class_="hw-ach fall",
                style=f"animation-delay:-{(k * 0.37) % 1.6:.2f}s",
            ),
            data_b=shown_above("release", (k + 0.5) / DOTS, 0.03),
        )
        for k in range(DOTS)
    ]
    lit = moved(rule("opacity", "working", (0.0, 0.12), (1.0, 1.0)))
    name = for_tissue("tissue", journey.tissue)
    return [
        tag("path", d=bulb, class_="hw-nerve"),
        *(tag("circle", cx=x, cy=y, r=14, class_="hw-store") for x, y in stores),
        *(
            tag("circle", cx=x + a, cy=y + b, r=3, class_="hw-ach")
            for x, y in stores
            for a, b in ((-5, -4), (5, -3), (0, 5))
        ),
        tag("path", d=target, class_=f"hw-fibre {journey.tissue}"),
        tag("path", d=target, class_=f"hw-fibre lit {journey.tissue}", data_b=lit),
        *dots,
        label(_("nerve ending"), 8, 24, "strong"),
        label(plain(name["strand"]), 150, 326, "strong", "middle"),
        science(_science(name["messenger"]), 292, 214, "end"),
    ]


def _many(journey: Journey) -> list[str]:
    """Twenty contact points; each falls silent at its own level."""
    parts = [
        label(
            f"{UNITS} {plain(for_tissue('tissue', journey.tissue)['contacts'])}",
            460,
            24,
            "strong",
            "middle",
        )
    ]
    fibre = {"x": 0, "y": 32, "width": 54, "height": 14, "rx": 6}
    for k in range(UNITS):
        x, y = 334 + 66 * (k % 4), 44 + 62 * (k // 4)
        level = (_ORDER.index(k) + 0.5) / UNITS
        works = moved(rule("opacity", "working", (level - 0.02, 0.0), (level + 0.02, 1.0)))
        parts.append(
            tag(
                "g",
                tag("path", d="M27-2c0 10-13 8-13 18s26 10 26 0-13-8-13-18z", class_="hw-nerve"),
                tag("rect", **fibre, class_=f"hw-fibre {journey.tissue}"),
                tag(
                    "g",
                    tag("rect", **fibre, class_=f"hw-fibre lit {journey.tissue}"),
                    *(tag("circle", cx=c, cy=27, r=2.2, class_="hw-ach") for c in (20, 27, 34)),
                    data_b=works,
                ),
                transform=f"translate({x} {y})",
            )
        )
    return parts


def _science(words: str) -> str:
    return words.split("|")[1].removesuffix("]]") if "|" in words else ""
