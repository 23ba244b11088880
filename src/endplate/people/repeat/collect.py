"""Runs all people through all treatments, chunk by chunk, and keeps what the answer needs."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import inf, nan

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.case import Plan, Repeat, least_interval_d
from endplate.facts.endpoints import baseline_scale, symptom_scores
from endplate.facts.indications import indication
from endplate.model.cycle import window_grid_d
from endplate.people import model
from endplate.people.antibodies import CAUSES, hazards, immunity_normals
from endplate.people.collect import KEPT
from endplate.people.job import Job
from endplate.people.layout import MUSCLE, block_count, muscle_field
from endplate.people.repeat.policy import Policy
from endplate.people.repeat.reduce import Cycle, beside, joined, reduced
from endplate.people.repeat.run import prepare, treat
from endplate.people.repeat.state import People, Schedule, State
from endplate.people.run import CHUNK

COURSE_POINTS = 301  # of the long course, however many years it spans
# A window must hold the whole effect: other tissues keep it longer than muscle.
_MUSCLE_WINDOW_D, _LONG_WINDOW_D = 365, 540
VISIT_D = 30.0
_AFTER_LAST_D = 180.0


@dataclass(frozen=True)
class Repeated:
    """All treatments, and the course over all of them, (kept people, series, days) by job."""

    cycles: tuple[Cycle, ...]
    course_d: NDArray[np.float64]
    courses: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True)
class _Run:
    """What all chunks of one run have in common; the first job decides the days for all."""

    jobs: tuple[Job, ...]
    repeat: Repeat
    schedule: Schedule
    people: int


@dataclass(frozen=True)
class _Part:
    """What one chunk leaves behind: its treatments, and its courses by job."""

    cycles: list[Cycle]
    courses: list[NDArray[np.float32]]


def run_repeated(plan: Plan, repeat: Repeat, jobs: tuple[Job, ...], people: int) -> Repeated:
    """Run a plan with `[repeat]`; the first area decides when all are treated again."""
    deciding = next(job for job in jobs if plan.treatment.indications[0] in job.areas)
    ordered = (deciding, *(job for job in jobs if job is not deciding))
    run = _Run(ordered, repeat, _schedule(plan, repeat, ordered), people)
    if repeat.interval_d is None:  # only a run tells how many days the course must span
        pilot = _part(run, 0)
        last_d = float(np.median(pilot.cycles[-1].start_d))
        run = _Run(ordered, repeat, run.schedule._replace(course_d=_course_days(last_d)), people)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = [_part(run, 0)]  # alone, so that the threads after it find it compiled
        parts += pool.map(lambda first: _part(run, first), range(CHUNK, people, CHUNK))
    return Repeated(
        cycles=tuple(
            joined([part.cycles[i] for part in parts]) for i in range(len(parts[0].cycles))
        ),
        course_d=np.asarray(run.schedule.course_d),
        courses=tuple(
            np.concatenate([part.courses[ordered.index(job)] for part in parts]) for job in jobs
        ),
    )


def _schedule(plan: Plan, repeat: Repeat, jobs: tuple[Job, ...]) -> Schedule:
    fixed_d = repeat.interval_d
    kinds = {indication(area).tissue for job in jobs for area in job.areas}
    window_d = _MUSCLE_WINDOW_D if kinds == {MUSCLE} else _LONG_WINDOW_D
    window_d = int(max(window_d, fixed_d or 0.0, repeat.not_before_d or 0.0))
    dose_u = sum(site.dose_u for job in jobs for site in job.planned)
    return Schedule(
        policy=Policy(
            forced_gap_d=jnp.full(CHUNK, _number(fixed_d)),
            again_at=jnp.asarray(_level(repeat, plan.treatment.indications[0])),
            lost_share=jnp.asarray(_number(repeat.again_when_lost)),
            not_before_d=jnp.asarray(_number(least_interval_d(plan))),
        ),
        hazards=hazards(repeat.antibodies, plan.treatment.product, dose_u),
        time_d=jnp.asarray(window_grid_d(window_d)),
        visit_d=jnp.asarray(VISIT_D),
        course_d=_course_days((repeat.cycles - 1) * (fixed_d or 1.0)),
    )


def _number(stated: float | None) -> float:
    return nan if stated is None else float(stated)


def _level(repeat: Repeat, area: str) -> float:
    """Level of the model's scale that counts as the stated one: a grade is a rounded depth."""
    if repeat.again_at is None or symptom_scores(area):
        return _number(repeat.again_at)
    return repeat.again_at - baseline_scale(area).low - 0.5


def _course_days(last_d: float) -> Array:
    step_d = max(1.0, float(np.ceil((last_d + _AFTER_LAST_D) / (COURSE_POINTS - 1))))
    return jnp.arange(COURSE_POINTS) * step_d


