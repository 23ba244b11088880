"""Repeated treatment: all subjects through all treatments, and what each adds to a result."""

from dataclasses import dataclass, fields, replace
from math import nan
from typing import Any, NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.case import Plan, Repeat, least_interval_d
from endplate.engine import Clock, Exposed, State, clock
from endplate.engine.anatomy import blocks, muscle_field
from endplate.engine.policy import Policy
from endplate.engine.scenario import PlannedChart
from endplate.facts.endpoints import baseline_scale, symptom_scores
from endplate.facts.indications import indication
from endplate.forecast.cohort_run import (
    CHUNK,
    COURSES_OF,
    GROUPS,
    evaluable_mean,
    in_parallel,
    numbered,
)
from endplate.forecast.treatment import Reports, TreatmentReport, prepare, to_host, treat
from endplate.model import Model, Parameters
from endplate.model.kinetics import MUSCLE
from endplate.observe.course import at_days
from endplate.observe.endpoints import Custom
from endplate.observe.times import SubjectTimes
from endplate.population.immunity import (
    Hazards,
    Immunity,
    after_exposure,
    hazards_of,
    immunity_effects,
)
from endplate.population.own import OwnPopulation
from endplate.results.course import BANDS, quantiles
from endplate.results.intervals import Between, trials_range
from endplate.results.outcomes import reported_endpoints
from endplate.results.result import (
    Course,
    CycleFigures,
    CycleHarm,
    CycleOutcome,
    CycleQuantiles,
    Cycles,
    Series,
)

COURSE_POINTS = 301  # of the long course, however many years it spans
VISIT_D = 30.0
# A window must hold the whole effect: other tissues keep it longer than muscle.
_MUSCLE_WINDOW_D, _LONG_WINDOW_D = 365, 540
_AFTER_LAST_D = 180.0
_QUANTILES = {"median": 50.0, "p05": 5.0, "p95": 95.0}
_LEAST_BENEFIT = 0.5  # of the first treatment's: less is a secondary non-response
_OBSERVED_IN = {"trial_like": "trials", "clinic_like": "clinics with long-term patients"}
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class AreaCycle:
    """One indication after one treatment.

    `before`, `best` and `at_next` (subjects,) are what the professional observes before the first
    treatment, at best and right before the next; `sums` (endpoints, 2) of every endpoint on the
    visit day and right before the next treatment over the weight `evaluable` (endpoints,).
    """

    times: SubjectTimes
    before: Numbers
    best: Numbers
    at_next: Numbers
    sums: Numbers
    evaluable: Numbers

    @property
    def means(self) -> Numbers:
        """Means of every endpoint over the people who can be evaluated, NaN where no one is."""
        return evaluable_mean(self.sums, self.evaluable)


@dataclass(frozen=True)
class Cycle:
    """One treatment: its day, the days to the next, who has stopped responding and why.

    `positive` and `other` (subjects,) say who had antibodies, or had stopped responding without,
    before this treatment; `weak` is how many of the subjects are expected to have each weakness of
    a neighbour.
    """

    start_d: Numbers
    gap_d: Numbers
    positive: NDArray[np.bool_]
    other: NDArray[np.bool_]
    indications: dict[str, AreaCycle]
    weak: dict[str, float]


@dataclass(frozen=True)
class RepeatedRun:
    """All treatments, and the course over all of them, (subjects, series, days) by chart."""

    cycles: tuple[Cycle, ...]
    course_d: Numbers
    courses: tuple[NDArray[np.float32], ...]


class _Schedule(NamedTuple):
    """What all treatments have in common."""

    policy: Policy
    hazards: Hazards
    clock: Clock
    course_d: Array


@dataclass(frozen=True)
class _Run:
    """What all chunks have in common; the first chart decides the days for all."""

    charts: tuple[PlannedChart, ...]
    repeat: Repeat
    schedule: _Schedule
    model: Model
    parameters: Parameters
    subjects: int
    seed: int
    custom: Custom
    population: OwnPopulation | None


