"""The virtual people among whom one person is looked for: the engine's own, treated as the person.

Each has the random effects of a number and parameters drawn from the posterior, so that what is not
known of people and what is not known of the model both come out of one cloud.
"""

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.case import Plan, placed_sites
from endplate.engine import (
    Clock,
    Exposed,
    Scenario,
    State,
    clock,
    inject,
    run_window,
    state_on,
)
from endplate.engine.compile_cache import use_compile_cache
from endplate.engine.history import Earlier
from endplate.engine.scenario import PlannedChart, planned_charts
from endplate.errors import CaseError
from endplate.facts.endpoints import followed_scales, symptom_scores
from endplate.facts.indications import indication
from endplate.facts.parameters import fit_rows
from endplate.forecast.cohort_run import CHUNK, cohort_of, in_parallel
from endplate.forecast.treatment import prepare
from endplate.model import Model, Parameters
from endplate.model.kinetics import MUSCLE
from endplate.observe.raters import raters
from endplate.observe.times import SubjectTimes, subject_times
from endplate.personalise.follow_up import PLACEBO, Given
from endplate.population.random_effects import EFFECT_ROW, draw
from endplate.results.limits import covered_areas

PEOPLE = 2048
_DRAWS = 200  # stored draws of the posterior, dealt to the people in turn
_MUSCLE_WINDOW_D, _LONG_WINDOW_D = 365, 540
_KEPT_SCHEDULES = 32
Numbers = NDArray[np.float64]


class WindowLevels(NamedTuple):
    """One window of one chunk: levels over the level before (lines: the levels themselves)."""

    level: Array
    times: SubjectTimes


@dataclass(frozen=True)
class Window:
    """All people from one injection on.

    `start_d` [d] is its day; `level` (scales, times, people) is what the treatment leaves of each
    score [1], or of lines the severity at contraction and at rest [grade]; `times` [d] since it.
    """

    start_d: float
    time_d: Numbers
    level: Numbers
    times: SubjectTimes

    def at(self, scale: int, day: float) -> Numbers:
        """Level of a scale on a day, of every person."""
        since_d = np.clip(day - self.start_d, self.time_d[0], self.time_d[-1])
        after = int(np.clip(np.searchsorted(self.time_d, since_d), 1, len(self.time_d) - 1))
        low_d, high_d = self.time_d[after - 1], self.time_d[after]
        part = (since_d - low_d) / (high_d - low_d)
        return (1 - part) * self.level[scale, after - 1] + part * self.level[scale, after]


@dataclass(frozen=True)
class Candidates:
    """Virtual people through one person's injections.

    `before` (scales, people) are the levels before any; `effects` (effects, people) the random
    effects; `rater_sd` and `rater_shift` [grade] are what the investigator's eye adds to a line.
    """

    windows: tuple[Window, ...]
    before: Numbers
    effects: Numbers
    rater_sd: Numbers
    rater_shift: Numbers

    def level(self, scale: int, day: float) -> Numbers:
        """Level of a scale on a day, of every person; a visit precedes that day's injection."""
        window = next((w for w in reversed(self.windows) if w.start_d < day), None)
        return self.before[scale] if window is None else window.at(scale, day)


@dataclass(frozen=True)
class Course:
    """What is treated and how the scales of its first indication are read."""

    plan: Plan
    code: str
    scales: tuple[str, ...]
    model: Model

    @property
    def is_line(self) -> bool:
        """Whether lines are graded, not a score."""
        return not symptom_scores(self.code)

    @property
    def window_d(self) -> int:
        """Days that a window follows [d]: the whole of an effect."""
        return _MUSCLE_WINDOW_D if indication(self.code).tissue == MUSCLE else _LONG_WINDOW_D


def course_of(plan: Plan) -> Course:
    """What a plan treats first, and the endpoints that a follow-up may hold.

    Raises
    ------
    NotCovered
        There is no evidence for the product or the indication.
    """
    code = covered_areas(plan)[0]
    return Course(plan, code, followed_scales(code), Model())


def candidates(
    course: Course, given: tuple[Given, ...], stated: dict[str, float], people: int, seed: int
) -> Candidates:
    """People through some injections; the same schedule is worked out once.

    Parameters
    ----------
    course : Course
        What is treated.
    given : tuple of Given
        Injections in order of day, at least one.
    stated : dict
        Grades of lines before treatment; nothing for scores, whose start is learned.
    people : int
        How many, a multiple of the size of a chunk.
    seed : int
        Seed of the people.
    """
    first_d = given[0].day
    schedule = tuple(replace(one, day=one.day - first_d) for one in given)
    found = _candidates(course, schedule, tuple(sorted(stated.items())), people, seed)
    windows = tuple(replace(w, start_d=w.start_d + first_d) for w in found.windows)
    return replace(found, windows=windows)


