"""Units stay with their product: in code no operation mixes two, in files none can be named."""

import operator
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_plans import plan_text, plan_with
from endplate.case import Dose, Plan, injections, total
from endplate.errors import PlanFaults, UnitMismatch
from endplate.facts.vocabulary import preferred_words
from endplate.safety.view import View

PRODUCTS = preferred_words("product")
AMOUNTS = st.floats(0, 5000, allow_nan=False)
DOSES = st.builds(Dose, AMOUNTS, st.sampled_from(PRODUCTS))
MIXING = [operator.add, operator.sub, operator.truediv]
MIXING += [operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("operation", MIXING)
@given(one=DOSES, other=DOSES)
def test_no_operation_mixes_products(operation, one, other):
    if one.product == other.product:
        if operation is not operator.truediv or other.amount_u > 0:
            result = operation(one, other)
            expected = operation(one.amount_u, other.amount_u)
            assert (result.amount_u if isinstance(result, Dose) else result) == expected
        return
    with pytest.raises(UnitMismatch) as caught:
        operation(one, other)
    assert one.product in str(caught.value)
    assert other.product in str(caught.value)


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.lt, operator.truediv])
@given(one=DOSES, number=AMOUNTS)
def test_a_bare_number_is_no_dose(operation, one, number):
    with pytest.raises(UnitMismatch, match=r"names no product"):
        operation(one, number)


@given(one=DOSES, factor=st.floats(0, 100, allow_nan=False))
def test_scaling_keeps_the_product(one, factor):
    assert factor * one == one * factor == Dose(one.amount_u * factor, one.product)
    with pytest.raises(UnitMismatch):
        one * one


@given(doses=st.lists(DOSES, min_size=1, max_size=6))
def test_a_sum_is_of_one_product(doses):
    given = [SimpleNamespace(dose_u=one.amount_u, product=one.product) for one in doses]
    product = doses[0].product
    if {one.product for one in doses} == {product}:
        assert total(product, given).amount_u == pytest.approx(sum(d.amount_u for d in doses))
    else:
        with pytest.raises(UnitMismatch):
            total(product, given)


def test_the_injections_of_a_plan_carry_its_product():
    plan = plan_with({"treatment.product": "abobotulinumtoxinA", "treatment.vial_u": 300})
    shots, _ = injections(plan)
    assert {shot.product for shot in shots} == {"abobotulinumtoxinA"}
    with pytest.raises(UnitMismatch):
        View.of(plan_with()).total_u(shots)


EARLIER = {"date": "2026-06-01", "indication": "glabellar_lines", "dose_u": 20}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"product": "abobotulinumtoxinA"}, True),
        ({"product": "onabotulinumtoxinA"}, False),
        ({"product": "abobotulinumtoxinA", "indication": "cervical_dystonia"}, False),
        ({"product": "abobotulinumtoxinA", "date": "2026-06-02"}, False),
    ],
)
def test_one_earlier_treatment_has_one_product(change, fault):
    rows = [EARLIER | {"product": "onabotulinumtoxinA"}, EARLIER | change]
    text = plan_text({"patient.previous": rows})
    if not fault:
        assert len(Plan.loads(text).patient.previous) == 2
        return
    with pytest.raises(PlanFaults) as caught:
        Plan.loads(text)
    (sentence,) = caught.value.sentences
    assert "previous[2].product" in sentence
    assert "onabotulinumtoxinA" in sentence


def test_a_site_may_repeat_the_product_of_its_treatment():
    site = {"muscle": "procerus", "side": "midline", "dose_u": 4, "product": "Botox"}
    plan = plan_with({"treatment.protocol": None, "treatment.site": [site]})
    assert plan.treatment.sites[0].product == "onabotulinumtoxinA"
    site["product"] = "Xeomin"
    with pytest.raises(PlanFaults, match=r"units of two products cannot be mixed"):
        plan_with({"treatment.protocol": None, "treatment.site": [site]})
