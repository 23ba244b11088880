"""A site just beyond a no-go line is found by its rule, one just on the right side is not."""

import pytest

from case_plans import plan_with
from endplate.safety import check
from endplate.safety.no_go import no_go_lines

LINES = [line for chart in ("upper_face", "bladder") for line in no_go_lines(chart)]


def test_there_is_a_line_for_every_rule_of_landmarks_that_draws_one():
    assert {line.rule for line in LINES} == {
        "corrugator_height",
        "brow_clearance",
        "orbital_rim",
        "forehead_height",
        "trigone",
    }
    assert no_go_lines("neck") == ()


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.rule}-{line.indication}")
@pytest.mark.parametrize("beyond", [True, False])
def test_the_line_is_where_the_rule_is(line, beyond):
    (x0, y0), (x1, y1) = line.points_mm[0], line.points_mm[-1]
    middle = line.points_mm[len(line.points_mm) // 2] if len(line.points_mm) > 2 else None
    x_mm, y_mm = middle or ((x0 + x1) / 2, (y0 + y1) / 2)
    step_mm = -0.5 if beyond else 0.5
    x_mm, y_mm = (x_mm + step_mm, y_mm) if line.keep == "lateral" else (x_mm, y_mm + step_mm)
    site = {"muscle": line.muscles[0], "side": "left", "dose_u": 4, "at_mm": [x_mm, y_mm, 3.0]}
    if line.rule == "trigone":
        site["side"] = "midline"
    edits = {
        "patient.baseline": None,
        "treatment.indication": line.indication,
        "treatment.protocol": None,
        "treatment.site": [site],
    }
    found = {finding.rule for finding in check(plan_with(edits)).findings}
    assert (line.rule in found) == beyond


def test_lines_carry_their_source():
    assert all(line.source and line.title for line in LINES)
    assert all(len(line.points_mm) >= 2 for line in LINES)
