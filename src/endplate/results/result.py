"""The typed result of a forecast, and the one place where it becomes JSON and is read back.

The attributes of each record are the keys of the JSON contract (`docs/json.md`), in its order. A
tuple holds records or words; a list holds numbers, which go into the JSON as they are.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints

from endplate.arguments import printable, text, wrong
from endplate.case import PlacedSite, Plan
from endplate.errors import EndplateError
from endplate.facts.endpoints import endpoints
from endplate.facts.indications import chart_of
from endplate.results.frames import dataset_of, pandas_frame, polars_frame, table_of
from endplate.results.plots import ResultPlots
from endplate.results.told import short_html, short_text
from endplate.safety import Finding

TIMES = ("onset_d", "peak_d", "duration_d")
QUANTILES = ("p05", "p25", "median", "p75", "p95")
CHANGES = ("mean_change", "median_change")


def _about(help_: str, default: Any = MISSING) -> Any:
    """A field with what it says; without a default it is needed to read a saved result."""
    return field(default=default, metadata={"help": help_})


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What made a result, so that it can be made again."""

    version: str | None = _about("version of the code", None)
    facts_hash: str | None = _about("hash over all facts tables", None)
    seed: int | None = _about("seed of the virtual people", None)
    people: int | None = _about("how many", None)
    days: int | None = _about("last day followed", None)
    command: str | None = _about("what to type to make the result again", None)


@dataclass(frozen=True, kw_only=True)
class PatientSummary:
    """Who is treated."""

    age_y: float | None = _about("age", None)
    sex: str | None = _about("sex", None)
    weight_kg: float | None = _about("weight", None)
    baseline: Mapping[str, float] = field(
        default_factory=dict, metadata={"help": "grade or score before treatment by scale"}
    )


@dataclass(frozen=True, kw_only=True)
class PreviousDose:
    """One earlier treatment, as the plan states it."""

    date: str = _about("ISO date")
    product: str = _about("product")
    indication: str | None = _about("what it was given for", None)
    dose_u: float | None = _about("total dose", None)


@dataclass(frozen=True, kw_only=True)
class SiteSummary:
    """One injected site: x counts to the patient's left, y up, z into the depth."""

    indication: str | None = _about("area it treats", None)
    chart: str | None = _about("chart of the body that shows it", None)
    muscle: str = _about("muscle, gland field or wall")
    side: str = _about("left, right or midline")
    dose_u: float = _about("dose")
    volume_ml: float = _about("volume")
    x_mm: float = _about("to the left")
    y_mm: float = _about("up")
    z_mm: float = _about("into the depth")
    origin: str = _about("label or entered", "entered")


@dataclass(frozen=True, kw_only=True)
class PlanSummary:
    """What was planned, for whom, as it was understood."""

    name: str | None = _about("name of the plan", None)
    product: str = _about("product")
    indications: tuple[str, ...] = _about("areas")
    region: str | None = _about("region of the label", None)
    date: str | None = _about("ISO date of the treatment", None)
    dose_u: float = _about("total dose")
    vial_u: float | None = _about("content of a vial", None)
    diluent_ml: float | None = _about("diluent of a vial", None)
    patient: PatientSummary = field(default=PatientSummary(), metadata={"help": "who is treated"})
    previous: tuple[PreviousDose, ...] = _about("earlier treatments", ())
    sites: tuple[SiteSummary, ...] = _about("injected sites", ())

    @classmethod
    def of(
        cls, plan: Plan, areas: tuple[str, ...], planned: tuple[PlacedSite, ...]
    ) -> "PlanSummary":
        """Sum up a plan with its areas and its sites as they were placed."""
        treatment, patient = plan.treatment, plan.patient
        return cls(
            name=plan.name,
            product=treatment.product,
            indications=areas,
            region=treatment.region,
            date=treatment.date.isoformat(),
            dose_u=float(sum(site.dose_u for site in planned)),
            vial_u=treatment.vial_u,
            diluent_ml=treatment.diluent_ml,
            patient=PatientSummary(
                age_y=patient.age_y,
                sex=patient.sex,
                weight_kg=patient.weight_kg,
                baseline=dict(patient.baseline),
            ),
            previous=tuple(
                PreviousDose(
                    date=earlier.date.isoformat(),
                    product=earlier.product,
                    indication=earlier.indication,
                    dose_u=earlier.dose_u,
                )
                for earlier in patient.previous or ()
            ),
            sites=tuple(_site_summary(site, areas) for site in planned),
        )


