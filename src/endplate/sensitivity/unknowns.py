"""One table of unknowns with their indices, and what had to be done to get them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.errors import EndplateError
from endplate.sensitivity.outcome import Outcome
from endplate.sensitivity.sobol import Design, indices

_MOST_WITHOUT = 0.5  # share of runs without the event above which nothing is told
Numbers = NDArray[np.float64]


class Told(NamedTuple):
    """Title of a table, its outcome in words, and the outcome's unit."""

    title: str
    outcome: str
    unit: str


@dataclass(frozen=True)
class Unknowns:
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


def unknowns(
    told: Told,
    outcome: Outcome,
    made: Design,
    values: Numbers,
    meaning: Mapping[str, str],
    members: Mapping[str, tuple[str, ...]],
    seed: int,
    notes: Sequence[str],
) -> Unknowns:
    """The table of the runs of a design; one without rows where nothing moves the outcome."""
    if not len(values):
        return Unknowns(*told, None, None, 0, (), ("No unknown moves this outcome.",))
    known, also = filled(outcome, values)
    rows = tuple(
        {**asdict(one), "meaning": meaning[one.name], "parameters": members.get(one.name, ())}
        for one in indices(made, known, seed)
    )
    if not rows:
        also = [*also, "The outcome is the same in every run."]
    mean, sd = float(np.mean(known)), float(np.std(known))
    return Unknowns(*told, mean, sd, len(known), rows, (*notes, *also))


def filled(outcome: Outcome, values: Numbers) -> tuple[Numbers, list[str]]:
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
            f"{outcome.name} of {outcome.area} never happens in {share:.0%} of the runs: "
            "there is nothing to weigh."
        )
    lasting = outcome.name == "duration_d"
    fill = 0.0 if lasting else float(np.nanmean(values))
    as_what = "0 d" if lasting else "the mean"
    said = f"In {share:.1%} of the runs it never happens; these count as {as_what}."
    return np.where(gaps, fill, values), [said]
