"""Scales as bars for one week, and what a week says in words: at the slider and under the bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from endplate.facts.endpoints import baseline_scales
from endplate.results.result import QUANTILES, Outcome, Result, Series
from endplate.views.quantity import number, people, people_range, round_grid
from endplate.views.stage.channel import ByMuscle, Channel, always, weekly
from endplate.views.svg import tag, text
from endplate.views.timeline import WEEK, grades_of
from endplate.views.words import known, silenced, spaced, word

WIDTH, HEIGHT, INSET, BAR_Y = 360.0, 46.0, 14.0, 14.0
NEAR_D = 15  # a counted day further from the week than this is not told with it
Limits = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Gauge:
    """One scale: its code, area, heading, picture, and what moves in it, words included."""

    code: str
    area: str
    heading: str
    svg: str
    channels: tuple[Channel, ...]


@dataclass(frozen=True)
class Scale:
    """One scale of one area in the course: its series, placebo's, and how it is headed."""

    code: str
    heading: str
    name: str
    placebo: str
    unit: str
    grades: tuple[str, ...]
    area: str


def scales(result: Result) -> list[Scale]:
    """Every scale that the course of a result follows, lines first at contraction, then at rest."""
    followed = []
    for area in result.indications:
        if result.series(f"severity_contraction:{area}"):
            followed += _lines(area)
        for scale in result.scales_of(area):
            item = result.series(f"level:{scale}:{area}")
            unit = "" if scale in known("scale") or not item else word("unit", item.unit)
            name, placebo = f"level:{scale}:{area}", f"level_placebo:{scale}:{area}"
            followed.append(Scale(scale, word("scale", scale), name, placebo, unit, (), area))
    return followed


def _lines(area: str) -> list[Scale]:
    deep, still = f"severity_contraction:{area}", f"severity_rest:{area}"
    action, grades = word("indication", area, "action"), grades_of(area)
    name = word("indication", area)
    return [
        Scale(f"{area}:deep", f"{name} when {action}", deep, f"severity_placebo:{area}", "",
              grades, area),
        Scale(f"{area}:still", f"{name} at rest", still, "", "", grades, area),
    ]  # fmt: skip


def limits(results: Sequence[Result]) -> dict[str, tuple[float, ...]]:
    """The marks of each scale's axis, the same for every plan that is shown."""
    reached: dict[str, list[float]] = {}
    for result in results:
        for scale in scales(result):
            item, placebo = _series(result, scale.name), result.series(scale.placebo)
            ends = [*(item.p95 or ()), *(item.p05 or ()), *(placebo.median if placebo else ())]
            reached.setdefault(scale.code, []).extend((min(ends), max(ends)))
    axes = {}
    for result in results:
        for scale in scales(result):
            stated = baseline_scales().get(scale.area)
            if scale.grades and stated:
                low = stated.low
                axes[scale.code] = tuple(low + i for i in range(len(scale.grades)))
            else:
                axes[scale.code] = round_grid(min(0.0, *reached[scale.code]),
                                               max(reached[scale.code]), most=5)  # fmt: skip
    return axes


def _series(result: Result, name: str) -> Series:
    """A series that the course is known to hold."""
    item = result.series(name)
    if item is None:
        raise ValueError(f"the course holds no {name}")
    return item


def gauges(result: Result, axes: Limits, weeks: int) -> tuple[Gauge, ...]:
    """The bars of every scale of a result."""
    return tuple(_gauge(result, scale, axes[scale.code], weeks) for scale in scales(result))


def _gauge(result: Result, scale: Scale, marks: tuple[float, ...], weeks: int) -> Gauge:
    item, placebo = _series(result, scale.name), result.series(scale.placebo)
    by_week = {q: weekly(getattr(item, q), weeks) for q in QUANTILES}
    dummy = weekly(placebo.median, weeks) if placebo else None
    part = f"gauge:{scale.code}"

    channels = [always(f"{part}:middle", "cx", _positions(by_week["median"], marks))]
    for low, high, kind in (("p05", "p95", "90"), ("p25", "p75", "50")):
        channels += [
            always(f"{part}:{kind}", "x1", _positions(by_week[low], marks)),
            always(f"{part}:{kind}", "x2", _positions(by_week[high], marks)),
        ]
    if dummy:
        channels.append(always(f"{part}:placebo", "x", [x - 5 for x in _positions(dummy, marks)]))
    channels.append(always(f"{part}:words", "text", _words(scale, by_week, dummy)))
    drawn = _drawn(scale, marks, part, bool(dummy))
    return Gauge(scale.code, scale.area, scale.heading, drawn, tuple(channels))


def position(value: float, marks: tuple[float, ...]) -> float:
    """A value as a position on the bar, kept on it."""
    return _positions([value], marks)[0]


def _positions(values: Sequence[float], marks: tuple[float, ...]) -> list[float]:
    share = (np.clip(values, marks[0], marks[-1]) - marks[0]) / (marks[-1] - marks[0])
    return (INSET + share * (WIDTH - 2 * INSET)).round(1).tolist()


