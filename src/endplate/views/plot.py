"""Room of a plot over time: the axis of days, a panel of values, and curves laid into them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from endplate.views.svg import Point, tag, text

MAX_POINTS = (
    130  # of a year one in three days, which is the step of the model after the first month
)


@dataclass(frozen=True)
class Frame:
    """Horizontal room of the picture and its time axis."""

    width: float
    left: float
    right: float
    horizon_d: float

    def x(self, time_d: float) -> float:
        """Position of a day."""
        share = min(max(time_d / self.horizon_d, 0.0), 1.0)
        return self.left + share * (self.width - self.left - self.right)


@dataclass(frozen=True)
class Panel:
    """A plot area: its top edge, height, heading and the values at its lower and upper edge."""

    top: float
    height: float
    heading: str
    low: float
    high: float

    def y(self, value: float) -> float:
        """Position of a value, kept inside the panel."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.top + (1 - share) * self.height


def curve(
    days: list[float], values: Sequence[float] | None, frame: Frame, panel: Panel
) -> list[Point]:
    """Points of a daily curve in a panel, thinned where they are many; none without values."""
    if not values:
        return []
    shown = [(d, v) for d, v in zip(days, values, strict=True) if d <= frame.horizon_d]
    step = max(1, math.ceil(len(shown) / MAX_POINTS))
    kept = [p for i, p in enumerate(shown) if i % step == 0 or i < 28 or i == len(shown) - 1]
    # as frame.x and panel.y place it, written out: a page draws thousands of points for a change
    wide, horizon_d = frame.width - frame.left - frame.right, frame.horizon_d
    low, high, span = panel.low, panel.high, panel.high - panel.low
    return [
        (
            frame.left + (d / horizon_d if d > 0 else 0.0) * wide,
            panel.top
            + (1 - ((low if v < low else high if v > high else v) - low) / span) * panel.height,
        )
        for d, v in kept
    ]


def level(panel: Panel, frame: Frame, value: float, name: str) -> list[str]:
    """A line across the panel at a value, with its name at the left."""
    y = panel.y(value)
    return [
        tag("line", x1=frame.left, x2=frame.width - frame.right, y1=y, y2=y, class_="grid"),
        text(name, x=frame.left - 8, y=y + 4, class_="tick", text_anchor="end"),
    ]
