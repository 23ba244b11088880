"""The course as a picture: severity, working junctions of the muscles, and when things happen."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from endplate.facts.endpoints import baseline_scales
from endplate.views import reading
from endplate.views.plot import Frame, Panel, curve, level
from endplate.views.quantity import date_text, number, read_date, round_grid
from endplate.views.svg import band_path, line_path, tag, text, title
from endplate.views.tissue import working
from endplate.views.words import known, muscle_name, spaced, word

GRADES = ("none", "mild", "moderate", "severe")
BAND_GRADES = ("minimal", "mild", "moderate", "severe", "extreme")
WIDE, NARROW = 780, 344
WEEK = 7
TOP, GAP, RIGHT = 32.0, 52.0, 14.0
LABEL_ROOM = 15.0  # height of the name of a line
SAME_LINE = 0.03  # sides of a muscle closer than this are drawn as one line


def timeline(result: reading.Result, indication: str, width: float = WIDE) -> str:
    """The course of one indication as SVG; empty where the result holds no course."""
    if not reading.course_days(result):
        return ""
    narrow = width < 500
    frame = Frame(width, _left(width), RIGHT, shown_days(result, indication))
    parts, top = [], TOP
    for panel, drawn in _panels(result, indication, frame, narrow):
        placed = Panel(top, panel.height, panel.heading, panel.low, panel.high)
        parts += [*_box(placed, frame), *drawn(placed)]
        top += panel.height + GAP
    end = top - GAP
    events, height = _events(reading.timing_of(result, indication), frame, end, narrow)
    start = reading_date(result)
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


def reading_date(result: reading.Result) -> date | None:
    """Date of the treatment."""
    return read_date(result["plan"].get("date"))


def shown_days(result: reading.Result, indication: str) -> float:
    """Days on the axis: four weeks beyond the 95th percentile of wearing off, in whole months."""
    last = reading.horizon_d(result)
    duration = reading.timing_of(result, indication).get("duration_d")
    if not duration:
        return last
    return min(last, 28.0 * math.ceil((duration["p95"] + 14) / 28))


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


def _panels(result: reading.Result, indication: str, frame: Frame, narrow: bool) -> list[Any]:
    """The panels that the result has series for, each with the function that draws into it."""
    action = word("indication", indication, "action")
    contraction = reading.series(result, f"severity_contraction:{indication}")
    rest = reading.series(result, f"severity_rest:{indication}")
    placebo = reading.series(result, f"severity_placebo:{indication}")
    days = reading.course_days(result)
    found: list[Any] = []
    for item, words, height, other in (
        (contraction, f"Lines when {action}", 170, placebo),
        (rest, "Lines at rest", 110, None),
    ):
        if item:
            grades = tuple(enumerate(grades_of(indication), _first_grade(indication)))
            panel = Panel(0, height, words, grades[0][0], grades[-1][0])
            found.append((panel, _bands(item, other, days, frame, grades)))
    scales = reading.scales_of(result, indication)
    found += [_scale(result, f"{s}:{indication}", len(scales), days, frame) for s in scales]
    lines = _muscle_lines(result, indication)
    if lines:
        heading = working((indication,)) + ("" if narrow else ", middle person")
        height = max(110.0, LABEL_ROOM * len(lines) + 20)
        found.append((Panel(0, height, heading, 0, 1), _strength(lines, days, frame)))
    return found


def _scale(
    result: reading.Result, name: str, of: int, days: list[float], frame: Frame
) -> tuple[Panel, Any]:
    """The panel of a scale other than grades of lines; lower where there are several."""
    item = reading.series(result, f"level:{name}") or {}
    placebo = reading.series(result, f"level_placebo:{name}")
    curves = [item.get("p05"), item.get("p95"), item["median"], (placebo or {}).get("median")]
    reached = [v for curve in curves if curve for v in curve]
    grid = round_grid(min(0.0, *reached), max(reached), most=5)
    scale = name.split(":")[0]
    known_words = scale in known("scale")
    unit = "" if known_words else f" [{word('unit', str(item.get('unit', '')))}]"
    panel = Panel(0, 170 if of == 1 else 110, word("scale", scale) + unit, grid[0], grid[-1])
    levels = [(mark, number(mark, 2)) for mark in grid]
    return panel, _bands(item, placebo, days, frame, levels)


def _bands(
    item: Any, placebo: Any, days: list[float], frame: Frame, levels: Sequence[tuple[float, str]]
) -> Any:
    def draw(panel: Panel) -> list[str]:
        parts = []
        for value, name in levels:
            parts += level(panel, frame, value, name)
        for low, high, kind in (("p05", "p95", "band90"), ("p25", "p75", "band50")):
            upper = curve(days, item.get(high), frame, panel)
            lower = curve(days, item.get(low), frame, panel)
            if upper and lower:
                parts.append(tag("path", d=band_path(upper, lower), class_=kind))
        if placebo:
            points = curve(days, placebo["median"], frame, panel)
            parts.append(tag("path", d=line_path(points), class_="l-placebo"))
        points = curve(days, item["median"], frame, panel)
        return [*parts, tag("path", d=line_path(points), class_="l-median")]

    return draw


def _strength(lines: list[tuple[str, list[float]]], days: list[float], frame: Frame) -> Any:
    def draw(panel: Panel) -> list[str]:
        parts = []
        for share in (0.0, 0.5, 1.0):
            parts += level(panel, frame, share, f"{100 * share:.0f} %")
        room = (panel.height - 20) / max(1, len(lines))
        for place, (name, values) in enumerate(lines):
            points = curve(days, values, frame, panel)
            kind = f"l-muscle k{place % 4}"
            parts.append(tag("path", title(name), d=line_path(points), class_=kind))
            y = panel.y(0) - 8 - (len(lines) - 1 - place) * min(LABEL_ROOM, room)
            x = frame.width - frame.right - 4
            parts.append(text(name, x=x, y=y, class_=f"label k{place % 4}", text_anchor="end"))
        return parts

    return draw


def _muscle_lines(result: reading.Result, indication: str) -> list[tuple[str, list[float]]]:
    """One line per injected muscle, or one per injected side where the sides differ."""
    injected = {
        (site["muscle"], site.get("side") or "midline")
        for site in result["plan"].get("sites") or ()
        if site.get("indication", indication) == indication
    }
    by_muscle: dict[str, dict[str, list[float]]] = {}
    for muscle, side, item in reading.working_series(result):
        if {(muscle, side), (muscle, "midline")} & injected:
            by_muscle.setdefault(muscle, {})[side] = item["median"]
    lines = []
    for muscle, sides in by_muscle.items():
        curves = list(sides.values())
        apart = max(max(c) - min(c) for c in zip(*curves, strict=True))
        if len(curves) == 1 or apart < SAME_LINE:
            lines.append((spaced(muscle), curves[0]))
        else:
            lines += [(muscle_name(muscle, side), curve) for side, curve in sides.items()]
    return lines


def _box(panel: Panel, frame: Frame) -> list[str]:
    return [text(panel.heading, x=2, y=panel.top - 15, class_="heading")]


def _weeks(frame: Frame, top: float, bottom: float, start: date | None, narrow: bool) -> list[str]:
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


def _events(timing: Any, frame: Frame, bottom: float, narrow: bool) -> tuple[list[str], float]:
    """Interval bars for onset, peak and wearing off below the panels, and the full height."""
    top = bottom + (30 if narrow else 44)
    parts, row = [], 26.0
    for place, key in enumerate(k for k in reading.TIMES if k in timing):
        quantiles, y = timing[key], top + row * place + 12
        x = frame.x(quantiles["median"])
        parts.append(tag("line", x1=x, x2=x, y1=TOP, y2=y, class_="event"))
        for low, high, kind in (("p05", "p95", "iv90"), ("p25", "p75", "iv50")):
            ends = {"x1": frame.x(quantiles[low]), "x2": frame.x(quantiles[high])}
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
