"""Drawing of the fifth step: the tissue rests; a muscle also gets thinner."""

import math

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
from endplate.views.article.words import for_tissue, place_words, plain, scientific
from endplate.views.language import gettext as _
from endplate.views.svg import tag

_STOPS = np.arange(0.0, 240.01, 2.0)
_WANTED_D = (0, 2, 4, 8, 14, 30, 60, 90, 120, 180, 240)
_UNITS = 20


def rest_scene(journey: Journey) -> Scene:
    """Scene of force and size of a muscle, or of what the tissue still does, over eight months."""
    course, day = journey.course, journey.day
    force, lost = at_stops(_STOPS, day, course.force), at_stops(_STOPS, day, course.lost)
    muscle = journey.tissue == "muscle"
    draw = {"muscle": _muscle, "gland": _glands, "bladder": _bladder, "nociceptor": _nerves}
    curves = [Curve("force", _("force") if muscle else _still(journey), "c-work")]
    still = _("{what}, of 100").format(what=_still(journey).capitalize())
    heads = [_("Day"), _("Force, of 100") if muscle else still]
    if muscle:
        curves.append(Curve("size", _("size of the muscle"), "c-size"))
        heads.append(_("Size, of 100"))

    def row(i: int) -> tuple[str, ...]:
        told_size = (of_100(1.0 - lost[i]),) if muscle else ()
        return (f"{_STOPS[i]:.0f}", of_100(force[i]), *told_size)

    return Scene(
        name="rest",
        label=_label(journey),
        picture=stage(*draw[journey.tissue](journey)),
        at=tuple(_STOPS),
        unit=_("days"),
        tracks={"force": force, "size": tuple(1.0 - x for x in lost)},
        says=tuple(_say(journey, d, f, x) for d, f, x in zip(_STOPS, force, lost, strict=True)),
        curves=tuple(curves),
        heads=tuple(heads),
        rows=table(_STOPS, _WANTED_D, row),
        start=int(np.argmin(force)),
    )


def _still(journey: Journey) -> str:
    return _("{contacts} that work").format(contacts=_contacts(journey))


def _contacts(journey: Journey) -> str:
    return plain(for_tissue("tissue", journey.tissue)["contacts"])


def _label(journey: Journey) -> str:
    place = place_words(journey.block.muscle)
    told = {
        "muscle": _(
            "Drawing: the {place} pulls; how far goes with its force, how thick with its size."
        ),
        "gland": _(
            "Drawing: sweat glands under the skin, with drops above those that still get a signal."
        ),
        "bladder": _("Drawing: the bladder, whose wall squeezes as far as it still gets a signal."),
        "nociceptor": _(
            "Drawing: nerves from the head to the brain; dots run on those that still send."
        ),
    }
    return told[journey.tissue].format(place=place)


def _say(journey: Journey, day: float, force: float, lost: float) -> str:
    if journey.tissue == "muscle":
        return _(
            "Day {day}: the muscle can give {force} of 100 parts of its force and has {size} of "
            "100 parts of its size."
        ).format(day=f"{day:.0f}", force=of_100(force), size=of_100(1.0 - lost))
    return _("Day {day}: {count} of 100 {contacts} work.").format(
        day=f"{day:.0f}", count=of_100(force), contacts=_contacts(journey)
    )


