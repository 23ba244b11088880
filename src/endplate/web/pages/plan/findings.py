"""The card of the label check: findings, their sources, and reasons that set a stop aside."""

from html import escape
from typing import Any

from nicegui import ui

from endplate.safety import check
from endplate.views.finding import FindingRow, counts, finding_rows
from endplate.views.source import Link
from endplate.views.words import word
from endplate.web.desk.fields import value_at, with_value
from endplate.web.pages.plan.form import card
from endplate.web.place import Place


class FindingsCard:
    """What the label says of the open plan, live."""

    def __init__(self, place: Place) -> None:
        self._place = place
        with card("Check against the label", "pl-findings"):
            self._head = ui.html("", sanitize=False).props('aria-live="polite"')
            self._list = ui.html("", sanitize=False)
            self._aside = ui.element("div").classes("pl-aside")
        self._stops: Any = None

    def refresh(self) -> None:
        """Check the open draft."""
        self.show(self._place.desk.draft)
        self._build_aside()

    def show(self, draft: Any) -> None:
        """Show what a draft would be told, one that is still being dragged too."""
        if draft.plan is None:
            items = "".join(f"<li>{escape(fault)}</li>" for fault in draft.faults)
            self._head.set_content('<p class="stopline"><b class="stop">Not a plan yet</b></p>')
            self._list.set_content(f'<ul class="pl-faults">{items}</ul>')
            return
        told = check(draft.plan).findings
        self._head.set_content(_badges(told))
        self._list.set_content("".join(map(_row, finding_rows(told))) or _CLEAR)

    def _build_aside(self) -> None:
        plan = self._place.desk.plan
        stops = [f for f in check(plan).findings if f.level == "stop"] if plan else []
        said = [(f.rule, f.title, f.override, str(f.value)) for f in stops]
        if said == self._stops:
            return
        self._stops = said
        self._aside.clear()
        with self._aside:
            for rule, title, reason, about in said:
                several = sum(one[0] == rule for one in said) > 1
                self._reason_field(rule, title, reason, about if several else None)

    def _reason_field(self, rule: str, title: str, reason: str, about: str | None) -> None:
        label = f"Reason why this stop does not hold here: {title}"
        field = ui.input(label, value=reason).props("outlined dense")
        field.on("change", lambda: self._set_aside(rule, about, field.value or ""))

    def _set_aside(self, rule: str, about: str | None, reason: str) -> None:
        desk = self._place.desk
        rows = [
            row
            for row in value_at(desk.draft, "override") or []
            if (row.get("rule"), row.get("about")) != (rule, about)
        ]
        if reason:
            rows.append({"rule": rule, "reason": reason, **({"about": about} if about else {})})
        desk.put(with_value(desk.draft, "override", rows or None))


_CLEAR = "<p>The label facts at hand say nothing against this plan.</p>"


def _badges(told: Any) -> str:
    found = [
        f'<span class="badge {level}">{count} {escape(name.lower())}</span>'
        for level, name, count in counts(told)
    ]
    return f'<p class="badges">{"".join(found) or "no findings"}</p>'


def _row(row: FindingRow) -> str:
    """One finding, folded: title first; reason, figures and source on a click."""
    figures = [("In the plan", row.value), ("Limit", row.limit), ("Set aside", row.override)]
    told = "".join(f"<div><dt>{k}</dt><dd>{escape(v)}</dd></div>" for k, v in figures if v)
    where = f", {escape(row.locator)}" if row.locator else ""
    unsure = "" if row.verified else ' <span class="unverified">not verified</span>'
    return (
        f'<details class="pl-finding {row.level}"><summary>'
        f'<span class="badge {row.level}">{escape(word("level", row.level))}</span> '
        f"{escape(row.title)}</summary><p>{escape(row.reason)}</p><dl>{told}</dl>"
        f'<p class="quiet">{_link(row.source)}{where}{unsure}</p></details>'
    )


def _link(source: Link) -> str:
    if not source.url:
        return escape(source.words)
    address = escape(source.url)
    return f'<a href="{address}" rel="noreferrer" target="_blank">{escape(source.words)}</a>'
