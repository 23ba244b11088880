"""One trial of the comparison: the figure that was chosen, and all others the trial published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from endplate.facts.endpoints import Endpoint, endpoints
from endplate.facts.trials import TrialFigure
from endplate.validation.results import LeftOutTrials, Validation
from endplate.validation.row import Row
from endplate.views.html import page_field, render
from endplate.views.qualification import words
from endplate.views.qualification.area import RowTold, row_told
from endplate.views.source import Link, link
from endplate.views.words import word


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
        return {one["figure"]: one["reason"] for one in self.found.skipped}

    def of_trial(self, trial_id: str) -> tuple[int, ...]:
        """Places of the figures of one trial."""
        return tuple(i for i, f in enumerate(self.figures) if f.trial_id == trial_id)


@dataclass(frozen=True)
class LeftOutTold:
    """What a fit that has not seen the trial predicts for a figure."""

    predicted: str
    interval: str
    inside: bool
    how: str


@dataclass(frozen=True)
class FigureTold:
    """One predicted figure; `place` is its place in the table, `rank` where it fell, in words."""

    place: int
    row: RowTold
    meaning: str
    rank: str
    left_out: LeftOutTold | None


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
    chosen: tuple[FigureTold, ...] = page_field("the figure that was chosen, or none")
    others: tuple[FigureTold, ...] = page_field("all predicted figures of the trial")
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
    places = evidence.of_trial(trial_id)
    figures = [evidence.figures[i] for i in places]
    predicted = [_figure_told(evidence, i) for i in places if i in evidence.rows]
    return TrialSheet(
        trial=trial_id,
        uses=", ".join(dict.fromkeys(word("indication", f.indication) for f in figures)),
        arms=_arms(figures),
        sources=tuple(dict.fromkeys(link(f.source) for f in figures)),
        chosen=tuple(one for one in predicted if one.place == chosen),
        others=tuple(predicted),
        unpredicted=tuple(
            _unpredicted(evidence.figures[i], evidence.reasons[i])
            for i in places
            if i in evidence.reasons
        ),
        outside=sum(not one.row.inside for one in predicted),
    )


def meaning(code: str) -> str:
    """What an endpoint tells, as a sentence; empty for a code that the tables do not hold."""
    found: Endpoint | None = endpoints().get(code)
    return f"The {found.words}." if found else ""


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
    told = "under 1" if share < 1 else "over 99" if share > 99 else f"{share:.0f}"
    return f"{told} % of what the model expected lies below the published figure"


def _figure_told(evidence: Evidence, place: int) -> FigureTold:
    row, left = evidence.rows[place], evidence.left.get(place)
    return FigureTold(
        place=place,
        row=row_told(row),
        meaning=meaning(row.endpoint),
        rank=rank_words(row.rank),
        left_out=_left_out(left, evidence) if left else None,
    )


def _left_out(row: Row, evidence: Evidence) -> LeftOutTold:
    again = evidence.left_out is not None and row.trial_id in evidence.left_out.refitted
    how = "the fit was run again without this trial" if again else "the fit was reweighted"
    return LeftOutTold(words.figure(row.predicted), words.interval(row), row.inside, how)


def _arms(figures: Sequence[TrialFigure]) -> tuple[tuple[str, str], ...]:
    """Groups as product and session dose, with the most people a figure of each counts."""
    sizes: dict[str, int] = {}
    for one in figures:
        dose = f" {one.dose_u:g} U" if one.dose_u else ""
        name = "placebo" if one.product == "placebo" else f"{one.product}{dose}"
        sizes[name] = max(sizes.get(name, 0), one.n or 0)
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
