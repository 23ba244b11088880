"""No dose of a record is lost, none counts twice, and what was only ordered is no treatment."""

from datetime import date

import pytest

from fhir_record import TODAY, bundle, concept, given, read, request, statement

DAY = "2026-10-20"


def doses(record):
    return [(one.date, one.indication, one.dose_u) for one in record.patient.previous]


def test_two_administrations_of_one_day_add_up():
    record = read(given(DAY, 150, id="a"), given(DAY, 150, id="b"))
    assert doses(record) == [(date(2026, 10, 20), None, 300.0)]


def test_rows_per_muscle_and_bundles_per_session_add_up():
    rows = [
        given(DAY, dose, dosage={"site": concept(site), "dose": {"value": dose, "unit": "U"}})
        for site, dose in (("left biceps", 50), ("right biceps", 50))
    ]
    sessions = bundle(bundle(*rows), bundle(given("2026-05-01", 90, id="a")))
    assert [dose for *_, dose in doses(read(sessions))] == [90.0, 100.0]
    assert [dose for *_, dose in doses(read(statement(DAY, (20, 30, 50))))] == [100.0]


def test_the_same_id_in_two_sessions_is_two_doses_and_one_resource_found_twice_is_one():
    twice = read(bundle(given(DAY, 150, id="a")), bundle(given(DAY, 100, id="a")))
    assert [dose for *_, dose in doses(twice)] == [250.0]
    once = read(given(DAY, 150, id="a"), given(DAY, 150, id="a"))
    assert [dose for *_, dose in doses(once)] == [150.0]


def test_two_uses_and_two_products_of_one_day_stay_apart():
    record = read(
        given(DAY, 155, use="Chronic migraine"),
        given(DAY, 100, use="Primary axillary hyperhidrosis"),
        given(DAY, 50, product="Xeomin"),
    )
    assert {(one.product, one.indication, one.dose_u) for one in record.patient.previous} == {
        ("onabotulinumtoxinA", "chronic_migraine", 155.0),
        ("onabotulinumtoxinA", "axillary_hyperhidrosis", 100.0),
        ("incobotulinumtoxinA", None, 50.0),
    }


def test_a_dose_that_is_not_known_beside_one_that_is_leaves_the_sum_unknown():
    record = read(given(DAY, 150), given(DAY))
    assert sorted(doses(record), key=str) == [
        (date(2026, 10, 20), None, 150.0),
        (date(2026, 10, 20), None, None),
    ]


def test_an_administration_and_a_statement_of_one_day_are_one_treatment():
    record = read(given(DAY, 150), statement(DAY, (155,), reasonCode=[concept("Chronic migraine")]))
    assert doses(record) == [(date(2026, 10, 20), "chronic_migraine", 155.0)]
    assert "the larger dose counts" in record.notes[0]


@pytest.mark.parametrize("state", ["active", "on-hold", "draft", "cancelled"])
def test_an_order_that_was_not_carried_out_is_no_treatment(state):
    order = request(doses=(200,), state=state, authoredOn="2026-10-01")
    record = read(order, searched=("MedicationAdministration",))
    assert record.patient.previous == ()
    assert bool(record.notes) == (state in ("active", "on-hold"))


def test_an_order_that_was_carried_out_counts_once():
    order = request(doses=(100, 100), state="completed", authoredOn="2026-10-01")
    assert [dose for *_, dose in doses(read(order))] == [200.0]
    assert doses(read(order, given(DAY, 200))) == [(date(2026, 10, 20), None, 200.0)]


@pytest.mark.parametrize("state", ["not-done", "entered-in-error"])
def test_what_was_not_given_does_not_count(state):
    assert read(given(DAY, 150, status=state)).patient.previous == ()


def test_a_dose_of_the_day_itself_counts_and_one_to_come_is_told():
    record = read(given(str(TODAY), 200))
    assert doses(record) == [(date(2026, 11, 21), None, 200.0)]
    assert "counts among the earlier treatments" in record.notes[0]
    later = read(given("2026-12-01", 200))
    assert later.patient.previous == ()
    assert "after the day of this check" in later.unread[0]


def test_a_medicine_by_reference_is_found():
    medicine = {"resourceType": "Medication", "id": "m1", "code": concept("Dysport")}
    by_reference = given(DAY, 500)
    del by_reference["medicationCodeableConcept"]
    for reference in ("Medication/m1", "https://ehr.example/fhir/Medication/m1/_history/2"):
        by_reference["medicationReference"] = {"reference": reference}
        assert read(by_reference, medicine).patient.previous[0].product == "abobotulinumtoxinA"


def test_of_a_dose_stated_twice_the_larger_counts():
    rates = [{"doseQuantity": {"value": dose, "unit": "U"}} for dose in (100, 300)]
    told = statement(DAY, ()) | {"dosage": [{"doseAndRate": rates}]}
    assert [one.dose_u for one in read(told).patient.previous] == [300.0]


def test_a_toxin_without_product_or_day_is_told():
    assert "its product is not stated" in read(given(DAY, 9, product="Botulinum toxin")).unread[0]


@pytest.mark.parametrize(
    "medicine",
    [
        {"medicationReference": {"reference": "Medication/9"}},
        {"medicationCodeableConcept": concept(system="urn:oid:1.2.3", code="77")},
    ],
)
def test_a_medicine_given_without_a_name_may_be_a_toxin(medicine):
    entry = given(DAY, 300)
    del entry["medicationCodeableConcept"]
    record = read(entry | medicine)
    assert record.patient.previous == ()
    assert "has no name that was sent: it may be a toxin" in record.unread[0]
    assert read(entry | medicine | {"status": "not-done"}).unread == ()


def test_two_medicines_of_one_name_are_told():
    medicines = [
        {"resourceType": "Medication", "id": "m1", "code": concept(name)}
        for name in ("Botox", "Dysport")
    ]
    assert "Two medicines are both Medication/m1" in read(*medicines).unread[0]


@pytest.mark.parametrize(
    "more",
    [
        {"effectivePeriod": {"start": "2025-01-10"}, "status": "active"},
        {"dosage": [{"timing": {"repeat": {"period": 12, "periodUnit": "wk"}}}]},
    ],
)
def test_an_entry_of_several_treatments_is_told(more):
    entry = statement("2025-01-10", (100,)) | more
    if "effectivePeriod" in more:
        del entry["effectiveDateTime"]
    record = read(entry)
    assert [one.date for one in record.patient.previous] == [date(2025, 1, 10)]
    assert "given more than once" in record.unread[0]
