"""The pictures of a stage: each chart of the plan with its muscles as parts, and who acts on it."""

from dataclasses import dataclass, replace
from functools import lru_cache

from endplate.facts.anatomy import chart_blocks
from endplate.facts.indications import chart as chart_facts
from endplate.results.result import Result
from endplate.views.chart import art_face, art_neck
from endplate.views.chart.drawing import body, picture
from endplate.views.chart.pictures import by_chart, views_of
from endplate.views.chart.site import dots
from endplate.views.chart.view import View
from endplate.views.chart.views import ENDS, FACE
from endplate.views.stage.extra import with_drops
from endplate.views.stage.face import acting_face
from endplate.views.stage.neck import AREA as NECK
from endplate.views.stage.neck import acting_neck
from endplate.views.stage.weekly import Places
from endplate.views.svg import tag

ACTING_FACE = replace(FACE, words="The face", box=(-84.0, -94.0, 168.0, 212.0), scale=1.0)
WITH_SWEAT = ("armpit", "palm")
SITE_MM = 1.5


@dataclass(frozen=True)
class Picture:
    """One picture: SVG, what it shows, what lies at its left and right, width to height."""

    svg: str
    words: str
    ends: tuple[str, str]
    ratio: float
    acts: bool


def pictures(result: Result, places: Places, name: str) -> tuple[Picture, ...]:
    """Every picture of a plan; `name` sets the ones of one stage apart from those of others."""
    made = []
    for chart, here in by_chart(result).items():
        followed = tuple((m, s) for c, m, s in places if c in ("", chart))
        for view, alike in views_of(chart, here):
            made.append(_picture(result, chart, view, followed, name, alike))
    return tuple(made)


def _picture(
    result: Result,
    chart: str,
    view: View,
    followed: tuple[tuple[str, str], ...],
    name: str,
    alike: bool,
) -> Picture:
    view = ACTING_FACE if view is FACE and chart == "upper_face" else view
    key = "-".join(part for part in (name, chart, view.key, view.side) if part)
    own, below, defs = _still(view, result.indications, chart, key, followed)
    here = by_chart(result)[chart]
    spots = [] if view is ACTING_FACE else [
        tag("circle", cx=dot.x_mm, cy=dot.y_mm, r=SITE_MM * view.scale, class_="site")
        for dot in dots(here, view)
    ]  # fmt: skip
    side = f", {view.side}" if view.side else ""
    words = f"{view.words}{side}" + ("; the right is treated alike" if alike else "")
    what = "as drawn for the week" if view is ACTING_FACE else "what is silenced"
    svg = picture(own, f"{chart_facts(chart).title}, {view.words.lower()}{side}: {what}",
                  defs, below, *spots)  # fmt: skip
    ends = ("", "") if view.side else ENDS[view.turn]
    return Picture(svg, words, ends, view.box[2] / view.box[3], view is ACTING_FACE)


@lru_cache(maxsize=128)
def _still(
    view: View, areas: tuple[str, ...], chart: str, key: str, followed: tuple[tuple[str, str], ...]
) -> tuple[View, str, str]:
    """The view with its art, what lies below the sites, and its clip: the same for every dose.

    `followed` are the muscles and sides that the run follows.
    """
    own = _acting(view, areas, chart, key)
    blocks = [] if view is ACTING_FACE else list(chart_blocks(chart))
    return own, *body(own, blocks, dict.fromkeys(followed, 0.0), key, live=True)


def _acting(view: View, areas: tuple[str, ...], chart: str, key: str) -> View:
    """The view with the art that acts, where there is one."""
    if chart == "upper_face" and view.art is art_face.front:
        return replace(view, art=lambda: acting_face(areas, key))
    if view.art is art_neck.front and NECK in areas:
        return replace(view, art=acting_neck)
    if view.key in WITH_SWEAT:
        still = view.art
        return replace(view, art=lambda: with_drops(view, still()))
    return view
