"""The middle person followed at one place: the same courses as the person's own run."""

import jax.numpy as jnp
import numpy as np
import pytest

from endplate.case import DEMO_PLAN, Plan
from endplate.errors import NotCovered
from endplate.forecast.individual import individual
from endplate.forecast.journey import HOURS, PUSHES, Journey, follow
from endplate.model import Model
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
    middle = individual(Plan.load(DEMO_PLAN), None, fine=False)
    part = middle.parts[0]
    row = [(b.muscle, b.side) for b in part.blocks].index((demo.block.muscle, demo.side))
    after = middle.time_d >= 0
    assert demo.course.working.min() == part.working[after, row].min()
    assert np.array_equal(demo.course.force, part.force[after, row])
    assert np.array_equal(demo.day, middle.time_d[after])


def test_what_lies_between_gives_the_working_fraction():
    middle = individual(plan(), None, days=120, fine=False)
    part = middle.parts[0]
    transmission = Model().transmission_of(part.kinetics)
    working = transmission.working_fraction(jnp.asarray(part.intact), jnp.asarray(middle.time_d))
    assert np.abs(np.asarray(working) @ part.weight.T - part.working).max() < 1e-12  # rounding
    journey = follow(plan(), days=120)
    row = [(b.muscle, b.side) for b in part.blocks].index((journey.block.muscle, journey.side))
    least = float((part.intact @ part.weight[row]).min())
    assert journey.course.intact.min() == pytest.approx(least, abs=1e-12)
    assert np.all(journey.course.release <= journey.course.intact)


def test_steps_of_courses_and_fine_steps_agree():
    coarse, fine = (individual(plan(), 3, days=120, fine=fine) for fine in (False, True))
    of_fine = np.stack(
        [np.interp(coarse.time_d, fine.time_d, column) for column in fine.parts[0].working.T], 1
    )
    assert np.abs(of_fine - coarse.parts[0].working).max() < 5e-3


def test_the_middle_person_has_no_draws_and_is_nobody():
    middle = individual(plan(), None, days=60)
    assert middle.person is None
    first, second = (individual(plan(), person, days=60) for person in (0, 1))
    assert not np.array_equal(middle.parts[0].load, first.parts[0].load)
    assert not np.array_equal(first.parts[0].load, second.parts[0].load)
    # the needle where it was planned: both sides of the face get the same
    left, right = (
        [(b.muscle, b.side) for b in middle.parts[0].blocks].index(("corrugator_supercilii", s))
        for s in ("left", "right")
    )
    assert np.allclose(middle.parts[0].working[:, left], middle.parts[0].working[:, right])


@pytest.mark.parametrize("area", TREATED)
def test_it_follows_the_tissue_that_gets_most(area):
    journey = follow(plan(indication=area, baseline=""))
    assert (journey.tissue, journey.block.muscle) == TREATED[area]
    assert (journey.course.lost.max() > 0) == (journey.tissue == "muscle")
    assert sum(share for _, share in journey.spread) == pytest.approx(1.0, abs=1e-9)
    assert journey.spread[-1][0] == "elsewhere"


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
