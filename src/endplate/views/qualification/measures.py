"""What the report reads off validated rows: errors in parts of an interval, calibration."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from endplate.facts.label import label_rules
from endplate.facts.protocols import trial_protocol
from endplate.validation.results import Row

REGIONS = ("US", "EU", "UK")
PLACEBO = "placebo"
LEVELS = tuple(range(10, 100, 5))  # percent: the central intervals of the calibration plot
BINS = 10
_LEAST_HALF = 0.25  # share of the whole interval: a bound that meets the prediction is no ruler
Numbers = NDArray[np.float64]


def of_interval(row: Row) -> float:
    """Error in units of the interval's arm on the side of the published figure.

    Positive where the model predicts more than was published; beyond 1 in size, the published
    figure lies outside the 90 % interval, but for what rounding allows.
    """
    whole = row.high - row.low
    above = row.observed > row.predicted
    arm = row.high - row.predicted if above else row.predicted - row.low
    arm = max(arm, _LEAST_HALF * whole, 1e-9)
    return (row.predicted - row.observed) / arm


def misses(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows outside their interval, the largest error in parts of it first."""
    return tuple(sorted((r for r in rows if not r.inside), key=lambda r: -abs(of_interval(r))))


def usual_dose_u(product: str, indication: str) -> float | None:
    """Dose of one product for one use: the label's, else that of its trial; None for neither."""
    rules = [
        rule
        for rule in label_rules(product, None, indication, "session_dose")
        if rule.indication == indication and rule.value is not None and rule.region in REGIONS
    ]
    if rules:
        return min(rules, key=lambda rule: REGIONS.index(rule.region)).value
    trial = trial_protocol(product, indication)
    return trial.dose_u if trial else None


def relative_dose(row: Row) -> float | None:
    """Dose in the area over the usual one [1]; 0 for placebo, None where that is not known."""
    if row.product == PLACEBO or row.area_dose_u == 0:
        return 0.0
    usual_u = usual_dose_u(row.product, row.indication)
    return row.area_dose_u / usual_u if usual_u and row.area_dose_u else None


def ranks(rows: Sequence[Row]) -> Numbers:
    """Predictive cumulative probabilities of the published figures that have one."""
    return np.array([row.rank for row in rows if row.rank is not None])


def calibration(rows: Sequence[Row]) -> Numbers:
    """Percent of figures inside the central interval of each of the levels."""
    away = 200.0 * np.abs(ranks(rows) - 0.5)
    return np.array([100.0 * np.mean(away <= level) for level in LEVELS], np.float64)


def chance_band(count: int, share: Numbers | float) -> tuple[Numbers, Numbers]:
    """Percent between which 9 of 10 counts of so many independent figures of this share lie."""
    from scipy.stats import binom

    low, high = binom.ppf(0.05, count, share), binom.ppf(0.95, count, share)
    return np.asarray(100.0 * low / count), np.asarray(100.0 * high / count)
