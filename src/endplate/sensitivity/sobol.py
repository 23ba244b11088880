"""Sobol indices by SALib: the design of the runs, and the table of each unknown's share."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.errors import EndplateError
from endplate.sensitivity.outcome import StudiedOutcome

CONFIDENCE = 0.9
_RESAMPLES = 200
_FLAT = 1e-9  # of the mean: an outcome that varies less than rounding has no shares
_MOST_WITHOUT = 0.5  # share of runs without the event above which there are no indices
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Index:
    """Share of one unknown in the variance of an outcome, each with half its 90 % interval [1].

    `first` is what it does by itself, `total` with all its interactions.
    """

    name: str
    first: float
    first_ci: float
    total: float
    total_ci: float


@dataclass(frozen=True)
class Design:
    """Runs for the indices of some unknowns; `points` (runs, dimensions) lie evenly in (0, 1).

    `sizes` says how many of the columns belong to each unknown, in their order.
    """

    sizes: Mapping[str, int]
    points: Numbers
    problem: Mapping[str, Any]

    def columns(self, name: str) -> Numbers:
        """Columns of one unknown, shape (runs, its dimensions)."""
        names = list(self.sizes)
        first = sum(self.sizes[before] for before in names[: names.index(name)])
        return self.points[:, first : first + self.sizes[name]]


def require_salib() -> None:
    """Find what draws the design.

    Raises
    ------
    EndplateError
        SALib is not installed.
    """
    try:
        import SALib.sample  # noqa: F401
    except ImportError:
        raise EndplateError(
            "endplate sensitivity needs SALib; install it with: "
            "pip install '.[learn]' in the checkout of endplate"
        ) from None


def saltelli_design(sizes: Mapping[str, int], samples: int, seed: int) -> Design:
    """Saltelli's design: samples * (unknowns + 2) runs.

    Parameters
    ----------
    sizes
        Unknowns and the number of dimensions each has; those of one move together.
    samples : int
        Base samples, a power of two.
    seed : int
        Of the scrambled sequence.

    Raises
    ------
    EndplateError
        SALib is not installed.
    """
    require_salib()
    from SALib.sample import sobol

    count = sum(sizes.values())
    problem = {
        "num_vars": count,
        "names": [f"x{i}" for i in range(count)],
        "bounds": [[0.0, 1.0]] * count,
        "groups": [name for name, size in sizes.items() for _ in range(size)],
    }
    points = sobol.sample(problem, samples, calc_second_order=False, scramble=True, seed=seed)
    return Design(dict(sizes), np.asarray(points), problem)


def sobol_indices(design: Design, outcome: Numbers, seed: int) -> tuple[Index, ...]:
    """Index of every unknown from the outcome of every run, the largest total first.

    Empty where the outcome is the same in all runs.
    """
    from SALib.analyze import sobol

    spread = float(np.std(outcome))
    if spread <= _FLAT * max(abs(float(np.mean(outcome))), 1.0):
        return ()
    standard = (outcome - np.mean(outcome)) / spread  # the estimator is worse far from nought
    analysis = sobol.analyze(
        design.problem,
        standard,
        calc_second_order=False,
        num_resamples=_RESAMPLES,
        conf_level=CONFIDENCE,
        seed=seed + 1,  # SALib takes a seed of 0 for none
    )
    rows = [
        Index(name, *(float(analysis[key][i]) for key in ("S1", "S1_conf", "ST", "ST_conf")))
        for i, name in enumerate(design.sizes)
    ]
    return tuple(sorted(rows, key=lambda index: -index.total))


class Heading(NamedTuple):
    """Title of a table, its outcome in words, and the outcome's unit."""

    title: str
    outcome: str
    unit: str


@dataclass(frozen=True)
class UnknownTable:
    """One table: shares in the variance of an outcome, with its mean and spread over the runs.

    Each row is an index with what the unknown is and the parameters that it is made of.
    """

    title: str
    outcome: str
    unit: str
    mean: float | None
    sd: float | None
    runs: int
    rows: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]


def unknown_table(
    heading: Heading,
    outcome: StudiedOutcome,
    design: Design,
    values: Numbers,
    meaning: Mapping[str, str],
    members: Mapping[str, tuple[str, ...]],
    seed: int,
    notes: Sequence[str],
) -> UnknownTable:
    """The table of the runs of a design; one without rows where nothing moves the outcome."""
    if not len(values):
        return UnknownTable(*heading, None, None, 0, (), ("No unknown moves this outcome.",))
    filled, gap_notes = fill_gaps(outcome, values)
    rows = tuple(
        {**asdict(index), "meaning": meaning[index.name], "parameters": members.get(index.name, ())}
        for index in sobol_indices(design, filled, seed)
    )
    if not rows:
        gap_notes = [*gap_notes, "The outcome is the same in every run."]
    mean, sd = float(np.mean(filled)), float(np.std(filled))
    return UnknownTable(*heading, mean, sd, len(filled), rows, (*notes, *gap_notes))


def fill_gaps(outcome: StudiedOutcome, values: Numbers) -> tuple[Numbers, list[str]]:
    """Values without gaps, and a sentence on how gaps were filled.

    A time that never comes is a gap: a duration counts as none, other times as the mean.

    Raises
    ------
    EndplateError
        Most runs do not have the event.
    """
    gaps = np.isnan(values)
    if not gaps.any():
        return values, []
    share = float(gaps.mean())
    if share > _MOST_WITHOUT:
        raise EndplateError(
            f"{outcome.name} of {outcome.indication} never happens in {share:.0%} of the runs: "
            "there is nothing to weigh."
        )
    is_duration = outcome.name == "duration_d"
    fill = 0.0 if is_duration else float(np.nanmean(values))
    fill_words = "0 d" if is_duration else "the mean"
    note = f"In {share:.1%} of the runs it never happens; these count as {fill_words}."
    return np.where(gaps, fill, values), [note]
