"""Draft orders: the medicine and the reason by reference, the limb, the repeats, what is open."""

import pytest

from endplate.fhir import Resources, orders_of
from fhir_record import bundle, concept, condition, request, rows_of_doses


def ordered(*resources, record=()):
    drafts = Resources()
    drafts.add(bundle(*resources), "draftOrders")
    Resources(index=drafts.index).add(bundle(*record), "prefetch")
    orders, unread = orders_of(drafts)
    return (orders[0] if orders else None), unread


def repeating(**repeat):
    dosage = rows_of_doses(155)[0] | {"timing": {"repeat": repeat}}
    return ordered(request(use="Chronic migraine", dosageInstruction=[dosage]))[0]


@pytest.mark.parametrize("where", ["drafts", "record", "contained", "full url"])
def test_a_medicine_by_reference_is_read(where):
    medicine = {"resourceType": "Medication", "id": "m1", "code": concept("Botox")}
    order = request(None, (155,), "Chronic migraine")
    order["medicationReference"] = {"reference": "Medication/m1"}
    beside, record = ([medicine], []) if where == "drafts" else ([], [medicine])
    if where == "contained":
        order |= {"contained": [medicine], "medicationReference": {"reference": "#m1"}}
        record = []
    drafts = Resources()
    bundled = bundle(order, *beside)
    if where == "full url":
        order["medicationReference"] = {"reference": "urn:uuid:7"}
        bundled["entry"].append({"fullUrl": "urn:uuid:7", "resource": medicine})
    drafts.add(bundled, "draftOrders")
    Resources(index=drafts.index).add(bundle(*record), "prefetch")
    orders, unread = orders_of(drafts)
    assert [one.product for one in orders] == ["onabotulinumtoxinA"]
    assert unread == []


def test_a_medicine_that_was_not_sent_is_told():
    order = request(None, (155,))
    order["medicationReference"] = {"reference": "Medication/m9"}
    assert ordered(order)[1] == ["The medicine of a draft order, Medication/m9, was not sent."]


def test_a_medicine_by_code_alone_is_read():
    rxnorm = concept(system="http://www.nlm.nih.gov/research/umls/rxnorm", code="860195")
    order = request(None, (155,), "Chronic migraine", medicationCodeableConcept=rxnorm)
    assert ordered(order)[0].product == "onabotulinumtoxinA"


def test_a_reason_by_reference_is_read_and_its_disease_is_the_persons():
    reason = condition("Neurogenic bladder due to multiple sclerosis", id="c1")
    order = request(doses=(200,), reasonReference=[{"reference": "Condition/c1"}])
    found, _ = ordered(order, record=[reason])
    assert found.uses == ["neurogenic_detrusor_overactivity"]
    assert "multiple_sclerosis" in found.conditions
    assert found.gaps == []


def test_a_disease_beside_a_use_is_no_gap_and_one_alone_is():
    both = request(doses=(200,), reasonCode=[concept("Multiple sclerosis"), concept("NDO")])
    assert ordered(both)[0].gaps == []
    alone = ordered(request(doses=(200,), use="Multiple sclerosis"))[0]
    assert "The reason Multiple sclerosis is not a use that labels name." in alone.gaps


def test_the_limb_is_told_by_the_muscles_else_both_are_checked():
    muscles = rows_of_doses(50, 50)
    for dosage, site in zip(muscles, ("left biceps brachii", "left brachialis"), strict=True):
        dosage["site"] = concept(site)
    arm = ordered(request(use="Hemiplegia following stroke", dosageInstruction=muscles))[0]
    assert arm.uses == ["upper_limb_spasticity"]
    assert {site.indication for site in arm.placed} == {"upper_limb_spasticity"}
    open_limb = ordered(request(doses=(300,), use="Hemiplegia following stroke"))[0]
    assert set(open_limb.uses) == {"upper_limb_spasticity", "lower_limb_spasticity"}
    assert any("names no limb" in gap for gap in open_limb.gaps)


