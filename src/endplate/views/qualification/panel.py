"""A small square plot with two axes, drawn as SVG; figures lay their marks into it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from endplate.views.svg import tag, text, title

WIDTH, HEIGHT = 340.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 14.0, 12.0, 46.0
Marks = Sequence[tuple[float, str]]


def _same(value: float) -> float:
    return value


@dataclass(frozen=True)
class Axis:
    """Range, named marks and words of one axis; `scale` bends it where it is not even."""

    low: float
    high: float
    marks: Marks
    words: str
    scale: Callable[[float], float] = _same

    def share(self, value: float) -> float:
        """Place of a value along the axis, held inside it."""
        low, high = self.scale(self.low), self.scale(self.high)
        held = min(max(value, self.low), self.high)
        return (self.scale(held) - low) / (high - low)


@dataclass(frozen=True)
class Axes:
    """Both axes of a plot."""

    across: Axis
    up: Axis

    def x(self, value: float) -> float:
        """Position of a value across."""
        return LEFT + self.across.share(value) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Position of a value up."""
        return HEIGHT - BOTTOM - self.up.share(value) * (HEIGHT - TOP - BOTTOM)

    def line(self, start: tuple[float, float], end: tuple[float, float], kind: str) -> str:
        """A straight line between two points in the units of the axes."""
        ends = {"x1": self.x(start[0]), "x2": self.x(end[0])}
        return tag("line", y1=self.y(start[1]), y2=self.y(end[1]), class_=kind, **ends)


def plot(axes: Axes, name: str, marks: Sequence[str]) -> str:
    """The whole picture: grid, names of the axes, then the marks."""
    parts = [title(name)]
    for value, words in axes.across.marks:
        x = axes.x(value)
        parts.append(tag("line", x1=x, x2=x, y1=TOP, y2=HEIGHT - BOTTOM, class_="grid"))
        y = HEIGHT - BOTTOM + 16
        parts.append(text(words, x=x, y=y, class_="tick", text_anchor="middle"))
    for value, words in axes.up.marks:
        y = axes.y(value)
        parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid"))
        parts.append(text(words, x=LEFT - 6, y=y + 4, class_="tick", text_anchor="end"))
    middle, height = (LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2
    parts.append(
        text(axes.across.words, x=middle, y=HEIGHT - 10, class_="tick", text_anchor="middle")
    )
    turned = f"translate(11 {height:.0f}) rotate(-90)"
    parts.append(text(axes.up.words, transform=turned, class_="tick", text_anchor="middle"))
    box = f"0 0 {WIDTH:g} {HEIGHT:g}"
    return tag("svg", *parts, *marks, viewBox=box, class_="panel", role="img")


def dot(x: float, y: float, words: str, kind: str, r: float = 3.6) -> str:
    """A mark with its tooltip."""
    return tag("circle", title(words), cx=x, cy=y, r=r, class_=kind)
