"""What the science does not know: the fitted parameters as unknowns of a crowd's outcome."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.facts.parameters import fit_rows
from endplate.people import model
from endplate.people.draws import even_normals
from endplate.people.job import Job
from endplate.people.loads import site_count
from endplate.sensitivity.outcome import Outcome, of_crowds
from endplate.sensitivity.posterior import drawn, joints
from endplate.sensitivity.runs import Progress, people_outcomes
from endplate.sensitivity.sobol import Design, design

CROWD = 32  # people of a crowd, evenly spread and the same under every vector
_DRAWS = 200  # all that are stored
_PROBES = 3
_MOVED = 1e-4  # of the spread of the outcome: a parameter that moves it less has no bearing
_FAR = 0.95  # quantile to which a parameter is moved to see whether it has a bearing
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Science:
    """Runs of a crowd: `members` are the parameters of each unknown, `outcome` one per run."""

    made: Design
    members: dict[str, tuple[str, ...]]
    outcome: Numbers
    set_aside: float


def science(
    job: Job, outcome: Outcome, samples: int, seed: int, progress: Progress | None = None
) -> Science:
    """Run the crowd under the parameter vectors of the design.

    Parameters that have no bearing on the outcome, as those of other uses, are found by moving
    each of them alone, and left out.
    """
    draws = np.asarray(model.drawn_vectors(_DRAWS))
    rows = _bearing(job, outcome, draws)
    names = [row.id for row in fit_rows()]
    if not rows:
        return Science(design({"none": 1}, 2, seed), {}, np.zeros(0), 0.0)
    found, set_aside = joints(draws, rows)
    members = {" + ".join(names[i] for i in one.rows): one for one in found}
    made = design({name: len(one.rows) for name, one in members.items()}, samples, seed)
    vectors = np.tile(np.asarray(model.stored_vector()), (len(made.points), 1))
    for name, one in members.items():
        vectors[:, one.rows] = drawn(one, made.of(name), draws)
    told = {name: tuple(names[i] for i in one.rows) for name, one in members.items()}
    return Science(made, told, crowds(job, outcome, vectors, progress), set_aside)


def crowds(
    job: Job, outcome: Outcome, vectors: Numbers, progress: Progress | None = None
) -> Numbers:
    """The outcome of the same crowd under each parameter vector, shape (vectors,)."""
    normals, placement = even_normals(CROWD, site_count(job.setting))
    count = len(vectors)
    values = people_outcomes(
        job,
        outcome,
        np.repeat(vectors, CROWD, axis=0),
        np.tile(normals, (count, 1)),
        np.tile(placement, (count, 1, 1)),
        progress,
    )
    return of_crowds(outcome, values.reshape(count, CROWD))


def _bearing(job: Job, outcome: Outcome, draws: Numbers) -> tuple[int, ...]:
    """Rows of the vector that move the outcome, seen from a few places of the posterior."""
    centre = np.asarray(model.stored_vector())
    far = np.quantile(draws, _FAR, axis=0)
    moved = np.tile(np.concatenate([centre[None], draws[: _PROBES - 1]]), (len(centre) + 1, 1, 1))
    for row in range(len(centre)):
        moved[row + 1, :, row] = far[row]
    seen = crowds(job, outcome, moved.reshape(-1, len(centre))).reshape(-1, _PROBES)
    change = np.abs(np.nan_to_num(seen[1:]) - np.nan_to_num(seen[:1])).max(axis=1)
    largest = change.max()
    return tuple(int(row) for row in np.flatnonzero(change > _MOVED * largest)) if largest else ()
