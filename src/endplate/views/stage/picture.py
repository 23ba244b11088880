"""The pictures of a stage: the charts with their muscles as parts, who acts, what is counted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from endplate.facts.atlas import chart_blocks
from endplate.facts.indications import chart as chart_facts
from endplate.results.result import Result
from endplate.views.chart import art_face, art_neck
from endplate.views.chart.art import Art
from endplate.views.chart.drawing import body, picture
from endplate.views.chart.pictures import by_chart, views_of
from endplate.views.chart.site import dots
from endplate.views.chart.views import ENDS, FACE, BodyView
from endplate.views.stage.actor import NECK, acting_face, acting_neck
from endplate.views.stage.channel import ByMuscle, Channel, always, weekly
from endplate.views.svg import tag, title

ACTING_FACE = replace(FACE, words="The face", box=(-84.0, -94.0, 168.0, 212.0), scale=1.0)
WITH_SWEAT = ("armpit", "palm")
SITE_MM = 1.5
DROP = "M0,-5C2.6,-1.4 3.6,.6 3.6,2.4A3.6,3.6 0 0 1 -3.6,2.4C-3.6,.6 -2.6,-1.4 0,-5Z"
DROPS = 14
DAYS_SHOWN, ROW, CELL = 28, 7, 20.0
MOST_LEAKS, LEAKS_FROM = 16, 4
FULL_TURN_DEGREES, FULL_TURN_POINTS = 80.0, 85.0
SWEAT, DAYS, LEAKS, TURN = "sweat_mg_min", "headache_days_28d", "ui_per_day", "twstrs_total"


@dataclass(frozen=True)
class StagePicture:
    """One picture: SVG, what it shows, what lies at its left and right, width to height."""

    svg: str
    words: str
    ends: tuple[str, str]
    ratio: float
    acts: bool


def pictures(result: Result, working: ByMuscle, name: str) -> tuple[StagePicture, ...]:
    """Every picture of a plan; `name` sets the ones of one stage apart from those of others."""
    made = []
    for chart, here in by_chart(result).items():
        followed = tuple((m, s) for c, m, s in working if c in ("", chart))
        for view, alike in views_of(chart, here):
            made.append(_picture(result, chart, view, followed, name, alike))
    return tuple(made)


def _picture(
    result: Result,
    chart: str,
    view: BodyView,
    followed: tuple[tuple[str, str], ...],
    name: str,
    alike: bool,
) -> StagePicture:
    view = ACTING_FACE if view is FACE and chart == "upper_face" else view
    key = "-".join(part for part in (name, chart, view.key, view.side) if part)
    acting, below, defs = _still(view, result.indications, chart, key, followed)
    here = by_chart(result)[chart]
    spots = [] if view is ACTING_FACE else [
        tag("circle", cx=dot.x_mm, cy=dot.y_mm, r=SITE_MM * view.scale, class_="site")
        for dot in dots(here, view)
    ]  # fmt: skip
    side = f", {view.side}" if view.side else ""
    words = f"{view.words}{side}" + ("; the right is treated alike" if alike else "")
    what = "as drawn for the week" if view is ACTING_FACE else "what is silenced"
    svg = picture(acting, f"{chart_facts(chart).title}, {view.words.lower()}{side}: {what}",
                  defs, below, *spots)  # fmt: skip
    ends = ("", "") if view.side else ENDS[view.turn]
    return StagePicture(svg, words, ends, view.box[2] / view.box[3], view is ACTING_FACE)


@lru_cache(maxsize=128)
def _still(
    view: BodyView,
    areas: tuple[str, ...],
    chart: str,
    key: str,
    followed: tuple[tuple[str, str], ...],
) -> tuple[BodyView, str, str]:
    """The view with its art, what lies below the sites, and its clip: the same for every dose.

    `followed` are the muscles and sides that the run follows.
    """
    acting = _acting(view, areas, chart, key)
    blocks = [] if view is ACTING_FACE else list(chart_blocks(chart))
    return acting, *body(acting, blocks, dict.fromkeys(followed, 0.0), key, live=True)


def _acting(view: BodyView, areas: tuple[str, ...], chart: str, key: str) -> BodyView:
    """The view with the art that acts, where there is one."""
    if chart == "upper_face" and view.art is art_face.front:
        return replace(view, art=lambda: acting_face(areas, key))
    if view.art is art_neck.front and NECK in areas:
        return replace(view, art=acting_neck)
    if view.key in WITH_SWEAT:
        still = view.art
        return replace(view, art=lambda: with_drops(view, still()))
    return view


def with_drops(view: BodyView, still: Art) -> Art:
    """A piece of skin with drops of sweat, spread over its middle like seeds."""
    _, _, width, height = view.box
    middle_x, middle_y = (0.0, 0.0) if view.key == "armpit" else (-6.0, 18.0)
    reach = 0.2 * min(width, height)
    drops = []
    for i in range(DROPS):
        way, angle = reach * math.sqrt((i + 0.5) / DROPS), i * 2.39996  # even in any number
        x, y = middle_x + way * math.cos(angle), middle_y + way * math.sin(angle)
        drop = tag("path", d=DROP, transform=f"translate({x:.1f} {y:.1f}) scale(1.5)")
        drops.append(tag("g", drop, data_part=f"drop:{i}", class_="fc-drop"))
    return Art(still.skin, still.under, still.over + "".join(drops), still.behind, still.edged)


def drop_channels(result: Result, area: str, weeks: int) -> list[Channel]:
    """How many of the drops are left: the share of the sweat before treatment."""
    item = result.series(f"level:{SWEAT}:{area}")
    if not item:
        return []
    start = max(float(item.median[0]), 1e-9)
    count = [DROPS * level / start for level in weekly(item.median, weeks)]
    return [always(f"drop:{i}", "opacity", filled(count, i)) for i in range(DROPS)]


def filled(counts: Sequence[float], index: int) -> list[float]:
    """How far the sign of this index is filled for each count.

    Examples
    --------
    >>> filled([0.0, 1.5, 3.0], 1)
    [0.0, 0.5, 1.0]
    """
    return [round(min(1.0, max(0.0, count - index)), 3) for count in counts]


def counted_picture(result: Result, area: str, weeks: int) -> tuple[str, str, list[Channel]] | None:
    """A picture of what an area's scale counts, its caption, and what moves in it."""
    for scale, draw in ((DAYS, _month), (LEAKS, _leaks), (TURN, _turn)):
        item = result.series(f"level:{scale}:{area}")
        if item:
            return draw(weekly(item.median, weeks))
    return None


