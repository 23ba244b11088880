"""Trials left out of the fit, as rows beside what was published: made, stored and read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from endplate.facts.trials import TrialFigure, trial_figures
from endplate.facts.validation import left_out_figures
from endplate.fit.scatter import Scatter
from endplate.fit.table_file import write_table
from endplate.validation.results import LeftOutTrials
from endplate.validation.validate import rows_of, stored_scatter
from endplate.validation.validated import left_out_in

Numbers = NDArray[np.float64]
_HEADER = "figure,trial_id,predicted,low,high,rank,inside,k_hat,refitted".split(",")


@dataclass(frozen=True)
class LeftOut:
    """One trial predicted without itself.

    `rows` are the places of its figures, `seen` their link-scale predictions under draws that have
    not seen the trial, shape (draws, rows), `vectors` those draws; `k_hat` of its weights and
    whether the chains ran again.
    """

    trial_id: str
    rows: NDArray[np.int64]
    vectors: Numbers
    seen: Numbers
    k_hat: float
    refitted: bool


def write_left_out(
    found: Sequence[LeftOut],
    table: tuple[TrialFigure, ...],
    place: Sequence[int],
    scatter: Scatter,
    folder: Path,
) -> Path:
    """Write `left_out.csv` into a folder.

    Parameters
    ----------
    found
        Each trial predicted without itself; its rows count in the order of the fit.
    table
        The trials the fit was made from.
    place
        Where each figure of the fit stands in that table.
    scatter : Scatter
        How figures scatter, by the fit of all trials.
    folder
        Where to write.
    """
    lines: dict[int, list[object]] = {}
    for one in found:
        own = [place[row] for row in one.rows]
        middle = one.seen.mean(axis=0)
        rows = rows_of(tuple(table[i] for i in own), middle, one.seen, scatter)
        for i, row in zip(own, rows, strict=True):
            rank = "" if row.rank is None else f"{row.rank:.4f}"
            lines[i] = [i, row.trial_id, f"{row.predicted:.4g}", f"{row.low:.4g}"]
            lines[i] += [f"{row.high:.4g}", rank, _yes(row.inside), f"{one.k_hat:.2f}"]
            lines[i].append(_yes(one.refitted))
    return write_table(folder / "left_out.csv", _HEADER, [lines[i] for i in sorted(lines)])


def stored_left_out() -> LeftOutTrials:
    """The shipped trials as predicted by fits that have not seen them."""
    figures, told = trial_figures(), left_out_figures()
    own = tuple(figures[one.figure] for one in told)
    # The frame of each row is that of a validation; what was predicted is as stored.
    nothing = np.zeros(len(own))
    framed = rows_of(own, nothing, nothing[None], stored_scatter())
    return left_out_in({one.figure: row for one, row in zip(told, framed, strict=True)})


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
