"""Sobol indices by SALib: the design of the runs, and the share of each unknown in the variance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.errors import EndplateError

CONFIDENCE = 0.9
_RESAMPLES = 200
_FLAT = 1e-9  # of the mean: an outcome that varies less than rounding has no shares
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

    def of(self, name: str) -> Numbers:
        """Columns of one unknown, shape (runs, its dimensions)."""
        names = list(self.sizes)
        first = sum(self.sizes[one] for one in names[: names.index(name)])
        return self.points[:, first : first + self.sizes[name]]


def design(sizes: Mapping[str, int], samples: int, seed: int) -> Design:
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
    try:
        from SALib.sample import sobol
    except ImportError:
        raise EndplateError(
            "endplate sensitivity needs SALib; install it with: pip install 'endplate[learn]'"
        ) from None
    count = sum(sizes.values())
    problem = {
        "num_vars": count,
        "names": [f"x{i}" for i in range(count)],
        "bounds": [[0.0, 1.0]] * count,
        "groups": [name for name, size in sizes.items() for _ in range(size)],
    }
    points = sobol.sample(problem, samples, calc_second_order=False, scramble=True, seed=seed)
    return Design(dict(sizes), np.asarray(points), problem)


def indices(made: Design, outcome: Numbers, seed: int) -> tuple[Index, ...]:
    """Index of every unknown from the outcome of every run, the largest total first.

    None where the outcome is the same in all runs.
    """
    from SALib.analyze import sobol

    spread = float(np.std(outcome))
    if spread <= _FLAT * max(abs(float(np.mean(outcome))), 1.0):
        return ()
    standard = (outcome - np.mean(outcome)) / spread  # the estimator is worse far from nought
    found = sobol.analyze(
        made.problem,
        standard,
        calc_second_order=False,
        num_resamples=_RESAMPLES,
        conf_level=CONFIDENCE,
        seed=seed + 1,  # SALib takes a seed of 0 for none
    )
    told = [
        Index(name, *(float(found[key][i]) for key in ("S1", "S1_conf", "ST", "ST_conf")))
        for i, name in enumerate(made.sizes)
    ]
    return tuple(sorted(told, key=lambda index: -index.total))
