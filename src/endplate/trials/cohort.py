"""People of one arm through the engine: who they are, and what their visits find.

One compiled function of a fixed number of people. Everybody is drawn by a key of their own (seed,
replicate, arm, person, purpose), so that what is found of a person does not depend on who else is
in the chunk.
"""

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import ndtr
from numpy.typing import NDArray

from endplate.case import Patient
from endplate.engine import (
    Anatomy,
    Clock,
    Described,
    Scenario,
    clock,
    describe,
    expose,
    expose_to_nothing,
    first_state,
    inject,
    run_window,
    state_on,
)
from endplate.engine.anatomy import Scope
from endplate.engine.policy import Policy, next_treatment_d
from endplate.engine.run import SINGLE
from endplate.engine.scenario import scenario_of, sides_of
from endplate.facts.endpoints import DurationRule, symptom_scores
from endplate.facts.indications import indication as indication_row
from endplate.facts.parameters import value
from endplate.model import Model
from endplate.observe.course import IndicationCourse, Subjects
from endplate.observe.endpoints import draw_visits, observe
from endplate.observe.times import LEAST_FALL, drawn_retained
from endplate.population.baseline import (
    StatedLines,
    enrolled,
    line_baseline,
    score_baseline,
)
from endplate.population.random_effects import EFFECT_ROW, draw_keyed, draw_with, trial_keys
from endplate.trials.between import NOTICE, SUBJECT, finder_of, finders
from endplate.trials.codes import codes_of, rules_of_times
from endplate.trials.demographics import LEAST_AGE_Y, MOST_AGE_Y, UNKNOWN, demographics_of
from endplate.trials.design import RESPONDER, Design
from endplate.trials.regimen import arm_sites, durations, endpoint_kinds, is_line

CHUNK = 256  # people of one compiled call; the same always, since another shape has other bits
SCOPE: Scope = "indications"
LACK_FROM_D = 14.0  # before it nobody leaves for want of effect
_REFERENCE = "onabotulinumtoxinA"
_LEAVES, _AGE, _SEX, _EFFECTS_OF_HARMS, _VISITS, _REDRAWN = 1900, 1901, 1902, 1950, 2000, 4000
_OF_VISIT = 5  # numbers a visit: both raters, whether it is missed, when it is, whether it is last
_REDRAWN_ROWS = ("grade", "within_grade", "baseline")
_MOST_CANDIDATES = 4096  # that one place is offered to; a design that needs more is refused
_DAYS_OF_SHARE = 90.0
Numbers = NDArray[np.float64]


class Assessments(NamedTuple):
    """What is read at the visits; hashable.

    `codes` are those of endpoints at visits, `rules` durations with the index of the first visit
    that counts, `main_scale` the index of the scale that is treated most.
    """

    indication: str
    codes: tuple[str, ...]
    rules: tuple[tuple[DurationRule, int], ...]
    visits: int
    cycles: int
    missed: bool
    window: bool
    lack: bool
    harms: int


class Conduct(NamedTuple):
    """How an arm is conducted: numbers that differ between arms and designs of one shape.

    `nominal_d` and `window_d` [d] are days of visits, `missed_share` [1], `leave_per_d` [1/d] and
    `lack_share` [1] who is not seen, `harm_share` [1] how many have each unwanted effect;
    `age_mean_y` and `age_sd_y` [y] and `female_share` [1] are those of the use's trials, not a
    number where these do not say so.
    """

    nominal_d: Numbers
    window_d: float
    missed_share: float
    leave_per_d: float
    lack_share: float
    harm_share: Numbers
    age_mean_y: float
    age_sd_y: float
    female_share: float


class Rules(NamedTuple):
    """Who is let in: severities at which strata begin, and bounds; by severity before treatment.

    `factor` [1] is the trial's mean score before treatment over that of the fitted trials.
    """

    cut_at: Numbers
    least: float
    most: float
    factor: float = 1.0


class Observations(NamedTuple):
    """What is known of the people of a chunk, people last.

    `base` of each measure before treatment; `days` [d], `seen`, `values` of each code and
    `measures` of the visits; `expected` (codes, visits) the sum over people of what the model
    expects without scatter, in shares or the endpoint's unit; `retained` of each rule; `left_d`
    [d], `lack`; `given_d` [d] of each cycle; `harms`; `age_y` [y] in whole years and `female`, or
    `UNKNOWN`.
    """

    stratum: Any
    base: Any
    days: Any
    seen: Any
    values: Any
    measures: Any
    expected: Any
    retained: Any
    left_d: Any
    lack: Any
    given_d: Any
    harms: Any
    age_y: Any
    female: Any


