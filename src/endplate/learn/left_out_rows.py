"""Trials left out of the fit, as rows beside what was published: made, stored and read back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.facts.left_out import left_out_figures
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.learn.row import Row
from endplate.learn.scatter import Scatter
from endplate.learn.summary import summary
from endplate.learn.table_file import write_table
from endplate.learn.targets import Target, targets_of
from endplate.learn.validate import rows_of, stored_scatter

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


@dataclass(frozen=True)
class LeftOutTrials:
    """Rows predicted by fits that have not seen their trial; `k_hat` and `refitted` by trial."""

    rows: tuple[Row, ...]
    k_hat: Mapping[str, float]
    refitted: frozenset[str]

    @property
    def summary(self) -> Sequence[Mapping[str, Any]]:
        """Errors by area and kind, as those of a validation."""
        return summary(self.rows)

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the project promised of trials left out, met or not."""
        return targets_of(self.summary, left_out=True)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "summary": list(self.summary),
            "targets": [asdict(target) for target in self.targets],
            "trials": [
                {"trial_id": name, "k_hat": k_hat, "refitted": name in self.refitted}
                for name, k_hat in self.k_hat.items()
            ],
        }


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
    rows = tuple(
        replace(
            row,
            predicted=one.predicted,
            low=one.low,
            high=one.high,
            rank=one.rank,
            inside=one.inside,
        )
        for row, one in zip(framed, told, strict=True)
    )
    return LeftOutTrials(
        rows=rows,
        k_hat={one.trial_id: one.k_hat for one in told},
        refitted=frozenset(one.trial_id for one in told if one.refitted),
    )


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
