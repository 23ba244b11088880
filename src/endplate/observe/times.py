"""Onset, peak and duration: of each subject's own response, and as a trial prints it.

A subject's own times are read off the latent course. A trial finds a response lost at the first
visit that no longer observes it. Visits scatter, so that a loss is found before half of the people
have lost the response for good; and it is found late, by half the time between two visits on
average. `facts/tables/durations.csv` says how each published duration is read.
"""

from functools import cache
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.lax import cummax
from jax.nn import sigmoid
from numpy.typing import NDArray

from endplate.facts.endpoints import DurationRule, symptom_scores
from endplate.observe.course import IndicationCourse, Subjects, Times, at_days
from endplate.observe.endpoints import (
    change_sd,
    drawn_change,
    line_event,
    observe,
    visit_sds,
)
from endplate.observe.raters import investigator_error, raters
from endplate.observe.responders import DrawnVisits, Severity

Numbers = NDArray[np.float64]

LEAST_FALL = 0.1  # share of a score: who gains less is told no times
LEAST_CHANGE = 0.1  # grades; no one notes less
ONSET_OF = {"median_onset": "onset_cum"}
_ONSET_SHARE = 0.5
_REPEATS = 16  # of each subject's visits
_MOST_SUBJECTS = 2048  # that the scatter of visits is drawn for; others share it
_SLOWEST_PER_D = 1e-3  # at which a share is taken to fall on after the last visit
_SOFT = 0.02  # of the start: width over which a visit's verdict turns, for smooth gradients
_SEED = 20261122


class SubjectTimes(NamedTuple):
    """Times [d] of each subject, NaN where the subject never has the event, shape (subjects,).

    Arrays of jax within a run, of numpy once it is over.
    """

    onset_d: Any
    peak_d: Any
    duration_d: Any


def subject_times(
    indication: str, course: IndicationCourse, subjects: Subjects, main_scale: int = 0
) -> SubjectTimes:
    """Onset, peak and duration of each subject.

    Of a line: the first day with a change that the person notes, the day of the least severe line,
    and the last day on which the investigator sees at least one grade less. Of a symptom score:
    the first day with half of the largest effect of the drug, its day, and the day by which the
    share `lost_share` of it is gone. Where an earlier treatment still acts, onset counts from what
    it has left on day 0.
    """
    scales = symptom_scores(indication)
    if scales:
        return _score_times(course, scales[main_scale].lost_share)
    return _line_times(indication, course, subjects)


def _line_times(indication: str, course: IndicationCourse, subjects: Subjects) -> SubjectTimes:
    time_d, contraction, latent = jnp.asarray(course.time_d), course.level[0], course.before[0]
    values, effects = subjects.values, subjects.effects
    change = latent - contraction
    threshold = values["notice_grade"] + values["notice_sd"] * effects["notice"]
    threshold = jnp.maximum(threshold, LEAST_CHANGE)
    base = jnp.where(change[0] >= threshold, change[0], 0.0)
    onset = first_crossing_d(change - base - threshold, time_d)
    error = investigator_error(raters(values, indication), effects)
    better = course.grade - 0.5 - (contraction + error)
    # a subject graded better without any effect of the drug has no response to lose
    better = jnp.minimum(better, change - LEAST_CHANGE)
    peak = jnp.where(
        change.max(axis=0) >= LEAST_CHANGE, time_d[contraction.argmin(axis=0)], jnp.nan
    )
    return SubjectTimes(onset, peak, last_crossing_d(better, time_d))


def _score_times(course: IndicationCourse, lost_share: float) -> SubjectTimes:
    time_d, fall = jnp.asarray(course.time_d), course.fall
    largest = fall.max(axis=0)
    has = largest >= LEAST_FALL
    half_way = fall[0] + _ONSET_SHARE * (largest - fall[0])
    gains = has & (largest > fall[0] + 1e-3)
    onset = jnp.where(gains, first_crossing_d(fall - half_way, time_d), jnp.nan)
    peak = jnp.where(has, time_d[fall.argmax(axis=0)], jnp.nan)
    duration = last_crossing_d(fall - (1.0 - lost_share) * largest, time_d)
    return SubjectTimes(onset, peak, jnp.where(has, duration, jnp.nan))