def run_repeated(
    plan: Plan,
    repeat: Repeat,
    charts: tuple[PlannedChart, ...],
    model: Model,
    parameters: Parameters,
    subjects: int,
    seed: int,
    custom: Custom = (),
    population: OwnPopulation | None = None,
) -> RepeatedRun:
    """Run a plan with `[repeat]`; the first indication decides when all are treated again."""
    deciding = next(c for c in charts if plan.treatment.indications[0] in c.indications)
    ordered = (deciding, *(chart for chart in charts if chart is not deciding))
    schedule = _schedule(plan, repeat, ordered, model)
    run = _Run(ordered, repeat, schedule, model, parameters, subjects, seed, custom, population)
    if repeat.interval_d is None:  # only a run tells how many days the course must span
        cycles, _ = _chunk(run, 0)
        last_d = float(np.median(cycles[-1].start_d))
        run = replace(run, schedule=schedule._replace(course_d=_course_days(last_d)))
    parts = in_parallel(lambda first: _chunk(run, first), range(0, subjects, CHUNK))
    return RepeatedRun(
        cycles=tuple(
            _joined([cycles[i] for cycles, _ in parts]) for i in range(int(repeat.cycles))
        ),
        course_d=np.asarray(run.schedule.course_d),
        courses=tuple(
            np.concatenate([courses[ordered.index(chart)] for _, courses in parts])
            for chart in charts
        ),
    )


def _schedule(
    plan: Plan, repeat: Repeat, charts: tuple[PlannedChart, ...], model: Model
) -> _Schedule:
    fixed_d = repeat.interval_d
    tissues = {indication(code).tissue for chart in charts for code in chart.indications}
    window_d = _MUSCLE_WINDOW_D if tissues == {MUSCLE} else _LONG_WINDOW_D
    window_d = int(max(window_d, fixed_d or 0.0, repeat.not_before_d or 0.0))
    dose_u = sum(site.dose_u for chart in charts for site in chart.sites)
    return _Schedule(
        policy=Policy(
            forced_gap_d=jnp.full(CHUNK, _number(fixed_d)),
            again_at=jnp.asarray(_level(repeat, plan.treatment.indications[0])),
            lost_share=jnp.asarray(_number(repeat.again_when_lost)),
            not_before_d=jnp.asarray(_number(least_interval_d(plan))),
        ),
        hazards=hazards_of(repeat.antibodies, plan.treatment.product, dose_u),
        clock=clock(window_d, model),
        course_d=_course_days((repeat.cycles - 1) * (fixed_d or 1.0)),
    )


def _number(stated: float | None) -> float:
    return nan if stated is None else float(stated)


def _level(repeat: Repeat, code: str) -> float:
    """Level of the model's scale that counts as the stated one: a grade is a rounded depth."""
    if repeat.again_at is None or symptom_scores(code):
        return _number(repeat.again_at)
    return repeat.again_at - baseline_scale(code).low - 0.5


def _course_days(last_d: float) -> Array:
    step_d = max(1.0, float(np.ceil((last_d + _AFTER_LAST_D) / (COURSE_POINTS - 1))))
    return jnp.arange(COURSE_POINTS) * step_d


def _chunk(run: _Run, first: int) -> tuple[list[Cycle], list[NDArray[np.float32]]]:
    """One chunk of subjects through all treatments, chart by chart."""
    numbers, treatments = np.arange(first, first + CHUNK), int(run.repeat.cycles)
    effects = immunity_effects(run.seed, jnp.asarray(numbers), treatments)
    charts, gaps_d, courses = [], [], []
    for chart in run.charts:
        cycles, decided_d, course = _chart_cycles(run, chart, first, effects, gaps_d)
        gaps_d = gaps_d or decided_d
        charts.append(cycles)
        courses.append(course)
    return [_beside([own[i] for own in charts]) for i in range(treatments)], courses


