"""What the project promised of its predictions, beside what they measure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from endplate.facts.validation import ValidationTarget, validation_targets
from endplate.validation.summary import EVERY

Summary = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Target:
    """One promise and its measure over `n` figures; both None where there are no figures."""

    id: str
    words: str
    n: int
    measured: float | None
    least: float | None
    most: float
    unit: str
    met: bool | None


def targets_of(summary: Summary, left_out: bool = False) -> tuple[Target, ...]:
    """Every promise beside the summary of a validation.

    Parameters
    ----------
    summary
        As `validate` gives it, or in the same form over predictions of trials left out.
    left_out : bool
        Whether each trial was left out of the fit that predicts it: then errors may be larger,
        by the ratio of the table, and only promises with such a ratio count.
    """
    return tuple(
        _target(row, summary, (row.left_out_ratio or 1.0) if left_out else 1.0)
        for row in validation_targets()
        if row.left_out_ratio or not left_out
    )


def _target(row: ValidationTarget, summary: Summary, ratio: float) -> Target:
    wanted = (EVERY, row.figures, row.tissue)
    found = [s for s in summary if (s["indication"], s["kind"], s["tissue"]) == wanted]
    measured = found[0][row.measure] if found else None
    least, most = row.least, row.most * ratio
    return Target(
        id=row.id,
        words=row.words,
        n=found[0]["n"] if found else 0,
        measured=measured,
        least=least,
        most=most,
        unit=row.unit,
        met=None if measured is None else (least is None or least <= measured) and measured <= most,
    )