def first_crossing_d(above: Array, time_d: Array) -> Array:
    """First day on which curves (times, subjects) are at zero or above [d]; NaN where never."""
    at_least = above >= 0.0
    after = at_least.argmax(axis=0)
    before = jnp.maximum(after - 1, 0)
    day = _zero_between(above, time_d, before, after)
    return jnp.where(at_least.any(axis=0), day, jnp.nan)


def last_crossing_d(above: Array, time_d: Array) -> Array:
    """Day on which curves fall below zero for the last time [d]; the last time where they do not.

    NaN where a curve is never above zero.
    """
    is_above = above > 0.0
    last = len(time_d) - 1 - is_above[::-1].argmax(axis=0)
    after = jnp.minimum(last + 1, len(time_d) - 1)
    day = _zero_between(above, time_d, last, after)
    return jnp.where(is_above.any(axis=0), day, jnp.nan)


def _zero_between(above: Array, time_d: Array, before: Array, after: Array) -> Array:
    """Day between two times at which curves pass zero, each subject at its own times."""
    low, high = (jnp.take_along_axis(above, index[None], axis=0)[0] for index in (before, after))
    step = jnp.where(low != high, low / jnp.where(low != high, low - high, 1.0), 0.0)
    start_d, end_d = time_d[before], time_d[after]
    return start_d + jnp.clip(step, 0.0, 1.0) * (end_d - start_d)


def visits_d(rule: DurationRule, last_d: float) -> Numbers:
    """Days of the visits up to the last [d]."""
    *early, regular = rule.first_visits_d
    return np.array([*early, *np.arange(regular, last_d + 1e-9, rule.every_d)])


def retained_at_visits(
    indication: str,
    rule: DurationRule,
    course: IndicationCourse,
    subjects: Subjects,
    weight: Array,
    last_d: float,
    main_scale: int = 0,
) -> Array:
    """Weight of the people in whom no visit has yet found the response lost, (groups, visits).

    Parameters
    ----------
    indication : str
        What is treated.
    rule : DurationRule
        How the trial reads a duration.
    course, subjects
        The courses, and parameters and random effects of the subjects.
    weight : [1]
        Weight of each subject in each group, shape (groups, subjects). Sums over several chunks of
        subjects add up; `printed_d` takes them.
    last_d : [d]
        Last day of the trial's follow-up.
    main_scale : int
        Index of the scale that is treated most.
    """
    visits = visits_d(rule, last_d)
    scales = symptom_scores(indication)
    if not scales:
        retained = _line_retained(indication, rule, course, subjects, visits)
    else:
        scale = scales[main_scale]
        before = course.before[main_scale]
        level = at_days(course.level[main_scale], course.time_d, visits)
        share = 1.0 - scale.lost_share if rule.kept_share is None else rule.kept_share
        first, later = visit_sds(scale, level, before)
        retained = score_retained(
            1.0 - level / before, (first / before, later / before), rule, share
        )
    return jnp.einsum("gp,vp->gv", weight, retained)


def _line_retained(
    indication: str,
    rule: DurationRule,
    course: IndicationCourse,
    subjects: Subjects,
    visits: Numbers,
) -> Array:
    """Probability that a responder at the first visit has been one at every visit since.

    The visits of one subject are independent given the subject.
    """
    severity = _severity_on(course, subjects, visits)._replace(grade_width=rule.grade_width)
    return jnp.cumprod(_line_events(indication, rule, severity, subjects), axis=0)


def _severity_on(course: IndicationCourse, subjects: Subjects, day_d: Times) -> Severity:
    contraction, rest = (at_days(level, course.time_d, day_d) for level in course.level)
    latent, rest_before = course.before
    return Severity(
        contraction, rest, course.grade, latent, rest_before, subjects.effects["shared_rater"]
    )


def _line_events(
    indication: str, rule: DurationRule, severity: Severity, subjects: Subjects
) -> Array:
    """Probability of the response at each visit, of what makes a responder at the first."""
    event = line_event(indication, rule.curve, severity, subjects)
    if rule.among:
        event = event.at[:1].set(line_event(indication, rule.among, severity, subjects)[:1])
    return event


