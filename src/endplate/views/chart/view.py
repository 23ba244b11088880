"""One view of a chart: which part of the skin it shows and where each place lands in it."""

from collections.abc import Callable
from dataclasses import dataclass

from endplate.views.chart.art import Art
from endplate.views.svg import Point

Box = tuple[float, float, float, float]
SMALL_STEP_MM = 0.5
HALVINGS = 40


@dataclass(frozen=True)
class View:
    """A picture of a chart in millimetres, y downward.

    `place` gives the distance from the middle of the picture for a place of the chart (x lateral,
    y up); `seen` says whether the place faces the viewer. `turn` is 1 where the patient's left
    lies on the right of the picture. A view of one `side` is drawn as the left and mirrored for
    the right; one without a side shows both. A `close` view has doses and letters; a `filled` one
    is skin up to its edge. `scale` enlarges dots and letters where the picture covers much.
    """

    key: str
    words: str
    box: Box
    art: Callable[[], Art]
    place: Callable[[float, float], float]
    seen: Callable[[float, float], bool]
    turn: int = 1
    side: str = ""
    close: bool = True
    filled: bool = False
    scale: float = 1.0

    @property
    def flip(self) -> int:
        """-1 where the drawing of this view is mirrored."""
        return -1 if self.side == "right" else 1

    @property
    def frame(self) -> Box:
        """The box of the picture, mirrored with it."""
        left, top, width, height = self.box
        return (left if self.flip > 0 else -left - width), top, width, height

    def shows(self, side: str) -> bool:
        """Whether muscles and sites of a side belong to this view."""
        return not self.side or side in (self.side, "midline")

    def at(self, x_mm: float, y_mm: float) -> Point:
        """Where a place lands in the picture.

        Parameters
        ----------
        x_mm : [mm]
            Toward the patient's left.
        y_mm : [mm]
            Up.
        """
        mirrored = self.flip if self.side else (1 if x_mm >= 0 else -1)
        return self.turn * mirrored * self.place(abs(x_mm), y_mm), -y_mm

    def back(self, point: Point, bounds_mm: tuple[float, float]) -> Point:
        """Place of the chart that lands at a point of the picture, as (x signed, y up) [mm].

        The inverse of `at`, by halving: `place` rises or falls all along the skin that is seen.

        Parameters
        ----------
        point : (x, y)
            Point of the picture, y downward.
        bounds_mm : [mm]
            Least and largest x of the chart, lateral on its side.
        """
        y_mm = -point[1]
        across = self.turn * point[0]
        sign = self.flip if self.side else (1 if across >= 0 else -1)
        wanted = sign * across
        low, high = (max(0.0, bounds_mm[0]), bounds_mm[1])
        if not self.side:
            low, high = self._facing(low, high, y_mm)
        rising = self.place(high, y_mm) > self.place(low, y_mm)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if (self.place(middle, y_mm) < wanted) == rising:
                low = middle
            else:
                high = middle
        return (low + high) / 2 * sign, y_mm

    def _facing(self, low_mm: float, high_mm: float, y_mm: float) -> tuple[float, float]:
        """The part of a stretch of skin that faces the viewer: one end of it, or all."""
        if not self.seen(high_mm, y_mm):
            return low_mm, self._edge(low_mm, high_mm, y_mm)
        if not self.seen(low_mm, y_mm):
            return self._edge(high_mm, low_mm, y_mm), high_mm
        return low_mm, high_mm

    def _edge(self, seen_mm: float, hidden_mm: float, y_mm: float) -> float:
        for _ in range(HALVINGS):
            middle = (seen_mm + hidden_mm) / 2
            if self.seen(middle, y_mm):
                seen_mm = middle
            else:
                hidden_mm = middle
        return seen_mm

    def stretch(self, x_mm: float, y_mm: float) -> float:
        """Width in the picture of one millimetre of skin, negative where the view turns it over."""
        step = SMALL_STEP_MM
        near, far = self.place(abs(x_mm) - step, y_mm), self.place(abs(x_mm) + step, y_mm)
        return (far - near) / (2 * step)

    def inside(self, point: Point, margin: float = 0.0) -> bool:
        """Whether a place of the picture lies in its frame, this far from the edge."""
        left, top, width, height = self.frame
        x, y = point
        return (
            left + margin <= x <= left + width - margin
            and top + margin <= y <= top + height - margin
        )
