"""The lines on the chart are where the rules begin to object: inside is quiet, outside is not."""

import pytest

from endplate.case import Plan
from endplate.safety import check
from endplate.safety.guides import guides

PLAN = """
[patient]
age_y = 46
[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "{use}"
vial_u = 100
diluent_ml = 2.5
[[treatment.site]]
muscle = "{muscle}"
side = "{side}"
dose_u = 4
at_mm = [{x}, {y}, 4]
"""
STEP_MM = 0.2


def rules_at(use: str, muscle: str, x_mm: float, y_mm: float) -> set[str]:
    side = "midline" if muscle == "detrusor" else "left"
    text = PLAN.format(use=use, muscle=muscle, side=side, x=x_mm, y=y_mm)
    return {finding.rule for finding in check(Plan.loads(text)).findings}


@pytest.mark.parametrize(
    ("use", "rule"),
    [
        ("glabellar_lines", "corrugator_height"),
        ("glabellar_lines", "brow_clearance"),
        ("lateral_canthal_lines", "orbital_rim"),
        ("forehead_lines", "forehead_height"),
        ("overactive_bladder", "trigone"),
    ],
)
def test_a_line_is_where_its_rule_begins(use, rule):
    known = {"overactive_bladder": ("detrusor", "midline", 0)}
    muscle, side, x = known.get(use, ("frontalis", "left", 20))
    plan = Plan.loads(PLAN.format(use=use, muscle=muscle, side=side, x=x, y=40))
    line = next(one for one in guides(plan) if one.rule == rule)
    (x0, y0), (x1, y1) = line.points_mm[0], line.points_mm[1]
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    aside = (0.0, STEP_MM) if line.keep == "above" else (STEP_MM, 0.0)
    muscle = line.muscles[0]
    assert rule not in rules_at(use, muscle, x + aside[0], y + aside[1])
    assert rule in rules_at(use, muscle, x - aside[0], y - aside[1])


def test_the_strip_beside_the_eye_is_the_labels():
    plan = Plan.loads(
        PLAN.format(
            use="lateral_canthal_lines", muscle="orbicularis_oculi", side="left", x=60, y=-20
        )
    )
    strip = next(one for one in guides(plan) if one.keep == "between")
    (low, y), (high, _) = strip.points_mm
    use, muscle = "lateral_canthal_lines", "orbicularis_oculi"
    assert strip.rule not in rules_at(use, muscle, (low + high) / 2, y)
    assert strip.rule in rules_at(use, muscle, low - STEP_MM, y)
    assert strip.rule in rules_at(use, muscle, high + STEP_MM, y)


def test_a_use_without_such_rules_has_no_lines():
    text = PLAN.format(use="chronic_migraine", muscle="frontalis", side="left", x=20, y=40)
    assert guides(Plan.loads(text)) == ()
