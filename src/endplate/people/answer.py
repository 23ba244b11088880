"""What a run of people leaves for the answer: means, times, bands; and how a chunk is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.facts.endpoints import symptom_scores
from endplate.facts.parameters import value
from endplate.observe.harms import Weakness, weak_times
from endplate.people.areas import Area
from endplate.people.draws import PURPOSES
from endplate.people.job import Job
from endplate.people.layout import copies, gates
from endplate.results.timing import PersonTimes, burden_times, person_times

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class AreaAnswer:
    """Answer for one area over all people.

    `means` (endpoints, days) of every endpoint and `means_untreated` under placebo, on `mean_d`
    [d]; `levels` and `untreated` (scales, kept people, times); `personal` (kept people, measures,
    visits).
    """

    mean_d: Numbers
    means: Numbers
    means_untreated: Numbers
    times: PersonTimes
    levels: NDArray[np.float32]
    untreated: NDArray[np.float32]
    personal: NDArray[np.float32]


@dataclass(frozen=True)
class Drawn:
    """One area in the same few people under several parameter vectors.

    `means` (draws, endpoints, days) and `times` (one per draw) under vectors drawn from the fit;
    `centre` (endpoints, days) and `centre_times` at the estimates. Days are those of the answer.
    """

    means: Numbers
    centre: Numbers
    times: tuple[PersonTimes, ...]
    centre_times: PersonTimes


@dataclass(frozen=True)
class Collected:
    """Answer of one job; `working` (kept people, times, blocks)."""

    areas: dict[str, AreaAnswer]
    weakness: dict[str, Weakness]
    working: NDArray[np.float32]


def per_asked(sums: Numbers, asked: Numbers) -> Numbers:
    """Mean over the people asked, (..., endpoints, times); NaN where no one is."""
    return sums / np.where(asked > 0, asked, np.nan)[..., None]


def area_times(
    job: Job,
    place: int,
    area: Area[NDArray[Any]],
    normals: Numbers,
    own: slice,
    values: Mapping[str, Any],
) -> PersonTimes:
    """Times of some people of a chunk; parameters are numbers, or arrays of one for each."""
    after = slice(np.searchsorted(job.time_d, 0.0), None)
    scales = symptom_scores(job.areas[place])
    if scales:
        fall = area.fall[own, after]
        lost = scales[int(job.setting.primary[place])].lost_share
        return burden_times(fall, job.time_d[after], lost)
    drawn = {purpose: normals[own, i] for i, purpose in enumerate(PURPOSES)}
    shared = value("rater_shared_share")
    error = (
        values["rater_sd_investigator"]
        * (np.sqrt(shared) * drawn["shared_rater"] + np.sqrt(1 - shared) * drawn["investigator"])
        - values["placebo_shift_investigator"]
    )
    return person_times(
        area.levels[0, own, after],
        job.time_d[after],
        area.before[0, own],
        area.grade[own],
        values["notice_grade"] + values["notice_sd"] * drawn["notice"],
        error,
    )


def weak_people(job: Job, working: Numbers, count: int) -> dict[str, tuple[Numbers, Numbers]]:
    """Start and length of each person's weakness, the worse side of each neighbour."""
    after = np.searchsorted(job.time_d, 0.0)
    gate = np.moveaxis(working[:count, after:], 2, 0)
    found, place = {}, 0
    for neighbour in gates(job.layout):
        wide = copies(neighbour, job.layout)
        worse = reduce(np.minimum, gate[place : place + wide])
        found[neighbour.term] = weak_times(worse, job.time_d[after:], neighbour.least_working)
        place += wide
    return found
