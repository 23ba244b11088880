"""The page Plan: sites on the chart, the forms around it, and what the label says, live."""

from html import escape

from nicegui import ui

from endplate.case import injections, placed_sites, total
from endplate.errors import CannotEdit, EndplateError
from endplate.safety.guides import guides
from endplate.views.quantity import number
from endplate.views.words import word
from endplate.web.desk import Draft
from endplate.web.desk.edit import Edit, areas_of, edited, planned_areas
from endplate.web.pages.plan.chart import Chart
from endplate.web.pages.plan.drawing_up import DrawingUpCard
from endplate.web.pages.plan.files import FilesBar
from endplate.web.pages.plan.findings import FindingsCard
from endplate.web.pages.plan.form import card
from endplate.web.pages.plan.outlook import OutlookCard
from endplate.web.pages.plan.patient import PatientCard
from endplate.web.pages.plan.picture import sheets, sites
from endplate.web.pages.plan.site_panel import SitePanel
from endplate.web.pages.plan.treatment import TreatmentCard
from endplate.web.place import Place

ONE_UNIT = 1.0


def build(place: Place) -> None:
    """Put the page onto the screen."""
    page = PlanPage(place)
    place.watch(page.refresh)
    page.refresh()


class PlanPage:
    """The parts of the page, and the site that is picked."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._chosen = -1
        self._title = ui.html("", tag="h1")
        self._files = FilesBar(place)
        with ui.element("div").classes("pl-grid"):
            with ui.element("div").classes("pl-column pl-forms"):
                self._treatment = TreatmentCard(place)
                self._patient = PatientCard(place)
            with ui.element("div").classes("pl-column pl-middle"), card("Chart", "pl-chart-card"):
                self._build_chart()
            with ui.element("div").classes("pl-column pl-told"):
                self._findings = FindingsCard(place)
                self._outlook = OutlookCard(place)
                self._drawing_up = DrawingUpCard(place)

    def _build_chart(self) -> None:
        with ui.element("div").classes("pl-tools"):
            for side, other in (("left", "right"), ("right", "left")):
                ui.button(
                    f"Mirror {side} to {other}",
                    on_click=lambda side=side: self._edit({"do": "mirror", "from": side}),
                ).props("outline no-caps size=sm")
        self._none = ui.label().classes("quiet")
        self._chart = Chart(self._edit, self._dragged, self._pick)
        self._panel = SitePanel(self._place, self._edit)
        ui.html(
            "Rings hold half and nine tenths of a site's dose "
            '<span class="tag">model</span>; toothed lines are the label\'s '
            '<span class="tag">label</span>. Keys: arrows move a site by 1 mm (5 with Shift), '
            "+ and - change its dose, Delete removes it, Page Up and Page Down go to the next.",
            sanitize=False,
            tag="p",
        ).classes("quiet")

    def refresh(self) -> None:
        """Show the open draft everywhere."""
        draft = self._place.desk.draft
        self._title.set_content(_title(draft))
        self._files.refresh()
        self._treatment.refresh()
        self._patient.refresh()
        self._show_chart(draft)
        self._findings.refresh()
        self._outlook.refresh()
        self._drawing_up.refresh()

    def _show_chart(self, draft: Draft) -> None:
        plan = draft.plan
        self._none.set_text("")
        if plan is None:
            self._none.set_text(
                "No site yet: click on the chart, or take the label's sites."
                if _emptied(draft)
                else "The chart shows the sites once what is listed under the check is mended."
            )
            self._chart.show(sheets(areas_of(draft.tables), ()), [], -1, ONE_UNIT)
            self._panel.show(draft, -1)
            return
        try:
            placed = placed_sites(plan)
        except EndplateError as reason:
            self._none.set_text(f"No sites on a chart: {reason}.")
            self._chart.show((), [], -1, ONE_UNIT)
            self._panel.show(Draft("", "{}"), -1)
            return
        self._chosen = min(self._chosen, len(placed) - 1)
        dose_u = placed[self._chosen].dose_u if placed else ONE_UNIT
        shown = sheets(planned_areas(plan), guides(plan))
        self._chart.show(shown, sites(plan), self._chosen, dose_u)
        self._panel.show(draft, self._chosen)

    def _edit(self, edit: Edit) -> None:
        desk = self._place.desk
        try:
            changed = edited(desk.draft, edit)
        except CannotEdit as reason:
            self._place.say(f"Not done: {reason}")
            self._show_chart(desk.draft)
            return
        if changed.plan is None and desk.plan is not None and not _emptied(changed):
            self._place.say("Not done: " + " ".join(changed.faults[:2]))
            self._show_chart(desk.draft)
            return
        if edit.get("do") == "add":
            self._chosen = len(changed.tables["treatment"]["site"]) - 1
        elif edit.get("do") == "remove":
            self._chosen = -1
        desk.put(changed)

    def _dragged(self, edit: Edit) -> None:
        """Tell of a site what it would be where it is now, without putting it there."""
        try:
            there = edited(self._place.desk.draft, edit)
        except CannotEdit:
            return
        self._panel.show(there, int(edit.get("site", -1)))
        self._findings.show(there)

    def _pick(self, site: int) -> None:
        self._chosen = site
        self._panel.show(self._place.desk.draft, site)


def _title(draft: Draft) -> str:
    """What the open draft is: areas, product and dose, or its name while it is no plan."""
    plan = draft.plan
    if plan is None:
        return escape(draft.name)
    shots, _ = injections(plan)
    areas = ", ".join(word("indication", area) for area in plan.treatment.indications)
    dose_u = total(plan.treatment.product, shots).amount_u if shots else plan.treatment.dose_u
    dose = f", {number(dose_u, 2)} U in {len(shots)} sites" if dose_u else ""
    return escape(f"{areas}: {plan.treatment.product}{dose}")


def _emptied(draft: Draft) -> bool:
    return draft.tables.get("treatment", {}).get("site") == []
