"""The chart of a plan: its pictures, its sites, and the fields of the selected site."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

from nicegui import events, ui
from nicegui.element import Element

from endplate.case import PlacedSite, Plan, charts_of, muscles_reached, placed_sites
from endplate.engine.exposure import Cloud, clouds
from endplate.facts.atlas import chart_blocks, landmarks
from endplate.facts.indications import chart as chart_facts
from endplate.facts.indications import indication, is_charted
from endplate.model import Model
from endplate.safety.guides import Guide
from endplate.views.chart.drawing import body
from endplate.views.chart.site import MOVED, dose_text, settled, side_of
from endplate.views.chart.views import ENDS, VIEWS, BodyView
from endplate.views.quantity import number
from endplate.views.svg import line_path, tag, title
from endplate.views.words import muscle_name, spaced
from endplate.web.pages.plan.forms import fill
from endplate.web.session import Session
from endplate.web.workspace.draft import Draft
from endplate.web.workspace.site_edits import Edit, planned_areas


@dataclass(frozen=True)
class Picture:
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


def pictures(areas: Sequence[str], lines: Sequence[Guide]) -> tuple[Picture, ...]:
    """Every picture of the charts of some areas, with the lines that labels draw there."""
    return tuple(
        _picture(
            chart, view, [g for g in lines if chart_facts(g.chart).regions[0] in _regions(chart)]
        )
        for chart in charts(areas)
        for view in views(chart)
    )


def charts(areas: Sequence[str]) -> tuple[str, ...]:
    """Charts of some areas; one that another of them shows whole goes with that one."""
    names = (indication(area).chart for area in areas if is_charted(area))
    known = [name for name in dict.fromkeys(names) if name in VIEWS]
    return tuple(a for a in known if not any(set(_regions(a)) < set(_regions(b)) for b in known))


def _regions(chart: str) -> tuple[str, ...]:
    return chart_facts(chart).regions


def views(chart: str) -> tuple[BodyView, ...]:
    """Views of a chart that sites can be put on, one for each side where sides are apart."""
    detailed = [view for view in VIEWS[chart] if view.close]
    return tuple(
        replace(view, side=side) if side else view
        for view in detailed
        for side in (("right", "left") if view.side else ("",))
    )


def key_of(chart: str, view: BodyView) -> str:
    """Name of a picture: chart, view and side."""
    return f"{chart}/{view.key}/{view.side}"


def _picture(chart: str, view: BodyView, lines: list[Guide]) -> Picture:
    key = key_of(chart, view)
    drawn, defs = body(view, list(chart_blocks(chart)), {}, key.replace("/", "-"))
    side = f", {view.side}" if view.side else ""
    marks = "".join([*_landmarks(chart, view), *(_guide(view, line) for line in lines)])
    ends = ("", "") if view.side else ENDS[view.turn]
    words = f"{chart_facts(chart).title}: {view.words.lower()}{side}"
    return Picture(key, words, view.frame, defs + drawn + marks, ends, view.scale)


def _landmarks(chart: str, view: BodyView) -> Iterator[str]:
    """Small crosses at the named points of the chart."""
    for region in chart_facts(chart).regions:
        for mark in landmarks(region):
            for sign in (1, -1) if mark.paired else (1,):
                x, y = view.at(sign * mark.x_mm, mark.y_mm)
                side = "left" if sign > 0 else "right"
                is_visible = view.seen(abs(mark.x_mm), mark.y_mm) and view.inside((x, y))
                if is_visible and (not mark.paired or view.shows(side)):
                    arm = 1.5 * view.scale
                    cross = (
                        f"M{x - arm:.2f},{y:.2f}h{2 * arm:.2f}M{x:.2f},{y - arm:.2f}v{2 * arm:.2f}"
                    )
                    yield tag("g", title(spaced(mark.name)), tag("path", d=cross, class_="pl-mark"))


def _guide(view: BodyView, line: Guide) -> str:
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
    strokes = []
    for (x0, y0), (x1, y1) in pairwise(points):
        steps = max(1, round(math.dist((x0, y0), (x1, y1)) / 2.5))
        for i in range(steps + 1):
            x, y = x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps
            strokes.append(f"M{x:.1f},{y:.1f}l{dx:.1f},{dy:.1f}")
    return "".join(strokes)


def sites(plan: Plan) -> list[dict[str, Any]]:
    """Every site of a plan on every picture that shows it, as plain values for the browser."""
    placed = placed_sites(plan)
    spread = Model().spread_by_tissue
    dots = []
    for chart in charts(planned_areas(plan)):
        on_chart = [(i, s) for i, s in enumerate(placed) if _on(chart, s)]
        spread_clouds = clouds([s for _, s in on_chart], chart, spread)
        for view in views(chart):
            on_view = [
                _dot(key_of(chart, view), view, i, site, cloud)
                for (i, site), cloud in zip(on_chart, spread_clouds, strict=True)
                if _visible(view, site)
            ]
            dots += _apart(on_view, view)
    return dots


def _apart(dots: list[dict[str, Any]], view: BodyView) -> list[dict[str, Any]]:
    """Dots with what each steps aside, `dx` and `dy` [mm], so that none hides another."""
    homes = [(dot["x"], dot["y"]) for dot in dots]
    places = settled(homes, [dot["r"] for dot in dots], view.frame)
    steps = [(x - dot["x"], y - dot["y"]) for dot, (x, y) in zip(dots, places, strict=True)]
    moved = [s if math.hypot(*s) > MOVED * view.scale else (0.0, 0.0) for s in steps]
    return [
        dot | {"dx": round(dx, 2), "dy": round(dy, 2)}
        for dot, (dx, dy) in zip(dots, moved, strict=True)
    ]


def _on(chart: str, site: PlacedSite) -> bool:
    return any(block.muscle == site.muscle for block in chart_blocks(chart))


def _visible(view: BodyView, site: PlacedSite) -> bool:
    side = side_of(site.side, site.x_mm)
    at = view.at(site.x_mm, site.y_mm)
    return view.shows(side) and view.seen(abs(site.x_mm), site.y_mm) and view.inside(at)


def _dot(key: str, view: BodyView, index: int, site: PlacedSite, cloud: Cloud) -> dict[str, Any]:
    x, y = view.at(site.x_mm, site.y_mm)
    long, short, turn = _ellipse(view, site, cloud)
    return {
        "site": index,
        "picture": key,
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
    """A site in one line, for screen readers."""
    x_mm = f"{number(abs(site.x_mm), 2)} mm from the midline, " if site.x_mm else ""
    return (
        f"{muscle_name(site.muscle, site.side)}, {number(site.dose_u, 3)} units, "
        f"{x_mm}{_height(site.y_mm)}, {number(site.z_mm, 2)} mm deep"
    )


def _height(y_mm: float) -> str:
    """Height on the chart in words."""
    return f"{number(abs(y_mm), 2)} mm {'down' if y_mm < 0 else 'up'}"


def _ellipse(view: BodyView, site: PlacedSite, cloud: Cloud) -> tuple[float, float, float]:
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


class Chart(Element, component="chart.js"):
    """Sites on the pictures of a plan, moved by pointer or by keys."""

    def __init__(
        self,
        on_edit: Callable[[Edit], None],
        on_drag: Callable[[Edit], None],
        on_select: Callable[[int], None],
    ) -> None:
        """Make an empty chart.

        Parameters
        ----------
        on_edit, on_drag : callable
            Called with an edit that was made, and with one while a site is dragged.
        on_select : callable
            Called with the index of the selected site.
        """
        super().__init__()
        self._props.update(pictures=[], sites=[], selected=-1, received=0, dose=1.0, whole=False)

        def handle_edit(event: events.GenericEventArguments) -> None:
            on_edit(event.args)
            self._props["received"] = max(int(event.args.get("n", 0)), self._props["received"])
            self.update()

        self.on("edit", handle_edit)
        self.on("drag", lambda event: on_drag(event.args))
        self.on("select", lambda event: on_select(int(event.args.get("site", -1))))

    def show(
        self,
        pictures: tuple[Picture, ...],
        sites: list[dict[str, Any]],
        selected: int,
        dose_u: float,
        is_whole: bool = False,
    ) -> None:
        """Show pictures and sites; `dose_u` [U] is what a new site gets.

        `is_whole` says that doses are changed by whole units.
        """
        props = [picture.as_props() for picture in pictures]
        if props != self._props["pictures"]:  # the drawings are large: sent only when they change
            self._props["pictures"] = props
        self._props.update(sites=sites, selected=selected, dose=dose_u, whole=is_whole)
        self.update()


class SitePanel:
    """Dose, depth and muscle of the selected site; `on_edit` is called with every change."""

    def __init__(self, session: Session, on_edit: Callable[[Edit], None]) -> None:
        self._session, self._on_edit = session, on_edit
        self._site, self._filling = -1, False
        with ui.element("div").classes("pl-site-panel"):
            self._text = ui.label().classes("pl-site-words").props('aria-live="polite"')
            with ui.element("div").classes("pl-fields") as self._fields:
                self._dose = ui.number("Dose [U]", min=0.01, step=0.5).props("outlined dense")
                self._depth = ui.number("Depth [mm]", min=0, step=0.5).props("outlined dense")
                self._muscle = ui.select({}, label="Muscle").props("outlined dense")
                ui.button("Remove", on_click=lambda: self._send("remove")).props("outline no-caps")
            self._dose.on_value_change(lambda e: self._changed("dose", "dose_u", e.value))
            self._depth.on_value_change(lambda e: self._changed("depth", "depth_mm", e.value))
            self._muscle.on_value_change(lambda e: self._changed("muscle", "muscle", e.value))

    def show(self, draft: Draft, site: int) -> None:
        """Show a site of a draft, also while it is dragged; -1 for none."""
        plan = draft.plan
        placed = placed_sites(plan) if plan is not None else ()
        exists = plan is not None and 0 <= site < len(placed)
        self._site = site if exists else -1
        self._fields.set_visibility(exists)
        if plan is None or not exists:
            self._text.set_text(
                "Click on the chart to add a site; drag a site, or move it with the arrow keys."
            )
            return
        selected = placed[site]
        chart = _chart_of(selected, charts_of(plan.treatment))
        self._text.set_text(_site_text(selected, chart))
        self._filling = True
        names = {block.muscle: spaced(block.muscle) for block in chart_blocks(chart)}
        self._muscle.set_options(names, value=selected.muscle if selected.muscle in names else None)
        fill(self._dose, round(selected.dose_u, 4))
        fill(self._depth, round(selected.z_mm, 2))
        self._filling = False

    def _changed(self, do: str, key: str, value: Any) -> None:
        if not self._filling and value is not None:
            self._send(do, **{key: value})

    def _send(self, do: str, **more: Any) -> None:
        if self._site >= 0:
            self._on_edit({"do": do, "site": self._site, **more})


def _chart_of(site: PlacedSite, charts: tuple[str, ...]) -> str:
    for name in (*charts, *VIEWS):
        if any(block.muscle == site.muscle for block in chart_blocks(name)):
            return name
    return charts[0]


def _site_text(site: PlacedSite, chart: str) -> str:
    reached = muscles_reached((abs(site.x_mm), site.y_mm, site.z_mm), chart)
    others = [spaced(block.muscle).lower() for block in reached if block.muscle != site.muscle]
    near = f"; within 10 mm also {', '.join(dict.fromkeys(others))}" if others else ""
    return (
        f"{muscle_name(site.muscle, site.side)}: {number(site.dose_u, 3)} U in "
        f"{number(site.volume_ml, 3)} mL, {number(abs(site.x_mm), 2)} mm from the midline, "
        f"{_height(site.y_mm)}, {number(site.z_mm, 2)} mm deep{near}."
    )