@lru_cache(maxsize=128)
def _drawn(scale: Scale, marks: tuple[float, ...], part: str, dummy: bool) -> str:
    ticks = []
    for i, mark in enumerate(marks):
        x = position(mark, marks)
        name = scale.grades[i] if scale.grades else number(mark, 2)
        anchor = "start" if i == 0 else "end" if i == len(marks) - 1 else "middle"
        edge = 0.0 if i == 0 else WIDTH if i == len(marks) - 1 else x
        ticks.append(tag("line", x1=x, x2=x, y1=3, y2=25, class_="grid"))
        ticks.append(text(name, x=edge, y=40, class_="tick", text_anchor=anchor))
    line = {"y1": BAR_Y, "y2": BAR_Y}
    square = tag("rect", y=BAR_Y - 5, width=10, height=10, class_="m-placebo",
                 data_part=f"{part}:placebo")  # fmt: skip
    return tag(
        "svg",
        *ticks,
        tag("line", class_="iv90", data_part=f"{part}:90", **line),
        tag("line", class_="iv50", data_part=f"{part}:50", **line),
        square if dummy else "",
        tag("circle", cy=BAR_Y, r=7, class_="m-model", data_part=f"{part}:middle"),
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        class_="fc-gauge",
        aria_hidden="true",
    )


def _words(
    scale: Scale, by_week: Mapping[str, Sequence[float]], dummy: Sequence[float] | None
) -> list[str]:
    sentences = []
    for week, middle in enumerate(by_week["median"]):
        low, high, p25, p75 = (by_week[q][week] for q in ("p05", "p95", "p25", "p75"))
        level = level_words(scale, middle)
        half, most = f"{number(p25)} to {number(p75)}", f"{number(low)} to {number(high)}"
        other = f"; with placebo {number(dummy[week])}" if dummy else ""
        sentences.append(f"{level}. Half of people: {half}. 9 of 10: {most}{other}.")
    return sentences


def level_words(scale: Scale, level: float) -> str:
    """The level of the middle person: the nearest grade and the figure, or the figure."""
    if not scale.grades:
        return f"Middle person: {number(level)}{f' {scale.unit}' if scale.unit else ''}"
    return f"Middle person: {nearest(scale, level)} ({number(level)})"


def nearest(scale: Scale, level: float) -> str:
    """The grade nearest to a level, in words."""
    stated = baseline_scales().get(scale.area)
    first = stated.low if stated else 0.0
    last = len(scale.grades) - 1
    return scale.grades[int(min(last, max(0.0, round(level - first))))]


def spoken(result: Result, working: ByMuscle, weeks: int) -> tuple[str, ...]:
    """One sentence for each week: what is silenced most, and the level of every main scale."""
    muscle, left = _most_treated(result, working, weeks)
    what = silenced(result.indications)
    levels = []
    for area in result.indications:
        first = [scale for scale in scales(result) if scale.area == area][:1]
        for scale in first:
            item = result.series(scale.name)
            values = weekly(item.median, weeks) if item else []
            if scale.grades:
                name = word("indication", area, "short")
                levels.append([f"{name} {nearest(scale, value)}" for value in values])
            else:
                levels.append([f"{scale.heading}: {number(value)}" for value in values])
    sentences = []
    for week in range(weeks + 1):
        parts = [", ".join(level[week] for level in levels)]
        if muscle:
            parts.insert(0, f"{100 * (1 - left[week]):.0f} % of {what} silenced in {muscle}")
        sentences.append(
            f"Week {week}: {'; '.join(part for part in parts if part)} in the middle person"
        )
    return tuple(sentences)


def _most_treated(result: Result, working: ByMuscle, weeks: int) -> tuple[str, list[float]]:
    """The muscle that gets most of the dose of the first area, and what of it works each week."""
    dose_u: dict[tuple[str, str], float] = {}
    first = result.indications[0]
    for site in result.plan.sites:
        if site.indication not in (None, first):
            continue
        key = site.muscle, site.side or "midline"
        dose_u[key] = dose_u.get(key, 0.0) + float(site.dose_u)
    for muscle, side in sorted(dose_u, key=lambda key: -dose_u[key]):
        for (_, name, muscle_side), values in working.items():
            if name == muscle and side in (muscle_side, "midline"):
                return spaced(muscle).lower(), values
    return "", [1.0] * (weeks + 1)


def share_words(result: Result, area: str, weeks: int) -> list[str]:
    """How many of 100 people have the first counted benefit, on the counted day near each week."""
    rows = result.shares_of(area)
    rows = [row for row in rows if row.endpoint == rows[0].endpoint]
    sentences = [""] * (weeks + 1)
    words = [_share(row) for row in rows]
    for week in range(1, weeks + 1):
        away_d = [abs(row.day - week * WEEK) for row in rows]
        if away_d and min(away_d) <= NEAR_D:
            sentences[week] = words[away_d.index(min(away_d))]
    return sentences


def _share(row: Outcome) -> str:
    name = word("endpoint", row.endpoint)
    dummy = "" if row.placebo is None else f", with placebo {people(row.placebo)}"
    return (
        f"Day {number(row.day)}: {people(row.value)} of 100 people "
        f"(range {people_range(row.low, row.high)}{dummy}): {_inside(name)}, "
        f"{word('endpoint', row.endpoint, 'by')}."
    )


def _inside(name: str) -> str:
    """A name inside a sentence; one that begins with an abbreviation stays as it is."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
