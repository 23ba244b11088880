"""Runs a job chunk by chunk and keeps what the answer needs: means, times, bands."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from endplate.observe.harms import weakness
from endplate.people import model
from endplate.people.answer import AreaAnswer, Collected, Drawn, area_times, per_asked, weak_people
from endplate.people.draws import draws_of
from endplate.people.job import Job
from endplate.people.loads import site_count
from endplate.people.run import CHUNK, GROUPS, Chunk, at_hand, run_chunk
from endplate.results.timing import PersonTimes

KEPT = 4096  # people whose whole courses are kept for the bands; means and times are over all
DRAWS = 11  # parameter vectors drawn from the fit, beside the estimates themselves
_DRAW_SEED = 20261122
Numbers = NDArray[np.float64]


class _Part(NamedTuple):
    """What one chunk leaves behind; courses only of people that are kept."""

    sums: tuple[Numbers, ...]
    sums_untreated: tuple[Numbers, ...]
    asked: tuple[Numbers, ...]
    times: tuple[PersonTimes, ...]
    weak: dict[str, tuple[Numbers, Numbers]]
    levels: tuple[NDArray[np.float32], ...]
    untreated: tuple[NDArray[np.float32], ...]
    personal: tuple[NDArray[np.float32], ...]
    working: NDArray[np.float32]


def collect(job: Job, people: int) -> Collected:
    """Run all people of a job, as many chunks at a time as there are processors."""
    parts = [_part(job, 0, people)]  # alone, so that the threads after it find it compiled
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        firsts = range(CHUNK, people, CHUNK)
        parts += pool.map(lambda first: _part(job, first, people), firsts)
    return Collected(
        areas={area: _area_answer(parts, i, job.time_d) for i, area in enumerate(job.areas)},
        weakness={
            term: weakness(
                *(np.concatenate([part.weak[term][i] for part in parts]) for i in (0, 1))
            )
            for term in parts[0].weak
        },
        working=np.concatenate([part.working for part in parts]),
    )


def _area_answer(parts: list[_Part], place: int, time_d: Numbers) -> AreaAnswer:
    after = time_d >= 0
    asked = np.sum([part.asked[place] for part in parts], axis=0)
    sums, untreated = (
        np.sum([getattr(part, name)[place] for part in parts], axis=0)[:, after]
        for name in ("sums", "sums_untreated")
    )
    return AreaAnswer(
        mean_d=time_d[after],
        means=per_asked(sums, asked),
        means_untreated=per_asked(untreated, asked),
        times=PersonTimes(
            *(
                np.concatenate([getattr(part.times[place], name) for part in parts])
                for name in ("onset_d", "peak_d", "duration_d")
            )
        ),
        levels=np.concatenate([part.levels[place] for part in parts], axis=1),
        untreated=np.concatenate([part.untreated[place] for part in parts], axis=1),
        personal=np.concatenate([part.personal[place] for part in parts]),
    )


def _part(job: Job, first: int, people: int) -> _Part:
    count = min(CHUNK, people - first)
    centre = np.asarray(model.stored_vector())
    (values,) = _values(centre[None])
    vectors = np.tile(centre, (CHUNK, 1))
    weight = np.zeros((GROUPS, CHUNK))
    weight[0, :count] = 1.0 / people
    chunk = _run(job, vectors, job.seed, np.arange(first, first + CHUNK), weight)
    told = count if first < KEPT else 0
    return _Part(
        # copies, here and below: a view would keep the whole chunk in memory
        sums=tuple(np.array(area.sums[0]) for area in chunk.areas),
        sums_untreated=tuple(np.array(area.sums_untreated[0]) for area in chunk.areas),
        asked=tuple(np.array(area.asked[0]) for area in chunk.areas),
        times=tuple(
            area_times(job, i, area, chunk.normals, slice(count), values)
            for i, area in enumerate(chunk.areas)
        ),
        weak=weak_people(job, chunk.gates, count),
        levels=tuple(np.array(a.levels[:, :told], dtype=np.float32) for a in chunk.areas),
        untreated=tuple(np.array(a.untreated[:, :told], dtype=np.float32) for a in chunk.areas),
        personal=tuple(np.array(a.personal[:told], dtype=np.float32) for a in chunk.areas),
        working=np.array(chunk.working[:told], dtype=np.float32),
    )


def parameter_draws(job: Job) -> tuple[Drawn, ...]:
    """Every area under parameter vectors drawn from the fit, and at the estimates.

    All of them in the same few evenly spread people, so that only the parameters differ.
    """
    each = CHUNK // GROUPS
    centre = np.asarray(model.stored_vector())
    vectors = np.concatenate([centre[None], model.drawn_vectors(DRAWS)])
    values = _values(vectors)
    people, after = np.tile(np.arange(each), GROUPS), job.time_d >= 0
    weight = np.kron(np.eye(GROUPS), np.full(each, 1.0 / each)).astype(np.float64)

    def run_group(start: int) -> list[list[tuple[Numbers, PersonTimes]]]:
        group = np.repeat(vectors[start : start + GROUPS], each, axis=0)
        chunk = _run(job, group, _DRAW_SEED, people, weight)
        return [
            [
                (
                    per_asked(area.sums[i][:, after], area.asked[i]),
                    area_times(
                        job, place, area, chunk.normals, slice(i * each, (i + 1) * each), own
                    ),
                )
                for place, area in enumerate(chunk.areas)
            ]
            for i, own in enumerate(values[start : start + GROUPS])
        ]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        groups = list(pool.map(run_group, range(0, len(vectors), GROUPS)))
    first, *drawn = [part for group in groups for part in group]
    return tuple(
        Drawn(
            means=np.array([part[i][0] for part in drawn]),
            centre=first[i][0],
            times=tuple(part[i][1] for part in drawn),
            centre_times=first[i][1],
        )
        for i in range(len(job.areas))
    )


def _values(vectors: Numbers) -> list[dict[str, float]]:
    """Parameters of each vector on their natural scale."""
    natural = {
        name: np.asarray(v) for name, v in model.natural_values(jnp.asarray(vectors.T)).items()
    }
    return [{name: float(v[i]) for name, v in natural.items()} for i in range(len(vectors))]


def _run(
    job: Job, vectors: Numbers, seed: int, people: NDArray[np.int64], weight: Numbers
) -> Chunk[NDArray[Any]]:
    normals, placement = draws_of(np.int64(seed), people, site_count(job.setting))
    return at_hand(
        run_chunk(vectors, normals, placement, weight, job.setting, job.layout, job.same_pattern)
    )
