"""What was promised and what is measured, use by use, as the app shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from endplate.validation.summary import EVERY
from endplate.validation.targets import Target
from endplate.views.html import page_field, render
from endplate.views.qualification import pictures, words
from endplate.views.qualification.page import QualificationPage, qualification_page
from endplate.views.qualification.promise import TargetTold, target_told
from endplate.views.qualification.trial import Evidence
from endplate.views.words import word

COMMAND = "endplate validate --report qualification.html"


@dataclass(frozen=True)
class UseTold:
    """One use: by kind of figure, how many there are, how far off, how many inside."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class PromisedPage:
    """Everything that is shown of the promises."""

    targets: tuple[TargetTold, ...] = page_field("what was promised, misses first")
    left_out: tuple[TargetTold, ...] = page_field("the same for trials left out of the fit")
    trials: tuple[int, int] = page_field("trials left out in turn, and those with chains run again")
    kinds: tuple[str, ...] = page_field("kinds of figure, in words")
    codes: tuple[str, ...] = page_field("kinds of figure, as codes")
    uses: tuple[UseTold, ...] = page_field("one row per use, all uses last")
    calibration: str = page_field("calibration plot")
    counts: tuple[int, int] = page_field("figures predicted, and outside their interval")

    @property
    def markup(self) -> str:
        """The page as HTML."""
        return render("promised.html.j2", self)


def promised_page(evidence: Evidence) -> PromisedPage:
    """What was promised, beside what a table measures."""
    rows, summary, left = evidence.found.rows, evidence.found.summary, evidence.left_out
    kinds = tuple(kind for kind in words.KINDS if any(row.kind == kind for row in rows))
    uses = (*dict.fromkeys(row.indication for row in rows), EVERY)
    return PromisedPage(
        targets=_misses_first(evidence.found.targets),
        left_out=_misses_first(left.targets) if left else (),
        trials=(len(left.k_hat), len(left.refitted)) if left else (0, 0),
        kinds=tuple(words.kind_name(kind) for kind in kinds),
        codes=kinds,
        uses=tuple(_use(use, kinds, summary) for use in uses),
        calibration=pictures.calibration(rows),
        counts=(len(rows), sum(not row.inside for row in rows)),
    )


def whole_report(evidence: Evidence) -> bytes:
    """The qualification report of a table as one HTML file."""
    page: QualificationPage = qualification_page(
        evidence.found, evidence.figures, evidence.left_out, COMMAND
    )
    return render("qualification.html.j2", page).encode()


def _misses_first(targets: Sequence[Target]) -> tuple[TargetTold, ...]:
    return tuple(map(target_told, sorted(targets, key=lambda target: target.met is not False)))


def _use(use: str, kinds: Sequence[str], summary: Sequence[Mapping[str, Any]]) -> UseTold:
    found = {row["kind"]: row for row in summary if row["indication"] == use and not row["tissue"]}
    name = "All uses" if use == EVERY else word("indication", use)
    return UseTold(name, tuple(_cell(found[kind]) if kind in found else "" for kind in kinds))


def _cell(row: Mapping[str, Any]) -> str:
    """Figures, error and coverage of one kind.

    Examples
    --------
    >>> _cell({"kind": "harm", "n": 3, "mae": 14.3, "unit": "points", "coverage_90": 100.0})
    '3: off by 14.3 points, 100 % inside'
    """
    if row["kind"] == "change":
        error = f"{row['near_percent']:.0f} % near"
    elif row["mae"] is None:
        error = "bounds only"
    else:
        error = f"off by {words.with_unit(words.figure(row['mae']), row['unit'])}"
    return f"{row['n']}: {error}, {row['coverage_90']:.0f} % inside"
