"""FHIR R4 resources of a record: read from bundles, found by type and by reference."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

RESOURCE_TYPES = (
    "AllergyIntolerance",
    "Condition",
    "Medication",
    "MedicationAdministration",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Patient",
)
MAX_RESOURCES = 500
MAX_DEPTH = 5


@dataclass
class Resources:
    """Resources by type; `searched` are the types that were looked up, with or without a match.

    `unread` says in sentences what could not be read; `index` finds a resource by its address or
    by type and id, in all that share it.
    """

    by_type: dict[str, list[Any]] = field(default_factory=dict)
    searched: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)
    index: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: str) -> list[Any]:
        """Resources of one type."""
        return self.by_type.get(kind, [])

    def add(self, raw: Any, where: str) -> None:
        """Read a resource, or every resource of a bundle and of the bundles in it."""
        self._part_of_more(raw, where)
        for address, resource in _flat(raw):
            kind = resource.get("resourceType")
            if kind == "OperationOutcome" and failed(resource):
                self._tell(f"{where} holds an error in place of what was looked up.")
            if kind not in RESOURCE_TYPES:
                continue
            if sum(map(len, self.by_type.values())) >= MAX_RESOURCES:
                self._tell(f"More than {MAX_RESOURCES} resources were sent; the rest was not read.")
                return
            self.searched.add(kind)
            try:
                read = _class(kind).model_validate(resource)
            except (ValidationError, ValueError, TypeError, RecursionError) as fault:
                self._tell(f"{kind} in {where} cannot be read as FHIR R4: {_reason(fault)}.")
                continue
            self._keep(kind, read, address)

    def _keep(self, kind: str, read: Any, address: str) -> None:
        own = self.by_type.setdefault(kind, [])
        # Two searches may find one resource; its like without an id is another one.
        if read.id and any(other.id == read.id and other == read for other in own):
            return
        own.append(read)
        for key in (address, f"{kind}/{read.id}" if read.id else ""):
            if key and self.index.setdefault(key, read) != read and kind == "Medication":
                self._tell(f"Two medicines are both {key}; the first was taken for both.")

    def _part_of_more(self, raw: Any, where: str) -> None:
        """Say so where a bundle is one page of several; of measurements the latest will do."""
        if not isinstance(raw, Mapping) or raw.get("resourceType") != "Bundle":
            return
        relations = [link.get("relation") for link in _mappings(raw.get("link"))]
        kinds = [resource.get("resourceType") for _, resource in _flat(raw)]
        entries = _mappings(raw.get("entry"))
        found = [entry for entry in entries if not _is_beside(entry)]
        total = raw.get("total")
        is_short = isinstance(total, int) and total > len(found)
        if kinds and all(kind == "Observation" for kind in kinds):
            return
        if "next" in relations or is_short:
            of = f" of {total}" if is_short else ""
            self._tell(f"{where} is one page of several: {len(entries)}{of} entries were sent.")

    def _tell(self, sentence: str) -> None:
        if sentence not in self.unread:
            self.unread.append(sentence)

    def resolve(self, reference: Any, owner: Any) -> Any:
        """Resource that a reference names, contained in its owner or sent; None if neither."""
        address = str(getattr(reference, "reference", None) or "")
        if address.startswith("#"):
            for inner in getattr(owner, "contained", None) or ():
                if f"#{getattr(inner, 'id', None)}" == address:
                    return inner
            return None
        short = address.partition("/_history/")[0]
        return self.index.get(address) or self.index.get("/".join(short.split("/")[-2:]))


def _is_beside(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a search came along and is no match, so that no total counts it."""
    search = entry.get("search")
    return isinstance(search, Mapping) and search.get("mode") in ("include", "outcome")


def failed(raw: Any) -> bool:
    """Whether an OperationOutcome tells of an error."""
    return any(issue.get("severity") in ("error", "fatal") for issue in _mappings(raw.get("issue")))


def _mappings(values: Any) -> list[Mapping[str, Any]]:
    """Objects of a list; nothing of what is no list."""
    found = values if isinstance(values, list) else ()
    return [value for value in found if isinstance(value, Mapping)]


def has_failed(raw: Any) -> bool:
    """Whether a bundle holds nothing but word of an error."""
    resources = [resource for _, resource in _flat(raw)]
    return bool(resources) and all(
        resource.get("resourceType") == "OperationOutcome" and failed(resource)
        for resource in resources
    )


def _flat(raw: Any, address: str = "", depth: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(raw, Mapping) or depth > MAX_DEPTH:
        return
    if raw.get("resourceType") != "Bundle":
        yield address, raw
        return
    for entry in _mappings(raw.get("entry")):
        yield from _flat(entry.get("resource"), str(entry.get("fullUrl") or ""), depth + 1)


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


def concept_of_medicine(resource: Any, resources: Resources) -> Any:
    """Concept of a medicine: its own, or that of the medication it refers to."""
    if resource.medicationCodeableConcept is not None:
        return resource.medicationCodeableConcept
    return getattr(resources.resolve(resource.medicationReference, resource), "code", None)


def reasons_of(resource: Any, resources: Resources) -> list[tuple[Any, list[str]]]:
    """Concepts of why a medicine is given, own or referred to, with a reference's display."""
    found: list[tuple[Any, list[str]]] = [
        (concept, []) for concept in getattr(resource, "reasonCode", None) or ()
    ]
    for reference in getattr(resource, "reasonReference", None) or ():
        concept = getattr(resources.resolve(reference, resource), "code", None)
        display = getattr(reference, "display", None)
        if concept is not None or display:
            found.append((concept, [display] if display else []))
        else:
            found.append((None, []))
    return found