def _site_summary(site: PlacedSite, areas: tuple[str, ...]) -> SiteSummary:
    return SiteSummary(
        indication=site.indication,
        chart=chart_of(site.indication, areas),
        muscle=site.muscle,
        side=site.side,
        dose_u=site.dose_u,
        volume_ml=site.volume_ml,
        x_mm=site.x_mm,
        y_mm=site.y_mm,
        z_mm=site.z_mm,
        origin=site.origin,
    )


@dataclass(frozen=True, kw_only=True)
class TimeQuantiles:
    """When something happens [d]: percentiles over people, and how sure the median is."""

    median: float | None = _about("median over people; none where nobody has the event", None)
    p05: float | None = _about("5th percentile", None)
    p25: float | None = _about("25th percentile", None)
    p75: float | None = _about("75th percentile", None)
    p95: float | None = _about("95th percentile", None)
    low: float | None = _about("90 % interval of the median, lower end", None)
    high: float | None = _about("90 % interval of the median, upper end", None)
    parameters_low: float | None = _about("its part from the parameters, lower end", None)
    parameters_high: float | None = _about("its part from the parameters, upper end", None)
    trials_low: float | None = _about("its part from differences between trials, lower end", None)
    trials_high: float | None = _about("its part from differences between trials, upper end", None)
    widened: float = _about("factor on differences between trials outside what they tried", 1.0)
    definition: str = _about("what is counted", "")
    percent_with_event: float | None = _about("of 100 people, how many have the event", None)
    counted: str = _about("whom the quantiles leave out, in words; empty for nobody", "")
    as_trials: Mapping[str, float] = field(
        default_factory=dict,
        metadata={"help": "day that a trial at its visits would print, by endpoint"},
    )


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Onset, peak and duration in one area."""

    onset_d: TimeQuantiles = field(
        default=TimeQuantiles(), metadata={"help": "when the effect starts"}
    )
    peak_d: TimeQuantiles = field(
        default=TimeQuantiles(), metadata={"help": "when it is strongest"}
    )
    duration_d: TimeQuantiles = field(
        default=TimeQuantiles(), metadata={"help": "when it has worn off"}
    )

    @property
    def known(self) -> dict[str, TimeQuantiles]:
        """Times by name, without those that nobody has."""
        every = {name: getattr(self, name) for name in TIMES}
        return {name: time for name, time in every.items() if time.median is not None}


@dataclass(frozen=True, kw_only=True)
class PublishedFigure:
    """What one trial published of an endpoint, shown beside the forecast of it."""

    trial_id: str = _about("trial")
    arm: str | None = _about("arm", None)
    dose_u: float | None = _about("dose in the area", None)
    n: int | None = _about("people in the arm", None)
    day: float = _about("day after treatment")
    value: float = _about("the figure")
    bound: str = _about("whether it is only a bound", "")
    verified: bool = _about("whether it was read in the publication", False)
    source: str | None = _about("key of the source", None)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One endpoint of one area on one day, over people like the patient.

    Bounds are 90 % intervals in the unit of the figure.
    """

    indication: str | None = _about("area; none counts for every area", None)
    endpoint: str = _about("code of the endpoint")
    statistic: str = _about("percent (of 100 people), mean or mean_change", "percent")
    day: float = _about("day after treatment")
    value: float = _about("predicted figure")
    low: float = _about("lower end: parameters and differences between trials")
    high: float = _about("upper end: parameters and differences between trials")
    parameters_low: float | None = _about("part from the parameters, lower end", None)
    parameters_high: float | None = _about("part from the parameters, upper end", None)
    trials_low: float | None = _about("part from differences between trials, lower end", None)
    trials_high: float | None = _about("part from differences between trials, upper end", None)
    people_low: float | None = _about("how people differ, lower end", None)
    people_high: float | None = _about("how people differ, upper end", None)
    widened: float = _about("factor on differences between trials outside what they tried", 1.0)
    unit: str = _about("unit of the figure")
    origin: str = _about("label, trial, model or entered", "model")
    placebo: float | None = _about("the same figure without toxin", None)
    trials: tuple[PublishedFigure, ...] = _about("trials that published the endpoint", ())

    @property
    def is_share(self) -> bool:
        """Whether it counts people out of 100; else it is a mean, a median or a change."""
        return self.unit == "%" and self.statistic == "percent"

    @property
    def is_change(self) -> bool:
        """Whether it is a difference from the start."""
        return self.statistic in CHANGES