def _part(run: _Run, first: int) -> _Part:
    """One chunk of people through all treatments, chart by chart."""
    numbers = np.arange(first, first + CHUNK)
    cycles = int(run.repeat.cycles)
    draws = immunity_normals(run.jobs[0].seed, jnp.asarray(numbers), cycles)
    charts: list[list[Cycle]] = []
    gaps_d: list[Array] = []
    courses = []
    for job in run.jobs:
        own, decided_d, course = _chart(run, job, numbers, draws, gaps_d)
        gaps_d = gaps_d or decided_d
        charts.append(own)
        courses.append(course)
    return _Part([beside([own[i] for own in charts]) for i in range(cycles)], courses)


def _chart(
    run: _Run, job: Job, numbers: NDArray[np.int64], draws: Array, gaps_d: list[Array]
) -> tuple[list[Cycle], list[Array], NDArray[np.float32]]:
    """One chunk on one chart; `gaps_d` are the days another chart has decided on, if any."""
    count = min(CHUNK, run.people - int(numbers[0]))
    vectors = np.tile(np.asarray(model.stored_vector()), (CHUNK, 1))
    folk, state = prepare(vectors, np.int64(job.seed), numbers, job.setting, job.layout)
    state = _after_earlier(run, job, folk, state)
    columns = muscle_columns(job)
    rows = sum(len(level_names(area)) for area in job.areas) + len(columns)
    course = jnp.zeros((CHUNK, rows, COURSE_POINTS), jnp.float32)
    normals, time_d = np.asarray(folk.normals)[:count], np.asarray(run.schedule.time_d)
    told, decided_d = [], []
    for i in range(draws.shape[1]):
        schedule = _forced(run.schedule, gaps_d[i]) if gaps_d else run.schedule
        state, treated, course = treat(
            folk, state, jnp.ones(()), draws[:, i], job.setting, schedule, columns, course,
            job.layout,
        )  # fmt: skip
        told.append(reduced(job, treated, normals, time_d))
        decided_d.append(treated.gap_d)
    kept = count if numbers[0] < KEPT else 0
    return told, decided_d, np.array(course[:kept])


def _after_earlier(run: _Run, job: Job, folk: People, state: State) -> State:
    """State on the day of the plan after the earlier treatments that the run takes in.

    They have no draws for antibodies: what they left of those is not known.
    """
    if not job.same_pattern:
        return state
    days, ratios = (np.asarray(x)[1:] for x in (job.setting.injection_d, job.setting.load_ratio))
    columns = muscle_columns(job)
    rows = sum(len(level_names(area)) for area in job.areas) + len(columns)
    course = jnp.zeros((CHUNK, rows, COURSE_POINTS), jnp.float32)
    order = np.argsort(days)
    ends_d = np.append(days[order], 0.0)[1:]
    for at, end_d in zip(order, ends_d, strict=True):
        gap_d = end_d - days[at]
        state, _, _ = treat(
            folk, state, jnp.asarray(ratios[at]), jnp.full((CHUNK, CAUSES), inf), job.setting,
            _forced(run.schedule, jnp.full(CHUNK, gap_d)), columns, course, job.layout,
        )  # fmt: skip
    return state._replace(start_d=jnp.zeros(CHUNK))


def _forced(schedule: Schedule, gap_d: Array) -> Schedule:
    return schedule._replace(policy=schedule.policy._replace(forced_gap_d=gap_d))


def muscle_columns(job: Job) -> Array:
    """Mean over the blocks of each muscle and side, shape (muscles and sides, blocks)."""
    rows = []
    for places in muscle_places(job).values():
        row = np.zeros(block_count(job.layout))
        row[places] = 1.0 / len(places)
        rows.append(row)
    return jnp.asarray(np.stack(rows))


def muscle_places(job: Job) -> dict[tuple[str, str], list[int]]:
    """Blocks of each muscle and side, in the order of the course's series."""
    found: dict[tuple[str, str], list[int]] = {}
    for i, block in enumerate(muscle_field(job.layout).blocks):
        found.setdefault((block.muscle, block.side), []).append(i)
    return found


def level_names(area: str) -> tuple[tuple[str, str], ...]:
    """Name and unit of the series of one area, in the order of the course's."""
    scales = symptom_scores(area)
    if not scales:
        kinds = ("contraction", "rest", "placebo")
        return tuple((f"severity_{kind}:{area}", "grade") for kind in kinds)
    return tuple(
        (f"{kind}:{scale.scale}:{area}", scale.entry.unit)
        for scale in scales
        for kind in ("level", "level_placebo")
    )
