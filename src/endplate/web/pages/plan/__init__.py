"""The page Plan: sites on the chart, the forms around it, and what the label says, live."""

from html import escape

from nicegui import ui

from endplate.case import Plan, injections, placed_sites, total
from endplate.errors import CannotEdit, EndplateError
from endplate.facts.indications import indication, is_charted
from endplate.safety.guides import guides
from endplate.views.quantity import number
from endplate.views.words import word
from endplate.web.pages.plan.cards import DrawingUpCard, FindingsCard, OutlookCard
from endplate.web.pages.plan.chart import Chart, SitePanel, pictures, sites
from endplate.web.pages.plan.dose_table import DoseTableCard
from endplate.web.pages.plan.files import FilesBar
from endplate.web.pages.plan.forms import PatientCard, TreatmentCard, card
from endplate.web.session import Session
from endplate.web.workspace import Draft
from endplate.web.workspace.site_edits import Edit, apply_edit, areas_of, planned_areas

FIRST_DOSE_U = 1.0


def build(session: Session) -> None:
    """Build the page."""
    page = PlanPage(session)
    session.on_change(page.refresh)
    page.refresh()


class PlanPage:
    """The parts of the page, and the selected site."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._selected = -1
        self._title = ui.html("", tag="h1")
        self._files = FilesBar(session)
        with ui.element("div").classes("pl-grid") as self._grid:
            with ui.element("div").classes("pl-column pl-forms"):
                self._treatment = TreatmentCard(session)
                self._patient = PatientCard(session)
            with ui.element("div").classes("pl-column pl-middle"):
                with card("Chart", "pl-chart-card"):
                    self._build_chart()
                self._outlook = OutlookCard(session)
                self._drawing_up = DrawingUpCard(session)
            with ui.element("div").classes("pl-column pl-results"):
                self._doses = DoseTableCard(session, self._edit, self._select_row)
                self._findings = FindingsCard(session)

    def _build_chart(self) -> None:
        self._message = ui.label().classes("quiet")
        self._chart = Chart(self._edit, self._preview_drag, self._select)
        with ui.element("div").classes("pl-tools"):
            for side, other in (("left", "right"), ("right", "left")):
                ui.button(
                    f"Mirror {side} to {other}",
                    on_click=lambda side=side: self._edit({"do": "mirror", "from": side}),
                ).props("outline no-caps")
            ui.button("Remove all", on_click=lambda: self._edit({"do": "clear"})).props(
                "outline no-caps"
            ).tooltip("Remove every site; Undo brings them back")
        ui.skip_link("Skip to the chart", target=self._chart)
        self._panel = SitePanel(self._session, self._edit)
        ui.html(
            "Rings hold half and nine tenths of a site's dose "
            '<span class="tag">model</span>; toothed lines are the label\'s '
            '<span class="tag">label</span>. Keys: arrows move a site by 1 mm (5 with Shift), '
            "+, - and numbers change its dose, Delete removes it, Page Up and Page Down go to the "
            "next, Z enlarges the picture about it and Shift+Z reduces it. Two fingers, or the "
            "wheel with Ctrl, enlarge it too.",
            sanitize=False,
            tag="p",
        ).classes("quiet")

    def refresh(self) -> None:
        """Show the open draft everywhere."""
        draft = self._session.workspace.draft
        self._title.set_content(_title(draft))
        has_area = bool(areas_of(draft.tables))
        self._grid.classes(add="" if has_area else "no-area", remove="no-area" if has_area else "")
        self._files.refresh()
        self._treatment.refresh()
        self._patient.refresh()
        self._show_chart(draft)
        self._doses.refresh()
        self._findings.refresh()
        self._outlook.refresh()
        self._drawing_up.refresh()

    def _show_chart(self, draft: Draft) -> None:
        plan = draft.plan
        self._message.set_text("")
        if plan is None:
            self._message.set_text(_no_sites_words(draft))
            self._chart.show(pictures(areas_of(draft.tables), ()), [], -1, FIRST_DOSE_U)
            self._panel.show(draft, -1)
            return
        try:
            placed = placed_sites(plan)
        except EndplateError as error:
            self._message.set_text(f"No sites on a chart: {error}.")
            self._chart.show((), [], -1, FIRST_DOSE_U)
            self._panel.show(Draft("", "{}"), -1)
            return
        self._selected = min(self._selected, len(placed) - 1)
        dose_u = placed[self._selected].dose_u if placed else FIRST_DOSE_U
        drawn = pictures(planned_areas(plan), guides(plan))
        self._chart.show(drawn, sites(plan), self._selected, dose_u, not _are_lines(plan))
        self._panel.show(draft, self._selected)

    def _edit(self, edit: Edit) -> None:
        workspace = self._session.workspace
        try:
            changed = apply_edit(workspace.draft, edit)
        except CannotEdit as error:
            self._session.notify(f"Not done: {error}")
            self._show_chart(workspace.draft)
            self._doses.refresh()
            return
        if changed.plan is None and workspace.plan is not None and not _has_no_sites(changed):
            self._session.notify("Not done: " + " ".join(changed.screen_faults[:2]))
            self._show_chart(workspace.draft)
            self._doses.refresh()
            return
        if edit.get("do") == "add":
            self._selected = len(changed.tables["treatment"]["site"]) - 1
        elif edit.get("do") in ("remove", "clear"):
            self._selected = -1
        elif edit.get("do") == "row":
            self._selected = _first_site(changed, edit)
        workspace.update(changed)

    def _preview_drag(self, edit: Edit) -> None:
        """Show what a site would be where it is now, without moving it there."""
        try:
            preview = apply_edit(self._session.workspace.draft, edit)
        except CannotEdit:
            return
        self._panel.show(preview, int(edit.get("site", -1)))
        self._findings.show(preview)

    def _select(self, site: int) -> None:
        self._selected = site
        self._panel.show(self._session.workspace.draft, site)

    def _select_row(self, site: int) -> None:
        """Select a site in the table: the chart turns to the picture that shows it."""
        self._selected = site
        self._show_chart(self._session.workspace.draft)


def _first_site(draft: Draft, edit: Edit) -> int:
    """Index of the first site of the side of a muscle that an edit of the table is about."""
    for i, site in enumerate(draft.tables["treatment"]["site"]):
        if (site.get("muscle"), site.get("side")) == (edit.get("muscle"), edit.get("side")):
            return i
    return -1


def _are_lines(plan: Plan) -> bool:
    """Whether a plan treats lines alone, whose doses go by halves of a unit."""
    charted = [indication(area) for area in planned_areas(plan) if is_charted(area)]
    return all(one.family == "lines" for one in charted)


def _title(draft: Draft) -> str:
    """Title of the open draft: areas, product and dose, or its name while it has faults."""
    plan = draft.plan
    if plan is None:
        areas = ", ".join(word("indication", area) for area in areas_of(draft.tables))
        return escape(areas or "New patient")
    injected, _ = injections(plan)
    areas = ", ".join(word("indication", area) for area in plan.treatment.indications)
    dose_u = total(plan.treatment.product, injected).amount_u if injected else plan.treatment.dose_u
    dose = f", {number(dose_u, 2)} U in {len(injected)} sites" if dose_u else ""
    return escape(f"{areas}: {plan.treatment.product}{dose}")


def _no_sites_words(draft: Draft) -> str:
    """Why the chart shows no site, and what to do."""
    if not areas_of(draft.tables):
        return "Choose what is treated, then the label's sites and the chart are here."
    if _has_no_sites(draft):
        return "No site yet: click on the chart, or take the label's sites."
    return "The chart shows the sites once the faults under the check are corrected."


def _has_no_sites(draft: Draft) -> bool:
    return draft.tables.get("treatment", {}).get("site") == []
