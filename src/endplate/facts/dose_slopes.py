"""How fast counted unwanted effects rise with the dose, from trials of several doses."""

import math
from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records


@dataclass(frozen=True)
class DoseSlope:
    """Slope of one effect: log odds of the share beyond placebo, per doubling of the dose.

    `low` and `high` bound it with 90 %; `doses_u` are the doses of the trial, apart by `;`.
    """

    term: str
    indication: str
    product: str
    per_doubling_logit: float
    low: float
    high: float
    doses_u: str
    kind: str
    source: str
    locator: str
    verified: bool
    note: str


@cache
def dose_slope(term: str, indication: str, product: str) -> DoseSlope | None:
    """Slope of that effect, None where no trial of the product tells one."""
    for row in records(DoseSlope, "dose_slopes"):
        if (row.term, row.indication, row.product) == (term, indication, product):
            return row
    return None


def share_at(
    share_beyond_placebo: float, counted_dose_u: float, dose_u: float, per_doubling_logit: float
) -> float:
    """Share of people with an effect beyond placebo at another dose of the same product.

    Parameters
    ----------
    share_beyond_placebo : [1]
        Share at the counted dose, net of placebo.
    counted_dose_u : [U], > 0
        Dose at which it was counted.
    dose_u : [U], >= 0
        Dose asked for.
    per_doubling_logit : [1]
        Slope of the log odds per doubling.

    Returns
    -------
    [1], in [0, 1]
        0 without dose or where trials counted none beyond placebo.

    Examples
    --------
    >>> round(share_at(0.15, 500.0, 1000.0, 0.68), 3)
    0.258
    """
    if dose_u <= 0.0 or share_beyond_placebo <= 0.0:
        return 0.0
    if share_beyond_placebo >= 1.0:
        return 1.0
    odds = share_beyond_placebo / (1.0 - share_beyond_placebo)
    odds *= math.exp(per_doubling_logit * math.log2(dose_u / counted_dose_u))
    return odds / (1.0 + odds)
