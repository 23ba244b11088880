"""A plan that every page of the interface's own description can show."""

from typing import Any

EXAMPLE_TABLES: dict[str, Any] = {
    "patient": {
        "age_y": 46,
        "sex": "female",
        "weight_kg": 64,
        "conditions": [],
        "medications": ["aspirin"],
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
EXAMPLE_TEXT = """\
[patient]
age_y = 46
sex = "female"
weight_kg = 64
conditions = []
medications = ["aspirin"]
allergies = []
baseline = { glabellar_lines = 3 }
previous = []

[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""
