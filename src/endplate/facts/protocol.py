"""Where labels and trials put the sites of one indication, on the chart of its region."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.store import table


@dataclass(frozen=True)
class ProtocolSite:
    """One spot of a protocol and its share of the dose; `x_mm` is lateral on the named side."""

    protocol: str
    site: str
    muscle: str
    side: str
    fraction_of_dose: float
    x_mm: float
    y_mm: float
    z_mm: float
    source: str
    verified: bool


@cache
def protocol_sites(indication: str | None = None) -> tuple[ProtocolSite, ...]:
    """Spots of one indication's protocol, or of all; empty when none is known."""
    return tuple(
        ProtocolSite(
            row["protocol"],
            row["site"],
            row["muscle"],
            row["side"],
            float(row["share"]),
            float(row["x_mm"]),
            float(row["y_mm"]),
            float(row["z_mm"]),
            row["source"],
            row["verified"] == "yes",
        )
        for row in table("protocol_sites")
        if indication in (None, row["protocol"])
    )
