"""The page Evidence: published beside predicted figures, and what both rest on."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from nicegui import ui

from endplate.facts.validation import REMAKE
from endplate.views.html import TEMPLATES
from endplate.views.qualification.evidence import (
    Evidence,
    limits_page,
    promised_page,
    whole_report,
)
from endplate.web.pages.evidence.choice import PATH, go_to
from endplate.web.pages.evidence.compared import (
    PREDICTOR,
    ComparedView,
    Progress,
    is_current,
    stored_evidence,
)
from endplate.web.pages.evidence.tables import build_parameters, build_sources
from endplate.web.session import Session

QUALIFICATION_STYLE = TEMPLATES / "qualification.css"
INTRO = (
    "<h1>Evidence</h1><p>What trials published, what the model predicts for it, and what both "
    "rest on.</p>"
)
REPORT_FILE = "qualification.html"
COMPARED = "compared"
VIEWS = {
    COMPARED: "Predicted against published",
    "promises": "Promises",
    "sources": "Sources",
    "parameters": "Parameters",
    "limits": "Limits",
}


def build(session: Session) -> None:
    """Build the page."""
    EvidencePage(session)


class EvidencePage:
    """The views of the page as tabs, each built when it is first opened."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._address = str(ui.context.client.sub_pages_router.current_path)
        self._compared: ComparedView | None = None
        self._built: set[str] = set()
        self._panels: dict[str, ui.element] = {}
        requested = parse_qs(urlsplit(self._address).query).get("view", [""])[-1]
        first = requested if requested in VIEWS else COMPARED
        ui.add_css(_style())
        with ui.element("div").classes("ev"):
            ui.html(INTRO, sanitize=False)
            with ui.tabs().props("no-caps align=left outside-arrows") as tabs:
                for code, name in VIEWS.items():
                    ui.tab(code, name)
            with ui.tab_panels(tabs, value=first, animated=False, on_change=self._tab_changed):
                for code in VIEWS:
                    with ui.tab_panel(code):
                        self._panels[code] = ui.element("div").classes(f"ev-view-{code}")
        self._open(first)

    def _tab_changed(self, event: Any) -> None:
        code = str(event.value)
        if code == COMPARED:
            go_to(self._compared.address if self._compared else PATH)
        else:
            go_to(f"{PATH}?view={code}")
        self._open(code)

    def _open(self, code: str) -> None:
        """Build a view that was not opened yet."""
        if code in self._built:
            return
        self._built.add(code)
        panel = self._panels[code]
        builders: dict[str, Callable[[Evidence], Awaitable[None] | None]] = {
            COMPARED: self._build_compared,
            "promises": build_promises,
            "sources": lambda _: build_sources(self._session),
            "parameters": lambda _: build_parameters(),
            "limits": build_limits,
        }

        async def build_view() -> None:
            evidence = await _shipped_evidence()
            if panel.is_deleted:
                return
            pending = builders[code](evidence)
            if pending is not None:
                await pending
            waiting.delete()

        with panel:
            waiting = ui.element("div")
            with waiting:
                ui.label("One moment.").classes("quiet").props("role=status")
            ui.timer(0.01, build_view, once=True)

    def _build_compared(self, evidence: Evidence) -> None:
        self._compared = ComparedView(self._session, evidence, self._address)


@cache
def _style() -> str:
    """Style of the qualification report, for this page alone."""
    return f".ev{{{QUALIFICATION_STYLE.read_text(encoding='utf-8')}}}"


async def _shipped_evidence() -> Evidence:
    """The shipped trials with stored predictions, or new ones where the facts have changed."""
    if is_current():
        return await asyncio.to_thread(stored_evidence)
    with ui.element("div") as waiting:
        ui.label(
            "The stored predictions are of an earlier fit, so they are computed again, once for "
            f"this server. `{REMAKE}` stores the new ones."
        )
        show_progress(PREDICTOR.shipped_progress)
    evidence = await PREDICTOR.shipped()
    if not waiting.is_deleted:
        waiting.delete()
    return evidence


def show_progress(progress: Progress) -> None:
    """Show how far a table is, renewed while it is on the screen."""
    label = ui.label(progress.text).props("role=status aria-live=polite")
    ui.timer(0.5, lambda: label.set_text(progress.text))


async def build_promises(evidence: Evidence) -> None:
    """Build the view Promises: measured beside promised, and the whole report to download."""
    panel = ui.element("div")
    page = await asyncio.to_thread(promised_page, evidence)
    if panel.is_deleted:
        return
    with panel:
        ui.html(page.markup, sanitize=False)
        with ui.element("section"):
            ui.html(
                "<h2>The whole report</h2><p>Every figure, every miss, bias by endpoint, dose and "
                "day, and ranks, as one HTML file to keep or print.</p>",
                sanitize=False,
            )
            button = ui.button("Qualification report", color=None).props("no-caps outline")
            button.classes("ev-button").on_click(lambda: _download_report(evidence, button))


async def _download_report(evidence: Evidence, button: ui.button) -> None:
    button.props("loading")
    try:
        text = await asyncio.to_thread(whole_report, evidence)
    finally:
        button.props(remove="loading")
    ui.download.content(text, REPORT_FILE, "text/html")


def build_limits(evidence: Evidence) -> None:
    """Build the view Limits: what is not known, and what lies outside the trials."""
    ui.html(limits_page(evidence).markup, sanitize=False)
