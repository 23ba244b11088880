"""Every row of the label tables is used by a rule or shown to a user; `why` tells which."""

import json
import random
from datetime import date

import pytest

from case_plans import BASE, plan_with
from endplate.case import Plan, areas_treated, label_pattern, population_of
from endplate.case.draft import DraftRequest, draft_text
from endplate.case.sheet import preparation_sheet
from endplate.errors import CaseError, NotCovered
from endplate.facts.label import label_rules
from endplate.facts.preparation import syringes, vials
from endplate.facts.products import product
from endplate.facts.protocols import protocol_sites
from endplate.facts.sources import source
from endplate.facts.table import text_rows
from endplate.facts.targets import targets
from endplate.safety import RULES, check
from endplate.safety.person import PLURAL
from endplate.safety.reads import paths_of, value_at
from endplate.safety.view import FACE, View
from endplate.safety.why import why, words

RULE_TABLES = (
    "label_rules",
    "dose_caps",
    "muscle_doses",
    "weight_bands",
    "requirements",
    "person_rules",
    "reconstitution",
    "vials",
)
NAMED_ELSEWHERE = {"companion", "adult_from"}


def probe(row):
    """A plan that a row bears on: its product, region, use and population, with one site."""
    known = {spot.protocol for spot in protocol_sites()}
    area = row.get("indication") or row.get("indications", "any").split("+")[0]
    area = "glabellar_lines" if area in ("any", "face", "cosmetic") else area
    name = {"any": "onabotulinumtoxinA"}.get(row["product"], row["product"])
    region = {"any": "US"}.get(row["region"], row["region"])
    child = row.get("population") == "paediatric"
    edits = {
        "patient.age_y": 9 if child else 46,
        "patient.weight_kg": 25,
        "patient.previous": [{"date": "2026-01-01", "product": name, "indication": area}],
        "treatment.product": name,
        "treatment.indication": area,
        "treatment.region": region,
        "treatment.dose_u": 10,
    }
    pattern = label_pattern(name, region, area, "paediatric" if child else "adult", 25.0)
    if area not in known:
        spot = row.get("muscle") if row.get("muscle") not in ("any", None) else None
        muscle = spot or (pattern[0].muscle if pattern else min(targets(area), default="soleus"))
        midline = any(s.muscle == muscle and s.side == "midline" for s in pattern)
        site = {"muscle": muscle, "side": "midline" if midline else "left", "dose_u": 10}
        edits |= {"treatment.dose_u": 10, "treatment.protocol": None, "treatment.site": [site]}
    if row.get("family"):
        key = PLURAL[row["family"]]
        edits[f"patient.{key}"] = [_word(row["family"], row["match"])]
    return plan_with(edits)


def _word(family, match):
    if not match.startswith("class:"):
        return match
    found = (r for r in text_rows("vocabulary") if (r["kind"], r["class"]) == (family, match[6:]))
    return next(found)["preferred"]


def consulted(plan):
    view = View.of(plan)
    for rule in RULES.values():
        list(rule(view))
    return {getattr(row, "id", "") for row in view.consulted}


@pytest.mark.parametrize("name", RULE_TABLES)
def test_every_row_is_used_by_a_rule(name):
    unused = []
    for row in text_rows(name):
        if row.get("quantity") in NAMED_ELSEWHERE or row.get("family") == "allergy":
            continue
        if row["id"] not in consulted(probe(row)):
            unused.append(row["id"])
    assert unused == []


def test_an_unused_row_is_caught():
    row = {**text_rows("label_rules")[0], "id": "planted"}
    assert row["id"] not in consulted(probe(row))


def test_every_row_of_coverage_is_used():
    for row in text_rows("label_coverage"):
        edits = {
            "treatment.product": row["product"],
            "treatment.region": row["region"],
            "treatment.indication": "hemifacial_spasm",
        }
        if (row["product"], row["region"]) in {("abobotulinumtoxinA", r) for r in ("EU", "UK")}:
            edits["treatment.indication"] = "chronic_migraine"
        assert row["id"] in consulted(plan_with(edits)), row["id"]


def test_companions_and_the_adult_age_are_used():
    for row in label_rules(quantity="companion"):
        plan = probe({"product": row.product, "region": row.region, "indication": row.indication})
        assert row.text in areas_treated(plan.treatment)
    (bound,) = label_rules(quantity="adult_from")
    assert population_of(bound.value) == "adult"
    assert population_of(bound.value - 0.1) == "paediatric"


def test_every_allergy_and_ingredient_is_used():
    for row in text_rows("ingredients"):
        edits = {"treatment.product": row["product"], "patient.allergies": [row["allergy"]]}
        found = [f for f in check(plan_with(edits)).findings if f.rule == "allergies"]
        assert found, row
    for row in text_rows("person_rules"):
        if row["family"] == "allergy":
            edits = {"patient.allergies": [row["match"]]}
            assert any(f.rule == "allergies" for f in check(plan_with(edits)).findings)