def assessments_of(design: Design, harms: int) -> Assessments:
    """What is read of the people of a design."""
    code = design.trial.indication
    rules = durations(code)
    return Assessments(
        indication=code,
        codes=codes_of(design),
        rules=tuple((rules[name], first) for name, first in rules_of_times(design)),
        visits=len(design.visits.days),
        cycles=int(design.retreatment.cycles) if design.retreatment else 1,
        missed=design.visits.missed_share > 0,
        window=design.visits.window_d > 0,
        lack=any(row.cause == "lack_of_effect" and row.share > 0 for row in design.dropout),
        harms=harms,
    )


def arm_scenario(design: Design, index: int, model: Model) -> Scenario:
    """Scenario of an arm: its sites in people as trials enrol them."""
    code = design.trial.indication
    active = next(i for i, arm in enumerate(design.arms) if not arm.placebo)
    sites, usual = arm_sites(design, index), arm_sites(design, active)
    anatomy = Anatomy(indication_row(code).chart, (code,), sides_of((code,), usual))
    product = design.arms[index].product or _REFERENCE
    scenario = scenario_of(anatomy, [(product, sites)], Patient(), model)
    pattern = scenario_of(anatomy, [(product, usual)], Patient(), model)
    scenario = replace(scenario, main_scale=pattern.main_scale, drive_share=pattern.drive_share)
    if is_line(code):
        share = design.trial.severe_share
        severe = value("trial_severe_share") if share is None else share
        scenario = replace(scenario, stated=(enrolled(severe),))
    return scenario


def arm_clock(design: Design, model: Model) -> Clock:
    """Times up to the last visit that may be."""
    return clock(design.visits.days[-1] + design.visits.window_d, model)


def arm_conduct(design: Design, index: int, harm_share: Numbers) -> Conduct:
    """How an arm is conducted."""
    arm = design.arms[index].name
    share = {"any": 0.0, "lack_of_effect": 0.0}
    for row in design.dropout:
        if row.arm in (None, arm):
            # a row for the arm goes before one for all
            share[row.cause] = row.share if row.arm else (share[row.cause] or row.share)
    who = demographics_of(design.trial.indication)
    return Conduct(
        nominal_d=np.array(design.visits.days),
        window_d=design.visits.window_d,
        missed_share=design.visits.missed_share,
        leave_per_d=float(-np.log1p(-share["any"]) / _DAYS_OF_SHARE),
        lack_share=share["lack_of_effect"],
        harm_share=harm_share,
        age_mean_y=_or_nan(who.age_mean_y),
        age_sd_y=_or_nan(who.age_sd_y),
        female_share=_or_nan(who.female_share),
    )


def _or_nan(number: float | None) -> float:
    return float("nan") if number is None else number


def policy_of(design: Design) -> Policy | None:
    """When people are treated again."""
    row = design.retreatment
    if row is None:
        return None
    nan = float("nan")
    forced = nan if row.interval_d is None else row.interval_d
    return Policy(
        jnp.full(CHUNK, forced),
        jnp.asarray(nan if row.again_at is None else row.again_at),
        jnp.asarray(nan if row.again_when_lost is None else row.again_when_lost),
        jnp.asarray(row.not_before_d or 0.0),
    )


def rules_of(design: Design) -> Rules:
    """Who is let in."""
    bounds, mean = design.inclusion, design.trial.mean_before
    factor = 1.0
    if mean is not None:
        factor = mean / symptom_scores(design.trial.indication)[0].entry.baseline_mean
    return Rules(
        np.array(design.strata.cut_at if design.strata else ()),
        -np.inf if bounds is None or bounds.least is None else bounds.least,
        np.inf if bounds is None or bounds.most is None else bounds.most,
        factor,
    )


def severity_before(
    effects: Array, indication: str, stated: StatedLines | Array, rules: Rules
) -> Array:
    """Severity before treatment that inclusion and strata go by, (subjects,)."""
    if isinstance(stated, StatedLines):
        return line_baseline(effects, stated).grade
    score = score_baseline(effects, symptom_scores(indication), stated)[0]
    return score * jnp.asarray(rules.factor, score.dtype)


