"""Runs a job chunk by chunk and keeps what the answer needs: means, times, bands."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.body.harms import Weakness, weak_times, weakness
from endplate.facts.neighbours import neighbours
from endplate.facts.parameters import fitted_covariance, value
from endplate.people import model
from endplate.people.cohort import Lines
from endplate.people.draws import PURPOSES
from endplate.people.job import Job
from endplate.people.run import CHUNK, CURVES, GROUPS, Chunk, run_chunk
from endplate.people.timing import PersonTimes, person_times

KEPT = 4096  # people whose whole courses are kept for the bands; means and times are over all
DRAWS = 11  # parameter vectors drawn from the fit, beside the estimates themselves
_DRAW_SEED = 20261122
Numbers = NDArray[np.float64]
_REST_NONE = CURVES.index("rest_none")


@dataclass(frozen=True)
class Collected:
    """Answer over all people.

    `events` and `untreated` are (areas, definitions, times); `contraction` and `rest` one array
    (kept people, times) per area, `untreated_grade` (kept people,) what the investigator would
    see under placebo; `working` (kept people, times, blocks); `planned` [U/mL] the dose density
    in every cell where the needle lands as planned.
    """

    events: Numbers
    untreated: Numbers
    times: dict[str, PersonTimes]
    weakness: dict[str, Weakness]
    contraction: dict[str, Numbers]
    rest: dict[str, Numbers]
    untreated_grade: dict[str, Numbers]
    working: NDArray[np.float32]
    planned: Numbers


class _Part(NamedTuple):
    """What one chunk leaves behind; courses only of people that are kept."""

    events: Numbers
    untreated: Numbers
    asked: Numbers
    times: tuple[PersonTimes, ...]
    weak: dict[str, tuple[Numbers, Numbers]]
    contraction: tuple[Numbers, ...]
    rest: tuple[Numbers, ...]
    latent: tuple[Numbers, ...]
    working: NDArray[np.float32]
    planned: Numbers


def collect(job: Job, people: int) -> Collected:
    """Run all people of a job, as many chunks at a time as there are processors."""
    parts = [_part(job, 0, people)]  # alone, so that the threads after it find it compiled
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        firsts = range(CHUNK, people, CHUNK)
        parts += pool.map(lambda first: _part(job, first, people), firsts)
    asked = np.sum([part.asked for part in parts], axis=0)
    placebo = float(model.natural_values(model.stored_vector())["placebo_shift_investigator"])

    def kept(name: str) -> dict[str, Numbers]:
        return {
            area: np.concatenate([getattr(part, name)[i] for part in parts])
            for i, area in enumerate(job.areas)
        }

    return Collected(
        events=_per_asked(np.sum([part.events for part in parts], axis=0), asked),
        untreated=_per_asked(np.sum([part.untreated for part in parts], axis=0), asked),
        times={
            area: _joined([part.times[i] for part in parts]) for i, area in enumerate(job.areas)
        },
        weakness={
            term: weakness(
                *(np.concatenate([part.weak[term][i] for part in parts]) for i in (0, 1))
            )
            for term in parts[0].weak
        },
        contraction=kept("contraction"),
        rest=kept("rest"),
        untreated_grade={area: latent - placebo for area, latent in kept("latent").items()},
        working=np.concatenate([part.working for part in parts]),
        planned=parts[0].planned,
    )


def _part(job: Job, first: int, people: int) -> _Part:
    count = min(CHUNK, people - first)
    vectors = np.tile(np.asarray(model.stored_vector()), (CHUNK, 1))
    weight = np.zeros((GROUPS, CHUNK))
    weight[0, :count] = 1.0 / people
    chunk = _run(job, vectors, job.seed, np.arange(first, first + CHUNK), weight)
    contraction = tuple(np.asarray(course)[:count] for course in chunk.contraction)
    own = np.asarray(chunk.normals)[:count]
    told = count if first < KEPT else 0
    return _Part(
        events=np.asarray(chunk.events[0]),
        untreated=np.asarray(chunk.untreated[0]),
        asked=np.asarray(chunk.asked[0]),
        times=tuple(
            _times(job, course, before, own)
            for course, before in zip(contraction, chunk.lines, strict=True)
        ),
        weak=_weak(job, np.asarray(chunk.gates), count),
        # copies: a view of no people would keep the whole chunk in memory
        contraction=tuple(np.array(course[:told]) for course in contraction),
        rest=tuple(np.array(course[:told]) for course in chunk.rest),
        latent=tuple(np.array(before.latent[:told]) for before in chunk.lines),
        working=np.array(chunk.working[:told], dtype=np.float32),
        planned=np.asarray(chunk.planned),
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
    rng = np.random.default_rng(_DRAW_SEED)
    centre = np.asarray(model.stored_vector())
    drawn = rng.multivariate_normal(centre, np.array(fitted_covariance()), DRAWS, method="eigh")
    vectors = np.concatenate([centre[None], drawn])
    people = np.tile(np.arange(each), GROUPS)
    weight = np.kron(np.eye(GROUPS), np.full(each, 1.0 / each)).astype(np.float64)

    def run_group(start: int) -> list[Numbers]:
        group = np.repeat(vectors[start : start + GROUPS], each, axis=0)
        chunk = _run(job, group, _DRAW_SEED, people, weight)
        events, asked = np.asarray(chunk.events), np.asarray(chunk.asked)
        return [_per_asked(events[i], asked[i]) for i in range(GROUPS)]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        groups = list(pool.map(run_group, range(0, len(vectors), GROUPS)))
    parts = [part for group in groups for part in group]
    return np.array(parts[1:]), parts[0]


def _run(
    job: Job, vectors: Numbers, seed: int, people: NDArray[np.int64], weight: Numbers
) -> Chunk:
    return run_chunk(
        vectors, np.int64(seed), people, weight, job.setting, job.areas, job.same_pattern
    )


def _per_asked(events: Numbers, asked: Numbers) -> Numbers:
    """Events with the line at rest per person asked; NaN where no one is."""
    told = np.array(events)
    share = np.where(asked > 0, asked, np.nan)
    told[:, _REST_NONE] = told[:, _REST_NONE] / share[:, None]
    return told


def _times(job: Job, contraction: Numbers, lines: Lines, normals: Numbers) -> PersonTimes:
    values = {name: float(v) for name, v in model.natural_values(model.stored_vector()).items()}
    own = {purpose: normals[:, i] for i, purpose in enumerate(PURPOSES)}
    shared = value("rater_shared_share")
    error = (
        values["rater_sd_investigator"]
        * (np.sqrt(shared) * own["shared_rater"] + np.sqrt(1 - shared) * own["investigator"])
        - values["placebo_shift_investigator"]
    )
    after = job.time_d >= 0
    return person_times(
        contraction[:, after],
        job.time_d[after],
        np.asarray(lines.latent)[: len(normals)],
        np.asarray(lines.grade)[: len(normals)],
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


def _joined(parts: list[PersonTimes]) -> PersonTimes:
    return PersonTimes(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("onset_d", "peak_d", "duration_d")
        )
    )
