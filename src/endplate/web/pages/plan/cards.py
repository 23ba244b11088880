"""What the page says of the open plan: label check, outlook, drawing up."""

from html import escape
from typing import Any

from nicegui import ui

from endplate.case import Plan
from endplate.case.sheet import Draw, PreparationSheet, preparation_sheet
from endplate.errors import EndplateError
from endplate.facts.preparation import syringes
from endplate.results.result import Result
from endplate.safety import Finding
from endplate.views.finding import FindingRow, counts, finding_rows
from endplate.views.glyphs import syringe
from endplate.views.plan import counted_sentence, course_sentence, event_times
from endplate.views.quantity import number
from endplate.views.source import Link, link
from endplate.views.words import muscle_name, word
from endplate.web.forecasts import FORECASTS
from endplate.web.pages.plan.forms import card
from endplate.web.session import Session
from endplate.web.workspace.plan_edits import value_at, with_value


class FindingsCard:
    """The label check of the open plan: findings, sources, and reasons to set a stop aside."""

    def __init__(self, session: Session) -> None:
        self._session = session
        with card("Check against the label", "pl-findings"):
            self._head = ui.html("", sanitize=False).props('aria-live="polite"')
            self._list = ui.html("", sanitize=False)
            self._overrides = ui.element("div").classes("pl-overrides")
        self._stops: list[tuple[str, str, str, str]] | None = None

    def refresh(self) -> None:
        """Check the open draft."""
        self.show(self._session.workspace.draft)
        self._build_overrides()

    def show(self, draft: Any) -> None:
        """Show the check of a draft, also of one whose site is being dragged."""
        if draft.plan is None:
            items = "".join(f"<li>{escape(fault)}</li>" for fault in draft.screen_faults)
            self._head.set_content('<p class="stopline"><b class="stop">Not a plan yet</b></p>')
            self._list.set_content(f'<ul class="pl-faults">{items}</ul>')
            return
        findings = draft.findings
        self._head.set_content(_badges(findings))
        self._list.set_content("".join(map(_finding, finding_rows(findings))) or _CLEAR)

    def _build_overrides(self) -> None:
        findings = self._session.workspace.draft.findings
        stops = [(f.rule, f.title, f.override, str(f.value)) for f in findings if f.level == "stop"]
        if stops == self._stops:
            return
        self._stops = stops
        self._overrides.clear()
        with self._overrides:
            for rule, title, reason, about in stops:
                several = sum(stop[0] == rule for stop in stops) > 1
                self._reason_field(rule, title, reason, about if several else None)

    def _reason_field(self, rule: str, title: str, reason: str, about: str | None) -> None:
        label = f"Reason why this stop does not hold here: {title}"
        field = ui.input(label, value=reason).props("outlined dense")
        field.on("change", lambda: self._set_override(rule, about, field.value or ""))

    def _set_override(self, rule: str, about: str | None, reason: str) -> None:
        workspace = self._session.workspace
        rows = [
            row
            for row in value_at(workspace.draft, "override") or []
            if (row.get("rule"), row.get("about")) != (rule, about)
        ]
        if reason:
            rows.append({"rule": rule, "reason": reason, **({"about": about} if about else {})})
        workspace.update(with_value(workspace.draft, "override", rows or None))


_CLEAR = "<p>No label fact speaks against this plan.</p>"


def _badges(findings: tuple[Finding, ...]) -> str:
    badges = [
        f'<span class="badge {level}">{count} {escape(name.lower())}</span>'
        for level, name, count in counts(findings)
    ]
    return f'<p class="badges">{"".join(badges) or "no findings"}</p>'


def _finding(row: FindingRow) -> str:
    """One finding, folded: title first; reason, figures and source on a click."""
    figures = [("In the plan", row.value), ("Limit", row.limit), ("Set aside", row.override)]
    values = "".join(f"<div><dt>{k}</dt><dd>{escape(v)}</dd></div>" for k, v in figures if v)
    where = f", {escape(row.locator)}" if row.locator else ""
    unsure = "" if row.verified else ' <span class="unverified">not verified</span>'
    return (
        f'<details class="pl-finding {row.level}"><summary>'
        f'<span class="badge {row.level}">{escape(word("level", row.level))}</span> '
        f"{escape(row.title)}</summary><p>{escape(row.reason)}</p><dl>{values}</dl>"
        f'<p class="quiet">{_source_link(row.source)}{where}{unsure}</p></details>'
    )


def _source_link(source: Link) -> str:
    if not source.url:
        return escape(source.words)
    address = escape(source.url)
    return f'<a href="{address}" rel="noreferrer" target="_blank">{escape(source.words)}</a>'


