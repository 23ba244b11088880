"""When an effect starts, told of a plan with and without an earlier treatment that still acts."""

import pytest

from endplate import Plan, simulate
from endplate.case import DEMO_PLAN
from endplate.results.timing import FROM_DAY_0
from one_area_plan import plan


def test_the_definition_tells_of_an_earlier_treatment_where_there_is_one():
    again = simulate(Plan.load(DEMO_PLAN), people=64, days=60).timing.onset_d
    first = simulate(plan(), people=64, days=60).timing.onset_d
    assert again.definition == first.definition + FROM_DAY_0
    assert again.p05 == pytest.approx(first.p05, abs=1.0)
    assert again.p05 > 0.0