@dataclass(frozen=True, kw_only=True)
class Harm:
    """One side effect, of 100 people treated."""

    term: str = _about("side effect")
    percent: float = _about("of 100 people treated")
    low: float = _about("90 % interval, lower end")
    high: float = _about("90 % interval, upper end")
    background_percent: float | None = _about("of 100 people on placebo", None)
    start_d: float | None = _about("day it starts", None)
    length_d: float | None = _about("days it lasts", None)
    length_low_d: float | None = _about("days it lasts, least of 9 in 10 who have it", None)
    length_high_d: float | None = _about("days it lasts, most of 9 in 10 who have it", None)
    warning: str = _about("what a label warns of: how long or how bad it can be", "")
    kind: str = _about("needle, systemic, neighbour or antibody", "")
    origin: str = _about("label, trial or model", "model")
    verified: bool = _about("whether the source was read", False)
    source: str | None = _about("key of the source", None)
    note: str = _about("what to know of it", "")


@dataclass(frozen=True, kw_only=True)
class Series:
    """What is followed over the days of a course: percentiles over people, one number a day."""

    name: str = _about("what is followed: kind, scale or muscle, and area or side")
    unit: str = _about("its unit", "")
    median: list[float] = field(metadata={"help": "median"})
    p05: list[float] | None = field(default=None, metadata={"help": "5th percentile"})
    p25: list[float] | None = field(default=None, metadata={"help": "25th percentile"})
    p75: list[float] | None = field(default=None, metadata={"help": "75th percentile"})
    p95: list[float] | None = field(default=None, metadata={"help": "95th percentile"})


@dataclass(frozen=True, kw_only=True)
class Course:
    """Series over the days of a run."""

    day: list[float] = field(default_factory=list, metadata={"help": "days after the treatment"})
    series: tuple[Series, ...] = _about("scales, then working fractions of muscles", ())

    def named(self, name: str) -> Series | None:
        """One series by its name; None where it is not followed."""
        return next((item for item in self.series if item.name == name), None)


@dataclass(frozen=True, kw_only=True)
class MuscleShare:
    """Share of the dose in one muscle; all shares of a result sum to 1."""

    omit_none: ClassVar = frozenset({"chart"})
    muscle: str = _about("muscle, or elsewhere")
    side: str = _about("side", "midline")
    chart: str | None = _about("chart of the body that shows it", None)
    fraction: float = _about("share of the dose")


@dataclass(frozen=True, kw_only=True)
class PeakBlock:
    """Largest share of one muscle's junctions out of work, in the middle person."""

    omit_none: ClassVar = frozenset({"chart"})
    muscle: str = _about("muscle, gland field or wall")
    side: str = _about("side", "midline")
    chart: str | None = _about("chart of the body that shows it", None)
    peak_block: float = _about("share of junctions, glands or endings out of work")


@dataclass(frozen=True, kw_only=True)
class CycleQuantiles:
    """A figure of one treatment among several, over people; none where nobody has it."""

    median: float | None = _about("median", None)
    p05: float | None = _about("5th percentile", None)
    p95: float | None = _about("95th percentile", None)


@dataclass(frozen=True, kw_only=True)
class CycleOutcome:
    """One endpoint after one treatment among several."""

    endpoint: str = _about("code of the endpoint")
    unit: str = _about("its unit")
    statistic: str = _about("what of people it tells")
    at_visit: float = _about("its figure on the visit")
    trials_low: float = _about("90 % interval from differences between trials, lower end")
    trials_high: float = _about("90 % interval from differences between trials, upper end")
    before_next: float = _about("its figure right before the next treatment")


@dataclass(frozen=True, kw_only=True)
class CycleHarm:
    """Weakness of a neighbour after one treatment among several."""

    term: str = _about("side effect")
    percent: float = _about("of 100 people")


