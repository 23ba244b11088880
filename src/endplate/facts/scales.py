"""Scales of a person's state: bounds of what is entered, and where people of trials began."""

from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.record import records
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


@dataclass(frozen=True)
class ScaleAtEntry:
    """Where people of one use began on one scale, in the scale's own `unit`.

    `distribution` is `normal` or `lognormal`; mean and spread are those of the scale itself, not
    of its logarithm. Values lie between `low` and `high`.
    """

    scale: str
    indication: str
    unit: str
    low: float
    high: float
    baseline_mean: float
    baseline_sd: float
    distribution: str
    kind: str
    source: str
    locator: str
    verified: bool
    note: str


@cache
def scales_at_entry(indication: str) -> dict[str, ScaleAtEntry]:
    """Scales of one use by name, in file order; empty where the tables hold none."""
    rows = (row for row in records(ScaleAtEntry, "scales") if row.indication == indication)
    return {row.scale: row for row in rows}


def scale_at_entry(scale: str, indication: str) -> ScaleAtEntry:
    """Where people of one use began on one scale.

    Raises
    ------
    FactMissing
        The tables do not tell.
    """
    try:
        return scales_at_entry(indication)[scale]
    except KeyError:
        raise FactMissing(f"no baseline of {scale!r} for {indication!r}") from None
