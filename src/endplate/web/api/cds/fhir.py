"""FHIR R4 resources of a request, and their concepts as words of a plan."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import ValidationError

from endplate.errors import FactMissing
from endplate.facts.atlas import blocks_of
from endplate.facts.table import text_rows
from endplate.facts.vocabulary import find_word

RESOURCE_TYPES = (
    "AllergyIntolerance",
    "Condition",
    "MedicationAdministration",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Patient",
)
MAX_RESOURCES = 500


@dataclass
class Resources:
    """Resources by type; `searched` are the types that were looked up, with or without a match.

    `unread` says in sentences what could not be read.
    """

    by_type: dict[str, list[Any]] = field(default_factory=dict)
    searched: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Any]:
        """Resources of one type."""
        return self.by_type.get(kind, [])

    def add(self, raw: Any, where: str) -> None:
        """Read a resource, or every resource of a bundle."""
        for resource in _flat(raw):
            kind = resource.get("resourceType")
            if kind not in RESOURCE_TYPES:
                continue
            if sum(map(len, self.by_type.values())) >= MAX_RESOURCES:
                sentence = f"More than {MAX_RESOURCES} resources were sent; the rest was not read."
                self.unread += [] if sentence in self.unread else [sentence]
                return
            self.searched.add(kind)
            try:
                self.by_type.setdefault(kind, []).append(_class(kind).model_validate(resource))
            except (ValidationError, ValueError, TypeError, RecursionError) as fault:
                self.unread.append(
                    f"{kind} in {where} cannot be read as FHIR R4: {_reason(fault)}."
                )


def _flat(raw: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(raw, Mapping):
        return
    if raw.get("resourceType") != "Bundle":
        yield raw
        return
    entries = raw.get("entry") or ()
    for entry in entries if isinstance(entries, list) else ():
        resource = entry.get("resource") if isinstance(entry, Mapping) else None
        if isinstance(resource, Mapping):
            yield resource


def _class(kind: str) -> Any:
    from fhir.resources.R4B import get_fhir_model_class

    return get_fhir_model_class(kind)


def _reason(fault: Exception) -> str:
    if isinstance(fault, ValidationError):
        first = fault.errors(include_input=False, include_url=False)[0]
        path = ".".join(str(step) for step in first["loc"])[:80]
        return f"{path}: {first['msg'][:120]}"
    return "its values do not fit"


def day_of(value: Any) -> date | None:
    """Day of a FHIR date or time, None where it is left out or names no day."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def codes_of(concept: Any) -> set[str]:
    """Codes of a status concept."""
    return {coding.code for coding in getattr(concept, "coding", None) or () if coding.code}


def medicine_of(resource: Any) -> Any:
    """Concept of a medicine: its own, or that of the medication it contains."""
    if resource.medicationCodeableConcept is not None:
        return resource.medicationCodeableConcept
    reference = getattr(resource.medicationReference, "reference", None) or ""
    for inner in resource.contained or ():
        if f"#{getattr(inner, 'id', '')}" == reference and getattr(inner, "code", None) is not None:
            return inner.code
    return None


def medicine_names(resource: Any) -> list[str]:
    """Names of a medicine, with the display of its reference."""
    display = getattr(resource.medicationReference, "display", None)
    return [*texts(medicine_of(resource)), *([display] if display else [])]


# Drug names stand inside longer ones, as in "aspirin 81 MG Oral Tablet"; diseases do not: a family
# history of a disease is not the disease.
SUBSTRING_KINDS = ("product", "medication", "allergy")
UNITS = {"u", "unit", "units", "unt", "[u]", "[iu]", "iu", "{unit}", "{units}", "[arb'u]"}
_SIDES = {"left": "left", "right": "right", "midline": "midline", "lt": "left", "rt": "right"}


def texts(concept: Any) -> list[str]:
    """What a concept is called, in its own words first."""
    if concept is None:
        return []
    names = [concept.text, *(coding.display for coding in concept.coding or ())]
    return [text.strip() for text in dict.fromkeys(names) if text and text.strip()]


def name_of(concept: Any) -> str:
    """Words to show for a concept."""
    codes = [coding.code for coding in getattr(concept, "coding", None) or () if coding.code]
    return next(iter(texts(concept) or codes), "without a name")[:120]


def word_of(kind: str, names: Sequence[str]) -> str | None:
    """Preferred word of a kind that one of the names means, None when none is known."""
    for name in names:
        for text in (name, re.sub(r"\s*\([^()]*\)\s*$", "", name)):
            word = find_word(kind, text)
            if word is not None:
                return word.preferred
    if kind in SUBSTRING_KINDS:
        return next(filter(None, (_word_inside(kind, name) for name in names)), None)
    return None


def is_toxin(names: Sequence[str]) -> bool:
    """Whether a medicine is a botulinum toxin, known by product or not."""
    return word_of("product", names) is not None or any("botulin" in n.lower() for n in names)


def muscle_and_side(names: Sequence[str]) -> tuple[str, str] | None:
    """Muscle and side that a body site means, None where one of them is not stated."""
    for name in names:
        tokens = _tokens(name)
        sides = {_SIDES[token] for token in tokens if token in _SIDES}
        rest = " ".join(token for token in tokens if token not in {*_SIDES, "muscle", "of", "the"})
        word = find_word("muscle", rest)
        if word is None or len(sides) > 1:
            continue
        side = next(iter(sides), _only_side(word.preferred))
        if side is not None:
            return word.preferred, side
    return None


def _only_side(muscle: str) -> str | None:
    try:
        return None if any(block.paired for block in blocks_of(muscle)) else "midline"
    except FactMissing:
        return None


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text[:200].lower())


@cache
def _phrases(kind: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Words of a kind as tuples of tokens, the longest first, with their preferred word."""
    rows = [
        (tuple(_tokens(row["word"].replace("_", " "))), row["preferred"])
        for row in text_rows("vocabulary")
        if row["kind"] == kind
    ]
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


def _word_inside(kind: str, name: str) -> str | None:
    tokens = _tokens(name)
    for phrase, preferred in _phrases(kind):
        size = len(phrase)
        if size and any(
            tuple(tokens[n : n + size]) == phrase for n in range(len(tokens) - size + 1)
        ):
            return preferred
    return None
