"""Findings as CDS Hooks cards, one a theme; no card suggests a dose, or anything to be done."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from endplate.case import PreviousTreatment
from endplate.facts.label import label_rules
from endplate.facts.sources import source
from endplate.safety import Finding
from endplate.views.source import link

MAX_CARDS = 5  # more of them are closed unread
MAX_SUMMARY = 139  # the specification asks for less than 140 characters
MAX_DETAIL = 4000
INDICATORS = ("critical", "warning", "info")
_BY_LEVEL = {"stop": "critical", "caution": "warning", "unknown": "info", "note": "info"}
RECORD_SOURCE = {"label": "endplate: the label's rules on this record"}
PATIENT_SOURCE = {"label": "The patient's record"}
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
LISTS = {"conditions", "allergies", "medications"}
# Without one of these nothing can be said to be clear.
_NEEDED = {*LISTS, "previous_treatments", "labelled"}
# Themes in the order in which they stand among cards of one severity, with their rules.
THEMES: dict[str, set[str]] = {
    "clear": {"clear"},
    "allergies": {"allergies"},
    "person": {"conditions", "age", "contradictions"},
    "dose": {
        "dose_area", "dose_start", "dose_studied", "dose_site", "dose_muscle", "muscle_sites",
        "muscle_named", "dose_per_kg", "weight_band", "weight_least", "session_cap", "side_cap",
        "muscle_cap", "site_cap", "cumulative_dose", "repeat_dose", "look_alike_dose",
        "vial_strength", "trial_dose", "dose_least",
    },
    "earlier": {
        "previous_treatments", "retreatment_interval", "repeat_interval", "other_toxin",
        "previous_reaction", "last_toxin", "recent_dose",
    },
    "medicines": {"medications"},
    "unread": {"order", "record"},
    "use": set(),  # whatever no other theme names
    "sites": {
        "placement", "site_count", "site_spacing", "site_in_muscle", "corrugator_height",
        "brow_clearance", "canthal_distance", "orbital_rim", "forehead_height", "trigone",
        "eye_or_hair", "untargeted_muscle", "side_difference", "outer_brow",
        "site_volume", "reconstitution", "vials", "dilution",
    },
    "unstated": {"unstated"},
    "notes": {"record_notes"},
}  # fmt: skip
_LABEL_TEXTS = ("label", "label_copy", "manufacturer")  # kinds of source, the nearest first
_FURTHER = "further"  # of several themes, where there would be too many cards
_OF_RECORD = {"unread", "unstated", "notes"}

Card = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """A finding, and the product and uses of the order it is about, if of one."""

    finding: Finding
    product: str = ""
    uses: tuple[str, ...] = ()


@dataclass
class _Group:
    theme: str
    said: list[Said] = field(default_factory=list)

    @property
    def rank(self) -> int:
        """Place of its indicator, 0 for the most serious."""
        return min(INDICATORS.index(_indicator(one.finding)) for one in self.said)


def cards(said: Iterable[Said], instance: str, region: str) -> list[Card]:
    """Cards of findings, one a theme, the most serious first, at most five.

    `instance` makes the cards' identifiers those of this call and no other.
    """
    groups: dict[str, _Group] = {}
    for one in dict.fromkeys(said):
        theme = theme_of(one.finding)
        groups.setdefault(theme, _Group(theme)).said.append(one)
    ordered = sorted(
        groups.values(), key=lambda group: (group.rank, list(THEMES).index(group.theme))
    )
    while len(ordered) > MAX_CARDS:
        ordered = _with_one_less(ordered)
    several = len({one.product for group in ordered for one in group.said if one.product}) > 1
    return [_card(group, instance, region, several) for group in ordered]


def _with_one_less(ordered: list[_Group]) -> list[_Group]:
    """Groups with the last two of one severity joined: of the least serious that has two."""
    for rank in range(len(INDICATORS) - 1, -1, -1):
        alike = [group for group in ordered if group.rank == rank]
        if len(alike) > 1:
            first, last = alike[-2:]
            joined = _Group(_FURTHER, [*_ordered(first.said), *_ordered(last.said)])
            return [joined if group is first else group for group in ordered if group is not last]
    return ordered


def theme_of(finding: Finding) -> str:
    """What a finding is about; an entry that was not understood is its own theme."""
    if finding.level == "unknown" and _is_missing_list(finding):
        return "unstated"
    if is_unread(finding):
        return "unread"
    return next((theme for theme, rules in THEMES.items() if finding.rule in rules), "use")


def _is_missing_list(finding: Finding) -> bool:
    return finding.missing.startswith("patient.") and finding.title.endswith(NOT_STATED)


def is_unread(finding: Finding) -> bool:
    """Whether a finding says that an entry of the order or the record was not understood."""
    return finding.level == "unknown" and (
        finding.rule in THEMES["unread"]
        or (finding.rule in LISTS and not _is_missing_list(finding))
    )


def bars_clear(finding: Finding) -> bool:
    """Whether a finding bars the words no stop and no caution: not all of the record was read."""
    missing = finding.level == "unknown" and finding.rule in _NEEDED
    return finding.level in ("stop", "caution") or is_unread(finding) or missing


def _indicator(finding: Finding) -> str:
    # What was not understood is a warning: silence about it could be taken for consent.
    return "warning" if is_unread(finding) else _BY_LEVEL[finding.level]


def _ordered(said: Iterable[Said]) -> list[Said]:
    return sorted(said, key=lambda one: INDICATORS.index(_indicator(one.finding)))


def _card(group: _Group, instance: str, region: str, several: bool) -> Card:
    said = group.said if group.theme == _FURTHER else _ordered(group.said)
    summary = _summary(group.theme, said, several)
    name = f"{instance}:{group.theme}:" + "|".join(
        f"{one.product}:{one.finding.title}:{one.finding.value}" for one in said
    )
    indicator = INDICATORS[group.rank]
    card: Card = {
        "uuid": str(uuid5(NAMESPACE_URL, name)),
        "summary": _cut(summary, MAX_SUMMARY),
        "detail": _details(said, several),
        "indicator": indicator,
        "source": _source(group.theme, said, region),
    }
    if indicator == "critical":
        card["overrideReasons"] = OVERRIDE_REASONS
    return card


def _summary(theme: str, said: Sequence[Said], several: bool) -> str:
    if theme == "unstated":
        names = [one.finding.title.removesuffix(NOT_STATED).strip().lower() for one in said]
        if len(said) > 1:
            return f"Not known from the record: {', '.join(dict.fromkeys(names))}"
    titles = [one.finding.title for one in said]
    if theme == "unread":
        named = [title.partition(": ")[2] or title for title in titles]
        entries = [name for name, one in zip(named, said, strict=True) if one.finding.rule in LISTS]
        other = [t for t, one in zip(titles, said, strict=True) if one.finding.rule not in LISTS]
        titles = [
            *([f"Not understood, not checked: {', '.join(entries)}"] if entries else []),
            *other,
        ]
    product = "" if several or theme in _OF_RECORD else said[0].product
    words = "; ".join(dict.fromkeys(titles))
    if theme == _FURTHER:
        words = f"Further: {words}"
    return f"{product}: {words}" if product else words


def _details(said: Sequence[Said], several: bool) -> str:
    parts: list[str] = []
    length = 0
    for n, one in enumerate(said):
        text = _detail(one, several)
        length += len(text) + 2
        if parts and length > MAX_DETAIL - 40:
            parts.append(f"And {len(said) - n} more, less serious.")
            break
        parts.append(text)
    return _cut("\n\n".join(parts), MAX_DETAIL)


def _detail(one: Said, several: bool) -> str:
    finding = one.finding
    about = f"{one.product}: " if several and one.product else ""
    reason = NOT_SENT if theme_of(finding) == "unstated" else finding.reason
    title = escaped(f"{about}{finding.title}")
    lines = [f"**{escaped(finding.level.capitalize())}. {title}.** {escaped(reason)}"]
    if finding.value is not None:
        unit = f" {finding.unit}" if finding.unit else ""
        limit = "" if finding.limit is None else f"; the source says {_number(finding.limit)}{unit}"
        lines.append(escaped(f"Here: {_number(finding.value)}{unit}{limit}."))
    if finding.source:
        where = f", {finding.locator}" if finding.locator else ""
        mark = " [verified]" if finding.verified else " [not verified]"
        lines.append(escaped(f"Source: {source(finding.source).title}{where}{mark}."))
    if finding.override:
        lines.append(escaped(f"Set aside: {finding.override}"))
    return "\n\n".join(lines)


def _number(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, float | int) else value.replace("_", " ")


def _source(theme: str, said: Sequence[Said], region: str) -> dict[str, str]:
    """Label of the product and use ordered; what the record says has the record for its source."""
    if theme in _OF_RECORD:
        return dict(RECORD_SOURCE)
    if all(one.finding.rule == "last_toxin" for one in said):
        return dict(PATIENT_SOURCE)
    own = [one.finding.source for one in said if one.finding.source]
    first = next((one for one in said if one.product), None)
    labels = _label_sources(first.product, first.uses, region) if first else []
    key = next((key for key in own if key in labels), next(iter([*labels, *own]), ""))
    if not key:
        return dict(RECORD_SOURCE)
    reference = link(key)
    return {"label": reference.words} | ({"url": reference.url} if reference.url else {})


def _label_sources(product: str, uses: Sequence[str], region: str) -> list[str]:
    """Texts of a product's label, those on the uses alone where there are any; the best first."""
    rows = [row for row in label_rules(product, region) if row.product == product]
    own = [row for row in rows if row.indication in uses] or rows
    ranks: dict[str, tuple[bool, int]] = {}
    for row in own:
        for key in filter(None, (part.strip() for part in row.source.split(";"))):
            kind = source(key).kind
            if kind in _LABEL_TEXTS:
                rank = (not row.verified, _LABEL_TEXTS.index(kind))
                ranks[key] = min(rank, ranks.get(key, rank))
    return sorted(ranks, key=lambda key: (ranks[key], key))


def last_toxin(earlier: PreviousTreatment, days: int) -> Finding:
    """Note on the last toxin treatment that the record knows of."""
    use = f" for {earlier.indication.replace('_', ' ')}" if earlier.indication else ""
    dose = f" {earlier.dose_u:g} U of" if earlier.dose_u is not None else ""
    reason = f"The record has{dose} {earlier.product}{use} on {earlier.date}, {days} days ago."
    title = f"Last botulinum toxin {days} days ago: {earlier.product}"
    return Finding("last_toxin", "note", title, reason)


def clear() -> Finding:
    """Note that nothing speaks against an order, as far as it could be checked."""
    title = "no stop and no caution from what could be checked"
    return Finding("clear", "note", title, "What could not be checked is on the other cards.")


def without_uses(findings: Iterable[Finding]) -> list[Said]:
    """Findings that are about no order."""
    return [Said(finding) for finding in findings]


def of_order(findings: Iterable[Finding], product: str, uses: Iterable[str]) -> list[Said]:
    """Findings about an order."""
    return [Said(finding, product, tuple(uses)) for finding in findings]


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