def _muscle(journey: Journey) -> list[str]:
    """A belly between two tendons; it shortens in a beat as far as its force goes."""
    thin = moved(
        rule(
            "transform",
            "size",
            *((share, math.sqrt(share)) for share in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)),
            form="scale(1 %)",
        )
    )
    belly = "M-190 0C-150-62-80-86 0-86S150-62 190 0C150 62 80 86 0 86S-150 62-190 0z"
    strands = "".join(
        f"M-186 0C-110 {y} 110 {y} 186 0" for y in (-92, -66, -40, -14, 14, 40, 66, 92)
    )
    pull = moved(rule("style", "force", (0.0, 0.0), (1.0, 1.0), form="--pull:%"))
    return [
        tag("rect", x=0, y=40, width=46, height=270, rx=20, class_="hw-bone"),
        tag(
            "g",
            tag(
                "g",
                tag("path", d="M-260-9H-176V9H-260zM176-9H262V9H176z", class_="hw-tendon"),
                tag("path", d="M262-60V60", class_="hw-load"),
                tag(
                    "g",
                    tag("path", d=belly, class_="hw-fibre muscle lit"),
                    tag("path", d=strands, class_="hw-strand"),
                    data_b=thin,
                ),
                class_="hw-belly",
                data_b=pull,
            ),
            transform="translate(300 176)",
        ),
        label(place_words(journey.block.muscle), 300, 300, "strong", "middle"),
        science(scientific(journey.block.muscle), 300, 326, "middle"),
    ]


def _glands(journey: Journey) -> list[str]:
    parts = [
        tag("rect", x=0, y=130, width=600, height=230, class_="hw-fat"),
        tag("rect", x=0, y=130, width=600, height=46, class_="hw-skin"),
    ]
    for k in range(_UNITS):
        x = 22 + 29.2 * k
        level = (((7 * k + 3) % _UNITS) + 0.5) / _UNITS
        coil = f"M{x:.1f} 132V238a11 11 0 1 1-11 11a7 7 0 1 1 10 6a9 9 0 1 0 10-14"
        drop = f"M{x:.1f} 84c6 9 11 13 11 21a11 11 0 0 1-22 0c0-8 5-12 11-21z"
        lit = shown_above("force", level, 0.03)
        parts += [
            tag("path", d=coil, class_="hw-coil"),
            tag("path", d=coil, class_="hw-coil lit", data_b=lit),
            tag("g", tag("path", d=drop, class_="hw-drop rise"), data_b=lit),
        ]
    return [
        *parts,
        label(_("skin"), 10, 122),
        label(_("sweat glands"), 300, 330, "strong", "middle"),
    ]


def _bladder(journey: Journey) -> list[str]:
    pull = moved(rule("style", "force", (0.0, 0.0), (1.0, 1.0), form="--pull:%"))
    return [
        tag(
            "g",
            tag(
                "g",
                tag(
                    "path",
                    d="M0-140C110-140 150-60 130 20C112 90 40 110 16 136V168H-16V136"
                    "C-40 110-112 90-130 20C-150-60-110-140 0-140z",
                    class_="hw-fibre bladder lit wall",
                ),
                tag(
                    "path",
                    d="M0-112C90-112 122-50 104 14C88 70 36 84 0 108"
                    "C-36 84-88 70-104 14C-122-50-90-112 0-112z",
                    class_="hw-urine",
                ),
                class_="hw-belly round",
                data_b=pull,
            ),
            transform="translate(300 176)",
        ),
        label(_("wall of the bladder"), 452, 120, "strong"),
        science(_("detrusor"), 452, 146),
    ]


def _nerves(journey: Journey) -> list[str]:
    parts = [
        tag("path", d="M0 40C70 60 90 300 0 330z", class_="hw-skin face"),
        tag("path", d="M600 60C520 60 480 110 490 170S520 300 600 310z", class_="hw-brain"),
    ]
    for k in range(_UNITS):
        y = 66 + 12.4 * k
        level = (((7 * k + 3) % _UNITS) + 0.5) / _UNITS
        bend = f"M48 {y:.1f}C200 {y - 20:.1f} 360 {150 + 4 * k:.1f} 500 {140 + 5 * k:.1f}"
        parts += [
            tag("path", d=bend, class_="hw-fibre-line"),
            tag("path", d=bend, class_="hw-pulse", data_b=shown_above("force", level, 0.03)),
        ]
    return [
        *parts,
        label(_("skin and muscle"), 10, 28, "strong"),
        label(_("to the brain"), 590, 340, "strong", "end"),
    ]
