"""The page Forecast: what a plan does week by week, in how many people, and how sure that is."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from nicegui import run, ui

from endplate.case import Plan
from endplate.errors import EndplateError
from endplate.results.result import Result
from endplate.views.preparation import drawing_up_sentence
from endplate.web.forecasts import FORECASTS, FULL_PEOPLE
from endplate.web.pages.forecast.controls import Controls
from endplate.web.pages.forecast.screen import Screen
from endplate.web.pages.forecast.view import NamedResult, front, rest
from endplate.web.session import Session
from endplate.web.workspace import Draft

QUIET_S = 0.6  # without a change, before the full forecast is made
RENDER_PAUSE_S = 0.01  # in which the stage is sent before the rest of the page is made
FAILED = "The program failed on this plan; the other pages still work with it."


def build(session: Session) -> None:
    """Build the page."""
    ForecastPage(session)


class ForecastPage:
    """Follows the workspace, requests forecasts, and shows the newest result and no older.

    What is shown while a new result is made is marked as of the plan before the change.
    """

    def __init__(self, session: Session) -> None:
        self._session, self._workspace = session, session.workspace
        self._version = 0
        self._narrow: bool | None = None
        self._results: dict[str, Result] = {}  # best result so far by the text of its draft
        self._page = ui.element("div").classes("fc-page")
        with self._page:
            ui.html("Forecast", tag="h1", sanitize=False)
            title = ui.html(sanitize=False, tag="p").classes("fc-title")
            self._controls = Controls(session.workspace)
            self._screen = Screen(title, self._resized)
        session.on_change(self._changed)
        self._changed()

    def _resized(self, narrow: bool) -> None:
        if narrow != self._narrow:
            self._narrow = narrow
            self._changed()

    def _changed(self) -> None:
        self._version += 1
        self._controls.refresh()
        self._screen.show_drawing_up(drawing_up_sentence(self._workspace.plan))
        if self._narrow is not None:  # the browser reports it as soon as it shows the page
            version = self._version
            self._session.work(lambda: self._follow(version))

    def _is_stale(self, version: int) -> bool:
        return version != self._version or self._page.is_deleted

    async def _follow(self, version: int) -> None:
        """Show a quick forecast at once, and the full one when all is quiet."""
        draft, plan = self._workspace.draft, self._workspace.plan
        drafts = [draft, *(d for d in self._workspace.drafts if d is not draft and d.plan)]
        self._results = {d.text: r for d in drafts if (r := self._results.get(d.text))}
        if plan is None:
            self._screen.refuse("This plan has faults.", draft.screen_faults)
            return
        with self._page:
            self._screen.wait()
        if not await self._run(FORECASTS.quick, version, drafts):
            return
        await asyncio.sleep(QUIET_S)
        await self._run(FORECASTS.full, version, drafts)

    async def _run(
        self,
        run_forecast: Callable[[Plan], Coroutine[Any, Any, Result]],
        version: int,
        drafts: list[Draft],
    ) -> bool:
        """Run missing forecasts and show them; False where a newer change made them useless."""
        for draft in drafts:
            if draft.plan is None or self._has(draft, full=run_forecast == FORECASTS.full):
                continue
            try:
                result = await run_forecast(draft.plan)
            except EndplateError as fault:
                if draft is drafts[0]:
                    return self._refuse(version, fault)
                continue
            except Exception:
                self._screen.refuse("The forecast could not be made.", (FAILED,))
                raise
            if self._is_stale(version):
                return False
            self._results[draft.text] = result
        return await self._show(version, drafts)

    def _has(self, draft: Draft, full: bool) -> bool:
        """Whether a result of the requested kind is there already."""
        result = self._results.get(draft.text)
        return result is not None and (not full or (result.provenance.people or 0) >= FULL_PEOPLE)

    def _refuse(self, version: int, fault: EndplateError) -> bool:
        if not self._is_stale(version):
            self._screen.refuse("This plan cannot be forecast.", (str(fault),))
        return False

    async def _show(self, version: int, drafts: list[Draft]) -> bool:
        if self._is_stale(version):
            return False
        ready = [d for d in self._workspace.drafts if d in drafts and d.text in self._results]
        named = [NamedResult(d.name, self._results[d.text]) for d in ready]
        index = ready.index(drafts[0])
        # the stage first: users watch it while they change a plan
        stages = await run.io_bound(front, named, index)
        if self._is_stale(version) or stages is None:
            return False
        with self._page:
            self._screen.show_front(stages)
        await asyncio.sleep(RENDER_PAUSE_S)
        below = await run.io_bound(rest, named, index, bool(self._narrow))
        if self._is_stale(version) or below is None:
            return False
        with self._page:
            self._screen.show_rest(below)
        return True
