"""Drawings beside the chart where a scale counts something: sweat, headache days, leaks, a turn."""

import math
from collections.abc import Sequence

from endplate.results.result import Result
from endplate.views.chart.art import Art
from endplate.views.chart.view import View
from endplate.views.stage.channel import Channel, always
from endplate.views.stage.weekly import weekly
from endplate.views.svg import tag, title

DROP = "M0,-5C2.6,-1.4 3.6,.6 3.6,2.4A3.6,3.6 0 0 1 -3.6,2.4C-3.6,.6 -2.6,-1.4 0,-5Z"
DROPS = 14
DAYS_SHOWN, ROW, CELL = 28, 7, 20.0
MOST_LEAKS, LEAKS_FROM = 16, 4
FULL_TURN_DEGREES, FULL_TURN_POINTS = 80.0, 85.0
SWEAT, DAYS, LEAKS, TURN = "sweat_mg_min", "headache_days_28d", "ui_per_day", "twstrs_total"


def with_drops(view: View, still: Art) -> Art:
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


def filled(counts: Sequence[float], place: int) -> list[float]:
    """How far the sign of one place is filled for each count.

    Examples
    --------
    >>> filled([0.0, 1.5, 3.0], 1)
    [0.0, 0.5, 1.0]
    """
    return [round(min(1.0, max(0.0, count - place)), 3) for count in counts]


def counted(result: Result, area: str, weeks: int) -> tuple[str, str, list[Channel]] | None:
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
        place = f"translate({(i + 0.5) * CELL:g} 13) scale(2)"
        cells.append(tag("path", d=DROP, class_="fc-day", transform=place))
        cells.append(tag("path", d=DROP, class_="fc-day full", transform=place,
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