@lru_cache(maxsize=_KEPT_SCHEDULES)
def _candidates(
    course: Course,
    given: tuple[Given, ...],
    stated: tuple[tuple[str, float], ...],
    people: int,
    seed: int,
) -> Candidates:
    use_compile_cache()
    chart = _chart(course, given, dict(stated))
    run_clock = clock(course.window_d, course.model)

    def chunk(first: int) -> tuple[list[WindowLevels], Numbers, Numbers, Numbers]:
        return _chunk(course, chart, run_clock, first, seed)

    parts = in_parallel(chunk, range(0, people, CHUNK))
    time_d = np.asarray(run_clock.time_d)
    windows = tuple(
        Window(
            given[number].day,
            time_d,
            np.concatenate([np.asarray(p[0][number].level, float) for p in parts], axis=-1),
            SubjectTimes(
                *(
                    np.concatenate([np.asarray(column, float) for column in columns])
                    for columns in zip(*(p[0][number].times for p in parts), strict=True)
                )
            ),
        )
        for number in range(len(given))
    )
    eye = np.concatenate([p[3] for p in parts], axis=-1)
    return Candidates(
        windows,
        np.concatenate([p[1] for p in parts], axis=-1),
        np.concatenate([p[2] for p in parts], axis=-1),
        eye[0],
        eye[1],
    )


def _chart(course: Course, given: tuple[Given, ...], stated: dict[str, float]) -> PlannedChart:
    """The chart of the first indication, with what was given as sessions of the plan's pattern."""
    plan = course.plan
    plan = replace(
        plan, patient=replace(plan.patient, baseline=type(plan.patient.baseline)(stated))
    )
    indications = covered_areas(plan)
    sites = tuple(site for site in placed_sites(plan) if site.indication in indications)
    whole_u = sum(site.dose_u for site in sites)
    known = {row.applies_to for row in fit_rows() if row.id.startswith("potency_ratio:")}
    for one in given:
        if one.product not in (PLACEBO, "onabotulinumtoxinA", *known):
            raise CaseError(f"product is {one.product}, of which there is no model here.")
    # All of them precede the planned one, which nobody of these is given.
    last_d = given[-1].day + 1.0
    earlier = tuple(
        Earlier(
            one.day - last_d,
            one.product,
            course.code,
            one.dose_u,
            tuple(replace(s, dose_u=s.dose_u * (one.dose_u or whole_u) / whole_u) for s in sites),
        )
        for one in given
    )
    charts = planned_charts(plan, indications, sites, earlier, course.model)
    return next(chart for chart in charts if course.code in chart.indications)


def _chunk(
    course: Course, chart: PlannedChart, run_clock: Clock, first: int, seed: int
) -> tuple[list[WindowLevels], Numbers, Numbers, Numbers]:
    numbers = np.arange(first, first + CHUNK)
    effects, placement = draw(np.int64(seed), numbers, chart.scenario.site_count)
    vectors = Parameters.draws(_DRAWS).vectors[numbers % _DRAWS].T
    exposed, state = prepare(cohort_of(vectors, effects, placement), chart.scenario, course.model)
    shown = []
    *injections, planned = chart.injections
    for number, injection in enumerate(injections):
        following = injections[number + 1] if number + 1 < len(injections) else planned
        window, state = _window(
            exposed,
            state,
            chart.scenario,
            run_clock,
            np.int64(injection.session),
            np.float64(injection.ratio),
            np.full(CHUNK, following.day_d - injection.day_d),
            course.model,
            number > 0,
            chart.indications.index(course.code),
        )
        shown.append(window)
    before = exposed.baseline[course.code]
    levels = before if isinstance(before, jax.Array) else jnp.stack([before.latent, before.rest])
    eye = raters(exposed.subjects.values, course.code)
    own = jnp.sqrt(eye.shared_share) * exposed.subjects.effects["shared_rater"]
    return (
        shown,
        np.ones(levels.shape) if not course.is_line else np.asarray(levels, float),
        np.asarray(effects, float),
        np.stack(
            [
                np.asarray(eye.sd_investigator * jnp.sqrt(1.0 - eye.shared_share), float)
                * np.ones(CHUNK),
                np.asarray(eye.sd_investigator * own - eye.placebo_investigator, float),
            ]
        ),
    )


@partial(jax.jit, static_argnames=("model", "treated_before", "index"))
def _window(
    exposed: Exposed,
    state: State,
    scenario: Scenario,
    run_clock: Clock,
    session: Array,
    ratio: Array,
    gap_d: Array,
    model: Model,
    treated_before: bool,
    index: int,
) -> tuple[WindowLevels, State]:
    """One injection and what follows it, read as a visit would."""
    code = scenario.indications[index]
    state = inject(state, exposed, model, session, ratio)
    window = run_window(state, exposed, scenario, model, "everything", run_clock, treated_before)
    course = window.courses[code]
    level = course.level
    if symptom_scores(code):
        level = level / course.before[:, None]
    times = subject_times(code, course, exposed.subjects, scenario.main_scale[index])
    after = state_on(
        jnp.minimum(gap_d, jnp.asarray(run_clock.time_d)[-1]),
        state, window, exposed, model, run_clock,
    )  # fmt: skip
    return WindowLevels(level, times), after


def effect(found: Candidates, name: str) -> Numbers:
    """A random effect of every person, in standard deviations of people."""
    return found.effects[EFFECT_ROW[name]]
