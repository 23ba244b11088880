"""The course as a picture: severity, working junctions of the muscles, and when things happen."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from endplate.facts.endpoints import baseline_scales
from endplate.results.result import TIMES, Result, Series, TimeQuantiles
from endplate.views.quantity import date_text, number, read_date, round_grid
from endplate.views.svg import Point, band_path, line_path, tag, text, title
from endplate.views.words import known, muscle_name, spaced, word, working_heading

GRADES = ("none", "mild", "moderate", "severe")
BAND_GRADES = ("minimal", "mild", "moderate", "severe", "extreme")
WIDE, NARROW = 780, 344
WEEK = 7
TOP, GAP, RIGHT = 32.0, 52.0, 14.0
LABEL_ROOM = 15.0  # height of the name of a line
SAME_LINE = 0.03  # sides of a muscle closer than this are drawn as one line
MAX_POINTS = (
    130  # of a year one in three days, which is the step of the model after the first month
)


@dataclass(frozen=True)
class PlotFrame:
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
    days: list[float], values: Sequence[float] | None, frame: PlotFrame, panel: Panel
) -> list[Point]:
    """Points of a daily curve in a panel, thinned where they are many; none without values."""
    if not values:
        return []
    points = [(d, v) for d, v in zip(days, values, strict=True) if d <= frame.horizon_d]
    step = max(1, math.ceil(len(points) / MAX_POINTS))
    thinned = [p for i, p in enumerate(points) if i % step == 0 or i < 28 or i == len(points) - 1]
    # as frame.x and panel.y place it, written out: a page draws thousands of points for a change
    wide, horizon_d = frame.width - frame.left - frame.right, frame.horizon_d
    low, high, span = panel.low, panel.high, panel.high - panel.low
    return [
        (
            frame.left + (d / horizon_d if d > 0 else 0.0) * wide,
            panel.top
            + (1 - ((low if v < low else high if v > high else v) - low) / span) * panel.height,
        )
        for d, v in thinned
    ]


def level(panel: Panel, frame: PlotFrame, value: float, name: str) -> list[str]:
    """A line across the panel at a value, with its name at the left."""
    y = panel.y(value)
    return [
        tag("line", x1=frame.left, x2=frame.width - frame.right, y1=y, y2=y, class_="grid"),
        text(name, x=frame.left - 8, y=y + 4, class_="tick", text_anchor="end"),
    ]


def timeline(result: Result, indication: str, width: float = WIDE) -> str:
    """The course of one indication as SVG; empty where the result holds no course."""
    if not result.course.day:
        return ""
    narrow = width < 500
    frame = PlotFrame(width, _left(width), RIGHT, axis_days(result, indication))
    parts, top = [], TOP
    for panel, drawn in _panels(result, indication, frame, narrow):
        placed = Panel(top, panel.height, panel.heading, panel.low, panel.high)
        parts += [*_box(placed, frame), *drawn(placed)]
        top += panel.height + GAP
    end = top - GAP
    events, height = _events(result.timing_of(indication), frame, end, narrow)
    start = read_date(result.plan.date)
    return tag(
        "svg",
        title(f"Course over {frame.horizon_d:.0f} days: {word('indication', indication)}"),
        *_weeks(frame, TOP, end, start, narrow),
        *events,
        *parts,
        viewBox=f"0 0 {width:g} {height:g}",
        class_="timeline narrow" if narrow else "timeline wide",
        role="img",
    )


def axis_days(result: Result, indication: str) -> float:
    """Days on the axis: four weeks beyond the 95th percentile of wearing off, in whole months."""
    last = result.horizon_d
    duration = result.timing_of(indication).get("duration_d")
    if duration is None or duration.p95 is None:
        return last
    return min(last, 28.0 * math.ceil((duration.p95 + 14) / 28))


def grades_of(indication: str) -> tuple[str, ...]:
    """Words for the grades of the lines or bands of an area, the least severe first."""
    return BAND_GRADES if _first_grade(indication) else GRADES


def _first_grade(indication: str) -> int:
    stated = baseline_scales().get(indication)
    return int(stated.low) if stated else 0


def axis(width: float) -> tuple[float, float]:
    """Where the axis of days begins and how long it is, in percent of the picture's width."""
    left = _left(width)
    return 100 * left / width, 100 * (width - left - RIGHT) / width


