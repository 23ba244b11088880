"""A stop is set aside by one written reason; the finding stays."""

import subprocess
import sys

import pytest

from case_plans import plan_text, plan_with
from endplate.case import Plan
from endplate.errors import PlanFaults
from endplate.safety import check

INFECTED = {"patient.conditions": ["infection_at_site"]}
REASON = "seen by the dermatologist, site moved"


def with_override(edits, *overrides):
    blocks = [
        "\n[[override]]\n" + "\n".join(f'{key} = "{value}"' for key, value in one.items())
        for one in overrides
    ]
    return plan_text(edits) + "\n" + "\n".join(blocks)


def result_of(edits, *overrides):
    return check(Plan.loads(with_override(edits, *overrides)))


def test_a_reason_sets_a_stop_aside_and_the_finding_stays():
    before = check(plan_with(INFECTED))
    after = result_of(INFECTED, {"rule": "conditions", "reason": REASON})
    assert (before.open_stops, after.open_stops) == (1, 0)
    assert after.level == "stop"
    (stop,) = [finding for finding in after.findings if finding.level == "stop"]
    assert stop.override == REASON
    assert after.as_dict()["findings"][0]["override"] == REASON


def test_another_rule_s_reason_sets_nothing_aside():
    result = result_of(INFECTED, {"rule": "age", "reason": REASON})
    assert result.open_stops == 1
    assert any(f.rule == "override" and f.level == "unknown" for f in result.findings)


def test_two_stops_of_a_rule_need_a_reason_each():
    edits = {
        "patient.conditions": ["infection_at_site", "myasthenia_gravis"],
        "treatment.region": "UK",
    }
    both = result_of(edits, {"rule": "conditions", "reason": REASON})
    assert both.open_stops == 2
    one = {"rule": "conditions", "reason": REASON, "about": "infection_at_site"}
    other = {"rule": "conditions", "reason": REASON, "about": "myasthenia_gravis"}
    assert result_of(edits, one).open_stops == 1
    assert result_of(edits, one, other).open_stops == 0


def test_a_caution_cannot_be_set_aside():
    result = result_of({"treatment.dose_u": 30}, {"rule": "dose_area", "reason": REASON})
    assert not [finding for finding in result.findings if finding.override]


@pytest.mark.parametrize("reason", ["", "  ", "because", "it is"])
def test_a_reason_must_say_something(reason):
    text = with_override(INFECTED, {"rule": "conditions", "reason": reason})
    with pytest.raises(PlanFaults, match=r"override\[1\]\.reason"):
        Plan.loads(text)


def test_overrides_are_written_and_read_back():
    plan = Plan.loads(with_override(INFECTED, {"rule": "conditions", "reason": REASON}))
    assert Plan.loads(plan.dumps()) == plan
    assert plan.overrides[0].reason == REASON


@pytest.mark.parametrize(("overrides", "code"), [([], 1), ([{"rule": "conditions"}], 0)])
def test_exit_code_is_0_only_when_every_stop_has_a_reason(tmp_path, overrides, code):
    path = tmp_path / "plan.toml"
    given = [{**one, "reason": REASON} for one in overrides]
    path.write_text(with_override(INFECTED, *given), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "endplate.cli.main", "check", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert ("Set aside" in done.stdout) is (code == 0)
    assert "Infection at the injection site" in done.stdout
