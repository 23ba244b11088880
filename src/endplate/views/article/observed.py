"""What people see of the treatment: the scale of the use over time, and a picture of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.results.result import Result
from endplate.views.article.scene import Curve, Scene, label, moved, rule, shown_above, stage, table
from endplate.views.article.words import words
from endplate.views.language import gettext as _
from endplate.views.outcome import digits
from endplate.views.quantity import number
from endplate.views.svg import tag

_STOPS = np.arange(0.0, 364.01, 2.0)
_WANTED_D = (0, 7, 14, 30, 60, 90, 120, 180, 270, 364)
_CALENDAR = 28
_DROPS = 20
_FACE = "M60 360C30 220 40 40 110 0H490C560 40 570 220 540 360z"
_NOSE = "M286 240C282 290 276 320 268 342M314 240C318 290 324 320 332 342"
_CHIN = "M150 0C160 70 190 96 300 104S440 70 450 0z"
_NECK = "M196 92C200 200 190 300 120 360H480C410 300 400 200 404 92C360 112 240 112 196 92z"
_FOREARM = "M300 230H500C530 230 540 240 540 250S530 270 500 270H300z"
_CREASES = {
    "glabellar_lines": (
        "M284 206C276 176 282 152 276 128M316 206C324 176 318 152 324 128"
        "M300 216C297 196 300 180 298 160M276 232C290 240 310 240 324 232"
    ),
    "lateral_canthal_lines": (
        "M470 196C496 184 520 176 548 172M474 210C504 206 528 204 556 206"
        "M470 224C496 232 520 238 546 246M130 196C104 184 80 176 52 172"
        "M126 210C96 206 72 204 44 206M130 224C104 232 80 238 54 246"
    ),
    "forehead_lines": (
        "M120 60C200 44 400 44 480 60M110 88C200 70 400 70 490 88M120 116C200 98 400 98 480 116"
    ),
    "platysma_bands": (
        "M240 330C236 250 232 180 214 110M280 336C280 250 276 190 268 130"
        "M320 336C320 250 324 190 332 130M360 330C364 250 368 180 386 110"
    ),
}


@dataclass(frozen=True)
class ObservedScale:
    """The scale of a use: its code, unit and courses of people like the patient, day by day."""

    code: str
    words: str
    unit: str
    median: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    digits: int

    def figure(self, value: float) -> str:
        """A value of the scale as text."""
        return number(value, self.digits)


def observed_scale(result: Result, area: str) -> ObservedScale | None:
    """The first scale of an area; None where the forecast holds none that the article knows."""
    names = [f"severity_contraction:{area}"]
    names += [f"level:{scale}:{area}" for scale in result.scales_of(area)]
    for name in names:
        item = result.series(name)
        code = area if name.startswith("severity") else name.split(":")[1]
        if item and code in words()["see"]:
            day = result.course.day
            courses = (
                np.interp(_STOPS, day, getattr(item, key)) for key in ("median", "p05", "p95")
            )
            places = 1 if item.unit == "grade" else digits(item.unit)
            return ObservedScale(code, words()["see"][code], item.unit, *courses, digits=places)
    return None


def observed_story(scale: ObservedScale) -> str:
    """Where the scale starts, where it gets to, and how people differ."""
    low, say = int(np.argmin(scale.median)), scale.figure
    return _(
        "What people see is the {scale}. In people like you the middle goes from {first} to {best} "
        "near day {day}. 9 of 10 people are between {low} and {high} then."
    ).format(
        scale=scale.words,
        first=say(scale.median[0]),
        best=say(scale.median[low]),
        day=f"{_STOPS[low]:.0f}",
        low=say(scale.low[low]),
        high=say(scale.high[low]),
    )


def observed_scene(scale: ObservedScale) -> Scene:
    """Scene of what people see over a year."""
    top = max(float(scale.high.max()), 1e-9)
    says = tuple(
        _("Day {day}: {middle} in the middle, {low} to {high} for 9 of 10 people.").format(
            day=f"{d:.0f}", middle=scale.figure(m), low=scale.figure(a), high=scale.figure(b)
        )
        for d, m, a, b in zip(_STOPS, scale.median, scale.low, scale.high, strict=True)
    )
    return Scene(
        name="seen",
        label=_("Drawing: {scale}, in the middle of people like this one, over a year.").format(
            scale=scale.words
        ),
        picture=stage(*picture(scale.code, max(float(scale.median[0]), 1e-9))),
        at=tuple(_STOPS),
        unit=_("days"),
        tracks={
            "seen": tuple(scale.median.tolist()),
            "middle": tuple((scale.median / top).tolist()),
            "low": tuple((scale.low / top).tolist()),
            "high": tuple((scale.high / top).tolist()),
        },
        says=says,
        curves=(
            Curve("low", _("9 of 10 people lie between"), "c-range"),
            Curve("high", _("9 of 10 people lie between"), "c-range"),
            Curve("middle", _("in the middle"), "c-work"),
        ),
        heads=(_("Day"), _("In the middle"), _("9 of 10 people")),
        rows=table(
            _STOPS,
            _WANTED_D,
            lambda i: (
                f"{_STOPS[i]:.0f}",
                scale.figure(scale.median[i]),
                _("{first} to {last}").format(
                    first=scale.figure(scale.low[i]), last=scale.figure(scale.high[i])
                ),
            ),
        ),
        start=int(np.argmin(scale.median)),
    )


def picture(code: str, start: float) -> list[str]:
    """The picture of a scale, moved by the track `seen`; `start` is its first value."""
    return next(draw for first, draw in _PICTURES.items() if code.startswith(first))(code, start)


def _lines(code: str, start: float) -> list[str]:
    """Two brows and the skin between and above them, whose lines fade with the grade."""
    low, high = (1.0, 5.0) if code == "platysma_bands" else (0.0, 3.0)
    deep = moved(
        rule("opacity", "seen", (low, 0.0), (high, 1.0)),
        rule("stroke-width", "seen", (low, 1.0), (high, 7.0)),
    )
    if code == "platysma_bands":
        base = [_skin(_CHIN), _skin(_NECK)]
    else:
        nose = tag("path", d=_NOSE, class_="hw-feature")
        base = [_skin(_FACE), _brow(1), _brow(-1), _eye(180), _eye(420), nose]
    return [*base, tag("path", d=_CREASES[code], class_="hw-crease", data_b=deep)]


def _skin(path: str) -> str:
    return tag("path", d=path, class_="hw-skin face")


def _brow(side: int) -> str:
    mirror = None if side > 0 else "translate(600 0) scale(-1 1)"
    d = "M100 168C140 138 200 132 262 156C264 164 262 172 258 176C206 154 146 160 106 178z"
    return tag("path", d=d, class_="hw-brow", transform=mirror)


def _eye(x: float) -> str:
    return tag(
        "g",
        tag("path", d="M-48 0C-24-24 24-24 48 0C24 20-24 20-48 0z", class_="hw-eye"),
        tag("circle", r=15, class_="hw-iris"),
        tag("circle", r=7, class_="hw-pupil"),
        transform=f"translate({x:g} 222)",
    )


def _calendar(code: str, start: float) -> list[str]:
    """Four weeks of days; so many of them have a headache."""
    parts = []
    for k in range(_CALENDAR):
        x, y = 62 + 68 * (k % 7), 62 + 68 * (k // 7)
        index = (5 * k + 2) % _CALENDAR
        bad = moved(rule("opacity", "seen", (index + 0.3, 0.0), (index + 0.7, 1.0)))
        parts += [
            tag("rect", x=x, y=y, width=58, height=58, rx=8, class_="hw-day"),
            tag(
                "g",
                tag("rect", x=x, y=y, width=58, height=58, rx=8, class_="hw-day bad"),
                tag("path", d=f"M{x + 32} {y + 8}l-14 24h11l-5 18 18-25h-12z", class_="hw-flash"),
                data_b=bad,
            ),
        ]
    return [label(_("headache days in 4 weeks"), 62, 42, "strong"), *parts]


def _drops(code: str, start: float) -> list[str]:
    """Drops, each for a share of what there was at the start."""
    parts = []
    for k in range(_DROPS):
        x, y = 92 + 104 * (k % 5), 62 + 74 * (k // 5)
        index = (7 * k + 3) % _DROPS
        limit = (index + 0.5) / _DROPS * start
        path = f"M{x} {y}c12 18 22 26 22 38a22 22 0 0 1-44 0c0-12 10-20 22-38z"
        parts += [
            tag("path", d=path, class_="hw-drop off"),
            tag("path", d=path, class_="hw-drop", data_b=shown_above("seen", limit, 0.04 * start)),
        ]
    return [label(_("each drop: one of 20 at the start"), 62, 42, "strong"), *parts]


def _head(code: str, start: float) -> list[str]:
    """A head seen from above, turned by the score."""
    turn = moved(rule("transform", "seen", (0.0, 0.0), (85.0, 80.0), form="rotate(% 300 190)"))
    return [
        tag("path", d="M60 300C60 220 180 210 300 210S540 220 540 300z", class_="hw-shirt"),
        tag(
            "g",
            tag("ellipse", cx=300, cy=190, rx=92, ry=112, class_="hw-skin face"),
            tag("path", d="M286 82q14-26 28 0z", class_="hw-skin face"),
            tag(
                "path",
                d="M212 150C216 60 384 60 388 150C400 290 200 290 212 150z",
                class_="hw-hair",
            ),
            data_b=turn,
        ),
        label(_("seen from above"), 300, 344, "", "middle"),
    ]


def _limb(code: str, start: float) -> list[str]:
    """A joint that is held bent by stiff muscles."""
    bent = moved(rule("transform", "seen", (0.0, 0.0), (4.0, -95.0), form="rotate(% 300 250)"))
    return [
        tag("path", d="M40 226H300V274H40z", class_="hw-skin face"),
        tag("g", _skin(_FOREARM), data_b=bent),
        tag("circle", cx=300, cy=250, r=30, class_="hw-skin face"),
        label(_("how far the joint is held bent (a sketch)"), 300, 340, "", "middle"),
    ]  # fmt: skip


def _lid(code: str, start: float) -> list[str]:
    """An eye that spasms hold shut."""
    shut = moved(rule("transform", "seen", (0.0, 0.0), (8.0, 118.0), form="translate(0 %)"))
    return [
        tag("path", d="M60 190C180 60 420 60 540 190C420 300 180 300 60 190z", class_="hw-eye"),
        tag("circle", cx=300, cy=188, r=64, class_="hw-iris"),
        tag("circle", cx=300, cy=188, r=28, class_="hw-pupil"),
        tag("path", d="M60 190C180 60 420 60 540 190V20H60z", class_="hw-skin face", data_b=shut),
        tag("rect", x=0, y=0, width=600, height=40, class_="hw-skin face"),
        label(_("how much spasms shut the eye (a sketch)"), 300, 344, "", "middle"),
    ]


_PICTURES: dict[str, Callable[[str, float], list[str]]] = {
    "headache": _calendar,
    "sweat": _drops,
    "ui_": _drops,
    "twstrs": _head,
    "mas_": _limb,
    "jrs": _lid,
    "": _lines,
}
