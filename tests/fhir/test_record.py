"""The patient of a record: which entries hold, what is converted, and what is told."""

import pytest

from endplate.facts.wording import words_within
from endplate.fhir import Resources, record_of
from endplate.safety.record import check_record
from fhir_record import TODAY, allergy, bundle, concept, condition, read, weight

ICD = "http://hl7.org/fhir/sid/icd-10-cm"


@pytest.mark.parametrize(
    "over",
    [
        {"clinicalStatus": {"coding": [{"code": "resolved"}]}},
        {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}},
        {"verificationStatus": {"coding": [{"code": "refuted"}]}},
        {"abatementDateTime": "2026-03-01"},
        {"abatementDateTime": "2025"},
        {"abatementString": "over since spring"},
        {"abatementPeriod": {"start": "2026-01-01"}},
    ],
)
def test_entries_that_are_over_or_wrong_do_not_count(over):
    record = read(condition("Urinary tract infection") | over)
    assert record.patient.conditions == ()
    assert read(condition("Urinary tract infection")).patient.conditions == (
        "urinary_tract_infection",
    )


@pytest.mark.parametrize(
    ("state", "told"), [("inactive", "inactive"), ("remission", "in remission")]
)
def test_a_lasting_disease_that_is_quiet_counts_and_is_noted(state, told):
    record = read(condition("Myasthenia gravis", clinical=state))
    assert record.patient.conditions == ("myasthenia_gravis",)
    assert record.notes == (f"Myasthenia gravis is {told} by the record and was counted.",)
    passing = read(condition("Bladder stones", clinical=state), condition("Asthma"))
    assert (passing.patient.conditions, passing.notes) == (("asthma",), ())


def test_an_allergy_that_is_inactive_is_noted():
    record = read(allergy("Botox", clinicalStatus={"coding": [{"code": "inactive"}]}))
    assert record.patient.allergies == ()
    assert record.notes == ("Allergy Botox is inactive by the record and was not counted.",)


def test_an_abatement_to_come_is_none_yet():
    coming = condition("Pregnancy", abatementDateTime="2027-02-01")
    assert read(coming).patient.conditions == ("pregnancy",)


def test_the_family_is_noted_the_past_is_over_where_it_can_be():
    record = read(
        condition("Family history of myasthenia gravis"),
        condition(concept(system=ICD, code="Z87.440")),
        condition("History of stroke"),
    )
    assert record.patient.conditions == ("stroke",)
    assert len(record.notes) == 2
    assert record.unread == ()


@pytest.mark.parametrize(
    "entry",
    [
        "Myasthenia gravis s/p thymectomy",
        "Myasthenia gravis with history of thymoma",
        "Myasthenia gravis; mother also affected",
        "Myasthenia gravis vs Lambert-Eaton syndrome",
    ],
)
def test_what_an_entry_says_before_the_past_or_the_family_counts(entry):
    record = read(condition(entry))
    found = check_record(record.patient, TODAY)
    (finding, rest) = [one for one in found if one.rule == "conditions"]
    assert (finding.level, finding.value) == ("caution", "myasthenia_gravis")
    assert rest.title.startswith("Understood in part")


@pytest.mark.parametrize(
    ("entry", "counted"),
    [
        ("Old stroke, no deficits", ("stroke",)),
        ("Myasthenia gravis in mother", ()),
        ("Urinary tract infection, history of", ()),
        ("Cystitis s/p antibiotics", ()),
        ("History of appendectomy", ()),
    ],
)
def test_what_is_past_or_of_the_family_counts_where_it_lasts(entry, counted):
    record = read(condition(entry))
    assert record.patient.conditions == counted
    assert entry in record.notes[0]


@pytest.mark.parametrize("entry", ["MG, ruled out by EMG", "UTI, not present today"])
def test_what_an_entry_rules_out_is_not_read_into_it(entry):
    assert words_within("condition", entry) == ()


def test_an_entry_that_is_not_known_stays_for_the_check_to_report():
    assert read(condition("Ingrown toenail")).patient.conditions == ("Ingrown toenail",)
    coded = read(condition(concept(system=ICD, code="L60.0")))
    assert coded.patient.conditions == ()
    assert "L60.0" in coded.unread[0]


def test_allergies_and_medicines_of_the_problem_list_count_as_such():
    record = read(
        condition(concept(system=ICD, code="Z91.011")),
        condition("Long term (current) use of anticoagulants"),
        condition("Allergy status to penicillin"),
        searched=("AllergyIntolerance", "MedicationRequest"),
    )
    assert record.patient.conditions == ()
    assert record.patient.allergies == ("cows_milk_protein", "penicillin")
    assert record.patient.medications == ("anticoagulant",)
    assert record.unread == ()


def test_a_list_that_was_not_sent_is_not_whole_for_an_entry_elsewhere():
    record = read(condition(concept(system=ICD, code="Z91.011")))
    assert record.patient.allergies == ("cows_milk_protein",)
    assert record.patient.medications is None
    assert any("No list of allergies was sent" in sentence for sentence in record.unread)


@pytest.mark.parametrize("text", ["No known allergies", "NKA", "No known allergy (situation)"])
def test_no_known_allergy_is_none(text):
    record = read(allergy(text))
    assert record.patient.allergies == ()
    assert (record.unread, record.notes) == ((), ())


