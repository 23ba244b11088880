"""No silence in another region: what one label objects to is answered wherever the plan is made.

Each row of the label tables is broken by a plan of its own region. The same plan in another region
must be answered too: by that region's own text, or as unknown there with this text beside it.
"""

import pytest

from case_plans import plan_with
from endplate.case import label_pattern
from endplate.facts.table import text_rows
from endplate.facts.targets import targets
from endplate.safety import LEVELS, check
from endplate.safety.person import PLURAL

TABLES = {
    "person_rules": ("indication", "match"),
    "requirements": ("indication", "requirement"),
    "label_rules": ("indication", "quantity"),
    "dose_caps": ("indications", "per", "muscle"),
    "muscle_doses": ("indication", "muscle"),
    "weight_bands": ("indication", "muscle"),
}
"""Tables of rules, and what tells a row's subject beside product and population."""
BESIDE = {"US": ("EU", "UK"), "EU": ("UK",), "UK": ("EU",)}
"""Regions in which a region's text stands beside a missing one; the US texts are whole."""
TOLD = LEVELS.index("unknown")
GROUPS = {"any": "glabellar_lines", "face": "glabellar_lines", "cosmetic": "glabellar_lines",
          "bladder": "overactive_bladder"}  # fmt: skip
MIDLINE = ("detrusor", "procerus")
OVER, CONCENTRATION_U_ML, RECENT = 1.6, 50.0, "2026-11-10"


def dose_over(table, row, weight_kg):
    """Dose [U] over the row's limit, or a small one where it limits something else."""
    if table == "dose_caps":
        limits = [row["max_u"], row["max_u_per_kg"] and float(row["max_u_per_kg"]) * weight_kg]
        return OVER * min(float(limit) for limit in limits if limit)
    if table == "muscle_doses":
        per = weight_kg if row["unit"] == "U/kg" else 1.0
        return OVER * float(row["max_u"] or row["high"] or 10.0) * per
    if table == "weight_bands":
        return OVER * float(row["dose"])
    scale = {
        "session_dose": 1.0,
        "start_dose": 1.0,
        "site_dose": 1.0,
        "site_volume": CONCENTRATION_U_ML,
        "session_dose_per_kg": weight_kg,
        "limb_dose_per_kg": weight_kg,
    }.get(row.get("quantity", ""))
    return OVER * scale * float(row["value"]) if scale else 10.0


def person_against(table, row, name, area):
    """Changes to the patient and the steps that break a row about them."""
    if table == "person_rules":
        return {f"patient.{PLURAL[row['family']]}": [word_of(row["family"], row["match"])]}
    if table == "requirements":
        return {"treatment.not_met": [row["requirement"]]}
    if table == "weight_bands":
        return {"patient.weight_kg": float(row["from_kg"]) + 0.5}
    earlier = [{"date": RECENT, "product": name, "indication": area, "dose_u": 10}]
    quantity, value = row.get("quantity"), row.get("value", "")
    return {
        "age_min": lambda: {"patient.age_y": max(float(value) - 2, 0.5), "patient.weight_kg": 12},
        "age_max": lambda: {"patient.age_y": float(value) + 5},
        "age_contraindicated": lambda: {"patient.age_y": float(value) + 5},
        "interval_min": lambda: {"patient.previous": earlier},
        "residual_volume_max": lambda: {"patient.baseline": {"pvr_ml": float(value) + 50}},
        "headache_days_min": lambda: {"patient.baseline": {"headache_days_28d": float(value) - 5}},
        "weight_min": lambda: {"patient.weight_kg": float(value) - 3},
    }.get(quantity, dict)()


def word_of(family, match):
    """A word of the vocabulary that a rule about people matches."""
    if not match.startswith("class:"):
        return match
    rows = text_rows("vocabulary")
    return next(r["preferred"] for r in rows if (r["kind"], r["class"]) == (family, match[6:]))


