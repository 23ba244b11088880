"""The person as the record tells: what can be read goes into a plan, what cannot is said."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from endplate.case import Patient, PreviousTreatment
from endplate.web.api.cds.concept import UNITS, is_toxin, name_of, texts, word_of
from endplate.web.api.cds.resources import Resources, codes_of, day_of, medicine_names

GONE = {"inactive", "remission", "resolved", "refuted", "entered-in-error"}
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
    """A person, and in sentences what of the record could not be used."""

    patient: Patient
    unread: tuple[str, ...]


def record_of(resources: Resources, today: date) -> Record:
    """The person of a request on a day."""
    unread: list[str] = list(resources.unread)
    earlier = _previous(resources, today, unread)
    measured = _measures(resources)
    patient = Patient(
        age_y=_age_y(resources, today, unread),
        sex=_sex(resources),
        conditions=_stated(resources, "Condition", "condition", unread),
        medications=_medications(resources),
        allergies=_allergies(resources, unread),
        previous=earlier,
        weight_kg=measured.get("weight_kg"),
        height_cm=measured.get("height_cm"),
    )
    return Record(patient, tuple(dict.fromkeys(unread)))


def _age_y(resources: Resources, today: date, unread: list[str]) -> float | None:
    born = next((one.birthDate for one in resources.of("Patient")), None)
    if born is None:
        return None
    text = str(born)
    day = day_of(born) or day_of(f"{text[:4]}-07-01")
    if day is None or not 0 <= today.year - day.year <= 120:
        unread.append(f"The date of birth {text[:20]} gives no age that can be used.")
        return None
    return float(today.year - day.year - ((today.month, today.day) < (day.month, day.day)))


def _sex(resources: Resources) -> str | None:
    said = next((one.gender for one in resources.of("Patient")), None)
    return word_of("sex", [said]) if said else None


def _measures(resources: Resources) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in resources.of("Observation"):
        quantity = getattr(one, "valueQuantity", None)
        for code, (unit, field) in MEASURES.items():
            if code in codes_of(one.code) and quantity is not None and quantity.value is not None:
                if unit in (quantity.code, quantity.unit) and 1 <= quantity.value <= 500:
                    found.setdefault(field, float(quantity.value))
    return found


def _holds(resource: Any) -> bool:
    clinical, verified = resource.clinicalStatus, resource.verificationStatus
    return not (codes_of(clinical) | codes_of(verified)) & GONE


def _stated(
    resources: Resources, kind: str, vocabulary: str, unread: list[str]
) -> tuple[str, ...] | None:
    """Words of what holds; a name that is not known stays as it is, so that the check says so."""
    if kind not in resources.asked:
        return None
    found = []
    for one in filter(_holds, resources.of(kind)):
        if not texts(one.code):
            unread.append(f"{kind} {name_of(one.code)} has no text or display and was not checked.")
            continue
        found.append(word_of(vocabulary, texts(one.code)) or name_of(one.code))
    return tuple(dict.fromkeys(found))


def _allergies(resources: Resources, unread: list[str]) -> tuple[str, ...] | None:
    found = _stated(resources, "AllergyIntolerance", "allergy", unread)
    return None if found is None else tuple(a for a in found if a.lower() not in NONE_KNOWN)


def _medications(resources: Resources) -> tuple[str, ...] | None:
    kinds = ("MedicationRequest", "MedicationStatement")
    if not set(kinds) & resources.asked:
        return None
    found = []
    for one in (one for kind in kinds for one in resources.of(kind) if one.status not in STOPPED):
        names = medicine_names(one, texts)
        if names and not is_toxin(names):
            found.append(word_of("medication", names) or names[0][:120])
        elif not names:
            found.append("a medicine without a name")
    return tuple(dict.fromkeys(found))


def _previous(
    resources: Resources, today: date, unread: list[str]
) -> tuple[PreviousTreatment, ...] | None:
    """Earlier toxin, from what was given, taken or ordered; None where nobody looked."""
    kinds = ("MedicationAdministration", "MedicationStatement")
    found: dict[tuple[date, str], PreviousTreatment] = {}
    for kind in (*kinds, "MedicationRequest"):
        for one in resources.of(kind):
            if one.status in STOPPED - {"completed"}:
                continue
            names = medicine_names(one, texts)
            if not is_toxin(names):
                continue
            product, day = word_of("product", names), _day_given(one)
            if product is None or day is None:
                what = "product" if product is None else "day"
                unread.append(f"Earlier botulinum toxin ({names[0][:80]}): its {what} is not told.")
            elif day < today:
                given = PreviousTreatment(day, product, _use(one), _dose_u(one))
                found.setdefault((day, product), given)
    if not found and not set(kinds) & resources.asked:
        return None
    return tuple(sorted(found.values(), key=lambda one: one.date))


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
    said = {str(one).strip().lower() for one in (quantity.unit, quantity.code) if one}
    return float(quantity.value) if said & UNITS and quantity.value > 0 else None