def _chart_cycles(
    run: _Run, chart: PlannedChart, first: int, effects: Array, gaps_d: list[Array]
) -> tuple[list[Cycle], list[Array], NDArray[np.float32]]:
    """One chunk on one chart; `gaps_d` are the days another chart has decided on, if any."""
    count = min(CHUNK, run.subjects - first)
    batch = numbered(chart, run.parameters, run.seed, first, count, run.subjects, run.population)
    exposed, state = prepare(batch.cohort, chart.scenario, run.model, people=batch.people)
    state = _after_earlier(run, chart, exposed, state)
    columns = jnp.asarray(_muscle_columns(chart))
    rows = sum(len(level_names(code)) for code in chart.indications) + len(columns)
    course = jnp.zeros((rows, COURSE_POINTS, CHUNK), jnp.float32)
    cycles, decided_d = [], []
    for number in range(effects.shape[0]):
        policy = run.schedule.policy
        if gaps_d:
            policy = policy._replace(forced_gap_d=gaps_d[number])
        immunity, start_d, before_d = state.immunity, state.start_d, state.gap_d
        report, after, _ = treat(
            exposed, state, chart.scenario, run.schedule.clock, np.int64(0), np.float64(1.0),
            batch.weight, np.array([VISIT_D]), policy, run.model, True,
            Reports(float(np.asarray(run.schedule.clock.time_d)[-1]), True, run.custom),
        )  # fmt: skip
        state = cast(State, after)._replace(
            immunity=after_exposure(immunity, effects[number], before_d, run.schedule.hazards)
        )
        course = _written(course, report, columns, start_d, run.schedule)
        cycles.append(_cycle(to_host(report), immunity, start_d, count))
        decided_d.append(report.gap_d)
    kept = count if first < COURSES_OF else 0
    return cycles, decided_d, np.moveaxis(np.array(course[..., :kept]), -1, 0)


def _after_earlier(run: _Run, chart: PlannedChart, exposed: Exposed, state: State) -> State:
    """State on the day of the plan after the earlier treatments that the run takes in.

    They have no random effects for antibodies: what they left of those is not known.
    """
    if not chart.scenario.same_pattern:
        return state
    *earlier, _ = chart.injections
    for number, injection in enumerate(earlier):
        gap_d = jnp.full(CHUNK, chart.injections[number + 1].day_d - injection.day_d)
        _, after, _ = treat(
            exposed, state, chart.scenario, run.schedule.clock, np.int64(0),
            np.float64(injection.ratio), np.zeros((GROUPS, CHUNK)), np.array([VISIT_D]),
            run.schedule.policy._replace(forced_gap_d=gap_d), run.model, True,
            Reports(float(np.asarray(run.schedule.clock.time_d)[-1]), True),
        )  # fmt: skip
        state = cast(State, after)
    return state._replace(start_d=jnp.zeros(CHUNK))


@jax.jit
def _written(
    course: Array, report: TreatmentReport, columns: Array, start_d: Array, schedule: _Schedule
) -> Array:
    """The course with this window in place from its first day on, (series, days, subjects)."""
    since_d = schedule.course_d[:, None] - start_d
    levels = []
    for shown in report.indications.values():
        if len(shown.values):  # a symptom score: each scale beside its placebo
            pairs = jnp.stack([shown.level, shown.untreated], axis=1)
            levels.append(pairs.reshape(-1, *pairs.shape[2:]))
        else:
            levels.append(jnp.concatenate([shown.level, shown.untreated[:1]]))
    time_d, nodes = schedule.clock.time_d, schedule.clock.nodes
    now = [at_days(jnp.concatenate(levels), time_d, since_d)]
    organs = jnp.einsum("tbp,kb->ktp", report.working, columns)
    now.append(at_days(organs, nodes.all_d, since_d))
    return jnp.where(since_d[None] >= 0.0, jnp.concatenate(now), course).astype(course.dtype)


def _cycle(report: TreatmentReport, immunity: Immunity, start_d: Array, count: int) -> Cycle:
    return Cycle(
        start_d=np.asarray(start_d)[:count],
        gap_d=report.gap_d[:count],
        positive=np.asarray(immunity.positive)[:count],
        other=np.asarray(immunity.other)[:count],
        indications={
            code: AreaCycle(
                times=SubjectTimes(*(column[:count].astype(float) for column in shown.times)),
                before=shown.before[:count].astype(float),
                best=shown.best[:count].astype(float),
                at_next=shown.at_next[:count].astype(float),
                sums=shown.sums[0].astype(float),
                evaluable=shown.evaluable[0].astype(float),
            )
            for code, shown in report.indications.items()
        },
        weak={
            term: float(np.sum(chance[:count], dtype=float))
            for term, chance in report.weak_chance.items()
        },
    )


def _joined(parts: list[Cycle]) -> Cycle:
    """One treatment of all chunks together."""
    return Cycle(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("start_d", "gap_d", "positive", "other")
        },
        indications={
            code: _joined_area([part.indications[code] for part in parts])
            for code in parts[0].indications
        },
        weak={term: sum(part.weak[term] for part in parts) for term in parts[0].weak},
    )


