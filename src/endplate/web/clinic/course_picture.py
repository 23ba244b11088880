"""Draws the predicted band of a patient and what was observed, cycle over cycle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from endplate.clinic.response import Answer, Cycle, Observed, Question
from endplate.facts.endpoints import baseline_scales, symptom_scores
from endplate.views.quantity import number, round_grid
from endplate.views.svg import Point, band_path, line_path, tag, text, title
from endplate.views.timeline import Panel, PlotFrame, level
from endplate.views.words import word

_WIDE, _NARROW = 780.0, 344.0
_TOP, _HEIGHT, _BOTTOM, _LEFT, _RIGHT = 12.0, 200.0, 34.0, 52.0, 16.0
_MONTH_D = 28


@dataclass(frozen=True)
class Row:
    """One visit beside what was expected of it; no band before the first treatment."""

    on: date
    observed: str
    expected: str


def scale_words(question: Question) -> str:
    """Name of the scale that is drawn."""
    if symptom_scores(question.indication):
        return word("scale", question.scale)
    return f"{word('indication', question.indication)}, grade when contracted"


def rows(question: Question, answer: Answer) -> list[Row]:
    """What was observed on the scale that is drawn, beside the band."""
    found = []
    for visit in _followed(question):
        band = _band_on(question, answer, visit.on)
        told = "" if band is None else f"{number(band[0], 2)} ({number(band[1], 2)} to "
        told += "" if band is None else f"{number(band[2], 2)})"
        found.append(Row(visit.on, number(visit.value, 3), told or "before treatment"))
    return found


def said(question: Question, answer: Answer) -> str:
    """The picture in words."""
    last = answer.cycles[-1]
    # of a plateau the day on which the band is lowest too
    best = min(range(len(last.day)), key=lambda at: (last.median[at], last.high[at] + last.low[at]))
    day = question.first_on + timedelta(days=round(last.day[best]))
    bands = [(one, _band_on(question, answer, one.on)) for one in _followed(question)]
    judged = [(one, band) for one, band in bands if band is not None]
    inside = sum(band[1] <= one.value <= band[2] for one, band in judged)
    count = len(answer.cycles)
    return (
        f"{scale_words(question)} over {count} {'treatment' if count == 1 else 'treatments'}. "
        f"After the latest one it is expected to be lowest about {day}, at "
        f"{number(last.median[best], 2)} ({number(last.low[best], 2)} to "
        f"{number(last.high[best], 2)}); {inside} of {len(judged)} visits since the first "
        "treatment lie inside the band."
    )


def _followed(question: Question) -> list[Observed]:
    return [one for one in question.visits if one.endpoint == question.scale]


def _band_on(question: Question, answer: Answer, on: date) -> tuple[float, float, float] | None:
    """Median and band of a day; a visit precedes the treatment of its day."""
    day = float((on - question.first_on).days)
    cycle = next((one for one in reversed(answer.cycles) if one.day[0] <= day), None)
    if cycle is None:
        return None
    median, low, high = (
        float(np.interp(day, cycle.day, values)) for values in (cycle.median, cycle.low, cycle.high)
    )
    return median, low, high


def picture(question: Question, answer: Answer) -> str:
    """The picture as SVG, once wide and once for a phone."""
    return _drawn(question, answer, _WIDE, "wide") + _drawn(question, answer, _NARROW, "narrow")


def _drawn(question: Question, answer: Answer, width: float, kind: str) -> str:
    points = [((one.on - question.first_on).days, one.value) for one in _followed(question)]
    # a visit long before the first treatment stands at the left edge
    shift_d = max([0.0, *(-float(day) for day, _ in points if -day <= _MONTH_D)])
    frame = PlotFrame(width, _LEFT, _RIGHT, answer.cycles[-1].day[-1] + shift_d)
    panel, marks = _panel(question, answer, [value for _, value in points])
    parts: list[str] = []
    for mark in marks:
        parts += level(panel, frame, mark, number(mark, 2))
    for cycle in answer.cycles:
        parts += _cycle(cycle, frame, panel, shift_d)
    for dose in question.given:
        parts.append(_injection(frame.x((dose.on - question.first_on).days + shift_d)))
    parts += [
        tag("circle", cx=frame.x(day + shift_d), cy=panel.y(value), r=4.5, class_="observed")
        for day, value in points
    ]
    parts += _dates(question, frame, width, shift_d)
    return tag(
        "svg",
        title(said(question, answer)),
        *parts,
        viewBox=f"0 0 {width:g} {_TOP + _HEIGHT + _BOTTOM:g}",
        class_=f"timeline {kind}",
        role="img",
    )


def _panel(
    question: Question, answer: Answer, observed: Sequence[float]
) -> tuple[Panel, list[float]]:
    stated = None if symptom_scores(question.indication) else baseline_scales().get(question.scale)
    if stated is not None:
        marks = [float(grade) for grade in range(int(stated.low), int(stated.high) + 1)]
    else:
        highest = max(max(cycle.high) for cycle in answer.cycles)
        marks = round_grid(0.0, max(highest, *observed, 1.0), most=5)
    return Panel(_TOP, _HEIGHT, "", marks[0], marks[-1]), list(marks)


def _cycle(cycle: Cycle, frame: PlotFrame, panel: Panel, shift_d: float) -> list[str]:
    def curve(values: Sequence[float]) -> list[Point]:
        return [
            (frame.x(day + shift_d), panel.y(value))
            for day, value in zip(cycle.day, values, strict=True)
        ]

    return [
        tag("path", d=band_path(curve(cycle.high), curve(cycle.low)), class_="band90"),
        tag("path", d=line_path(curve(cycle.median)), class_="expected"),
    ]


def _injection(x: float) -> str:
    return tag("line", x1=x, x2=x, y1=_TOP, y2=_TOP + _HEIGHT, class_="injection")


def _dates(question: Question, frame: PlotFrame, width: float, shift_d: float) -> list[str]:
    """Day of each treatment below its line, where there is room, and the last day of the band."""
    parts, free_from = [], 0.0
    end = question.first_on + timedelta(days=round(frame.horizon_d - shift_d))
    right = width - _RIGHT
    parts.append(text(str(end), x=right, y=_TOP + _HEIGHT + 20, class_="tick", text_anchor="end"))
    for dose in question.given:
        x = frame.x((dose.on - question.first_on).days + shift_d)
        if x < free_from or x > right - 120:
            continue
        free_from = x + 84
        parts.append(
            text(
                str(dose.on),
                x=x,
                y=_TOP + _HEIGHT + 20,
                class_="tick",
                text_anchor="start" if x < _LEFT + 30 else "middle",
            )
        )
    return parts