@dataclass(frozen=True, kw_only=True)
class CycleFigures:
    """One treatment among several in one area."""

    cycle: int = _about("number of the treatment, the first being 1")
    indication: str = _about("area")
    unit: str = _about("unit of the benefits: that of the area's main scale")
    day: CycleQuantiles = field(metadata={"help": "day of the treatment after the first"})
    next_after_d: CycleQuantiles = field(
        default=CycleQuantiles(), metadata={"help": "time until the next is due"}
    )
    peak_benefit: CycleQuantiles = field(
        metadata={"help": "largest fall of the scale below its first level"}
    )
    benefit_before_next: CycleQuantiles = field(
        metadata={"help": "what is left of it before the next treatment"}
    )
    duration_d: CycleQuantiles = field(metadata={"help": "time until the response is lost"})
    percent_responding: float = _about("of 100 people, with a response to lose")
    percent_antibodies: float = _about("of 100 people, with antibodies before this treatment")
    percent_secondary_nonresponse: float = _about("of 100 people, who have lost the response")
    percent_secondary_nonresponse_without_antibodies: float = _about(
        "how many of them have no antibodies", 0.0
    )
    widened: float = _about("factor on differences between trials outside what they tried", 1.0)
    outcomes: tuple[CycleOutcome, ...] = _about("endpoints", ())
    harms: tuple[CycleHarm, ...] = _about("weakness of neighbours", ())


@dataclass(frozen=True, kw_only=True)
class Cycles:
    """A repeated treatment."""

    count: int = _about("treatments in all")
    antibodies: str = _about("the scenario: trial_like, clinic_like or none", "none")
    visit_day: float | None = _about("day after each treatment on which figures are read", None)
    rows: tuple[CycleFigures, ...] = _about("one for each treatment and area")
    course: Course = field(metadata={"help": "the course over all treatments"})


