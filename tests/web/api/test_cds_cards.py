"""What a signing clinician sees: few cards, the gravest first, and never calm beside the unread."""

import json
from pathlib import Path

import pytest

from endplate.web.api.cds.cards import MAX_CARDS
from endplate.web.api.cds.services import PREFETCH, HookRequest, order_cards
from fhir_record import allergy, bundle, concept, condition, given, request, rows_of_doses, weight

CALM = "no stop and no caution"
LISTS = {
    "conditions": "Condition",
    "allergies": "AllergyIntolerance",
    "medications": "MedicationRequest",
    "statements": "MedicationStatement",
    "administrations": "MedicationAdministration",
    "measures": "Observation",
}
CASES = Path(__file__).resolve().parents[3].parent / "shared" / "cases"


def signing(*orders, born="1980-05-05", region="US", **lists):
    """Cards on draft orders; a list not named is empty."""
    patient = {"resourceType": "Patient", "gender": "female", "birthDate": born}
    prefetch = {name: bundle(*lists.get(name, ())) for name in LISTS} | {"patient": patient}
    assert prefetch.keys() == PREFETCH.keys()
    call = HookRequest(
        hook="order-sign",
        hookInstance="d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        context={"draftOrders": bundle(*orders)},
        prefetch=prefetch,
    )
    return order_cards(call, region)


def migraine(**more):
    return request(doses=(155,), use="Chronic migraine", **more)


def text_of(cards):
    return json.dumps(cards)


def test_calm_is_said_where_all_of_the_record_was_read():
    cards = signing(migraine(), conditions=[condition("Essential (primary) hypertension")])
    assert CALM in text_of(cards)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("conditions", condition("Ingrown toenail")),
        ("conditions", condition(concept(system="http://snomed.info/sct", code="400200009"))),
        ("allergies", allergy("Milk thistle")),
        ("measures", weight(33, "stones of old")),
        ("administrations", given("2026-08-01", 100, product="Botulinum toxin type A")),
    ],
)
def test_calm_never_stands_beside_what_was_not_understood(name, entry):
    cards = signing(migraine(), **{name: [entry]})
    assert CALM not in text_of(cards)
    assert any(card["indicator"] == "warning" for card in cards)


def test_the_summary_names_the_entry_that_was_not_understood():
    cards = signing(migraine(), conditions=[condition("Ingrown toenail")])
    card = next(card for card in cards if "Ingrown toenail" in card["summary"])
    assert card["summary"].startswith("Not understood, not checked: Ingrown toenail")
    assert card["indicator"] == "warning"


def test_one_card_a_theme_the_gravest_first_and_five_at_most():
    cards = signing(
        request("Dysport", (1500,), "Cervical dystonia"),
        conditions=[condition("Myasthenia gravis"), condition("Dysphagia"), condition("Toenail")],
        allergies=[allergy("Cow's milk")],
        administrations=[given("2026-10-20", 155), given("2026-10-25", 155)],
    )
    assert len(cards) == MAX_CARDS
    ranks = [("critical", "warning", "info").index(card["indicator"]) for card in cards]
    assert ranks == sorted(ranks)
    person = [card for card in cards if "Myasthenia gravis" in card["detail"]]
    assert len(person) == 1
    assert "Swallowing" in person[0]["detail"]
    for words in ("cows milk protein", "1500 U planned", "Toenail", "28 days ago"):
        assert words in text_of(cards)


@pytest.mark.parametrize(
    ("product", "doses", "use", "label"),
    [
        ("Dysport", (500,), "Cervical dystonia", "Dysport"),
        ("Xeomin", (120,), "Cervical dystonia", "Xeomin"),
        ("Botox", (155,), "Chronic migraine", "BOTOX"),
    ],
)
def test_the_source_is_the_label_of_the_product_ordered(product, doses, use, label):
    cards = signing(request(product, doses, use), conditions=[condition("Myasthenia gravis")])
    card = next(card for card in cards if "Myasthenia gravis" in card["summary"])
    assert label.casefold() in card["source"]["label"].casefold()