def test_every_technique_note_and_storage_text_is_shown():
    for row in text_rows("technique"):
        plan = probe(row)
        assert row["id"] in {note.id for note in preparation_sheet(plan).notes}
    for row in text_rows("storage"):
        one = next(v for v in vials(row["product"]) if v.form == row["form"])
        edits = {
            "treatment.product": row["product"],
            "treatment.region": one.region,
            "treatment.vial_u": one.vial_u,
            "treatment.diluent_ml": one.volume_ml or 2,
            "treatment.dose_u": 10,
        }
        assert preparation_sheet(plan_with(edits)).storage.id == row["id"]


def test_every_syringe_is_offered():
    for one in syringes():
        assert preparation_sheet(plan_with(), one.size_ml).syringe == one


@pytest.mark.parametrize("rule", RULES)
def test_why_tells_inputs_rows_and_sources(rule):
    plan = plan_with({"patient.age_y": None, "patient.weight_kg": None})
    told = why(plan, rule)
    assert told.rule == rule
    assert told.statement.endswith(".")
    assert told.findings == tuple(f for f in check(plan).findings if f.rule == rule)
    assert set(told.inputs) <= set(paths_of(rule))
    for path in paths_of(rule):
        value_at(plan, path)
    for row in told.basis:
        assert row.text
        assert row.title == source(row.source).title
    json.dumps(told.as_dict(), allow_nan=False)


def test_why_names_what_is_missing():
    plan = plan_with({"patient.age_y": None, "patient.previous": None})
    assert why(plan, "age").missing == ("patient.age_y",)
    assert "patient.previous" in why(plan, "cumulative_dose").missing


def test_why_rests_on_the_row_that_decided():
    told = why(plan_with({"treatment.dose_u": 30}), "dose_area")
    (finding,) = told.findings
    (row,) = [row for row in told.basis if row.id == "ona_us_gl_dose"]
    assert finding.source == row.source
    assert row.text == "session dose for glabellar lines: 20 U"
    assert row.revision == "2024-10"
    assert row.verified


def test_why_refuses_a_rule_that_does_not_exist():
    with pytest.raises(CaseError, match="dose_area"):
        why(plan_with(), "dose_aera")


def test_every_kind_of_row_has_words():
    for row in random.Random(5).sample(text_rows("person_rules"), 10):
        view = View.of(probe(row))
        for rule in RULES.values():
            list(rule(view))
        assert all(words(one) for one in view.consulted)


LABELLED = sorted(
    {
        (row.product, row.region, row.indication)
        for row in label_rules()
        if "any" not in (row.product, row.region, row.indication)
    }
)


@pytest.mark.parametrize(("name", "region", "area"), LABELLED)
@pytest.mark.parametrize(("age_y", "weight_kg"), [(46, 70), (9, 25), (9, None), (None, None)])
def test_a_draft_of_every_labelled_use_is_a_plan_once_filled(name, region, area, age_y, weight_kg):
    text = draft_text(
        DraftRequest(
            name, area, date(2026, 11, 22), region, age_y, weight_kg, vial_u=100, diluent_ml=2
        )
    )
    if '\nprotocol = "label"' not in text:  # a trial's stands as a comment
        assert "dose_u = " not in text.replace("# dose_u = ", "")
        text = text.replace("# [[treatment.site]]", "[[treatment.site]]")
        for key in ("muscle", "side"):
            text = text.replace(f"# {key} = ", f"{key} = ")
        text = text.replace("# dose_u = ", "dose_u = 1 #").replace(
            'muscle = ""', f'muscle = "{min(targets(area))}"'
        )
    plan = Plan.loads(text)
    assert check(plan).level in {"unknown", "caution", "stop"}
    assert product(plan.treatment.product).name == name


@pytest.mark.parametrize(("name", "region", "area"), LABELLED)
def test_a_draft_at_the_label_dose_never_stops(name, region, area):
    """What the label itself says passes every label limit, for an adult who is well."""
    vial = next(iter(vials(name, region)))
    wish = DraftRequest(
        name, area, date(2026, 11, 22), region, 46, 70, vial.vial_u, vial.volume_ml or 2
    )
    text = draft_text(wish)
    if '\nprotocol = "label"' in text:
        assert not [f for f in check(Plan.loads(text)).findings if f.level == "stop"]


def test_a_use_without_a_label_gets_no_draft():
    with pytest.raises(NotCovered, match="glabellar_lines"):
        draft_text(DraftRequest("prabotulinumtoxinA", "chronic_migraine", date(2026, 11, 22)))


def test_face_areas_are_known():
    assert {spot.protocol for spot in protocol_sites()} & FACE
    assert BASE["treatment"]["indication"] in FACE
