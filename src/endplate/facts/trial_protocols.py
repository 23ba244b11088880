"""Session doses where the label gives none or only a range, and the pattern of their sites."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records


@dataclass(frozen=True)
class TrialProtocol:
    """Dose of one product for one use; `basis` says whose it is: the label's text or a trial's.

    `pattern` names the protocol whose sites it takes.
    """

    id: str
    product: str
    indication: str
    dose_u: float
    pattern: str
    basis: str
    kind: str
    source: str
    locator: str
    verified: bool
    note: str


@cache
def trial_protocol(product: str, indication: str) -> TrialProtocol | None:
    """Row of one product and use, None when there is none."""
    for row in records(TrialProtocol, "trial_protocols"):
        if (row.product, row.indication) == (product, indication):
            return row
    return None
