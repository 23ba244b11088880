"""The page How it works: the article of the open plan, its drawings played in the browser."""

import asyncio

from nicegui import background_tasks, ui

from endplate.case import DEMO_PLAN, Plan
from endplate.errors import NotCovered
from endplate.web.forecasts import FORECASTS, Answer
from endplate.web.journeys import journey_of
from endplate.web.pages.how_it_works.step_view import StepView
from endplate.web.place import Place

TITLE = "How it works"
SETTLE_S = 0.15  # a desk that is being laid out changes several times at once
WAIT = "The numbers of this plan are being worked out. The first time takes some seconds."


def build(place: Place) -> None:
    """Put the page onto the screen."""
    Article(place)


class Article:
    """The article on the screen; it follows the open plan, or the bundled one where it cannot."""

    def __init__(self, place: Place) -> None:
        """Lay the page out and ask for its numbers."""
        self._place, self._shown, self._steps = place, "", {}
        with ui.element("article").classes("hw") as self._all:
            ui.html(f"<h1>{TITLE}</h1>", sanitize=False)
            self._why = ui.element("div").classes("hw-why").props("aria-live=polite")
            self._lead = ui.element("div").classes("hw-lead")
            ui.checkbox("Show the scientific words", on_change=self._science).classes("hw-switch")
            self._wait = ui.label(WAIT).classes("hw-wait").props("role=status")
            self._body = ui.element("div")
            self._end = ui.element("div")
        place.watch(self._refresh)
        self._refresh()

    def _science(self, event) -> None:
        self._all.classes(add="hw-show") if event.value else self._all.classes(remove="hw-show")

    def _refresh(self) -> None:
        """Follow the desk; a change that leaves the open plan as it was asks for nothing."""
        draft = self._place.desk.draft
        if draft.text == self._shown:
            return
        self._shown = draft.text
        background_tasks.create(self._fill(draft.plan, draft.faults, draft.text))

    async def _fill(self, plan: Plan | None, faults: tuple[str, ...], asked: str) -> None:
        """Show the article of a plan; of the bundled one where it has faults or is not covered."""
        await asyncio.sleep(SETTLE_S)
        if self._is_late(asked):
            return
        self._wait.set_visibility(True)
        why = faults
        try:
            journey = await journey_of(plan) if plan else None
        except NotCovered as reason:
            journey, why = None, (str(reason),)
        own = plan if journey and plan else Plan.load(DEMO_PLAN)
        journey = journey or await journey_of(own)
        if self._is_late(asked):
            return
        self._tell(journey, why if own is not plan else (), own is not plan)
        self._show(journey, None, own)
        self._wait.set_visibility(False)
        for made in (FORECASTS.quick, FORECASTS.full):
            answer = await made(own)
            if self._is_late(asked):
                return
            self._show(journey, answer, own)

    def _is_late(self, asked: str) -> bool:
        """Whether the desk has moved on, or the page is gone."""
        return self._all.is_deleted or asked != self._shown

    def _tell(self, journey, why: tuple[str, ...], is_reference: bool) -> None:
        from endplate.views.article import lead

        self._why.clear()
        self._lead.clear()
        with self._why:
            if is_reference:
                ui.label("Your plan cannot be shown here.").classes("strong")
            for sentence in why:
                ui.label(sentence)
        with self._lead:
            for sentence in lead(journey, is_reference):
                ui.label(sentence)

    def _show(self, journey, answer: Answer | None, plan: Plan) -> None:
        """Show every step; a step that is there keeps its place in time."""
        from endplate.views.article import STEPS, step

        for number, name in enumerate(STEPS, 1):
            told = step(name, journey, answer, plan.treatment.region)
            if name not in self._steps:
                with self._body:
                    self._steps[name] = StepView(number)
            self._steps[name].show(told, answer)
        if not self._end.default_slot.children:
            from endplate.web.pages.how_it_works.markup import glossary_html

            with self._end, ui.element("section"):
                ui.html("<h2>The scientific words</h2>", sanitize=False)
                ui.html(glossary_html(), sanitize=False)
