"""What is kept of one treatment of a chunk: a few numbers per person and area."""

from dataclasses import dataclass, fields

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from endplate.facts.endpoints import symptom_scores
from endplate.observe.harms import weak_times
from endplate.people import model
from endplate.people.draws import PURPOSES
from endplate.people.job import Job
from endplate.people.layout import copies, gates
from endplate.people.repeat.areas import investigator_error
from endplate.people.repeat.state import AreaTreated, Treated
from endplate.results.timing import PersonTimes, burden_times, person_times

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class AreaCycle:
    """One area after one treatment.

    `before`, `best` and `at_next` (people,) are what the professional sees before the first
    treatment, at best and right before the next, in the unit of the main scale; `sums` (endpoints,
    2) of every endpoint on the visit day and right before the next treatment over the people
    `asked` (endpoints,).
    """

    times: PersonTimes
    before: Numbers
    best: Numbers
    at_next: Numbers
    sums: Numbers
    asked: Numbers

    @property
    def means(self) -> Numbers:
        """Means of every endpoint over the people asked, NaN where no one is."""
        return self.sums / np.where(self.asked > 0, self.asked, np.nan)[:, None]


@dataclass(frozen=True)
class Cycle:
    """One treatment: its day, the days to the next, who has stopped responding and why.

    `positive` and `other` (people,) say who had antibodies, or had stopped responding without,
    before this treatment; `weak` counts the people with each weakness of a neighbour after it.
    """

    start_d: Numbers
    gap_d: Numbers
    positive: NDArray[np.bool_]
    other: NDArray[np.bool_]
    areas: dict[str, AreaCycle]
    weak: dict[str, int]


def reduced(job: Job, treated: Treated, normals: Numbers, time_d: Numbers) -> Cycle:
    """What is kept of one treatment of a chunk; `normals` (people, purposes) of those that count.

    A chunk is always of the same size: people beyond those that count are left out here.
    """
    count = len(normals)
    return Cycle(
        start_d=np.asarray(treated.start_d)[:count],
        gap_d=np.asarray(treated.gap_d)[:count],
        positive=np.asarray(treated.immunity.positive)[:count],
        other=np.asarray(treated.immunity.other)[:count],
        areas={
            name: _area(name, job, area, normals, time_d) for name, area in treated.areas.items()
        },
        weak=_weak(job, np.asarray(treated.gates)[:count], time_d),
    )


def joined(parts: list[Cycle]) -> Cycle:
    """One treatment of all chunks together."""
    return Cycle(
        start_d=np.concatenate([part.start_d for part in parts]),
        gap_d=np.concatenate([part.gap_d for part in parts]),
        positive=np.concatenate([part.positive for part in parts]),
        other=np.concatenate([part.other for part in parts]),
        areas={name: _joined_area([part.areas[name] for part in parts]) for name in parts[0].areas},
        weak={term: sum(part.weak[term] for part in parts) for term in parts[0].weak},
    )


def beside(charts: list[Cycle]) -> Cycle:
    """One treatment of the same people on several charts."""
    first = charts[0]
    return Cycle(
        first.start_d,
        first.gap_d,
        first.positive,
        first.other,
        {name: area for chart in charts for name, area in chart.areas.items()},
        {term: count for chart in charts for term, count in chart.weak.items()},
    )


def _joined_area(parts: list[AreaCycle]) -> AreaCycle:
    times = (
        np.concatenate([getattr(part.times, field.name) for part in parts])
        for field in fields(PersonTimes)
    )
    return AreaCycle(
        times=PersonTimes(*times),
        before=np.concatenate([part.before for part in parts]),
        best=np.concatenate([part.best for part in parts]),
        at_next=np.concatenate([part.at_next for part in parts]),
        sums=np.sum([part.sums for part in parts], axis=0),
        asked=np.sum([part.asked for part in parts], axis=0),
    )


def _area(name: str, job: Job, area: AreaTreated, normals: Numbers, time_d: Numbers) -> AreaCycle:
    count = len(normals)
    asked = np.asarray(area.asked)[:, :count].astype(float)
    return AreaCycle(
        times=_times(name, job, area, normals, time_d),
        before=np.asarray(area.before)[:count],
        best=np.asarray(area.best)[:count],
        at_next=np.asarray(area.at_next)[:count],
        sums=np.einsum("ep,epd->ed", asked, np.asarray(area.endpoints)[:, :count]),
        asked=asked.sum(axis=1),
    )


def _times(
    name: str, job: Job, area: AreaTreated, normals: Numbers, time_d: Numbers
) -> PersonTimes:
    count = len(normals)
    scales = symptom_scores(name)
    if scales:
        place = int(job.setting.primary[job.areas.index(name)])
        return burden_times(np.asarray(area.fall)[:count], time_d, scales[place].lost_share)
    values = model.natural_values(model.stored_vector())
    own = {purpose: jnp.asarray(normals[:, i]) for i, purpose in enumerate(PURPOSES)}
    notice = np.asarray(values["notice_grade"] + values["notice_sd"] * own["notice"])
    return person_times(
        np.asarray(area.level)[:count],
        time_d,
        np.asarray(area.latent)[:count],
        np.asarray(area.before)[:count],
        notice,
        np.asarray(investigator_error(values, own)),
    )


def _weak(job: Job, working: Numbers, time_d: Numbers) -> dict[str, int]:
    found, place = {}, 0
    for neighbour in gates(job.layout):
        wide = copies(neighbour, job.layout)
        worse = working[:, :, place : place + wide].min(axis=2)
        start_d, _ = weak_times(worse, time_d, neighbour.least_working)
        found[neighbour.term] = int(np.sum(~np.isnan(start_d)))
        place += wide
    return found
