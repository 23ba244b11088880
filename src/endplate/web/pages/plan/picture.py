"""What the chart shows: the pictures of a plan, the label's lines, each site with its reach."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

from endplate.case import PlacedSite, Plan, placed_sites
from endplate.facts.anatomy import chart_blocks, landmarks
from endplate.facts.indications import chart as chart_facts
from endplate.facts.indications import indication, is_charted
from endplate.people import model
from endplate.people.exposure import Cloud, clouds
from endplate.safety.guides import Guide
from endplate.views.chart.drawing import body
from endplate.views.chart.site import dose_text, side_of
from endplate.views.chart.views import ENDS, VIEWS
from endplate.views.chart.views import BodyView as View
from endplate.views.quantity import number
from endplate.views.svg import line_path, tag, title
from endplate.views.words import muscle_name, spaced
from endplate.web.desk.edit import planned_areas

HALF, NINE_TENTHS = math.sqrt(2 * math.log(2)), math.sqrt(2 * math.log(10))
"""Radii, in standard deviations, that hold half and nine tenths of a round cloud in a plane."""


@dataclass(frozen=True)
class Sheet:
    """One picture to work on: what lies below the sites, and where they may be put."""

    key: str
    words: str
    box: tuple[float, float, float, float]
    below: str
    ends: tuple[str, str]
    scale: float

    def as_props(self) -> dict[str, Any]:
        """Plain values for the browser."""
        return asdict(self)


def sheets(areas: Sequence[str], lines: Sequence[Guide]) -> tuple[Sheet, ...]:
    """Every picture of the charts of some areas, with the lines that labels draw there."""
    return tuple(
        _sheet(
            chart, view, [g for g in lines if chart_facts(g.chart).regions[0] in _regions(chart)]
        )
        for chart in charts(areas)
        for view in views(chart)
    )


def charts(areas: Sequence[str]) -> tuple[str, ...]:
    """Charts of some areas; one that another of them shows whole goes with that one."""
    named = (indication(area).chart for area in areas if is_charted(area))
    every = [name for name in dict.fromkeys(named) if name in VIEWS]
    return tuple(a for a in every if not any(set(_regions(a)) < set(_regions(b)) for b in every))


def _regions(chart: str) -> tuple[str, ...]:
    return chart_facts(chart).regions


def views(chart: str) -> tuple[View, ...]:
    """Views of a chart that sites can be put on, one for each side where sides are apart."""
    close = [view for view in VIEWS[chart] if view.close]
    return tuple(
        replace(view, side=side) if side else view
        for view in close
        for side in (("right", "left") if view.side else ("",))
    )


def key_of(chart: str, view: View) -> str:
    """Name of a picture: chart, view and side."""
    return f"{chart}/{view.key}/{view.side}"


def _sheet(chart: str, view: View, lines: list[Guide]) -> Sheet:
    key = key_of(chart, view)
    shown, defs = body(view, list(chart_blocks(chart)), {}, key.replace("/", "-"))
    side = f", {view.side}" if view.side else ""
    marks = "".join([*_landmarks(chart, view), *(_guide(view, line) for line in lines)])
    ends = ("", "") if view.side else ENDS[view.turn]
    words = f"{chart_facts(chart).title}: {view.words.lower()}{side}"
    return Sheet(key, words, view.frame, defs + shown + marks, ends, view.scale)


def _landmarks(chart: str, view: View) -> Iterator[str]:
    """Small crosses at the named points of the chart."""
    for region in chart_facts(chart).regions:
        for mark in landmarks(region):
            for sign in (1, -1) if mark.paired else (1,):
                x, y = view.at(sign * mark.x_mm, mark.y_mm)
                side = "left" if sign > 0 else "right"
                faces = view.seen(abs(mark.x_mm), mark.y_mm) and view.inside((x, y))
                if faces and (not mark.paired or view.shows(side)):
                    arm = 1.5 * view.scale
                    cross = (
                        f"M{x - arm:.2f},{y:.2f}h{2 * arm:.2f}M{x:.2f},{y - arm:.2f}v{2 * arm:.2f}"
                    )
                    yield tag("g", title(spaced(mark.name)), tag("path", d=cross, class_="pl-mark"))


def _guide(view: View, line: Guide) -> str:
    """A line that sites keep to one side of, with teeth where they do not belong."""
    drawn = []
    for sign in (1, -1) if line.paired else (1,):
        points = [view.at(sign * x, y) for x, y in line.points_mm]
        drawn.append(tag("path", d=line_path(points), class_=f"pl-guide {line.keep}"))
        if line.keep != "between":
            drawn.append(
                tag("path", d=_teeth(points, line.keep, sign * view.turn), class_="pl-teeth")
            )
    unsure = "" if line.verified else " (not verified)"
    return tag("g", title(f"Label: {line.words}{unsure}"), *drawn)


def _teeth(points: list[tuple[float, float]], keep: str, sign: int) -> str:
    dx, dy = (0.0, 2.2) if keep == "above" else (-2.2 * sign, 0.0)
    found = []
    for (x0, y0), (x1, y1) in pairwise(points):
        steps = max(1, round(math.dist((x0, y0), (x1, y1)) / 2.5))
        for i in range(steps + 1):
            x, y = x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps
            found.append(f"M{x:.1f},{y:.1f}l{dx:.1f},{dy:.1f}")
    return "".join(found)


def sites(plan: Plan) -> list[dict[str, Any]]:
    """Every site of a plan on every picture that shows it, as plain values for the browser."""
    placed = placed_sites(plan)
    spread = model.spread()
    told = []
    for chart in charts(planned_areas(plan)):
        here = [(i, s) for i, s in enumerate(placed) if _on(chart, s)]
        spans = clouds([s for _, s in here], chart, spread)
        for view in views(chart):
            for (i, site), cloud in zip(here, spans, strict=True):
                if _visible(view, site):
                    told.append(_dot(key_of(chart, view), view, i, site, cloud))
    return told


def _on(chart: str, site: PlacedSite) -> bool:
    return any(block.muscle == site.muscle for block in chart_blocks(chart))


def _visible(view: View, site: PlacedSite) -> bool:
    side = side_of(site.side, site.x_mm)
    at = view.at(site.x_mm, site.y_mm)
    return view.shows(side) and view.seen(abs(site.x_mm), site.y_mm) and view.inside(at)


def _dot(key: str, view: View, index: int, site: PlacedSite, cloud: Cloud) -> dict[str, Any]:
    x, y = view.at(site.x_mm, site.y_mm)
    long, short, turn = _ellipse(view, site, cloud)
    return {
        "site": index,
        "sheet": key,
        "x": round(x, 2),
        "y": round(y, 2),
        "long": round(long, 2),
        "short": round(short, 2),
        "turn": round(turn, 1),
        "r": round(view.scale * max(3.0, min(7.0, 1.9 * math.sqrt(site.dose_u))), 2),
        "dose": dose_text(site.dose_u),
        "dose_u": site.dose_u,
        "words": site_words(site),
    }


def site_words(site: PlacedSite) -> str:
    """A site in one line, as a screen reader tells it."""
    x_mm = f"{number(abs(site.x_mm), 2)} mm from the midline, " if site.x_mm else ""
    return (
        f"{muscle_name(site.muscle, site.side)}, {number(site.dose_u, 3)} units, "
        f"{x_mm}{number(site.y_mm, 2)} mm up, {number(site.z_mm, 2)} mm deep"
    )


def _ellipse(view: View, site: PlacedSite, cloud: Cloud) -> tuple[float, float, float]:
    """Standard deviations of the cloud in the picture, the longer first, and its turn [degrees]."""
    fx, fy = cloud.fibre[0], cloud.fibre[1]
    along, across = cloud.sd_along_mm**2, cloud.sd_across_mm**2
    wide = abs(view.stretch(site.x_mm, site.y_mm))
    flip = 1 if view.at(site.x_mm + 0.5, site.y_mm)[0] >= view.at(site.x_mm, site.y_mm)[0] else -1
    xx = (across + (along - across) * fx * fx) * wide * wide
    yy = across + (along - across) * fy * fy
    xy = -(along - across) * fx * fy * wide * flip
    middle, half = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    turn = 0.5 * math.degrees(math.atan2(2 * xy, xx - yy)) if half > 1e-9 else 0.0
    return math.sqrt(middle + half), math.sqrt(max(middle - half, 0.0)), turn
