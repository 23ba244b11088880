"""Sites on the charts of the body: by muscle, by place, by the protocol."""

from itertools import combinations
from math import dist

import pytest

from endplate.case import Plan, muscles_reached, placed_sites, protocol_basis
from endplate.errors import NotCovered, PlanFaults
from endplate.facts.atlas import chart_blocks, chart_limits
from endplate.facts.indications import indication, indications
from endplate.facts.label import label_rules
from endplate.facts.protocols import TrialProtocol
from endplate.facts.table import typed_rows

PLAN = """
[patient]
age_y = {age_y}
[treatment]
date = 2026-11-22
product = "{product}"
region = "{region}"
indication = ["{use}"]
vial_u = 100
diluent_ml = 2
{rest}
"""
ONA = "onabotulinumtoxinA"
BY_LABEL = 'protocol = "label"'
USES = [one.name for one in indications()]


def plan(use, rest, product=ONA, region="US", age_y=50):
    return Plan.loads(PLAN.format(use=use, rest=rest, product=product, region=region, age_y=age_y))


def site(**fields):
    lines = [f"{name} = {value!r}" for name, value in {"dose_u": 5, **fields}.items()]
    return "\n".join(["[[treatment.site]]", *lines]) + "\n"


KNOWN = sorted(
    {
        (row.product, row.region, row.indication)
        for row in label_rules(None, None, None, "session_dose")
        if row.product != "any" and row.indication in USES
    }
    | {(row.product, "US", row.indication) for row in typed_rows(TrialProtocol, "trial_protocols")}
)


@pytest.mark.parametrize(("product", "region", "use"), KNOWN)
def test_the_protocol_works_for_every_use_with_a_label_dose_or_a_trial(product, region, use):
    treated = plan(use, BY_LABEL, product, region)
    placed = [one for one in placed_sites(treated) if one.indication == use]
    basis = protocol_basis(treated.treatment, use)
    assert sum(one.dose_u for one in placed) == pytest.approx(basis.dose_u)
    assert {one.origin for one in placed} == {basis.basis}
    limits = chart_limits(indication(use).chart)
    for one in placed:
        x_mm = one.x_mm if one.side == "midline" else abs(one.x_mm)
        assert limits.x_mm[0] <= x_mm <= limits.x_mm[1]
        assert limits.y_mm[0] <= one.y_mm <= limits.y_mm[1]


def test_one_dose_of_the_label_goes_before_that_of_a_trial():
    basis = protocol_basis(plan("chronic_migraine", BY_LABEL).treatment, "chronic_migraine")
    assert (basis.basis, basis.dose_u) == ("label", 155)
    basis = protocol_basis(plan("cervical_dystonia", BY_LABEL).treatment, "cervical_dystonia")
    assert (basis.basis, basis.dose_u) == ("trial", 236)
    # Here the European label has one dose and the US label a range.
    for region, whose in (("US", "trial"), ("EU", "label")):
        treatment = plan("upper_limb_spasticity", BY_LABEL, "Dysport", region).treatment
        assert protocol_basis(treatment, "upper_limb_spasticity").basis == whose


def test_a_product_has_the_pattern_of_its_own_trial():
    mine = {one.muscle for one in placed_sites(plan("upper_limb_spasticity", BY_LABEL))}
    other = placed_sites(plan("upper_limb_spasticity", BY_LABEL, "Dysport"))
    assert "adductor_pollicis" in mine
    assert "biceps_brachii" not in mine
    assert "biceps_brachii" in {one.muscle for one in other}
    assert {one.indication for one in other} == {"upper_limb_spasticity"}


def test_the_sites_of_the_bladder_lie_on_both_sides_of_the_midline():
    placed = placed_sites(plan("overactive_bladder", BY_LABEL))
    assert min(one.x_mm for one in placed) < 0 < max(one.x_mm for one in placed)
    assert {one.side for one in placed} == {"midline"}
    assert min(one.y_mm for one in placed) > 0


def test_a_muscle_of_two_regions_lies_on_the_chart_of_the_use():
    trapezius = site(muscle="trapezius", side="left")
    head, neck = (
        placed_sites(plan(use, trapezius))[0] for use in ("chronic_migraine", "cervical_dystonia")
    )
    assert head.y_mm < -50 < 0 < neck.y_mm


@pytest.mark.parametrize(
    ("use", "at_mm", "muscle"),
    [
        ("cervical_dystonia", [54, 77, 11], "sternocleidomastoid"),
        ("lower_limb_spasticity", [119, -250, 32], "soleus"),
        ("upper_limb_spasticity", [263, -92, 10], "flexor_carpi_ulnaris"),
        ("chronic_migraine", [126, 20, 9], "temporalis"),
        ("chronic_migraine", [23, 8, 5], "corrugator_supercilii"),
        ("axillary_hyperhidrosis", [210, 12, 3], "axillary_eccrine_field"),
    ],
)
def test_a_place_finds_its_muscle_on_the_chart_of_the_use(use, at_mm, muscle):
    (placed,) = placed_sites(plan(use, site(side="left", at_mm=at_mm)))
    assert (placed.muscle, placed.indication) == (muscle, use)
    assert muscles_reached(tuple(at_mm), indication(use).chart)[0].muscle == muscle


def test_a_place_in_a_plan_for_two_uses_is_read_on_the_chart_that_holds_it():
    both = plan('glabellar_lines", "chronic_migraine', site(side="left", at_mm=[232, 4, 5]))
    assert placed_sites(both)[0].muscle == "occipitalis"


def test_the_muscles_reached_are_told_nearest_first():
    point = (119.0, -150.0, 20.0)
    blocks = muscles_reached(point, "lower_limb", 15.0)
    away_mm = [block.distance_mm(point) for block in blocks]
    assert away_mm == sorted(away_mm)
    assert away_mm[-1] <= 15.0
    assert {"soleus", "gastrocnemius_medial"} <= {block.muscle for block in blocks}
    assert "flexor_digitorum_longus" not in {block.muscle for block in blocks}
    far = [block for block in chart_blocks("lower_limb") if block.distance_mm(point) > 15.0]
    assert len(far) + len(blocks) == len(chart_blocks("lower_limb"))


@pytest.mark.parametrize("use", ["lower_limb_spasticity", "axillary_hyperhidrosis"])
def test_sites_beyond_the_protocol_spread_over_the_muscle(use):
    muscle = chart_blocks(indication(use).chart)[0].muscle
    placed = placed_sites(plan(use, site(muscle=muscle, side="right") * 16))
    points = [(one.x_mm, one.y_mm, one.z_mm) for one in placed]
    assert min(dist(a, b) for a, b in combinations(points, 2)) >= 5.0
    block = chart_blocks(indication(use).chart)[0]
    assert all(block.distance_mm((-x, y, z)) < 1.0 for x, y, z in points)


def test_a_place_off_the_chart_of_the_use_is_a_fault():
    with pytest.raises(PlanFaults, match="from 50 to 190 mm"):
        plan("lower_limb_spasticity", site(muscle="soleus", side="left", at_mm=[20, -200, 30]))
    with pytest.raises(PlanFaults, match="on the midline"):
        plan("glabellar_lines", site(muscle="procerus", side="midline", at_mm=[3, -3, 4]))
    assert plan("overactive_bladder", site(muscle="detrusor", side="midline", at_mm=[-9, 9, 1]))


def test_the_doses_of_adults_are_not_placed_in_a_child():
    with pytest.raises(NotCovered, match="adults"):
        placed_sites(plan("lower_limb_spasticity", BY_LABEL, age_y=8))
