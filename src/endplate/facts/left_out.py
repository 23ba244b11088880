"""Published figures as predicted by fits that have not seen their trial."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.store import table


@dataclass(frozen=True)
class LeftOutFigure:
    """One figure of the shipped trials, by its place in their table, predicted without its trial.

    `predicted`, `low` and `high` in the unit of the figure; `rank` [1] is the predictive
    probability of less than was published, None for a bound. `k_hat` says how far the reweighted
    draws could be trusted; above 0.7 the chains ran again, `refitted`.
    """

    figure: int
    trial_id: str
    predicted: float
    low: float
    high: float
    rank: float | None
    inside: bool
    k_hat: float
    refitted: bool


@cache
def left_out_figures() -> tuple[LeftOutFigure, ...]:
    """Every figure that the fit uses, in the order of the trials table."""
    return tuple(
        LeftOutFigure(
            figure=int(row["figure"]),
            trial_id=row["trial_id"],
            predicted=float(row["predicted"]),
            low=float(row["low"]),
            high=float(row["high"]),
            rank=float(row["rank"]) if row["rank"] else None,
            inside=row["inside"] == "yes",
            k_hat=float(row["k_hat"]),
            refitted=row["refitted"] == "yes",
        )
        for row in table("left_out")
    )
