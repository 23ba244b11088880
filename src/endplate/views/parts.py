"""What makes a figure unsure, in three parts: the fit, the trials, the people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from endplate.views import reading
from endplate.views.measure import figure_range
from endplate.views.quantity import day_range, number
from endplate.views.words import known, word

Outcome = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One part of a figure's interval: its bounds, the same as text, and what it stands for."""

    code: str
    low: float
    high: float
    range: str
    meaning: str


def parts_of(item: Outcome) -> tuple[Part, ...]:
    """The parts of an outcome's interval in a fixed order; none for a result without them."""
    return tuple(
        Part(
            code,
            item[f"{code}_low"],
            item[f"{code}_high"],
            figure_range({**item, "low": item[f"{code}_low"], "high": item[f"{code}_high"]}),
            word("part", code),
        )
        for code in known("part")
        if item.get(f"{code}_low") is not None
    )


def legend() -> tuple[tuple[str, str, str], ...]:
    """Code, short word and meaning of each part, in the order in which they are drawn."""
    return tuple((code, word("part", code, "short"), word("part", code)) for code in known("part"))


def middle_words(quantiles: Mapping[str, Any], horizon_d: float) -> str:
    """How sure the middle person's time is, and by what; empty for a result that does not tell."""
    if quantiles.get("low") is None:
        return ""
    told = [
        f"{word('part', code, 'short')} {day_range(*_ends(quantiles, f'{code}_'), horizon_d)}"
        for code in known("part")
        if quantiles.get(f"{code}_low") is not None
    ]
    return f"{day_range(*_ends(quantiles), horizon_d)} ({', '.join(told)})"


def _ends(quantiles: Mapping[str, Any], part: str = "") -> tuple[float, float]:
    return quantiles[f"{part}low"], quantiles[f"{part}high"]


def widened_words(result: reading.Result, indication: str) -> str:
    """That the ranges of an area are widened for what lies outside trials; empty where not."""
    factors = [
        item["widened"]
        for item in result.get("outcomes") or ()
        if item.get("indication", indication) == indication and item.get("widened", 1.0) > 1.0
    ]
    if not factors:
        return ""
    return (
        f"This plan lies outside what trials tried: differences between trials are taken "
        f"{number(max(factors))} times as wide. Why is under What is not known."
    )
