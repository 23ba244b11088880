"""Runs the subjects of a plan chunk by chunk and reduces what they show: means, times, courses."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.engine import Clock, Cohort, Exposed, State, clock
from endplate.engine.run import SINGLE
from endplate.engine.scenario import PlannedChart, Scenario, with_patients
from endplate.forecast.stopping import checkpoint
from endplate.forecast.treatment import (
    Reports,
    TreatmentReport,
    advance,
    prepare,
    reported_durations,
    to_host,
    treat,
)
from endplate.model import Model, Parameters
from endplate.observe.endpoints import Custom
from endplate.observe.harms import weakness
from endplate.observe.times import SubjectTimes, half_reached_d, printed_d
from endplate.population.own import OwnPopulation
from endplate.population.random_effects import draw, quadrature
from endplate.results.cohort import VISIT_DAYS, ChartResult, IndicationResult, ParameterDraws

Numbers = NDArray[np.float64]
Item = TypeVar("Item")
Made = TypeVar("Made")

CHUNK = 256
GROUPS = 4  # a chunk may hold subjects of four parameter vectors
COURSES_OF = 4096  # subjects whose whole courses are reduced; means and times are over all
DRAWS = 11  # parameter vectors drawn from the posterior, beside the estimates themselves
EACH = CHUNK // GROUPS  # subjects under each of them
_CARRIED_D = (120.0, 200.0, 400.0, 720.0)  # windows of earlier treatments reach at least this far
_CARRIED_SPARE_D = 20.0  # past the next treatment, which is read between times
_RESIDUAL_DAYS = (0, 14, 21, 45, 75, 84)  # on which the urine left behind is read as well


class Batch(NamedTuple):
    """Subjects that run together, and the groups they are counted in.

    `people` is their scenario where they differ in what a plan states of its patient.
    """

    cohort: Cohort
    weight: Numbers
    people: Scenario | None = None


@dataclass(frozen=True)
class Run:
    """What all batches of one run have in common."""

    chart: PlannedChart
    model: Model
    clock: Clock
    visit_d: Numbers
    reports: Reports


def run_of(chart: PlannedChart, model: Model, days: int, custom: Custom = ()) -> Run:
    """A run of so many days after the planned treatment, with a user's own endpoints."""
    also = _RESIDUAL_DAYS if chart.scenario.anatomy.chart == "bladder" else ()
    visits = np.array([float(day) for day in sorted({*VISIT_DAYS, *also}) if day <= days])
    return Run(chart, model, clock(days, model), visits, Reports(float(days), custom=custom))


def before_planned(run: Run, batch: Batch) -> tuple[Exposed, State]:
    """Subjects with the dose at their endings, and their state when the planned treatment comes."""
    chart, model = run.chart, run.model
    exposed, state = prepare(batch.cohort, chart.scenario, model, people=batch.people)
    *earlier, _ = chart.injections
    for number, injection in enumerate(earlier):
        ends_d = chart.injections[number + 1].day_d
        gap_d = np.full(batch.weight.shape[1], ends_d - injection.day_d)
        state = advance(
            exposed,
            state,
            chart.scenario,
            _carrying_clock(ends_d - injection.day_d, run.model),
            np.int64(injection.session),
            np.float64(injection.ratio),
            gap_d,
            model,
            number > 0,
        )
    return exposed, state._replace(start_d=jnp.zeros(batch.weight.shape[1]))


def run_batch(run: Run, batch: Batch) -> TreatmentReport:
    """The planned treatment of a batch, after the earlier ones."""
    chart, model = run.chart, run.model
    exposed, state = before_planned(run, batch)
    *earlier, planned = chart.injections
    report, _, _ = treat(
        exposed,
        state,
        chart.scenario,
        run.clock,
        np.int64(planned.session),
        np.float64(planned.ratio),
        batch.weight,
        run.visit_d,
        None,
        model,
        bool(earlier),
        run.reports,
    )
    return to_host(report)


def _carrying_clock(gap_d: float, model: Model) -> Clock:
    """Times of the window of an earlier treatment, from the first to after the next treatment.

    All windows have the times of the longest, as far as they go, so that it moves no figure where
    one ends; and few lengths, so that compiled code serves another date.
    """
    nodes_d = np.concatenate(clock(_CARRIED_D[-1], model).nodes)
    least_d = next((d for d in _CARRIED_D if d >= gap_d + _CARRIED_SPARE_D), _CARRIED_D[-1])
    return clock(float(nodes_d[nodes_d >= least_d][0]), model)


