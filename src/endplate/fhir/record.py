"""The patient of a record: what can be read goes into a plan, what cannot is reported."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from endplate.case import Patient
from endplate.facts.codes import record_phrases
from endplate.facts.vocabulary import find_word
from endplate.facts.wording import has_phrase, match, words_within
from endplate.fhir.concept import (
    absent_allergy,
    coded,
    codes_of,
    is_toxin,
    name_of,
    rests_on_unverified_code,
    standing_of,
    texts,
    word_of,
    words_of,
)
from endplate.fhir.history import previous_treatments
from endplate.fhir.quantity import quantity_text, value_in
from endplate.fhir.resources import Resources, concept_of_medicine, day_of

WRONG = {"refuted", "entered-in-error"}
# A disease that is quiet may be there all the same, as myasthenia gravis in remission is.
QUIET, OVER = {"inactive", "remission"}, {"resolved"}
NOT_TAKEN = {
    "stopped",
    "cancelled",
    "entered-in-error",
    "not-taken",
    "draft",
    "not-done",
    "completed",
}
MEDICINES = ("MedicationRequest", "MedicationStatement")
# Body mass and height as a plan takes them, in the unit of the field's name.
RANGES = {"weight_kg": ("mass", 1.0, 500.0), "height_cm": ("length", 30.0, 260.0)}


@dataclass(frozen=True)
class Record:
    """A patient; `unread` says in sentences what could not be used, `notes` how the rest was."""

    patient: Patient
    unread: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass
class _Problems:
    """What the problem list says: diseases, and the allergies and medicines that stand there."""

    conditions: list[str] = field(default_factory=list)
    allergies: list[str] = field(default_factory=list)
    medications: list[str] = field(default_factory=list)


def record_of(resources: Resources, today: date) -> Record:
    """The patient of a record on a day."""
    unread: list[str] = list(resources.unread)
    notes: list[str] = []
    problems = _problems(resources, today, unread, notes)
    previous = previous_treatments(resources, today, unread, notes)
    measured = _measures(resources, unread)
    patient = Patient(
        age_y=_age_y(resources, today, unread),
        sex=_sex(resources),
        conditions=_listed("Condition", resources, [], problems.conditions, unread),
        medications=_listed(
            MEDICINES[0],
            resources,
            list(_medicines(resources, notes)),
            problems.medications,
            unread,
        ),
        allergies=_listed(
            "AllergyIntolerance",
            resources,
            list(_allergies(resources, unread, notes)),
            problems.allergies,
            unread,
        ),
        previous=previous,
        weight_kg=measured.get("weight_kg"),
        height_cm=measured.get("height_cm"),
    )
    return Record(patient, tuple(dict.fromkeys(unread)), tuple(dict.fromkeys(notes)))


def _listed(
    kind: str, resources: Resources, own: list[str], elsewhere: list[str], unread: list[str]
) -> tuple[str, ...] | None:
    """Words of a list, with those that another list names; None where neither was looked up."""
    kinds = MEDICINES if kind in MEDICINES else (kind,)
    if set(kinds) & resources.searched:
        return tuple(dict.fromkeys((*own, *elsewhere)))
    if elsewhere and kind != "Condition":
        what = {"AllergyIntolerance": "allergies"}.get(kind, "medicines")
        unread.append(f"No list of {what} was sent; only those of the problem list were checked.")
    return tuple(dict.fromkeys(elsewhere)) or None


def _age_y(resources: Resources, today: date, unread: list[str]) -> float | None:
    born = next((patient.birthDate for patient in resources.of("Patient")), None)
    if born is None:
        return None
    text = str(born)
    day = day_of(born) or day_of(f"{text[:4]}-07-01")
    if day is None or not 0 <= today.year - day.year <= 120:
        unread.append(f"The date of birth {text[:20]} gives no age that can be used.")
        return None
    return float(today.year - day.year - ((today.month, today.day) < (day.month, day.day)))


def _sex(resources: Resources) -> str | None:
    gender = next((patient.gender for patient in resources.of("Patient")), None)
    return word_of("sex", [gender]) if gender else None


def _measures(resources: Resources, unread: list[str]) -> dict[str, float]:
    """Latest body mass and height that can be read."""
    found: dict[str, tuple[date, float]] = {}
    for observation in resources.of("Observation"):
        if observation.status in ("entered-in-error", "cancelled"):
            continue
        day = _day_measured(observation) or date.min
        for part in (observation, *(observation.component or ())):
            for name in set(words_of("measure", part.code)) & set(RANGES):
                value = _measured(part, name, unread)
                if value is not None and (name not in found or day > found[name][0]):
                    found[name] = (day, value)
    return {name: value for name, (_, value) in found.items()}


def _measured(part: Any, name: str, unread: list[str]) -> float | None:
    """Value of an observation or of one of its components, in the unit of the field's name."""
    what, low, high = RANGES[name]
    label = name.partition("_")[0]
    quantity = getattr(part, "valueQuantity", None)
    if quantity is None or quantity.value is None:
        written = getattr(part, "valueString", None) or getattr(part, "valueInteger", None)
        if written is not None:
            unread.append(f"The {label} {str(written)[:40]!r} is no quantity with a unit.")
        return None
    value = value_in(quantity, what)
    if value is None:
        unread.append(f"The {label} {quantity_text(quantity)} is in no unit that can be read.")
    elif not low <= value <= high:
        unit = name.partition("_")[2]
        unread.append(
            f"The {label} {quantity_text(quantity)} is not from {low:g} to {high:g} {unit}."
        )
    else:
        return round(value, 4)
    return None


