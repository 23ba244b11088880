"""What trials and labels published of effects: figures, time courses, benefits beside placebo."""

import re
from dataclasses import dataclass, field, replace
from functools import cache

from endplate.facts.endpoints import (
    CustomEndpoint,
    DurationRule,
    baseline_scale,
    symptom_scores,
)
from endplate.facts.table import NO_COLUMN, SourcedRow, text_rows, typed_rows

PHASES = ("onset", "peak", "duration")


@dataclass(frozen=True)
class TrialFigure:
    """One published figure of one arm on one day.

    `area_dose_u` is the dose in the muscles of the indication, `dose_u` that of the whole session;
    `bound` is `at_least` where the figure is a floor (cut off by follow-up) and `at_most` where
    it is a ceiling (no earlier treatment allowed). `sd` is the spread between people of the value
    and `baseline_mean` the arm's mean at entry, in the unit of the value; None where not printed.

    Trials of one `programme` share people and ways of working; none: the trial is its own. What
    the trial says of how it read a duration or a share still responding stands in `response` (a
    responder definition) and `among` (what must hold at the first visit), of a symptom score in
    `fall_of`, `kept_share` [1] and `least_fall` [1], and in `visits_d` [d], `every_d` [d] and
    `told`, all as in `DurationRule`; `follow_up_d` [d] is the last day on which a loss could be
    found. `scale` is the scale where it is not the usual one: of a line its first and last grade
    (`0-4`), of a symptom score the name of another instrument. What is not said is read as usual.
    `population` is empty for adults, else `children`.
    `reading` is how its endpoint is read where a user's table defines it (`defined_by`).
    """

    trial_id: str
    indication: str
    product: str
    arm: str
    dose_u: float | None
    area_dose_u: float | None
    n: int | None
    day: float | None
    endpoint: str
    statistic: str
    value: float
    bound: str
    source: str
    verified: bool
    note: str
    sd: float | None = None
    baseline_mean: float | None = None
    programme: str = ""
    response: str = ""
    among: str = ""
    fall_of: str = ""
    kept_share: float | None = None
    least_fall: float | None = None
    visits_d: str = ""
    every_d: float | None = None
    told: str = ""
    follow_up_d: float | None = None
    population: str = ""
    scale: str = ""
    reading: CustomEndpoint | None = field(default=None, repr=False, metadata=NO_COLUMN)

    @property
    def programme_name(self) -> str:
        """The programme, or the trial where it is its own."""
        return self.programme or self.trial_id

    @property
    def grade_width(self) -> float:
        """Width of a grade of the line's scale in grades of the usual one [1]; 1 of all else.

        Both scales reach from no line to the deepest.
        """
        if not self.scale or symptom_scores(self.indication):
            return 1.0
        usual, (low, high) = baseline_scale(self.indication), grades_of(self.scale)
        return (usual.high - usual.low) / (high - low)

    def rule(self, usual: DurationRule) -> DurationRule:
        """How this figure's duration is read: as its own row says, else as usual."""
        return replace(
            usual,
            curve=self.response or usual.curve,
            among=self.among or usual.among,
            of=self.fall_of or usual.of,
            kept_share=usual.kept_share if self.kept_share is None else self.kept_share,
            least_fall=usual.least_fall if self.least_fall is None else self.least_fall,
            visits_d=self.visits_d or usual.visits_d,
            every_d=self.every_d or usual.every_d,
            told=self.told or usual.told,
            grade_width=self.grade_width,
        )


def grades_of(scale: str) -> tuple[int, int]:
    """First and last grade of a scale of lines, as `0-4` says them.

    Raises
    ------
    ValueError
        It says no such grades.
    """
    found = re.fullmatch(r"([01])-([2-9])", scale)
    if found is None:
        raise ValueError(f"{scale!r} is no scale such as 0-4")
    return int(found[1]), int(found[2])


def defined_by(
    figures: tuple[TrialFigure, ...], custom: tuple[CustomEndpoint, ...]
) -> tuple[TrialFigure, ...]:
    """Figures, those of a user's endpoints with how the user's table reads them."""
    rows = {(row.indication, row.endpoint): row for row in custom}
    return tuple(
        replace(figure, reading=rows[key])
        if (key := (figure.indication, figure.endpoint)) in rows
        else figure
        for figure in figures
    )


def trial_figures() -> tuple[TrialFigure, ...]:
    """Every figure of the shipped table, in file order."""
    return typed_rows(TrialFigure, "trials")


@dataclass(frozen=True)
class TrialDose(SourcedRow):
    """One dose of one product that a trial gave in the muscles of a use."""

    dose_u: float
    locator: str


@cache
def trial_doses(product: str, indication: str) -> tuple[TrialDose, ...]:
    """Doses that trials gave for a use, lowest first; read as text, for `check` has no time."""
    found: dict[float, TrialDose] = {}
    for row in text_rows("trials"):
        if (row["product"], row["indication"]) == (product, indication) and row["area_dose_u"]:
            dose_u = float(row["area_dose_u"])
            told = TrialDose(row["source"], row["verified"] == "yes", "", dose_u, row["trial_id"])
            if dose_u > 0 and not (dose_u in found and found[dose_u].verified):
                found[dose_u] = told
    return tuple(found[dose_u] for dose_u in sorted(found))


@dataclass(frozen=True)
class ExpectedCourse(SourcedRow):
    """One phase of one product and use; one day twice where the source names one day.

    `compare` says what the figure is: `middle` the middle person's day, `by` a day by which the
    effect was there, `visit` a day on which trials looked for the largest effect, `at_least` a day
    on which people still had it or were treated again. `endpoint` is the definition by which a
    trial counted a duration, where it is known (`durations.csv`).
    """

    id: str
    product: str
    indication: str
    population: str
    phase: str
    low_d: float
    high_d: float
    compare: str
    kind: str
    locator: str
    endpoint: str = ""


@cache
def expected_courses(
    product: str, indication: str, population: str = "adult"
) -> dict[str, ExpectedCourse]:
    """Phases known for one product and use; a phase without a row is left out."""
    return {
        row.phase: row
        for row in every_expected_course(population)
        if (row.product, row.indication) == (product, indication)
    }


@cache
def every_expected_course(population: str = "adult") -> tuple[ExpectedCourse, ...]:
    """All rows of one population, in file order."""
    return typed_rows(ExpectedCourse, "expected_courses", population=("any", population))


@dataclass(frozen=True)
class BenefitFigure(SourcedRow):
    """One measure of one dose; a share of people, a mean change, or a mean at the visit.

    `dose_u` is the dose of the use in the session, None where no single dose was stated;
    `preference` orders the measures of a use, 1 first.
    """

    id: str
    product: str
    indication: str
    population: str
    dose_u: float | None
    endpoint: str
    statistic: str
    day: float
    drug_value: float
    placebo_value: float
    unit: str
    start_value: float | None
    drug_n: float | None
    placebo_n: float | None
    preference: float
    kind: str
    locator: str


@cache
def benefit_figures(
    product: str, indication: str, population: str = "adult"
) -> tuple[BenefitFigure, ...]:
    """Figures of one product and use, main measure first."""
    rows = typed_rows(
        BenefitFigure, "benefits", product=product, indication=indication, population=population
    )
    return tuple(sorted(rows, key=lambda row: row.preference))
