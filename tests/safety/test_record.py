"""A person's record, before product and use are chosen, by the rules that hold for every use."""

from datetime import date

import pytest

from endplate.case import Patient, PreviousTreatment
from endplate.safety.record import check_record

DAY = date(2026, 11, 22)
NOTHING = {"conditions": (), "medications": (), "allergies": (), "previous": ()}


def found(product=None, region="US", **stated):
    return check_record(Patient(**NOTHING | stated), DAY, region, product)


def test_a_record_with_nothing_in_it_has_no_finding():
    assert found() == ()


def test_what_is_not_stated_is_unknown():
    told = check_record(Patient(), DAY)
    assert {one.level for one in told} == {"unknown"}
    assert {one.rule for one in told} == {
        "conditions",
        "medications",
        "allergies",
        "previous_treatments",
    }


def test_contraindications_and_interactions_of_every_use_are_found():
    told = found(conditions=("myasthenia_gravis",), medications=("gentamicin",))
    assert [one.rule for one in told] == ["conditions", "medications"]


def test_rules_of_a_use_that_is_not_chosen_say_nothing():
    assert found(conditions=("dry_eye",)) == ()  # a warning for the face alone


def test_an_allergy_is_checked_against_every_product_or_the_one_chosen():
    milk = {"allergies": ("cows_milk_protein",)}
    (stop,) = found(**milk)
    assert stop.level == "stop"
    assert "abobotulinumtoxinA" in stop.reason
    assert found(product="onabotulinumtoxinA", **milk) == ()
    assert found(product="abobotulinumtoxinA", **milk) == (stop,)


def test_a_reaction_to_an_earlier_treatment_is_repeated():
    earlier = PreviousTreatment(date(2026, 1, 5), "onabotulinumtoxinA", reaction="rash")
    (told,) = found(previous=(earlier,))
    assert told.rule == "previous_reaction"


@pytest.mark.parametrize(("dose_u", "is_stop"), [(None, False), (400.0, False), (401.0, True)])
def test_a_dose_for_a_use_that_is_not_known_is_held_against_the_sum_of_all_uses(dose_u, is_stop):
    patient = Patient(**NOTHING)
    found = check_record(patient, DAY, "US", "onabotulinumtoxinA", dose_u)
    assert any(f.rule == "cumulative_dose" and f.level == "stop" for f in found) == is_stop
