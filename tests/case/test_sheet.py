"""What to draw up: volumes, marks, fills, time to use it."""

import pytest
from hypothesis import given

from case_plans import plan_with
from endplate.case.sheet import preparation_sheet
from endplate.errors import CaseError
from plan_strategies import PLANS

MIGRAINE = {
    "treatment.indication": "chronic_migraine",
    "treatment.vial_u": 200,
    "treatment.diluent_ml": 4,
}


def test_the_label_plan_is_drawn_up_as_the_label_says():
    sheet = preparation_sheet(plan_with())
    assert sheet.dose_per_tenth_ml_u == pytest.approx(4)
    assert sheet.volume_ml == pytest.approx(0.5)
    assert (sheet.vials, sheet.left_u) == (1, 80)
    assert [draw.volume_ml for draw in sheet.draws] == pytest.approx([0.1] * len(sheet.draws))
    assert sum(draw.count for draw in sheet.draws) == 5
    assert sheet.storage.use_within_h == 24


def test_migraine_needs_31_sites_of_a_tenth_of_a_millilitre():
    sheet = preparation_sheet(plan_with(MIGRAINE), 1)
    assert sum(draw.count for draw in sheet.draws) == 31
    assert sheet.volume_ml == pytest.approx(3.1)
    assert sheet.fills == 4
    assert all(draw.marks == 10 for draw in sheet.draws)


def test_the_syringe_chosen_needs_few_fills_and_has_readable_marks():
    assert preparation_sheet(plan_with(MIGRAINE)).syringe.size_ml == 1


@pytest.mark.parametrize(("size_ml", "fills"), [(0.3, 11), (0.5, 7), (1, 4), (5, 1)])
def test_no_injection_is_split_over_two_fills(size_ml, fills):
    assert preparation_sheet(plan_with(MIGRAINE), size_ml).fills == fills


def test_a_small_volume_asks_for_fine_marks():
    edits = {
        "treatment.protocol": None,
        "treatment.site": [{"muscle": "procerus", "side": "midline", "dose_u": 1}],
    }
    sheet = preparation_sheet(plan_with(edits))
    assert sheet.syringe.size_ml == 0.3
    assert sheet.draws[0].marks == 5


def test_rounding_to_the_marks_is_told():
    edits = {"treatment.product": "Dysport", "treatment.vial_u": 300}
    (draw, *_) = preparation_sheet(plan_with(edits), 1).draws
    assert draw.volume_ml == pytest.approx(0.0833, abs=1e-4)
    assert (draw.marks, draw.drawn_ml) == (8, pytest.approx(0.08))
    assert draw.drawn_u == pytest.approx(9.6)


def test_a_site_larger_than_the_syringe_takes_several_fills():
    edits = {
        "treatment.protocol": None,
        "treatment.site": [{"muscle": "procerus", "side": "midline", "dose_u": 30}],
    }
    assert preparation_sheet(plan_with(edits), 0.5).fills == 2


def test_an_unknown_syringe_and_a_plan_without_sites_are_refused():
    with pytest.raises(CaseError, match="2 mL"):
        preparation_sheet(plan_with(), 2)
    with pytest.raises(CaseError, match="no injection"):
        preparation_sheet(plan_with({"treatment.indication": "strabismus"}))


def test_what_is_not_at_hand_is_not_made_up():
    edits = {"treatment.product": "nivobotulinumtoxinA", "treatment.dose_u": 20}
    sheet = preparation_sheet(plan_with(edits))
    assert sheet.storage is None
    assert sheet.dilutions == ()


@given(PLANS)
def test_drawn_doses_are_within_half_a_mark_or_one(plan):
    try:
        sheet = preparation_sheet(plan)
    except CaseError:
        return
    for draw in sheet.draws:
        assert draw.marks >= 1
        slack_ml = max(sheet.syringe.mark_ml / 2, sheet.syringe.mark_ml - draw.volume_ml)
        assert abs(draw.drawn_ml - draw.volume_ml) <= slack_ml + 1e-9
    assert sheet.fills >= 1
    assert -1e-6 <= sheet.left_u < sheet.vial_u + 1e-6
