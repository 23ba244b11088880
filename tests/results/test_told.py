"""What a plan tells that a forecast cannot take in is said among its limits."""

import pytest

from case_plans import plan_with
from endplate.case import placed_sites
from endplate.facts.endpoints import stated_score
from endplate.results.limits import area_doses_u, covered_areas, limits_of
from endplate.results.result import PeakBlock

BLADDER = {"treatment.indication": "neurogenic_detrusor_overactivity", "treatment.vial_u": 200}
FAILED = {
    "date": "2026-01-05",
    "product": "Botox",
    "indication": "glabellar_lines",
    "reaction": "no effect; neutralising antibodies found",
}
ONE_SIDE = {
    "treatment.protocol": None,
    "treatment.site": [{"muscle": "corrugator", "side": "left", "dose_u": 10}] * 2,
}


def limits(edits):
    plan = plan_with(edits)
    areas = covered_areas(plan)
    return " ".join(limits_of(plan, area_doses_u(placed_sites(plan), areas)))


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ({"patient.previous": [FAILED]}, "no promise to this person"),
        (ONE_SIDE, "20 U on the left and 0 U on the right"),
        (ONE_SIDE, "grades the side that is left stronger"),
        ({"patient.baseline": {"glabellar_lines": 0}}, "nothing to gain"),
        ({"patient.baseline": {"hit6": 60}}, "hit6) is not used"),
        ({**BLADDER, "patient.baseline": {"ui_per_week": 0}}, "nothing to gain"),
        ({**BLADDER, "patient.baseline": {"hdss": 4}}, "hdss) is not used"),
    ],
)
def test_it_is_told(edits, words):
    assert words in limits(edits)


def test_the_label_plan_has_nothing_of_the_kind():
    told = limits({})
    for words in ("no promise", "on the left", "stronger", "nothing to gain", "not used"):
        assert words not in told


def test_what_asymmetry_to_expect_is_told_by_side():
    plan = plan_with(ONE_SIDE)
    reach = [PeakBlock(muscle="corrugator_supercilii", side="left", peak_block=0.97)]
    reach.append(PeakBlock(muscle="corrugator_supercilii", side="right", peak_block=0.02))
    (told,) = [one for one in limits_of(plan, {"glabellar_lines": 20.0}, reach) if "peak" in one]
    assert "97% of its junctions out of work on the left and 2% on the right" in told


def test_leaks_a_week_are_leaks_a_day():
    assert stated_score("ui_per_day", {"ui_per_week": 14}) == 2
    assert "No score of" not in limits({**BLADDER, "patient.baseline": {"ui_per_week": 14}})
