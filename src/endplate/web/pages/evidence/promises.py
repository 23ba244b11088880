"""The part Promises: measured beside asked, misses first, and the whole report to keep."""

import asyncio

from nicegui import ui

from endplate.views.qualification.evidence import Evidence, promised_page, whole_report

REPORT = "qualification.html"


async def build(evidence: Evidence) -> None:
    """Build the part where the caller stands."""
    spot = ui.element("div")
    page = await asyncio.to_thread(promised_page, evidence)
    if spot.is_deleted:
        return
    with spot:
        ui.html(page.markup, sanitize=False)
        with ui.element("section"):
            ui.html(
                "<h2>The whole report</h2><p>Every figure, every miss, bias by endpoint, dose and "
                "day, and ranks, as one HTML file to keep or print.</p>",
                sanitize=False,
            )
            button = ui.button("Qualification report", color=None).props("no-caps outline")
            button.classes("ev-button").on_click(lambda: _download(evidence, button))


async def _download(evidence: Evidence, button: ui.button) -> None:
    """Make the report and hand it to the browser."""
    button.props("loading")
    try:
        text = await asyncio.to_thread(whole_report, evidence)
    finally:
        button.props(remove="loading")
    ui.download.content(text, REPORT, "text/html")
