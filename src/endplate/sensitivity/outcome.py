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
_SELECTED = ("rest_none",)  # asked only of some people: no outcome of every person
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """One outcome of one job, by its name; `place` is its area in the job.

    `kind` is `time`, `endpoint` or `harm`; `item` the place of an endpoint among the area's means
    or of a harm among the gates.
    """

    name: str
    area: str
    kind: str
    place: int
    item: int
    unit: str
    day: float | None
    words_crowd: str
    words_person: str


def outcome_of(jobs: tuple[Job, ...], name: str, day: float) -> tuple[Job, Outcome]:
    """The first job that has an outcome of that name, as `NAME` or `NAME:AREA`.

    Raises
    ------
    EndplateError
        The plan has no such outcome; the sentence names those it has.
    """
    every = [(job, one) for job in jobs for one in _outcomes(job, day)]
    code, _, area = name.partition(":")
    for job, one in every:
        if one.name == code and area in ("", one.area):
            return job, one
    known = ", ".join(dict.fromkeys(one.name for _, one in every))
    raise EndplateError(f"{name} is no outcome of this plan; allowed are {known}.")


def of_people(job: Job, outcome: Outcome, chunk: Chunk, vectors: Numbers) -> Numbers:
    """A time or endpoint of each person of a chunk; NaN where a time never comes.

    The chunk's weights must make each person a group.
    """
    area: Area = chunk.areas[outcome.place]
    if outcome.kind == "time":
        values = model.natural_values(jnp.asarray(vectors).T)
        own = {name: np.asarray(value) for name, value in values.items()}
        normals = np.asarray(chunk.normals)
        times = area_times(job, outcome.place, area, normals, slice(None), own)
        return getattr(times, outcome.name)
    curves = np.asarray(area.sums)[:, outcome.item]
    return np.array([np.interp(outcome.day or 0.0, job.time_d, curve) for curve in curves])


def of_crowds(outcome: Outcome, values: Numbers) -> Numbers:
    """The outcome of each crowd from those of its people, shape (crowds, people).

    A mean, a median time among those who have it, or the percent with a weakness. That is read
    off the normal spread of the log margin: a few dozen people cannot show one in a hundred.
    """
    if outcome.kind == "endpoint":
        return values.mean(axis=1)
    if outcome.kind == "harm":
        return 100.0 * ndtr(values.mean(axis=1) / values.std(axis=1))
    found = np.full(len(values), np.nan)
    has = ~np.isnan(values).all(axis=1)
    found[has] = np.nanmedian(values[has], axis=1)
    return found


def _outcomes(job: Job, day: float) -> list[Outcome]:
    found = []
    for place, area in enumerate(job.areas):
        for name in TIMES:
            words = name.removesuffix("_d")
            crowd = f"median {words} of a crowd"
            found.append(
                Outcome(name, area, "time", place, 0, "d", None, crowd, f"{words} in one person")
            )
        for item, told in enumerate(reported_endpoints(area, job.treated[area])):
            if told is None or told.code in _SELECTED:
                continue
            share = told.statistic == "percent"
            crowd = "share of a crowd" if share else "mean of a crowd"
            person = "chance of one person" if share else "one person's own value"
            words = (f"{crowd} on day {day:g}", f"{person} on day {day:g}")
            found.append(Outcome(told.code, area, "endpoint", place, item, told.unit, day, *words))
    for item, gate in enumerate(gates(job.layout)):
        words = (
            "share of a crowd with the weakness",
            "log of the load over the one that makes it weak, in one person",
        )
        found.append(Outcome(gate.term, job.areas[0], "harm", 0, item, "%", None, *words))
    return found
