"""CDS Hooks: what a record says becomes findings, what it does not say becomes a card."""

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from fhir.resources.R4B import get_fhir_model_class

from api_client import get, post
from endplate.fhir.concept import muscle_and_side, word_of
from endplate.fhir.quantity import units_of
from endplate.web.api.cds.services import PREFETCH

CALLS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "cds").glob("*.json"))
}
ORDER, VIEW = "/cds-services/endplate-order-sign", "/cds-services/endplate-patient-view"


def answered(call, path=ORDER):
    answer = post(path, call)
    assert answer.status_code == 200, answer.text
    return answer.json()["cards"]


def edited(name):
    call = deepcopy(CALLS[name])
    return call, call.get("prefetch"), call["context"].get("draftOrders")


def first(call):
    return call["context"]["draftOrders"]["entry"][0]["resource"]


def told(cards, *words):
    """The card whose summary or detail has all the words."""
    return next(
        card for card in cards if all(word in card["summary"] + card["detail"] for word in words)
    )


def resources(value):
    if isinstance(value, dict):
        if "resourceType" in value:
            yield value
        for inner in value.values():
            yield from resources(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from resources(inner)


@pytest.mark.parametrize("name", CALLS)
def test_the_examples_are_fhir(name):
    found = list(resources(CALLS[name]))
    assert found
    for one in found:
        get_fhir_model_class(one["resourceType"]).model_validate(one)


def test_discovery_names_two_services_and_what_they_need():
    services = get("/cds-services").json()["services"]
    assert {one["hook"]: one["id"] for one in services} == {
        "order-sign": "endplate-order-sign",
        "patient-view": "endplate-patient-view",
    }
    for one in services:
        assert one["title"]
        assert one["description"]
        assert one["prefetch"] == PREFETCH
        assert "{{context.patientId}}" in one["prefetch"]["conditions"]


@pytest.mark.parametrize("name", CALLS)
def test_every_card_is_a_card(name):
    cards = answered(CALLS[name], VIEW if name == "patient_view" else ORDER)
    for card in cards:
        UUID(card["uuid"])
        assert 0 < len(card["summary"]) < 140
        assert card["indicator"] in ("critical", "warning", "info")
        assert card["source"]["label"]
        assert card["source"].get("url", "https://").startswith(("https://", "http://"))
        assert ("overrideReasons" in card) == (card["indicator"] == "critical")
        assert not {"suggestions", "links", "selectionBehavior"} & set(card)
        if "Source:" in card["detail"]:
            assert "verified" in card["detail"]
    assert len({card["uuid"] for card in cards}) == len(cards)
    ranks = [("critical", "warning", "info").index(card["indicator"]) for card in cards]
    assert ranks == sorted(ranks)


def test_an_order_within_the_label_gets_no_stop_and_says_what_was_not_checked():
    cards = answered(CALLS["order_sign_within_label"])
    assert {card["indicator"] for card in cards} == {"info"}
    told(cards, "no stop and no caution")
    told(cards, "Dilution not checked", "no vial and diluent")


def test_contraindications_interactions_dose_and_interval_are_told():
    cards = answered(CALLS["order_sign_stop"])
    assert told(cards, "cows milk protein", "verified")["indicator"] == "critical"
    assert told(cards, "1500 U planned", "any dose in the trials")["indicator"] == "critical"
    assert told(cards, "Myasthenia gravis")["indicator"] == "warning"
    assert told(cards, "gentamicin", "Aminoglycoside")["indicator"] == "warning"
    assert told(cards, "onabotulinumtoxinA was given 33 days ago")["indicator"] == "warning"
    # Not understood is not harmless: an entry that nobody checked is a warning.
    assert told(cards, "Ingrown toenail")["indicator"] == "warning"
    text = json.dumps(cards).lower()
    assert "amoxicillin" not in text  # stopped
    assert "dysphagia" not in text  # resolved
    assert "those of a trial" not in text  # no site was ordered, so none is judged


def test_a_family_history_is_not_the_disease():
    cards = answered(CALLS["order_sign_stop"])
    assert told(cards, "Family history of myasthenia gravis")["indicator"] == "info"
    call, prefetch, _ = edited("order_sign_within_label")
    history = CALLS["order_sign_stop"]["prefetch"]["conditions"]["entry"][3]
    prefetch["conditions"]["entry"] = [history]
    assert {card["indicator"] for card in answered(call)} == {"info"}


def test_what_cannot_be_mapped_is_told_and_never_silence():
    cards = answered(CALLS["order_sign_unmapped"])
    for words in (
        ["Botulinum toxin type A injection is not a product whose label is known here"],
        ["The reason Spasm of the big toe is not a use"],
        ["A dose is in mL"],
        ["The site somewhere is not a muscle and a side"],
        ["Not known from the record: conditions, allergies, medications, earlier treatments"],
    ):
        told(cards, *words)
    assert told(cards, "A dose is in mL")["indicator"] == "warning"
    assert "no stop and no caution" not in json.dumps(cards)


def test_orders_of_other_medicines_get_no_card():
    assert answered(CALLS["order_sign_other"]) == []


def test_a_view_tells_the_last_toxin_and_what_speaks_against_one():
    cards = answered(CALLS["patient_view"], VIEW)
    last = told(cards, "Last botulinum toxin", "155 U of onabotulinumtoxinA", "2026-06-01")
    assert last["indicator"] == "info"
    days = (date.today() - date(2026, 6, 1)).days
    assert f"{days} days ago" in last["summary"]
    assert told(cards, "Pregnancy")["indicator"] == "warning"
    assert told(cards, "Lambert-Eaton")["indicator"] == "warning"
    assert told(cards, "cows milk protein", "abobotulinumtoxinA")["indicator"] == "critical"


def test_a_dose_over_the_label_is_told_by_site_too():
    call, _, _ = edited("order_sign_within_label")
    for dosage in first(call)["dosageInstruction"]:
        dosage["doseAndRate"][0]["doseQuantity"]["value"] = 16
    assert told(answered(call), "80 U")["indicator"] in ("warning", "critical")


def test_sites_that_are_not_told_are_not_judged():
    call, _, _ = edited("order_sign_within_label")
    first(call)["dosageInstruction"] = [
        {"text": "twenty", "doseAndRate": [{"doseQuantity": {"value": 20, "unit": "U"}}]}
    ]
    cards = answered(call)
    assert told(cards, "only the total was checked")["indicator"] == "warning"
    assert "those of a trial" not in json.dumps(cards)


def test_an_order_without_a_dose_is_not_judged_by_a_dose_that_nobody_wrote():
    call, prefetch, _ = edited("order_sign_within_label")
    earlier = deepcopy(CALLS["patient_view"]["prefetch"]["administrations"])
    earlier["entry"][0]["resource"]["effectiveDateTime"] = "2026-10-01"
    earlier["entry"][0]["resource"]["dosage"]["dose"]["value"] = 395
    prefetch["administrations"] = earlier
    told(answered(call), "415 U")  # with the 20 U of the order: above the sum of the label
    del first(call)["dosageInstruction"]
    cards = answered(call)
    assert "415 U" not in json.dumps(cards)
    assert told(cards, "The order states no dose")["indicator"] == "warning"
    assert "planned" not in json.dumps(cards)


def test_two_products_in_one_signing_are_told():
    call, _, _ = edited("order_sign_within_label")
    other = deepcopy(call["context"]["draftOrders"]["entry"][0])
    other["resource"]["medicationCodeableConcept"] = {"text": "Xeomin"}
    call["context"]["draftOrders"]["entry"].append(other)
    assert told(answered(call), "ordered together", "cannot be added")["indicator"] == "warning"


def test_two_orders_of_one_product_are_added():
    call, _, _ = edited("order_sign_within_label")
    other = deepcopy(call["context"]["draftOrders"]["entry"][0])
    other["resource"]["reasonCode"] = [{"text": "Lateral canthal lines"}]
    other["resource"]["dosageInstruction"] = [
        {
            "site": {"text": f"{side} orbicularis oculi"},
            "doseAndRate": [{"doseQuantity": {"value": 60, "unit": "U"}}],
        }
        for side in ("left", "right")
    ]
    call["context"]["draftOrders"]["entry"].append(other)
    cards = answered(call)
    assert told(cards, "lateral canthal lines")["indicator"] in ("warning", "critical")


def test_a_resource_that_is_not_fhir_is_told_and_the_rest_is_read():
    call, prefetch, _ = edited("order_sign_stop")
    prefetch["allergies"]["entry"][0]["resource"]["patient"] = 7
    cards = answered(call)
    told(cards, "AllergyIntolerance in prefetch.allergies cannot be read as FHIR R4")
    told(cards, "Myasthenia gravis")
    assert "cows milk" not in json.dumps(cards)


@pytest.mark.parametrize("none", [{"resourceType": "OperationOutcome", "issue": []}, [], "x", 3])
def test_a_prefetch_that_failed_is_not_a_record_without_allergies(none):
    call, prefetch, _ = edited("order_sign_within_label")
    prefetch["allergies"] = none
    told(answered(call), "Allergies not stated")
    prefetch["allergies"] = {"resourceType": "Bundle", "type": "searchset"}
    assert "Allergies not stated" not in json.dumps(answered(call))


def test_null_is_no_data_as_the_specification_has_it():
    call, prefetch, _ = edited("order_sign_within_label")
    prefetch["allergies"] = None
    assert "Allergies not stated" not in json.dumps(answered(call))
    del prefetch["allergies"]
    told(answered(call), "Allergies not stated")


def test_an_error_in_place_of_a_list_is_told_and_no_empty_list():
    call, prefetch, _ = edited("order_sign_within_label")
    issue = [{"severity": "error", "code": "processing"}]
    outcome = {"resourceType": "OperationOutcome", "issue": issue}
    prefetch["allergies"]["entry"] = [{"resource": outcome}]
    cards = answered(call)
    told(cards, "Allergies not stated")
    assert told(cards, "prefetch.allergies holds an error")["indicator"] == "warning"
    assert "no stop and no caution" not in json.dumps(cards)


def test_no_known_allergies_are_none():
    call, prefetch, _ = edited("order_sign_within_label")
    stated = deepcopy(CALLS["order_sign_stop"]["prefetch"]["allergies"])
    stated["entry"][0]["resource"]["code"] = {"text": "No known allergies"}
    prefetch["allergies"] = stated
    assert "llerg" not in json.dumps(answered(call))


def test_words_of_the_record_cannot_write_on_the_card():
    call, prefetch, _ = edited("order_sign_stop")
    bad = "[click](https://evil.example) <img src=x> **all clear**"
    prefetch["conditions"]["entry"][2]["resource"]["code"]["text"] = bad
    text = told(answered(call), "Unknown condition", "all clear")["detail"]
    assert "[click](" not in text
    assert "<img" not in text.replace("\\<", "")
    assert "**all" not in text


def test_a_medicine_contained_in_its_order_is_read():
    call, prefetch, _ = edited("order_sign_within_label")
    resource = prefetch["medications"].setdefault("entry", [])
    resource.append(deepcopy(CALLS["order_sign_stop"]["prefetch"]["medications"]["entry"][0]))
    own = resource[0]["resource"]
    own["contained"] = [
        {"resourceType": "Medication", "id": "m", "code": own.pop("medicationCodeableConcept")}
    ]
    own["medicationReference"] = {"reference": "#m"}
    told(answered(call), "gentamicin")


def test_cards_are_the_same_for_the_same_call_and_others_for_another():
    call, _, _ = edited("order_sign_stop")
    once, again = answered(call), answered(call)
    assert once == again
    call["hookInstance"] = "00000000-0000-4000-8000-000000000000"
    assert {c["uuid"] for c in answered(call)}.isdisjoint({c["uuid"] for c in once})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"hook": "order-select"}, "hook is 'order-select'; this is for order-sign."),
        ({"hookInstance": "7"}, "hookInstance is not a UUID."),
        ({"context": {}}, "context.draftOrders is missing; it must be a Bundle."),
    ],
)
def test_a_call_that_is_no_call_is_refused(change, sentence):
    answer = post(ORDER, CALLS["order_sign_stop"] | change)
    assert answer.status_code == 400
    assert answer.json()["error"]["faults"] == [sentence]