def test_no_known_drug_allergy_is_none_and_says_no_more():
    record = read(allergy("NKDA"), allergy("Cow's milk allergy"))
    assert record.patient.allergies == ("cows_milk_protein",)
    assert "no known allergy to medicines" in record.notes[0]


def test_the_substance_of_a_reaction_is_the_allergy_where_no_code_is():
    manifestation = [concept("Anaphylaxis")]
    entry = allergy("x", reaction=[{"substance": concept("Milk"), "manifestation": manifestation}])
    del entry["code"]
    assert read(entry).patient.allergies == ("cows_milk_protein",)


def test_the_latest_weight_that_can_be_read_counts():
    record = read(
        weight(80, "kg", "kg", "2024-01-01"),
        weight(33, "lb", "[lb_av]", "2026-10-01"),
        weight(90, "kg", "kg", "2026-11-01", status="entered-in-error"),
    )
    assert record.patient.weight_kg == pytest.approx(14.9685, abs=1e-4)  # rounded to 0.1 g
    assert record.unread == ()


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (33, None, "33 without a unit is in no unit"),
        (33, "stones of old", "in no unit"),
        (3300, "kg", "not from 1 to 500 kg"),
    ],
)
def test_a_weight_that_cannot_be_read_is_told(value, unit, words):
    record = read(weight(value, unit))
    assert record.patient.weight_kg is None
    assert words in record.unread[0]


def test_a_height_in_inches():
    assert read(weight(50, "in", "[in_i]", loinc="8302-2")).patient.height_cm == 127.0


def test_a_pregnancy_status_is_a_condition():
    observed = weight(1, loinc="82810-3")
    del observed["valueQuantity"]
    observed["valueCodeableConcept"] = concept("Pregnant")
    assert read(observed).patient.conditions == ("pregnancy",)


@pytest.mark.parametrize(
    ("total", "mode", "told"), [(3, "match", True), (1, "match", False), (1, "include", True)]
)
def test_a_total_that_was_not_sent_is_told(total, mode, told):
    resources = Resources()
    page = bundle(condition("Asthma")) | {"total": total}
    page["entry"][0]["search"] = {"mode": mode}
    resources.add(page, "prefetch.conditions")
    assert any(f"1 of {total} entries" in one for one in resources.unread) == told


def test_a_page_of_several_is_told():
    resources = Resources()
    page = bundle(condition("Asthma")) | {
        "link": [{"relation": "next", "url": "https://ehr.example/2"}]
    }
    resources.add(page, "prefetch.conditions")
    record = record_of(resources, TODAY)
    assert record.patient.conditions == ("asthma",)
    assert "prefetch.conditions is one page of several" in record.unread[0]


def test_a_medicine_that_is_not_to_be_given_is_not_taken():
    order = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/1"},
        "medicationCodeableConcept": concept("gentamicin 40 MG/ML"),
    }
    assert read(order).patient.medications == ("gentamicin",)
    assert read(order | {"doNotPerform": True}).patient.medications == ()


@pytest.mark.parametrize(
    "odd",
    [
        None,
        {"resourceType": ["Condition"]},
        {"resourceType": "Bundle", "entry": {"resource": {}}},
        {"resourceType": "Bundle", "entry": [None, 7, {"resource": [1]}], "link": [{}]},
        {"resourceType": "Bundle", "link": [{"relation": "next"}], "entry": [{"resource": None}]},
    ],
)
def test_what_is_no_bundle_holds_nothing(odd):
    resources = Resources()
    resources.add(odd, "prefetch.conditions")
    assert resources.by_type == {}


def named(text, **quantity):
    """A body weight or height that is told by its words alone."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": text},
        "valueQuantity": quantity,
    }


@pytest.mark.parametrize(
    ("text", "quantity", "weight_kg"),
    [
        ("Body weight", {"value": 80, "unit": "kg"}, 80.0),
        ("Weight", {"value": 180, "unit": "lb"}, 81.6466),
        ("Gewicht", {"value": 800, "code": "hg"}, 80.0),
        ("Birth weight", {"value": 3.2, "unit": "kg"}, None),
    ],
)
def test_a_weight_is_known_by_its_words(text, quantity, weight_kg):
    assert read(named(text, **quantity)).patient.weight_kg == weight_kg


def test_a_weight_among_the_components_of_a_panel_is_read():
    panel = weight(0, "kg", loinc="85353-1")
    del panel["valueQuantity"]
    part = {key: one for key, one in weight(180, "lb").items() if key in ("code", "valueQuantity")}
    assert read(panel | {"component": [part]}).patient.weight_kg == 81.6466


def test_a_weight_that_is_text_is_told():
    written = weight(80, "kg")
    del written["valueQuantity"]
    record = read(written | {"valueString": "80 kg"})
    assert record.patient.weight_kg is None
    assert any("'80 kg' is no quantity" in sentence for sentence in record.unread)


def test_a_mother_who_is_the_person_is_not_of_the_family():
    assert read(condition("Lactating mother")).patient.conditions == ("breastfeeding",)
    assert not read(condition("Mother with myasthenia gravis")).patient.conditions
