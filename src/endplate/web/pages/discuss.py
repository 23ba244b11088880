"""The page Discuss: the patient's sheet of the open plan, notes on it, print, PDF and HTML."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from nicegui import events, ui

from endplate.case import Plan
from endplate.errors import CannotWrite, NotCovered, NotTranslated
from endplate.views.html import TEMPLATES
from endplate.views.language import LANGUAGES
from endplate.views.sheet import SheetPage, page_text
from endplate.views.sheet_notes import NAMES, fault, written_marks
from endplate.web.forecasts import FORECASTS
from endplate.web.session import Session, requested_language

WAIT = "The sheet is being made. The first time takes some seconds."
MAKING_PDF = "The PDF is being made."
PDF, HTML = "application/pdf", "text/html"
# Marks on the scales of the sheet stay in the page until the reader keeps them; a sheet that is
# drawn anew has them still.
NOTE_MARK = """(e) => {
  if (e.target.type === "radio") (window.sheetMarks ??= {})[e.target.name] = e.target.value;
}"""
SHOW_MARKS = """requestAnimationFrame(() => {
  for (const [name, value] of Object.entries(window.sheetMarks ?? {})) {
    const mark = document.querySelector(`.ds-paper input[name="${name}"][value="${value}"]`);
    if (mark) mark.checked = true;
  }
});"""
FORGET_MARKS = "window.sheetMarks = {};"
READ_MARKS = """return [...document.querySelectorAll('.ds-paper input[name^="v-"]:checked')]
  .map((mark) => [mark.name.slice(2), Number(mark.value)]);"""
KEEP, FORGET = "Keep what matters in the notes", "Take it out of the notes"


def build(session: Session) -> None:
    """Build the page."""
    Discuss(session)


class Discuss:
    """The sheet on the screen as it will be printed, with what is written on it."""

    def __init__(self, session: Session) -> None:
        """Lay the page out and ask for the sheet."""
        self._session = session
        self._requested: tuple[str, str, str] | None = None
        self._page: SheetPage | None = None
        ui.add_css(paper_style())
        with ui.element("div").classes("ds") as self._root:
            with ui.element("div").classes("ds-main"):
                self._lay_out_tools()
                self._status = ui.element("div").classes("ds-state").props("aria-live=polite")
                self._paper = ui.html("", sanitize=False).classes("ds-paper")
                self._paper.set_visibility(False)
                self._paper.on("change", js_handler=NOTE_MARK)
            with ui.element("aside").classes("ds-side").props('aria-label="Notes"'):
                self._form = NotesForm(session)
        session.on_change(self._refresh)
        self._refresh()

    def _lay_out_tools(self) -> None:
        with ui.element("div").classes("ds-tools").props('role="toolbar" aria-label="Sheet"'):
            _tool("Print", "print", lambda: ui.run_javascript("window.print()"))
            _tool("PDF", "picture_as_pdf", self._pdf)
            _tool("HTML file", "description", self._html)
            self._large = ui.switch("Large print", on_change=self._draw)
            self._language = ui.select(
                dict(LANGUAGES),
                value=requested_language(),
                label="Language",
                on_change=self._refresh,
            ).props("dense outlined")

    def _refresh(self) -> None:
        """Follow the workspace: a new sheet for another plan, the same one for other notes."""
        self._form.refresh()
        draft = self._session.workspace.draft
        wanted = draft.name, draft.text, str(self._language.value)
        if self._requested != wanted:
            if self._requested and self._requested[:2] != wanted[:2]:
                # what one plan's reader marked is not shown on another's sheet
                ui.run_javascript(FORGET_MARKS)
            self._requested = wanted
            self._session.work(lambda: self._make(draft.plan, draft.screen_faults))
        else:
            self._draw()

    async def _make(self, plan: Plan | None, faults: tuple[str, ...]) -> None:
        """Make the sheet of a plan; where there is none, say why."""
        requested, self._page = self._requested, None
        if plan is None:
            self._show_status("There is no sheet yet, for the plan has faults.", *faults)
            self._draw()
            return
        self._show_status(WAIT)
        self._draw()  # the sheet of the plan before the change is not shown as this one's
        page, note = await _sheet(plan, str(self._language.value))
        if requested == self._requested and not self._root.is_deleted:
            self._page = page
            self._show_status(*note)
            self._draw()

    def _show_status(self, *sentences: str) -> None:
        self._status.clear()
        with self._status:
            if self._page is None:  # the sheet has the title of the page
                ui.html("<h1>Discuss</h1>", sanitize=False)
            for sentence in sentences:
                ui.label(sentence)

    def _sheet_with_notes(self) -> SheetPage | None:
        """The sheet with its notes, in the chosen size of print."""
        if self._page is None:
            return None
        notes, large = self._session.workspace.notes, bool(self._large.value)
        return replace(self._page, notes=notes, large_print=large)

    def _draw(self) -> None:
        from endplate.views.html import render

        page = self._sheet_with_notes()
        self._paper.set_visibility(page is not None)
        if page is not None:
            self._paper.classes(replace=f"ds-paper {paper_classes(page)}")
            self._paper.props(f"lang={page.language}")
            self._paper.set_content(render("sheet_body.html.j2", page))
            ui.run_javascript(SHOW_MARKS)

    async def _pdf(self) -> None:
        page = self._sheet_with_notes()
        if page is None:
            self._session.notify("There is no sheet to write yet.")
            return
        making = ui.notification(MAKING_PDF, spinner=True, timeout=None)
        try:
            content = await asyncio.to_thread(_pdf_bytes, page)
        except CannotWrite as error:
            self._session.notify(str(error))
            return
        finally:
            making.dismiss()
        ui.download.content(content, self._name("pdf"), PDF)

    def _html(self) -> None:
        page = self._sheet_with_notes()
        if page is None:
            self._session.notify("There is no sheet to write yet.")
            return
        ui.download.content(page_text(page), self._name("html"), HTML)

    def _name(self, ending: str) -> str:
        return f"{self._session.workspace.draft.name}-sheet.{ending}"


async def _sheet(plan: Plan, language: str) -> tuple[SheetPage | None, tuple[str, ...]]:
    """The sheet of a plan and remarks on it; from facts alone where the model does not cover it.

    There is none in a language that has no words for something on it; a remark says so.
    """
    try:
        return await _sheet_in(plan, language)
    except NotTranslated as error:
        return None, (f"There is no sheet in {LANGUAGES[language]} for this plan. {error}.",)


async def _sheet_in(plan: Plan, language: str) -> tuple[SheetPage, tuple[str, ...]]:
    from endplate.safety import check
    from endplate.views import fact_sheet_page, sheet_page

    try:
        result = await FORECASTS.full(plan)
        return sheet_page(result, language=language), ()
    except NotCovered as error:
        findings = await asyncio.to_thread(check, plan)
        reason = f"{str(error)[:1].upper()}{str(error)[1:]}."
        return (
            await asyncio.to_thread(fact_sheet_page, plan, findings, False, language),
            (reason, "The sheet rests on labels and trials alone."),
        )


def _pdf_bytes(page: SheetPage) -> bytes:
    from endplate.views.pdf import pdf_bytes

    return pdf_bytes(page)


def _tool(label: str, icon: str, on_click: Callable[[], object]) -> ui.button:
    return ui.button(label, icon=icon, on_click=on_click).props("flat no-caps")


PAPER = ".ds-paper"


@cache
def paper_style() -> str:
    """Style of the sheet file, applied to the paper on the page in place of the file's body.

    Rules of the printed page cannot be nested in another rule and follow it.
    """
    style = (TEMPLATES / "sheet.css").read_text(encoding="utf-8")
    pages = re.findall(r"@page\{[^}]*\}", style)
    inside = re.sub(r"@page\{[^}]*\}", "", style)
    inside = re.sub(r"\bbody(?=[.{:])", "&", inside)
    return f"{PAPER}{{{inside}}}\n" + "\n".join(pages)


def paper_classes(page: SheetPage) -> str:
    """Classes of the body of the sheet file, for the paper."""
    names = {
        "sheet": True,
        "facts": not page.computed,
        "large": page.large_print,
    }
    return " ".join(name for name, is_on in names.items() if is_on)


STORAGE_NOTE = (
    "Notes are stored in this browser only, with the plan. Clear on the page Plan deletes them. "
    "A link to the plan does not hold them."
)
MARKS_NOTE = "What you mark on the sheet is kept only if you press the button."
LONG_FIELDS = ("questions", "agreed")
ORDER = ("patient", "provider", "questions", "agreed", "follow_up")


class NotesForm:
    """Fields of the notes of the open draft; they stay in this browser."""

    def __init__(self, session: Session) -> None:
        """Lay the fields out."""
        self._session = session
        self._fields: dict[str, ui.input | ui.textarea] = {}
        self._faults: dict[str, ui.label] = {}
        ui.html("<h2>Notes for the sheet</h2>", sanitize=False)
        for name in ORDER:
            self._add(name)
        with ui.element("div").classes("ds-marks"):
            _tool(KEEP, "bookmark_add", self._keep_marks)
            self._forget = _tool(FORGET, "bookmark_remove", self._forget_marks)
        ui.label(MARKS_NOTE).classes("quiet")
        ui.label(STORAGE_NOTE).classes("quiet")
        self.refresh()

    def refresh(self) -> None:
        """Show the notes of the open plan."""
        for name, field in self._fields.items():
            text = getattr(self._session.workspace.notes, name)
            if not self._faults[name].text and (field.value or "") != text:
                field.set_value(text)
        self._forget.set_visibility(bool(self._session.workspace.notes.matters))

    async def _keep_marks(self) -> None:
        """Put the marks of the sheet's scales into the notes."""
        marks = dict(await ui.run_javascript(READ_MARKS))
        if not marks:
            self._session.notify("Nothing is marked yet under What matters to you?")
            return
        words = written_marks(marks)
        if message := fault("matters", words):
            self._session.notify(message)
            return
        self._write_notes(matters=words)
        self._session.notify("Kept in the notes of this plan.")

    def _forget_marks(self) -> None:
        ui.run_javascript(FORGET_MARKS)
        self._write_notes(matters="")

    def _write_notes(self, **words: str) -> None:
        workspace = self._session.workspace
        workspace.write_notes(replace(workspace.notes, **words))

    def _add(self, name: str) -> None:
        text = getattr(self._session.workspace.notes, name)
        make = ui.textarea if name in LONG_FIELDS else ui.input
        field = make(NAMES[name], value=text, on_change=lambda e: self._write(name, e))
        field.props("outlined debounce=300").classes("ds-field")
        if name == "follow_up":
            field.props("type=date stack-label")
        if name in LONG_FIELDS:
            field.props("autogrow counter")
        self._fields[name] = field
        self._faults[name] = ui.label("").classes("ds-fault").props('role="status"')

    def _write(self, name: str, event: events.ValueChangeEventArguments) -> None:
        """Store a note; a note that does not fit gets a fault, and the sheet stays as it was."""
        text = str(event.value or "")
        message = fault(name, text)
        self._faults[name].set_text(message)
        if not message:
            self._write_notes(**{name: text})
