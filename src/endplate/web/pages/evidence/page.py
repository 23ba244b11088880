"""The page: its parts as tabs, each built when it is first looked at."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from nicegui import ui

from endplate.facts.validated import REMAKE
from endplate.views.html import TEMPLATES
from endplate.views.qualification.evidence import Evidence
from endplate.web.pages.evidence import limits, parameters, promises, sources
from endplate.web.pages.evidence.address import go_to
from endplate.web.pages.evidence.at_hand import PREDICTING, Progress, is_kept, kept
from endplate.web.pages.evidence.choice import PATH
from endplate.web.pages.evidence.compared import Compared
from endplate.web.place import Place

QUALIFICATION_LOOK = TEMPLATES / "qualification.css"
INTRO = (
    "<h1>Evidence</h1><p>What trials published, what the model predicts for it, and what both "
    "rest on.</p>"
)
COMPARED = "compared"
VIEWS = {
    COMPARED: "Predicted against published",
    "promises": "Promises",
    "sources": "Sources",
    "parameters": "Parameters",
    "limits": "Limits",
}


def build(place: Place) -> None:
    """Put the page onto the screen."""
    EvidencePage(place)


class EvidencePage:
    """One visitor's view of the page."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._address = str(ui.context.client.sub_pages_router.current_path)
        self._compared: Compared | None = None
        self._filled: set[str] = set()
        self._spots: dict[str, ui.element] = {}
        asked = parse_qs(urlsplit(self._address).query).get("view", [""])[-1]
        first = asked if asked in VIEWS else COMPARED
        ui.add_css(_look())
        with ui.element("div").classes("ev"):
            ui.html(INTRO, sanitize=False)
            with ui.tabs().props("no-caps align=left outside-arrows") as tabs:
                for code, name in VIEWS.items():
                    ui.tab(code, name)
            with ui.tab_panels(tabs, value=first, animated=False, on_change=self._turned):
                for code in VIEWS:
                    with ui.tab_panel(code):
                        self._spots[code] = ui.element("div").classes(f"ev-view-{code}")
        self._turn(first)

    def _turned(self, event: Any) -> None:
        code = str(event.value)
        if code == COMPARED:
            go_to(self._compared.address if self._compared else PATH)
        else:
            go_to(f"{PATH}?view={code}")
        self._turn(code)

    def _turn(self, code: str) -> None:
        """Build a part that was not looked at yet."""
        if code in self._filled:
            return
        self._filled.add(code)
        spot = self._spots[code]
        fill: dict[str, Callable[[Evidence], Awaitable[None] | None]] = {
            COMPARED: self._compare,
            "promises": promises.build,
            "sources": lambda _: sources.build(self.place),
            "parameters": lambda _: parameters.build(),
            "limits": limits.build,
        }

        async def filled() -> None:
            evidence = await _at_hand()
            if spot.is_deleted:
                return
            built = fill[code](evidence)
            if built is not None:
                await built
            waiting.delete()

        with spot:
            waiting = ui.element("div")
            with waiting:
                ui.label("One moment.").classes("quiet").props("role=status")
            ui.timer(0.01, filled, once=True)

    def _compare(self, evidence: Evidence) -> None:
        self._compared = Compared(self.place, evidence, self._address)


@cache
def _look() -> str:
    """The look of the qualification report, for this page alone."""
    return f".ev{{{QUALIFICATION_LOOK.read_text(encoding='utf-8')}}}"


async def _at_hand() -> Evidence:
    """The shipped trials, predicted; where nothing kept is of these facts, predicted now."""
    if is_kept():
        return await asyncio.to_thread(kept)
    with ui.element("div") as waiting:
        ui.label(
            "The kept predictions are of an earlier fit: they are made anew, once for this "
            f"server. `{REMAKE}` keeps the new ones."
        )
        following(PREDICTING.shipped)
    evidence = await PREDICTING.anew()
    if not waiting.is_deleted:
        waiting.delete()
    return evidence


def following(progress: Progress) -> None:
    """A sentence on how far a table is, renewed while it is on the screen."""
    told = ui.label(progress.words).props("role=status aria-live=polite")
    ui.timer(0.5, lambda: told.set_text(progress.words))
