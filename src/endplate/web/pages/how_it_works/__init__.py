"""The page How it works: the article of the open plan, its drawings played in the browser."""

import asyncio
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from endplate.case import DEMO_PLAN, Plan
from endplate.errors import NotCovered
from endplate.results.result import Result
from endplate.web.forecasts import FORECASTS, journey_of
from endplate.web.pages.how_it_works.step_view import StepView, glossary_html
from endplate.web.session import Session

if TYPE_CHECKING:
    from endplate.forecast.journey import Journey

TITLE = "How it works"
DEBOUNCE_S = 0.15  # a workspace that is being restored changes several times in a row
WAIT = "The numbers of this plan are being computed. The first time takes some seconds."


def build(session: Session) -> None:
    """Build the page."""
    ArticlePage(session)


class ArticlePage:
    """Shows the article of the open plan, or of the bundled one where that is not possible."""

    def __init__(self, session: Session) -> None:
        """Lay the page out and request its numbers."""
        self._session = session
        self._text = ""
        self._steps: dict[str, StepView] = {}
        with ui.element("article").classes("hw") as self._root:
            ui.html(f"<h1>{TITLE}</h1>", sanitize=False)
            self._reasons = ui.element("div").classes("hw-why").props("aria-live=polite")
            self._lead = ui.element("div").classes("hw-lead")
            ui.checkbox("Show the scientific words", on_change=self._toggle_glosses).classes(
                "hw-switch"
            )
            self._wait = ui.label(WAIT).classes("hw-wait").props("role=status")
            self._body = ui.element("div")
            self._glossary = ui.element("div")
        session.on_change(self._refresh)
        self._refresh()

    def _toggle_glosses(self, event: Any) -> None:
        if event.value:
            self._root.classes(add="hw-show")
        else:
            self._root.classes(remove="hw-show")

    def _refresh(self) -> None:
        """Follow the workspace; a change that leaves the open plan as it was does nothing."""
        draft = self._session.workspace.draft
        if draft.text == self._text:
            return
        self._text = draft.text
        background_tasks.create(self._show_plan(draft.plan, draft.faults, draft.text))

    async def _show_plan(self, plan: Plan | None, faults: tuple[str, ...], text: str) -> None:
        """Show the article of a plan; of the bundled one where it has faults or is not covered."""
        await asyncio.sleep(DEBOUNCE_S)
        if self._is_stale(text):
            return
        self._wait.set_visibility(True)
        reasons = faults
        try:
            journey = await journey_of(plan) if plan else None
        except NotCovered as error:
            journey, reasons = None, (str(error),)
        shown_plan = plan if journey and plan else Plan.load(DEMO_PLAN)
        is_bundled = shown_plan is not plan
        journey = journey or await journey_of(shown_plan)
        if self._is_stale(text):
            return
        self._show_lead(journey, reasons if is_bundled else (), is_bundled)
        self._show_steps(journey, None, shown_plan)
        self._wait.set_visibility(False)
        for run in (FORECASTS.quick, FORECASTS.full):
            result = await run(shown_plan)
            if self._is_stale(text):
                return
            self._show_steps(journey, result, shown_plan)

    def _is_stale(self, text: str) -> bool:
        """Whether the open plan has changed, or the page is closed."""
        return self._root.is_deleted or text != self._text

    def _show_lead(self, journey: "Journey", reasons: tuple[str, ...], is_bundled: bool) -> None:
        from endplate.views.article import lead

        self._reasons.clear()
        self._lead.clear()
        with self._reasons:
            if is_bundled:
                ui.label("Your plan cannot be shown here.").classes("strong")
            for sentence in reasons:
                ui.label(sentence)
        with self._lead:
            for sentence in lead(journey, is_bundled):
                ui.label(sentence)

    def _show_steps(self, journey: "Journey", result: Result | None, plan: Plan) -> None:
        """Show every step; a step that is there already keeps its time."""
        from endplate.views.article import STEPS, step

        for number, name in enumerate(STEPS, 1):
            content = step(name, journey, result, plan.treatment.region)
            if name not in self._steps:
                with self._body:
                    self._steps[name] = StepView(number)
            self._steps[name].show(content, result)
        if not self._glossary.default_slot.children:
            with self._glossary, ui.element("section"):
                ui.html("<h2>The scientific words</h2>", sanitize=False)
                ui.html(glossary_html(), sanitize=False)
