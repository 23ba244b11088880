"""An animated drawing: a picture, numbers over time, and which part of it follows which number.

A part of the picture follows tracks by the rules in its `data-b` attribute, parted by `;`. A rule
is `attribute|track|value result|value result|=form`: what the attribute is at rising values of
the track, straight in between; `form` has a `%` for each number, as `translate(% %)`. The browser
plays them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.views.language import gettext as _
from endplate.views.svg import line_path, tag, text

WIDTH, HEIGHT = 600.0, 360.0
CURVE_WIDTH, CURVE_HEIGHT, CURVE_LEFT, CURVE_TOP = 600.0, 92.0, 4.0, 8.0
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """One line under the drawing: a track from 0 to 1, its words and its color class."""

    track: str
    words: str
    kind: str


@dataclass(frozen=True)
class Scene:
    """One drawing with its numbers.

    `at` are the stops of its time; `tracks` one number per stop; `says` one sentence per stop;
    `rows` the same in a short table for who cannot or will not watch. `keys` are color classes
    and words of what the curves do not tell; `ends` are words for the ends of a time that is not
    counted in `unit`.
    """

    name: str
    label: str
    picture: str
    at: tuple[float, ...]
    unit: str
    tracks: dict[str, tuple[float, ...]]
    says: tuple[str, ...]
    curves: tuple[Curve, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    start: int = 0
    keys: tuple[tuple[str, str], ...] = ()
    ends: tuple[str, str] = ("", "")

    def props(self) -> dict[str, Any]:
        """What the page needs to play it, ready for JSON."""
        return {
            "label": self.label,
            "svg": self.picture,
            "curve": curve_picture(self),
            "tracks": {
                name: [round(value, 4) for value in values]
                for name, values in {"at": self.at, **self.tracks}.items()
            },
            "says": list(self.says),
            "ends": list(self.ends if any(self.ends) else self._ends()),
            "start": self.start,
        }

    def _ends(self) -> tuple[str, str]:
        return f"{self.at[0]:g} {self.unit}", f"{self.at[-1]:g} {self.unit}"

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Color class and words of everything that has a color, each once."""
        return tuple(dict.fromkeys([*self.keys, *((c.kind, c.words) for c in self.curves)]))


def rule(attribute: str, track: str, *points: tuple[float, Any], form: str = "") -> str:
    """One rule: the attribute at rising values of the track, a number or as many as `form` has.

    Examples
    --------
    >>> rule("transform", "at", (0.0, (1, 2.0)), (1.5, (3, 4.126)), form="translate(% %)")
    'transform|at|0 1 2|1.5 3 4.13|=translate(% %)'

    Raises
    ------
    ValueError
        The values of the track do not rise.
    """
    values = [point[0] for point in points]
    if values != sorted(values):
        raise ValueError(f"values of {track} do not rise: {values}")
    steps = (
        " ".join(
            f"{round(float(x), 3 if i == 0 else 2):g}"
            for i, x in enumerate((value, *_several(results)))
        )
        for value, results in points
    )
    return "|".join([attribute, track, *steps, *([f"={form}"] if form else [])])


def _several(results: Any) -> tuple[float, ...]:
    return results if isinstance(results, tuple) else (results,)


def moved(*rules: str) -> str:
    """The attribute that holds rules."""
    return ";".join(rules)


def shown_above(track: str, limit: float, soft: float = 0.02) -> str:
    """Rule of a part that is seen while a track is above a limit."""
    return moved(rule("opacity", track, (limit - soft / 2, 0.0), (limit + soft / 2, 1.0)))


def stage(*parts: str, height: float = HEIGHT) -> str:
    """The picture of a scene."""
    return tag(
        "svg", *parts, viewBox=f"0 0 {WIDTH:g} {height:g}", class_="hw-pic", aria_hidden="true"
    )


def of_100(count: float) -> str:
    """A share as a whole number out of 100, with words at the ends.

    Examples
    --------
    >>> of_100(0.314), of_100(0.002), of_100(0.0), of_100(0.9999), of_100(0.996)
    ('31', 'fewer than 1', '0', '100', 'more than 99')
    """
    percent = 100.0 * count
    if 0.05 < percent < 0.5:
        return _("fewer than 1")
    if 99.5 <= percent < 99.95:
        return _("more than 99")
    return f"{percent:.0f}"


def at_stops(stops: Numbers, time: Numbers, values: Numbers) -> tuple[float, ...]:
    """Values of a course at the stops."""
    return tuple(float(v) for v in np.interp(stops, time, values))


def table(
    stops: Numbers, wanted: Sequence[float], row: Callable[[int], Sequence[str]]
) -> tuple[tuple[str, ...], ...]:
    """Rows of the short table: those of the stops nearest to the wanted times."""
    indices = [int(np.argmin(np.abs(stops - time))) for time in wanted]
    return tuple(tuple(row(i)) for i in dict.fromkeys(indices))


def curve_picture(scene: Scene) -> str:
    """The curves of a scene over its time, with a marker that follows it."""
    if not scene.curves:
        return ""
    first, last = scene.at[0], scene.at[-1]
    inner = CURVE_HEIGHT - CURVE_TOP - 6.0

    def x(time: float) -> float:
        return CURVE_LEFT + (time - first) / (last - first) * (CURVE_WIDTH - 2 * CURVE_LEFT)

    def y(value: float) -> float:
        return CURVE_TOP + (1.0 - min(1.0, max(0.0, value))) * inner

    lines = [
        tag("line", x1=x(first), x2=x(last), y1=y(v), y2=y(v), class_="hw-grid")
        for v in (0.0, 0.5, 1.0)
    ]
    dots = []
    for curve in scene.curves:
        values = scene.tracks[curve.track]
        path = line_path((x(t), y(v)) for t, v in zip(scene.at, values, strict=True))
        lines.append(tag("path", d=path, class_=f"hw-line {curve.kind}"))
        dots.append(
            tag(
                "circle",
                r=5,
                cx=0,
                cy=0,
                class_=f"hw-dot {curve.kind}",
                data_b=moved(
                    rule("cx", "at", (first, x(first)), (last, x(last))),
                    rule("cy", curve.track, (0.0, y(0.0)), (1.0, y(1.0))),
                ),
            )
        )
    marker = tag(
        "line",
        y1=0,
        y2=CURVE_HEIGHT,
        class_="hw-now",
        data_b=moved(
            rule("x1", "at", (first, x(first)), (last, x(last))),
            rule("x2", "at", (first, x(first)), (last, x(last))),
        ),
    )
    return tag(
        "svg",
        *lines,
        marker,
        *dots,
        viewBox=f"0 0 {CURVE_WIDTH:g} {CURVE_HEIGHT:g}",
        class_="hw-curve",
        aria_hidden="true",
    )


def label(words: str, x: float, y: float, kind: str = "", anchor: str = "start") -> str:
    """Words in a picture."""
    return text(words, x=x, y=y, class_=f"hw-word {kind}".strip(), text_anchor=anchor)


def science(words: str, x: float, y: float, anchor: str = "start") -> str:
    """The scientific word in a picture; seen only where the reader asks for such words."""
    return text(words, x=x, y=y, class_="hw-word hw-sci", text_anchor=anchor)
