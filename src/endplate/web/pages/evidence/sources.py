"""The part Sources: every document behind a fact, and what the open plan's forecast rests on."""

import asyncio
from typing import Any

from nicegui import background_tasks, ui

from endplate.case import Plan
from endplate.errors import EndplateError
from endplate.facts.citing import read_rows
from endplate.views.citations import citations_page, every_source
from endplate.views.words import spaced
from endplate.web.forecasts import FORECASTS
from endplate.web.pages.evidence.parts import Rows
from endplate.web.place import Place

FAULTY = "The open plan has faults; the page Plan lists them."
COLUMNS = (
    {"name": "Source"},
    {"name": "Kind"},
    {"name": "Year", "number": True},
    {"name": "Rows that rest on it"},
    {"name": "Read"},
)


async def build(place: Place) -> None:
    """Build the part where the caller stands."""
    with ui.element("section"):
        ui.html("<h2>What the open plan's forecast rests on</h2>", sanitize=False)
        spot = ui.element("div").props("aria-live=polite")
    with ui.element("section") as every:
        ui.html(
            "<h2>Every source</h2><p>How many rows of the tables rest on each, and how many of "
            "them were read in the source; the others are marked not verified wherever they are "
            "shown. Addresses are told to be copied: nothing is fetched.</p>",
            sanitize=False,
        )
    rows = await asyncio.to_thread(table_rows)
    if every.is_deleted:
        return
    with every:
        Rows("Sources", COLUMNS, rows, search="Search sources")
    resting = Resting(place, spot)
    place.watch(resting.changed)
    resting.changed()


class Resting:
    """What the forecast of the open plan rests on, made anew for another plan."""

    def __init__(self, place: Place, spot: ui.element) -> None:
        self._place, self._spot = place, spot
        self._shown: Plan | str = ""

    def changed(self) -> None:
        """Follow the desk."""
        if not self._spot.is_deleted and (self._place.desk.plan or FAULTY) != self._shown:
            background_tasks.create(self._show())

    async def _show(self) -> None:
        plan = self._place.desk.plan
        self._shown = plan or FAULTY
        if plan is None:
            self._say(FAULTY)
            return
        self._say("Making the forecast, to see what it rests on.")
        try:
            page = await asyncio.to_thread(citations_page, await FORECASTS.full(plan))
        except EndplateError as refused:
            self._say(f"{refused}.")
            return
        if self._spot.is_deleted or plan != self._shown:
            return
        self._spot.clear()
        with self._spot:
            name = plan.name.replace("_", " ")
            ui.label(f"The forecast of the plan {name}, over 2,000 people.").classes("quiet")
            ui.html(page.markup, sanitize=False)

    def _say(self, sentence: str) -> None:
        if not self._spot.is_deleted:
            self._spot.clear()
            with self._spot:
                ui.label(sentence).props("role=status")


def table_rows() -> list[dict[str, Any]]:
    """Every source as a row of the table."""
    read = read_rows()
    return [
        {"id": place, "cells": _cells(one, read.get(one["key"], (0, 0)))}
        for place, one in enumerate(every_source()["sources"])
    ]


def _cells(one: dict[str, Any], read: tuple[int, int]) -> list[dict[str, Any]]:
    where = ", ".join(f"{spaced(name).lower()} {count}" for name, count in one["rows"].items())
    count = sum(one["rows"].values())
    done, of = read
    told = "all read" if done == of else "not verified" if not done else f"{done} of {of} read"
    return [
        {"text": one["title"], "small": one["link"] or one["key"]},
        {"text": spaced(one["kind"])},
        {"text": str(one["year"] or "-"), "by": one["year"]},
        {"text": str(count), "small": where, "by": count},
        {"text": told if of else "-", "class": "" if done == of else "unverified"},
    ]
