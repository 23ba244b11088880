"""Findings of the label check as rows, worst first; their words are those of the finding."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from endplate.safety import Finding
from endplate.views.quantity import number
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


def finding_rows(findings: Sequence[Finding]) -> tuple[FindingRow, ...]:
    """Findings sorted by level."""
    return tuple(
        FindingRow(
            level=finding.level,
            level_name=word("level", finding.level),
            title=finding.title,
            reason=finding.reason,
            value=_amount(finding.value, finding.unit),
            limit=_amount(finding.limit, finding.unit),
            locator=finding.locator,
            source=link(finding.source),
            verified=finding.verified,
            override=finding.override,
        )
        for finding in sorted(findings, key=lambda finding: order("level", finding.level))
    )


def counts(findings: Sequence[Finding]) -> tuple[tuple[str, str, int], ...]:
    """Level, its name and how many findings have it, worst first."""
    levels = [finding.level for finding in findings]
    present = sorted(set(levels), key=lambda level: order("level", level))
    return tuple(
        (
            level,
            word("level", level, "name" if (count := levels.count(level)) == 1 else "many"),
            count,
        )
        for level in present
    )


def title_of(finding: Finding) -> str:
    """Title of a finding."""
    return finding.title


def stops(
    findings: Sequence[Finding], words: Callable[[Finding], str] = title_of
) -> tuple[str, ...]:
    """The findings that stop a plan and that no written reason sets aside, in these words."""
    return tuple(words(f) for f in findings if f.level == "stop" and not f.override)


def set_aside(
    findings: Sequence[Finding], words: Callable[[Finding], str] = title_of
) -> tuple[tuple[str, str], ...]:
    """Each stop that was set aside, in these words, with the written reason."""
    return tuple((words(f), f.override) for f in findings if f.level == "stop" and f.override)


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
