"""The middle person followed at one place: the same courses as the person's own run."""

import numpy as np
import pytest

from endplate.case import DEMO_PLAN, Plan
from endplate.errors import NotCovered
from endplate.forecast.individual import individual
from endplate.forecast.journey import HOURS, PUSHES, Journey, follow
from one_area_plan import AREA, plan

TREATED = {
    "glabellar_lines": ("muscle", "corrugator_supercilii"),
    "chronic_migraine": ("nociceptor", "temporalis"),
    "axillary_hyperhidrosis": ("gland", "axillary_eccrine_field"),
    "overactive_bladder": ("bladder", "detrusor"),
}


@pytest.fixture(scope="module")
def demo() -> Journey:
    return follow(Plan.load(DEMO_PLAN))


def test_its_courses_are_those_of_the_middle_person(demo):
    own = one_person(Plan.load(DEMO_PLAN), None, fine=False)
    row = [(b.muscle, b.side) for b in own.parts[0].blocks].index((demo.block.muscle, demo.side))
    after = own.time_d >= 0
    assert demo.course.working.min() == own.parts[0].working[after, row].min()
    assert np.array_equal(demo.course.force, own.parts[0].force[after, row])
    assert np.array_equal(demo.day, own.time_d[after])


def test_what_lies_between_gives_the_working_fraction():
    own = one_person(plan(), None, days=120, fine=False)
    part = own.parts[0]
    injection_d = np.array([given.day for given in own.given])
    intact = _intact(part.load, part.kinetics, injection_d, own.time_d)
    working = transmission_of(part.kinetics).working_fraction(intact, own.time_d)
    assert np.abs(np.asarray(working) @ part.weight.T - part.working).max() < 1e-12  # rounding
    found = follow(plan(), days=120).course
    assert found.intact.min() == pytest.approx(float((intact @ part.weight[0]).min()), abs=1e-12)
    assert np.all(found.release <= found.intact)


def test_the_middle_person_has_no_draws_and_is_nobody():
    middle = one_person(plan(), None, days=60)
    assert middle.person is None
    one, other = (one_person(plan(), person, days=60) for person in (0, 1))
    assert not np.array_equal(middle.parts[0].load, one.parts[0].load)
    assert not np.array_equal(one.parts[0].load, other.parts[0].load)
    # the needle where it was planned: both sides of the face get the same
    left, right = (
        [(b.muscle, b.side) for b in middle.parts[0].blocks].index(("corrugator_supercilii", s))
        for s in ("left", "right")
    )
    assert np.allclose(middle.parts[0].working[:, left], middle.parts[0].working[:, right])


@pytest.mark.parametrize("area", TREATED)
def test_it_follows_the_tissue_that_gets_most(area):
    found = follow(plan(indication=area, baseline=""))
    assert (found.tissue, found.block.muscle) == TREATED[area]
    assert (found.course.lost.max() > 0) == (found.tissue == "muscle")
    assert sum(share for _, share in found.spread) == pytest.approx(1.0, abs=1e-9)
    assert found.spread[-1][0] == "elsewhere"


def test_more_dose_cuts_more_hooks_and_lasts_longer():
    low, high = (follow(plan(more=f"dose_u = {dose}")) for dose in (20, 40))
    assert high.course.intact.min() < low.course.intact.min()
    late = np.searchsorted(low.day, 90)
    assert high.course.working[late] < low.course.working[late]
    assert high.course.light_chain.max() == low.course.light_chain.max() == 1.0


def test_the_pool_grows_with_the_plunger_and_parts_of_the_dose_stay_whole(demo):
    assert len(demo.shot.pool_mm) == len(PUSHES)
    assert np.all(np.diff(demo.shot.pool_mm, axis=0) > 0)
    assert np.abs(sum(demo.stages.values()) - 1.0).max() < 1e-12
    assert 24 < HOURS[demo.stages["light_chain"].argmax()] < HOURS[-1]  # then it decays


def test_a_plan_that_the_model_does_not_cover_is_refused():
    text = plan(baseline="").dumps().replace(AREA, "sialorrhea")
    site = '[[treatment.site]]\nmuscle = "parotid_gland"\nside = "left"\ndose_u = 10\n'
    with pytest.raises(NotCovered):
        follow(Plan.loads(text.replace('protocol = "label"', "") + site))
