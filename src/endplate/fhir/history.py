"""Earlier toxin of a record: every dose given counts, once; what was only ordered does not."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from endplate.case import PreviousTreatment
from endplate.fhir.concept import is_toxin, name_of, texts, words_of
from endplate.fhir.quantity import units_of
from endplate.fhir.resources import Resources, concept_of_medicine, day_of, reasons_of

# What a status says was given, wholly or in part; a request only where it was carried out.
NOT_GIVEN = {
    "MedicationAdministration": {"not-done", "entered-in-error"},
    "MedicationStatement": {"not-taken", "entered-in-error", "intended"},
}
CARRIED_OUT = {"completed"}
# A carried-out order and what was given within so many days of it are one treatment.
ORDER_DAYS = 42


@dataclass(frozen=True)
class Given:
    """One entry of a record that tells of toxin given."""

    kind: str
    day: date
    product: str
    use: str | None
    dose_u: float | None


def previous_treatments(
    resources: Resources, today: date, unread: list[str], notes: list[str]
) -> tuple[PreviousTreatment, ...] | None:
    """Earlier treatments, by day, product and use; None where they were not looked up.

    Rows of one day are parts of one session and add up. What an administration and a statement
    tell of the same day is one treatment, of which the larger dose counts.
    """
    given = [
        one
        for kind in (*NOT_GIVEN, "MedicationRequest")
        for resource in resources.of(kind)
        for one in _given(resource, kind, resources, today, unread, notes)
    ]
    administered = _sessions(one for one in given if one.kind == "MedicationAdministration")
    stated = _sessions(one for one in given if one.kind == "MedicationStatement")
    ordered = _sessions(one for one in given if one.kind == "MedicationRequest")
    sessions = _joined(_joined(administered, stated, 0, notes), ordered, ORDER_DAYS, notes)
    if not sessions and not set(NOT_GIVEN) & resources.searched:
        return None
    treatments = [_treatment(one, dose_u) for one, doses_u in sessions for dose_u in doses_u]
    return tuple(sorted(treatments, key=lambda treatment: treatment.date))


def _treatment(session: Given, dose_u: float | None) -> PreviousTreatment:
    return PreviousTreatment(session.day, session.product, session.use, dose_u)


# A session and its doses: their sum, and None beside it where one of them is not known.
_Sessions = list[tuple[Given, tuple[float | None, ...]]]


def _sessions(given: Iterable[Given]) -> _Sessions:
    groups: dict[tuple[date, str, str | None], list[Given]] = {}
    for one in given:
        groups.setdefault((one.day, one.product, one.use), []).append(one)
    found = []
    for rows in groups.values():
        known = [row.dose_u for row in rows if row.dose_u is not None]
        doses_u = (*([sum(known)] if known else []), *([None] if len(known) < len(rows) else []))
        found.append((rows[0], doses_u))
    return found


def _joined(first: _Sessions, second: _Sessions, days: int, notes: list[str]) -> _Sessions:
    """Sessions of two kinds of entries; one that both tell of is one, with the larger dose."""
    result = list(first)
    taken: set[int] = set()
    for one, doses_u in second:
        at = next(
            (n for n, (other, _) in enumerate(first) if n not in taken and _same(other, one, days)),
            None,
        )
        if at is None:
            result.append((one, doses_u))
            continue
        taken.add(at)
        other, known_u = result[at]
        both = [dose for dose in (*known_u, *doses_u) if dose is not None]
        if len(set(both)) > 1:
            notes.append(
                f"{other.product} of {other.day}: the record has {min(both):g} and {max(both):g} "
                "U in two places; the larger dose counts."
            )
        larger: tuple[float | None, ...] = (max(both),) if both else (None,)
        result[at] = (replace(other, use=other.use or one.use), larger)
    return result


def _same(given: Given, other: Given, days: int) -> bool:
    is_near = timedelta(0) <= given.day - other.day <= timedelta(days=days)
    same_use = None in (given.use, other.use) or given.use == other.use
    return is_near and given.product == other.product and same_use


def _given(
    resource: Any,
    kind: str,
    resources: Resources,
    today: date,
    unread: list[str],
    notes: list[str],
) -> list[Given]:
    concept = concept_of_medicine(resource, resources)
    display = getattr(resource.medicationReference, "display", None)
    names = [*texts(concept), *([display] if display else [])]
    products = words_of("product", concept, names)
    if not products and not is_toxin(names):
        # A medicine of an order or a statement without a name is told among the medicines.
        if not names and kind == "MedicationAdministration" and _was_given(resource, kind):
            unread.append(_nameless(resource, concept))
        return []
    shown = (names or products)[0][:80]
    if not _was_given(resource, kind):
        return []
    if kind not in NOT_GIVEN and resource.status not in CARRIED_OUT:
        _only_ordered(resource, shown, notes)
        return []
    day = _day_given(resource)
    if not products or day is None:
        what = "day" if products else "product"
        unread.append(f"Earlier botulinum toxin ({shown}): its {what} is not stated.")
        return []
    if day > today:
        unread.append(f"Botulinum toxin ({shown}) on {day}, after the day of this check.")
        return []
    if day == today:
        # A plan's earlier treatments are earlier: the dose counts, as given the day before.
        notes.append(f"{shown}, given on {day} itself, counts among the earlier treatments.")
        day -= timedelta(days=1)
    _of_many(resource, shown, day, unread)
    return [
        Given(kind, day, products[0], _use(resource, resources), dose_u)
        for dose_u in _doses_u(resource)
    ]


def _was_given(resource: Any, kind: str) -> bool:
    return resource.status not in NOT_GIVEN.get(kind, ())


def _nameless(resource: Any, concept: Any) -> str:
    """Sentence on a medicine given that nobody can tell from a toxin."""
    reference = getattr(resource.medicationReference, "reference", None)
    what = str(reference)[:60] if concept is None and reference else name_of(concept)
    day = _day_given(resource)
    when = f" on {day}" if day else ""
    return f"A medicine given{when} ({what}) has no name that was sent: it may be a toxin."


def _of_many(resource: Any, shown: str, day: date, unread: list[str]) -> None:
    """Say so where an entry tells of several treatments and of one day."""
    rows = getattr(resource, "dosage", None) or getattr(resource, "dosageInstruction", None)
    repeats = [
        getattr(row.timing, "repeat", None) for row in (rows if isinstance(rows, list) else ())
    ]
    is_repeated = any(one is not None and one.period and one.count != 1 for one in repeats)
    period = getattr(resource, "effectivePeriod", None)
    is_open = period is not None and day_of(period.end) is None and resource.status == "active"
    if is_repeated or is_open:
        unread.append(
            f"{shown} of {day} was given more than once: the days of the other treatments are not "
            "stated."
        )


def _only_ordered(resource: Any, shown: str, notes: list[str]) -> None:
    if resource.status in ("active", "on-hold", "unknown"):
        day = day_of(getattr(resource, "authoredOn", None))
        when = f" of {day}" if day else ""
        notes.append(f"An order of {shown}{when} is {resource.status}: it is no treatment given.")


def _day_given(resource: Any) -> date | None:
    period = getattr(resource, "effectivePeriod", None)
    moments = (
        getattr(resource, "effectiveDateTime", None),
        getattr(period, "end", None),
        getattr(period, "start", None),
        getattr(resource, "authoredOn", None),
    )
    return next((day for day in map(day_of, moments) if day is not None), None)


def _use(resource: Any, resources: Resources) -> str | None:
    """Use of a treatment, None where none or more than one is told."""
    uses = {
        word
        for concept, names in reasons_of(resource, resources)
        for word in words_of("indication", concept, names)
    }
    return uses.pop() if len(uses) == 1 else None


def _doses_u(resource: Any) -> list[float | None]:
    """Doses of an entry: of an administration one, of the rest one of each row of its dosage."""
    dosage = getattr(resource, "dosage", None) or getattr(resource, "dosageInstruction", None)
    if not isinstance(dosage, list):
        return [units_of(getattr(dosage, "dose", None))]
    return [_row_u(row) for row in dosage]


def _row_u(row: Any) -> float | None:
    """Dose of a row, the largest of several; None where one of them is not known."""
    doses_u = [units_of(rate.doseQuantity) for rate in row.doseAndRate or ()]
    known = [dose_u for dose_u in doses_u if dose_u is not None]
    return max(known) if known and len(known) == len(doses_u) else None