def _left(width: float) -> float:
    return 72.0 if width < 500 else 78.0


def _panels(result: Result, indication: str, frame: PlotFrame, narrow: bool) -> list[Any]:
    """The panels that the result has series for, each with the function that draws into it."""
    action = word("indication", indication, "action")
    contraction = result.series(f"severity_contraction:{indication}")
    rest = result.series(f"severity_rest:{indication}")
    placebo = result.series(f"severity_placebo:{indication}")
    days = result.course.day
    panels: list[Any] = []
    for item, words, height, other in (
        (contraction, f"Lines when {action}", 170, placebo),
        (rest, "Lines at rest", 110, None),
    ):
        if item:
            grades = tuple(enumerate(grades_of(indication), _first_grade(indication)))
            panel = Panel(0, height, words, grades[0][0], grades[-1][0])
            panels.append((panel, _bands(item, other, days, frame, grades)))
    scales = result.scales_of(indication)
    panels += [_scale(result, f"{s}:{indication}", len(scales), days, frame) for s in scales]
    lines = _muscle_lines(result, indication)
    if lines:
        heading = working_heading((indication,)) + ("" if narrow else ", middle person")
        height = max(110.0, LABEL_ROOM * len(lines) + 20)
        panels.append((Panel(0, height, heading, 0, 1), _strength(lines, days, frame)))
    return panels


def _scale(
    result: Result, name: str, of: int, days: list[float], frame: PlotFrame
) -> tuple[Panel, Any]:
    """The panel of a scale other than grades of lines; lower where there are several."""
    item, placebo = result.series(f"level:{name}"), result.series(f"level_placebo:{name}")
    if item is None:
        raise ValueError(f"the course holds no level of {name}")
    curves = [item.p05, item.p95, item.median, placebo.median if placebo else None]
    reached = [value for values in curves if values for value in values]
    grid = round_grid(min(0.0, *reached), max(reached), most=5)
    scale = name.split(":")[0]
    unit = "" if scale in known("scale") else f" [{word('unit', item.unit)}]"
    panel = Panel(0, 170 if of == 1 else 110, word("scale", scale) + unit, grid[0], grid[-1])
    levels = [(mark, number(mark, 2)) for mark in grid]
    return panel, _bands(item, placebo, days, frame, levels)


def _bands(
    item: Series,
    placebo: Series | None,
    days: list[float],
    frame: PlotFrame,
    levels: Sequence[tuple[float, str]],
) -> Any:
    def draw(panel: Panel) -> list[str]:
        parts = []
        for value, name in levels:
            parts += level(panel, frame, value, name)
        for low, high, kind in (
            (item.p05, item.p95, "band90"),
            (item.p25, item.p75, "band50"),
        ):
            upper, lower = curve(days, high, frame, panel), curve(days, low, frame, panel)
            if upper and lower:
                parts.append(tag("path", d=band_path(upper, lower), class_=kind))
        if placebo:
            points = curve(days, placebo.median, frame, panel)
            parts.append(tag("path", d=line_path(points), class_="l-placebo"))
        points = curve(days, item.median, frame, panel)
        return [*parts, tag("path", d=line_path(points), class_="l-median")]

    return draw