def _nothing() -> None:
    pass


def in_parallel(
    work: Callable[[Item], Made], items: Iterable[Item], done: Callable[[], None] = _nothing
) -> list[Made]:
    """Work on items, the first alone so that those after it find it compiled.

    `done` is called after each, in any thread.

    Raises
    ------
    Stopped
        The run is not wanted any more.
    """
    waiting, check = list(items), checkpoint()

    def checked(item: Item) -> Made:
        check()
        made = work(item)
        done()
        return made

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [checked(waiting[0]), *pool.map(checked, waiting[1:])] if waiting else []


def run_subjects(
    chart: PlannedChart,
    model: Model,
    parameters: Parameters,
    subjects: int,
    seed: int,
    days: int,
    done: Callable[[], None] = _nothing,
    custom: Custom = (),
    population: OwnPopulation | None = None,
) -> ChartResult:
    """All subjects of a chart, as many chunks at a time as there are processors."""
    run = run_of(chart, model, days, custom)

    def chunk(first: int) -> tuple[TreatmentReport, int]:
        count = min(CHUNK, subjects - first)
        batch = numbered(chart, parameters, seed, first, count, subjects, population)
        report = run_batch(run, batch)
        return report, count

    parts = in_parallel(chunk, range(0, subjects, CHUNK), done)
    return reduce_chunks(run, parts)


def numbered(
    chart: PlannedChart,
    parameters: Parameters,
    seed: int,
    first: int,
    count: int,
    of: int,
    population: OwnPopulation | None = None,
) -> Batch:
    """A chunk of numbered subjects; a chunk is always of the same size, more do not count."""
    numbers = np.arange(first, first + CHUNK)
    effects, placement = draw(np.int64(seed), numbers, chart.scenario.site_count)
    weight = np.zeros((GROUPS, CHUNK))
    weight[0, :count] = 1.0 / of
    vectors = np.tile(parameters.vectors[0][:, None], (1, CHUNK))
    people = None
    if population is not None:
        effects, vectors = population.stated(effects, vectors, first)
        if population.of_patients:
            people = with_patients(chart.scenario, population.patients(first, CHUNK))
    return Batch(cohort_of(vectors, effects, placement), weight, people)


def cohort_of(vectors: Numbers, effects: Numbers, placement: Numbers) -> Cohort:
    """A cohort in single precision."""
    return Cohort(vectors, jnp.asarray(effects, SINGLE), jnp.asarray(placement, SINGLE))


def reduce_chunks(run: Run, parts: list[tuple[TreatmentReport, int]]) -> ChartResult:
    """What chunks of subjects show together."""
    codes = run.chart.indications
    kept, left = [], COURSES_OF
    for _, count in parts:
        kept.append(min(count, max(left, 0)))
        left -= count
    terms = parts[0][0].weak_chance
    nodes = run.clock.nodes
    return ChartResult(
        indications={code: _reduce_indication(run, code, parts, kept) for code in codes},
        weakness={
            term: weakness(
                np.concatenate([r.weak_chance[term][:n] for r, n in parts]).astype(float),
                np.concatenate([r.weak_start_d[term][:n] for r, n in parts]),
                np.concatenate([r.weak_length_d[term][:n] for r, n in parts]),
            )
            for term in terms
        },
        working=np.concatenate(
            [np.moveaxis(r.working[..., :n], -1, 0) for (r, _), n in zip(parts, kept, strict=True)]
        ),
        node_d=np.concatenate([nodes.step_d, nodes.decay_d]),
    )


def _reduce_indication(
    run: Run, code: str, parts: list[tuple[TreatmentReport, int]], kept: list[int]
) -> IndicationResult:
    reports = [(report.indications[code], count) for report, count in parts]
    evaluable = np.sum([r.evaluable[0] for r, _ in reports], axis=0, dtype=float)
    sums, untreated = (
        np.sum([getattr(r, name)[0] for r, _ in reports], axis=0, dtype=float)
        for name in ("sums", "placebo_sums")
    )
    shown = [(r, n) for (r, _), n in zip(reports, kept, strict=True) if n]
    return IndicationResult(
        mean_d=run.visit_d,
        time_d=np.asarray(run.clock.time_d),
        means=evaluable_mean(sums, evaluable),
        means_untreated=evaluable_mean(untreated, evaluable),
        times=SubjectTimes(
            *(
                np.concatenate([getattr(r.times, name)[:n] for r, n in reports]).astype(float)
                for name in SubjectTimes._fields
            )
        ),
        printed_d=_printed(run, code, [r for r, _ in reports]),
        level=np.concatenate([np.moveaxis(r.level[..., :n], -1, 1) for r, n in shown], axis=1),
        untreated=np.concatenate(
            [np.moveaxis(r.untreated[..., :n], -1, 1) for r, n in shown], axis=1
        ),
        values=np.concatenate([np.moveaxis(r.values[..., :n], -1, 0) for r, n in shown]),
    )


