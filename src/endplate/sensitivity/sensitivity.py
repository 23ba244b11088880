"""Both tables of a plan's unknowns: those of the science and those of the person."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate._version import __version__
from endplate.arguments import one_of
from endplate.case import Plan, placed_sites
from endplate.engine.compile_cache import use_compile_cache
from endplate.engine.history import earlier_sessions
from endplate.engine.scenario import planned_charts
from endplate.errors import EndplateError
from endplate.facts.parameters import fit_rows
from endplate.facts.table import facts_hash
from endplate.forecast.cohort_run import Run
from endplate.model import Model
from endplate.results.frames import pandas_frame, polars_frame
from endplate.results.limits import area_doses_u, covered_areas, limits_of
from endplate.results.told import table_html
from endplate.sensitivity.outcome import TIMES, StudiedOutcome, outcome_of
from endplate.sensitivity.runs import Progress, outcome_run, with_planned_sites
from endplate.sensitivity.sobol import Heading, UnknownTable, require_salib, unknown_table
from endplate.sensitivity.unknowns import COHORT, MEANING, STRONG, run_cohorts, run_subjects

DAYS = 540  # followed for times; the longest responses last over a year
LEAST_SAMPLES, MOST_SAMPLES = 8, 8192
_SUBJECT_FACTOR = 8  # base samples for one person over those for a cohort: each costs one person
_FEWEST_DAYS = 30
Numbers = NDArray[np.float64]

_REPEAT_LIMITS = ("Of a plan with further treatments, the outcome is that of the first one.",)
_PATTERN_NOTES = (
    "Earlier treatments at other sites count as if they had been at the planned ones.",
)
LIMITS = (
    "Only fitted parameters are unknowns of the science here; figures taken from the literature "
    "are held at their values.",
    "Scatter between trials is no unknown of this plan's own outcome and is left out.",
    "An index tells what matters within the model, not whether the model is right.",
)


@dataclass(frozen=True, repr=False)
class Sensitivity:
    """Both tables of one outcome of a plan."""

    provenance: dict[str, Any]
    outcome: dict[str, Any]
    science: UnknownTable
    person: UnknownTable
    limits: tuple[str, ...]

    def __repr__(self) -> str:
        told = []
        for name, table in (("science", self.science), ("person", self.person)):
            first = ", ".join(f"{row['name']} {row['total']:.2f}" for row in table.rows[:3])
            told.append(f"  {name}: {first or 'nothing varies'}")
        return "\n".join([f"Sensitivity of {self.outcome['name']} (total indices)", *told])

    def _repr_html_(self) -> str:
        """Both tables, for a notebook."""
        tables = ((self.science.title, "science"), (self.person.title, "person"))
        return "".join(table_html(title, self._columns(name)) for title, name in tables)

    def to_polars(self, table: str = "science") -> Any:
        """One table as a polars frame.

        Parameters
        ----------
        table : str
            `science`, or `person`.

        Raises
        ------
        EndplateError
            There is no such table, or polars is not installed.
        """
        return polars_frame(self._columns(table))

    def to_pandas(self, table: str = "science") -> Any:
        """One table as a pandas frame.

        Parameters
        ----------
        table : str
            `science`, or `person`.

        Raises
        ------
        EndplateError
            There is no such table, or pandas is not installed.
        """
        return pandas_frame(self._columns(table))

    def _columns(self, table: str) -> dict[str, list[Any]]:
        rows = getattr(self, one_of("table", table, ("science", "person"))).rows
        columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}
        return {
            name: [", ".join(v) if isinstance(v, list | tuple) else v for v in values]
            for name, values in columns.items()
        }

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def sensitivity(
    plan: Plan,
    outcome: str = "duration_d",
    day: float = 30.0,
    samples: int = 128,
    seed: int = 0,
    progress: Progress | None = None,
) -> Sensitivity:
    """Which unknowns matter most for an outcome of a plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    outcome : str
        `onset_d`, `peak_d`, `duration_d`, an endpoint or a weakness of the plan; `NAME:AREA` where
        several areas have it.
    day : float
        Day on which an endpoint is read [d].
    samples : int
        Base samples, rounded up to a power of two; runs are this many times the unknowns and two.
    seed : int
        Of the design.
    progress
        Called with the number of people done and of all, first for the cohort.

    Raises
    ------
    EndplateError
        The plan has no such outcome, or a number is out of bounds.
    """
    _check_bounds("samples", samples, LEAST_SAMPLES, MOST_SAMPLES)
    _check_bounds("day", day, 1, DAYS)
    _check_bounds("seed", seed, 0, 2**31 - 1)
    require_salib()  # before the minute of work that comes first
    model, indications = Model(), covered_areas(plan)
    planned = placed_sites(plan)
    earlier, earlier_limits = earlier_sessions(plan, indications)
    use_compile_cache()
    timed = outcome.split(":")[0] in TIMES
    days = DAYS if timed else int(max(day + 1, _FEWEST_DAYS))
    charts = planned_charts(plan, indications, planned, earlier, model)
    chart, chosen = outcome_of(charts, outcome, day)
    moved = chosen.kind == "harm" and not chart.scenario.same_pattern
    if moved:
        chart = with_planned_sites(plan, chart, earlier, model)
    run = outcome_run(chart, chosen, model, days)
    base = 2 ** int(np.ceil(np.log2(samples)))
    return Sensitivity(
        provenance={
            "version": __version__,
            "facts_hash": facts_hash(),
            "seed": seed,
            "samples": base,
        },
        outcome={"name": chosen.name, "indication": chosen.indication, "day": chosen.day},
        science=_science(run, chosen, base, seed, moved, progress),
        person=_person(run, chosen, base * _SUBJECT_FACTOR, seed, progress),
        limits=(
            *limits_of(plan, area_doses_u(planned, indications)),
            *earlier_limits,
            *(() if plan.repeat is None else _REPEAT_LIMITS),
            *LIMITS,
        ),
    )


def _science(
    run: Run,
    outcome: StudiedOutcome,
    samples: int,
    seed: int,
    moved: bool,
    progress: Progress | None,
) -> UnknownTable:
    """Table of the parameters; `moved` says that earlier treatments are run at other sites."""
    runs = run_cohorts(run, outcome, samples, seed, progress)
    rows = {row.id: row for row in fit_rows()}
    meaning = {
        name: "; ".join(rows[member].note or member for member in members)
        for name, members in runs.members.items()
    }
    notes = [f"Each run is the same crowd of {COHORT} people under other parameters."]
    if any(len(members) > 1 for members in runs.members.values()):
        notes.append(
            "Parameters that the trials cannot tell apart (mean correlation "
            f"{STRONG:g} or more) are one unknown and keep their correlation."
        )
    if len(runs.members) > 1:
        notes.append(
            f"Correlation between unknowns is set aside; the largest is {runs.set_aside:.2f}."
        )
    if outcome.kind == "harm":
        notes += [
            "The share is read off the normal spread of the log margin in the crowd.",
            "How easily toxin reaches the neighbour is set to a count at the stored parameters and "
            "held there.",
            *(_PATTERN_NOTES if moved else ()),
        ]
    heading = Heading("what the science does not know", outcome.of_cohort, outcome.unit)
    return unknown_table(
        heading, outcome, runs.design, runs.outcome, meaning, runs.members, seed, notes
    )


def _person(
    run: Run, outcome: StudiedOutcome, samples: int, seed: int, progress: Progress | None
) -> UnknownTable:
    runs = run_subjects(run, outcome, samples, seed, progress)
    heading = Heading(
        "what we do not know of this person",
        outcome.of_subject,
        "1" if outcome.kind == "harm" else outcome.unit,
    )
    notes = ["Each run is one person at the stored parameters."]
    return unknown_table(heading, outcome, runs.design, runs.outcome, MEANING, {}, seed, notes)


def _check_bounds(name: str, number: float, low: int, high: int) -> None:
    if not low <= number <= high:
        raise EndplateError(f"{name} is {number:g}; allowed are {low} to {high}.")