def score_retained(
    fall: Array, scatter: tuple[Array, Array], rule: DurationRule, kept_share: float
) -> Array:
    """Probability that no visit has yet found the loss of the fall, shape (visits, subjects).

    Parameters
    ----------
    fall : [1]
        Share of the start that is gone at each visit, shape (visits, subjects).
    scatter : [1]
        Scatter of the visit before treatment (subjects,), which is in all changes alike, and of
        each later one (visits, subjects), as shares of the start.
    rule : DurationRule
        How the duration is read.
    kept_share : [1]
        Share of the best fall, or of the start, below which it counts as lost.
    """
    always, fresh = (drawn.astype(fall.dtype) for drawn in _visit_scatter(*fall.shape))
    found = fall + scatter[0] * always + scatter[1] * fresh
    stays = sigmoid(_retention_margin(found, rule, kept_share) / _SOFT)
    return jnp.cumprod(stays, axis=1).mean(axis=0)


def _retention_margin(found: Array, rule: DurationRule, kept_share: float) -> Array:
    """How far each visit is from finding the loss, (repeats, visits, subjects) as `found` [1]."""
    best = jnp.maximum(cummax(found, axis=1), 0.0) if rule.of == "best" else 1.0
    margin = found - kept_share * best
    if rule.least_fall is not None:
        margin = margin.at[:, 0].set(found[:, 0] - rule.least_fall)
    return margin


def drawn_retained(
    indication: str,
    rule: DurationRule,
    course: IndicationCourse,
    subjects: Subjects,
    day_d: Array,
    scatter: Array,
    seen: Array,
    main_scale: int = 0,
) -> Array:
    """Whether no visit of a trial has yet found the response lost, 0 or 1, (visits, subjects).

    Parameters
    ----------
    indication, rule, course, subjects, main_scale
        As for `retained_at_visits`.
    day_d : [d]
        Days of each subject's visits from the first that counts on, (visits, subjects).
    scatter : [1]
        Their scatter, as for `draw_visits`; of scores the second's first visit is the start.
    seen : bool
        Visits that took place: one that did not finds nothing, (visits, subjects).
    """
    scales = symptom_scores(indication)
    if scales:
        scale = scales[main_scale]
        before = course.before[main_scale]
        level = at_days(course.level[main_scale], course.time_d, day_d)
        drawn = change_sd(scale, level, before) * drawn_change(scale, level, before, scatter)
        found = 1.0 - (level + drawn) / before
        share = 1.0 - scale.lost_share if rule.kept_share is None else rule.kept_share
        found = jnp.where(seen, found, -jnp.inf)  # sets no best, and finds no loss
        stays = _retention_margin(found[None], rule, share)[0] >= 0.0
    else:
        drawn = DrawnVisits(scatter[0], scatter[1], subjects.effects["notice"])
        severity = _severity_on(course, subjects, day_d)._replace(
            drawn=drawn, grade_width=rule.grade_width
        )
        stays = _line_events(indication, rule, severity, subjects) > 0.5
    return jnp.cumprod(jnp.where(seen, stays, True), axis=0)


