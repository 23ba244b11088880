"""What people see of the rest: the scale of the use over time, and a small picture of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.report import reading
from endplate.report.article.scene import Scene, label, moved, rule, shown_above, stage, table
from endplate.report.article.words import words
from endplate.report.measure import digits
from endplate.report.quantity import number
from endplate.report.svg import tag

_STOPS = np.arange(0.0, 364.01, 2.0)
_WANTED_D = (0, 7, 14, 30, 60, 90, 120, 180, 270, 364)
_CALENDAR = 28
_DROPS = 20
Rows = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
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


def seen(result: reading.Result, area: str) -> Seen | None:
    """The first scale of an area; None where the forecast holds none that the article knows."""
    names = [f"severity_contraction:{area}"]
    names += [f"level:{scale}:{area}" for scale in reading.scales_of(result, area)]
    for name in names:
        item = reading.series(result, name)
        code = area if name.startswith("severity") else name.split(":")[1]
        if item and code in words()["see"]:
            day = reading.course_days(result)
            courses = (np.interp(_STOPS, day, item[key]) for key in ("median", "p05", "p95"))
            shown = 1 if item["unit"] == "grade" else digits(item)
            return Seen(code, words()["see"][code], str(item["unit"]), *courses, digits=shown)
    return None


def seen_story(own: Seen) -> str:
    """Where the scale starts, where it gets to, and how people differ."""
    low, say = int(np.argmin(own.median)), own.figure
    return (
        f"What people see is the {own.words}. In people like you the middle goes from "
        f"{say(own.median[0])} to {say(own.median[low])} near day {_STOPS[low]:.0f}. "
        f"9 of 10 people are between {say(own.low[low])} and {say(own.high[low])} then."
    )


def seen_scene(own: Seen) -> Scene:
    """Scene of what people see over a year."""
    top = max(float(own.high.max()), 1e-9)
    says = tuple(
        f"Day {d:.0f}: {own.figure(m)} in the middle, {own.figure(a)} to {own.figure(b)} for 9 of "
        "10 people."
        for d, m, a, b in zip(_STOPS, own.median, own.low, own.high, strict=True)
    )
    picture = next(draw for start, draw in _PICTURES.items() if own.code.startswith(start))
    return Scene(
        name="seen",
        label=f"Drawing: {own.words}, in the middle of people like this one, over a year.",
        picture=stage(*picture(own)),
        at=tuple(_STOPS),
        unit="days",
        tracks={
            "seen": tuple(own.median.tolist()),
            "middle": tuple((own.median / top).tolist()),
            "low": tuple((own.low / top).tolist()),
            "high": tuple((own.high / top).tolist()),
        },
        says=says,
        curves=(),
        heads=("Day", "In the middle", "9 of 10 people"),
        rows=table(
            _STOPS,
            _WANTED_D,
            lambda i: (
                f"{_STOPS[i]:.0f}",
                own.figure(own.median[i]),
                f"{own.figure(own.low[i])} to {own.figure(own.high[i])}",
            ),
        ),
        start=int(np.argmin(own.median)),
    )


def _lines(own: Seen) -> list[str]:
    """Two brows and the skin between and above them, whose lines fade with the grade."""
    low, high = (1.0, 5.0) if own.code == "platysma_bands" else (0.0, 3.0)
    deep = moved(
        rule("opacity", "seen", (low, 0.0), (high, 1.0)),
        rule("stroke-width", "seen", (low, 1.0), (high, 7.0)),
    )
    lines = {
        "glabellar_lines": "M284 206C276 176 282 152 276 128M316 206C324 176 318 152 324 128"
        "M300 216C297 196 300 180 298 160M276 232C290 240 310 240 324 232",
        "lateral_canthal_lines": "M470 196C496 184 520 176 548 172M474 210C504 206 528 204 556 206"
        "M470 224C496 232 520 238 546 246M130 196C104 184 80 176 52 172M126 210C96 206 72 204 44 206"
        "M130 224C104 232 80 238 54 246",
        "forehead_lines": "M120 60C200 44 400 44 480 60M110 88C200 70 400 70 490 88M120 116C200 98 400 98 480 116",
        "platysma_bands": "M240 330C236 250 232 180 214 110M280 336C280 250 276 190 268 130"
        "M320 336C320 250 324 190 332 130M360 330C364 250 368 180 386 110",
    }[own.code]
    if own.code == "platysma_bands":
        base = [
            tag("path", d="M150 0C160 70 190 96 300 104S440 70 450 0z", class_="hw-skin face"),
            tag(
                "path",
                d="M196 92C200 200 190 300 120 360H480C410 300 400 200 404 92C360 112 240 112 196 92z",
                class_="hw-skin face",
            ),
        ]
    else:
        base = [
            tag("path", d="M60 360C30 220 40 40 110 0H490C560 40 570 220 540 360z", class_="hw-skin face"),
            _brow(1), _brow(-1), _eye(180), _eye(420),
            tag("path", d="M286 240C282 290 276 320 268 342M314 240C318 290 324 320 332 342", class_="hw-feature"),
        ]  # fmt: skip
    return [*base, tag("path", d=lines, class_="hw-crease", data_b=deep)]


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


def _calendar(own: Seen) -> list[str]:
    """Four weeks of days; so many of them have a headache."""
    parts = []
    for k in range(_CALENDAR):
        x, y = 62 + 68 * (k % 7), 62 + 68 * (k // 7)
        place = (5 * k + 2) % _CALENDAR
        bad = moved(rule("opacity", "seen", (place + 0.3, 0.0), (place + 0.7, 1.0)))
        parts += [
            tag("rect", x=x, y=y, width=58, height=58, rx=8, class_="hw-day"),
            tag(
                "g",
                tag("rect", x=x, y=y, width=58, height=58, rx=8, class_="hw-day bad"),
                tag("path", d=f"M{x + 32} {y + 8}l-14 24h11l-5 18 18-25h-12z", class_="hw-flash"),
                data_b=bad,
            ),
        ]
    return [label("headache days in 4 weeks", 62, 42, "strong"), *parts]


def _drops(own: Seen) -> list[str]:
    """Drops, each for a share of what there was at the start."""
    start = max(float(own.median[0]), 1e-9)
    parts = []
    for k in range(_DROPS):
        x, y = 92 + 104 * (k % 5), 78 + 76 * (k // 5)
        place = (7 * k + 3) % _DROPS
        limit = (place + 0.5) / _DROPS * start
        path = f"M{x} {y}c12 18 22 26 22 38a22 22 0 0 1-44 0c0-12 10-20 22-38z"
        parts += [
            tag("path", d=path, class_="hw-drop off"),
            tag("path", d=path, class_="hw-drop", data_b=shown_above("seen", limit, 0.04 * start)),
        ]
    return [label("each drop: one of 20 at the start", 62, 42, "strong"), *parts]


def _head(own: Seen) -> list[str]:
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
        label("seen from above", 300, 344, "", "middle"),
    ]


def _limb(own: Seen) -> list[str]:
    """A joint that is held bent by stiff muscles."""
    bent = moved(rule("transform", "seen", (0.0, 0.0), (4.0, -95.0), form="rotate(% 300 250)"))
    return [
        tag("path", d="M40 226H300V274H40z", class_="hw-skin face"),
        tag("g", tag("path", d="M300 230H500C530 230 540 240 540 250S530 270 500 270H300z", class_="hw-skin face"), data_b=bent),
        tag("circle", cx=300, cy=250, r=30, class_="hw-skin face"),
        label("how far the joint is held bent (a sketch)", 300, 340, "", "middle"),
    ]  # fmt: skip


def _lid(own: Seen) -> list[str]:
    """An eye that spasms hold shut."""
    shut = moved(rule("transform", "seen", (0.0, 0.0), (8.0, 118.0), form="translate(0 %)"))
    return [
        tag("path", d="M60 190C180 60 420 60 540 190C420 300 180 300 60 190z", class_="hw-eye"),
        tag("circle", cx=300, cy=188, r=64, class_="hw-iris"),
        tag("circle", cx=300, cy=188, r=28, class_="hw-pupil"),
        tag("path", d="M60 190C180 60 420 60 540 190V20H60z", class_="hw-skin face", data_b=shut),
        tag("rect", x=0, y=0, width=600, height=40, class_="hw-skin face"),
        label("how much spasms shut the eye (a sketch)", 300, 344, "", "middle"),
    ]


_PICTURES: dict[str, Callable[[Seen], list[str]]] = {
    "headache": _calendar,
    "sweat": _drops,
    "ui_": _drops,
    "twstrs": _head,
    "mas_": _limb,
    "jrs": _lid,
    "": _lines,
}
