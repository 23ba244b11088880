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

from endplate.case import PlacedSite, Plan, placed_sites
from endplate.errors import EndplateError
from endplate.facts.indications import chart_of, indication
from endplate.model.course import (
    Kinetics,
    MuscleCourse,
    fine_grid_d,
    muscle_course,
    response,
    time_grid_d,
    uptake_of,
)
from endplate.model.spread import Block
from endplate.people import model
from endplate.people.cache import use_compile_cache
from endplate.people.draws import draws_of_one
from endplate.people.history import Earlier, earlier_sessions
from endplate.people.job import Job, make_jobs
from endplate.people.layout import MUSCLE, NOCICEPTOR, Layout, tissues, whole_field
from endplate.people.loads import (
    block_gains,
    cell_loads,
    densities,
    drawn,
    pain_gains,
    site_count,
)
from endplate.people.setting import Setting
from endplate.people.simulate import MOST_DAYS, MOST_SEED
from endplate.results.limits import covered_areas

MOST_PERSON = 999_999
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Given:
    """One injection day: `day` after the planned treatment (negative for earlier ones)."""

    day: float
    product: str
    dose_u: float


@dataclass(frozen=True)
class Part:
    """What is treated in one tissue of one chart, and its courses.

    `load` [1] (injections, cells) is the cutting rate over the renewal rate at full light chain;
    `weight` [1] (blocks, cells) the share of each block's endings in each cell, rows sum to one.
    `light_chain` is (injections, times) for a load of one; `working`, `lost` (share of the
    cross-section, none outside muscle) and `force` are (times, blocks).
    """

    chart: str
    tissue: str
    kinetics: Kinetics
    blocks: tuple[Block, ...]
    load: Numbers
    weight: Numbers
    light_chain: Numbers
    working: Numbers
    lost: Numbers
    force: Numbers


@dataclass(frozen=True)
class OnePerson:
    """One person: the injections and every part treated; `time_d` [d] from the planned one.

    `person` is None for the middle person, who is nobody's number.
    """

    person: int | None
    seed: int
    given: tuple[Given, ...]
    time_d: Numbers
    parts: tuple[Part, ...]


def one_person(
    plan: Plan, person: int | None = 0, seed: int = 0, days: int = 365, fine: bool = True
) -> OnePerson:
    """Run one person of a plan, every cell of everything treated by itself.

    Parameters
    ----------
    plan : Plan
        The plan; earlier treatments it lists act too.
    person : int
        Number of the person, from 0; None for the middle person: every draw at its middle, and
        the needle where it was planned.
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
        ("person", person or 0, 0, MOST_PERSON),
        ("seed", seed, 0, MOST_SEED),
        ("days", days, 1, MOST_DAYS),
    ):
        if not low <= number <= high:
            raise EndplateError(f"{name} is {number}; allowed are {low} to {high}.")
    use_compile_cache()
    areas = covered_areas(plan)
    planned = placed_sites(plan)
    earlier, _ = earlier_sessions(plan, areas)
    given = (
        Given(0.0, plan.treatment.product, sum(site.dose_u for site in planned)),
        *(Given(e.day, e.product, e.dose_u) for e in earlier),
    )
    injection_d = tuple(one.day for one in given)
    time_d = (fine_grid_d if fine else time_grid_d)(injection_d, days)
    run = _Times(person, np.array(injection_d), time_d, earlier)
    jobs = make_jobs(plan, areas, planned, earlier, days, seed)
    parts = tuple(part for job in jobs for part in _parts(job, run, areas))
    return OnePerson(person, seed, given, time_d, parts)


@dataclass(frozen=True)
class _Times:
    """Who is run, and when: all injections of the person, and the times of the courses."""

    person: int | None
    injection_d: Numbers
    time_d: Numbers
    earlier: tuple[Earlier, ...]


def _parts(job: Job, run: _Times, areas: tuple[str, ...]) -> list[Part]:
    """Parts of one chart: one per tissue that an area of it is treated in."""
    own = [
        session
        for session in run.earlier
        if chart_of(session.indication, (*job.areas, *areas)) == job.layout.chart
    ]
    sites = (*job.planned, *(site for session in own for site in session.sites))
    found = {}
    for area in job.areas:
        tissue = indication(area).tissue
        pain_of = area if tissue == NOCICEPTOR else ""
        if (tissue, pain_of) not in found:
            found[tissue, pain_of] = _part(job, run, sites, tissue, pain_of)
    return list(found.values())


def _part(job: Job, run: _Times, sites: tuple[PlacedSite, ...], tissue: str, pain_of: str) -> Part:
    draws = draws_of_one(job.seed, run.person, site_count(job.setting))
    rates, drawn_load = _drawn(job.setting, *draws, job.layout, job.same_pattern, tissue, pain_of)
    field = whole_field(job.layout)
    of_block = (tissue,) * len(field.blocks) if pain_of else tissues(job.layout)
    rows = [
        i
        for i, block in enumerate(field.blocks)
        if of_block[i] == tissue and _is_treated(block, sites)
    ]
    cells = np.isin(field.cell_block, rows)
    weight = field.endplate_weight[rows][:, cells]
    load = np.zeros((len(run.injection_d), int(cells.sum())))
    for day, own in zip(np.asarray(job.setting.injection_d), np.asarray(drawn_load), strict=True):
        load[list(run.injection_d).index(day)] += own[cells]
    light_chain, course = _courses(load, weight, rates, run.injection_d, run.time_d)
    return Part(
        chart=job.layout.chart,
        tissue=tissue,
        kinetics=rates,
        blocks=tuple(field.blocks[i] for i in rows),
        load=load,
        weight=weight,
        light_chain=np.asarray(light_chain),
        working=np.asarray(course.working_fraction),
        lost=np.asarray(course.cross_section_lost),
        force=np.asarray(course.force_fraction),
    )


@partial(jax.jit, static_argnames=("layout", "same_pattern", "tissue", "pain_of"))
def _drawn(
    setting: Setting,
    normals: Array,
    placement: Array,
    layout: Layout,
    same_pattern: bool,
    tissue: str,
    pain_of: str,
) -> tuple[Kinetics, Array]:
    """Rates of one person in one tissue, and the load of every injection in every cell."""
    vectors = model.stored_vector()[None, :]
    run = drawn(vectors, normals, setting, layout, same_pattern)
    gain = pain_gains(run, pain_of) if pain_of else block_gains(run)
    loads = jnp.stack(cell_loads(run, densities(run, placement, jnp.float64), gain), axis=1)[0]
    if same_pattern:
        loads = setting.load_ratio[:, None] * loads[:1]
    return Kinetics(*(jnp.reshape(rate, ()) for rate in run.rates(tissue))), loads


@jax.jit
def _courses(
    load: Array, weight: Array, rates: Kinetics, injection_d: Array, time_d: Array
) -> tuple[Array, MuscleCourse]:
    """Light chain of each injection, and the course of each block."""
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


def wastes(part: Part) -> bool:
    """Whether what is treated thins while it is silent: only muscle does."""
    return part.tissue == MUSCLE