@dataclass(frozen=True, kw_only=True, repr=False)
class Result:
    """What a plan is forecast to do. All fields but `cycles` are about the first treatment.

    `people` holds what each virtual person shows, where `simulate` was asked to keep it; it is no
    part of the JSON. `simulate` makes results, `Result.from_dict` reads a saved one.

    Examples
    --------
    >>> saved = {
    ...     "provenance": {"people": 2000, "seed": 1, "days": 365},
    ...     "plan": {"product": "Botox", "indications": ["glabellar_lines"], "dose_u": 20},
    ... }
    >>> Result.from_dict(saved)
    Result of plan: 20 U Botox, glabellar_lines
      people: 2000, seed 1, 365 days
    """

    not_in_json: ClassVar = frozenset({"people"})

    provenance: Provenance = field(metadata={"help": "what made it"})
    plan: PlanSummary = field(metadata={"help": "the plan as it was understood"})
    findings: tuple[Finding, ...] = _about("findings of the label check", ())
    timing: Timing = field(
        default=Timing(), metadata={"help": "onset, peak and duration in the first area"}
    )
    timing_by_indication: Mapping[str, Timing] = field(
        default_factory=dict, metadata={"help": "the same for each area"}
    )
    outcomes: tuple[Outcome, ...] = _about("benefits", ())
    harms: tuple[Harm, ...] = _about("side effects", ())
    course: Course = field(default=Course(), metadata={"help": "the course, day by day"})
    spread: tuple[MuscleShare, ...] = _about("where the dose goes", ())
    reach: tuple[PeakBlock, ...] = _about("what it blocks", ())
    limits: tuple[str, ...] = _about("what is unknown or outside the evidence, in sentences", ())
    cycles: Cycles | None = field(
        default=None, metadata={"help": "a repeated treatment; none for a single one"}
    )
    people: Mapping[str, Any] | None = field(
        default=None, compare=False, metadata={"help": "what each person shows, by area"}
    )

    def __post_init__(self) -> None:
        """Refuse parts that are of another kind."""
        for name, kind in _PARTS.items():
            if not isinstance(getattr(self, name), kind):
                raise wrong(
                    name,
                    getattr(self, name),
                    f"what `simulate` makes ({getattr(kind, '__name__', kind)})",
                )

    def __repr__(self) -> str:
        return short_text(self)

    def _repr_html_(self) -> str:
        """A small table, for a notebook."""
        return short_html(self)

    @property
    def plot(self) -> ResultPlots:
        """Figures of the result (Matplotlib): `timeline`, `outcomes`, `chart` and `forest`."""
        return ResultPlots(self)

    def to_polars(self, table: str = "outcomes") -> Any:
        """One table of the result as a polars frame.

        Parameters
        ----------
        table : str
            `outcomes`, `published` (trials beside them), `course`, `timing`, `harms`, `sites`,
            `spread`, `findings`; with the people kept, `people` (times) and `scores`.

        Raises
        ------
        EndplateError
            There is no such table, the people were not kept, or polars is not installed.

        Examples
        --------
        >>> import endplate
        >>> result = endplate.simulate(endplate.DEMO_PLAN, people=64)
        >>> result.to_polars("timing").columns[:3]
        ['indication', 'event', 'unit']
        """
        return polars_frame(table_of(self, table))

    def to_pandas(self, table: str = "outcomes") -> Any:
        """One table of the result as a pandas frame.

        Parameters
        ----------
        table : str
            As for `to_polars`.

        Raises
        ------
        EndplateError
            There is no such table, the people were not kept, or pandas is not installed.

        Examples
        --------
        >>> import endplate
        >>> result = endplate.simulate(endplate.DEMO_PLAN, people=64)
        >>> list(result.to_pandas("course"))[:3]
        ['series', 'unit', 'day']
        """
        return pandas_frame(table_of(self, table))

    def to_xarray(self) -> Any:
        """The result as an xarray dataset.

        Its dimensions are named (day, quantile, muscle, indication, event, endpoint, visit_day, and
        person where the people are kept); each variable has its `units`.

        Raises
        ------
        EndplateError
            xarray is not installed.

        Examples
        --------
        >>> import endplate
        >>> result = endplate.simulate(endplate.DEMO_PLAN, people=64)
        >>> result.to_xarray()["time"].dims
        ('indication', 'event', 'quantile')
        """
        return dataset_of(self)

    @property
    def indications(self) -> tuple[str, ...]:
        """Areas of the result: those the plan names, then those that are treated with them."""
        return tuple(dict.fromkeys([*self.plan.indications, *self.timing_by_indication]))

    @property
    def horizon_d(self) -> float:
        """Last day of the run."""
        days = self.course.day
        return float(days[-1]) if days else float(self.provenance.days or 0)

    def timing_of(self, indication: str) -> dict[str, TimeQuantiles]:
        """Onset, peak and duration of one area; those that nobody has are left out.

        Parameters
        ----------
        indication : str
            Area, one of `indications`; of another one there is nothing.

        Raises
        ------
        EndplateError
            It is no text.

        Examples
        --------
        >>> saved = {
        ...     "provenance": {"people": 8, "seed": 1, "days": 60},
        ...     "plan": {"product": "Botox", "indications": ["glabellar_lines"], "dose_u": 20},
        ... }
        >>> Result.from_dict(saved).timing_of("glabellar_lines")
        {}
        """
        timing = self.timing_by_indication.get(text("indication", indication))
        if timing is None:
            timing = self.timing if indication == self.indications[0] else Timing()
        return timing.known

    def series(self, name: str) -> Series | None:
        """One series of the course by its name; None where it is not followed.

        Parameters
        ----------
        name : str
            As `severity_contraction:glabellar_lines`, or `working_fraction:procerus:midline`.

        Raises
        ------
        EndplateError
            The name is no text.

        Examples
        --------
        >>> saved = {
        ...     "provenance": {"people": 8, "seed": 1, "days": 60},
        ...     "plan": {"product": "Botox", "indications": ["glabellar_lines"], "dose_u": 20},
        ... }
        >>> Result.from_dict(saved).series("working_fraction:procerus:midline") is None
        True
        """
        return self.course.named(text("name", name))

    def working_series(self) -> tuple[tuple[str, str, Series], ...]:
        """Muscle, side and series of every muscle whose working fraction is followed.

        Examples
        --------
        >>> saved = {
        ...     "provenance": {"people": 8, "seed": 1, "days": 60},
        ...     "plan": {"product": "Botox", "indications": ["glabellar_lines"], "dose_u": 20},
        ... }
        >>> Result.from_dict(saved).working_series()
        ()
        """
        split = ((item.name.split(":"), item) for item in self.course.series)
        return tuple(
            (name[1], name[-1], item)
            for name, item in split
            if name[0] == "working_fraction" and len(name) > 2
        )

    def scales_of(self, indication: str) -> tuple[str, ...]:
        """Scales of an area, other than grades of lines, that the course follows.

        Parameters
        ----------
        indication : str
            Area, one of `indications`; of another one there is nothing.

        Raises
        ------
        EndplateError
            It is no text.

        Examples
        --------
        >>> saved = {
        ...     "provenance": {"people": 8, "seed": 1, "days": 60},
        ...     "plan": {"product": "Botox", "indications": ["glabellar_lines"], "dose_u": 20},
        ... }
        >>> Result.from_dict(saved).scales_of("glabellar_lines")
        ()
        """
        split = (item.name.split(":") for item in self.course.series)
        own = ["level", text("indication", indication)]
        return tuple(name[1] for name in split if [name[0], *name[2:]] == own)

    def shares_of(self, indication: str) -> list[Outcome]:
        """Benefits of an area in people out of 100, endpoints in their order, days rising.

        Parameters
        ----------
        indication : str
            Area, one of `indications`; of another one there is nothing.

        Raises
        ------
        EndplateError
            It is no text.

        Examples
        --------
        >>> saved = {
        ...     "provenance": {"people": 8, "seed": 1, "days": 60},
        ...     "plan": {"product": "Botox", "indications": ["glabellar_lines"], "dose_u": 20},
        ... }
        >>> Result.from_dict(saved).shares_of("glabellar_lines")
        []
        """
        return self._outcomes_of(indication, shares=True)

    def means_of(self, indication: str) -> list[Outcome]:
        """Benefits of an area that are means or changes, endpoints in their order, days rising.

        Parameters
        ----------
        indication : str
            Area, one of `indications`; of another one there is nothing.

        Raises
        ------
        EndplateError
            It is no text.

        Examples
        --------
        >>> saved = {
        ...     "provenance": {"people": 8, "seed": 1, "days": 60},
        ...     "plan": {"product": "Botox", "indications": ["glabellar_lines"], "dose_u": 20},
        ... }
        >>> Result.from_dict(saved).means_of("glabellar_lines")
        []
        """
        return self._outcomes_of(indication, shares=False)

    def _outcomes_of(self, indication: str, shares: bool) -> list[Outcome]:
        indication = text("indication", indication)
        chosen = [
            item
            for item in self.outcomes
            if item.indication in (None, indication)
            and item.is_share == shares
            and not _is_unwanted(item.endpoint)
        ]
        codes = list(dict.fromkeys(item.endpoint for item in chosen))
        return sorted(chosen, key=lambda item: (codes.index(item.endpoint), item.day))

    def require_finite(self) -> None:
        """Refuse a number that is not finite.

        Raises
        ------
        ValueError
            There is one; the message names its place.

        Examples
        --------
        >>> saved = {
        ...     "provenance": {"people": 8, "seed": 1, "days": 60},
        ...     "plan": {"product": "Botox", "indications": ["glabellar_lines"], "dose_u": 20},
        ... }
        >>> Result.from_dict(saved).require_finite()
        """
        for path, value in _not_finite(self, "result"):
            raise ValueError(f"{path} is {value}: a result with such a number is not shown")

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain values; its lists of numbers are not copied.

        Examples
        --------
        >>> saved = {
        ...     "provenance": {"people": 8, "seed": 1, "days": 60},
        ...     "plan": {"product": "Botox", "indications": ["glabellar_lines"], "dose_u": 20},
        ... }
        >>> Result.from_dict(saved).as_dict()["plan"]["dose_u"]
        20
        """
        return plain(self)

    def as_json(self) -> str:
        """Return the result as JSON text; a number that is not finite is a fault, not output.

        Examples
        --------
        >>> saved = {
        ...     "provenance": {"people": 8, "seed": 1, "days": 60},
        ...     "plan": {"product": "Botox", "indications": ["glabellar_lines"], "dose_u": 20},
        ... }
        >>> Result.from_dict(json.loads(Result.from_dict(saved).as_json())).plan.dose_u
        20
        """
        return json.dumps(self.as_dict(), allow_nan=False)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Result":
        """Read a result back from what its JSON holds; keys it does not know are left out.

        Parameters
        ----------
        document : dict
            What `as_dict` gives, or the JSON of `endplate simulate --json`.

        Raises
        ------
        EndplateError
            A part that every result has is missing; the message names it.

        Examples
        --------
        >>> saved = {
        ...     "provenance": {"people": 8, "seed": 1, "days": 60},
        ...     "plan": {"product": "Botox", "indications": ["glabellar_lines"], "dose_u": 20},
        ... }
        >>> Result.from_dict(saved).provenance.people
        8
        """
        return _record(cls, document, "result")


_PARTS: dict[str, Any] = {
    "provenance": Provenance,
    "plan": PlanSummary,
    "findings": tuple,
    "timing": Timing,
    "timing_by_indication": Mapping,
    "outcomes": tuple,
    "harms": tuple,
    "course": Course,
    "spread": tuple,
    "reach": tuple,
    "limits": tuple,
    "cycles": Cycles | None,
    "people": Mapping | None,
}


def _is_unwanted(endpoint: str) -> bool:
    """Whether an endpoint is no benefit, as the urine left behind."""
    known = endpoints().get(endpoint)
    return known is not None and known.better == "harm"


@cache
def _nested(kind: type) -> tuple[str, ...]:
    """Fields of a record that hold records, words or tables, and not only plain values."""
    return tuple(name for name, hint in _types(kind).items() if not _is_plain(hint))


def _is_plain(hint: Any) -> bool:
    if get_origin(hint) in (Union, UnionType):
        return all(_is_plain(part) for part in get_args(hint))
    return hint in (float, int, str, bool, NoneType) or get_origin(hint) is list


def plain(value: Any) -> Any:
    """A record as the dictionary of its fields, a tuple as a list; all else as it is."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if not is_dataclass(value):
        return value
    document = dict(vars(value))  # a preview has thousands of plain fields: copied in one go
    for name in getattr(value, "not_in_json", ()):
        del document[name]
    for name in _nested(type(value)):
        if name in document:
            document[name] = plain(document[name])
    for name in getattr(value, "omit_none", ()):
        if document[name] is None:
            del document[name]
    return document


