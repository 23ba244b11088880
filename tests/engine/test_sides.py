"""Lines are graded by the worse side where a plan leaves one, and only there."""

import numpy as np
import pytest

from case_plans import plan_with
from endplate.case import placed_sites
from endplate.engine.scenario import planned_charts, worse_side
from endplate.facts.atlas import drivers
from endplate.facts.vocabulary import preferred_words
from endplate.forecast import preview
from endplate.model import Model

LINES = [use for use in preferred_words("indication") if drivers(use)[:1] and "_lines" in use]
CORRUGATOR = "corrugator_supercilii"


def frown(left_u, right_u, procerus_u=4):
    doses_u = {"left": left_u, "right": right_u}
    sites = [{"muscle": CORRUGATOR, "side": s, "dose_u": u} for s, u in doses_u.items() if u]
    sites += [{"muscle": "procerus", "side": "midline", "dose_u": procerus_u}] * bool(procerus_u)
    return plan_with({"treatment.protocol": None, "treatment.site": sites})


def shares(plan):
    """Parts of the left, right and midline in the drive of frown lines."""
    (chart,) = planned_charts(plan, ("glabellar_lines",), placed_sites(plan), (), Model())
    share = np.asarray(chart.scenario.drive_share[0][0])
    return share[share > 0]


def percent(plan):
    result = preview(plan)
    return next(o.value for o in result.outcomes if o.endpoint == "inv_none_mild" and o.day == 30)


@pytest.mark.parametrize("use", LINES)
def test_the_label_plan_has_no_worse_side(use):
    plan = plan_with({"treatment.indication": use})
    assert worse_side(use, placed_sites(plan)) == ("", 0.0)


def test_alike_sides_drive_by_the_shares_of_the_table_to_the_last_bit():
    table = sorted(row.share for row in drivers("glabellar_lines"))
    assert sorted(shares(plan_with())) == table == sorted(shares(frown(8, 8)))


@pytest.mark.parametrize(
    ("left_u", "right_u", "side", "part"),
    [(20, 0, "right", 1.0), (0, 20, "left", 1.0), (6, 12, "left", 1.0), (10, 9, "right", 0.3)],
)
def test_the_grade_goes_over_to_the_worse_side(left_u, right_u, side, part):
    plan = frown(left_u, right_u)
    found, share = worse_side("glabellar_lines", placed_sites(plan))
    assert found == side
    assert share == pytest.approx(part, rel=0.01)
    assert sum(shares(plan)) == pytest.approx(1.0)


def test_twenty_units_on_one_side_do_far_less_than_the_label():
    label, one_side = percent(plan_with()), percent(frown(20, 0, 0))
    assert one_side < 0.2 * label


def test_more_on_one_side_alone_adds_little_to_less_on_both():
    """The neighbour gets some by spread, and the grade moves by no jump where sides part."""
    both, more = percent(frown(6, 6)), percent(frown(8, 6))
    assert both - 2.0 <= more <= percent(frown(8, 8))
