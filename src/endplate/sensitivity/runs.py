"""Runs many people with their own parameter vectors and draws through one job."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from endplate.people.job import Job
from endplate.people.run import CHUNK, run_chunk
from endplate.sensitivity.margin import margins
from endplate.sensitivity.outcome import Outcome, of_people

Numbers = NDArray[np.float64]
Progress = Callable[[int, int], None]


def people_outcomes(
    job: Job,
    outcome: Outcome,
    vectors: Numbers,
    normals: Numbers,
    placement: Numbers,
    progress: Progress | None = None,
) -> Numbers:
    """The outcome of every person, shape (people,).

    Parameters
    ----------
    job, outcome
        The plan, and what of it is asked.
    vectors : [1]
        Parameters of each person on the working scale, shape (people, parameters).
    normals, placement : [1]
        Draws of each person and needle, shapes (people, purposes) and (people, sites, 3).
    progress
        Called with the number of people done and of all.
    """
    done = 0

    def one(first: int) -> Numbers:
        nonlocal done
        # the last chunk is filled up with its own people: the compiled shape is always the same
        rows = np.arange(first, first + CHUNK) % len(vectors)
        found = _chunk(job, outcome, vectors[rows], normals[rows], placement[rows])
        done += CHUNK
        if progress:
            progress(min(done, len(vectors)), len(vectors))
        return found

    parts = [one(0)]  # alone, so that the threads after it find it compiled
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts += pool.map(one, range(CHUNK, len(vectors), CHUNK))
    return np.concatenate(parts)[: len(vectors)]


def _chunk(
    job: Job, outcome: Outcome, vectors: Numbers, normals: Numbers, placement: Numbers
) -> Numbers:
    if outcome.kind == "harm":
        own = (vectors, normals, placement, job.setting, job.layout)
        return np.asarray(margins(*own, outcome.item))
    each_alone = np.eye(CHUNK)
    own = (vectors, normals, placement, each_alone, job.setting, job.layout, job.same_pattern)
    return of_people(job, outcome, run_chunk(*own), vectors)