def _not_finite(value: Any, path: str) -> Iterator[tuple[str, float]]:
    """Every number in a value that is not finite, with the way to it."""
    if isinstance(value, float):
        if not math.isfinite(value):
            yield path, value
    elif isinstance(value, list):
        if not all(map(math.isfinite, value)):
            yield from ((f"{path}[{i}]", x) for i, x in enumerate(value) if not math.isfinite(x))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _not_finite(item, f"{path}[{index}]")
    elif is_dataclass(value) or isinstance(value, Mapping):
        items = value if isinstance(value, Mapping) else vars(value)
        for key, item in items.items():
            yield from _not_finite(item, f"{path}.{key}")


@cache
def _types(kind: type) -> dict[str, Any]:
    """Types of the fields of a record, in their order."""
    hints = get_type_hints(kind)
    return {item.name: hints[item.name] for item in fields(kind)}


def _record(kind: Any, document: Any, path: str) -> Any:
    """A record read from a dictionary."""
    if not isinstance(document, Mapping):
        raise EndplateError(f"{path} is no table: this is not a result of `endplate simulate`.")
    given = {}
    for item in fields(kind):
        if item.name in getattr(kind, "not_in_json", ()):
            continue
        if item.name in document:
            inner = document[item.name]
            given[item.name] = _read(_types(kind)[item.name], inner, f"{path}.{item.name}")
        elif item.default is MISSING and item.default_factory is MISSING:
            raise EndplateError(f"a result without {path}.{item.name} cannot be read")
    return kind(**given)


