"""One published figure beside what the model predicts for it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One published figure beside its prediction; `low` to `high` is the 90 % interval.

    `rank` [1] is the predictive probability of less than was published, None for a bound;
    `area_dose_u` [U] the dose in the area, `figure` the place in the table it comes from.
    """

    trial_id: str
    indication: str
    product: str
    arm: str
    day: float | None
    endpoint: str
    kind: str
    n: int | None
    observed: float
    bound: str
    predicted: float
    low: float
    high: float
    inside: bool
    unit: str
    verified: bool
    rank: float | None = None
    area_dose_u: float | None = None
    source: str = ""
    note: str = ""
    figure: int | None = None