def stratum_of(severity: Array, rules: Rules) -> Array:
    """Number of each subject's stratum, -1 for who is not let in."""
    own = jnp.sum(severity[None] >= jnp.asarray(rules.cut_at)[:, None], axis=0)
    return jnp.where((severity >= rules.least) & (severity <= rules.most), own, -1)


@partial(jax.jit, static_argnames=("sites", "indication", "selects"))
def people(
    seed: Array,
    replicate: Array,
    arm: Array,
    person: Array,
    stratum: Array,
    stated: StatedLines | Array,
    rules: Rules,
    sites: int,
    indication: str,
    selects: bool,
) -> tuple[Array, Array, Array]:
    """Keys, random effects and placement of people, each of the stratum that is asked for."""
    keys = trial_keys(seed, replicate, jnp.broadcast_to(arm, person.shape), person)
    effects, placement = draw_with(keys, sites)
    if selects:
        effects = _redrawn(keys, effects, stratum, stated, rules, indication)
    return keys, effects.astype(SINGLE), placement.astype(SINGLE)


def _redrawn(
    keys: Array,
    effects: Array,
    stratum: Array,
    stated: StatedLines | Array,
    rules: Rules,
    indication: str,
) -> Array:
    """Candidates are drawn for each place until one is let in and of its stratum."""
    rows = np.array([EFFECT_ROW[name] for name in _REDRAWN_ROWS])

    def fits(now: Array) -> Array:
        severity = severity_before(now.astype(SINGLE), indication, stated, rules)
        return stratum_of(severity, rules) == stratum

    def again(carry: tuple[Array, Array]) -> tuple[Array, Array]:
        now, number = carry
        fresh = draw_keyed(keys, _REDRAWN + number * len(rows) + jnp.arange(len(rows)))
        kept = jnp.where(fits(now), now[rows], fresh)
        return now.at[rows].set(kept), number + 1

    def waits(carry: tuple[Array, Array]) -> Array:
        now, number = carry
        return ~fits(now).all() & (number < _MOST_CANDIDATES)

    return jax.lax.while_loop(waits, again, (effects, jnp.asarray(0)))[0]


def severities_of_candidates(
    seed: int, stated: StatedLines | Array, indication: str, rules: Rules, count: int
) -> Numbers:
    """Severity before treatment of candidates of nobody's trial, (count,)."""
    number = jnp.arange(count)
    keys = trial_keys(jnp.asarray(seed), number, jnp.full(count, 2**20), number)
    effects = draw_keyed(keys, jnp.arange(len(EFFECT_ROW))).astype(SINGLE)
    return np.asarray(severity_before(effects, indication, stated, rules), float)


described = jax.jit(describe, static_argnames=("scope",))


