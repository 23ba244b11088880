"""A job in few people at once, for an answer while a plan is being changed.

What no moved site and no other dose changes is kept between calls: who the people are, and what
each person's nerve endings do at the tabulated loads.
"""

from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.facts.endpoints import symptom_scores
from endplate.model.course import time_grid_d
from endplate.model.spread import EndplateField
from endplate.observe.harms import weakness
from endplate.people import model
from endplate.people.answer import (
    AreaAnswer,
    Collected,
    Drawn,
    area_times,
    per_asked,
    weak_people,
)
from endplate.people.areas import VISIT_DAYS, Area
from endplate.people.collect import DRAWS
from endplate.people.draws import draws_of, even_normals
from endplate.people.engine import tables
from endplate.people.exposure import Sites, landed_densities
from endplate.people.job import Job
from endplate.people.layout import Layout, whole_field
from endplate.people.loads import Run, Traits, rates_of, site_count, traits_of
from endplate.people.run import CROWD, Chunk, at_hand, followed, tissues_read
from endplate.people.setting import Setting
from endplate.results.timing import PersonTimes

PEOPLE = 128  # the first of a simulation's
EACH = 16  # people under each parameter vector: evenly spread, since they are so few
_MOST_SITES = 256
_TABLES = 8  # response tables kept, about 10 MB each
Numbers = NDArray[np.float64]


class Rows(NamedTuple):
    """All that run: the crowd at the estimates, then the same few people under every vector.

    `vectors` (rows, parameters) and `normals` (rows, purposes) as for a chunk, `needle` (rows,)
    whose placement each row has, `weight` (groups, rows): the crowd, then one group a vector.
    """

    vectors: Array
    normals: Array
    needle: Array
    weight: Array


@dataclass(frozen=True)
class _Course:
    """Where and when a response is wanted, but for the people: what a kept table belongs to."""

    tissue: str
    persistence_row: int
    injection_d: tuple[float, ...]
    load_ratio: tuple[float, ...]
    days: int
    seed: int


def answered(job: Job, days: int) -> tuple[Collected, tuple[Drawn, ...]]:
    """What `collect` and `parameter_draws` give, from few people; not for sites that changed.

    Parameters
    ----------
    job : Job
        A job whose earlier sessions, if any, had the planned pattern.
    days : int
        Last day of the run.
    """
    setting, own = job.setting, rows(job.seed)
    sites = setting.sessions[0].sites
    density = _landed(whole_field(job.layout), sites, _needles(job.seed, site_count(setting)))
    known = {
        tissue: _responses(
            _Course(
                tissue,
                int(setting.persistence_row),
                tuple(np.asarray(setting.injection_d).tolist()),
                tuple(np.asarray(setting.load_ratio).tolist()),
                days,
                job.seed,
            )
        )
        for tissue in tissues_read(job.layout)
    }
    # without its sites, so that a plan with more of them runs the same compiled code
    no_sites = Sites(*(np.zeros(0) for _ in Sites._fields))
    bare = _single(setting._replace(sessions=(setting.sessions[0]._replace(sites=no_sites),)))
    told = _told(job.time_d, days)
    traits = traits_of(own.vectors, own.normals, bare, job.layout)
    chunk = _follow(traits, own, density, known, told, bare, job.layout)
    return _read(job, at_hand(chunk), told)


@lru_cache(maxsize=_TABLES)
def rows(seed: int) -> Rows:
    """People of a preview; person k is that of every simulation with this seed."""
    normals, _ = draws_of(np.int64(seed), np.arange(PEOPLE), 1)
    even, _ = _even()
    vectors = _vectors()
    groups = len(vectors)
    weight = np.zeros((1 + groups, PEOPLE + EACH * groups))
    weight[0, :PEOPLE] = 1.0 / PEOPLE
    weight[1:, PEOPLE:] = np.kron(np.eye(groups), np.full(EACH, 1.0 / EACH))
    every = np.concatenate([np.tile(vectors[0], (PEOPLE, 1)), np.repeat(vectors, EACH, axis=0)])
    return Rows(
        vectors=jnp.asarray(every, CROWD),
        normals=jnp.asarray(np.concatenate([normals, np.tile(even, (groups, 1))]), CROWD),
        needle=jnp.concatenate([jnp.arange(PEOPLE), jnp.tile(PEOPLE + jnp.arange(EACH), groups)]),
        weight=jnp.asarray(weight, CROWD),
    )


@cache
def _even() -> tuple[Numbers, Numbers]:
    return even_normals(EACH, _MOST_SITES)


@cache
def _vectors() -> Numbers:
    """The estimates, then vectors drawn from the fit, as a simulation takes them."""
    return np.concatenate([np.asarray(model.stored_vector())[None], model.drawn_vectors(DRAWS)])


