"""FHIR resources of a request: what the prefetch and the context hold, read as FHIR R4."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

READ = (
    "AllergyIntolerance",
    "Condition",
    "MedicationAdministration",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Patient",
)
MOST_RESOURCES = 500


@dataclass
class Resources:
    """Resources by type; `asked` are the types that were looked up, with or without a hit.

    `unread` says in sentences what could not be read.
    """

    found: dict[str, list[Any]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Any]:
        """Resources of one type."""
        return self.found.get(kind, [])

    def add(self, raw: Any, where: str) -> None:
        """Read a resource, or every resource of a bundle."""
        for one in _flat(raw):
            kind = one.get("resourceType")
            if kind not in READ:
                continue
            if sum(map(len, self.found.values())) >= MOST_RESOURCES:
                told = f"More than {MOST_RESOURCES} resources were sent; the rest was not read."
                self.unread += [] if told in self.unread else [told]
                return
            self.asked.add(kind)
            try:
                self.found.setdefault(kind, []).append(_class(kind).model_validate(one))
            except (ValidationError, ValueError, TypeError, RecursionError) as fault:
                self.unread.append(f"{kind} in {where} cannot be read as FHIR R4: {_words(fault)}.")


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


def _words(fault: Exception) -> str:
    if isinstance(fault, ValidationError):
        first = fault.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])[:80]
        return f"{place}: {first['msg'][:120]}"
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
    wanted = getattr(resource.medicationReference, "reference", None) or ""
    for inner in resource.contained or ():
        if f"#{getattr(inner, 'id', '')}" == wanted and getattr(inner, "code", None) is not None:
            return inner.code
    return None


def medicine_names(resource: Any, texts: Any) -> list[str]:
    """What a medicine is called, with the words of a reference that leads elsewhere."""
    display = getattr(resource.medicationReference, "display", None)
    return [*texts(medicine_of(resource)), *([display] if display else [])]
