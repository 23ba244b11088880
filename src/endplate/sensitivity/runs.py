"""Runs many subjects, each with its own parameter vector and random effects, through one plan."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import jax
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.case import Plan
from endplate.engine import Clock, Exposed, Scenario, State, inject, run_endings
from endplate.engine.gates import gate_log_margins
from endplate.engine.history import Earlier
from endplate.engine.scenario import PlannedChart, planned_charts
from endplate.forecast.cohort_run import (
    CHUNK,
    Batch,
    Run,
    before_planned,
    cohort_of,
    evaluable_mean,
    in_parallel,
    run_batch,
    run_of,
)
from endplate.model import Model
from endplate.sensitivity.outcome import StudiedOutcome

Numbers = NDArray[np.float64]
Progress = Callable[[int, int], None]
_EACH_ALONE = np.eye(CHUNK)  # weights that make every subject a group


def outcome_run(chart: PlannedChart, outcome: StudiedOutcome, model: Model, days: int) -> Run:
    """A run that reads an endpoint on the day of the outcome."""
    run = run_of(chart, model, days)
    return run if outcome.day is None else replace(run, visit_d=np.array([outcome.day]))


def with_planned_sites(
    plan: Plan, chart: PlannedChart, earlier: tuple[Earlier, ...], model: Model
) -> PlannedChart:
    """The chart with earlier treatments as if they had been at the planned sites."""
    if chart.scenario.same_pattern:
        return chart
    moved = tuple(replace(session, sites=chart.sites) for session in earlier)
    (same,) = planned_charts(plan, chart.indications, chart.sites, moved, model)
    return same


def subject_outcomes(
    run: Run,
    outcome: StudiedOutcome,
    vectors: Numbers,
    effects: Numbers,
    placement: Numbers,
    progress: Progress | None = None,
) -> Numbers:
    """The outcome of every subject, shape (subjects,); NaN where a time never comes.

    Parameters
    ----------
    run, outcome
        The plan, and which of its outcomes.
    vectors : [1]
        Parameters of each subject on the working scale, shape (parameters, subjects).
    effects, placement : [1]
        Random effects of each subject and needle, shapes (effects, subjects) and
        (sites, 3, subjects).
    progress
        Called with the number of subjects done and of all.
    """
    count, done = vectors.shape[1], 0

    def chunk(first: int) -> Numbers:
        nonlocal done
        # the last chunk is filled up with subjects again: the compiled shape is always the same
        index = np.arange(first, first + CHUNK) % count
        cohort = cohort_of(vectors[:, index], effects[:, index], placement[..., index])
        values = _batch_outcomes(run, outcome, Batch(cohort, _EACH_ALONE))
        done += CHUNK
        if progress:
            progress(min(done, count), count)
        return values

    return np.concatenate(in_parallel(chunk, range(0, count, CHUNK)))[:count].astype(float)


def _batch_outcomes(run: Run, outcome: StudiedOutcome, batch: Batch) -> Numbers:
    if outcome.kind == "harm":
        return log_margins(run, batch, outcome.name)
    report = run_batch(run, batch).indications[outcome.indication]
    if outcome.kind == "time":
        return getattr(report.times, outcome.name)
    return evaluable_mean(report.sums, report.evaluable)[:, outcome.index, 0]


def log_margins(run: Run, batch: Batch, term: str) -> Numbers:
    """How near a neighbour comes to weakness in each subject, above 0 where it shows.

    The log of its load over the load that makes it weak, (subjects,) [1].
    """
    exposed, state = before_planned(run, batch)
    treated_before = len(run.chart.injections) > 1
    margins = _log_margins(
        exposed, state, run.chart.scenario, run.clock, run.model, treated_before, term
    )
    return np.asarray(margins)


@partial(jax.jit, static_argnames=("model", "treated_before", "term"))
def _log_margins(
    exposed: Exposed,
    state: State,
    scenario: Scenario,
    clock: Clock,
    model: Model,
    treated_before: bool,
    term: str,
) -> Array:
    state = inject(state, exposed, model, 0, 1.0)
    windows = run_endings(state, exposed.rates, exposed.load, model, clock, treated_before)
    return gate_log_margins(exposed.gates, windows, scenario.anatomy, [term])[term]