class OutlookCard:
    """Start, peak and wearing off of the open plan; a result that is out of date is dropped."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._request = 0
        with card("Outlook", "pl-outlook"):
            self._html = ui.html("", sanitize=False).props('aria-live="polite"')
            ui.link("The whole forecast", "/forecast")

    def refresh(self) -> None:
        """Request the forecast of the open plan."""
        self._request += 1
        plan, request = self._session.workspace.plan, self._request
        if plan is None:
            self._session.stop_work()
            self._html.classes(remove="pl-stale")
            self._html.set_content('<p class="quiet">Shown once the plan has no faults.</p>')
            return
        # what is shown until the forecast is there is of the plan before the change
        is_first = not self._html.content or self._html.content == _WAIT
        self._html.classes(remove="pl-stale") if is_first else self._html.classes("pl-stale")
        self._html.set_content(self._html.content or _WAIT)
        self._session.work(lambda: self._forecast(plan, request))

    async def _forecast(self, plan: Plan, request: int) -> None:
        try:
            result = await FORECASTS.quick(plan)
        except EndplateError as error:
            html = f"<p>{escape(str(error))}</p>"
        else:
            html = _outlook(result)
        if request == self._request:
            self._html.classes(remove="pl-stale").set_content(html)


_WAIT = '<p class="quiet">The forecast is being made.</p>'


def _outlook(result: Result) -> str:
    parts = []
    for area in result.indications:
        rows = "".join(
            f"<div><dt>{escape(time.name)}</dt><dd><b>{escape(time.median)}</b>, "
            f"9 of 10: {escape(time.range)}</dd></div>"
            for time in event_times(result, area)
        )
        told = (course_sentence(result, area), counted_sentence(result.timing_of(area)))
        sentence = escape(" ".join(filter(None, told)))
        parts.append(f"<h3>{escape(word('indication', area))}</h3><p>{sentence}</p><dl>{rows}</dl>")
    note = 'The middle person first <span class="tag">model</span>'
    return f'{"".join(parts)}<p class="quiet">{note}</p>'


MAX_MARK_ERROR = 0.05  # a dose further from its nearest mark than this is marked


class DrawingUpCard:
    """How the open plan is drawn up: dilution, vials, and doses in marks of a syringe."""

    def __init__(self, session: Session) -> None:
        self._session = session
        sizes: dict[float, str] = {0.0: "As fits best"}
        sizes |= {s.size_ml: f"{s.size_ml:g} mL, mark every {s.mark_ml:g} mL" for s in syringes()}
        with card("Drawing up", "pl-drawing-up"):
            self._size = ui.select(sizes, value=0.0, label="Syringe").props("outlined dense")
            self._size.on_value_change(lambda _: self.refresh())
            self._html = ui.html("", sanitize=False)

    def refresh(self) -> None:
        """Show the open plan."""
        plan = self._session.workspace.plan
        if plan is None:
            self._html.set_content('<p class="quiet">Shown once the plan has no faults.</p>')
            return
        self._html.set_content(self._sheet(plan))

    def _sheet(self, plan: Plan) -> str:
        try:
            sheet = preparation_sheet(plan, self._size.value or None)
        except EndplateError as error:
            return f"<p>{escape(str(error))}</p>"
        return _drawing_up(sheet)


def _drawing_up(sheet: PreparationSheet) -> str:
    vials = "vial" if sheet.vials == 1 else "vials"
    largest = max(sheet.draws, key=lambda draw: draw.drawn_ml)
    rows = "".join(map(_draw_row, sheet.draws))
    return (
        f"<p><b>{number(sheet.dose_per_tenth_ml_u, 3)} U in 0.1 mL</b>. "
        f"{number(sheet.dose_u, 3)} U in {number(sheet.volume_ml, 3)} mL from {sheet.vials} "
        f"{vials}; {number(sheet.left_u, 3)} U are left over.</p>"
        f"{syringe(sheet.syringe.size_ml, sheet.syringe.mark_ml, largest.drawn_ml)}"
        f'<p class="quiet">One injection of {number(largest.dose_u, 3)} U: '
        f"{number(largest.drawn_ml, 3)} mL, {largest.marks} marks of a "
        f"{number(sheet.syringe.size_ml, 3)} mL syringe.</p>"
        f'<table class="pl-draws"><thead><tr><th>Muscle</th><th class="n">Sites</th>'
        f'<th class="n">Each</th><th class="n">mL</th><th class="n">Marks</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{_storage(sheet)}"
    )


def _draw_row(draw: Draw) -> str:
    is_off = abs(draw.drawn_u - draw.dose_u) > MAX_MARK_ERROR * draw.dose_u
    mark = f' <span class="unverified">gives {number(draw.drawn_u, 3)} U</span>' if is_off else ""
    return (
        f"<tr><td>{escape(muscle_name(draw.muscle, draw.side))}</td>"
        f'<td class="n">{draw.count}</td><td class="n">{number(draw.dose_u, 3)} U</td>'
        f'<td class="n">{number(draw.volume_ml, 3)}</td><td class="n">{draw.marks}{mark}</td></tr>'
    )


def _storage(sheet: PreparationSheet) -> str:
    storage = sheet.storage
    if storage is None:
        return '<p class="quiet">How long the content may be stored is not known here.</p>'
    within = (
        "no time is given" if storage.use_within_h is None else f"{storage.use_within_h:g} hours"
    )
    unsure = "" if storage.verified else ' <span class="unverified">not verified</span>'
    return (
        f'<p class="quiet">Use within {within}; {escape(storage.store)}. '
        f"{escape(link(storage.source).words)}, {escape(storage.locator)}{unsure}</p>"
    )
