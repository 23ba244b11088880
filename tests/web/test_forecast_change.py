"""Quick changes of a plan on the Forecast page are those of the plan file, and nothing more."""

import json
import tomllib

import pytest

from endplate.case import DEMO_PLAN, Plan, placed_sites
from endplate.results.limits import covered_areas
from endplate.web.pages.forecast import change
from endplate.web.pages.forecast.controls import fields_of
from endplate.web.workspace import Draft

LABEL = tomllib.loads(Plan.load(DEMO_PLAN).dumps())
LISTED = {
    **LABEL,
    "treatment": {
        **{key: value for key, value in LABEL["treatment"].items() if key != "protocol"},
        "dose_u": 12.0,
        "site": [
            {"muscle": "corrugator_supercilii", "side": "left", "dose_u": 8.0, "volume_ml": 0.2},
            {"muscle": "procerus", "side": "midline", "dose_u": 4.0},
        ],
    },
}
BOTH = {
    **LABEL,
    "treatment": {
        **LABEL["treatment"],
        "site": [{"muscle": "frontalis", "side": "left", "dose_u": 5.0}],
    },
}


def _plan(tables: dict) -> Plan:
    draft = Draft.of("plan", tables)
    assert draft.plan, draft.faults
    return draft.plan


@pytest.mark.parametrize("tables", [LABEL, LISTED, BOTH], ids=["label", "listed", "both"])
@pytest.mark.parametrize("dose_u", [3.0, 17.3, 64.0])
def test_a_new_total_scales_every_site_alike(tables, dose_u):
    before = _plan(tables)
    after = _plan(change.with_total_dose(before, tables, dose_u))
    assert change.total_dose_u(after) == pytest.approx(dose_u, abs=1e-3)  # doses to 0.0001 U
    shares = [
        [site.dose_u / change.total_dose_u(plan) for site in placed_sites(plan)]
        for plan in (before, after)
    ]
    assert shares[1] == pytest.approx(shares[0], abs=1e-4)
    places = [
        [(s.muscle, s.side, s.x_mm, s.y_mm) for s in placed_sites(p)] for p in (before, after)
    ]
    assert places[0] == places[1]


def test_the_tables_given_stay_as_they_are():
    before = json.dumps(BOTH, default=str)
    plan = _plan(BOTH)
    change.with_total_dose(plan, BOTH, 30.0)
    change.with_product(plan, BOTH, "abobotulinumtoxinA")
    change.with_severity(BOTH, "glabellar_lines", 2.0)
    assert json.dumps(BOTH, default=str) == before


def test_another_product_takes_its_own_dose_and_never_this_ones_units():
    plan = _plan(LISTED)
    after = _plan(change.with_product(plan, LISTED, "abobotulinumtoxinA"))
    assert after.treatment.product == "abobotulinumtoxinA"
    assert change.total_dose_u(after) == 50.0  # of its label, not 12 U and no multiple of it
    assert {site.origin for site in placed_sites(after)} == {"label"}


@pytest.mark.parametrize(
    "use", ["glabellar_lines", "cervical_dystonia", "overactive_bladder", "blepharospasm"]
)
def test_every_product_offered_makes_a_plan_that_is_covered(use):
    tables = {
        "patient": {},
        "treatment": {
            "date": "2026-11-22", "product": "onabotulinumtoxinA", "indication": use,
            "vial_u": 100, "diluent_ml": 2, "protocol": "label",
        },
    }  # fmt: skip
    plan = _plan(tables)
    offered = change.products_for(plan)
    assert "onabotulinumtoxinA" in offered
    for name in offered:
        after = _plan(change.with_product(plan, tables, name))
        assert use in covered_areas(after)
        assert change.total_dose_u(after) > 0


def test_a_product_without_evidence_is_not_offered():
    assert "rimabotulinumtoxinB" not in change.products_for(_plan(LABEL))


def test_severity_is_asked_on_the_scale_of_the_use():
    assert list(change.baseline_scales_of(_plan(LABEL))) == ["glabellar_lines"]
    stated = change.with_severity(LABEL, "glabellar_lines", 1.0)
    assert dict(_plan(stated).patient.baseline) == {"glabellar_lines": 1.0}
    assert dict(_plan(change.with_severity(stated, "glabellar_lines", None)).patient.baseline) == {}


@pytest.mark.parametrize("start_u", [0.3, 1.0, 20.0, 64.5, 999.0])
def test_steps_stay_within_bounds_and_go_the_way_they_are_asked(start_u):
    one_u = change.step_u(start_u)
    assert one_u <= start_u / change.STEPS_PER_DOSE < 2.6 * one_u
    up, down = (change.stepped_u(start_u, by, one_u, 1000.0) for by in (1, -1))
    assert 0 < down < start_u < up <= 1000.0


def test_fields_tell_whose_dose_is_usual():
    shown = fields_of(_plan(LABEL))
    assert (shown["dose"], shown["step"], shown["usual"]) == ("20", "1", "label: 20 U")
    (severity,) = shown["scales"]
    assert severity["value"] == "3"
    assert severity["grades"][3] == ["3", "severe"]
