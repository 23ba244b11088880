"""The unknowns of an outcome, and its runs under their designs.

What the science does not know are the fitted parameters: a cohort is run under vectors of them.
What we do not know of one person are the draws that make people differ: single subjects are run at
the stored parameters.

Sobol indices need unknowns that do not depend on each other; a posterior's parameters do. Those
that are strongly correlated are one unknown and keep their correlation; what correlation is left
between unknowns is set aside, and said.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from endplate.facts.parameters import fit_rows
from endplate.forecast.cohort_run import Run
from endplate.model import Parameters
from endplate.population.random_effects import EFFECT_ROW, EFFECTS, quadrature
from endplate.sensitivity.outcome import StudiedOutcome, of_cohorts
from endplate.sensitivity.runs import Progress, subject_outcomes
from endplate.sensitivity.sobol import Design, saltelli_design

STRONG = 0.5  # mean correlation from which parameters are taken together
COHORT = 32  # people of a cohort, evenly spread and the same under every vector
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
_DRAWS = 200  # all that are stored
_LEAST = 1e-9
_VECTORS, _SUBJECTS = 3, 16  # at which an unknown is moved to see whether it has a bearing
_MOVED = 1e-4  # of the largest change: an unknown that moves the outcome less has no bearing
_FAR = 0.95  # quantile to which a parameter is moved to see whether it has a bearing
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class CohortRuns:
    """Runs of a cohort: `members` are the parameters of each unknown, `outcome` one per run.

    `set_aside` [1] is the largest correlation between unknowns.
    """

    design: Design
    members: dict[str, tuple[str, ...]]
    outcome: Numbers
    set_aside: float


@dataclass(frozen=True)
class SubjectRuns:
    """Runs of single subjects, one per run."""

    design: Design
    outcome: Numbers


def run_cohorts(
    run: Run, outcome: StudiedOutcome, samples: int, seed: int, progress: Progress | None = None
) -> CohortRuns:
    """Run the cohort under the parameter vectors of the design.

    Parameters that have no bearing on the outcome, as those of other uses, are found by moving
    each of them alone, and left out.
    """
    draws = Parameters.draws(_DRAWS).vectors
    rows = _parameters_with_bearing(run, outcome, draws)
    names = [row.id for row in fit_rows()]
    if not rows:
        return CohortRuns(saltelli_design({"none": 1}, 2, seed), {}, np.zeros(0), 0.0)
    groups, set_aside = parameter_groups(draws, rows)
    by_name = {" + ".join(names[i] for i in group.rows): group for group in groups}
    sizes = {name: len(group.rows) for name, group in by_name.items()}
    design = saltelli_design(sizes, samples, seed)
    vectors = np.tile(Parameters.stored().vectors, (len(design.points), 1))
    for name, group in by_name.items():
        vectors[:, group.rows] = group_values(group, design.columns(name), draws)
    members = {name: tuple(names[i] for i in group.rows) for name, group in by_name.items()}
    return CohortRuns(design, members, _cohort_outcomes(run, outcome, vectors, progress), set_aside)


def run_subjects(
    run: Run, outcome: StudiedOutcome, samples: int, seed: int, progress: Progress | None = None
) -> SubjectRuns:
    """Run the subjects of the design at the stored parameters.

    Draws that have no bearing on the outcome are left out.
    """
    sizes = {name: 1 for name in EFFECTS} | {PLACEMENT: 3 * run.chart.scenario.site_count}
    names = _draws_with_bearing(run, outcome, sizes, seed)
    if not names:
        return SubjectRuns(saltelli_design({"none": 1}, 2, seed), np.zeros(0))
    design = saltelli_design({name: sizes[name] for name in names}, samples, seed)
    draws = {name: _normal(design.columns(name)) for name in names}
    return SubjectRuns(design, _subject_outcomes(run, outcome, draws, len(design.points), progress))


@dataclass(frozen=True)
class ParameterGroup:
    """One unknown: rows of the vector that move together, and the root of their correlation."""

    rows: tuple[int, ...]
    root: Numbers


def parameter_groups(
    draws: Numbers, rows: tuple[int, ...]
) -> tuple[tuple[ParameterGroup, ...], float]:
    """Unknowns made of these rows of the draws, and the largest correlation set aside.

    Parameters
    ----------
    draws : [1]
        Parameter vectors, shape (draws, parameters).
    rows
        Rows of a vector that matter.
    """
    scores = np.column_stack([_normal_scores(draws[:, row]) for row in rows])
    correlation = np.atleast_2d(np.corrcoef(scores, rowvar=False))
    cluster = _clusters(np.abs(correlation))
    groups = []
    for number in dict.fromkeys(cluster):
        members = np.flatnonzero(cluster == number)
        block = correlation[np.ix_(members, members)] + _LEAST * np.eye(len(members))
        root = np.asarray(np.linalg.cholesky(block), np.float64)
        groups.append(ParameterGroup(tuple(rows[i] for i in members), root))
    between = np.abs(correlation)[cluster[:, None] != cluster[None, :]]
    return tuple(groups), float(between.max()) if between.size else 0.0


def group_values(group: ParameterGroup, points: Numbers, draws: Numbers) -> Numbers:
    """Values of one unknown's parameters at points in (0, 1), shape (points, its rows).

    Each has the marginal of the draws, and their rank correlation is kept.
    """
    share = ndtr(_normal(points) @ group.root.T)
    return np.column_stack(
        [np.quantile(draws[:, row], share[:, i]) for i, row in enumerate(group.rows)]
    )


def _normal_scores(values: Numbers) -> Numbers:
    """Normal scores: what the values would be were they normal."""
    return ndtri((rankdata(values) - 0.5) / len(values))


def _clusters(strength: Numbers) -> NDArray[np.int64]:
    """Number of each row's cluster of strong correlation."""
    if len(strength) == 1:
        return np.zeros(1, dtype=np.int64)
    distance = squareform(1.0 - strength, checks=False)
    return fcluster(linkage(distance, "average"), 1.0 - STRONG, "distance")