@pytest.mark.parametrize(
    ("repeat", "interval_d", "cycles"),
    [
        ({"frequency": 1, "period": 8, "periodUnit": "wk", "count": 4}, 56.0, 4.0),
        ({"frequency": 1, "period": 56, "periodUnit": "d"}, 56.0, 2.0),
        ({"frequency": 2, "period": 24, "periodUnit": "wk"}, 84.0, 2.0),
        ({"period": 3, "periodUnit": "mo", "countMax": 9}, 91.3125, 9.0),
        (
            {
                "period": 12,
                "periodUnit": "wk",
                "boundsPeriod": {"start": "2026-11-22", "end": "2027-11-22"},
            },
            84.0,
            5.0,
        ),
    ],
)
def test_repeats_are_read(repeat, interval_d, cycles):
    order = repeating(**repeat)
    assert (order.repeat.interval_d, order.repeat.cycles) == (interval_d, cycles)
    assert order.gaps == []


@pytest.mark.parametrize(
    "words",
    [
        "155 U every 8 weeks",
        "q8 weeks",
        "q8w",
        "alle 8 Wochen 155 U",
        "every eight weeks",
        "8-weekly",
    ],
)
def test_repeats_in_words_are_read(words):
    dosage = rows_of_doses(155)[0] | {"text": words}
    order = ordered(request(use="Chronic migraine", dosageInstruction=[dosage]))[0]
    assert order.repeat.interval_d == 56.0


@pytest.mark.parametrize(
    ("words", "interval_d"), [("155 U monthly", 30.4375), ("every other month", 60.875)]
)
def test_months_in_words_are_read(words, interval_d):
    dosage = rows_of_doses(155)[0] | {"text": words}
    order = ordered(request(use="Chronic migraine", dosageInstruction=[dosage]))[0]
    assert order.repeat.interval_d == interval_d


def test_an_order_given_once_is_not_repeated():
    order = repeating(frequency=1, period=1, periodUnit="d", count=1)
    assert (order.repeat, order.gaps) == (None, [])


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"timing": {"repeat": {"period": 1, "periodUnit": "d"}}}, "every 1 days; only repeats"),
        ({"timing": {"code": concept("as advised")}}, "timing, as advised, was not read"),
        ({"timing": {"repeat": {"when": ["MORN"], "count": 3}}}, "timing was not read"),
        ({"text": "quarterly"}, "timing in 'quarterly' was not read"),
        ({"text": "may repeat once it wears off"}, "wears off' was not read"),
    ],
)
def test_a_timing_that_cannot_be_read_is_told(more, words):
    order = ordered(request(dosageInstruction=[rows_of_doses(155)[0] | more]))[0]
    assert order.repeat is None
    assert any(words in gap for gap in order.gaps)


def test_refills_without_an_interval_are_told():
    order = ordered(request(doses=(155,), dispenseRequest={"numberOfRepeatsAllowed": 3}))[0]
    assert any("allows 3 repeats and states no interval" in gap for gap in order.gaps)


def test_of_a_range_the_upper_end_is_checked_and_said():
    quantities = {"low": {"value": 155, "unit": "U"}, "high": {"value": 195, "unit": "U"}}
    dosage = {"doseAndRate": [{"doseRange": quantities}]}
    order = ordered(request(use="Chronic migraine", dosageInstruction=[dosage]))[0]
    assert order.dose_u == 195.0
    assert order.gaps == ["A dose is a range: its upper end, 195 U, was checked."]


def test_of_a_dose_stated_twice_the_larger_is_checked_and_said():
    rates = [{"doseQuantity": {"value": dose, "unit": "U"}} for dose in (100, 500)]
    order = ordered(request(use="Chronic migraine", dosageInstruction=[{"doseAndRate": rates}]))[0]
    assert order.dose_u == 500.0
    assert order.gaps == ["A dose is stated more than once: the largest, 500 U, was checked."]
    rates[0]["doseQuantity"]["unit"] = "mL"
    order = ordered(request(use="Chronic migraine", dosageInstruction=[{"doseAndRate": rates}]))[0]
    assert order.dose_u is None
    assert "A dose is in mL" in order.gaps[0]


@pytest.mark.parametrize("more", [{"doNotPerform": True}, {"status": "entered-in-error"}])
def test_an_order_not_to_be_carried_out_is_none(more):
    assert ordered(request(doses=(155,), **more)) == (None, [])
