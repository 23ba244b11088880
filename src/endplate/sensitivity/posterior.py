"""The posterior of the fitted parameters as unknowns that can be drawn one without the other.

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

STRONG = 0.5  # mean correlation from which parameters are taken together
_LEAST = 1e-9
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Joint:
    """One unknown: rows of the vector that move together, and the root of their correlation."""

    rows: tuple[int, ...]
    root: Numbers


def joints(draws: Numbers, rows: tuple[int, ...]) -> tuple[tuple[Joint, ...], float]:
    """Unknowns made of these rows of the draws, and the largest correlation set aside.

    Parameters
    ----------
    draws : [1]
        Parameter vectors, shape (draws, parameters).
    rows
        Rows of a vector that matter.
    """
    score = np.column_stack([_scores(draws[:, row]) for row in rows])
    correlation = np.atleast_2d(np.corrcoef(score, rowvar=False))
    member = _members(np.abs(correlation))
    found = []
    for group in dict.fromkeys(member):
        own = np.flatnonzero(member == group)
        root = np.linalg.cholesky(correlation[np.ix_(own, own)] + _LEAST * np.eye(len(own)))
        found.append(Joint(tuple(rows[i] for i in own), np.asarray(root, np.float64)))
    apart = np.abs(correlation)[member[:, None] != member[None, :]]
    return tuple(found), float(apart.max()) if apart.size else 0.0


def drawn(joint: Joint, points: Numbers, draws: Numbers) -> Numbers:
    """Values of one unknown's parameters at points in (0, 1), shape (points, its rows).

    Each has the marginal of the draws, and their rank correlation is kept.
    """
    normal = ndtri(np.clip(points, _LEAST, 1 - _LEAST)) @ joint.root.T
    share = ndtr(normal)
    return np.column_stack(
        [np.quantile(draws[:, row], share[:, i]) for i, row in enumerate(joint.rows)]
    )


def _scores(values: Numbers) -> Numbers:
    """Normal scores: what the values would be were they normal."""
    return ndtri((rankdata(values) - 0.5) / len(values))


def _members(strength: Numbers) -> NDArray[np.int64]:
    if len(strength) == 1:
        return np.zeros(1, dtype=np.int64)
    distance = squareform(1.0 - strength, checks=False)
    return fcluster(linkage(distance, "average"), 1.0 - STRONG, "distance")
