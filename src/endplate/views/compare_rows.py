"""Rows and blocks of a comparison, and those of means and changes on their own scales."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from endplate.views import reading
from endplate.views.measure import SHARE, axis_words, figure, figure_range, unit_words
from endplate.views.quantity import number, people, round_grid
from endplate.views.strip import value_strip
from endplate.views.words import word

OF_100 = SHARE


@dataclass(frozen=True)
class Cell:
    """One figure of one plan: its value and range in words and, for the JSON, as numbers."""

    text: str
    range: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    placebo: float | None = None
    picture: str = ""


@dataclass(frozen=True)
class Row:
    """One figure across all plans."""

    name: str
    unit: str
    cells: tuple[Cell, ...]

    @property
    def placebo(self) -> str:
        """Placebo figures of the plans, one where they agree."""
        write = people if self.unit == OF_100 else partial(number, digits=1)
        told = [write(cell.placebo) for cell in self.cells if cell.placebo is not None]
        return " / ".join(dict.fromkeys(told)) or "?"


@dataclass(frozen=True)
class Block:
    """Rows of one kind on one scale; `ends` are the two ends of that scale in words."""

    name: str
    rows: tuple[Row, ...]
    ends: tuple[str, str] = ("", "")


def measure_blocks(results: Sequence[reading.Result]) -> list[Block]:
    """Means and changes of every plan, one block per endpoint on one scale."""
    areas = list(dict.fromkeys(code for r in results for code in reading.indications(r)))
    blocks = []
    for code in areas:
        shown = [reading.shown(reading.measures_of(result, code)) for result in results]
        endpoints = dict.fromkeys(item["endpoint"] for items in shown for item in items)
        for endpoint in endpoints:
            tables = [
                {o["day"]: o for o in reading.measures_of(r, code) if o["endpoint"] == endpoint}
                for r in results
            ]
            days = {o["day"] for items in shown for o in items if o["endpoint"] == endpoint}
            blocks.append(_block(endpoint, sorted(days), tables))
    return blocks


def _block(endpoint: str, days: list[float], tables: list[dict[float, Any]]) -> Block:
    items = [item for table in tables for item in table.values()]
    reached = [0.0]
    for item in items:
        reached += [item["low"], item["high"], item.get("placebo") or 0.0]
    grid = round_grid(min(reached), max(reached))
    limits = float(grid[0]), float(grid[-1])
    rows = tuple(
        Row(
            f"day {number(day)}",
            unit_words(items[0]),
            tuple(_measured(table.get(day), limits) for table in tables),
        )
        for day in days
    )
    name = f"{word('endpoint', endpoint)}, {axis_words(items[0])}"
    return Block(name, rows, (number(grid[0], 2), number(grid[-1], 2)))


def _measured(item: Any, limits: tuple[float, float]) -> Cell:
    if item is None:
        return Cell("-")
    value, low, high, placebo = item["value"], item["low"], item["high"], item.get("placebo")
    return Cell(
        figure(value, item),
        figure_range(item),
        value,
        low,
        high,
        placebo,
        picture=value_strip(value, low, high, placebo, limits),
    )