@cache
def _visit_scatter(visits: int, subjects: int) -> tuple[Numbers, Numbers]:
    """Scatter common to all visits of a subject, and of each; both signs, so that none is tilted.

    A subject's own whatever the number of subjects, of shape (repeats, visits, subjects).
    """
    shape = (_MOST_SUBJECTS, _REPEATS // 2, visits + 1)
    half = np.random.default_rng(_SEED).standard_normal(shape)
    half = np.moveaxis(half[np.arange(subjects) % _MOST_SUBJECTS], 0, -1)
    drawn = np.concatenate([half, -half])
    return drawn[:, :1], drawn[:, 1:]


def printed_d(
    retained: Array, rule: DurationRule, last_d: float, follow_up_d: float | None = None
) -> Array:
    """Day that a trial prints from the weights retained at its visits [d].

    The mean or the median, as the endpoint's name says. `retained` [1] (visits,) is what
    `retained_at_visits` gave, for all people together; of rules that count only responders the
    first visit is the whole. Where the half is not lost by the last visit, the share goes on
    falling as it did over the last third of them; `follow_up_d` [d] is the day at which a trial
    that ends before would stop to count: its mean is that of the days up to then.
    """
    visits = visits_d(rule, last_d)
    share, days = _share_retained(retained, rule, visits)
    late = 0.5 * rule.every_d if rule.told == "visit" else 0.0
    if rule.endpoint.startswith("mean"):
        return mean_lost_d(share, days + late, follow_up_d)
    day = half_lost_d(share, days) + late
    return day if follow_up_d is None else jnp.minimum(day, follow_up_d)


def share_by_day(retained: Array, rule: DurationRule, last_d: float, day_d: Array) -> Array:
    """Share of people in whom no visit up to a day has found the response lost [1], (days,).

    Arguments as for `printed_d`; of rules that count only responders it is the share of these.
    """
    share, days = _share_retained(retained, rule, visits_d(rule, last_d))
    return jnp.interp(jnp.asarray(day_d), days, share)


def _share_retained(retained: Array, rule: DurationRule, visits: Numbers) -> tuple[Array, Array]:
    """Share that has not been found lost, and the days [d] on which it is read, from day 0 on."""
    whole = jnp.maximum(retained[0], 1e-12) if rule.conditional else 1.0
    before = max(visits[0] - rule.every_d, 0.0)
    days = jnp.asarray(np.concatenate([[0.0, before], visits]))
    return jnp.concatenate([jnp.ones(2, retained.dtype), retained / whole]), days


def half_lost_d(share: Array, time_d: Array) -> Array:
    """Day on which half of those who responded at the peak have lost the response [d].

    `share` is the prevalence at each time, shape (times,). Where the half is not lost within the
    times, it is read off the rate at which the share fell over the last third of them.
    """
    peak = jnp.argmax(share)
    falling = jnp.where(jnp.arange(len(time_d)) < peak, share[peak], share)
    within = jnp.interp(-0.5 * share[peak], -falling, time_d)
    third = len(time_d) - 1 - len(time_d) // 3
    # held off nothing, where logarithms have no slope
    over_half = jnp.log(jnp.maximum(2.0 * falling / share[peak], 0.9))
    rate_per_d = (over_half[third] - over_half[-1]) / (time_d[-1] - time_d[third])
    beyond_d = over_half[-1] / jnp.maximum(rate_per_d, _SLOWEST_PER_D)
    return within + jnp.maximum(beyond_d, 0.0)


def mean_lost_d(share: Array, time_d: Array, until_d: float | None = None) -> Array:
    """Mean duration among those who responded at the peak, cut off at the last time [d].

    `until_d` [d] cuts it off before: what is not lost by then has lasted so long.
    """
    peak = jnp.argmax(share)
    falling = jnp.where(jnp.arange(len(time_d)) < peak, share[peak], share) / share[peak]
    times = jnp.asarray(time_d)
    if until_d is not None:
        falling = jnp.append(falling, jnp.interp(until_d, times, falling))
        times = jnp.append(times, until_d)
        order = jnp.argsort(times)
        times, falling = times[order], falling[order]
    middle = 0.5 * (falling[1:] + falling[:-1])
    within = jnp.diff(times) if until_d is None else jnp.diff(jnp.minimum(times, until_d))
    return times[0] + jnp.sum(middle * within)


def half_reached_d(share: Array, time_d: Array) -> Array:
    """Day on which half of those who ever respond have begun to [d]."""
    peak = jnp.argmax(share)
    rising = jnp.where(jnp.arange(len(time_d)) > peak, share[peak], share)
    return jnp.interp(0.5 * share[peak], rising, time_d)


def noticed(
    indication: str, endpoint: str, course: IndicationCourse, subjects: Subjects, weight: Array
) -> Array:
    """Share of each group that has noted an effect at each time of the course, (groups, times)."""
    one = observe(indication, ONSET_OF[endpoint], course, subjects, course.time_d)
    return jnp.einsum("gp,tp->gt", weight, one.value / 100.0)