def test_an_interval_of_56_days_against_84_is_a_caution():
    timing = {"repeat": {"frequency": 1, "period": 8, "periodUnit": "wk", "count": 4}}
    dosage = rows_of_doses(155)[0] | {"timing": timing}
    cards = signing(migraine(dosageInstruction=[dosage]))
    card = next(card for card in cards if "planned again too soon" in card["detail"])
    assert card["indicator"] == "warning"
    assert "56 days" in card["detail"]
    dosage["timing"]["repeat"]["period"] = 12
    assert "planned again too soon" not in text_of(signing(migraine(dosageInstruction=[dosage])))


def test_a_childs_weight_in_pounds_stops_the_dose_above_6_units_a_kilogram():
    cards = signing(
        request(doses=(200,), use="NDO"),
        born="2020-05-05",
        measures=[weight(33, "lb", "[lb_av]")],
    )
    assert cards[0]["indicator"] == "critical"
    assert cards[0]["detail"].count("**Stop.") == 2
    assert "6 U/kg" in cards[0]["detail"]


def test_both_administrations_of_a_day_count_towards_the_sum():
    cards = signing(
        request(doses=(200,), use="Overactive bladder"),
        administrations=[given("2026-10-20", 150, id="a"), given("2026-10-20", 150, id="b")],
    )
    assert cards[0]["indicator"] == "critical"
    assert "500 U" in cards[0]["detail"]
    assert "400 U" in cards[0]["detail"]


def test_a_dose_for_a_use_that_is_not_known_still_counts_in_the_sums():
    order = request(doses=(300,), use="Pain of the big toe")
    cards = signing(order, administrations=[given("2026-10-20", 150)])
    assert cards[0]["indicator"] == "critical"
    assert "450 U planned" in cards[0]["detail"]
    assert "Only the total was checked" not in text_of(cards)
    assert "against nothing else" in text_of(cards)


def test_calm_is_not_said_where_the_label_of_the_region_is_not_known():
    cards = signing(request(doses=(100,), use="Overactive bladder"), region="UK")
    assert ("Label status" in text_of(cards)) != (CALM in text_of(cards))


def test_a_limb_that_is_not_named_gets_no_share_that_nobody_ordered():
    cards = signing(request(doses=(300,), use="Hemiplegia following stroke"))
    assert "names no limb" in text_of(cards)
    assert "below the label" not in text_of(cards)


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared inputs are not at hand")
@pytest.mark.parametrize(
    ("name", "words", "indicator"),
    [
        ("c_0", "Myasthenia gravis", "warning"),
        ("c_2", "Myasthenia gravis", "warning"),
        ("lb", "6 U/kg", "critical"),
        ("min_sameday", "500 U planned", "critical"),
        ("medref", CALM, "info"),
        ("nka0", CALM, "info"),
    ],
)
def test_inputs_that_failed_once(name, words, indicator):
    call = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    cards = order_cards(HookRequest(**call), "US")
    assert any(words in text_of([card]) and card["indicator"] == indicator for card in cards)
    assert "Unknown" not in "".join(card["summary"] for card in cards)


def timed(**repeat):
    rows = rows_of_doses(155)
    return request(
        use="Chronic migraine", dosageInstruction=[rows[0] | {"timing": {"repeat": repeat}}]
    )


@pytest.mark.parametrize(
    "repeat",
    [
        {"dayOfWeek": ["mon"]},
        {"when": ["MORN"]},
        {"boundsPeriod": {"start": "2026-11-22", "end": "2027-11-22"}},
    ],
)
def test_a_timing_that_recurs_without_a_period_is_told_as_not_read(repeat):
    cards = signing(timed(**repeat))
    assert "timing was not read" in text_of(cards)
    assert CALM not in text_of(cards)


def test_refills_at_the_interval_of_their_supply_are_checked():
    supply = {"value": 56, "unit": "d", "code": "d"}
    dispense = {"numberOfRepeatsAllowed": 3, "expectedSupplyDuration": supply}
    assert "planned again too soon" in text_of(signing(migraine(dispenseRequest=dispense)))


def test_a_problem_list_that_was_not_sent_is_told_beside_what_a_reason_names():
    sent = {name: bundle() for name in LISTS if name != "conditions"}
    call = HookRequest(
        hook="order-sign",
        hookInstance="d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        context={"draftOrders": bundle(migraine())},
        prefetch=sent,
    )
    cards = order_cards(call, "US")
    assert "Conditions not stated" in text_of(cards)
    assert CALM not in text_of(cards)
