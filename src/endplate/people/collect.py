"""Runs a job chunk by chunk and keeps what the answer needs: means, times, bands."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.body.harms import Weakness, weak_times, weakness
from endplate.facts.neighbours import neighbours
from endplate.facts.parameters import fitted_covariance, value
from endplate.people import model
from endplate.people.cohort import Lines
from endplate.people.draws import PURPOSES, even_normals, person_normals, placement_normals
from endplate.people.job import Job
from endplate.people.run import CHUNK, CURVES, GROUPS, Chunk, mild_at_rest, run_chunk, run_untreated
from endplate.people.timing import PersonTimes, person_times

KEPT = 4096  # people whose whole courses are kept for the bands; means and times are over all
DRAWS = 23  # parameter vectors drawn from the fit, beside the estimates themselves
_DRAW_SEED = 20261122
Numbers = NDArray[np.float64]
_ORDER = {purpose: i for i, purpose in enumerate(PURPOSES)}
_REST_NONE = CURVES.index("rest_none")


@dataclass(frozen=True)
class Collected:
    """Answer over all people.

    `events` and `untreated` are (areas, definitions, times); `contraction` and `rest` one array
    (kept people, times) per area, `untreated_grade` (kept people,) what the investigator would see
    under placebo; `working` (kept people, times, blocks).
    """

    events: Numbers
    untreated: Numbers
    times: dict[str, PersonTimes]
    weakness: dict[str, Weakness]
    contraction: dict[str, Numbers]
    rest: dict[str, Numbers]
    untreated_grade: dict[str, Numbers]
    working: NDArray[np.float32]


def collect(job: Job, people: int) -> Collected:
    """Run all people of a job."""
    vectors = jnp.tile(model.stored_vector(), (CHUNK, 1))
    kept: list[Chunk] = []
    before: dict[str, list[Numbers]] = {area: [] for area in job.areas}
    times: dict[str, list[PersonTimes]] = {area: [] for area in job.areas}
    weak: dict[str, list[tuple[Numbers, Numbers]]] = {n.term: [] for n in neighbours()}
    events = untreated = asked = np.zeros(())
    placebo = float(model.natural_values(model.stored_vector())["placebo_shift_investigator"])
    for first in range(0, people, CHUNK):
        count = min(CHUNK, people - first)
        normals = person_normals(job.seed, first, CHUNK)
        lines = job.lines(normals)
        weight = _one_group(count, people)
        chunk = _run(job, vectors, normals, _placement(job, first), lines, weight)
        events = events + np.asarray(chunk.events[0])
        untreated = untreated + np.asarray(
            run_untreated(vectors, normals, lines, weight, job.areas)[0]
        )
        asked = asked + _asked(lines, weight)[:, 0]
        for i, area in enumerate(job.areas):
            times[area].append(_times(job, np.asarray(chunk.contraction[i]), lines[i], normals, count))
        for term, found in _weak(job, np.asarray(chunk.gates), count).items():
            weak[term].append(found)
        if first < KEPT:
            kept.append(_cut(chunk, count))
            for area, own in zip(job.areas, lines, strict=True):
                before[area].append(np.asarray(own.latent)[:count])
    return Collected(
        events=_per_asked(events, asked),
        untreated=_per_asked(untreated, asked),
        times={area: _joined(parts) for area, parts in times.items()},
        weakness={
            term: weakness(*(np.concatenate(part) for part in zip(*parts, strict=True)))
            for term, parts in weak.items()
        },
        contraction={
            area: np.concatenate([np.asarray(c.contraction[i]) for c in kept])
            for i, area in enumerate(job.areas)
        },
        rest={
            area: np.concatenate([np.asarray(c.rest[i]) for c in kept])
            for i, area in enumerate(job.areas)
        },
        untreated_grade={area: np.concatenate(parts) - placebo for area, parts in before.items()},
        working=np.concatenate([np.asarray(c.working, dtype=np.float32) for c in kept]),
    )


def parameter_draws(job: Job) -> tuple[Numbers, Numbers]:
    """Events under parameter vectors drawn from the fit, and at the estimates.

    Returns
    -------
    [1], in [0, 1]
        Arrays (draws, areas, definitions, times) and (areas, definitions, times), both of the same
        few evenly spread people, so that only the parameters differ.
    """
    each = CHUNK // GROUPS
    own, placement = even_normals(each, job.sites)
    normals = jnp.tile(jnp.asarray(own), (GROUPS, 1))
    lines = job.lines(normals)
    rng = np.random.default_rng(_DRAW_SEED)
    centre = np.asarray(model.stored_vector())
    drawn = rng.multivariate_normal(centre, np.array(fitted_covariance()), DRAWS, method="eigh")
    vectors = np.concatenate([centre[None], drawn])
    weight = jnp.asarray(np.kron(np.eye(GROUPS), np.full(each, 1.0 / each)))
    asked = _asked(lines, weight)
    parts = []
    for start in range(0, len(vectors), GROUPS):
        group = jnp.asarray(np.repeat(vectors[start : start + GROUPS], each, axis=0))
        placed = jnp.tile(jnp.asarray(placement), (GROUPS, 1, 1))
        events = np.asarray(_run(job, group, normals, placed, lines, weight).events)
        parts += [_per_asked(events[i], asked[:, i]) for i in range(GROUPS)]
    return np.array(parts[1:]), parts[0]


def _run(
    job: Job,
    vectors: Array,
    normals: Array,
    placement: Array,
    lines: tuple[Lines, ...],
    weight: Array,
) -> Chunk:
    return run_chunk(
        vectors, normals, placement, lines, weight, job.setting, job.areas, job.same_pattern
    )


def _placement(job: Job, first: int) -> Array:
    return placement_normals(job.seed, first, CHUNK, job.sites)


def _one_group(count: int, people: int) -> Array:
    weight = np.zeros((GROUPS, CHUNK))
    weight[0, :count] = 1.0 / people
    return jnp.asarray(weight)


def _asked(lines: tuple[Lines, ...], weight: Array) -> Numbers:
    """Weight of the people asked about the line at rest, shape (areas, groups)."""
    return np.array([np.asarray(weight @ mild_at_rest(before)) for before in lines])


def _per_asked(events: Numbers, asked: Numbers) -> Numbers:
    """Events with the line at rest per person asked; NaN where no one is."""
    told = np.array(events)
    share = np.where(asked > 0, asked, np.nan)
    told[:, _REST_NONE] = told[:, _REST_NONE] / share[:, None]
    return told


def _times(
    job: Job, contraction: Numbers, lines: Lines, normals: Array, count: int
) -> PersonTimes:
    values = {name: float(v) for name, v in model.natural_values(model.stored_vector()).items()}
    own = {purpose: np.asarray(normals[:count, i]) for purpose, i in _ORDER.items()}
    shared = value("rater_shared_share")
    error = (
        values["rater_sd_investigator"]
        * (np.sqrt(shared) * own["shared_rater"] + np.sqrt(1 - shared) * own["investigator"])
        - values["placebo_shift_investigator"]
    )
    after = job.time_d >= 0
    return person_times(
        contraction[:count][:, after],
        job.time_d[after],
        Lines(*(np.asarray(part)[:count] for part in lines)),
        values["notice_grade"] + values["notice_sd"] * own["notice"],
        error,
    )


def _weak(job: Job, gates: Numbers, count: int) -> dict[str, tuple[Numbers, Numbers]]:
    after = job.time_d >= 0
    found = {}
    for i, neighbour in enumerate(neighbours()):
        worse = gates[:count, :, 2 * i : 2 * i + 2].min(axis=2)[:, after]
        found[neighbour.term] = weak_times(worse, job.time_d[after], neighbour.least_working)
    return found


def _cut(chunk: Chunk, count: int) -> Chunk:
    return Chunk(
        chunk.working[:count],
        chunk.gates[:count],
        tuple(part[:count] for part in chunk.contraction),
        tuple(part[:count] for part in chunk.rest),
        chunk.events,
    )


def _joined(parts: list[PersonTimes]) -> PersonTimes:
    return PersonTimes(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("onset_d", "peak_d", "duration_d")
        )
    )
