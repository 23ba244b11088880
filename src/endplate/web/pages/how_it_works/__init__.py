"""The page How it works: the guide, and in it the drawings of the open plan or of a sample."""

import asyncio
from functools import cache
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from endplate.case import DEMO_PLAN, Plan
from endplate.errors import NotCovered
from endplate.results.result import Result
from endplate.views.article.markup import glossary_html
from endplate.views.language import ENGLISH, LANGUAGES, speaking
from endplate.views.language import gettext as _
from endplate.web.forecasts import FORECASTS, journey_of
from endplate.web.pages.how_it_works.step_view import StepView
from endplate.web.session import Session, requested_language
from endplate.web.workspace import sample_draft

if TYPE_CHECKING:
    from endplate.forecast.journey import Journey

DEBOUNCE_S = 0.15  # a workspace that is being restored changes several times in a row


def build(session: Session) -> None:
    """Build the page."""
    ArticlePage(session)


@cache
def _guide_parts(region: str, language: str) -> tuple[str, str]:
    """The guide before and after the drawings, with the call for help of a region."""
    from endplate.views.guide import AFTER, BEFORE, guide_page, part_html

    page = guide_page(region, language)
    before, after = ("".join(part_html(name, page) for name in names) for names in (BEFORE, AFTER))
    return before, after


class ArticlePage:
    """Shows the article of the open plan, or of the bundled one where that is not possible."""

    def __init__(self, session: Session) -> None:
        """Lay the page out and request its numbers."""
        self._session = session
        self._text = ""
        self._steps: dict[str, StepView] = {}
        self._language = requested_language()
        with ui.element("article").classes("hw") as self._root:
            self._title = ui.html("", sanitize=False)
            ui.select(
                dict(LANGUAGES), value=self._language, label="Language", on_change=self._switch
            ).props("dense outlined").style("max-width:14rem")
            self._before = ui.element("div")
            self._chapter = ui.html("", sanitize=False)
            self._reasons = ui.element("div").classes("hw-why").props("aria-live=polite")
            self._lead = ui.element("div").classes("hw-lead")
            self._glosses = ui.checkbox("", on_change=self._toggle_glosses).classes("hw-switch")
            self._wait = ui.label("").classes("hw-wait").props("role=status")
            self._body = ui.element("div")
            self._after = ui.element("div")
            self._glossary = ui.element("div")
        self._name_parts()
        session.on_change(self._refresh)
        background_tasks.create(self._show_guide())
        self._refresh()

    def _name_parts(self) -> None:
        """Say what stands on the page whatever it shows, in the language chosen."""
        self._root.props(f"lang={self._language}")
        with speaking(self._language):
            self._title.set_content(f"<h1>{_('How it works')}</h1>")
            self._chapter.set_content(
                f'<h2 class="g-chapter" id="g-steps">{_("How it works, step by step")}</h2>'
            )
            self._glosses.set_text(_("Show the scientific words"))
            self._wait.set_text(
                _("The numbers of this plan are being computed. The first time takes some seconds.")
            )

    def _switch(self, event: Any) -> None:
        """Say the whole page anew in another language."""
        self._language, self._text = event.value, ""
        self._steps.clear()
        for part in (
            self._before, self._after, self._reasons, self._lead, self._body, self._glossary,
        ):  # fmt: skip
            part.clear()
        self._name_parts()
        background_tasks.create(self._show_guide())
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
        if self._steps:
            with speaking(self._language):
                self._wait.set_text(
                    _(
                        "The plan has changed: what is drawn is of the plan before, until the new "
                        "one is computed."
                    )
                )
            self._wait.set_visibility(True)
            self._body.classes("hw-stale")
        self._session.work(lambda: self._show_plan(draft.plan, draft.screen_faults, draft.text))

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
        is_sample = text == sample_draft().text
        follows = "reference" if is_bundled else "sample" if is_sample else "plan"
        whose = "plan" if follows == "plan" else "sample"
        self._show_lead(journey, reasons if is_bundled else (), follows)
        self._show_steps(journey, None, shown_plan, whose)
        self._wait.set_visibility(False)
        self._body.classes(remove="hw-stale")
        for run in (FORECASTS.quick, FORECASTS.full):
            result = await run(shown_plan)
            if self._is_stale(text):
                return
            self._show_steps(journey, result, shown_plan, whose)

    async def _show_guide(self) -> None:
        """Show what the guide tells around the drawings; it is the same for every plan."""
        plan = self._session.workspace.draft.plan
        region = plan.treatment.region if plan else "US"
        language = self._language
        before, after = await asyncio.to_thread(_guide_parts, region, language)
        if self._root.is_deleted or language != self._language:
            return
        for place, parts in ((self._before, before), (self._after, after)):
            with place:
                ui.html(parts, sanitize=False)

    def _is_stale(self, text: str) -> bool:
        """Whether the open plan has changed, or the page is closed."""
        return self._root.is_deleted or text != self._text

    def _show_lead(self, journey: "Journey", reasons: tuple[str, ...], follows: str) -> None:
        from endplate.views.article import lead

        self._reasons.clear()
        self._lead.clear()
        with self._reasons, speaking(self._language):
            if follows == "reference":
                ui.label(_("Your plan cannot be shown here.")).classes("strong")
            for sentence in reasons if self._language == ENGLISH else ():  # they are in English
                ui.label(sentence)
        with self._lead, speaking(self._language):
            for sentence in lead(journey, follows):
                ui.label(sentence)

    def _show_steps(
        self, journey: "Journey", result: Result | None, plan: Plan, whose: str
    ) -> None:
        """Show every step; a step that is there already keeps its time."""
        with speaking(self._language):
            self._show_every_step(journey, result, plan, whose)

    def _show_every_step(
        self, journey: "Journey", result: Result | None, plan: Plan, whose: str
    ) -> None:
        from endplate.views.article import STEPS, step

        for number, name in enumerate(STEPS, 1):
            content = step(name, journey, result, plan.treatment.region, whose)
            if name not in self._steps:
                with self._body:
                    self._steps[name] = StepView(number)
            self._steps[name].show(content, result)
        if not self._glossary.default_slot.children:
            with self._glossary, ui.element("section"):
                ui.html(f"<h2>{_('The scientific words')}</h2>", sanitize=False)
                ui.html(glossary_html(), sanitize=False)
