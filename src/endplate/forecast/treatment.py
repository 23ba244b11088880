"""One treatment of a chunk of subjects: what it reports, and the state the next starts from.

Everything that belongs to a plan is an argument, so that the compiled code of one plan serves the
next of the same shape, from the cache on disk too.
"""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray

from endplate.engine import (
    Clock,
    Cohort,
    Described,
    Exposed,
    Scenario,
    State,
    WindowCourses,
    describe,
    expose,
    first_state,
    inject,
    run_window,
    state_on,
)
from endplate.engine.anatomy import Scope, gates, muscle_field
from endplate.engine.gates import gate_log_margins, own_log_load
from endplate.engine.policy import Policy, next_treatment_d
from endplate.engine.run import on_times
from endplate.engine.scenario import gate_rows
from endplate.facts.endpoints import (
    BURDEN,
    LINE,
    RETAINED,
    DurationRule,
    duration_rules,
    symptom_scores,
)
from endplate.model import Model
from endplate.observe.course import at_days
from endplate.observe.endpoints import (
    Custom,
    group_means,
    measures,
    observe,
    reported_endpoints,
)
from endplate.observe.harms import weak_chance, weak_times
from endplate.observe.times import (
    SubjectTimes,
    noticed,
    retained_at_visits,
    subject_times,
    visits_d,
)

Held = Any  # arrays of jax within a run, of numpy once a report is on the host


class Reports(NamedTuple):
    """What to report of a treatment; hashable.

    `last_d` [d] is the last day of a trial's follow-up, `next_state` whether to go on from here,
    `custom` endpoints of a user's table.
    """

    last_d: float
    next_state: bool = False
    custom: Custom = ()


class IndicationReport(NamedTuple):
    """One indication after one treatment, in a chunk of subjects.

    `sums` and `placebo_sums` (groups, endpoints, days) of `reported_endpoints` weighted over those
    who can be evaluated, whose weight is `evaluable` (groups, endpoints); `retained` of each
    published duration (groups, visits) and `noticed` (groups, times) the share who have noted an
    effect; `times` of each subject; `values` (measures, days, subjects) of every endpoint that is
    no share; `level` and `untreated` (scales, times, subjects); `before`, `best` and `at_next`
    (subjects,) what the professional observes before the first treatment, at best and right before
    the next.
    """

    sums: Held
    placebo_sums: Held
    evaluable: Held
    retained: dict[str, Held]
    noticed: Held
    times: SubjectTimes
    values: Held
    level: Held
    untreated: Held
    before: Held
    best: Held
    at_next: Held


class TreatmentReport(NamedTuple):
    """One treatment of a chunk; `working` (nodes, blocks, subjects), gates by term.

    `weak_chance` [1] is the chance of a weakness in people like each subject but for their load;
    `weak_start_d` and `weak_length_d` [d] are those of each subject, NaN where none is weak.
    """

    indications: dict[str, IndicationReport]
    working: Held
    weak_chance: dict[str, Held]
    weak_start_d: dict[str, Held]
    weak_length_d: dict[str, Held]
    start_d: Held
    gap_d: Held


def reported_durations(indication: str, last_d: float) -> dict[str, DurationRule]:
    """Published durations of an indication that a forecast reports.

    Only those with a visit up to the last day of the run [d].
    """
    rules = duration_rules(indication, BURDEN if symptom_scores(indication) else LINE)
    return {
        name: rule
        for name, rule in rules.items()
        if name not in RETAINED and len(visits_d(rule, last_d))
    }


def prepare(
    cohort: Cohort,
    scenario: Scenario,
    model: Model,
    scope: Scope = "everything",
    people: Scenario | None = None,
) -> tuple[Exposed, State]:
    """Subjects and the dose at their endings, and their state before any treatment.

    `people` is the scenario with what the subjects do not have in common, where they differ.
    """
    bare = (people or scenario).without_sites()
    described = _described(cohort._replace(placement=np.zeros(0)), bare, scope)
    return _exposed(described, cohort.placement, scenario, model, scope)


_described = jax.jit(describe, static_argnames=("scope",))


@partial(jax.jit, static_argnames=("model", "scope"))
def _exposed(
    described: Described, placement: Array, scenario: Scenario, model: Model, scope: Scope
) -> tuple[Exposed, State]:
    exposed = expose(described, placement, scenario, scope)
    return exposed, first_state(exposed, scenario, model)


def advance(
    exposed: Exposed,
    state: State,
    scenario: Scenario,
    clock: Clock,
    session: ArrayLike,
    ratio: ArrayLike,
    gap_d: ArrayLike,
    model: Model,
    treated_before: bool,
) -> State:
    """State `gap_d` [d] (subjects,) after an earlier treatment that is not reported itself."""
    bare = scenario.without_sites()
    return _advance(exposed, state, bare, clock, session, ratio, gap_d, model, treated_before)


@partial(jax.jit, static_argnames=("model", "treated_before"))
def _advance(
    exposed: Exposed,
    state: State,
    scenario: Scenario,
    clock: Clock,
    session: Array,
    ratio: Array,
    gap_d: Array,
    model: Model,
    treated_before: bool,
) -> State:
    state = inject(state, exposed, model, session, ratio)
    window = run_window(state, exposed, scenario, model, "everything", clock, treated_before)
    return state_on(gap_d, state, window, exposed, model, clock)


