"""The desk: what is done on it can be undone, kept and laid out again; a bad text does nothing."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endplate.case import DEMO_PLAN, Plan
from endplate.errors import CaseError
from endplate.views.sheet_notes import SheetNotes
from endplate.web.desk import Desk, Draft
from endplate.web.desk.address import draft_of
from endplate.web.desk.fields import value_at, with_product, with_use, with_value


@pytest.fixture
def desk() -> Desk:
    return Desk.with_plan(Plan.load(DEMO_PLAN))


def aged(desk: Desk, age_y: float) -> None:
    desk.put(with_value(desk.draft, "patient.age_y", age_y))


def test_a_plan_becomes_a_draft_and_the_same_plan_again():
    plan = Plan.load(DEMO_PLAN)
    assert Draft.of_plan(plan).plan == plan


def test_undo_and_redo_walk_the_same_way(desk):
    seen = [desk.draft]
    for age_y in (30, 40, 50):
        aged(desk, age_y)
        seen.append(desk.draft)
    for draft in reversed(seen[:-1]):
        desk.undo()
        assert desk.draft == draft
    assert not desk.can_undo
    for draft in seen[1:]:
        desk.redo()
        assert desk.draft == draft
    assert not desk.can_redo


def test_a_change_after_an_undo_forgets_what_was_undone(desk):
    aged(desk, 30)
    desk.undo()
    aged(desk, 31)
    assert not desk.can_redo


def test_the_same_draft_again_is_no_step(desk):
    desk.put(desk.draft)
    assert not desk.can_undo


def test_four_plans_and_no_fifth(desk):
    assert all(desk.add(Draft(f"copy {n}", desk.draft.text)) for n in range(3))
    assert not desk.add(Draft("fifth", desk.draft.text))
    assert [draft.name for draft in desk.drafts] == ["demo_plan", "copy 0", "copy 1", "copy 2"]
    desk.remove(0)
    assert (desk.at, desk.draft.name) == (2, "copy 2")


def test_the_last_plan_stays(desk):
    desk.remove(0)
    assert len(desk.drafts) == 1


def test_what_is_kept_is_laid_out_again(desk):
    desk.add(Draft.of("broken", {"patient": {"age_y": -1}, "treatment": {}}))
    other = Desk.with_plan(Plan.load(DEMO_PLAN))
    assert other.restore(desk.dumps())
    assert other.state == desk.state


@given(st.text() | st.sampled_from(["[]", "{}", '{"plans":[],"at":0}', '{"plans":[1],"at":0}']))
def test_a_text_that_is_no_desk_changes_nothing(text):
    desk = Desk.with_plan(Plan.load(DEMO_PLAN))
    before = desk.state
    assert not desk.restore(text)
    assert not desk.follow(text)
    assert desk.state == before


def test_the_desk_of_a_link_can_be_undone(desk):
    other = Desk.with_plan(Plan.load(DEMO_PLAN))
    aged(other, 70)
    assert desk.follow(other.dumps())
    assert value_at(desk.draft, "patient.age_y") == 70
    desk.undo()
    assert value_at(desk.draft, "patient.age_y") == 46


NOTES = SheetNotes(questions="Will it hurt?", patient="Ann")


def test_notes_go_with_their_plan_and_are_kept(desk):
    desk.write(NOTES)
    aged(desk, 30)
    assert desk.notes == NOTES
    desk.add(Draft("other", desk.draft.text))
    assert desk.notes == SheetNotes()
    desk.write(replace(NOTES, patient="Bob"))
    other = Desk.with_plan(Plan.load(DEMO_PLAN))
    assert other.restore(desk.dumps())
    assert other.notes.patient == "Bob"
    other.open(0)
    assert other.notes == NOTES
    other.remove(0)
    assert other.notes.patient == "Bob"


def test_no_undo_touches_notes_and_notes_are_no_step(desk):
    aged(desk, 30)
    desk.write(NOTES)
    desk.undo()
    assert desk.notes == NOTES
    assert not desk.can_undo
    desk.redo()
    assert desk.notes == NOTES


def test_another_plan_in_the_same_place_has_a_blank_sheet(desk):
    desk.write(NOTES)
    desk.swap(Draft("demo_plan", with_value(desk.draft, "patient.age_y", 70).text))
    assert desk.notes == SheetNotes()
    desk.undo()
    assert desk.notes == NOTES


def test_a_link_brings_no_notes(desk):
    other = Desk.with_plan(Plan.load(DEMO_PLAN))
    aged(other, 70)
    other.write(NOTES)
    assert desk.follow(other.dumps())
    assert desk.notes == SheetNotes()


@pytest.mark.parametrize("notes", [None, [], "x", {"patient": 5}, {"patient": "x" * 900}])
def test_a_desk_kept_without_sound_notes_is_laid_out(desk, notes):
    kept = json.loads(desk.dumps())
    kept["plans"][0]["notes"] = notes
    other = Desk.with_plan(Plan.load(DEMO_PLAN))
    assert other.restore(json.dumps(kept))
    assert other.notes == SheetNotes()


def test_clearing_the_desk_forgets_notes(desk):
    desk.write(NOTES)
    desk.lay_out(desk.drafts)
    assert desk.notes == SheetNotes()
    assert "Ann" not in desk.dumps()


def test_listeners_hear_of_every_change(desk):
    heard = []
    desk.listeners.append(lambda: heard.append(desk.draft))
    aged(desk, 30)
    desk.undo()
    desk.redo()
    assert len(heard) == 3


def test_a_field_can_be_left_out_and_its_fault_names_it(desk):
    assert with_value(desk.draft, "patient.age_y", None).plan.patient.age_y is None
    (fault,) = with_value(desk.draft, "patient.age_y", -3).faults
    assert re.match(r"patient\.age_y is -3; it must be", fault)


def test_no_dose_goes_over_to_another_product(desk):
    own = with_value(desk.draft, "treatment.dose_u", 30)
    changed = with_product(own, "abobotulinumtoxinA")
    assert value_at(changed, "treatment.dose_u") is None
    assert value_at(changed, "treatment.protocol") == "label"
    assert changed.plan.treatment.product == "abobotulinumtoxinA"


def test_another_use_takes_its_own_sites_and_scores(desk):
    changed = with_use(desk.draft, ["chronic_migraine"])
    assert changed.plan.treatment.indications == ("chronic_migraine",)
    assert value_at(changed, "patient.baseline") == {}
    assert with_use(desk.draft, ["glabellar_lines"]).plan.patient.baseline


def test_a_use_without_protocol_has_no_sites_and_says_so(desk):
    changed = with_use(desk.draft, ["sialorrhea"])
    assert any("no sites" in fault for fault in changed.faults)


def test_an_address_names_a_plan():
    draft = draft_of({"indication": "migraine", "product": "Botox", "age_y": "40"})
    assert draft.plan.treatment.indications == ("chronic_migraine",)
    assert draft.plan.patient.age_y == 40
    assert draft_of({"week": "6"}) is None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"indication": "migrane"}, "'migrane' is not a known indication; the nearest: chronic"),
        ({"indication": "migraine", "product": "Botx"}, "'Botx' is not a known product"),
        ({"indication": "migraine", "age_y": "old"}, "age_y is 'old'; it must be a number."),
    ],
)
def test_an_address_that_cannot_be_read_is_told_in_one_sentence(query, words):
    with pytest.raises(CaseError, match=re.escape(words)):
        draft_of(query)


@pytest.mark.parametrize(
    ("use", "vial_u", "diluent_ml"),
    [
        ("overactive_bladder", 100, 10),
        ("neurogenic_detrusor_overactivity", 200, 30),
        ("chronic_migraine", 100, 2),
        ("axillary_hyperhidrosis", 100, 4),
    ],
)
def test_the_dilution_of_a_use_is_the_labels_for_it(desk, use, vial_u, diluent_ml):
    treatment = with_use(desk.draft, [use]).plan.treatment
    assert (treatment.vial_u, treatment.diluent_ml) == (vial_u, diluent_ml)
