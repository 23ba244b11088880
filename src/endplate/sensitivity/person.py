"""What we do not know of one person: the draws that make people differ, as unknowns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from endplate.people import model
from endplate.people.draws import PURPOSES
from endplate.people.job import Job
from endplate.people.loads import site_count
from endplate.sensitivity.outcome import Outcome
from endplate.sensitivity.runs import Progress, people_outcomes
from endplate.sensitivity.sobol import Design, design

PLACEMENT = "placement"
MEANING = {
    "load": "how much toxin acts in this person at the same dose",
    "persistence": "how long the light chain lasts in this person",
    "release": "how fast the injected toxin is taken up",
    "shared_rater": "how mildly any rater sees this person",
    "investigator": "how mildly the investigator sees this person",
    "subject": "how mildly the person sees it",
    "notice": "how small a change the person notes",
    "grade": "the grade before treatment, where it is not stated",
    "within_grade": "how deep the line is within its grade",
    "rest": "how deep the line at rest is",
    "neighbour": "how open the way to the neighbour is",
    "needle": "what the needle does",
    "baseline": "how heavy the burden is before treatment, where it is not stated",
    "response": "how much of the burden the injected tissue makes",
    "placebo": "what placebo does in this person",
    PLACEMENT: "where the needle lands, all sites together",
}
_LEAST = 1e-9
_PROBES = 16
_MOVED = 1e-4
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Person:
    """Runs of single people, one per run."""

    made: Design
    outcome: Numbers


def person(
    job: Job, outcome: Outcome, samples: int, seed: int, progress: Progress | None = None
) -> Person:
    """Run the people of the design at the stored estimates; unknowns with no bearing left out."""
    sites = site_count(job.setting)
    sizes = {name: 1 for name in PURPOSES} | {PLACEMENT: 3 * sites}
    bearing = _bearing(job, outcome, sizes, seed)
    if not bearing:
        return Person(design({"none": 1}, 2, seed), np.zeros(0))
    made = design({name: sizes[name] for name in bearing}, samples, seed)
    draws = {name: _normal(made.of(name)) for name in bearing}
    return Person(made, _outcomes(job, outcome, draws, len(made.points), progress))


def _bearing(job: Job, outcome: Outcome, sizes: dict[str, int], seed: int) -> tuple[str, ...]:
    """Unknowns that move the outcome of any of a few people when drawn anew alone."""
    rng = np.random.default_rng(seed)
    base = {name: rng.standard_normal((_PROBES, size)) for name, size in sizes.items()}
    other = {name: rng.standard_normal((_PROBES, size)) for name, size in sizes.items()}
    moved = [base, *(base | {name: other[name]} for name in sizes)]
    draws = {name: np.concatenate([one[name] for one in moved]) for name in sizes}
    found = _outcomes(job, outcome, draws, len(moved) * _PROBES)
    seen = np.nan_to_num(found).reshape(len(moved), _PROBES)
    change = np.abs(seen[1:] - seen[:1]).max(axis=1)
    return tuple(n for n, one in zip(sizes, change, strict=True) if one > _MOVED * change.max())


def _outcomes(
    job: Job,
    outcome: Outcome,
    draws: dict[str, Numbers],
    count: int,
    progress: Progress | None = None,
) -> Numbers:
    """Outcome of people with these draws; what is not drawn is that of the middle person."""
    normals = np.zeros((count, len(PURPOSES)))
    for i, name in enumerate(PURPOSES):
        if name in draws:
            normals[:, i] = draws[name][:, 0]
    sites = site_count(job.setting)
    placement = draws.get(PLACEMENT, np.zeros((count, 3 * sites))).reshape(count, sites, 3)
    vectors = np.tile(np.asarray(model.stored_vector()), (count, 1))
    return people_outcomes(job, outcome, vectors, normals, placement, progress)


def _normal(points: Numbers) -> Numbers:
    return ndtri(np.clip(points, _LEAST, 1 - _LEAST))
