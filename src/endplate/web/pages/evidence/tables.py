"""The views Sources and Parameters: what the model and the open plan's forecast rest on."""

import asyncio
from typing import Any

from nicegui import background_tasks, ui

from endplate.case import Plan
from endplate.errors import EndplateError
from endplate.facts.sources import verified_rows
from endplate.views.citations import citations_page, every_source
from endplate.views.parameters import (
    TIERS,
    FittedRow,
    FixedRow,
    fitted_parameters,
    fixed_parameters,
    trial_count_words,
)
from endplate.views.source import link
from endplate.views.words import spaced, word
from endplate.web.forecasts import FORECASTS, FULL_PEOPLE
from endplate.web.pages.evidence.elements import DataTable
from endplate.web.session import Session

Cells = list[dict[str, Any]]

HAS_FAULTS = "The open plan has faults; the page Plan lists them."
SOURCE_COLUMNS = (
    {"name": "Source"},
    {"name": "Kind"},
    {"name": "Year", "number": True},
    {"name": "Rows that rest on it"},
    {"name": "Read"},
)
PARAMETERS_INTRO = (
    "A <b>fitted</b> parameter is set by published trial figures, from the prior beside it; in "
    "brackets is its 90 % interval. A <b>fixed</b> one comes from the literature (measured, or "
    "derived from what was) or is assumed: an assumed one rests on nothing but the reason given. "
    "Product ratios are those of this model at the nerve ending and no dose conversion."
)
PARAMETER_COLUMNS = (
    {"name": "Parameter"},
    {"name": "Value"},
    {"name": "Kind"},
    {"name": "Rests on"},
    {"name": "What it is"},
)


async def build_sources(session: Session) -> None:
    """Build the view Sources: those of the open plan's forecast, then all."""
    with ui.element("section"):
        ui.html("<h2>What the open plan's forecast rests on</h2>", sanitize=False)
        panel = ui.element("div").props("aria-live=polite")
    with ui.element("section") as section:
        ui.html(
            "<h2>Every source</h2><p>How many rows of the tables rest on each, and how many of "
            "them were read in the source; the others are marked not verified wherever they are "
            "shown. Addresses are given to be copied: nothing is fetched.</p>",
            sanitize=False,
        )
    rows = await asyncio.to_thread(source_rows)
    if section.is_deleted:
        return
    with section:
        DataTable("Sources", SOURCE_COLUMNS, rows, search="Search sources")
    sources = ForecastSources(session, panel)
    session.on_change(sources.refresh)
    sources.refresh()


class ForecastSources:
    """Sources of the forecast of the open plan, renewed for another plan."""

    def __init__(self, session: Session, panel: ui.element) -> None:
        self._session, self._panel = session, panel
        self._current: Plan | str = ""

    def refresh(self) -> None:
        """Follow the workspace."""
        plan = self._session.workspace.plan or HAS_FAULTS
        if not self._panel.is_deleted and plan != self._current:
            background_tasks.create(self._show())

    async def _show(self) -> None:
        plan = self._session.workspace.plan
        self._current = plan or HAS_FAULTS
        if plan is None:
            self._show_message(HAS_FAULTS)
            return
        self._show_message("Making the forecast, to see what it rests on.")
        try:
            page = await asyncio.to_thread(citations_page, await FORECASTS.full(plan))
        except EndplateError as error:
            self._show_message(f"{error}.")
            return
        if self._panel.is_deleted or plan != self._current:
            return
        self._panel.clear()
        with self._panel:
            name = plan.name.replace("_", " ")
            ui.label(f"The forecast of the plan {name}, over {FULL_PEOPLE:,} people.").classes(
                "quiet"
            )
            ui.html(page.markup, sanitize=False)

    def _show_message(self, sentence: str) -> None:
        if not self._panel.is_deleted:
            self._panel.clear()
            with self._panel:
                ui.label(sentence).props("role=status")


def source_rows() -> list[dict[str, Any]]:
    """Every source as a row of the table."""
    counts = verified_rows()
    return [
        {"id": index, "cells": _source(entry, *counts.get(entry["key"], (0, 0)))}
        for index, entry in enumerate(every_source()["sources"])
    ]


def _source(entry: dict[str, Any], read: int, total: int) -> Cells:
    tables = ", ".join(f"{spaced(name).lower()} {count}" for name, count in entry["rows"].items())
    rows = sum(entry["rows"].values())
    status = (
        "all read" if read == total else "not verified" if not read else f"{read} of {total} read"
    )
    return [
        {"text": entry["title"], "small": entry["link"] or entry["key"]},
        {"text": spaced(entry["kind"])},
        {"text": str(entry["year"] or "-"), "by": entry["year"]},
        {"text": str(rows), "small": tables, "by": rows},
        {"text": status if total else "-", "class": "" if read == total else "unverified"},
    ]


async def build_parameters() -> None:
    """Build the view Parameters: every number of the model, what set it, and how sure it is."""
    section = ui.element("section")
    rows = await asyncio.to_thread(parameter_rows)
    if section.is_deleted:
        return
    with section:
        ui.html(f"<h2>Parameters of the model</h2><p>{PARAMETERS_INTRO}</p>", sanitize=False)
        DataTable("Parameters", PARAMETER_COLUMNS, rows, search="Search parameters")


def parameter_rows() -> list[dict[str, Any]]:
    """Fitted parameters, then fixed ones."""
    rows = [*map(_fitted, fitted_parameters()), *map(_fixed, fixed_parameters())]
    return [{"id": index, "cells": cells} for index, cells in enumerate(rows)]


def _fitted(row: FittedRow) -> Cells:
    trials = ", ".join(
        f"{trial.trial_id} ({word('indication', trial.indication)}, {trial.rows})"
        for trial in row.trials
    )
    tier = TIERS.get(row.tier, (spaced(row.tier), ""))[0]
    return [
        {"text": row.id, "small": tier, "class": "ev-code"},
        {"text": row.value, "small": f"prior {row.prior}"},
        {"text": "fitted"},
        {"text": trial_count_words(row.trials), "more": trials},
        {"text": row.note},
    ]


def _fixed(row: FixedRow) -> Cells:
    sources = "; ".join(link(key).words for key in row.sources)
    return [
        {"text": row.id, "small": spaced(row.step), "class": "ev-code"},
        {"text": row.value},
        {"text": row.kind},
        {
            "text": f"{sources}, {row.locator}" if row.locator else sources,
            "mark": "not verified" if row.unread else "",
        },
        {"text": row.note},
    ]
