"""Predicted against published: what is asked for, the plots or the table of it, and one trial."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nicegui import ui

from endplate.views.qualification.evidence import Evidence, trial_sheet
from endplate.web.pages.evidence.choice import Choice, options
from endplate.web.pages.evidence.panels import COLUMNS, panels, summed, table_rows
from endplate.web.pages.evidence.parts import Rows, Scatter, Sheet

LEGEND = """<ul class="legend">
<li><svg width="26" height="18" aria-hidden="true"><line x1="13" x2="13" y1="0" y2="18" class="ev-bar"/><circle cx="13" cy="9" r="4.4" class="ev-mark percent"/></svg> toxin, with its 90 % interval</li>
<li><svg width="26" height="18" aria-hidden="true"><path d="M13 3.4L18.6 9 13 14.6 7.4 9z" class="ev-mark percent"/></svg> placebo</li>
<li><svg width="26" height="18" aria-hidden="true"><circle cx="13" cy="9" r="8" class="ev-out"/><circle cx="13" cy="9" r="4.4" class="ev-mark percent"/></svg> published figure outside the interval</li>
<li><svg width="26" height="18" aria-hidden="true"><circle cx="13" cy="9" r="4.4" class="ev-mark percent open"/></svg> hollow: not verified in a second source</li>
<li><svg width="26" height="18" aria-hidden="true"><line x1="3" y1="16" x2="23" y2="2" class="ev-same"/></svg> predicted as published</li>
</ul>
<p class="quiet">By keys: Tab goes from plot to plot, arrows from point to point, Enter opens the trial, Escape leads back.</p>"""  # noqa: E501


class Explorer:
    """Plots, table and sheet of one table of figures."""

    def __init__(
        self, evidence: Evidence, choice: Choice, changed: Callable[[Choice], None]
    ) -> None:
        """Build it where the caller stands.

        Parameters
        ----------
        evidence : Evidence
            The figures.
        choice : Choice
            What to show first.
        changed : callable
            Told after every change of what is shown.
        """
        self.evidence, self.choice, self._changed = evidence, choice, changed
        self._filling = False
        self._controls()
        with ui.element("div").classes("ev-look"):
            with ui.element("div").classes("ev-main"):
                with ui.element("div") as self._plots:
                    self._scatter = Scatter([], self._open)
                    ui.html(LEGEND, sanitize=False)
                name = f"{evidence.table}: predicted against published"
                self._table = Rows(name, COLUMNS, [], self._open)
                self._table.set_visibility(False)
            with ui.element("div").classes("ev-side"):
                with ui.element("div").classes("ev-empty"):
                    ui.label("Choose a point, or a row of the table, to see its trial.")
                self._sheet = Sheet(self._closed, self._open)
                with self._sheet:
                    self._sheet_text = ui.html("", sanitize=False)
        self._fill()
        if choice.trial:
            self._show_trial(grab=False)

    def ask(self, **changes: Any) -> None:
        """Show something else, for the visitor asked for it."""
        self.show(replace(self.choice, **changes))
        self._changed(self.choice)

    def show(self, choice: Choice) -> None:
        """Show something else."""
        self.choice = choice
        self._fill()

    def _controls(self) -> None:
        self._more = ui.button("Filter", on_click=self._fold, color=None)
        self._more.classes("ev-more-button").props("flat no-caps aria-expanded=false")
        with ui.element("div").classes("ev-filters") as self._filters:
            self._use = self._select("Use", lambda value: {"use": value, "product": "", "kind": ""})
            self._product = self._select("Product", lambda value: {"product": value})
            self._kind = self._select("Kind of figure", lambda value: {"kind": value})
            self._text = ui.input("Trial or endpoint", on_change=self._searched)
            self._text.props("outlined dense clearable debounce=300 maxlength=80 type=search")
            self._misses = ui.checkbox(
                "Only misses", on_change=lambda event: self._asked(misses=bool(event.value))
            )
            self._verified = ui.checkbox(
                "Only verified", on_change=lambda event: self._asked(verified=bool(event.value))
            )
        with ui.element("div").classes("ev-bar-top"):
            self._told = ui.label().classes("ev-sum").props('aria-live=polite role="status"')
            self._view = ui.toggle({"plots": "Plots", "table": "Table"}, value="plots")
            self._view.props(
                "no-caps unelevated toggle-color=ev-on toggle-text-color=ev-on"
            ).classes("ev-view").on_value_change(self._turn)

    def _select(self, label: str, change: Callable[[str], dict[str, Any]]) -> ui.select:
        select = ui.select(
            {"": ""}, value="", label=label,
            on_change=lambda event: self._asked(**change(event.value or "")),
        )  # fmt: skip
        return select.props("outlined dense options-dense")

    def _searched(self, event: Any) -> None:
        self._asked(text=(event.value or "")[:80])

    def _asked(self, **changes: Any) -> None:
        if not self._filling:
            self.ask(**changes)

    def _fold(self) -> None:
        shown = "shown" not in self._filters.classes
        self._filters.classes(add="shown" if shown else "", remove="" if shown else "shown")
        self._more.props(f"aria-expanded={str(shown).lower()}")

    def _turn(self, event: Any) -> None:
        self._plots.set_visibility(event.value == "plots")
        self._table.set_visibility(event.value == "table")
        self._fill()

    def _fill(self) -> None:
        """Bring every control, the plots or the table, and the sentence up to the choice."""
        asked, rows = self.choice, self.choice.of(self.evidence.found.rows)
        self._filling = True
        known = options(self.evidence.found.rows, asked.use)
        self._use.set_options(dict(known.uses), value=asked.use)
        self._product.set_options(dict(known.products), value=asked.product)
        self._kind.set_options(dict(known.kinds), value=asked.kind)
        self._text.set_value(asked.text)
        self._misses.set_value(asked.misses)
        self._verified.set_value(asked.verified)
        self._filling = False
        self._told.set_text(summed(rows))
        narrowed = sum(
            map(bool, (asked.product, asked.kind, asked.text, asked.misses, asked.verified))
        )
        self._more.set_text(f"Filter ({narrowed})" if narrowed else "Filter")
        if self._view.value == "plots":
            self._scatter.show(panels(rows))
        else:
            self._table.show(table_rows(rows))

    def _open(self, place: int) -> None:
        row = self.evidence.rows.get(place)
        if row is not None:
            self.choice = replace(self.choice, trial=row.trial_id, figure=place)
            self._show_trial()
            self._changed(self.choice)

    def _show_trial(self, grab: bool = True) -> None:
        own = self.evidence.of_trial(self.choice.trial)
        shown = self.choice.of(self.evidence.rows[i] for i in own if i in self.evidence.rows)
        place = self.choice.figure
        if place is None:
            place = shown[0].figure if shown else next(i for i in own if i in self.evidence.rows)
        sheet = trial_sheet(self.evidence, self.choice.trial, place)
        self._sheet_text.set_content(sheet.markup)
        self._scatter.choose(place)
        self._sheet.open(grab)

    def _closed(self) -> None:
        self.choice = replace(self.choice, trial="", figure=None)
        self._scatter.choose(None)
        self._changed(self.choice)
