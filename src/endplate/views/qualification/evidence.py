"""Evidence as the app shows it: one trial, what was promised, and the limits of the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from endplate.facts.endpoints import Endpoint, endpoints
from endplate.facts.parameters import fitted_range
from endplate.facts.trials import TrialFigure
from endplate.validation.results import EVERY, LeftOutTrials, Row, Target, Validation
from endplate.views.html import page_field, render
from endplate.views.qualification import pictures, words
from endplate.views.qualification.errors import PredictionRow, prediction_row
from endplate.views.qualification.page import LIMITS as COMPARISON_LIMITS
from endplate.views.qualification.page import (
    QualificationPage,
    Studied,
    qualification_page,
    reasons,
    studied,
)
from endplate.views.qualification.words import TargetRow, target_row
from endplate.views.quantity import number
from endplate.views.source import Link, link
from endplate.views.words import word

COMMAND = "endplate validate --report qualification.html"
LIMITS = (
    "A forecast is for people like the patient, not for the patient: half of them lie outside the "
    "narrow band, one in ten outside the wide one. Plans outside the trials' doses, ages and "
    "products say so.",
    "Beyond the face, how people scatter and which muscle or nerve carries how much of a symptom "
    "is assumed where no trial tells; every such row says so.",
    "Label facts rest on copies, manufacturer pages and monographs where the label itself was not "
    "read; figures without a second source are marked unverified wherever they are shown, and "
    "never make a stop.",
    "Muscle sizes and positions are averages; limbs and neck follow height, weight and sex. Some "
    "weaknesses (double vision, an uneven smile) have no counted rate to be set to.",
    "Not for emergencies. Trouble swallowing, speaking or breathing after an injection needs "
    "urgent care.",
)
"""The limits of the whole, as the README tells them."""
# Respect, what of it trials tried by its bounds, and one step beyond them.
_RESPECTS = {
    "dose": (
        "Dose",
        "from {low} of the smallest to {high} of the largest dose in trials of the product",
        "a factor of {step}",
    ),
    "age": ("Age", "{low} to {high} years", "{step} years"),
    "interval": (
        "Time since the last treatment",
        "at least {low} of the label's least interval",
        "a factor of {step}",
    ),
    "line_grade": (
        "Lines before treatment",
        "at least {low} grades above the first",
        "{step} grade",
    ),
    "burden": (
        "Scale before treatment",
        "{low} to {high} standard deviations about the mean in trials",
        "{step} standard deviation",
    ),
}


@dataclass(frozen=True, eq=False)
class Evidence:
    """Published figures beside what the model predicts for them, by their place in the table.

    `left_out` is there for the shipped trials alone; `table` is what the table is called.
    """

    figures: tuple[TrialFigure, ...]
    found: Validation
    left_out: LeftOutTrials | None
    table: str

    @cached_property
    def rows(self) -> Mapping[int, Row]:
        """Predicted rows by their place in the table."""
        return {row.figure: row for row in self.found.rows if row.figure is not None}

    @cached_property
    def left(self) -> Mapping[int, Row]:
        """The same as predicted without their trial."""
        rows = self.left_out.rows if self.left_out else ()
        return {row.figure: row for row in rows if row.figure is not None}

    @cached_property
    def reasons(self) -> Mapping[int, str]:
        """Why a figure is not predicted, by its place."""
        return {row["figure"]: row["reason"] for row in self.found.skipped}

    def of_trial(self, trial_id: str) -> tuple[int, ...]:
        """Places of the figures of one trial."""
        return tuple(i for i, f in enumerate(self.figures) if f.trial_id == trial_id)


@dataclass(frozen=True)
class LeftOutPrediction:
    """What a fit that has not seen the trial predicts for a figure."""

    predicted: str
    interval: str
    inside: bool
    how: str


@dataclass(frozen=True)
class ChosenFigure:
    """One predicted figure; `place` is its place in the table, `rank` where it fell, in words."""

    place: int
    row: PredictionRow
    meaning: str
    rank: str
    left_out: LeftOutPrediction | None


@dataclass(frozen=True)
class Unpredicted:
    """One published figure that the model does not predict, and why."""

    group: str
    when: str
    endpoint: str
    published: str
    reason: str


@dataclass(frozen=True)
class TrialSheet:
    """Everything that is shown of one trial."""

    trial: str = page_field("name of the trial")
    uses: str = page_field("uses it treated")
    arms: tuple[tuple[str, str], ...] = page_field("groups, and the people in each")
    sources: tuple[Link, ...] = page_field("where it was published")
    chosen: tuple[ChosenFigure, ...] = page_field("the figure that was chosen, or none")
    others: tuple[ChosenFigure, ...] = page_field("all predicted figures of the trial")
    unpredicted: tuple[Unpredicted, ...] = page_field("figures that are not predicted")
    outside: int = page_field("how many of the predicted lie outside their interval")

    @property
    def markup(self) -> str:
        """The sheet as HTML."""
        return render("trial.html.j2", self)


def trial_sheet(evidence: Evidence, trial_id: str, chosen: int | None = None) -> TrialSheet:
    """What is shown of one trial.

    Parameters
    ----------
    evidence : Evidence
        The table that the trial stands in.
    trial_id : str
        The trial.
    chosen : int
        Place of the figure to show first; none if it is not predicted.
    """
    indices = evidence.of_trial(trial_id)
    figures = [evidence.figures[i] for i in indices]
    predicted = [_chosen_figure(evidence, i) for i in indices if i in evidence.rows]
    return TrialSheet(
        trial=trial_id,
        uses=", ".join(dict.fromkeys(word("indication", f.indication) for f in figures)),
        arms=_arms(figures),
        sources=tuple(dict.fromkeys(link(f.source) for f in figures)),
        chosen=tuple(figure for figure in predicted if figure.place == chosen),
        others=tuple(predicted),
        unpredicted=tuple(
            _unpredicted(evidence.figures[i], evidence.reasons[i])
            for i in indices
            if i in evidence.reasons
        ),
        outside=sum(not figure.row.inside for figure in predicted),
    )


def meaning(code: str) -> str:
    """What an endpoint tells, as a sentence; empty for a code that the tables do not hold."""
    endpoint: Endpoint | None = endpoints().get(code)
    return f"The {endpoint.words}." if endpoint else ""


def rank_words(rank: float | None) -> str:
    """Where a published figure fell in what was predicted.

    Examples
    --------
    >>> rank_words(0.187)
    '19 % of what the model expected lies below the published figure'
    >>> rank_words(None)
    'known only as a bound, so it has no place in the prediction'
    """
    if rank is None:
        return "known only as a bound, so it has no place in the prediction"
    share = 100 * rank
    percent = "under 1" if share < 1 else "over 99" if share > 99 else f"{share:.0f}"
    return f"{percent} % of what the model expected lies below the published figure"


def _chosen_figure(evidence: Evidence, place: int) -> ChosenFigure:
    row, left = evidence.rows[place], evidence.left.get(place)
    return ChosenFigure(
        place=place,
        row=prediction_row(row),
        meaning=meaning(row.endpoint),
        rank=rank_words(row.rank),
        left_out=_left_out(left, evidence) if left else None,
    )


def _left_out(row: Row, evidence: Evidence) -> LeftOutPrediction:
    again = evidence.left_out is not None and row.trial_id in evidence.left_out.refitted
    how = "the fit was run again without this trial" if again else "the fit was reweighted"
    return LeftOutPrediction(words.figure(row.predicted), words.interval(row), row.inside, how)


def _arms(figures: Sequence[TrialFigure]) -> tuple[tuple[str, str], ...]:
    """Groups as product and session dose, with the most people a figure of each counts."""
    sizes: dict[str, int] = {}
    for figure in figures:
        dose = f" {figure.dose_u:g} U" if figure.dose_u else ""
        name = "placebo" if figure.product == "placebo" else f"{figure.product}{dose}"
        sizes[name] = max(sizes.get(name, 0), figure.n or 0)
    return tuple((name, f"n {n}" if n else "n not stated") for name, n in sizes.items())


def _unpredicted(figure: TrialFigure, reason: str) -> Unpredicted:
    known = endpoints().get(figure.endpoint)
    dose = f" {figure.area_dose_u:g} U" if figure.area_dose_u else ""
    return Unpredicted(
        group="placebo" if figure.product == "placebo" else f"{figure.product}{dose}",
        when="" if figure.day is None else f"day {figure.day:g}",
        endpoint=words.endpoint_name(figure.endpoint),
        published=words.with_unit(words.figure(figure.value), known.unit if known else ""),
        reason=reason,
    )


@dataclass(frozen=True)
class UseRow:
    """One use: by kind of figure, how many there are, how far off, how many inside."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class PromisedPage:
    """Everything that is shown of the promises."""

    targets: tuple[TargetRow, ...] = page_field("what was promised, misses first")
    left_out: tuple[TargetRow, ...] = page_field("the same for trials left out of the fit")
    trials: tuple[int, int] = page_field("trials left out in turn, and those with chains run again")
    kinds: tuple[str, ...] = page_field("kinds of figure, in words")
    codes: tuple[str, ...] = page_field("kinds of figure, as codes")
    uses: tuple[UseRow, ...] = page_field("one row per use, all uses last")
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