def test_feedback_is_taken_and_kept_nowhere():
    body = {"feedback": [{"card": "9", "outcome": "accepted", "outcomeTimestamp": "2026-11-22"}]}
    answer = post(f"{ORDER}/feedback", body)
    assert (answer.status_code, answer.json()) == (200, {})
    body["feedback"][0]["outcome"] = "shrugged"
    assert post(f"{ORDER}/feedback", body).status_code == 422


@pytest.mark.parametrize(
    ("kind", "text", "word"),
    [
        ("product", "onabotulinumtoxinA 100 UNT Injection [Botox]", "onabotulinumtoxinA"),
        ("product", "DYSPORT 300 units powder", "abobotulinumtoxinA"),
        ("product", "Botulinum toxin type A", None),
        ("medication", "aspirin 81 MG Oral Tablet", "aspirin"),
        ("condition", "Myasthenia gravis (disorder)", "myasthenia_gravis"),
        ("condition", "No myasthenia gravis", None),
        ("allergy", "Allergy to cow's milk protein", "cows_milk_protein"),
        ("indication", "Chronic migraine", "chronic_migraine"),
    ],
)
def test_words_of_concepts(kind, text, word):
    assert word_of(kind, [text]) == word


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("left corrugator supercilii", ("corrugator_supercilii", "left")),
        ("Corrugator supercilii muscle, right", ("corrugator_supercilii", "right")),
        ("procerus", ("procerus", "midline")),
        ("corrugator supercilii", None),
        ("left and right corrugator supercilii", None),
        ("left earlobe", None),
    ],
)
def test_body_sites(text, place):
    assert muscle_and_side([text]) == place


@pytest.mark.parametrize(
    ("value", "unit", "units"),
    [(20, "U", 20.0), (20, "units", 20.0), (2, "mL", None), (20, None, None), (-1, "U", None)],
)
def test_only_units_are_units(value, unit, units):
    assert units_of(SimpleNamespace(value=value, unit=unit, code=None)) == units