def _month(levels: list[float]) -> tuple[str, str, list[Channel]]:
    cells, channels = [], []
    for i in range(DAYS_SHOWN):
        at = {"cx": (i % ROW + 0.5) * CELL, "cy": (i // ROW + 0.5) * CELL, "r": 7}
        cells.append(tag("circle", class_="fc-day", **at))
        cells.append(tag("circle", class_="fc-day full", data_part=f"day:{i}", **at))
        channels.append(always(f"day:{i}", "opacity", filled(levels, i)))
    return _box(cells, ROW * CELL, DAYS_SHOWN / ROW * CELL, "Headache days of 28"), (
        "Filled: headache days of the middle person in 28 days"
    ), channels  # fmt: skip


def _leaks(levels: list[float]) -> tuple[str, str, list[Channel]]:
    count = min(MOST_LEAKS, max(LEAKS_FROM, math.ceil(max(levels))))
    cells, channels = [], []
    for i in range(count):
        drop_place = f"translate({(i + 0.5) * CELL:g} 13) scale(2)"
        cells.append(tag("path", d=DROP, class_="fc-day", transform=drop_place))
        cells.append(tag("path", d=DROP, class_="fc-day full", transform=drop_place,
                         data_part=f"leak:{i}"))  # fmt: skip
        channels.append(always(f"leak:{i}", "opacity", filled(levels, i)))
    return _box(cells, count * CELL, 26.0, "Leaks in a day"), (
        "Filled: leaks of the middle person in a day"
    ), channels  # fmt: skip


def _turn(levels: list[float]) -> tuple[str, str, list[Channel]]:
    head = [
        tag("ellipse", cx=-29, cy=2, rx=4, ry=8, class_="f-skin f-line"),
        tag("ellipse", cx=29, cy=2, rx=4, ry=8, class_="f-skin f-line"),
        tag("path", d="M-5,-33L0,-43L5,-33Z", class_="f-skin f-line"),
        tag("ellipse", cx=0, cy=0, rx=28, ry=35, class_="f-hair f-edge"),
    ]
    parts = [
        tag("path", d="M-84,34C-84,8 -40,-4 0,-4C40,-4 84,8 84,34C60,44 -60,44 -84,34Z",
            class_="f-skin f-line"),
        tag("line", x1=0, x2=0, y1=-54, y2=-46, class_="f-line"),
        tag("g", *head, data_part="head-turn"),
    ]  # fmt: skip
    turned = [round(FULL_TURN_DEGREES * level / FULL_TURN_POINTS, 2) for level in levels]
    svg = tag("svg", title("Head from above"), *parts, viewBox="-88 -58 176 104",
              class_="face fc-extra", role="img")  # fmt: skip
    caption = "From above: the turn is drawn in proportion to the score; it is no measured angle"
    return svg, caption, [always("head-turn", "turn", turned)]


def _box(cells: list[str], width: float, height: float, words: str) -> str:
    return tag("svg", title(words), *cells, viewBox=f"0 0 {width:g} {height:g}",
               class_="fc-extra", role="img")  # fmt: skip
