"""The page Discuss: the patient's sheet of the open plan, notes on it, print, PDF and HTML."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from nicegui import background_tasks, ui

from endplate.case import Plan
from endplate.errors import CannotWrite, NotCovered
from endplate.views.sheet import SheetPage, page_text
from endplate.web.forecasts import FORECASTS
from endplate.web.pages.discuss.look import paper_look, paper_names
from endplate.web.pages.discuss.notes_form import NotesForm
from endplate.web.place import Place

WAIT = "The sheet is being made. The first time takes some seconds."
PDF, HTML = "application/pdf", "text/html"


def build(place: Place) -> None:
    """Put the page onto the screen."""
    Discuss(place)


class Discuss:
    """The sheet on the screen as it will be printed, with what is written on it."""

    def __init__(self, place: Place) -> None:
        """Lay the page out and ask for the sheet."""
        self._place = place
        self._asked: tuple[str, str] | None = None
        self._page: SheetPage | None = None
        ui.add_css(paper_look())
        with ui.element("div").classes("ds") as self._all:
            with ui.element("div").classes("ds-main"):
                self._lay_out_tools()
                self._state = ui.element("div").classes("ds-state").props("aria-live=polite")
                self._paper = ui.html("", sanitize=False).classes("ds-paper")
                self._paper.set_visibility(False)
            with ui.element("aside").classes("ds-side").props('aria-label="Notes"'):
                self._form = NotesForm(place)
        place.watch(self._refresh)
        self._refresh()

    def _lay_out_tools(self) -> None:
        with ui.element("div").classes("ds-tools").props('role="toolbar" aria-label="Sheet"'):
            _tool("Print", "print", lambda: ui.run_javascript("window.print()"))
            _tool("PDF", "picture_as_pdf", self._pdf)
            _tool("HTML file", "description", self._html)
            self._large = ui.switch("Large print", on_change=self._draw)

    def _refresh(self) -> None:
        """Follow the desk: another plan gets another sheet, other notes the same one."""
        self._form.refresh()
        draft = self._place.desk.draft
        if self._asked != (draft.name, draft.text):
            self._asked = draft.name, draft.text
            background_tasks.create(self._make(draft.plan, draft.faults))
        else:
            self._draw()

    async def _make(self, plan: Plan | None, faults: tuple[str, ...]) -> None:
        """Make the sheet of a plan; where there is none, tell why."""
        asked, self._page = self._asked, None
        if plan is None:
            self._tell("There is no sheet yet, for the plan has faults.", *faults)
            self._draw()
            return
        self._tell(WAIT)
        page, note = await _sheet(plan)
        if asked == self._asked and not self._all.is_deleted:
            self._page = page
            self._tell(*note)
            self._draw()

    def _tell(self, *sentences: str) -> None:
        self._state.clear()
        with self._state:
            if self._page is None:  # the sheet has the title of the page
                ui.html("<h1>Discuss</h1>", sanitize=False)
            for sentence in sentences:
                ui.label(sentence)

    def _written(self) -> SheetPage | None:
        """The sheet with the notes on it, in the letters that were asked for."""
        if self._page is None:
            return None
        notes, large = self._place.desk.notes, bool(self._large.value)
        return replace(self._page, notes=notes, large_print=large)

    def _draw(self) -> None:
        from endplate.views.html import render

        page = self._written()
        self._paper.set_visibility(page is not None)
        if page is not None:
            self._paper.classes(replace=f"ds-paper {paper_names(page)}")
            self._paper.set_content(render("sheet_body.html.j2", page))

    async def _pdf(self) -> None:
        page = self._written()
        if page is None:
            self._place.say("There is no sheet to write yet.")
            return
        try:
            content = await asyncio.to_thread(_pdf_bytes, page)
        except CannotWrite as reason:
            self._place.say(str(reason))
            return
        ui.download.content(content, self._name("pdf"), PDF)

    def _html(self) -> None:
        page = self._written()
        if page is None:
            self._place.say("There is no sheet to write yet.")
            return
        ui.download.content(page_text(page), self._name("html"), HTML)

    def _name(self, ending: str) -> str:
        return f"{self._place.desk.draft.name}-sheet.{ending}"


async def _sheet(plan: Plan) -> tuple[SheetPage, tuple[str, ...]]:
    """The sheet of a plan, and what to say of it; from facts alone where no model reaches."""
    from endplate.safety import check
    from endplate.views import fact_sheet_page, sheet_page

    try:
        return sheet_page(await FORECASTS.full(plan)), ()
    except NotCovered as reason:
        checked = await asyncio.to_thread(check, plan)
        said = f"{str(reason)[:1].upper()}{str(reason)[1:]}."
        return (
            await asyncio.to_thread(fact_sheet_page, plan, checked),
            (said, "The sheet rests on labels and trials alone."),
        )


def _pdf_bytes(page: SheetPage) -> bytes:
    from endplate.views.pdf import pdf_bytes

    return pdf_bytes(page)


def _tool(words: str, icon: str, act: Callable[[], object]) -> ui.button:
    return ui.button(words, icon=icon, on_click=act).props("flat no-caps")