def _day_measured(observation: Any) -> date | None:
    period = getattr(observation, "effectivePeriod", None)
    return day_of(observation.effectiveDateTime) or day_of(getattr(period, "start", None))


def _status_of(resource: Any) -> set[str]:
    """Codes of the clinical status and the verification of an entry."""
    return codes_of(resource.clinicalStatus) | codes_of(resource.verificationStatus)


def _quiet(status: set[str]) -> str:
    return "in remission" if "remission" in status else "inactive"


def _has_abated(resource: Any, today: date) -> bool:
    moment = getattr(resource, "abatementDateTime", None)
    if moment is not None:
        # A year or a month alone compares by its text: "2025" is before "2026-11-22".
        return str(day_of(moment) or moment) <= today.isoformat()
    period = getattr(resource, "abatementPeriod", None)
    if period is not None:
        start = day_of(period.start) or day_of(period.end)
        return start is None or start <= today
    names = ("abatementAge", "abatementRange", "abatementString")
    return any(getattr(resource, name, None) is not None for name in names)


def _problems(resources: Resources, today: date, unread: list[str], notes: list[str]) -> _Problems:
    """Active entries of the problem list; a name not known stays, so that the check reports it."""
    found = _Problems()
    for resource in resources.of("Condition"):
        status = _status_of(resource)
        if status & WRONG:
            continue
        concept, name = resource.code, name_of(resource.code)
        words = words_of("condition", concept)
        if status & OVER or _has_abated(resource, today):
            continue
        if status & QUIET:
            if set(words) <= _passing():
                continue
            notes.append(f"{name} is {_quiet(status)} by the record and was counted.")
        # "Lactating mother" is the person, whatever "mother" means in other entries.
        named = any(find_word("condition", text) for text in texts(concept))
        standing = "" if named else standing_of(concept)
        parts = {word for text in texts(concept) for word in match("condition", text).words}
        if any(words_within("condition", text) for text in texts(concept)):
            # "COPD, history of intubation" is of the person and now, in its first part.
            standing = ""
        if standing == "family":
            notes.append(f"{name} is of the family and was not counted.")
        elif standing == "past" and {*words, *parts} <= _passing():
            notes.append(f"{name} is past and was not counted.")
        elif standing == "past" and not words:
            found.conditions += sorted(parts)
            counted = ", ".join(word.replace("_", " ") for word in sorted(parts))
            notes.append(f"{name} is past; of it {counted} was counted.")
        elif words:
            found.conditions += words
            if rests_on_unverified_code("condition", concept):
                notes.append(_by_code_alone(name, words))
        elif not _elsewhere(found, concept):
            _not_known(found, concept, unread)
    found.conditions += _pregnancy(resources)
    return found


