"""A hundred thousand random and mutated plans: each gets findings or sentences, none twice."""

import json
import random
from datetime import date, timedelta

import pytest

from endplate.case import Plan
from endplate.errors import PlanFaults
from endplate.facts.endpoints import baseline_scales
from endplate.facts.targets import targets
from endplate.facts.vocabulary import preferred_words
from endplate.safety import LEVELS, check

TODAY = date(2026, 11, 22)
USES = (*preferred_words("indication"), "epiphora", "piriformis syndrome")
MUSCLES = (*preferred_words("muscle"), "lacrimal gland")
WORDS = {
    kind: (*preferred_words(kind), "nothing known", "<b>")
    for kind in ("condition", "medication", "allergy", "requirement")
}
JUNK = (None, True, -1, 0, 1e400, 10**30, "", "x" * 3000, [], {}, [1, "a"], float("nan"), "2026")
REACTIONS = ("anaphylaxis", "no effect", "rash", "")


def some(rng, words, most=3):
    return rng.sample(words, rng.randint(0, most))


def site(rng, uses):
    made = {
        "dose_u": rng.choice([0.5, 4, 12, 50, 400]),
        "side": rng.choice(["left", "right", "midline"]),
    }
    treated = sorted(targets(rng.choice(uses)))
    if rng.random() < 0.9:
        made["muscle"] = rng.choice(treated if treated and rng.random() < 0.95 else MUSCLES)
    if rng.random() < 0.3:
        made["at_mm"] = [rng.uniform(0, 80), rng.uniform(-40, 60), rng.uniform(0, 20)]
    if rng.random() < 0.1:
        made["indication"] = rng.choice(USES)
    return made


def earlier(rng):
    made = {
        "date": (TODAY - timedelta(days=rng.randint(1, 400))).isoformat(),
        "product": rng.choice(preferred_words("product")),
    }
    if rng.random() < 0.8:
        made["indication"] = rng.choice(USES)
    if rng.random() < 0.8:
        made["dose_u"] = rng.choice([20, 155, 400, 1500])
    if rng.random() < 0.3:
        made["reaction"] = rng.choice(REACTIONS)
    return made


def plan_tables(rng):
    """Tables of a plan as a person might write it, right or wrong."""
    uses = rng.sample(USES, rng.choice([1, 1, 1, 2, 3]))
    treatment = {
        "date": TODAY.isoformat(),
        "product": rng.choice(preferred_words("product")),
        "indication": uses,
        "vial_u": rng.choice([50, 100, 200, 500, 5000]),
        "diluent_ml": rng.choice([1, 2.5, 4, 10, 30]),
        "region": rng.choice(["US", "EU", "UK"]),
        "confirmed": some(rng, WORDS["requirement"]),
        "not_met": some(rng, WORDS["requirement"], 1),
    }
    if rng.random() < 0.6:
        treatment["protocol"] = "label"
        if rng.random() < 0.4:
            treatment["dose_u"] = rng.choice([1, 20, 155, 400, 2500])
    if "protocol" not in treatment or rng.random() < 0.3:
        treatment["site"] = [site(rng, uses) for _ in range(rng.randint(1, 6))]
    patient = {
        "age_y": rng.choice([3, 9, 17, 46, 80]),
        "weight_kg": rng.choice([12, 30, 64, 110]),
        "conditions": some(rng, WORDS["condition"]),
        "medications": some(rng, WORDS["medication"]),
        "allergies": some(rng, WORDS["allergy"]),
        "baseline": {name: 2 for name in some(rng, tuple(baseline_scales()), 2)},
        "previous": [earlier(rng) for _ in range(rng.randint(0, 3))],
    }
    for key in some(rng, tuple(patient), 2):
        del patient[key]
    tables = {"patient": patient, "treatment": treatment}
    if rng.random() < 0.2:
        tables["repeat"] = {"cycles": 4, "interval_d": rng.choice([14, 84, 120])}
    return tables


def mutated(rng, tables):
    """The tables with one cell made into junk."""
    table = rng.choice([tables["patient"], tables["treatment"], tables])
    table[rng.choice(sorted(table))] = rng.choice(JUNK)
    return tables


def answered(tables):
    """Whether the answer is sentences, or findings of which none stands twice."""
    try:
        plan = Plan.from_tables(tables)
    except PlanFaults as faults:
        return bool(faults.sentences) and all(len(one) < 600 for one in faults.sentences)
    result = check(plan)
    json.dumps(result.as_dict(), allow_nan=False)
    told = [(f.rule, f.title, f.value) for f in result.findings]
    assert len(told) == len(set(told)), [one for one in told if told.count(one) > 1]
    return all(f.level in LEVELS and f.title and f.reason for f in result.findings)


def many(count, seed):
    rng = random.Random(seed)
    for _ in range(count):
        tables = plan_tables(rng)
        tables = mutated(rng, tables) if rng.random() < 0.3 else tables
        assert answered(tables), tables


def test_three_hundred_plans_are_answered():
    many(300, 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_thousand_plans_are_answered(seed):
    many(10_000, 100 + seed)
