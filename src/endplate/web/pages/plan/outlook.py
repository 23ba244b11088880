"""The card of the outlook: start, peak and wearing off of the open plan at a glance."""

from html import escape

from nicegui import background_tasks, ui

from endplate.case import Plan
from endplate.errors import EndplateError
from endplate.results.result import Result
from endplate.views.plan import event_times as answers
from endplate.views.words import word
from endplate.web.forecasts import FORECASTS
from endplate.web.pages.plan.form import card
from endplate.web.place import Place


class OutlookCard:
    """Three answers of the forecast, made anew after every change; stale ones are dropped."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._asked = 0
        with card("Outlook", "pl-outlook"):
            self._told = ui.html("", sanitize=False).props('aria-live="polite"')
            ui.link("The whole forecast", "/forecast")

    def refresh(self) -> None:
        """Ask for the forecast of the open plan."""
        self._asked += 1
        plan = self._place.desk.plan
        if plan is None:
            self._told.set_content('<p class="quiet">Known once the plan is whole.</p>')
            return
        background_tasks.create(self._forecast(plan, self._asked))

    async def _forecast(self, plan: Plan, asked: int) -> None:
        # what stands there is of the plan as it was
        self._told.classes("pl-stale")
        self._told.set_content(self._told.content or _WAIT)
        try:
            result = await FORECASTS.quick(plan)
        except EndplateError as reason:
            told = f"<p>{escape(str(reason))}</p>"
        else:
            told = _words(result)
        if asked == self._asked:
            self._told.classes(remove="pl-stale").set_content(told)


_WAIT = '<p class="quiet">The forecast is being made.</p>'


def _words(result: Result) -> str:
    parts = []
    for area in result.indications:
        rows = "".join(
            f"<div><dt>{escape(a.name)}</dt><dd><b>{escape(a.range)}</b></dd></div>"
            for a in answers(result, area)
        )
        parts.append(f"<h3>{escape(word('indication', area))}</h3><dl>{rows}</dl>")
    note = 'Hold for 9 of 10 people like this one <span class="tag">model</span>'
    return f'{"".join(parts)}<p class="quiet">{note}</p>'