def _read(kind: Any, value: Any, path: str) -> Any:
    """A value read as a type says: records, and tuples and tables of them; all else as it is."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        inner = [part for part in get_args(kind) if part is not NoneType]
        if value is None:
            return None
        if len(inner) == 1:
            return _read(inner[0], value, path)
        if not isinstance(value, tuple(inner)):
            raise _unlike(path, value, " or ".join(part.__name__ for part in inner))
        return value
    if is_dataclass(kind):
        return _record(kind, value, path)
    if origin is tuple and isinstance(value, list | tuple):
        item = get_args(kind)[0]
        return tuple(_read(item, inner, f"{path}[{index}]") for index, inner in enumerate(value))
    if origin is Mapping and isinstance(value, Mapping):
        item = get_args(kind)[1]
        return {key: _read(item, inner, f"{path}.{key}") for key, inner in value.items()}
    if origin is list and isinstance(value, list) and all(map(_is_number, value)):
        return value
    if value is None and kind in (float, int, str, bool):
        return None
    if origin is None and (
        (isinstance(value, kind) and not (kind is int and isinstance(value, bool)))
        or (kind is float and _is_number(value))
    ):
        return value
    raise _unlike(path, value, _WORDS.get(origin or kind, "a table"))


_WORDS: dict[Any, str] = {
    float: "a number",
    int: "a whole number",
    str: "text",
    bool: "true or false",
    list: "a list of numbers",
    tuple: "a list",
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unlike(path: str, value: Any, must: str) -> EndplateError:
    return EndplateError(f"{path} is {printable(value)}; it must be {must}.")
