"""Findings as CDS Hooks cards; no card suggests a dose, or anything else to be done."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from endplate.case import PreviousTreatment
from endplate.facts.sources import source
from endplate.safety import LEVELS, Finding
from endplate.views.source import link

MAX_SUMMARY = 139  # the specification asks for less than 140 characters
MAX_DETAIL = 4000
INDICATORS = {"stop": "critical", "caution": "warning", "unknown": "info", "note": "info"}
RECORD_SOURCE = {"label": "endplate: the label's rules on this record"}
SYSTEM = "urn:endplate:override-reason"
OVERRIDE_REASONS = [
    {
        "code": "benefit-outweighs",
        "system": SYSTEM,
        "display": "Benefit outweighs it; reason noted",
    },
    {"code": "record-outdated", "system": SYSTEM, "display": "The record is out of date"},
    {"code": "does-not-apply", "system": SYSTEM, "display": "Does not apply here; reason noted"},
]

NOT_STATED = "not stated"
NOT_SENT = "The request has no data on this, so the label's rules about it were not applied."

Card = dict[str, Any]


def cards(findings: Iterable[Finding], instance: str, about: str = "") -> list[Card]:
    """Cards of findings, worst first; what is unknown by one rule shares a card.

    `instance` makes the cards' identifiers those of this call and no other.
    """
    ordered = sorted(grouped(findings), key=lambda finding: -LEVELS.index(finding.level))
    return [_card(finding, instance, about) for finding in dict.fromkeys(ordered)]


def grouped(findings: Iterable[Finding]) -> list[Finding]:
    """Findings, with the unknown ones of one rule joined: a long record must not bury a stop."""
    known: list[Finding] = []
    unknown: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.level == "unknown":
            not_stated = finding.missing.startswith("patient.") and finding.title.endswith(
                NOT_STATED
            )
            unknown.setdefault("record" if not_stated else finding.rule, []).append(
                replace(finding, rule="record", reason=NOT_SENT) if not_stated else finding
            )
        else:
            known.append(finding)
    return known + [_joined(rule, group) for rule, group in unknown.items()]


def _joined(rule: str, findings: Sequence[Finding]) -> Finding:
    if len(findings) == 1:
        return findings[0]
    titles = [finding.title for finding in findings]
    if all(finding.reason == NOT_SENT for finding in findings):
        names = ", ".join(title.removesuffix(NOT_STATED).strip().lower() for title in titles)
        return replace(findings[0], title=f"Not known from the record: {names}", reason=NOT_SENT)
    reasons = " ".join(f"{finding.title}: {finding.reason}" for finding in findings)
    title = f"{rule.replace('_', ' ').capitalize()}: {len(findings)} things could not be checked"
    return replace(findings[0], title=title, reason=reasons)


def _card(finding: Finding, instance: str, about: str) -> Card:
    # What an order leaves open is a warning: silence about it could be taken for consent.
    is_warning = finding.level == "unknown" and finding.rule == "order"
    name = f"{instance}:{about}:{finding.rule}:{finding.title}:{finding.value}"
    card: Card = {
        "uuid": str(uuid5(NAMESPACE_URL, name)),
        "summary": _cut(f"{about}: {finding.title}" if about else finding.title, MAX_SUMMARY),
        "detail": _detail(finding),
        "indicator": "warning" if is_warning else INDICATORS[finding.level],
        "source": _source(finding),
    }
    if finding.level == "stop":
        card["overrideReasons"] = OVERRIDE_REASONS
    return card


def _detail(finding: Finding) -> str:
    lines = [f"**{escaped(finding.level.capitalize())}.** {escaped(finding.reason)}"]
    if finding.value is not None:
        unit = f" {finding.unit}" if finding.unit else ""
        limit = "" if finding.limit is None else f"; the source says {_number(finding.limit)}{unit}"
        lines.append(escaped(f"Here: {_number(finding.value)}{unit}{limit}."))
    if finding.source:
        where = f", {finding.locator}" if finding.locator else ""
        mark = "verified" if finding.verified else "unverified: no second source seen"
        lines.append(escaped(f"Source: {source(finding.source).title}{where} ({mark})."))
    if finding.override:
        lines.append(escaped(f"Set aside: {finding.override}"))
    return _cut("\n\n".join(lines), MAX_DETAIL)


def _number(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, float | int) else value.replace("_", " ")


def _source(finding: Finding) -> dict[str, str]:
    if not finding.source:
        return dict(RECORD_SOURCE)
    reference = link(finding.source)
    return {"label": reference.words} | ({"url": reference.url} if reference.url else {})


def last_toxin(earlier: PreviousTreatment, days: int, instance: str) -> Card:
    """Card on the last toxin treatment that the record knows of."""
    use = f" for {earlier.indication.replace('_', ' ')}" if earlier.indication else ""
    dose = f" {earlier.dose_u:g} U of" if earlier.dose_u is not None else ""
    reason = f"The record has{dose} {earlier.product}{use} on {earlier.date}, {days} days ago."
    title = f"Last botulinum toxin {days} days ago: {earlier.product}"
    finding = Finding("last_toxin", "note", title, reason)
    return _card(finding, instance, "") | {"source": {"label": "The patient's record"}}


def plain_card(title: str, reason: str, instance: str) -> Card:
    """Card of one sentence for information."""
    return _card(Finding("order", "note", title, reason), instance, "")


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def escaped(text: str) -> str:
    """Text whose characters mean nothing to Markdown: the record's words are not ours."""
    return re.sub(r"([\\`*_{}\[\]()<>#|!~])", r"\\\1", " ".join(text.split()))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 3].rstrip() + "..."
