"""The site that is picked: its dose, depth and muscle in numbers, and what it reaches."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from endplate.case import PlacedSite, charts_of, muscles_reached, placed_sites
from endplate.facts.atlas import chart_blocks
from endplate.views.chart.views import VIEWS
from endplate.views.quantity import number
from endplate.views.words import muscle_name, spaced
from endplate.web.desk.draft import Draft
from endplate.web.desk.edit import Edit
from endplate.web.pages.plan.form import fill
from endplate.web.place import Place


class SitePanel:
    """Fields of one site; `edit` is told what is changed."""

    def __init__(self, place: Place, edit: Callable[[Edit], None]) -> None:
        self._place, self._edit = place, edit
        self._site, self._filling = -1, False
        with ui.element("div").classes("pl-site-panel"):
            self._words = ui.label().classes("pl-site-words").props('aria-live="polite"')
            with ui.element("div").classes("pl-fields") as self._fields:
                self._dose = ui.number("Dose [U]", min=0.01, step=0.5).props("outlined dense")
                self._depth = ui.number("Depth [mm]", min=0, step=0.5).props("outlined dense")
                self._muscle = ui.select({}, label="Muscle").props("outlined dense")
                ui.button("Remove", on_click=lambda: self._send("remove")).props("outline no-caps")
            self._dose.on_value_change(lambda e: self._took("dose", "dose_u", e.value))
            self._depth.on_value_change(lambda e: self._took("depth", "depth_mm", e.value))
            self._muscle.on_value_change(lambda e: self._took("muscle", "muscle", e.value))

    def show(self, draft: Draft, site: int) -> None:
        """Show a site of a draft, one that is still being dragged too; -1 for none."""
        plan = draft.plan
        placed = placed_sites(plan) if plan is not None else ()
        known = plan is not None and 0 <= site < len(placed)
        self._site = site if known else -1
        self._fields.set_visibility(known)
        if plan is None or not known:
            self._words.set_text(
                "Click on the chart to add a site; drag a site, or move it with the arrow keys."
            )
            return
        one = placed[site]
        chart = _chart_of(one, charts_of(plan.treatment))
        self._words.set_text(_told(one, chart))
        self._filling = True
        names = {block.muscle: spaced(block.muscle) for block in chart_blocks(chart)}
        self._muscle.set_options(names, value=one.muscle if one.muscle in names else None)
        fill(self._dose, round(one.dose_u, 4))
        fill(self._depth, round(one.z_mm, 2))
        self._filling = False

    def _took(self, do: str, key: str, value: Any) -> None:
        if not self._filling and value is not None:
            self._send(do, **{key: value})

    def _send(self, do: str, **more: Any) -> None:
        if self._site >= 0:
            self._edit({"do": do, "site": self._site, **more})


def _chart_of(site: PlacedSite, charts: tuple[str, ...]) -> str:
    for name in (*charts, *VIEWS):
        if any(block.muscle == site.muscle for block in chart_blocks(name)):
            return name
    return charts[0]


def _told(site: PlacedSite, chart: str) -> str:
    reached = muscles_reached((abs(site.x_mm), site.y_mm, site.z_mm), chart)
    also = [spaced(block.muscle).lower() for block in reached if block.muscle != site.muscle]
    near = f"; within 10 mm also {', '.join(dict.fromkeys(also))}" if also else ""
    return (
        f"{muscle_name(site.muscle, site.side)}: {number(site.dose_u, 3)} U in "
        f"{number(site.volume_ml, 3)} mL, {number(abs(site.x_mm), 2)} mm from the midline, "
        f"{number(site.y_mm, 2)} mm up, {number(site.z_mm, 2)} mm deep{near}."
    )
