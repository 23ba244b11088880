"""Builds plans from a plain label plan and a few edits, for table-driven cases."""

import json
from copy import deepcopy

from endplate.case import Plan

BASE = {
    "patient": {
        "age_y": 46,
        "sex": "female",
        "weight_kg": 64,
        "conditions": [],
        "medications": [],
        "allergies": [],
        "baseline": {"glabellar_lines": 3},
        "previous": [],
    },
    "treatment": {
        "date": "2026-11-22",
        "product": "onabotulinumtoxinA",
        "indication": "glabellar_lines",
        "vial_u": 100,
        "diluent_ml": 2.5,
        "protocol": "label",
    },
}


def toml_value(value):
    """TOML text of one value, tables inline."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml_value(v)}" for key, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return json.dumps(value)


def plan_text(edits):
    """Plan file with `{"patient.age_y": 17}` changed; None takes a key out."""
    data = deepcopy(BASE)
    for path, value in edits.items():
        *way, last = path.split(".")
        table = data
        for key in way:
            table = table[key]
        if value is None:
            table.pop(last, None)
        else:
            table[last] = value
    return "\n".join(f"{key} = {toml_value(value)}" for key, value in data.items())


def plan_with(edits=None):
    """Plan with the edits made."""
    return Plan.loads(plan_text(edits or {}))