def _strength(lines: list[tuple[str, list[float]]], days: list[float], frame: PlotFrame) -> Any:
    def draw(panel: Panel) -> list[str]:
        parts = []
        for share in (0.0, 0.5, 1.0):
            parts += level(panel, frame, share, f"{100 * share:.0f} %")
        room = (panel.height - 20) / max(1, len(lines))
        for index, (name, values) in enumerate(lines):
            points = curve(days, values, frame, panel)
            kind = f"l-muscle k{index % 4}"
            parts.append(tag("path", title(name), d=line_path(points), class_=kind))
            y = panel.y(0) - 8 - (len(lines) - 1 - index) * min(LABEL_ROOM, room)
            x = frame.width - frame.right - 4
            parts.append(text(name, x=x, y=y, class_=f"label k{index % 4}", text_anchor="end"))
        return parts

    return draw


def _muscle_lines(result: Result, indication: str) -> list[tuple[str, list[float]]]:
    """One line per injected muscle, or one per injected side where the sides differ."""
    injected = {
        (site.muscle, site.side or "midline")
        for site in result.plan.sites
        if site.indication in (None, indication)
    }
    by_muscle: dict[str, dict[str, list[float]]] = {}
    for muscle, side, item in result.working_series():
        if {(muscle, side), (muscle, "midline")} & injected:
            by_muscle.setdefault(muscle, {})[side] = item.median
    lines = []
    for muscle, sides in by_muscle.items():
        curves = list(sides.values())
        apart = max(max(c) - min(c) for c in zip(*curves, strict=True))
        if len(curves) == 1 or apart < SAME_LINE:
            lines.append((spaced(muscle), curves[0]))
        else:
            lines += [(muscle_name(muscle, side), curve) for side, curve in sides.items()]
    return lines


def _box(panel: Panel, frame: PlotFrame) -> list[str]:
    return [text(panel.heading, x=2, y=panel.top - 15, class_="heading")]


def _weeks(
    frame: PlotFrame, top: float, bottom: float, start: date | None, narrow: bool
) -> list[str]:
    """Grid lines and numbers of the weeks, and dates under them where there is room."""
    weeks = int(frame.horizon_d // WEEK)
    most = 7 if narrow else 13
    step = next(s for s in (4, 8, 12, 16, 26, 52, 104, 208, 416) if weeks / s <= most)
    parts = []
    for week in range(0, weeks + 1, step):
        x = frame.x(week * WEEK)
        parts.append(tag("line", x1=x, x2=x, y1=top, y2=bottom, class_="grid"))
        parts.append(text(number(week), x=x, y=bottom + 17, class_="tick", text_anchor="middle"))
        if start and not narrow and week % (2 * step) == 0:
            when = date_text(start + timedelta(weeks=week), year=week == 0)
            anchor = "middle" if x < frame.width - 45 else "end"
            edge = x if anchor == "middle" else frame.width - 2
            parts.append(text(when, x=edge, y=bottom + 31, class_="tick", text_anchor=anchor))
    name = text("week", x=frame.left - 16, y=bottom + 17, class_="tick", text_anchor="end")
    return [*parts, name]


def _events(
    timing: Mapping[str, TimeQuantiles], frame: PlotFrame, bottom: float, narrow: bool
) -> tuple[list[str], float]:
    """Interval bars for onset, peak and wearing off below the panels, and the full height."""
    top = bottom + (30 if narrow else 44)
    parts, row = [], 26.0
    for index, key in enumerate(k for k in TIMES if k in timing):
        time, y = timing[key], top + row * index + 12
        x = frame.x(time.median or 0.0)
        parts.append(tag("line", x1=x, x2=x, y1=TOP, y2=y, class_="event"))
        for low, high, kind in ((time.p05, time.p95, "iv90"), (time.p25, time.p75, "iv50")):
            ends = {"x1": frame.x(low or 0.0), "x2": frame.x(high or 0.0)}
            parts.append(tag("line", y1=y, y2=y, class_=kind, **ends))
        parts.append(tag("circle", cx=x, cy=y, r=5.0, class_="m-model"))
        name = word("timing", key).lower()
        parts.append(
            text(
                "starts" if key == "onset_d" else name,
                x=frame.left - 8,
                y=y + 4,
                class_="tick strong",
                text_anchor="end",
            )
        )
    return parts, top + row * max(1, len(timing)) + 6
