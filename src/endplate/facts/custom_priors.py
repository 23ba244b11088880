"""Priors of a user's own: a CSV with the columns of `fit_priors.csv`, in the place of its rows."""

from dataclasses import replace
from pathlib import Path

from endplate.arguments import printable
from endplate.facts.parameters import FitRow, fit_rows
from endplate.facts.user_table import Faults, user_rows

NEEDED = ("id", "prior_mean", "prior_sd")
USUAL: dict[str, str] = dict.fromkeys(
    ("tier", "applies_to", "transform", "pooled_with", "unit", "note"), ""
)
"""What a column that is left out, or an empty cell, stands for: what the shipped row has."""
NOT_POOLED = "none"
_MOST_MEAN, _LEAST_SD, _MOST_SD = 50.0, 1e-4, 10.0


def read_priors(path: Path) -> tuple[FitRow, ...]:
    """The fitted parameters, those of a user's CSV with the priors it states.

    Parameters
    ----------
    path : Path
        Table with at least the columns of `NEEDED`, on the working scale of each parameter.

    Raises
    ------
    TableFaults
        The file or some rows cannot be read: one sentence per fault, nothing is taken.
    """
    rows = {row.id: row for row in fit_rows()}
    faults, given = Faults(), set()
    for where, row in user_rows(FitRow, path, NEEDED, USUAL, faults):
        own = [f"{where}: {sentence}" for sentence in _faults(row)]
        if row.id in given:
            own.append(f"{where}: {row.id} is there twice.")
        faults += own
        given.add(row.id)
        if not own:
            shipped = rows[row.id]
            pooled = {"": shipped.pooled_with, NOT_POOLED: ""}.get(row.pooled_with, row.pooled_with)
            rows[row.id] = replace(
                shipped,
                prior_mean=row.prior_mean,
                prior_sd=row.prior_sd,
                pooled_with=pooled,
                note=row.note or shipped.note,
            )
    faults.stop()
    return tuple(rows.values())


def _faults(row: FitRow) -> list[str]:
    every = fit_rows()
    ids = [one.id for one in every]
    if row.id not in ids:
        return [
            f"id is {printable(row.id)}, which the model does not read, so that no figure could "
            f"set it; allowed are {', '.join(ids)}."
        ]
    shipped = every[ids.index(row.id)]
    found = []
    for name in ("tier", "applies_to", "transform", "unit"):
        stated, needed = getattr(row, name), getattr(shipped, name)
        if stated not in ("", needed):
            found.append(
                f"{name} of {row.id} is {printable(stated)}; the model reads it with "
                f"{printable(needed)}."
            )
    if not abs(row.prior_mean) <= _MOST_MEAN:
        found.append(
            f"prior_mean of {row.id} is {row.prior_mean:g}; allowed is a number from "
            f"{-_MOST_MEAN:g} to {_MOST_MEAN:g} on the working scale ({shipped.transform})."
        )
    if not _LEAST_SD <= row.prior_sd <= _MOST_SD:
        found.append(
            f"prior_sd of {row.id} is {row.prior_sd:g}; allowed is a number from {_LEAST_SD:g} to "
            f"{_MOST_SD:g} on the working scale ({shipped.transform})."
        )
    # the factor of the prior covariance is filled from the top
    before = [one.id for one in every[: ids.index(row.id)] if one.transform == shipped.transform]
    if row.pooled_with not in ("", NOT_POOLED, *before):
        found.append(
            f"pooled_with of {row.id} is {printable(row.pooled_with)}; allowed are {NOT_POOLED} "
            "and a parameter above it on the same scale."
        )
    return found
