"""One virtual person, cell by cell in double precision: what an export holds and a judge checks.

Person k of seed s is the person that `simulate` runs: the same draws, the same needle, the same
rates. A crowd reads each cell from a table of the person's response, in single precision; here
every cell has its own course.
"""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.body.course import (
    Kinetics,
    MuscleCourse,
    fine_grid_d,
    muscle_course,
    response,
    time_grid_d,
    uptake_of,
)
from endplate.body.spread import Block
from endplate.case import PlacedSite, Plan, placed_sites
from endplate.errors import EndplateError
from endplate.people import model
from endplate.people.coverage import covered_areas
from endplate.people.draws import PURPOSES, normals_of, placement_of
from endplate.people.history import earlier_sessions
from endplate.people.job import Job, make_job
from endplate.people.run import Setting, cell_loads, person_rates, whole_field
from endplate.people.simulate import MOST_DAYS, MOST_SEED

MOST_PERSON = 999_999
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Given:
    """One injection day: `day` after the planned treatment (negative for earlier ones)."""

    day: float
    product: str
    dose_u: float


@dataclass(frozen=True)
class OnePerson:
    """One person's rates, loads and courses.

    `load` [1] (injections, cells) is the cutting rate over the renewal rate at full light chain;
    `weight` [1] (blocks, cells) the share of each muscle block's end plates in each cell, rows sum
    to one. `light_chain` is (injections, times) for a load of one; `working`, `lost` (share of the
    cross-section) and `force` are (times, blocks). `time_d` [d] counts from the planned treatment.
    """

    person: int
    seed: int
    kinetics: Kinetics
    given: tuple[Given, ...]
    blocks: tuple[Block, ...]
    load: Numbers
    weight: Numbers
    time_d: Numbers
    light_chain: Numbers
    working: Numbers
    lost: Numbers
    force: Numbers


def one_person(
    plan: Plan, person: int = 0, seed: int = 0, days: int = 365, fine: bool = True
) -> OnePerson:
    """Run one person of a plan, every cell of every treated muscle by itself.

    Parameters
    ----------
    plan : Plan
        The plan; earlier treatments it lists act too.
    person : int
        Number of the person, from 0.
    seed : int
        Seed of the people.
    days : int
        Last day after the planned treatment.
    fine : bool
        Step finely (courses within 1e-6 of the exact solution) instead of as a crowd is stepped.

    Raises
    ------
    NotCovered
        There is no evidence for the product or the indication.
    EndplateError
        `person`, `seed` or `days` is out of bounds.
    """
    for name, number, low, high in (
        ("person", person, 0, MOST_PERSON),
        ("seed", seed, 0, MOST_SEED),
        ("days", days, 1, MOST_DAYS),
    ):
        if not low <= number <= high:
            raise EndplateError(f"{name} is {number}; allowed are {low} to {high}.")
    areas = covered_areas(plan)
    planned = placed_sites(plan)
    earlier, _ = earlier_sessions(plan)
    job = make_job(plan, areas, planned, earlier, days, seed)
    given = (
        Given(0.0, plan.treatment.product, sum(site.dose_u for site in planned)),
        *(Given(e.day, e.product, e.dose_u) for e in earlier),
    )
    sites = (*planned, *(site for e in earlier for site in e.sites))
    return _run(job, given, sites, person, days, fine)


def _run(
    job: Job,
    given: tuple[Given, ...],
    sites: tuple[PlacedSite, ...],
    person: int,
    days: int,
    fine: bool,
) -> OnePerson:
    rates, every_load = _drawn(job.setting, job.seed, person, job.same_pattern)
    field = whole_field()
    rows = [i for i, block in enumerate(field.blocks) if _is_treated(block, sites)]
    cells = np.isin(field.cell_block, rows)
    load = np.asarray(every_load)[:, cells]
    weight = field.endplate_weight[rows][:, cells]
    injection_d = tuple(one.day for one in given)
    time_d = (fine_grid_d if fine else time_grid_d)(injection_d, days)
    light_chain, course = _courses(load, weight, rates, np.array(injection_d), time_d)
    return OnePerson(
        person=person,
        seed=job.seed,
        kinetics=rates,
        given=given,
        blocks=tuple(field.blocks[i] for i in rows),
        load=load,
        weight=weight,
        time_d=time_d,
        light_chain=np.asarray(light_chain),
        working=np.asarray(course.working_fraction),
        lost=np.asarray(course.cross_section_lost),
        force=np.asarray(course.force_fraction),
    )


@partial(jax.jit, static_argnames="same_pattern")
def _drawn(
    setting: Setting, seed: Array, person: Array, same_pattern: bool
) -> tuple[Kinetics, Array]:
    """Rates of one person, and the load of every injection in every cell."""
    people = jnp.reshape(person, (1,))
    vectors = model.stored_vector()[None, :]
    normals = normals_of(seed, people)
    own = {purpose: normals[:, i] for i, purpose in enumerate(PURPOSES)}
    placement = placement_of(seed, people, len(setting.sessions[0].sites.dose_u))
    loads = jnp.stack(cell_loads(vectors, own, placement, setting, jnp.float64), axis=1)[0]
    if same_pattern:
        loads = setting.load_ratio[:, None] * loads[:1]
    rates = person_rates(vectors, own, setting)
    return Kinetics(*(jnp.reshape(rate, ()) for rate in rates)), loads


@jax.jit
def _courses(
    load: Array, weight: Array, rates: Kinetics, injection_d: Array, time_d: Array
) -> tuple[Array, MuscleCourse]:
    """Light chain of each injection, and the course of each muscle block."""
    since = jnp.maximum(time_d - injection_d[:, None], 0.0)
    own = response(load, rates, injection_d, time_d)
    return uptake_of(rates).light_chain(since), muscle_course(own @ weight.T, rates, time_d)


def _is_treated(block: Block, sites: tuple[PlacedSite, ...]) -> bool:
    """Whether a site aims at the block's muscle on its side; the midline belongs to both."""
    return any(
        site.muscle == block.muscle
        and (site.side == block.side or "midline" in (site.side, block.side))
        for site in sites
    )
