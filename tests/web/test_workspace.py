"""The workspace: changes can be undone, stored and restored; a text that is none does nothing."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endplate.case import DEMO_PLAN, Patient, Plan
from endplate.errors import CaseError
from endplate.views.sheet_notes import SheetNotes
from endplate.web.workspace import Draft, Workspace, blank_draft, is_sample_person
from endplate.web.workspace.plan_edits import (
    draft_from_query,
    label_dilution,
    value_at,
    with_dilution,
    with_field,
    with_product,
    with_use,
    with_value,
)
from endplate.web.workspace.site_edits import apply_edit


@pytest.fixture
def workspace() -> Workspace:
    return Workspace.with_plan(Plan.load(DEMO_PLAN))


def aged(workspace: Workspace, age_y: float) -> None:
    workspace.update(with_value(workspace.draft, "patient.age_y", age_y))


def test_a_plan_becomes_a_draft_and_the_same_plan_again():
    plan = Plan.load(DEMO_PLAN)
    assert Draft.of_plan(plan).plan == plan


def test_undo_and_redo_walk_the_same_way(workspace):
    drafts = [workspace.draft]
    for age_y in (30, 40, 50):
        aged(workspace, age_y)
        drafts.append(workspace.draft)
    for draft in reversed(drafts[:-1]):
        workspace.undo()
        assert workspace.draft == draft
    assert not workspace.can_undo
    for draft in drafts[1:]:
        workspace.redo()
        assert workspace.draft == draft
    assert not workspace.can_redo


def test_a_change_after_an_undo_forgets_what_was_undone(workspace):
    aged(workspace, 30)
    workspace.undo()
    aged(workspace, 31)
    assert not workspace.can_redo


def test_the_same_draft_again_is_no_step(workspace):
    workspace.update(workspace.draft)
    assert not workspace.can_undo


def test_four_plans_and_no_fifth(workspace):
    assert all(workspace.add(Draft(f"copy {n}", workspace.draft.text)) for n in range(3))
    assert not workspace.add(Draft("fifth", workspace.draft.text))
    assert [draft.name for draft in workspace.drafts] == ["demo_plan", "copy 0", "copy 1", "copy 2"]
    workspace.remove(0)
    assert (workspace.index, workspace.draft.name) == (2, "copy 2")


def test_the_last_plan_stays(workspace):
    workspace.remove(0)
    assert len(workspace.drafts) == 1


def test_what_is_stored_is_restored(workspace):
    workspace.add(Draft.of("broken", {"patient": {"age_y": -1}, "treatment": {}}))
    other = Workspace.with_plan(Plan.load(DEMO_PLAN))
    assert other.restore(workspace.dumps())
    assert other.state == workspace.state


@given(st.text() | st.sampled_from(["[]", "{}", '{"plans":[],"at":0}', '{"plans":[1],"at":0}']))
def test_a_text_that_is_no_workspace_changes_nothing(text):
    workspace = Workspace.with_plan(Plan.load(DEMO_PLAN))
    before = workspace.state
    assert not workspace.restore(text)
    assert not workspace.open_link(text)
    assert workspace.state == before


def test_opening_a_link_can_be_undone(workspace):
    other = Workspace.with_plan(Plan.load(DEMO_PLAN))
    aged(other, 70)
    assert workspace.open_link(other.dumps())
    assert value_at(workspace.draft, "patient.age_y") == 70
    workspace.undo()
    assert value_at(workspace.draft, "patient.age_y") == 46


NOTES = SheetNotes(questions="Will it hurt?", patient="Ann")


def test_notes_go_with_their_plan_and_are_stored(workspace):
    workspace.write_notes(NOTES)
    aged(workspace, 30)
    assert workspace.notes == NOTES
    workspace.add(Draft("other", workspace.draft.text))
    assert workspace.notes == SheetNotes()
    workspace.write_notes(replace(NOTES, patient="Bob"))
    other = Workspace.with_plan(Plan.load(DEMO_PLAN))
    assert other.restore(workspace.dumps())
    assert other.notes.patient == "Bob"
    other.open(0)
    assert other.notes == NOTES
    other.remove(0)
    assert other.notes.patient == "Bob"


def test_no_undo_touches_notes_and_notes_are_no_step(workspace):
    aged(workspace, 30)
    workspace.write_notes(NOTES)
    workspace.undo()
    assert workspace.notes == NOTES
    assert not workspace.can_undo
    workspace.redo()
    assert workspace.notes == NOTES


def test_another_plan_in_the_same_place_has_a_blank_sheet(workspace):
    workspace.write_notes(NOTES)
    workspace.replace_open(
        Draft("demo_plan", with_value(workspace.draft, "patient.age_y", 70).text)
    )
    assert workspace.notes == SheetNotes()
    workspace.undo()
    assert workspace.notes == NOTES


def test_a_link_brings_no_notes(workspace):
    other = Workspace.with_plan(Plan.load(DEMO_PLAN))
    aged(other, 70)
    other.write_notes(NOTES)
    assert workspace.open_link(other.dumps())
    assert workspace.notes == SheetNotes()


@pytest.mark.parametrize("notes", [None, [], "x", {"patient": 5}, {"patient": "x" * 900}])
def test_a_workspace_stored_without_valid_notes_is_restored(workspace, notes):
    stored = json.loads(workspace.dumps())
    stored["plans"][0]["notes"] = notes
    other = Workspace.with_plan(Plan.load(DEMO_PLAN))
    assert other.restore(json.dumps(stored))
    assert other.notes == SheetNotes()


def test_a_reset_deletes_notes(workspace):
    workspace.write_notes(NOTES)
    workspace.reset(workspace.drafts)
    assert workspace.notes == SheetNotes()
    assert "Ann" not in workspace.dumps()


def test_listeners_hear_of_every_change(workspace):
    drafts = []
    workspace.listeners.append(lambda: drafts.append(workspace.draft))
    aged(workspace, 30)
    workspace.undo()
    workspace.redo()
    assert len(drafts) == 3


def test_a_field_can_be_left_out_and_its_fault_names_it(workspace):
    assert with_value(workspace.draft, "patient.age_y", None).plan.patient.age_y is None
    (fault,) = with_value(workspace.draft, "patient.age_y", -3).faults
    assert re.match(r"patient\.age_y is -3; it must be", fault)


def test_no_dose_goes_over_to_another_product(workspace):
    dosed = with_value(workspace.draft, "treatment.dose_u", 30)
    changed = with_product(dosed, "abobotulinumtoxinA")
    assert value_at(changed, "treatment.dose_u") is None
    assert value_at(changed, "treatment.protocol") == "label"
    assert changed.plan.treatment.product == "abobotulinumtoxinA"


def test_another_use_takes_its_own_sites_and_scores(workspace):
    changed = with_use(workspace.draft, ["chronic_migraine"])
    assert changed.plan.treatment.indications == ("chronic_migraine",)
    assert value_at(changed, "patient.baseline") == {}
    assert with_use(workspace.draft, ["glabellar_lines"]).plan.patient.baseline


def test_a_use_without_protocol_has_no_sites_and_says_so(workspace):
    changed = with_use(workspace.draft, ["sialorrhea"])
    assert any("no sites" in fault for fault in changed.faults)


def test_an_address_names_a_plan():
    draft = draft_from_query({"indication": "migraine", "product": "Botox", "age_y": "40"})
    assert draft.plan.treatment.indications == ("chronic_migraine",)
    assert draft.plan.patient.age_y == 40
    assert draft_from_query({"week": "6"}) is None


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
        draft_from_query(query)


@pytest.mark.parametrize(
    ("use", "vial_u", "diluent_ml"),
    [
        ("overactive_bladder", 100, 10),
        ("neurogenic_detrusor_overactivity", 200, 30),
        ("chronic_migraine", 100, 2),
        ("axillary_hyperhidrosis", 100, 4),
    ],
)
def test_the_dilution_of_a_use_is_offered_and_taken_where_none_is_stated(
    workspace, use, vial_u, diluent_ml
):
    changed = with_use(workspace.draft, [use])
    assert (changed.plan.treatment.vial_u, changed.plan.treatment.diluent_ml) == (100, 2.5)
    assert label_dilution(changed) == (use, vial_u, diluent_ml)
    taken = with_dilution(changed, vial_u, diluent_ml)
    assert label_dilution(taken) is None
    blank = with_use(blank_draft("new", "onabotulinumtoxinA", "US"), [use]).plan.treatment
    assert (blank.vial_u, blank.diluent_ml) == (vial_u, diluent_ml)


def test_a_new_patient_is_blank_and_dated_today():
    draft = blank_draft("new", "onabotulinumtoxinA", "EU")
    assert draft.plan is None
    assert draft.tables == {
        "patient": {},
        "treatment": {
            "date": date.today().isoformat(),
            "product": "onabotulinumtoxinA",
            "region": "EU",
            "site": [],
        },
    }
    plan = with_use(draft, ["glabellar_lines"]).plan
    assert plan.patient == Patient()
    assert plan.treatment.protocol == "label"


def test_starting_anew_can_be_undone(workspace):
    before = workspace.drafts
    workspace.start((blank_draft("new", None, None),))
    assert [draft.name for draft in workspace.drafts] == ["new"]
    workspace.undo()
    assert workspace.drafts == before


def test_the_sample_is_known_until_its_person_is_changed(workspace):
    assert is_sample_person(workspace.draft)
    assert is_sample_person(with_value(workspace.draft, "treatment.dose_u", 24))
    assert not is_sample_person(with_value(workspace.draft, "patient.age_y", 40))
    assert not is_sample_person(blank_draft("new", None, None))


def test_an_area_more_keeps_the_sites_of_the_plan(workspace):
    own = apply_edit(workspace.draft, {"do": "dose", "site": 1, "dose_u": 7.5})
    listed = own.tables["treatment"]["site"]
    more = with_use(own, ["glabellar_lines", "lateral_canthal_lines"])
    sites = more.tables["treatment"]["site"]
    assert sites[: len(listed)] == listed
    assert {site.get("indication") for site in sites[len(listed) :]} == {"lateral_canthal_lines"}
    assert more.plan is not None
    assert with_use(more, ["glabellar_lines"]).tables["treatment"]["site"] == listed
    assert with_use(more, ["glabellar_lines"]).plan is not None


@pytest.mark.parametrize(
    ("path", "typed", "stated"),
    [
        ("patient.age_y", "57", 57),
        ("patient.age_y", "", None),
        ("patient.baseline.glabellar_lines", 2, 2),
        ("patient.sex", "male", "male"),
        ("patient.conditions", ["diabetes"], ["diabetes"]),
        ("treatment.date", "2026-12-01", "2026-12-01"),
        ("treatment.product", "incobotulinumtoxinA", "incobotulinumtoxinA"),
        ("treatment.indication", ["forehead_lines"], ["forehead_lines"]),
    ],
)
def test_what_was_typed_without_a_server_is_put_in(workspace, path, typed, stated):
    assert value_at(with_field(workspace.draft, path, typed), path) == stated


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("patient.age_y", "old"),
        ("patient.age_y", {"a": 1}),
        ("patient.sex", 3),
        ("patient.conditions", "diabetes"),
        ("treatment.product", "water"),
        ("treatment.indication", ["nothing"]),
        ("override", []),
        ("patient.baseline.nothing", 1),
    ],
)
def test_what_cannot_have_been_typed_changes_nothing(workspace, path, typed):
    assert with_field(workspace.draft, path, typed) == workspace.draft
