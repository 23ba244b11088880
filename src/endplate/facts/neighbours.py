"""Neighbours at risk: the gate by which toxin reaches each, and what it was calibrated on."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.store import table


@dataclass(frozen=True)
class Neighbour:
    """One unwanted weakness; the gate's x is lateral on either side.

    `least_working` [1] is the working fraction below which the weakness shows, `reach` [1] the
    load of the muscle over that of an end plate at the gate. It was set so that the label's sites,
    with `calibrated_dose_u` of `calibrated_product`, give the counted events.
    """

    term: str
    muscle: str
    gate_mm: tuple[float, float, float]
    half_mm: tuple[float, float, float]
    chart: str
    least_working: float
    reach: float
    calibrated_on: str
    calibrated_product: str
    calibrated_dose_u: float | None
    observed_events: int
    observed_n: int
    kind: str
    source: str
    verified: bool
    note: str

    @property
    def paired(self) -> bool:
        """Whether there is a gate on either side; one at the midline serves both."""
        return self.gate_mm[0] > 0.0


@cache
def neighbours() -> tuple[Neighbour, ...]:
    """Every neighbour of every chart, in file order."""
    reach = {
        (row["term"], row["calibrated_on"]): float(row["estimate"]) for row in table("fitted_reach")
    }

    def number(text: str) -> float | None:
        return float(text) if text else None

    return tuple(
        Neighbour(
            term=row["term"],
            muscle=row["muscle"],
            gate_mm=(float(row["x_mm"]), float(row["y_mm"]), float(row["z_mm"])),
            half_mm=(float(row["half_x_mm"]), float(row["half_y_mm"]), float(row["half_z_mm"])),
            chart=row["chart"],
            least_working=float(row["least_working"]),
            reach=reach[(row["term"], row["calibrated_on"])],
            calibrated_on=row["calibrated_on"],
            calibrated_product=row["calibrated_product"],
            calibrated_dose_u=number(row["calibrated_dose_u"]),
            observed_events=int(row["observed_events"]),
            observed_n=int(row["observed_n"]),
            kind=row["kind"],
            source=row["source"],
            verified=row["verified"] == "yes",
            note=row["note"],
        )
        for row in table("neighbours")
    )