def _misses_first(targets: Sequence[Target]) -> tuple[TargetRow, ...]:
    return tuple(map(target_row, sorted(targets, key=lambda target: target.met is not False)))


def _use(use: str, kinds: Sequence[str], summary: Sequence[Mapping[str, Any]]) -> UseRow:
    by_kind = {
        row["kind"]: row for row in summary if row["indication"] == use and not row["tissue"]
    }
    name = "All uses" if use == EVERY else word("indication", use)
    return UseRow(name, tuple(_cell(by_kind[kind]) if kind in by_kind else "" for kind in kinds))


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


@dataclass(frozen=True)
class Respect:
    """One respect in which a plan may lie outside the trials: what they tried, and one step on."""

    name: str
    tried: str
    step: str
    note: str


@dataclass(frozen=True)
class LimitsPage:
    """Everything that is shown of the limits."""

    limits: tuple[str, ...] = page_field("limits of the whole")
    respects: tuple[Respect, ...] = page_field(
        "what trials tried, and what counts as one step beyond"
    )
    comparison: tuple[str, ...] = page_field("what a comparison with trials cannot show")
    skipped: tuple[tuple[str, int, str], ...] = page_field("figures not predicted, by reason")
    studied: tuple[Studied, ...] = page_field("trials and people of each use")

    @property
    def markup(self) -> str:
        """The page as HTML."""
        return render("limits.html.j2", self)


def limits_page(evidence: Evidence) -> LimitsPage:
    """The limits, with those of a table of figures."""
    return LimitsPage(
        limits=LIMITS,
        respects=tuple(_respect(code) for code in _RESPECTS),
        comparison=COMPARISON_LIMITS,
        skipped=reasons(evidence.found.skipped),
        studied=studied(evidence.figures),
    )


def _respect(code: str) -> Respect:
    name, tried, step = _RESPECTS[code]
    row = fitted_range(code)
    ends = {"low": row.low, "high": row.high, "step": row.one_beyond}
    values = {end: number(value, 2) for end, value in ends.items() if value is not None}
    return Respect(name, tried.format(**values), step.format(**values), row.note)
