"""Small FHIR R4 resources and records for the tests of what is read from them."""

from datetime import date

from endplate.fhir import Resources, record_of

TODAY = date(2026, 11, 22)
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def bundle(*resources):
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def concept(text=None, **coding):
    return {"text": text} if text else {"coding": [coding]}


def status(code):
    return {"coding": [{"system": CLINICAL, "code": code}]}


def condition(code, clinical="active", **more):
    code = concept(code) if isinstance(code, str) else code
    base = {"resourceType": "Condition", "subject": {"reference": "Patient/1"}, "code": code}
    return base | {"clinicalStatus": status(clinical)} | more


def allergy(code, **more):
    code = concept(code) if isinstance(code, str) else code
    return {
        "resourceType": "AllergyIntolerance",
        "patient": {"reference": "Patient/1"},
        "code": code,
    } | more


def weight(value, unit=None, code=None, day=None, loinc="29463-7", **more):
    quantity = {"value": value, "unit": unit, "code": code}
    base = {
        "resourceType": "Observation",
        "status": "final",
        "code": concept(system="http://loinc.org", code=loinc),
        "valueQuantity": {key: one for key, one in quantity.items() if one is not None},
    }
    return base | ({"effectiveDateTime": day} if day else {}) | more


def given(day, dose=None, product="Botox", use=None, **more):
    base = {
        "resourceType": "MedicationAdministration",
        "status": "completed",
        "subject": {"reference": "Patient/1"},
        "medicationCodeableConcept": concept(product),
        "effectiveDateTime": day,
    }
    base |= {"dosage": {"dose": {"value": dose, "unit": "U"}}} if dose is not None else {}
    return base | ({"reasonCode": [concept(use)]} if use else {}) | more


def rows_of_doses(*doses):
    return [{"doseAndRate": [{"doseQuantity": {"value": dose, "unit": "U"}}]} for dose in doses]


def request(product="Botox", doses=(), use=None, state="draft", **more):
    base = {
        "resourceType": "MedicationRequest",
        "status": state,
        "intent": "order",
        "subject": {"reference": "Patient/1"},
        "authoredOn": str(TODAY),
        "dosageInstruction": rows_of_doses(*doses),
    }
    base |= {"medicationCodeableConcept": concept(product)} if product else {}
    base |= {"reasonCode": [concept(use)]} if use else {}
    return base | more


def statement(day, doses, product="Botox", **more):
    return {
        "resourceType": "MedicationStatement",
        "status": "completed",
        "subject": {"reference": "Patient/1"},
        "medicationCodeableConcept": concept(product),
        "effectiveDateTime": day,
        "dosage": rows_of_doses(*doses),
    } | more


def read(*resources, searched=()):
    """Record of some resources; the types of `searched` were looked up."""
    found = Resources(searched=set(searched))
    found.add(bundle(*resources), "prefetch")
    return record_of(found, TODAY)
