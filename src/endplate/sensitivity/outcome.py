"""Outcomes of a plan whose unknowns can be weighed: what each person of a chunk has of them."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from endplate.errors import EndplateError
from endplate.people import model
from endplate.people.answer import area_times
from endplate.people.areas import Area
from endplate.people.job import Job
from endplate.people.layout import gates
from endplate.people.run import Chunk
from endplate.results.outcomes import reported_endpoints

TIMES = ("onset_d", "peak_d", "duration_d")
_SELECTED = ("rest_none",)  # defined only for some people: no outcome of every person
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """One outcome of one job, by its name; `area_index` is that of its area in the job.

    `kind` is `time`, `endpoint` or `harm`; `item` the index of an endpoint among the area's means
    or of a harm among the gates. `of_cohort` and `of_subject` say what is weighed, in words.
    """

    name: str
    area: str
    kind: str
    area_index: int
    item: int
    unit: str
    day: float | None
    of_cohort: str
    of_subject: str


def outcome_of(jobs: tuple[Job, ...], name: str, day: float) -> tuple[Job, Outcome]:
    """The first job that has an outcome of that name, as `NAME` or `NAME:AREA`.

    Raises
    ------
    EndplateError
        The plan has no such outcome; the sentence names those it has.
    """
    outcomes = [(job, outcome) for job in jobs for outcome in _outcomes(job, day)]
    code, _, area = name.partition(":")
    for job, outcome in outcomes:
        if outcome.name == code and area in ("", outcome.area):
            return job, outcome
    known = ", ".join(dict.fromkeys(outcome.name for _, outcome in outcomes))
    raise EndplateError(f"{name} is no outcome of this plan; allowed are {known}.")


def of_people(job: Job, outcome: Outcome, chunk: Chunk, vectors: Numbers) -> Numbers:
    """A time or endpoint of each person of a chunk; NaN where a time never comes.

    The chunk's weights must make each person a group.
    """
    area: Area = chunk.areas[outcome.area_index]
    if outcome.kind == "time":
        values = model.natural_values(jnp.asarray(vectors).T)
        parameters = {name: np.asarray(value) for name, value in values.items()}
        normals = np.asarray(chunk.normals)
        times = area_times(job, outcome.area_index, area, normals, slice(None), parameters)
        return getattr(times, outcome.name)
    curves = np.asarray(area.sums)[:, outcome.item]
    return np.array([np.interp(outcome.day or 0.0, job.time_d, curve) for curve in curves])


def of_cohorts(outcome: Outcome, values: Numbers) -> Numbers:
    """The outcome of each cohort from those of its people, shape (cohorts, people).

    A mean, a median time among those who have it, or the percent with a weakness. That is read
    off the normal spread of the log margin: a few dozen people cannot show one in a hundred.
    """
    if outcome.kind == "endpoint":
        return values.mean(axis=1)
    if outcome.kind == "harm":
        return 100.0 * ndtr(values.mean(axis=1) / values.std(axis=1))
    medians = np.full(len(values), np.nan)
    has_event = ~np.isnan(values).all(axis=1)
    medians[has_event] = np.nanmedian(values[has_event], axis=1)
    return medians


def _outcomes(job: Job, day: float) -> list[Outcome]:
    outcomes = []
    for index, area in enumerate(job.areas):
        for name in TIMES:
            time = name.removesuffix("_d")
            words = f"median {time} of a crowd", f"{time} in one person"
            outcomes.append(Outcome(name, area, "time", index, 0, "d", None, *words))
        for item, endpoint in enumerate(reported_endpoints(area, job.treated[area])):
            if endpoint is None or endpoint.code in _SELECTED:
                continue
            is_share = endpoint.statistic == "percent"
            cohort = "share of a crowd" if is_share else "mean of a crowd"
            subject = "chance of one person" if is_share else "one person's own value"
            words = f"{cohort} on day {day:g}", f"{subject} on day {day:g}"
            outcomes.append(
                Outcome(endpoint.code, area, "endpoint", index, item, endpoint.unit, day, *words)
            )
    for item, gate in enumerate(gates(job.layout)):
        words = (
            "share of a crowd with the weakness",
            "log of the load over the one that makes it weak, in one person",
        )
        outcomes.append(Outcome(gate.term, job.areas[0], "harm", 0, item, "%", None, *words))
    return outcomes
