"""What drives each scale: the blocks behind it and the share of each."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.store import table


@dataclass(frozen=True)
class Driver:
    """One block's share [1] of one scale of one indication, in the canonical pattern of sides.

    The shares of a scale sum to one over all that drives it, treated or not, so what no site
    reaches caps the benefit.
    """

    indication: str
    scale: str
    muscle: str
    part: str
    side: str
    share: float
    kind: str
    source: str
    verified: bool
    note: str


@cache
def drivers(indication: str) -> tuple[Driver, ...]:
    """Blocks behind the scales of one indication, in file order; empty when none is known."""
    return tuple(
        Driver(
            indication=row["indication"],
            scale=row["scale"],
            muscle=row["muscle"],
            part=row["part"],
            side=row["side"],
            share=float(row["share"]),
            kind=row["kind"],
            source=row["source"],
            verified=row["verified"] == "yes",
            note=row["note"],
        )
        for row in table("drivers")
        if row["indication"] == indication
    )


def scales_of(indication: str) -> tuple[str, ...]:
    """Scales that an indication drives, in file order."""
    return tuple(dict.fromkeys(driver.scale for driver in drivers(indication)))
