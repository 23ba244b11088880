"""What a check says: findings with their level, figure and source, and the result as a whole."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from endplate.case import Understood
from endplate.facts.label import LabelRule

LEVELS = ("note", "unknown", "caution", "stop")


class Sourced(Protocol):
    """A row of a facts table that says where it comes from."""

    @property
    def source(self) -> str:
        """Key of the source."""
        ...

    @property
    def locator(self) -> str:
        """Where in the source."""
        ...

    @property
    def verified(self) -> bool:
        """Whether a text that carries the figure was read."""
        ...


@dataclass(frozen=True)
class Finding:
    """One statement about a plan; `missing` names the fact whose absence left it unknown.

    `override` holds the written reason for which a stop was set aside; the finding stays.
    """

    rule: str
    level: str
    title: str
    reason: str
    value: float | str | None = None
    limit: float | str | None = None
    unit: str = ""
    source: str = ""
    locator: str = ""
    verified: bool = True
    missing: str = ""
    override: str = ""


@dataclass(frozen=True, repr=False)
class CheckResult:
    """Findings, worst first, and the level of the worst: clear, unknown, caution or stop."""

    level: str
    findings: tuple[Finding, ...]
    understood: tuple[Understood, ...] = ()

    def __repr__(self) -> str:
        told = [f"  {finding.level}: {finding.title}" for finding in self.findings]
        return "\n".join([f"Check of a plan: {self.level}, {len(told)} findings", *told])

    @property
    def open_stops(self) -> int:
        """Number of stops that no written reason sets aside."""
        return sum(f.level == "stop" and not f.override for f in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain values for JSON."""
        return {
            "level": self.level,
            "open_stops": self.open_stops,
            "findings": [asdict(finding) for finding in self.findings],
            "understood": [asdict(word) for word in self.understood],
        }


def plain(word: str) -> str:
    """Identifier as words to read."""
    return word.replace("_", " ")


def level_held(level: str, verified: bool) -> str:
    """Level that a figure may carry: one never seen in a second source makes no stop."""
    return "caution" if level == "stop" and not verified else level


def from_label(
    rule: str,
    level: str,
    title: str,
    reason: str,
    fact: LabelRule,
    value: float | str | None,
    limit: float | None = None,
) -> Finding:
    """Finding that rests on one label row, its limit being the row's value unless given."""
    limit = fact.value if limit is None else limit
    return from_row(rule, level, title, reason, fact, value, limit, fact.unit)


def from_row(
    rule: str,
    level: str,
    title: str,
    reason: str,
    row: Sourced,
    value: float | str | None = None,
    limit: float | None = None,
    unit: str = "",
) -> Finding:
    """Finding that rests on one row of any facts table; an unverified row makes no stop."""
    return Finding(
        rule=rule,
        level=level_held(level, row.verified),
        title=title,
        reason=reason,
        value=round(value, 4) if isinstance(value, float) else value,
        limit=round(limit, 4) if isinstance(limit, float) else limit,
        unit=unit,
        source=row.source,
        locator=row.locator,
        verified=row.verified,
    )


def unknown(rule: str, title: str, reason: str, missing: str) -> Finding:
    """Finding that something cannot be judged because a fact is missing."""
    return Finding(rule, "unknown", title, reason, missing=missing)


def beside(
    rule: str, title: str, reason: str, reference: LabelRule, value: float | str | None
) -> Finding:
    """Finding that a region's text is not at hand, with another region's row beside it."""
    found = from_label(rule, "unknown", title, reason, reference, value)
    return replace(found, missing=f"label text: {reference.quantity}")


def overall(findings: tuple[Finding, ...]) -> str:
    """Level of the worst finding; notes alone leave a plan clear."""
    worst = max((LEVELS.index(finding.level) for finding in findings), default=0)
    return "clear" if worst == 0 else LEVELS[worst]