@cache
def _values() -> tuple[dict[str, float], dict[str, Numbers]]:
    """Parameters on their natural scale: at the estimates, and one for each row under a vector."""
    natural = model.natural_values(jnp.asarray(_vectors().T))
    each = {name: np.repeat(np.asarray(value), EACH) for name, value in natural.items()}
    return {name: float(value[0]) for name, value in each.items()}, each


@lru_cache(maxsize=_TABLES)
def _needles(seed: int, sites: int) -> Array:
    """Where every needle lands, standard normals (people, sites, 3)."""
    _, own = draws_of(np.int64(seed), np.arange(PEOPLE), sites)
    return jnp.concatenate([own, jnp.asarray(_even()[1][:, :sites])])


@lru_cache(maxsize=_TABLES)
def _responses(course: _Course) -> Array:
    people = rows(course.seed)
    time_d = jnp.asarray(time_grid_d(course.injection_d, course.days))
    injection_d, load_ratio = jnp.array(course.injection_d), jnp.array(course.load_ratio)
    row = jnp.array(course.persistence_row)
    return _tables(people, row, injection_d, load_ratio, time_d, course.tissue)


@jax.jit
def _single(setting: Setting) -> Setting:
    """The same in the precision of a crowd, and so is all that follows from it."""

    def held(own: Array) -> Array:
        return own.astype(CROWD) if jnp.issubdtype(own.dtype, jnp.floating) else own

    return jax.tree.map(lambda own: held(jnp.asarray(own)), setting)


def _told(time_d: Numbers, days: int) -> NDArray[np.int64]:
    """Places of the times about every visit day, as many whatever the days."""
    day = np.minimum(np.array(VISIT_DAYS, float), days)
    after = np.clip(np.searchsorted(time_d, day), 1, len(time_d) - 1)
    return np.concatenate([after - 1, after])


@partial(jax.jit, static_argnames="tissue")
def _tables(
    own: Rows, row: Array, injection_d: Array, load_ratio: Array, time_d: Array, tissue: str
) -> Array:
    rates = rates_of(own.vectors, own.normals, row, tissue)
    return tables(rates, injection_d, load_ratio, time_d, CROWD)


@partial(jax.jit, static_argnames="field")
def _landed(field: EndplateField, sites: Sites, placement: Array) -> Array:
    return landed_densities(field, sites, placement, CROWD)


@partial(jax.jit, static_argnames="layout")
def _follow(
    traits: Traits,
    own: Rows,
    density: Array,
    known: dict[str, Array],
    told: Array,
    setting: Setting,
    layout: Layout,
) -> Chunk[Array]:
    run = Run(traits, setting, layout, True, known, told)
    return followed(run, [density[own.needle]], own.normals, own.weight)


def _read(
    job: Job, chunk: Chunk[NDArray[Any]], told: NDArray[np.int64]
) -> tuple[Collected, tuple[Drawn, ...]]:
    areas, moved, normals = {}, [], chunk.normals
    for place, name in enumerate(job.areas):
        found, draws = _area(job, place, chunk.areas[place], normals, told)
        areas[name] = found
        moved.append(draws)
    weak = weak_people(job, chunk.gates, PEOPLE)
    working = chunk.working[:PEOPLE].astype(np.float32)
    return Collected(areas, {k: weakness(*times) for k, times in weak.items()}, working), (*moved,)


def _area(
    job: Job, place: int, area: Area[NDArray[Any]], normals: Numbers, told: NDArray[np.int64]
) -> tuple[AreaAnswer, Drawn]:
    if symptom_scores(job.areas[place]):
        day, kept = job.time_d, np.flatnonzero(job.time_d >= 0)
    else:
        day, kept = job.time_d[told], np.unique(told, return_index=True)[1]
    means, untreated = (
        per_asked(sums, area.asked)[..., kept] for sums in (area.sums, area.sums_untreated)
    )
    values, each = _values()
    own = area_times(job, place, area, normals, slice(PEOPLE), values)
    every = area_times(job, place, area, normals, slice(PEOPLE, None), each)
    names = ("onset_d", "peak_d", "duration_d")
    first, *others = (
        PersonTimes(*columns)
        for columns in zip(*(getattr(every, n).reshape(-1, EACH) for n in names), strict=True)
    )
    answer = AreaAnswer(
        mean_d=day[kept],
        means=means[0],
        means_untreated=untreated[0],
        times=own,
        levels=area.levels[:, :PEOPLE].astype(np.float32),
        untreated=area.untreated[:, :PEOPLE].astype(np.float32),
        personal=area.personal[:PEOPLE].astype(np.float32),
    )
    return answer, Drawn(means[2:], means[1], tuple(others), first)