def _by_code_alone(name: str, words: Sequence[str]) -> str:
    read = ", ".join(word.replace("_", " ") for word in words)
    return f"{name} was read by its code alone, as {read} [not verified]."


def _passing() -> set[str]:
    """Conditions that are over once they are past."""
    return {row.phrase for row in record_phrases("passing")}


def _elsewhere(found: _Problems, concept: Any) -> bool:
    """Whether an entry is an allergy or a medicine that a problem list names."""
    allergies = [row.word for row in coded("allergy", concept)]
    names = texts(concept)
    if not allergies and any(has_phrase("allergen", name) for name in names):
        allergies = list(words_of("allergy", concept))
    medicines = [row.word for row in coded("medication", concept)]
    if not allergies and not medicines:
        whole = (match("medication", name) for name in names)
        medicines = [word for one in whole if one.is_whole for word in one.words][:1]
    found.allergies += allergies
    found.medications += medicines
    return bool(allergies or medicines)


def _not_known(found: _Problems, concept: Any, unread: list[str]) -> None:
    if texts(concept):
        found.conditions.append(name_of(concept))
    else:
        unread.append(f"Condition {name_of(concept)} has no text or display and was not checked.")


def _pregnancy(resources: Resources) -> list[str]:
    """Pregnancy, where the latest observation of its status says so."""
    for observation in resources.of("Observation"):
        kinds = {row.word for row in coded("measure", observation.code)}
        if "pregnancy" in kinds and observation.status not in ("entered-in-error", "cancelled"):
            return list(words_of("condition", getattr(observation, "valueCodeableConcept", None)))
    return []


def _allergies(resources: Resources, unread: list[str], notes: list[str]) -> Iterator[str]:
    for resource in resources.of("AllergyIntolerance"):
        status = _status_of(resource)
        if status & WRONG:
            continue
        concept = resource.code or _substance(resource)
        scope = absent_allergy(concept)
        if status & (QUIET | OVER):
            if status & QUIET and not scope:
                notes.append(
                    f"Allergy {name_of(concept)} is {_quiet(status)} by the record and was not "
                    "counted."
                )
            continue
        if scope:
            if scope != "any":
                notes.append(f"The record names no known allergy to {scope}, and says no more.")
            continue
        words = words_of("allergy", concept)
        if words:
            yield from words
        elif texts(concept):
            yield name_of(concept)
        else:
            unread.append(
                f"AllergyIntolerance {name_of(concept)} has no text or display and was not checked."
            )


def _substance(resource: Any) -> Any:
    """Substance of a reaction, where the entry itself names none."""
    reactions = resource.reaction or ()
    return next((reaction.substance for reaction in reactions if reaction.substance), None)


def _medicines(resources: Resources, notes: list[str]) -> Iterator[str]:
    taken = (r for kind in MEDICINES for r in resources.of(kind) if r.status not in NOT_TAKEN)
    for resource in taken:
        if getattr(resource, "doNotPerform", None):
            continue
        concept = concept_of_medicine(resource, resources)
        names = medicine_names(resource, resources)
        if is_toxin(names) or words_of("product", concept):
            continue
        words = words_of("medication", concept, names)
        if rests_on_unverified_code("medication", concept, names):
            notes.append(_by_code_alone(name_of(concept), words))
        yield from words or [names[0][:120] if names else "a medicine without a name"]


def medicine_names(resource: Any, resources: Resources) -> list[str]:
    """Names of a medicine, with the display of its reference."""
    display = getattr(resource.medicationReference, "display", None)
    return [*texts(concept_of_medicine(resource, resources)), *([display] if display else [])]
