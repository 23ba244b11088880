"""Which cells an exported model follows, and how each block is summed from them.

A cell's course is settled by its loads alone, and the courses of neighbouring loads are almost
sums of one another: a thousand cells act as some forty do. The model follows those, and a block is
read from them by weights (an interpolative decomposition: columns of the courses of all cells, by
QR with pivoting, in which the others are written). Each cell that is kept stays a cell of this
person, with its own loads.
"""

from math import erf, sqrt
from typing import NamedTuple

import numpy as np
from scipy.linalg import qr, solve_triangular
from scipy.special import ndtr

from endplate.forecast.individual import Numbers, TreatedTissue

# What is left of the courses when they are written in those of the cells kept, relative to all.
_LEFT = 1e-7
# Random mixtures of the times that stand for all of them: more than cells are ever kept.
_MIXTURES = 300


class CellGroups(NamedTuple):
    """Cells that are followed, and what each block takes of the share they silence.

    `load` [1] (injections, cells kept) is theirs; `weight` [1] (blocks, cells kept) may be
    negative, as it may wherever a curve is read between others.
    """

    load: Numbers
    weight: Numbers


def cell_groups(part: TreatedTissue) -> CellGroups:
    """Fewest cells of a tissue from which the course of every block can be read.

    They stand for the others over the time that the person was followed.
    """
    silenced = silenced_share(part)
    rows = min(_MIXTURES, len(silenced))
    mixture = np.random.default_rng(0).standard_normal((rows, len(silenced)))
    factors = qr(mixture @ silenced, mode="economic", pivoting=True)
    upper, order = factors[1], factors[2]  # pyright: ignore[reportGeneralTypeIssues]
    size = np.abs(np.diag(upper))
    count = max(1, int((size > _LEFT * size[0]).sum()))
    rest = solve_triangular(upper[:count, :count], upper[:count, count:])
    weight = part.weight[:, order]
    return CellGroups(part.load[:, order[:count]], weight[:, :count] + weight[:, count:] @ rest.T)


def silenced_share(part: TreatedTissue) -> Numbers:
    """Share of a cell's endings that the toxin silences [1], (times, cells)."""
    rates = part.kinetics
    margin = float(rates.log_margin_median) + float(rates.snare_power) * np.log(part.intact)
    return untreated_share(part) - ndtr(margin / float(rates.log_margin_sd))


def untreated_share(part: TreatedTissue) -> float:
    """Share of the endings of a tissue that work without toxin [1]."""
    rates = part.kinetics
    return 0.5 * (1 + erf(float(rates.log_margin_median) / float(rates.log_margin_sd) / sqrt(2)))
