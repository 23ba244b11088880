"""The page itself: follows the desk, asks for forecasts, shows the newest answer and no older."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from nicegui import background_tasks, run, ui

from endplate.case import Plan
from endplate.errors import EndplateError
from endplate.web.desk import Draft
from endplate.web.forecasts import FORECASTS, FULL_PEOPLE, Answer
from endplate.web.pages.forecast.controls import Controls
from endplate.web.pages.forecast.screen import Screen
from endplate.web.pages.forecast.view import Named, front, rest
from endplate.web.place import Place

QUIET_S = 0.6  # without a change, before the full forecast is made
BREATH_S = 0.01  # in which the stage goes out before the rest of the page is made
AT_ONCE = 2  # quick forecasts under way for one page; one that waits is dropped for a newer one
FAILED = "The program failed on this plan; the other pages still work with it."


def build(place: Place) -> None:
    """Put the page onto the screen."""
    Forecast(place)


class Forecast:
    """One visitor's forecast page."""

    def __init__(self, place: Place) -> None:
        self._desk = place.desk
        self._turn = 0
        self._narrow: bool | None = None
        self._best: dict[str, Answer] = {}  # best answer at hand by the text of its draft
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._page = ui.element("div").classes("fc-page")
        with self._page:
            ui.html("Forecast", tag="h1", sanitize=False)
            title = ui.html(sanitize=False, tag="p").classes("fc-title")
            self._controls = Controls(place.desk)
            self._screen = Screen(title, self._sized)
        place.watch(self._changed)
        self._changed()

    def _sized(self, narrow: bool) -> None:
        if narrow != self._narrow:
            self._narrow = narrow
            self._changed()

    def _changed(self) -> None:
        self._turn += 1
        self._controls.refresh()
        if self._narrow is not None:  # the browser tells as soon as it shows the page
            background_tasks.create(self._follow(self._turn), context=self._page)

    def _is_stale(self, turn: int) -> bool:
        return turn != self._turn or self._page.is_deleted

    async def _follow(self, turn: int) -> None:
        """Show a quick forecast at once, and the full one when all is quiet."""
        draft, plan = self._desk.draft, self._desk.plan
        drafts = [draft, *(d for d in self._desk.drafts if d is not draft and d.plan)]
        self._best = {d.text: a for d in drafts if (a := self._best.get(d.text))}
        if plan is None:
            self._screen.refuse("This plan cannot be read yet.", draft.faults)
            return
        self._screen.wait()
        if not await self._make(FORECASTS.quick, turn, drafts):
            return
        await asyncio.sleep(QUIET_S)
        await self._make(FORECASTS.full, turn, drafts)

    async def _make(
        self,
        ask: Callable[[Plan], Coroutine[Any, Any, Answer]],
        turn: int,
        drafts: list[Draft],
    ) -> bool:
        """Make what is missing and show it; False where a newer change made it useless."""
        for draft in drafts:
            if draft.plan is None or self._has(draft, full=ask == FORECASTS.full):
                continue
            async with self._gate:
                if self._is_stale(turn):
                    return False
                try:
                    answer = await ask(draft.plan)
                except EndplateError as fault:
                    if draft is drafts[0]:
                        return self._refuse(turn, fault)
                    continue
                except Exception:
                    self._screen.refuse("The forecast could not be made.", (FAILED,))
                    raise
            if self._is_stale(turn):
                return False
            self._best[draft.text] = answer
        return await self._show(turn, drafts)

    def _has(self, draft: Draft, full: bool) -> bool:
        """Whether an answer as good as asked for is at hand."""
        found = self._best.get(draft.text)
        return found is not None and (not full or (found.provenance.people or 0) >= FULL_PEOPLE)

    def _refuse(self, turn: int, fault: EndplateError) -> bool:
        if not self._is_stale(turn):
            self._screen.refuse("This plan is not forecast.", (str(fault),))
        return False

    async def _show(self, turn: int, drafts: list[Draft]) -> bool:
        known = [d for d in self._desk.drafts if d in drafts and d.text in self._best]
        named = [Named(d.name, self._best[d.text]) for d in known]
        at = known.index(drafts[0])
        # the stage first: it is what is looked at while a plan is changed
        stages = await run.io_bound(front, named, at)
        if self._is_stale(turn) or stages is None:
            return False
        with self._page:
            self._screen.show_front(stages)
        await asyncio.sleep(BREATH_S)
        below = await run.io_bound(rest, named, at, bool(self._narrow))
        if self._is_stale(turn) or below is None:
            return False
        with self._page:
            self._screen.show_rest(below)
        return True
