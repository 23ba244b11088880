"""Where labels and trials put the sites of a use, and the trial's dose where a label gives none."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated

from endplate.facts.table import Columns, SourcedRow, typed_rows


@dataclass(frozen=True)
class ProtocolSite:
    """One spot of a protocol and its share of the dose; `x_mm` is lateral on the named side."""

    protocol: str
    site: str
    muscle: str
    side: str
    fraction_of_dose: Annotated[float, Columns("share")]
    x_mm: float
    y_mm: float
    z_mm: float
    source: str
    verified: bool


@dataclass(frozen=True)
class TrialProtocol(SourcedRow):
    """Session dose of one product for one use where the label gives none or only a range.

    `basis` says whose dose it is: the label's text or a trial's; `pattern` names the protocol
    whose sites it takes.
    """

    id: str
    product: str
    indication: str
    dose_u: float
    pattern: str
    basis: str
    kind: str
    locator: str


@cache
def protocol_sites(indication: str | None = None) -> tuple[ProtocolSite, ...]:
    """Spots of one indication's protocol, or of all; empty when none is known."""
    return typed_rows(ProtocolSite, "protocol_sites", protocol=indication)


@cache
def trial_protocol(product: str, indication: str) -> TrialProtocol | None:
    """Row of one product and use, None when there is none."""
    rows = typed_rows(TrialProtocol, "trial_protocols", product=product, indication=indication)
    return rows[0] if rows else None
