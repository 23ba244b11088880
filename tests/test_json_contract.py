"""The fields in docs/json.md are the fields on stdout, in both directions."""

import json
import math
import re
import tempfile
from functools import cache
from pathlib import Path

import pytest

from commands import endplate

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/plan-file.md").read_text(encoding="utf-8")
PLAN = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]

# Tables whose keys are names of things, not names of fields.
OPEN = {
    "inputs",
    "left_u",
    "sources[].rows",
    "timing",
    "timing.*.as_trials",
    "timing_by_indication",
    "timing_by_indication.*",
    "plan.patient.baseline",
}
REPEATED = next(
    plan for plan in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL) if "[repeat]" in plan
)
TRIALS = """\
trial_id,source,ref,checked,indication,product,arm,dose_u,area_dose_u,n,day,endpoint,statistic,\
value,sd,ci_low,ci_high,baseline_mean,note
A,x,x,read,glabellar_lines,onabotulinumtoxinA,20U,20,20,404,30,inv_none_mild,percent,80,,,,,
A,x,x,read,glabellar_lines,placebo,placebo,0,0,132,30,inv_none_mild,percent,3,,,,,
B,x,x,read,overactive_bladder,onabotulinumtoxinA,100U,100,100,200,84,ui_per_day,change,-3,,,,,
C,x,x,read,sialorrhea,incobotulinumtoxinA,100U,100,100,74,28,usfr_change,change,-0.13,,,,,
"""
FOLLOW_UP = """\
patient,day,endpoint,value,product,dose_u
A,0,glabellar_lines,3,onabotulinumtoxinA,20
A,30,glabellar_lines,1,,
A,120,glabellar_lines,2,,
"""
SIMULATE = ["simulate", "PLAN", "--json", "--people", "200", "--days", "120"]
COMMANDS = {
    "check": ["check", "PLAN", "--json"],
    "why": ["why", "PLAN", "medications", "--json"],
    "prepare": ["prepare", "PLAN", "--json"],
    "vials": ["vials", "PLAN", "--json"],
    "simulate": SIMULATE,
    "simulate with repeat": ["simulate", "REPEAT", "--json", "--people", "100"],
    "personalise": [
        *("personalise", "PLAN", "--follow-up", "follow.csv", "--json"),
        *("--people", "256", "--hold-out-after", "30"),
    ],
    "sources": ["sources", "--json"],
    "sources of a result": ["sources", "RESULT", "--json"],
    "sensitivity": ["sensitivity", "PLAN", "--json", "--samples", "8", "--outcome", "inv_ge1"],
    "validate": ["validate", "--trials", "trials.csv", "--json"],
}


def documented(command: str) -> set[str]:
    """Field paths in the table under the command's heading."""
    text = (ROOT / "docs/json.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {command}\n", 1)[1].split("\n## ", 1)[0]
    found: set[str] = set()
    for line in section.splitlines():
        if line.startswith("| `"):
            found |= set(re.findall(r"`([^`]+)`", line.split(" | ")[0]))
    return found


def fields(value: object, path: str = "") -> set[str]:
    """Paths of all leaves: `[]` for items of a list, `*` for the keys of an open table."""
    if isinstance(value, dict):
        if not value:
            return {path}
        found: set[str] = set()
        for key, inner in value.items():
            name = "*" if path in OPEN else key
            found |= fields(inner, f"{path}.{name}" if path else name)
        return found
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return set().union(*(fields(one, f"{path}[]") for one in value))
    return {path}


def numbers(value: object):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from numbers(one)
    elif isinstance(value, float):
        yield value


@cache
def output(command: str) -> dict:
    """What a command prints for the example plan of the docs."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plan.toml").write_text(PLAN, encoding="utf-8")
        (Path(folder) / "trials.csv").write_text(TRIALS, encoding="utf-8")
        (Path(folder) / "follow.csv").write_text(FOLLOW_UP, encoding="utf-8")
        (Path(folder) / "repeat.toml").write_text(REPEATED, encoding="utf-8")
        if "RESULT" in COMMANDS[command]:
            saved = json.dumps(output("simulate"))
            (Path(folder) / "result.json").write_text(saved, encoding="utf-8")
        files = {"PLAN": "plan.toml", "REPEAT": "repeat.toml", "RESULT": "result.json"}
        arguments = [files.get(one, one) for one in COMMANDS[command]]
        done = endplate(*arguments, cwd=folder)
    assert done.returncode in {0, 1}, done.stderr
    told = json.loads(done.stdout)
    return {"cycles": told["cycles"]} if "REPEAT" in COMMANDS[command] else told


def covered(path: str, known: set[str]) -> bool:
    """Whether a path, or a table it lies in that is documented as a whole, is known."""
    if any(one.startswith(f"{path}[]") for one in known):  # an empty list shows no items
        return True
    steps = re.split(r"(?=\.|\[\])", path)
    return any("".join(steps[:end]) in known for end in range(1, len(steps) + 1))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_field_is_documented(command):
    known = documented(command)
    assert sorted(one for one in fields(output(command)) if not covered(one, known)) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_documented_field_is_printed(command):
    printed = fields(output(command))
    missing = [
        one
        for one in documented(command)
        if not any(
            field in {one, one.removesuffix("[]")} or field.startswith((f"{one}.", f"{one}[]"))
            for field in printed
        )
    ]
    assert sorted(missing) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_number_is_finite(command):
    assert [one for one in numbers(output(command)) if not math.isfinite(one)] == []