def treat(
    exposed: Exposed,
    state: State,
    scenario: Scenario,
    clock: Clock,
    session: ArrayLike,
    ratio: ArrayLike,
    weight: ArrayLike,
    visit_d: ArrayLike,
    policy: Policy | None,
    model: Model,
    treated_before: bool,
    reports: Reports,
) -> tuple[TreatmentReport, State | None, WindowCourses | None]:
    """One treatment of a chunk.

    Parameters
    ----------
    exposed, state, scenario, clock, model
        As for the engine.
    session, ratio
        The session that is injected, and its load over that of the session's sites.
    weight : [1]
        Weight of each subject in each group, shape (groups, subjects).
    visit_d : [d]
        Days of the endpoints, shape (days,). With a policy the first is looked at, or the day of
        the next treatment where that comes sooner, and then that day.
    policy : Policy or None
        When to treat again.
    treated_before : bool
        Whether earlier blocks may have fatigued release.
    reports : Reports
        What to report.
    """
    return _treat(
        exposed,
        state,
        scenario.without_sites(),
        clock,
        session,
        ratio,
        weight,
        visit_d,
        policy,
        model,
        treated_before,
        reports,
    )


@partial(jax.jit, static_argnames=("model", "treated_before", "reports"))
def _treat(
    exposed: Exposed,
    state: State,
    scenario: Scenario,
    clock: Clock,
    session: Array,
    ratio: Array,
    weight: Array,
    visit_d: Array,
    policy: Policy | None,
    model: Model,
    treated_before: bool,
    reports: Reports,
) -> tuple[TreatmentReport, State | None, WindowCourses | None]:
    state = inject(state, exposed, model, session, ratio)
    window = run_window(state, exposed, scenario, model, "everything", clock, treated_before)
    time_d = jnp.asarray(clock.time_d)
    gap_d, day_d = jnp.full(weight.shape[1], jnp.inf), visit_d
    if policy is not None:
        deciding = scenario.indications[0]
        gap_d = next_treatment_d(
            policy, window.observed[deciding], window.courses[deciding].fall, time_d
        )
        day_d = jnp.stack([jnp.minimum(visit_d[0], gap_d), gap_d])
    indications = {
        code: _report(index, window, exposed, scenario, weight, day_d, reports)
        for index, code in enumerate(scenario.indications)
    }
    chances, starts, lengths = {}, {}, {}
    rows, own_load = gate_rows(scenario.anatomy), own_log_load(exposed.subjects)
    margins = gate_log_margins(exposed.gates, window.endings, scenario.anatomy)
    for neighbour in gates(scenario.anatomy):
        term = neighbour.term
        chances[term] = weak_chance(margins[term], *own_load)
        worse = window.gates[:, np.array(rows[term])].min(axis=1)
        if neighbour.muscle in scenario.injected_neighbours:
            # no way to go: the needle is in the muscle, whose own endings tell
            own = [b.muscle == neighbour.muscle for b in muscle_field(scenario.anatomy).blocks]
            worse = jnp.minimum(
                worse, on_times(window.working[:, np.array(own)], clock).min(axis=1)
            )
            weak = worse.min(axis=0) < neighbour.least_working
            chances[term] = jnp.maximum(chances[term], weak.astype(worse.dtype))
        starts[term], lengths[term] = weak_times(worse, time_d, neighbour.least_working)
    report = TreatmentReport(
        indications, window.working, chances, starts, lengths, state.start_d, gap_d
    )
    if not reports.next_state:
        return report, None, None
    after = state_on(gap_d, state, window, exposed, model, clock)
    return report, after, window


def _report(
    index: int,
    window: WindowCourses,
    exposed: Exposed,
    scenario: Scenario,
    weight: Array,
    day_d: Array,
    reports: Reports,
) -> IndicationReport:
    code, main = scenario.indications[index], scenario.main_scale[index]
    course, subjects = window.courses[code], exposed.subjects
    weight = weight.astype(course.level.dtype)
    names = reported_endpoints(code, reports.custom)
    observed = [
        observe(code, name, course, subjects, day_d, main, reports.custom) for name in names
    ]
    sums, placebo_sums, evaluable = group_means(observed, weight)
    retained = {
        name: retained_at_visits(code, rule, course, subjects, weight, reports.last_d, main)
        for name, rule in reported_durations(code, reports.last_d).items()
    }
    kept = [observed[i].value for i in measures(code, reports.custom)]
    now = window.observed[code]
    next_d = day_d[-1:] if day_d.ndim == 2 else day_d[-1:, None] + jnp.zeros(weight.shape[1])
    line = not symptom_scores(code)
    return IndicationReport(
        sums=sums,
        placebo_sums=placebo_sums,
        evaluable=evaluable,
        retained=retained,
        noticed=noticed(code, "median_onset", course, subjects, weight)
        if line
        else jnp.zeros((len(weight), 0)),
        times=subject_times(code, course, subjects, main),
        values=jnp.stack(kept) if kept else jnp.zeros((0, *observed[0].value.shape)),
        level=course.level,
        untreated=course.untreated,
        before=course.grade if line else course.before[main],
        best=now.min(axis=0),
        at_next=at_days(now, course.time_d, next_d)[0],
    )


def to_host(report: TreatmentReport) -> TreatmentReport:
    """A report in arrays of numpy, which share its memory and are sliced in no time."""
    return jax.tree.map(np.asarray, report)


Numbers = NDArray[np.float64]