@partial(jax.jit, static_argnames=("assessments", "model", "placebo", "count_sites"))
def observe_chunk(
    who: Described,
    keys: Array,
    placement: Array,
    scenario: Scenario,
    clock: Clock,
    conduct: Conduct,
    rules: Rules,
    policy: Policy | None,
    shift: Array,
    counted: Array,
    assessments: Assessments,
    model: Model,
    placebo: bool,
    count_sites: int = 0,
) -> Observations:
    """What the visits of a chunk find.

    Parameters
    ----------
    who, scenario, clock, model
        As for the engine.
    keys : key
        One of each subject.
    placement : [1]
        Where needles land.
    conduct, rules, policy
        How the arm is conducted.
    shift : [1]
        By how many standard deviations of a visit this trial finds people worse, (finders, visits,
        subjects), the finders as in `between`.
    counted : [1]
        1 for subjects of the arm, 0 for those that fill the chunk, (subjects,).
    assessments : Assessments
        What is read.
    placebo : bool
        Whether vehicle is injected.
    """
    code = assessments.indication
    if symptom_scores(code):
        before = jnp.asarray(who.baseline[code])
        scaled = before * jnp.asarray(rules.factor, before.dtype)
        who = who._replace(baseline={code: scaled})
    days, scatter, numbers = _schedule(keys, conduct, assessments)
    if placebo:
        exposed, windows = expose_to_nothing(who, scenario, SCOPE, clock)
    else:
        exposed, windows = expose(who, placement, scenario, SCOPE), None
    state, main = first_state(exposed, scenario, model), scenario.main_scale[0]
    subjects = exposed.subjects
    found_by = subjects
    retained_scatter = scatter.at[0].add(shift[0 if is_line(code) else main])
    if is_line(code):
        found_by = _noticing(subjects, shift[NOTICE, 0])
        retained_scatter = retained_scatter.at[1].add(shift[SUBJECT])
    values = measures = retained = expected = None
    given_d, first_course = [], None
    first_gap_d = jnp.full(days.shape[1], jnp.inf)
    for number in range(assessments.cycles):
        given_d.append(state.start_d)
        if not placebo:
            state = inject(state, exposed, model, 0, 1.0)
        window = run_window(state, exposed, scenario, model, SCOPE, clock, number > 0, windows)
        course = window.courses[code]
        own_d = jnp.maximum(days - state.start_d, 0.0)
        now, measured = _visit_findings(assessments, course, found_by, own_d, scatter, shift, main)
        awaited = _expected(assessments, course, subjects, own_d, main)
        if values is None or measures is None or expected is None:
            values, measures, expected, first_course = now, measured, awaited, course
        else:
            later = days > state.start_d
            values, measures, expected = (
                jnp.where(later, new, old)
                for new, old in ((now, values), (measured, measures), (awaited, expected))
            )
        if number + 1 < assessments.cycles and policy is not None:
            gap_d = next_treatment_d(
                policy, window.observed[code], course.fall, jnp.asarray(clock.time_d)
            )
            first_gap_d = gap_d if number == 0 else first_gap_d
            state = state_on(gap_d, state, window, exposed, model, clock, endings=not placebo)
    if values is None or measures is None or expected is None or first_course is None:
        raise ValueError("a design has at least one cycle")
    base = jnp.stack([first_course.grade, first_course.grade])
    if symptom_scores(code):
        base = first_course.before
    seen, left_d, lack = _seen(
        numbers,
        days,
        measures[main if not is_line(code) else 0],
        base[main if not is_line(code) else 0],
        conduct,
        assessments,
    )
    retained = [
        drawn_retained(
            code,
            rule,
            first_course,
            found_by,
            days[first:],
            retained_scatter[:, first:]
            if is_line(code)
            else jnp.stack(
                [
                    retained_scatter[0, first:],
                    jnp.broadcast_to(scatter[1, :1], scatter[0, first:].shape),
                ]
            ),
            seen[first:] & (days[first:] <= first_gap_d),
            main,
        )
        for rule, first in assessments.rules
    ]
    padded = [
        jnp.concatenate([jnp.ones((assessments.visits - len(one), one.shape[1]), one.dtype), one])
        for one in retained
    ]
    happens = ndtr(draw_keyed(keys, _EFFECTS_OF_HARMS + jnp.arange(assessments.harms)))
    severity = base[0]
    age, sex = draw_keyed(keys, jnp.array([_AGE, _SEX]))
    age_y = jnp.round(conduct.age_mean_y + conduct.age_sd_y * age)
    return Observations(
        stratum=stratum_of(severity, rules),
        base=base,
        days=days,
        seen=seen,
        values=values,
        measures=measures,
        expected=jnp.einsum("cvp,p->cv", expected, counted),
        retained=jnp.stack(padded) if padded else jnp.zeros((0, *days.shape)),
        left_d=left_d,
        lack=lack,
        given_d=jnp.stack(given_d),
        harms=happens < jnp.asarray(conduct.harm_share)[:, None],
        age_y=jnp.where(jnp.isnan(age_y), UNKNOWN, jnp.clip(age_y, LEAST_AGE_Y, MOST_AGE_Y)),
        female=jnp.where(
            jnp.isnan(conduct.female_share), UNKNOWN, ndtr(sex) < conduct.female_share
        ),
    )


def _noticing(subjects: Subjects, shift: Array) -> Subjects:
    """Subjects who notice a change by so much later, (subjects,)."""
    effects = subjects.effects
    row = effects.names.index("notice")
    rows = effects.rows.at[row].add(shift.astype(effects.rows.dtype))
    return subjects._replace(effects=replace(effects, rows=rows))


