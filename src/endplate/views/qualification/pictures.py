"""Plots of the report: predicted against published, residuals, calibration, ranks."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from endplate.validation.results import Row
from endplate.views.qualification import measures
from endplate.views.qualification.words import KINDS, kind_name, tooltip, unit_name
from endplate.views.quantity import number, round_grid
from endplate.views.svg import band_path, line_path, tag, text, title

_REACH = 2.5  # arms of an interval that a residual plot shows; marks beyond stand at its edge
_DAYS = (1, 7, 30, 90, 180, 365, 730)
_DOSES = ((0.25, "1/4"), (0.5, "1/2"), (1.0, "1"), (2.0, "2"), (4.0, "4"))
_PLACEBO_AT, _UNKNOWN_AT = 0.1, 9.0
_SHARES = tuple((float(p), str(p)) for p in (0, 25, 50, 75, 100))


WIDTH, HEIGHT = 340.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 14.0, 12.0, 46.0
AxisMarks = Sequence[tuple[float, str]]


def _same(value: float) -> float:
    return value


@dataclass(frozen=True)
class Axis:
    """Range, named marks and words of one axis; `scale` bends it where it is not even."""

    low: float
    high: float
    marks: AxisMarks
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


def scatter(rows: Sequence[Row], name: str) -> str:
    """Predicted against published with 90 % intervals; all rows have one unit."""
    marks = scatter_marks(rows)
    unit = unit_name(rows[0].unit)
    axes = Axes(
        Axis(marks[0][0], marks[-1][0], marks, f"published, {unit}"),
        Axis(marks[0][0], marks[-1][0], marks, f"predicted, {unit}"),
    )
    ends = (axes.across.low, axes.across.low), (axes.across.high, axes.across.high)
    drawn = [axes.line(*ends, "q-line")]
    for row in rows:
        x = axes.x(row.observed)
        kind = "q-bar" if row.inside else "q-bar out"
        drawn.append(tag("line", x1=x, x2=x, y1=axes.y(row.low), y2=axes.y(row.high), class_=kind))
    drawn += [
        dot(axes.x(r.observed), axes.y(r.predicted), tooltip(r), mark(r, placebo=True))
        for r in rows
    ]
    return plot(axes, name, drawn)


def scatter_marks(rows: Sequence[Row]) -> list[tuple[float, str]]:
    """Round numbers along both axes of a scatter that hold every row and its interval."""
    reached = [v for r in rows for v in (r.observed, r.low, r.high, r.predicted)]
    whole = rows[0].unit == "%" and min(reached) >= 0 and max(reached) > 40
    grid = (0, 25, 50, 75, 100) if whole else round_grid(min(0.0, *reached), max(0.0, *reached))
    return [(float(m), number(float(m), 2)) for m in grid]


def residuals_by_day(rows: Sequence[Row], name: str) -> str:
    """Error in arms of the interval against the day; rows without a day are left out."""
    dated = [row for row in rows if row.day is not None]
    last = max((row.day or 0.0 for row in dated), default=0.0)
    days = [d for d in _DAYS if d <= last] or [7]
    marks = [(float(d), str(d)) for d in days if d != 1 or last < 90]
    across = Axis(0.0, max(last, days[-1]) * 1.05, marks, "day", math.sqrt)
    return _residuals([(row, row.day or 0.0) for row in dated], across, name)


def residuals_by_dose(rows: Sequence[Row], name: str) -> str:
    """Error in arms of the interval against the dose over the usual one, placebo at the left."""
    marks = ((_PLACEBO_AT, "placebo"), *_DOSES)
    across = Axis(_PLACEBO_AT * 0.8, _UNKNOWN_AT, marks, "dose over the usual dose", math.log2)
    placed = []
    for row in rows:
        dose = measures.relative_dose(row)
        if dose is not None:
            placed.append((row, dose or _PLACEBO_AT))
    return _residuals(placed, across, name)


def calibration(rows: Sequence[Row]) -> str:
    """Share of figures inside each central interval, by kind and over all."""
    axes = Axes(
        Axis(0, 100, _SHARES, "central interval, %"), Axis(0, 100, _SHARES, "figures inside it, %")
    )
    count = len(measures.ranks(rows))
    if not count:
        return ""
    low, high = measures.chance_band(count, np.array(measures.LEVELS) / 100)
    edges = [
        [(axes.x(level), axes.y(value)) for level, value in zip(measures.LEVELS, edge, strict=True)]
        for edge in (high, low)
    ]
    drawn = [tag("path", d=band_path(*edges), class_="q-band")]
    drawn.append(axes.line((0, 0), (100, 100), "q-line"))
    for kind in ("all", *KINDS):
        of_kind = [row for row in rows if kind in (row.kind, "all")]
        if not len(measures.ranks(of_kind)):
            continue
        shares = zip(measures.LEVELS, measures.calibration(of_kind), strict=True)
        points = [(axes.x(level), axes.y(share)) for level, share in shares]
        words = "all figures" if kind == "all" else kind_name(kind)
        drawn.append(tag("path", title(words), d=line_path(points), class_=f"q-curve {kind}"))
    return plot(axes, "Calibration: figures inside each central interval", drawn)


def rank_histogram(rows: Sequence[Row], name: str) -> str:
    """Where published figures fall in what was predicted, in ten equal parts."""
    ranks = measures.ranks(rows)
    shares = 100.0 * np.histogram(ranks, measures.BINS, (0.0, 1.0))[0] / max(len(ranks), 1)
    low, high = measures.chance_band(max(len(ranks), 1), 1.0 / measures.BINS)
    top = max(25.0, float(np.ceil(max(shares.max(), float(high)) / 10) * 10))
    grid = round_grid(0, top)
    axes = Axes(
        Axis(0, 100, _SHARES, "place in the prediction, %"),
        Axis(0, grid[-1], [(float(m), str(m)) for m in grid], "figures, %"),
    )
    width = 100.0 / measures.BINS
    drawn = [
        tag(
            "rect",
            x=axes.x(0),
            y=axes.y(float(high)),
            width=axes.x(100) - axes.x(0),
            height=axes.y(float(low)) - axes.y(float(high)),
            class_="q-band",
        )
    ]
    for index, share in enumerate(shares):
        x, end = axes.x(index * width), axes.x((index + 1) * width)
        words = f"{index * width:g} to {(index + 1) * width:g} %: {share:.0f} % of the figures"
        at = {"x": x + 1.5, "y": axes.y(float(share)), "width": end - x - 3}
        height = axes.y(0) - axes.y(float(share))
        drawn.append(tag("rect", title(words), height=height, class_="q-hist", **at))
    drawn.append(axes.line((0, width), (100, width), "q-line"))
    return plot(axes, name, drawn)


def bias_strip(mean: float, low: float, high: float) -> str:
    """A mean error in arms of the interval with its 90 % interval, on an axis from -1 to 1."""

    def x(value: float) -> str:
        return f"{50 + 46 * min(max(value, -1.0), 1.0):.1f}%"

    parts = [
        tag("line", x1=x(at), x2=x(at), y1=1, y2=19, class_="grid nought" if at == 0 else "grid")
        for at in (-1.0, 0.0, 1.0)
    ]
    parts.append(tag("line", x1=x(low), x2=x(high), y1=10, y2=10, class_="q-ci"))
    parts.append(tag("circle", cx=x(mean), cy=10, r=4, class_="m-model"))
    return tag("svg", *parts, class_="q-strip", width="100%", height=20, aria_hidden="true")


def mark(row: Row, placebo: bool = False) -> str:
    """Class of a row's mark: its kind, or toxin and placebo; hollow, and outside."""
    kind = ("placebo" if row.product == "placebo" else "toxin") if placebo else row.kind
    return " ".join(
        ["q-dot", kind, *([] if row.verified else ["open"]), *([] if row.inside else ["out"])]
    )


def _residuals(placed: Sequence[tuple[Row, float]], across: Axis, name: str) -> str:
    if not placed:
        return ""
    marks = [(float(v), number(float(v), 1)) for v in (-2, -1, 0, 1, 2)]
    axes = Axes(across, Axis(-_REACH, _REACH, marks, "error (1: edge of the interval)"))
    ends = across.low, across.high
    drawn = [axes.line((ends[0], y), (ends[1], y), "q-edge") for y in (-1.0, 1.0)]
    drawn.append(axes.line((ends[0], 0.0), (ends[1], 0.0), "q-line"))
    for row, where in placed:
        y = axes.y(measures.of_interval(row))
        drawn.append(dot(axes.x(where), y, tooltip(row), mark(row)))
    return plot(axes, name, drawn)
