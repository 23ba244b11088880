"""A plan by the label's protocol for one area, with what a test wants to change."""

from dataclasses import replace

from endplate import Plan

AREA = "glabellar_lines"
PLAN = """
[patient]
age_y = 46
sex = "female"
conditions = []
medications = []
allergies = []
previous = []
baseline = {{ {baseline} }}

[treatment]
date = 2026-11-22
product = "{product}"
indication = "{indication}"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
{more}
"""


def plan(
    product="onabotulinumtoxinA",
    indication=AREA,
    baseline="glabellar_lines = 3",
    more="",
    **patient,
):
    text = PLAN.format(product=product, indication=indication, baseline=baseline, more=more)
    made = Plan.loads(text)
    return replace(made, patient=replace(made.patient, **patient))
