"""Scales on which a person's state before treatment is entered, with their bounds."""

from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.store import table


@dataclass(frozen=True)
class BaselineScale:
    """Bounds of one scale in its own unit; `whole` scales have no values between grades."""

    endpoint: str
    name: str
    unit: str
    low: float
    high: float
    whole: bool


@cache
def baseline_scales() -> dict[str, BaselineScale]:
    """Every scale by endpoint."""
    return {
        row["endpoint"]: BaselineScale(
            row["endpoint"],
            row["scale"],
            row["unit"],
            float(row["low"]),
            float(row["high"]),
            row["whole"] == "yes",
        )
        for row in table("baseline_scales")
    }


def baseline_scale(endpoint: str) -> BaselineScale:
    """Scale of one endpoint.

    Raises
    ------
    FactMissing
        The tables hold no such scale.
    """
    try:
        return baseline_scales()[endpoint]
    except KeyError:
        raise FactMissing(f"no baseline scale named {endpoint!r}") from None