def _normal(points: Numbers) -> Numbers:
    return ndtri(np.clip(points, _LEAST, 1 - _LEAST))


def _cohort_outcomes(
    run: Run, outcome: StudiedOutcome, vectors: Numbers, progress: Progress | None = None
) -> Numbers:
    """The outcome of the same cohort under each parameter vector, shape (vectors,)."""
    effects, placement = quadrature(COHORT, run.chart.scenario.site_count)
    count = len(vectors)
    values = subject_outcomes(
        run,
        outcome,
        np.repeat(vectors, COHORT, axis=0).T,
        np.tile(effects, (1, count)),
        np.tile(placement, (1, 1, count)),
        progress,
    )
    return of_cohorts(outcome, values.reshape(count, COHORT))


def _parameters_with_bearing(run: Run, outcome: StudiedOutcome, draws: Numbers) -> tuple[int, ...]:
    """Rows of the vector that move the outcome, moved from a few vectors of the posterior."""
    centre = Parameters.stored().vectors[0]
    far = np.quantile(draws, _FAR, axis=0)
    start = np.concatenate([centre[None], draws[: _VECTORS - 1]])
    vectors = np.tile(start, (len(centre) + 1, 1, 1))
    for row in range(len(centre)):
        vectors[row + 1, :, row] = far[row]
    outcomes = _cohort_outcomes(run, outcome, vectors.reshape(-1, len(centre)))
    values = np.nan_to_num(outcomes.reshape(-1, _VECTORS))
    change = np.abs(values[1:] - values[:1]).max(axis=1)
    largest = change.max()
    return tuple(int(row) for row in np.flatnonzero(change > _MOVED * largest)) if largest else ()


def _draws_with_bearing(
    run: Run, outcome: StudiedOutcome, sizes: dict[str, int], seed: int
) -> tuple[str, ...]:
    """Unknowns that move the outcome of any of a few subjects when drawn anew alone."""
    rng = np.random.default_rng(seed)
    base = {name: rng.standard_normal((_SUBJECTS, size)) for name, size in sizes.items()}
    other = {name: rng.standard_normal((_SUBJECTS, size)) for name, size in sizes.items()}
    variants = [base, *(base | {name: other[name]} for name in sizes)]
    draws = {name: np.concatenate([variant[name] for variant in variants]) for name in sizes}
    outcomes = _subject_outcomes(run, outcome, draws, len(variants) * _SUBJECTS)
    values = np.nan_to_num(outcomes).reshape(len(variants), _SUBJECTS)
    change = np.abs(values[1:] - values[:1]).max(axis=1)
    pairs = zip(sizes, change, strict=True)
    return tuple(name for name, moved in pairs if moved > _MOVED * change.max())


def _subject_outcomes(
    run: Run,
    outcome: StudiedOutcome,
    draws: dict[str, Numbers],
    count: int,
    progress: Progress | None = None,
) -> Numbers:
    """Outcome of subjects with these draws; what is not drawn is that of the middle person."""
    effects = np.zeros((len(EFFECTS), count))
    for name in EFFECTS:
        if name in draws:
            effects[EFFECT_ROW[name]] = draws[name][:, 0]
    sites = run.chart.scenario.site_count
    placement = draws.get(PLACEMENT, np.zeros((count, 3 * sites))).T.reshape(sites, 3, count)
    vectors = np.tile(Parameters.stored().vectors.T, (1, count))
    return subject_outcomes(run, outcome, vectors, effects, placement, progress)
