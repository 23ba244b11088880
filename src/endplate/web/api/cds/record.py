"""The patient of a record: what can be read goes into a plan, what cannot is reported."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from endplate.case import Patient, PreviousTreatment
from endplate.web.api.cds.fhir import (
    UNITS,
    Resources,
    codes_of,
    day_of,
    is_toxin,
    medicine_names,
    name_of,
    texts,
    word_of,
)

INACTIVE = {"inactive", "remission", "resolved", "refuted", "entered-in-error"}
STOPPED = {
    "stopped",
    "cancelled",
    "entered-in-error",
    "not-taken",
    "draft",
    "not-done",
    "completed",
}
NONE_KNOWN = {"no known allergies", "no known allergy", "nka", "no known allergies (situation)"}
# LOINC: the codes that FHIR's vital signs profile fixes for mass and height.
MEASURES = {"29463-7": ("kg", "weight_kg"), "8302-2": ("cm", "height_cm")}


@dataclass(frozen=True)
class Record:
    """A patient, and in sentences what of the record could not be used."""

    patient: Patient
    unread: tuple[str, ...]


def record_of(resources: Resources, today: date) -> Record:
    """The patient of a request on a day."""
    unread: list[str] = list(resources.unread)
    earlier = _previous(resources, today, unread)
    measured = _measures(resources)
    patient = Patient(
        age_y=_age_y(resources, today, unread),
        sex=_sex(resources),
        conditions=_words_of(resources, "Condition", "condition", unread),
        medications=_medications(resources),
        allergies=_allergies(resources, unread),
        previous=earlier,
        weight_kg=measured.get("weight_kg"),
        height_cm=measured.get("height_cm"),
    )
    return Record(patient, tuple(dict.fromkeys(unread)))


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


def _measures(resources: Resources) -> dict[str, float]:
    measures: dict[str, float] = {}
    for observation in resources.of("Observation"):
        quantity = getattr(observation, "valueQuantity", None)
        for code, (unit, field) in MEASURES.items():
            if (
                code in codes_of(observation.code)
                and quantity is not None
                and quantity.value is not None
            ):
                if unit in (quantity.code, quantity.unit) and 1 <= quantity.value <= 500:
                    measures.setdefault(field, float(quantity.value))
    return measures


def _is_active(resource: Any) -> bool:
    clinical, verified = resource.clinicalStatus, resource.verificationStatus
    return not (codes_of(clinical) | codes_of(verified)) & INACTIVE


def _words_of(
    resources: Resources, kind: str, vocabulary: str, unread: list[str]
) -> tuple[str, ...] | None:
    """Words of active entries; an unknown name stays as it is, so that the check reports it."""
    if kind not in resources.searched:
        return None
    words = []
    for resource in filter(_is_active, resources.of(kind)):
        code = resource.code
        if not texts(code):
            unread.append(f"{kind} {name_of(code)} has no text or display and was not checked.")
            continue
        words.append(word_of(vocabulary, texts(code)) or name_of(code))
    return tuple(dict.fromkeys(words))


def _allergies(resources: Resources, unread: list[str]) -> tuple[str, ...] | None:
    words = _words_of(resources, "AllergyIntolerance", "allergy", unread)
    return None if words is None else tuple(a for a in words if a.lower() not in NONE_KNOWN)


def _medications(resources: Resources) -> tuple[str, ...] | None:
    kinds = ("MedicationRequest", "MedicationStatement")
    if not set(kinds) & resources.searched:
        return None
    words = []
    for resource in (r for kind in kinds for r in resources.of(kind) if r.status not in STOPPED):
        names = medicine_names(resource)
        if names and not is_toxin(names):
            words.append(word_of("medication", names) or names[0][:120])
        elif not names:
            words.append("a medicine without a name")
    return tuple(dict.fromkeys(words))


def _previous(
    resources: Resources, today: date, unread: list[str]
) -> tuple[PreviousTreatment, ...] | None:
    """Earlier toxin, from what was given, taken or ordered; None where it was not looked up."""
    kinds = ("MedicationAdministration", "MedicationStatement")
    treatments: dict[tuple[date, str], PreviousTreatment] = {}
    for kind in (*kinds, "MedicationRequest"):
        for resource in resources.of(kind):
            if resource.status in STOPPED - {"completed"}:
                continue
            names = medicine_names(resource)
            if not is_toxin(names):
                continue
            product, day = word_of("product", names), _day_given(resource)
            if product is None or day is None:
                what = "product" if product is None else "day"
                unread.append(
                    f"Earlier botulinum toxin ({names[0][:80]}): its {what} is not stated."
                )
            elif day < today:
                previous = PreviousTreatment(day, product, _use(resource), _dose_u(resource))
                treatments.setdefault((day, product), previous)
    if not treatments and not set(kinds) & resources.searched:
        return None
    return tuple(sorted(treatments.values(), key=lambda treatment: treatment.date))


def _day_given(resource: Any) -> date | None:
    for name in ("effectiveDateTime", "authoredOn"):
        day = day_of(getattr(resource, name, None))
        if day is not None:
            return day
    return day_of(getattr(getattr(resource, "effectivePeriod", None), "start", None))


def _use(resource: Any) -> str | None:
    for concept in getattr(resource, "reasonCode", None) or ():
        use = word_of("indication", texts(concept))
        if use is not None:
            return use
    return None


def _dose_u(resource: Any) -> float | None:
    dosage = getattr(resource, "dosage", None)
    quantity = None if isinstance(dosage, list) else getattr(dosage, "dose", None)
    return units_of(quantity)


def units_of(quantity: Any) -> float | None:
    """Units of a quantity, None where it is in anything else."""
    if quantity is None or quantity.value is None:
        return None
    units = {str(text).strip().lower() for text in (quantity.unit, quantity.code) if text}
    return float(quantity.value) if units & UNITS and quantity.value > 0 else None