def _printed(run: Run, code: str, reports: list) -> dict[str, float]:
    """Days that trials would print of all subjects together, by endpoint."""
    last_d = run.reports.last_d
    retained = {
        name: np.sum([report.retained[name][0] for report in reports], axis=0, dtype=float)
        for name in reported_durations(code, last_d)
    }
    noticed = np.sum([report.noticed[0] for report in reports], axis=0, dtype=float)
    days = _printed_days(retained, noticed, np.asarray(run.clock.time_d), code, last_d)
    return {name: float(day) for name, day in days.items()}


@partial(jax.jit, static_argnames=("code", "last_d"))
def _printed_days(
    retained: dict[str, Array], noticed: Array, time_d: Array, code: str, last_d: float
) -> dict[str, Array]:
    # compiled whole: forty small steps, one by one, take the compiler seconds on the first run
    printed = {
        name: printed_d(retained[name], rule, last_d, last_d)
        for name, rule in reported_durations(code, last_d).items()
    }
    if len(noticed):
        printed["median_onset"] = half_reached_d(noticed, time_d)
    return printed


def evaluable_mean(sums: Numbers, evaluable: Numbers) -> Numbers:
    """Mean over the people who can be evaluated, (..., endpoints, days); NaN where no one is."""
    return sums / np.where(evaluable > 0, evaluable, np.nan)[..., None]


def parts_of_run(subjects: int) -> int:
    """How many chunks `run_subjects` and `parameter_draws` run for one chart."""
    return -(-subjects // CHUNK) - (-(1 + DRAWS) // GROUPS)


def parameter_draws(
    chart: PlannedChart,
    model: Model,
    parameters: Parameters,
    days: int,
    each: int = EACH,
    done: Callable[[], None] = _nothing,
    custom: Custom = (),
) -> dict[str, ParameterDraws]:
    """Every indication under parameter vectors drawn from the posterior, and at the estimates.

    All of them in the same few evenly spread subjects, so that only the parameters differ.
    """
    run = run_of(chart, model, days, custom)
    vectors = vectors_with_draws(parameters)
    at_once = CHUNK // each

    def some(first: int) -> TreatmentReport:
        return run_batch(run, under_vectors(chart, vectors[first : first + at_once], each, at_once))

    reports = in_parallel(some, range(0, len(vectors), at_once), done)
    groups = [(report, i) for report in reports for i in range(at_once)][: len(vectors)]
    return {code: draws_of(code, groups, each) for code in chart.indications}


def vectors_with_draws(parameters: Parameters) -> Numbers:
    """The parameters of a run, then vectors drawn from the posterior about them."""
    centre = Parameters.stored().vectors
    drawn = Parameters.draws(DRAWS).vectors - centre
    return np.concatenate([parameters.vectors[:1], parameters.vectors[:1] + drawn])


def under_vectors(chart: PlannedChart, vectors: Numbers, each: int, groups: int) -> Batch:
    """The same few evenly spread subjects under each vector, a group for each."""
    effects, placement = quadrature(each, chart.scenario.site_count)
    spare = np.repeat(vectors[-1:], groups - len(vectors), axis=0)
    rows = np.concatenate([vectors, spare])
    weight = np.kron(np.eye(groups), np.full(each, 1.0 / each)).astype(np.float64)
    cohort = cohort_of(
        np.repeat(rows, each, axis=0).T,
        np.tile(effects, (1, groups)),
        np.tile(placement, (1, 1, groups)),
    )
    return Batch(cohort, weight)


def draws_of(code: str, groups: list[tuple[TreatmentReport, int]], each: int) -> ParameterDraws:
    """One indication under every vector: the report and group of each, the estimates first."""
    means, times = [], []
    for report, group in groups:
        own = report.indications[code]
        sums, evaluable = (x[group].astype(float) for x in (own.sums, own.evaluable))
        means.append(evaluable_mean(sums, evaluable))
        subjects = slice(group * each, (group + 1) * each)
        times.append(SubjectTimes(*(column[subjects].astype(float) for column in own.times)))
    return ParameterDraws(np.array(means[1:]), means[0], tuple(times[1:]), times[0])
