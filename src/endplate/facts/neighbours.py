"""Neighbours at risk: the gate by which toxin reaches each, and what it was calibrated on."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records
from endplate.facts.store import table


@dataclass(frozen=True)
class Gate:
    """One unwanted weakness and the box of skin and flesh by which toxin gets there.

    The gate's x is lateral on either side; `half_*_mm` are half the edges of the box.
    `least_working` [1] is the working fraction below which the weakness shows. Trials counted
    `observed_events` of `observed_n` people, net of the `background_percent` under placebo, with
    `calibrated_dose_u` of `calibrated_product` (None: the label's dose) for `calibrated_on`.
    """

    term: str
    muscle: str
    chart: str
    x_mm: float
    y_mm: float
    z_mm: float
    half_x_mm: float
    half_y_mm: float
    half_z_mm: float
    least_working: float
    calibrated_on: str
    calibrated_product: str
    calibrated_dose_u: float | None
    background_percent: float
    observed_events: int
    observed_n: int
    kind: str
    source: str
    verified: bool
    note: str

    @property
    def gate_mm(self) -> tuple[float, float, float]:
        """Middle of the box."""
        return self.x_mm, self.y_mm, self.z_mm

    @property
    def half_mm(self) -> tuple[float, float, float]:
        """Half the edges of the box."""
        return self.half_x_mm, self.half_y_mm, self.half_z_mm

    @property
    def paired(self) -> bool:
        """Whether there is a gate on either side; one at the midline serves both."""
        return self.x_mm > 0.0


@dataclass(frozen=True)
class Neighbour(Gate):
    """A gate with its `reach` [1]: the load of the muscle over that of an end plate at the gate."""

    reach: float


@cache
def neighbour_gates() -> tuple[Gate, ...]:
    """Every gate of every chart, in file order, whether its reach was set or not."""
    return records(Gate, "neighbours")


@cache
def neighbours() -> tuple[Neighbour, ...]:
    """Every neighbour whose reach was set, in file order."""
    reach = {
        (row["term"], row["calibrated_on"]): float(row["estimate"]) for row in table("fitted_reach")
    }
    return tuple(
        Neighbour(**vars(gate), reach=reach[(gate.term, gate.calibrated_on)])
        for gate in neighbour_gates()
        if (gate.term, gate.calibrated_on) in reach
    )