def _visit_findings(
    assessments: Assessments,
    course: IndicationCourse,
    subjects: Subjects,
    day_d: Array,
    scatter: Array,
    shift: Array,
    main: int,
) -> tuple[Array, Array]:
    """What visits find: each rater, or each scale, by its own shift; as `draw_visits`."""
    code, codes = assessments.indication, assessments.codes
    if is_line(code):
        own = scatter + shift[:NOTICE].astype(scatter.dtype)
        return draw_visits(code, codes, course, subjects, day_d, own, main)
    by_code = [finder_of(code, one, main) for one in codes]
    values: dict[str, Array] = {}
    measures = []
    for finder in range(finders(code)):
        read = tuple(one for one, by in zip(codes, by_code, strict=True) if by == finder)
        own = scatter.at[0].add(shift[finder].astype(scatter.dtype))
        now, measured = draw_visits(code, read, course, subjects, day_d, own, main)
        values |= dict(zip(read, now, strict=True))
        measures.append(measured[finder])
    found = [values[one] for one in codes]
    return (jnp.stack(found) if found else measures[0][None][:0]), jnp.stack(measures)


def _schedule(
    keys: Array, conduct: Conduct, assessments: Assessments
) -> tuple[Array, Array, dict[str, Array]]:
    """Days of the visits, the scatter of what they find, and who misses or leaves."""
    per_visit = jnp.arange(assessments.visits) * _OF_VISIT
    scatter = jnp.stack([draw_keyed(keys, _VISITS + rater + per_visit) for rater in (0, 1)])
    scatter = scatter.astype(SINGLE)
    days = jnp.broadcast_to(
        jnp.asarray(conduct.nominal_d)[:, None], (assessments.visits, len(keys))
    )
    if assessments.window:
        when = ndtr(draw_keyed(keys, _VISITS + 3 + per_visit))
        width = 2.0 * conduct.window_d + 1.0
        days = days + jnp.floor(when * width) - conduct.window_d
        days = jnp.clip(days, days.min() * 0.0, conduct.nominal_d[-1] + conduct.window_d)
    numbers = {"leaves": ndtr(draw_keyed(keys, jnp.array([_LEAVES])))[0]}
    if assessments.missed:
        numbers["missed"] = ndtr(draw_keyed(keys, _VISITS + 2 + per_visit))
    if assessments.lack:
        numbers["last"] = ndtr(draw_keyed(keys, _VISITS + 4 + per_visit))
    return days.astype(SINGLE), scatter, numbers


def _expected(
    assessments: Assessments, course: IndicationCourse, subjects: Subjects, day_d: Array, main: int
) -> Array:
    """What the model expects of each code at each visit: percents as shares, (codes, ...)."""
    code = assessments.indication
    kinds = endpoint_kinds(code)
    every = [
        observe(code, one, course, subjects, day_d, main).value
        * (0.01 if kinds[one] == RESPONDER else 1.0)
        for one in assessments.codes
    ]
    return jnp.stack(every) if every else jnp.zeros((0, *day_d.shape))


def _seen(
    numbers: dict[str, Array],
    days: Array,
    level: Array,
    before: Array,
    conduct: Conduct,
    assessments: Assessments,
) -> tuple[Array, Array, Array]:
    """Visits that take place, the day on which each person leaves [d], and who for want of effect.

    Who stays leaves at infinity.
    """
    rate = jnp.maximum(conduct.leave_per_d, 1e-12)
    left_d = jnp.where(conduct.leave_per_d > 0.0, -jnp.log(numbers["leaves"]) / rate, jnp.inf)
    seen = days <= left_d
    if assessments.missed:
        seen &= numbers["missed"] >= conduct.missed_share
    lack = jnp.zeros(days.shape[1], bool)
    if assessments.lack:
        best = before - 0.5 if is_line(assessments.indication) else (1.0 - LEAST_FALL) * before
        none = (level > best) & (days >= LACK_FROM_D) & seen
        leaves = none & (numbers["last"] < conduct.lack_share)
        gone = jnp.cumsum(leaves, axis=0) - leaves > 0
        seen &= ~gone
        lack = leaves.any(axis=0)
        last_d = jnp.take_along_axis(days, leaves.argmax(axis=0)[None], axis=0)[0]
        left_d = jnp.where(lack, last_d, left_d)
    return seen, left_d, lack
