"""Muscles of neck and limbs have a persistence of their own, and some products one more there."""

import numpy as np
import pytest

from endplate.case import protocol_placed
from endplate.case.plan import Patient
from endplate.engine import Anatomy, Cohort, describe
from endplate.engine.scenario import scenario_of, sides_of
from endplate.facts.parameters import fit_rows
from endplate.model import Model, Parameters
from endplate.model.parameters import persistence_index
from endplate.population.random_effects import quadrature

NECK, FROWN = "cervical_dystonia", "glabellar_lines"


def half_life_d(indication, product, **values):
    """Half-life of the light chain in the muscles of the middle person's chart [d]."""
    sites = protocol_placed(indication, indication, 1.0)
    chart = {NECK: "neck", FROWN: "upper_face"}[indication]
    anatomy = Anatomy(chart, (indication,), sides_of((indication,), sites))
    scenario = scenario_of(anatomy, [(product, sites)], Patient(), Model())
    effects, _ = quadrature(16, scenario.site_count)
    vector = Parameters.stored().replace(**values).vectors[0]
    rates = describe(Cohort(vector, 0.0 * effects, np.zeros(0)), scenario, "indications").rates
    (muscle,) = rates
    return float(np.median(muscle.persistence_d))


@pytest.mark.parametrize(("indication", "ratio"), [(NECK, 2.0), (FROWN, 1.0)])
def test_the_ratio_of_limb_and_neck_acts_there_alone(indication, ratio):
    name = "persistence_ratio:limb_and_neck"
    product = "onabotulinumtoxinA"
    one, two = (half_life_d(indication, product, **{name: value}) for value in (0.5, 1.0))
    assert two / one == pytest.approx(ratio)


@pytest.mark.parametrize(("indication", "name"), [
    (NECK, "persistence_ratio:daxibotulinumtoxinA:limb_and_neck"),
    (FROWN, "persistence_ratio:daxibotulinumtoxinA"),
])  # fmt: skip
def test_a_product_takes_the_ratio_of_the_muscles_treated(indication, name):
    one, two = (half_life_d(indication, "daxibotulinumtoxinA", **{name: x}) for x in (1.0, 1.5))
    assert two / one == pytest.approx(1.5)


def test_a_product_without_a_ratio_of_its_own_there_takes_its_one_ratio():
    ids = [row.id for row in fit_rows()]
    of_abo = ids.index("persistence_ratio:abobotulinumtoxinA")
    assert persistence_index("abobotulinumtoxinA", "limb_and_neck") == of_abo
    assert persistence_index("onabotulinumtoxinA", "limb_and_neck") == -1