def _joined_area(parts: list[AreaCycle]) -> AreaCycle:
    times = SubjectTimes(
        *(np.concatenate([getattr(p.times, name) for p in parts]) for name in SubjectTimes._fields)
    )
    joined = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(AreaCycle)
        if field.name in ("before", "best", "at_next")
    }
    sums, evaluable = (
        np.sum([getattr(part, name) for part in parts], axis=0) for name in ("sums", "evaluable")
    )
    return AreaCycle(times=times, sums=sums, evaluable=evaluable, **joined)


def _beside(charts: list[Cycle]) -> Cycle:
    """One treatment of the same subjects on several charts."""
    first = charts[0]
    return Cycle(
        first.start_d,
        first.gap_d,
        first.positive,
        first.other,
        {code: own for chart in charts for code, own in chart.indications.items()},
        {term: count for chart in charts for term, count in chart.weak.items()},
    )


def _muscle_columns(chart: PlannedChart) -> Numbers:
    """Mean over the blocks of each muscle and side, shape (muscles and sides, blocks)."""
    count = len(blocks(chart.scenario.anatomy))
    rows = []
    for columns in muscle_rows(chart).values():
        row = np.zeros(count)
        row[columns] = 1.0 / len(columns)
        rows.append(row)
    return np.stack(rows)


def muscle_rows(chart: PlannedChart) -> dict[tuple[str, str], list[int]]:
    """Blocks of each muscle and side, in the order of the course's series."""
    rows: dict[tuple[str, str], list[int]] = {}
    for index, block in enumerate(muscle_field(chart.scenario.anatomy).blocks):
        rows.setdefault((block.muscle, block.side), []).append(index)
    return rows


def level_names(code: str) -> tuple[tuple[str, str], ...]:
    """Name and unit of the series of one indication, in the order of the course's."""
    scales = symptom_scores(code)
    if not scales:
        kinds = ("contraction", "rest", "placebo")
        return tuple((f"severity_{kind}:{code}", "grade") for kind in kinds)
    return tuple(
        (f"{kind}:{scale.scale}:{code}", scale.entry.unit)
        for scale in scales
        for kind in ("level", "level_placebo")
    )


def cycles_of(
    repeat: Repeat,
    charts: tuple[PlannedChart, ...],
    run: RepeatedRun,
    scatter: dict[str, Between],
    custom: Custom = (),
) -> Cycles:
    """The repeated treatment of a result; `scatter` is that between trials of each indication."""
    treated = [(chart, code) for chart in charts for code in chart.indications]
    return Cycles(
        count=int(repeat.cycles),
        antibodies=repeat.antibodies,
        visit_day=VISIT_D,
        rows=tuple(
            _figures(number, cycle, run.cycles[0], chart, code, scatter[code], custom)
            for chart, code in treated
            for number, cycle in enumerate(run.cycles)
        ),
        course=_course(charts, run),
    )


def _figures(
    number: int,
    cycle: Cycle,
    first: Cycle,
    chart: PlannedChart,
    code: str,
    between: Between,
    custom: Custom,
) -> CycleFigures:
    own = cycle.indications[code]
    lost = _secondary(own, first.indications[code])
    people, before = len(cycle.start_d), _on_scale(own.before, code)
    return CycleFigures(
        cycle=number + 1,
        indication=code,
        unit=_unit(chart, code),
        day=_quantiles(cycle.start_d),
        next_after_d=_quantiles(cycle.gap_d),
        peak_benefit=_quantiles(before - _on_scale(own.best, code)),
        benefit_before_next=_quantiles(before - _on_scale(own.at_next, code)),
        duration_d=_quantiles(own.times.duration_d),
        percent_responding=100.0 * float(np.mean(_responds(own))),
        percent_antibodies=100.0 * float(cycle.positive.mean()),
        percent_secondary_nonresponse=100.0 * float(lost.mean()),
        percent_secondary_nonresponse_without_antibodies=100.0
        * float((lost & ~cycle.positive).mean()),
        widened=between.widened,
        outcomes=_outcomes(code, own, chart.treated[code], between, custom),
        harms=tuple(
            CycleHarm(term=term, percent=100.0 * count / people)
            for term, count in cycle.weak.items()
        ),
    )


