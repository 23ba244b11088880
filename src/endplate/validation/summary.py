"""How far off the rows of a validation are, by area and kind and over all."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from endplate.facts.indications import indication
from endplate.validation.row import Row

UNITS = {"percent": "points", "change": "own unit", "duration": "d", "harm": "points"}
# Error of a mean change that counts as small: a fifth of the group's own change, or a point.
NEAR_SHARE, NEAR_POINTS = 0.2, 1.0
EVERY = "all"
MEDIAN_DURATION = "median_duration"
BY_PRODUCT = "duration_by_product"
_COMPARED_IN = "glabellar_lines"  # where the field compares products
_TISSUES = {"muscle": ("muscle",), "gland or bladder": ("gland", "bladder")}


def summary(rows: tuple[Row, ...]) -> tuple[dict[str, Any], ...]:
    """Error and coverage by area and kind, and over all areas; floors count for coverage alone.

    Changes have many units: their error is told in each figure's own unit, as a part of what
    counts as small, and as the share of figures within that. Median durations are also told by
    tissue, and coverage over all kinds together.
    """
    areas = (*dict.fromkeys(row.indication for row in rows), EVERY)
    told = [
        _entry(
            area, kind, unit, [r for r in rows if area in (r.indication, EVERY) and r.kind == kind]
        )
        for area in areas
        for kind, unit in UNITS.items()
    ]
    medians = [row for row in rows if is_median_duration(row)]
    for name, tissues in _TISSUES.items():
        own = [row for row in medians if indication(row.indication).tissue in tissues]
        told.append(_entry(EVERY, MEDIAN_DURATION, "d", own, name))
    told.append(_by_product([row for row in medians if row.indication == _COMPARED_IN]))
    told.append(_entry(EVERY, EVERY, "", list(rows)))
    return tuple(entry for entry in told if entry["n"])


def is_median_duration(row: Row) -> bool:
    """Whether a row is the median duration of a response; not a mean, nor an onset."""
    return row.kind == "duration" and row.endpoint.startswith(("median_duration", "median_time_"))


def error_ratio(row: Row) -> float:
    """Error of a mean change over what counts as small for it [1]."""
    return abs(row.predicted - row.observed) / max(NEAR_SHARE * abs(row.observed), NEAR_POINTS)


def _entry(area: str, kind: str, unit: str, rows: list[Row], tissue: str = "") -> dict[str, Any]:
    exact = [row for row in rows if not row.bound]
    errors = [row.predicted - row.observed for row in exact] if kind != EVERY else []
    entry: dict[str, Any] = {
        "indication": area,
        "kind": kind,
        "tissue": tissue,
        "n": len(rows),
        "mae": _mean(abs(error) for error in errors),
        "bias": _mean(errors),
        "coverage_90": _percent(row.inside for row in rows),
        "unit": unit,
    }
    if kind == "change":
        entry["near_percent"] = _percent(error_ratio(row) <= 1.0 for row in rows)
        entry["mae_ratio"] = _mean(error_ratio(row) for row in exact)
    return entry


def _by_product(rows: list[Row]) -> dict[str, Any]:
    """Error of each product's mean duration, averaged over products; `n` counts products."""
    products = dict.fromkeys(row.product for row in rows if not row.bound)
    errors = [
        float(np.mean([r.predicted - r.observed for r in rows if r.product == one and not r.bound]))
        for one in products
    ]
    inside = [row.inside for row in rows if row.product in products]
    return _entry(EVERY, BY_PRODUCT, "d", []) | {
        "n": len(errors),
        "mae": _mean(abs(error) for error in errors),
        "bias": _mean(errors),
        "coverage_90": _percent(inside),
    }


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return float(np.mean(found)) if found else None


def _percent(flags: Iterable[bool]) -> float | None:
    share = _mean(float(flag) for flag in flags)
    return None if share is None else 100 * share