def breaking(table, row, region):
    """Findings on the plan that breaks a row, made in a region."""
    area = (row.get("indication") or row["indications"]).split("+")[0]
    area = GROUPS.get(area, area)
    child = row.get("population") == "paediatric"
    weight_kg = 25.0 if child else 70.0
    name = "onabotulinumtoxinA" if row["product"] == "any" else row["product"]
    pattern = label_pattern(name, region, area, "paediatric" if child else "adult", weight_kg)
    stated = row.get("muscle") if row.get("muscle") != "any" else None
    muscle = stated or (pattern[0].muscle if pattern else min(targets(area), default="soleus"))
    midline = muscle in MIDLINE or any(s.muscle == muscle and s.side == "midline" for s in pattern)
    edits = {
        "patient.age_y": 9 if child else 46,
        "patient.weight_kg": weight_kg,
        "treatment.product": name,
        "treatment.region": region,
        "treatment.indication": area,
        "treatment.vial_u": 100,
        "treatment.diluent_ml": 100 / CONCENTRATION_U_ML,
        "treatment.protocol": None,
    } | person_against(table, row, name, area)
    dose_u = min(dose_over(table, row, edits["patient.weight_kg"]), 5000.0)
    if row.get("per") == "window":
        given = {"date": RECENT, "product": name, "indication": area, "dose_u": dose_u}
        edits["patient.previous"], dose_u = [given], 10.0
    side = "midline" if midline else "left"
    site = {"muscle": muscle, "side": side, "dose_u": dose_u}
    return check(plan_with(edits | {"treatment.site": [site]})).findings


def objections(table, row):
    """Findings of note that a row makes on the plan which breaks it, in its own region."""
    place = (row["source"], row["locator"])
    found = breaking(table, row, row["region"])
    return [f for f in found if (f.source, f.locator) == place and LEVELS.index(f.level) >= TOLD]


def has_own_text(table, row, region):
    """Whether a region's own text on the product says something of the row's subject."""
    about = ("product", *TABLES[table])
    return any(
        other["region"] == region and all(other[name] == row[name] for name in about)
        for other in text_rows(table)
    )


def is_answered(objection, found):
    """Whether findings of note say the same thing, or the same rule speaks."""
    title = objection.title.lower()
    return any(
        LEVELS.index(f.level) >= TOLD
        and (
            f.rule == objection.rule
            or title in f.title.lower()
            or (f.rule == "region_text" and f.value == objection.value)
        )
        for f in found
    )


@pytest.mark.parametrize(("table", "least"), [
    ("person_rules", 40),
    ("requirements", 30),
    ("label_rules", 180),
    ("dose_caps", 25),
    ("muscle_doses", 90),
    ("weight_bands", 20),
])  # fmt: skip
def test_no_region_is_silent_on_what_another_objects_to(table, least):
    """`least` rows must object at all: a plan that breaks nothing would prove nothing."""
    silent, broken = [], 0
    for row in text_rows(table):
        raised = objections(table, row) if row["region"] in BESIDE else []
        broken += bool(raised)
        for region in BESIDE.get(row["region"], ()) if raised else ():
            if has_own_text(table, row, region):
                continue
            found = breaking(table, row, region)
            silent += [(row["id"], region, f.title) for f in raised if not is_answered(f, found)]
    assert silent == []
    assert broken >= least


CONTRAINDICATED = ("urinary_tract_infection", "urinary_retention", "bladder_stones")


def test_a_contraindication_of_the_bladder_stops_wherever_a_text_has_it():
    rows = [r for r in text_rows("person_rules") if r["match"] in CONTRAINDICATED]
    named = [r for r in rows if r["level"] == "stop" and r["region"] != "any"]
    assert {r["region"] for r in named} == {"US", "UK"}
    for row in named:
        levels = {f.level for f in breaking("person_rules", row, row["region"])}
        assert "stop" in levels, row["id"]
    for row in rows:
        for region in ("US", "EU", "UK"):
            levels = {f.level for f in breaking("person_rules", row, region)}
            assert levels & {"stop", "caution"}, (row["id"], region)
