"""What people see of the rest: the scale of the use over time, and a small picture of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.results.result import Result
from endplate.views.article.scene import (
    Curve,
    Scene,
    stage,
    table,
)
from endplate.views.article.seen_pictures import picture
from endplate.views.article.words import words
from endplate.views.outcome import digits
from endplate.views.quantity import number

_STOPS = np.arange(0.0, 364.01, 2.0)
_WANTED_D = (0, 7, 14, 30, 60, 90, 120, 180, 270, 364)


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


def seen(result: Result, area: str) -> Seen | None:
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
            shown = 1 if item.unit == "grade" else digits(item.unit)
            return Seen(code, words()["see"][code], item.unit, *courses, digits=shown)
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
    return Scene(
        name="seen",
        label=f"Drawing: {own.words}, in the middle of people like this one, over a year.",
        picture=stage(*picture(own.code, max(float(own.median[0]), 1e-9))),
        at=tuple(_STOPS),
        unit="days",
        tracks={
            "seen": tuple(own.median.tolist()),
            "middle": tuple((own.median / top).tolist()),
            "low": tuple((own.low / top).tolist()),
            "high": tuple((own.high / top).tolist()),
        },
        says=says,
        curves=(
            Curve("low", "9 of 10 people lie between", "c-range"),
            Curve("high", "9 of 10 people lie between", "c-range"),
            Curve("middle", "in the middle", "c-work"),
        ),
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
