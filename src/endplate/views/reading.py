"""Reads the result of a simulation for display: refuses broken numbers, finds series and timing."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from endplate.facts.endpoints import endpoints

Result = Mapping[str, Any]
TIMES = ("onset_d", "peak_d", "duration_d")
KEY_DAYS = (7, 30, 90, 120, 180)
QUANTILES = ("p05", "p25", "median", "p75", "p95")


def checked(result: Result) -> Result:
    """The same result, when every number in it is finite.

    Raises
    ------
    ValueError
        A part is missing, or a number is not finite; the message names the place.
    """
    for part in ("provenance", "plan"):
        if part not in result:
            raise ValueError(f"a result without {part!r} cannot be shown")
    for place, value in _numbers(result, "result"):
        if not math.isfinite(value):
            raise ValueError(f"{place} is {value}: a result with such a number is not shown")
    return result


def _numbers(value: Any, place: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, float):
        yield place, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _numbers(item, f"{place}.{key}")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            yield from _numbers(item, f"{place}[{index}]")


def indications(result: Result) -> tuple[str, ...]:
    """Areas of the result: those the plan names, then those that are treated with them."""
    named = result["plan"].get("indications") or ()
    also = result.get("timing_by_indication") or {}
    return tuple(dict.fromkeys([*named, *also]))


def timing_of(result: Result, indication: str) -> Mapping[str, Mapping[str, Any]]:
    """Onset, peak and duration of one indication; those that no one has are left out."""
    by_indication = result.get("timing_by_indication") or {}
    found = by_indication.get(indication)
    if found is None:
        found = (result.get("timing") or {}) if indication == indications(result)[0] else {}
    return {name: told for name, told in found.items() if told.get("median") is not None}


def series(result: Result, name: str) -> Mapping[str, Any] | None:
    """One series of the course by its name."""
    for item in (result.get("course") or {}).get("series") or ():
        if item["name"] == name:
            return item
    return None


def working_series(result: Result) -> tuple[tuple[str, str, Mapping[str, Any]], ...]:
    """Muscle, side and series of every muscle whose working fraction is in the course."""
    found = []
    for item in (result.get("course") or {}).get("series") or ():
        kind, *rest = item["name"].split(":")
        if kind == "working_fraction" and len(rest) >= 2:
            found.append((rest[0], rest[-1], item))
    return tuple(found)


def course_days(result: Result) -> list[float]:
    """Days of the course."""
    return [float(day) for day in (result.get("course") or {}).get("day") or ()]


def horizon_d(result: Result) -> float:
    """Last day of the run."""
    days = course_days(result)
    return days[-1] if days else float(result["provenance"].get("days") or 0)


def is_share(item: Mapping[str, Any]) -> bool:
    """Whether an outcome counts people out of 100; else it is a mean, a median or a change."""
    return item.get("unit") == "%" and item.get("statistic", "percent") == "percent"


def outcomes_of(result: Result, indication: str) -> list[Mapping[str, Any]]:
    """Outcomes of one indication in people out of 100, endpoints in their order, days rising."""
    return _ordered(result, indication, shares=True)


def measures_of(result: Result, indication: str) -> list[Mapping[str, Any]]:
    """Outcomes of one indication that are means or changes, endpoints in their order."""
    return _ordered(result, indication, shares=False)


def _is_unwanted(code: str) -> bool:
    """Whether an endpoint is no benefit, as the urine left behind; the result alone holds it."""
    known = endpoints().get(code)
    return known is not None and known.better == "harm"


def _ordered(result: Result, indication: str, shares: bool) -> list[Mapping[str, Any]]:
    chosen = [
        item
        for item in result.get("outcomes") or ()
        if item.get("indication", indication) == indication
        and is_share(item) == shares
        and not _is_unwanted(item["endpoint"])
    ]
    codes = list(dict.fromkeys(item["endpoint"] for item in chosen))
    return sorted(chosen, key=lambda item: (codes.index(item["endpoint"]), item["day"]))


def shown(every: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Outcomes on the days that a reader looks for and on every day that a trial has a figure of.

    Where an endpoint has none of those days, all its days are shown.
    """
    kept = [item for item in every if item["day"] in KEY_DAYS or item.get("trials")]
    covered = {item["endpoint"] for item in kept}
    return [item for item in every if item in kept or item["endpoint"] not in covered]


def shown_outcomes(result: Result, indication: str) -> list[Mapping[str, Any]]:
    """The outcomes in people out of 100 that a page shows."""
    return shown(outcomes_of(result, indication))


def scales_of(result: Result, indication: str) -> tuple[str, ...]:
    """Scales, other than grades of lines, whose level over time the course holds."""
    found = []
    for item in (result.get("course") or {}).get("series") or ():
        kind, *rest = item["name"].split(":")
        if kind == "level" and rest[1:] == [indication]:
            found.append(rest[0])
    return tuple(found)
