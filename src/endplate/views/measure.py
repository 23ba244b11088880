"""How the figure of an outcome is written: people out of 100, or a mean or change in its unit."""

from collections.abc import Mapping
from typing import Any

from endplate.views.quantity import number, people, people_range
from endplate.views.reading import is_share
from endplate.views.words import order, word

Outcome = Mapping[str, Any]
SHARE = "people out of 100"
CHANGES = ("mean_change", "median_change")


def figure(value: float, item: Outcome) -> str:
    """A figure of an outcome without its unit; a change carries its sign.

    Examples
    --------
    >>> figure(81.2, {"unit": "%", "statistic": "percent"})
    '81'
    >>> figure(-8.24, {"unit": "points", "statistic": "mean_change"})
    '-8.2'
    >>> figure(46.0, {"unit": "mL", "statistic": "mean_change"})
    '+46'
    """
    if is_share(item):
        return people(value)
    told = number(value, digits(item))
    return f"+{told}" if is_change(item) and value > 0 and told != "0" else told


def figure_range(item: Outcome) -> str:
    """The interval of an outcome."""
    if is_share(item):
        return people_range(item["low"], item["high"])
    low, high = figure(item["low"], item), figure(item["high"], item)
    return low if low == high else f"{low} to {high}"


def is_change(item: Outcome) -> bool:
    """Whether an outcome is a difference from the start."""
    return item.get("statistic") in CHANGES


def digits(item: Outcome) -> int:
    """Digits after the point for a unit."""
    known = order("unit", str(item.get("unit")))
    return 1 if known > 9 else known


def unit_words(item: Outcome) -> str:
    """The unit of an outcome in words."""
    return word("unit", str(item.get("unit") or ""))


def axis_words(item: Outcome) -> str:
    """What an axis of an outcome counts."""
    if is_share(item):
        return SHARE
    kind = "change from the start" if is_change(item) else str(item.get("statistic") or "mean")
    return f"{kind}, {unit_words(item)}"
