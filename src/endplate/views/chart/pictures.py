"""The pictures of a result: for each chart that it needs, the views that its sites call for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from endplate.facts.atlas import MuscleBlock, chart_blocks
from endplate.facts.indications import chart as chart_facts
from endplate.facts.indications import indications as known_indications
from endplate.results.result import Result, SiteSummary
from endplate.views.chart import art_face
from endplate.views.chart.drawing import body, names, picture, sites
from endplate.views.chart.site import dots, side_of
from endplate.views.chart.views import ENDS, VIEWS, BodyView
from endplate.views.language import gettext as _
from endplate.views.muscle import blocks_of, letters

ALIKE_MM = 0.5
ALIKE_CHARTS = ("head", "neck")  # of charts where one side view may stand for both


@dataclass(frozen=True)
class Drawing:
    """One picture: SVG, what it shows, what lies at its left and right, width to height."""

    svg: str
    words: str
    ends: tuple[str, str]
    ratio: float
    close: bool


def has_chart(result: Result) -> bool:
    """Whether every injected site lies on a chart that is drawn."""
    every = result.plan.sites
    return bool(every) and all(_drawn(site, result) for site in every)


def drawings(result: Result) -> tuple[Drawing, ...]:
    """Pictures with muscles, sites, doses and the letters of the muscles."""
    return _drawings(result, muscles=True)


def spots(result: Result) -> tuple[Drawing, ...]:
    """Pictures with sites and doses alone, for a page that names no muscles."""
    return tuple(d for d in _drawings(result, muscles=False) if d.close)


def _drawings(result: Result, muscles: bool) -> tuple[Drawing, ...]:
    made = []
    for chart, here in by_chart(result).items():
        blocks = list(chart_blocks(chart)) if muscles else []
        for view, alike in views_of(chart, here):
            made.append(_drawing(result, chart, view, here, blocks, alike))
    return tuple(made)


def _drawing(
    result: Result,
    chart: str,
    view: BodyView,
    here: list[SiteSummary],
    blocks: list[MuscleBlock],
    alike: bool,
) -> Drawing:
    words = _(view.words)
    if view.side:
        told = _("{part}, left") if view.side == "left" else _("{part}, right")
        words = told.format(part=words)
    key = "-".join(part for part in ("skin", chart, view.key, view.side) if part)
    drawn_dots = dots(here, view)
    below, defs = body(view, blocks, blocks_of(result, chart), key)
    lines = art_face.wrinkles(result.indications) if view.art is art_face.front else ""
    letter = letters(result) if view.close and blocks else {}
    svg = picture(
        view,
        _("{chart}, {view}: injected sites").format(
            chart=_(chart_facts(chart).title), view=words.lower()
        ),
        defs,
        below,
        lines,
        sites(view, drawn_dots),
        names(view, blocks, letter, drawn_dots),
    )
    if alike:
        words += _("; the right is treated alike")
    ends = ("", "") if view.side or not view.close else ENDS[view.turn]
    return Drawing(svg, words, ends, view.box[2] / view.box[3], view.close)


def views_of(chart: str, here: list[SiteSummary]) -> list[tuple[BodyView, bool]]:
    """The fewest views that show every site, and whether a view stands for both sides.

    A view without doses, which shows where the others lie, is kept wherever it shows a site.
    """
    twin = chart in ALIKE_CHARTS and _mirrored(here)
    options = [
        replace(view, side=side) if side else view
        for view in VIEWS[chart]
        for side in (("left",) if twin else ("right", "left")) * bool(view.side) or ("",)
    ]
    shows = {view: _seen(view, here, twin) for view in options}
    chosen = {view for view in options if not view.close and shows[view]}
    missing = set().union(*shows.values())
    while missing:
        best = max((v for v in options if v.close), key=lambda v: len(shows[v] & missing))
        if not shows[best] & missing:
            break
        chosen.add(best)
        missing -= shows[best]
    return [(view, twin and bool(view.side)) for view in options if view in chosen]


def _seen(view: BodyView, here: list[SiteSummary], twin: bool) -> set[int]:
    """Which sites a view shows; one that stands for both sides shows those of the other too."""
    both = [view, replace(view, side="right")] if twin and view.side else [view]
    return {i for i, site in enumerate(here) for side in both if dots([site], side)}


def _mirrored(here: list[SiteSummary]) -> bool:
    """Whether each site has its twin of the same dose on the other side."""
    places = {
        (round(s.x_mm / ALIKE_MM), round(s.y_mm / ALIKE_MM), round(s.dose_u, 2)) for s in here
    }
    return all((-x, y, dose) in places for x, y, dose in places)


def by_chart(result: Result) -> dict[str, list[SiteSummary]]:
    """The sites of each chart that the plan needs."""
    charts: dict[str, list[SiteSummary]] = {}
    for site in result.plan.sites:
        charts.setdefault(_chart(site, result), []).append(site)
    return charts


def _chart(site: SiteSummary, result: Result) -> str:
    area = site.indication or (result.indications or ("",))[0]
    return site.chart or _charts().get(area, "")


def _drawn(site: SiteSummary, result: Result) -> bool:
    chart = _chart(site, result)
    if chart not in VIEWS:
        return False
    on_chart = {block.muscle for block in chart_blocks(chart)}
    return site.muscle in on_chart and side_of(site.side, site.x_mm) in ("left", "right", "midline")


@cache
def _charts() -> Mapping[str, str]:
    """Chart of each indication that has one."""
    return {use.name: use.chart for use in known_indications()}