def _on_scale(values: NDArray[Any], code: str) -> NDArray[Any]:
    """What a professional sees, held to the grades there are: no line is milder than none."""
    if symptom_scores(code):
        return np.maximum(values, 0.0)
    scale = baseline_scale(code)
    return np.clip(values, 0.0, scale.high - scale.low)


def _responds(own: AreaCycle) -> NDArray[np.bool_]:
    return ~np.isnan(own.times.duration_d)


def _secondary(own: AreaCycle, first: AreaCycle) -> NDArray[np.bool_]:
    """Who responded to the first treatment and has lost the response, or half of its benefit."""
    enough = own.before - own.best >= _LEAST_BENEFIT * (first.before - first.best)
    return _responds(first) & ~(_responds(own) & enough)


def _unit(chart: PlannedChart, code: str) -> str:
    scales = symptom_scores(code)
    main = chart.scenario.main_scale[chart.indications.index(code)]
    return scales[main].entry.unit if scales else "grade"


def _quantiles(values: Numbers) -> CycleQuantiles:
    known = values[~np.isnan(values)]
    if not len(known):
        return CycleQuantiles()
    return CycleQuantiles(**{key: float(np.percentile(known, q)) for key, q in _QUANTILES.items()})


def _outcomes(
    code: str, own: AreaCycle, treated: tuple[bool, ...], between: Between, custom: Custom
) -> tuple[CycleOutcome, ...]:
    every = zip(reported_endpoints(code, treated, custom), own.means, strict=True)
    return tuple(
        CycleOutcome(
            endpoint=endpoint.code,
            unit=endpoint.unit,
            statistic=endpoint.statistic,
            at_visit=float(at_visit),
            **trials_range(float(at_visit), endpoint.is_share, between),
            before_next=float(before_next),
        )
        for endpoint, (at_visit, before_next) in every
        if endpoint is not None and not np.isnan(at_visit)
    )


def _course(charts: tuple[PlannedChart, ...], run: RepeatedRun) -> Course:
    """Bands over people in the names of the course of a single treatment."""
    scales, organs = [], []
    for chart, courses in zip(charts, run.courses, strict=True):
        names = [
            (code, name, unit, 0.0 if symptom_scores(code) else baseline_scale(code).low)
            for code in chart.indications
            for name, unit in level_names(code)
        ]
        for index, (code, name, unit, low) in enumerate(names):
            if not _is_untreated(chart, name):
                seen = _on_scale(courses[:, index], code)
                scales.append(_series(name, unit, seen + np.float32(low)))
        for index, (muscle, side) in enumerate(muscle_rows(chart), len(names)):
            name = f"working_fraction:{muscle}:{side}"
            organs.append(_series(name, "fraction", courses[:, index]))
    return Course(day=run.course_d.tolist(), series=(*scales, *organs))


def _is_untreated(chart: PlannedChart, name: str) -> bool:
    """Whether a series is of a scale that no injected muscle drives."""
    _, scale, code = (*name.split(":"), "")[:3]
    names = [one.scale for one in symptom_scores(code)]
    return scale in names and not chart.treated[code][names.index(scale)]


def _series(name: str, unit: str, values: NDArray[np.float32]) -> Series:
    bands = quantiles(values, list(BANDS.values())).round(4)
    by_name = {key: band.tolist() for key, band in zip(BANDS, bands, strict=True)}
    return Series(name=name, unit=unit, **by_name)


def cycle_limits(repeat: Repeat, charts: tuple[PlannedChart, ...]) -> tuple[str, ...]:
    """Sentences on what the forecast of repeated treatment assumes."""
    sentences = [
        "Every further treatment is taken to repeat the planned sites, doses and placement of the "
        "needle; how long each lasts is given as if no other had followed.",
        "How earlier blocks fatigue the release of a nerve ending is set to mice and assumed small "
        "in people; how fast lines at rest smooth in a silent muscle rests on one study of three "
        "treatments.",
        "What placebo does is assumed to be renewed by every treatment.",
    ]
    if repeat.antibodies in _OBSERVED_IN:
        sentences.append(
            f"Antibodies come as often as {_OBSERVED_IN[repeat.antibodies]} found them, "
            "non-response without antibodies about as often; what either leaves of the effect is "
            "assumed."
        )
    if not all(chart.scenario.same_pattern for chart in charts):
        sentences.append(
            "What earlier treatments left is not carried into the repeated ones: they were given "
            "at other sites or in other proportions."
        )
    return tuple(sentences)
