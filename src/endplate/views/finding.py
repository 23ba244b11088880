"""Findings of the label check as rows, worst first; their words are those of the finding."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from endplate.views.quantity import number
from endplate.views.reading import Result
from endplate.views.source import Link, link
from endplate.views.words import order, word


@dataclass(frozen=True)
class FindingRow:
    """One finding."""

    level: str
    level_name: str
    title: str
    reason: str
    value: str
    limit: str
    locator: str
    source: Link
    verified: bool
    override: str = ""


def finding_rows(result: Result) -> tuple[FindingRow, ...]:
    """Findings sorted by level."""
    found = sorted(result.get("findings") or (), key=lambda f: order("level", f["level"]))
    return tuple(
        FindingRow(
            level=f["level"],
            level_name=word("level", f["level"]),
            title=str(f["title"]),
            reason=str(f.get("reason") or ""),
            value=_amount(f.get("value"), f.get("unit")),
            limit=_amount(f.get("limit"), f.get("unit")),
            locator=str(f.get("locator") or ""),
            source=link(f.get("source")),
            verified=bool(f.get("verified")),
            override=str(f.get("override") or ""),
        )
        for f in found
    )


def counts(result: Result) -> tuple[tuple[str, str, int], ...]:
    """Level, its name and how many findings have it, worst first."""
    levels = [f["level"] for f in result.get("findings") or ()]
    present = sorted(set(levels), key=lambda level: order("level", level))
    return tuple((level, word("level", level), levels.count(level)) for level in present)


def stops(result: Result) -> tuple[str, ...]:
    """Titles of the findings that stop a plan and that no written reason sets aside."""
    return tuple(f["title"] for f in _stops(result) if not f.get("override"))


def set_aside(result: Result) -> tuple[tuple[str, str], ...]:
    """Title and written reason of each stop that was set aside."""
    return tuple((f["title"], f["override"]) for f in _stops(result) if f.get("override"))


def _stops(result: Result) -> list[Mapping[str, Any]]:
    return [f for f in result.get("findings") or () if f["level"] == "stop"]


def _amount(value: object, unit: str | None) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{number(value, 3)} {unit or ''}".strip()
    if isinstance(value, list | tuple):
        return ", ".join(str(v).replace("_", " ") for v in value)
    return str(value).replace("_", " ")
