"""The design file of a trial: arms, visits, endpoints, analysis; one description for file and docs.

Read as a plan file is, by the same reader, and as strictly: one sentence per fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from endplate.case import Site
from endplate.case.plan_file import TableReader, Understood, parse_toml, read_text, toml_text
from endplate.case.schema import entry
from endplate.errors import DesignFaults

RESPONDER, CHANGE, TIME = "responder", "change", "time_to_event"
COMPOSITE, OBSERVED = "composite", "observed"
MOST_PEOPLE, MOST_SEED = 20_000_000, 2**31 - 1


@dataclass(frozen=True)
class TrialTable:
    """What the trial is about, and how often it is run."""

    indication: str = entry("word", "what is treated", vocabulary="indication")
    title: str = entry("text", "name of the trial", default="trial")
    people: float | None = entry(
        "number",
        "people in all arms together, split by the arms' ratios; left out where arms state n",
        low=2,
        high=MOST_PEOPLE,
        whole=True,
        default=None,
    )
    replicates: float = entry(
        "number", "how often the trial is run", low=1, high=100_000, whole=True, default=1.0
    )
    seed: float = entry(
        "number", "seed of all draws", low=0, high=MOST_SEED, whole=True, default=0.0
    )
    region: str = entry("word", "whose label applies", vocabulary="region", default="US")
    severe_share: float | None = entry(
        "number",
        "share of people graded severe at entry, of lines; that of the fitted trials if left out",
        low=0,
        high=1,
        default=None,
    )
    mean_before: float | None = entry(
        "number",
        "mean score before treatment, of scores, in the unit of the main scale; that of the fitted "
        "trials if left out",
        above=0,
        high=2000,
        default=None,
    )
    parameter_uncertainty: bool = entry(
        "flag", "each replicate runs with another draw of the fitted parameters", default=False
    )
    between_trials: bool = entry(
        "flag", "each replicate differs from the next as trials of one dose do", default=False
    )


@dataclass(frozen=True)
class ArmTable:
    """One arm; its sites are those of trials of the product, or are listed."""

    name: str = entry("text", "name of the arm, unlike all others")
    product: str | None = entry(
        "word", "product given; left out under placebo", vocabulary="product", default=None
    )
    dose_u: float | None = entry(
        "number",
        "dose in all sites together; the protocol's if left out",
        unit="U",
        above=0,
        high=50000,
        default=None,
    )
    placebo: bool = entry("flag", "true where nothing but vehicle is injected", default=False)
    n: float | None = entry(
        "number",
        "people randomised to the arm; left out where trial.people is stated",
        low=2,
        high=MOST_PEOPLE,
        whole=True,
        default=None,
    )
    ratio: float = entry(
        "number", "share of trial.people, against the other arms", above=0, high=100, default=1.0
    )
    sites: tuple[Site, ...] = entry(
        "tables", "the injections, in place of the protocol's", of=Site, key="site", default=()
    )
    vial_u: float | None = entry(
        "number",
        "content of the vial, with listed sites",
        unit="U",
        above=0,
        high=50000,
        default=None,
    )
    diluent_ml: float | None = entry(
        "number",
        "diluent put into the vial, with listed sites",
        unit="mL",
        above=0,
        high=100,
        default=None,
    )


@dataclass(frozen=True)
class VisitsTable:
    """When people are seen after the first treatment."""

    days: tuple[float, ...] = entry("numbers", "days of the visits", above=0, high=1095, whole=True)
    window_d: float = entry(
        "number",
        "days by which a visit may come sooner or later, all as likely",
        unit="d",
        low=0,
        high=30,
        whole=True,
        default=0.0,
    )
    missed_share: float = entry(
        "number", "share of visits missed by chance", low=0, high=0.9, default=0.0
    )


@dataclass(frozen=True)
class InclusionTable:
    """Who is let in, by severity before treatment on the main scale of the use."""

    least: float | None = entry(
        "number",
        "least severity, in the unit of the scale",
        unit="",
        low=0,
        high=2000,
        default=None,
    )
    most: float | None = entry(
        "number", "most severity, in the unit of the scale", low=0, high=2000, default=None
    )


@dataclass(frozen=True)
class StrataTable:
    """Randomisation and analysis by severity before treatment."""

    cut_at: tuple[float, ...] = entry(
        "numbers", "severities at which a new stratum begins", low=0, high=2000
    )


@dataclass(frozen=True)
class EndpointTable:
    """One endpoint that the trial tests, in the order of the hierarchy."""

    code: str = entry("text", "endpoint, a code of the table of endpoints")
    day: float | None = entry(
        "number",
        "day of the visit that is tested; left out for times to an event",
        above=0,
        high=1095,
        default=None,
    )
    missing: str = entry(
        "choice",
        "composite: who is not seen counts as no responder, a change as none; observed: only who "
        "is seen counts",
        choices=(COMPOSITE, OBSERVED),
        default=COMPOSITE,
    )


@dataclass(frozen=True)
class AnalysisTable:
    """How the endpoints are tested."""

    control: str | None = entry(
        "text", "name of the arm that the others are held against; the placebo arm", default=None
    )
    alpha: float = entry("number", "two-sided level", above=0, high=0.5, default=0.05)
    multiplicity: str = entry(
        "choice",
        "how several tests share the level",
        choices=("none", "co_primary", "fixed_sequence", "holm"),
        default="none",
    )
    type_one_error: bool = entry(
        "flag",
        "also run an arm that is given what the control is given, to count false positives; from "
        "two replicates on",
        default=True,
    )


@dataclass(frozen=True)
class DropoutTable:
    """Why people leave early."""

    share: float = entry(
        "number",
        "share who leave in 90 days (any), or at each such visit (lack_of_effect)",
        low=0,
        high=0.95,
    )
    cause: str = entry(
        "choice",
        "any: at a constant rate; lack_of_effect: at a visit that finds no response",
        choices=("any", "lack_of_effect"),
        default="any",
    )
    arm: str | None = entry("text", "name of the arm; all arms if left out", default=None)


@dataclass(frozen=True)
class RetreatmentTable:
    """Further treatments like the first; exactly one of the three times is stated."""

    cycles: float = entry(
        "number", "treatments in all, the first included", low=2, high=8, whole=True
    )
    interval_d: float | None = entry(
        "number", "days from one treatment to the next", unit="d", low=14, high=730, default=None
    )
    again_at: float | None = entry(
        "number",
        "treat again when the scale is back at this level, in its unit",
        low=0,
        high=2000,
        default=None,
    )
    again_when_lost: float | None = entry(
        "number",
        "treat again when this share of the largest benefit is lost",
        above=0,
        high=1,
        default=None,
    )
    not_before_d: float | None = entry(
        "number", "least days between treatments", unit="d", low=14, high=730, default=None
    )


@dataclass(frozen=True)
class Design:
    """A trial as it is planned; `name` and `understood` say how it was read."""

    trial: TrialTable = entry("table", "what the trial is about", of=TrialTable)
    arms: tuple[ArmTable, ...] = entry("tables", "the arms", of=ArmTable, key="arm")
    visits: VisitsTable = entry("table", "when people are seen", of=VisitsTable)
    endpoints: tuple[EndpointTable, ...] = entry(
        "tables", "what is tested, in order", of=EndpointTable, key="endpoint"
    )
    analysis: AnalysisTable = entry(
        "table", "how it is tested", of=AnalysisTable, default=AnalysisTable()
    )
    inclusion: InclusionTable | None = entry(
        "table", "who is let in", of=InclusionTable, default=None
    )
    strata: StrataTable | None = entry(
        "table", "strata of the randomisation", of=StrataTable, default=None
    )
    dropout: tuple[DropoutTable, ...] = entry(
        "tables", "who leaves early", of=DropoutTable, default=()
    )
    retreatment: RetreatmentTable | None = entry(
        "table", "further treatments", of=RetreatmentTable, default=None
    )
    name: str = field(default="design", compare=False)
    understood: tuple[Understood, ...] = field(default=(), compare=False)

    @classmethod
    def load(cls, path: str | Path) -> "Design":
        """Read a design file.

        Raises
        ------
        PlanFaults, DesignFaults
            The file cannot be read as a design: one sentence per fault.
        """
        return cls.loads(read_text(path), Path(path).stem)

    @classmethod
    def loads(cls, text: str, name: str = "design") -> "Design":
        """Read a design from TOML text.

        Raises
        ------
        PlanFaults, DesignFaults
            The text is no design: one sentence per fault.
        """
        return cls.from_tables(parse_toml(text, name), name)

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any], name: str = "design") -> "Design":
        """Read a design from the tables of a design file.

        Raises
        ------
        DesignFaults
            The tables are no design: one sentence per fault.
        """
        from endplate.trials.faults import design_faults

        reader = TableReader()
        design = reader.record(cls, tables, "")
        faults = list(reader.faults) or design_faults(design)
        if faults:
            raise DesignFaults(faults)
        return replace(design, name=name, understood=tuple(reader.understood))

    def dumps(self) -> str:
        """Return TOML text that loads back to an equal design."""
        return toml_text(self)

    def with_people(self, people: int) -> "Design":
        """The same with so many people in all, split by the arms' allocation.

        Raises
        ------
        DesignFaults
            An arm would have fewer than two people, or there would be too many.
        """
        shares = allocation(self)
        arms = tuple(
            replace(arm, n=None, ratio=share / max(shares))
            for arm, share in zip(self.arms, shares, strict=True)
        )
        changed = replace(self, trial=replace(self.trial, people=float(people)), arms=arms)
        from endplate.trials.faults import design_faults

        faults = design_faults(changed)
        if faults:
            raise DesignFaults(faults)
        return changed

    @property
    def arm_sizes(self) -> tuple[int, ...]:
        """People randomised to each arm of one replicate."""
        if self.trial.people is None:
            return tuple(int(arm.n or 0) for arm in self.arms)
        total = int(self.trial.people)
        ratios = [arm.ratio for arm in self.arms]
        exact = [total * ratio / sum(ratios) for ratio in ratios]
        sizes = [int(share) for share in exact]
        # the largest remainders go up, the earlier arm first
        order = sorted(range(len(exact)), key=lambda i: (sizes[i] - exact[i], i))
        for i in order[: total - sum(sizes)]:
            sizes[i] += 1
        return tuple(sizes)

    @property
    def control(self) -> int:
        """Index of the arm that the others are held against."""
        if self.analysis.control is not None:
            return [arm.name for arm in self.arms].index(self.analysis.control)
        return next(i for i, arm in enumerate(self.arms) if arm.placebo)


def allocation(design: Design) -> tuple[float, ...]:
    """Relative sizes of the arms."""
    if design.trial.people is None:
        return tuple(float(arm.n or 0.0) for arm in design.arms)
    return tuple(arm.ratio for arm in design.arms)
