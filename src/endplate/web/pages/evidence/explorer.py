"""Predicted against published: filters, plots or table, and the sheet of one trial."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from nicegui import ui

from endplate.validation.results import Row
from endplate.views.qualification import words
from endplate.views.qualification.errors import panel_name
from endplate.views.qualification.evidence import Evidence, trial_sheet
from endplate.views.qualification.measures import of_interval
from endplate.views.qualification.pictures import scatter_marks
from endplate.views.words import word
from endplate.web.pages.evidence.choice import Choice, options, predicted_rows
from endplate.web.pages.evidence.elements import DataTable, ScatterPlots, TrialPanel

LEGEND = """<ul class="legend">
<li><svg width="26" height="18" aria-hidden="true"><line x1="13" x2="13" y1="0" y2="18" class="ev-bar"/><circle cx="13" cy="9" r="4.4" class="ev-mark percent"/></svg> toxin, with its 90 % interval</li>
<li><svg width="26" height="18" aria-hidden="true"><path d="M13 3.4L18.6 9 13 14.6 7.4 9z" class="ev-mark percent"/></svg> placebo</li>
<li><svg width="26" height="18" aria-hidden="true"><circle cx="13" cy="9" r="8" class="ev-out"/><circle cx="13" cy="9" r="4.4" class="ev-mark percent"/></svg> published figure outside the interval</li>
<li><svg width="26" height="18" aria-hidden="true"><circle cx="13" cy="9" r="4.4" class="ev-mark percent open"/></svg> hollow: not verified in a second source</li>
<li><svg width="26" height="18" aria-hidden="true"><line x1="3" y1="16" x2="23" y2="2" class="ev-same"/></svg> predicted as published</li>
</ul>
<p class="quiet">By keys: Tab goes from plot to plot, arrows from point to point, Enter opens the trial, Escape closes it.</p>"""  # noqa: E501


class Explorer:
    """Plots, table and sheet of one table of figures."""

    def __init__(
        self, evidence: Evidence, choice: Choice, on_change: Callable[[Choice], None]
    ) -> None:
        """Build it inside the current element.

        Parameters
        ----------
        evidence : Evidence
            The figures.
        choice : Choice
            What to show first.
        on_change : callable
            Called after every change of what is shown.
        """
        self.evidence, self.choice, self._on_change = evidence, choice, on_change
        self._filling = False
        self._build_filters()
        with ui.element("div").classes("ev-look"):
            with ui.element("div").classes("ev-main"):
                with ui.element("div") as self._plots:
                    self._scatter = ScatterPlots([], self._open)
                    ui.html(LEGEND, sanitize=False)
                name = f"{evidence.table}: predicted against published"
                self._table = DataTable(name, COLUMNS, [], self._open)
                self._table.set_visibility(False)
            with ui.element("div").classes("ev-side"):
                with ui.element("div").classes("ev-empty"):
                    ui.label("Choose a point, or a row of the table, to see its trial.")
                self._panel = TrialPanel(self._closed, self._open)
                with self._panel:
                    self._panel_html = ui.html("", sanitize=False)
        self._fill()
        if choice.trial:
            self._show_trial(focus=False)

    def change(self, **changes: Any) -> None:
        """Change filters on behalf of the visitor."""
        self.show(replace(self.choice, **changes))
        self._on_change(self.choice)

    def show(self, choice: Choice) -> None:
        """Show the figures of other filters."""
        self.choice = choice
        self._fill()

    def _build_filters(self) -> None:
        self._filter_button = ui.button("Filter", on_click=self._toggle_filters, color=None)
        self._filter_button.classes("ev-more-button").props("flat no-caps aria-expanded=false")
        with ui.element("div").classes("ev-filters") as self._filters:
            self._use = self._select("Use", lambda value: {"use": value, "product": "", "kind": ""})
            self._product = self._select("Product", lambda value: {"product": value})
            self._kind = self._select("Kind of figure", lambda value: {"kind": value})
            self._text = ui.input("Trial or endpoint", on_change=self._searched)
            self._text.props("outlined dense clearable debounce=300 maxlength=80 type=search")
            self._misses = ui.checkbox(
                "Only misses", on_change=lambda event: self._filter(misses=bool(event.value))
            )
            self._verified = ui.checkbox(
                "Only verified", on_change=lambda event: self._filter(verified=bool(event.value))
            )
        with ui.element("div").classes("ev-bar-top"):
            self._summary = ui.label().classes("ev-sum").props('aria-live=polite role="status"')
            self._view = ui.toggle({"plots": "Plots", "table": "Table"}, value="plots")
            self._view.props(
                "no-caps unelevated toggle-color=ev-on toggle-text-color=ev-on"
            ).classes("ev-view").on_value_change(self._switch_view)

    def _select(self, label: str, change: Callable[[str], dict[str, Any]]) -> ui.select:
        select = ui.select(
            {"": ""}, value="", label=label,
            on_change=lambda event: self._filter(**change(event.value or "")),
        )  # fmt: skip
        return select.props("outlined dense options-dense")

    def _searched(self, event: Any) -> None:
        self._filter(text=(event.value or "")[:80])

    def _filter(self, **changes: Any) -> None:
        if not self._filling:
            self.change(**changes)

    def _toggle_filters(self) -> None:
        is_open = "shown" not in self._filters.classes
        self._filters.classes(add="shown" if is_open else "", remove="" if is_open else "shown")
        self._filter_button.props(f"aria-expanded={str(is_open).lower()}")

    def _switch_view(self, event: Any) -> None:
        self._plots.set_visibility(event.value == "plots")
        self._table.set_visibility(event.value == "table")
        self._fill()

    def _fill(self) -> None:
        """Update filters, summary, and the plots or the table."""
        choice, all_rows = self.choice, predicted_rows(self.evidence)
        rows = choice.select(all_rows)
        self._filling = True
        available = options(all_rows, choice.use)
        self._use.set_options(dict(available.uses), value=choice.use)
        self._product.set_options(dict(available.products), value=choice.product)
        self._kind.set_options(dict(available.kinds), value=choice.kind)
        self._text.set_value(choice.text)
        self._misses.set_value(choice.misses)
        self._verified.set_value(choice.verified)
        self._filling = False
        self._summary.set_text(summary(rows))
        active = sum(
            map(bool, (choice.product, choice.kind, choice.text, choice.misses, choice.verified))
        )
        self._filter_button.set_text(f"Filter ({active})" if active else "Filter")
        if self._view.value == "plots":
            self._scatter.show(panels(rows))
        else:
            self._table.show(table_rows(rows))

    def _open(self, index: int) -> None:
        row = self.evidence.rows.get(index)
        if row is not None:
            self.choice = replace(self.choice, trial=row.trial_id, figure=index)
            self._show_trial()
            self._on_change(self.choice)

    def _show_trial(self, focus: bool = True) -> None:
        rows = self.evidence.rows
        of_trial = [i for i in self.evidence.of_trial(self.choice.trial) if i in rows]
        index = self.choice.figure
        if index is None:
            matching = self.choice.select(rows[i] for i in of_trial)
            index = matching[0].figure if matching else of_trial[0]
        sheet = trial_sheet(self.evidence, self.choice.trial, index)
        self._panel_html.set_content(sheet.markup)
        self._scatter.select(index)
        self._panel.open(focus)

    def _closed(self) -> None:
        self.choice = replace(self.choice, trial="", figure=None)
        self._scatter.select(None)
        self._on_change(self.choice)


Fields = dict[str, Any]
_SQRT_MARKS = (0, 1, 5, 10, 25, 50, 75, 100)  # percent
COLUMNS = (
    {"name": "Trial"},
    {"name": "Figure"},
    {"name": "Group"},
    {"name": "Day", "number": True},
    {"name": "Published", "number": True},
    {"name": "Predicted", "number": True},
    {"name": "90 % interval"},
    {"name": "Error", "number": True},
    {"name": "Inside"},
)


def panels(rows: Sequence[Row]) -> list[Fields]:
    """One picture per kind and unit, kinds in their order; points from left to right."""
    kinds = list(words.KINDS)
    by_panel: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: kinds.index(row.kind)):
        by_panel.setdefault(panel_name(row), []).append(row)
    return [_panel(name, panel_rows) for name, panel_rows in by_panel.items()]


def _panel(name: str, rows: list[Row]) -> Fields:
    has_root_axes = rows[0].kind == "harm"  # most are rare, and linear axes would pile them up
    marks = _sqrt_marks(rows) if has_root_axes else scatter_marks(rows)
    ordered = sorted(rows, key=lambda row: (row.observed, row.predicted))
    outside = sum(not row.inside for row in rows)
    return {
        "name": name,
        "unit": words.unit_name(rows[0].unit),
        "rooted": has_root_axes,
        "summary": f"{name}: {len(rows)} figures, {outside} outside their 90 % interval",
        "marks": [{"at": at, "words": text} for at, text in marks],
        "points": [_point(row) for row in ordered],
    }


def _sqrt_marks(rows: list[Row]) -> list[tuple[float, str]]:
    largest = max(value for row in rows for value in (row.observed, row.predicted, row.high))
    marks = [m for i, m in enumerate(_SQRT_MARKS) if not i or _SQRT_MARKS[i - 1] < largest]
    return [(float(mark), str(mark)) for mark in marks]


def _point(row: Row) -> Fields:
    return {
        "id": row.figure,
        "at": _short(row.observed),
        "is": _short(row.predicted),
        "low": _short(row.low),
        "high": _short(row.high),
        "kind": row.kind,
        "placebo": row.product == "placebo",
        "out": not row.inside,
        "open": not row.verified,
        "words": describe(row),
    }


def describe(row: Row) -> str:
    """A row in one line, for screen readers and the tooltip."""
    figure = ", ".join(
        filter(None, (row.trial_id, words.endpoint_name(row.endpoint), words.when(row)))
    )
    position = "inside" if row.inside else "outside its interval"
    mark = "" if row.verified else ", not verified"
    return (
        f"{figure}, {words.group(row)}: published {words.published(row)}, predicted "
        f"{words.figure(row.predicted)} ({words.interval(row)}) {words.unit_name(row.unit)}, "
        f"{position}{mark}"
    )


def table_rows(rows: Sequence[Row]) -> list[Fields]:
    """The same rows as a table: text of each cell, and what it is sorted by."""
    several = len({row.indication for row in rows}) > 1
    return [{"id": row.figure, "cells": _cells(row, several)} for row in rows]


def _cells(row: Row, several: bool) -> list[Fields]:
    unit = words.unit_name(row.unit)
    use = f"{word('indication', row.indication)}: " if several else ""
    error = of_interval(row)
    return [
        {"text": row.trial_id, "open": True, "mark": "" if row.verified else "not verified"},
        {"text": f"{use}{words.endpoint_name(row.endpoint)}"},
        {"text": words.group(row), "small": "n not stated" if row.n is None else f"n {row.n}"},
        {"text": "-" if row.day is None else f"{row.day:g}", "by": row.day},
        {"text": f"{words.published(row)} {unit}", "by": row.observed},
        {"text": words.figure(row.predicted), "by": row.predicted},
        {"text": words.interval(row), "class": "nb"},
        {"text": words.signed(round(error, 1)), "by": error},
        {"text": "inside" if row.inside else "outside", "class": "met" if row.inside else "missed"},
    ]


def summary(rows: Sequence[Row]) -> str:
    """What is shown, in one sentence."""
    if not rows:
        return "No figure matches these filters."
    trials = len({row.trial_id for row in rows})
    outside = sum(not row.inside for row in rows)
    expected = len(rows) / 10
    about = "less than 1" if expected < 1 else f"about {expected:.0f}"
    return (
        f"{_count(len(rows), 'figure')} of {_count(trials, 'trial')}: {outside} outside the 90 % "
        f"interval, where {about} would be expected."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _short(value: float) -> float:
    return float(f"{value:.5g}")
