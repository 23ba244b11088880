"""Neighbours at risk: the gate by which toxin reaches each, and what it was calibrated on."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.store import table


@dataclass(frozen=True)
class Neighbour:
    """One unwanted weakness; the gate's x is lateral on either side.

    `least_working` [1] is the working fraction below which the weakness shows, `reach` [1] the
    load of the muscle over that of an end plate at the gate.
    """

    term: str
    muscle: str
    gate_mm: tuple[float, float, float]
    least_working: float
    reach: float
    calibrated_on: str
    observed_events: int
    observed_n: int
    kind: str
    source: str
    verified: bool
    note: str


@cache
def neighbours() -> tuple[Neighbour, ...]:
    """Every neighbour of the upper face, in file order."""
    reach = {row["term"]: float(row["estimate"]) for row in table("fitted_reach")}
    return tuple(
        Neighbour(
            term=row["term"],
            muscle=row["muscle"],
            gate_mm=(float(row["x_mm"]), float(row["y_mm"]), float(row["z_mm"])),
            least_working=float(row["least_working"]),
            reach=reach[row["term"]],
            calibrated_on=row["calibrated_on"],
            observed_events=int(row["observed_events"]),
            observed_n=int(row["observed_n"]),
            kind=row["kind"],
            source=row["source"],
            verified=row["verified"] == "yes",
            note=row["note"],
        )
        for row in table("neighbours")
    )
