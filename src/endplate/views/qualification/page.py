"""What the qualification report shows, in its order, and the file it is written to."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Protocol

from endplate._version import __version__
from endplate.errors import EndplateError
from endplate.facts.table import facts_hash
from endplate.facts.trials import TrialFigure
from endplate.files.output import write_whole
from endplate.validation.results import Row, Validation, targets_of
from endplate.views.html import PURPOSE, page_field, render
from endplate.views.qualification import errors, measures, pictures, words
from endplate.views.qualification.errors import (
    Bias,
    PredictionRow,
    UseErrors,
    prediction_row,
    use_errors,
)
from endplate.views.qualification.words import TargetRow, target_row
from endplate.views.words import word


class LeftOutPredictions(Protocol):
    """Predictions of trials by fits that did not see them.

    `summary` has the form of a validation's, over rows predicted so; `k_hat` is, by trial, how
    far the reweighted draws may be trusted: above 0.7 they may not.
    """

    @property
    def summary(self) -> Sequence[Mapping[str, Any]]:
        """Errors by kind over the trials left out."""
        ...

    @property
    def k_hat(self) -> Mapping[str, float]:
        """Pareto k-hat by trial."""
        ...


@dataclass(frozen=True)
class Studied:
    """Trials, groups and people of one use; `unstated` groups do not say how many they were."""

    name: str
    trials: int
    groups: int
    people: int
    unstated: int
    products: str
    figures: int
    verified: str


@dataclass(frozen=True)
class QualificationPage:
    """Everything the qualification report shows."""

    purpose: str = page_field("what endplate is for")
    counts: tuple[int, int, int, int] = page_field("figures, predicted, outside, skipped")
    provenance: tuple[tuple[str, str], ...] = page_field(
        "what made the report, and how to remake it"
    )
    targets: tuple[TargetRow, ...] = page_field("what was promised, and what is measured")
    misses: tuple[PredictionRow, ...] = page_field(
        "figures outside their interval, the worst first"
    )
    areas: tuple[UseErrors, ...] = page_field("one entry per indication")
    kinds: tuple[str, ...] = page_field("kinds of figure there are, by their code")
    calibration: str = page_field("calibration plot")
    histograms: tuple[str, ...] = page_field("rank histograms, of all figures and by kind")
    unranked: int = page_field("figures known only as a bound, which have no rank")
    by_kind: tuple[Bias, ...] = page_field("mean error by kind")
    by_dose: tuple[Bias, ...] = page_field("mean error by dose and kind")
    by_day: tuple[Bias, ...] = page_field("mean error by day and kind")
    left_out: tuple[TargetRow, ...] = page_field("promises for trials left out; none where not run")
    k_hat: tuple[tuple[str, str, bool], ...] = page_field(
        "trial, Pareto k-hat, whether to be trusted"
    )
    studied: tuple[Studied, ...] = page_field("trials and people of each use")
    skipped: tuple[tuple[str, int, str], ...] = page_field(
        "reason, figures and trials not predicted"
    )
    limits: tuple[str, ...] = page_field("what this report cannot show")


LIMITS = (
    "The shipped table is the one the parameters were fitted to: errors on trials not in it are "
    "larger. Trials left out one at a time are the fair measure.",
    "Figures of one trial are not independent: the same people are read again and again. Bands "
    "of chance in the pictures take them as independent and are too narrow.",
    "Figures not verified were carried from one source; some may be wrong as printed here.",
    "Trials that were never published are missing, and those tend to be the less favourable.",
)


def qualification_page(
    validation: Validation,
    figures: tuple[TrialFigure, ...],
    left_out: LeftOutPredictions | None = None,
    command: str = "endplate validate --report qualification.html",
) -> QualificationPage:
    """The context of the report.

    Raises
    ------
    EndplateError
        The model predicts none of the figures.
    """
    if not validation.rows:
        raise EndplateError(
            f"None of the {len(figures)} figures is covered by the model: "
            "there is nothing to report."
        )
    rows, outside = validation.rows, measures.misses(validation.rows)
    kinds = tuple(kind for kind in words.KINDS if any(row.kind == kind for row in rows))
    return QualificationPage(
        purpose=PURPOSE,
        counts=(len(figures), len(rows), len(outside), len(validation.skipped)),
        provenance=(
            ("Version", __version__),
            ("Facts", facts_hash()),
            ("Table of figures", table_hash(figures)),
            ("Remade by", command),
        ),
        targets=tuple(target_row(target) for target in validation.targets),
        misses=tuple(prediction_row(row) for row in outside),
        areas=_areas(rows),
        kinds=kinds,
        calibration=pictures.calibration(rows),
        histograms=_histograms(rows, kinds),
        unranked=sum(row.rank is None for row in rows),
        by_kind=errors.by_kind(rows),
        by_dose=errors.by_dose(rows),
        by_day=errors.by_day(rows),
        left_out=_left_out(left_out),
        k_hat=_k_hat(left_out),
        studied=studied(figures),
        skipped=reasons(validation.skipped),
        limits=LIMITS,
    )


def write_qualification(page: QualificationPage, path: str | Path) -> Path:
    """Write the report as one HTML file and return its path."""
    return write_whole(render("qualification.html.j2", page), path)


def _areas(rows: tuple[Row, ...]) -> tuple[UseErrors, ...]:
    uses = dict.fromkeys(row.indication for row in rows)
    return tuple(use_errors(use, [row for row in rows if row.indication == use]) for use in uses)


def _histograms(rows: tuple[Row, ...], kinds: tuple[str, ...]) -> tuple[str, ...]:
    groups = [("all figures", rows)]
    if len(kinds) > 1:
        groups += [
            (words.kind_name(kind), tuple(row for row in rows if row.kind == kind))
            for kind in kinds
        ]
    return tuple(
        pictures.rank_histogram(of_group, f"Ranks: {name}")
        for name, of_group in groups
        if len(measures.ranks(of_group))
    )


def _left_out(left_out: LeftOutPredictions | None) -> tuple[TargetRow, ...]:
    if left_out is None:
        return ()
    return tuple(target_row(target) for target in targets_of(left_out.summary, left_out=True))


def _k_hat(left_out: LeftOutPredictions | None) -> tuple[tuple[str, str, bool], ...]:
    if left_out is None:
        return ()
    ordered = sorted(left_out.k_hat.items(), key=lambda item: -item[1])
    return tuple((trial, f"{k:.2f}", k <= 0.7) for trial, k in ordered)


def studied(figures: Sequence[TrialFigure]) -> tuple[Studied, ...]:
    """Every use of a table in its order, then all of them."""
    uses = dict.fromkeys(figure.indication for figure in figures)
    by_use = [
        _studied(word("indication", use), [f for f in figures if f.indication == use])
        for use in uses
    ]
    return (*by_use, _studied("All uses", figures))


def table_hash(figures: Iterable[TrialFigure]) -> str:
    """First 16 hex digits of the SHA-256 over the figures of a table, in their order."""
    digest = hashlib.sha256()
    for figure in figures:
        digest.update(repr(astuple(figure)).encode())
    return digest.hexdigest()[:16]


def reasons(skipped: Iterable[dict[str, str]]) -> tuple[tuple[str, int, str], ...]:
    """Why figures were not predicted: reason, how many, and of which trials; the most first."""
    rows = tuple(skipped)
    counted = Counter(row["reason"] for row in rows)
    return tuple(
        (
            reason,
            count,
            ", ".join(dict.fromkeys(r["trial_id"] for r in rows if r["reason"] == reason)),
        )
        for reason, count in counted.most_common()
    )


def _studied(name: str, figures: Sequence[TrialFigure]) -> Studied:
    sizes: dict[tuple[str, str, str], int] = {}
    for figure in figures:
        group = (figure.trial_id, figure.indication, figure.arm)
        sizes[group] = max(sizes.get(group, 0), figure.n or 0)
    products = dict.fromkeys(f.product for f in figures if f.product != "placebo")
    verified = 100 * sum(f.verified for f in figures) / max(len(figures), 1)
    return Studied(
        name=name,
        trials=len({figure.trial_id for figure in figures}),
        groups=len(sizes),
        people=sum(sizes.values()),
        unstated=sum(1 for size in sizes.values() if not size),
        products=", ".join(products) if name != "All uses" else f"{len(products)} products",
        figures=len(figures),
        verified=f"{verified:.0f} %",
    )
