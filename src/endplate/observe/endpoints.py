"""Every endpoint of an indication, read from its courses: the one way of forecast and fit alike.

A line's endpoints are responder definitions (`responders.py`), a symptom score's are readings
(`readings.py`). An observation is what one subject contributes: the probability of an event in
percent, or a value in the endpoint's unit.
"""

from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from endplate.facts.endpoints import (
    SHARES,
    CustomEndpoint,
    Reading,
    SymptomScore,
    readings,
    symptom_scores,
)
from endplate.observe.course import IndicationCourse, Subjects, Times, at_days, mean_over_window
from endplate.observe.raters import raters
from endplate.observe.readings import Observation, Terms, read
from endplate.observe.responders import (
    DrawnVisits,
    Severity,
    drawn_grades,
    event_probability,
    responder_probability,
    thresholds,
)

REPORTED_OF_LINES = ("inv_none_mild", "subj_none_mild", "inv_ge1", "both_ge2", "rest_none")
"""Responder definitions of lines that a forecast reports."""
MILD = 1.0
_OF_EACH_VISIT = 0.5  # of the variance of a change
_LEAST_LEFT = 0.02  # of a score, below which a visit scatters no less


class Observed(NamedTuple):
    """One endpoint in every subject, with the drug and under placebo.

    `value` and `placebo` [% or the endpoint's unit] have the shape (days, subjects); `counts` [1]
    is 1 for subjects who can be evaluated and 0 for the others, shape (subjects,).
    """

    value: Array
    placebo: Array
    counts: Array


Custom = tuple[CustomEndpoint, ...]
"""Endpoints of a user's table, of any indication."""


def custom_of(indication: str, custom: Custom) -> Custom:
    """Those of a user's endpoints that are of one indication."""
    return tuple(row for row in custom if row.indication == indication)


def reported_endpoints(indication: str, custom: Custom = ()) -> tuple[str, ...]:
    """Endpoints of an indication that a forecast works out, in their order; a user's come last."""
    rows = readings(indication)
    shipped = tuple(row.endpoint for row in rows) if rows else REPORTED_OF_LINES
    return (*shipped, *(row.endpoint for row in custom_of(indication, custom)))


def measures(indication: str, custom: Custom = ()) -> tuple[int, ...]:
    """Indices among the reported endpoints of those that are no shares of people."""
    rows = (*readings(indication), *custom_of(indication, custom))
    return tuple(i for i, row in enumerate(rows) if row.how not in SHARES)


def observe(
    indication: str,
    endpoint: str,
    course: IndicationCourse,
    subjects: Subjects,
    day_d: Times,
    main_scale: int = 0,
    custom: Custom = (),
    grade_width: float = 1.0,
) -> Observed:
    """One endpoint on some days.

    Parameters
    ----------
    indication, endpoint : str
        What is treated, and the endpoint's code.
    course : IndicationCourse
        The courses.
    subjects : Subjects
        Parameters and random effects of the subjects.
    day_d : [d]
        Days since the treatment, shape (days,), or each subject's own, (days, subjects).
    main_scale : int
        Index of the scale that is treated most, which some endpoints read.
    custom : tuple of CustomEndpoint
        Endpoints of a user's table, beside those that are shipped.
    grade_width : [1]
        Width of a grade of the scale of lines in use, in grades of the usual one.

    Raises
    ------
    KeyError
        The indication has no such endpoint.
    """
    if symptom_scores(indication):
        return _score(indication, endpoint, course, day_d, main_scale, custom)
    return _line(indication, endpoint, course, subjects, day_d, custom, grade_width)


def draw_visits(
    indication: str,
    endpoints: Sequence[str],
    course: IndicationCourse,
    subjects: Subjects,
    day_d: Times,
    scatter: Array,
    main_scale: int = 0,
) -> tuple[Array, Array]:
    """What the visits of a trial find of each subject: the same endpoints, drawn.

    Averaged over the scatter it is what `observe` gives.

    Parameters
    ----------
    indication, course, subjects, day_d, main_scale
        As for `observe`.
    endpoints : sequence of str
        Codes of the endpoints.
    scatter : [1]
        Standard normals of the visits, (raters, days, subjects): of lines the investigator's and
        the subject's own; of scores the first is the visit's, whose variance is shared with what
        the second's first day says of the start.

    Returns
    -------
    any
        Endpoints (endpoints, days, subjects), 1 for an event and 0 for none; and what the visits
        measured (measures, days, subjects): grades of investigator and subject, or each score.
    """
    if symptom_scores(indication):
        return _drawn_scores(indication, endpoints, course, day_d, scatter, main_scale)
    contraction, rest = (at_days(level, course.time_d, day_d) for level in course.level)
    latent, rest_before = course.before
    effects = subjects.effects
    severity = Severity(
        contraction,
        rest,
        course.grade,
        latent,
        rest_before,
        effects["shared_rater"],
        DrawnVisits(scatter[0], scatter[1], effects["notice"]),
    )
    events = [line_event(indication, endpoint, severity, subjects) for endpoint in endpoints]
    grades = drawn_grades(severity, raters(subjects.values, indication))
    return jnp.stack(events) if events else contraction[None][:0], jnp.stack(grades)


def _drawn_scores(
    indication: str,
    endpoints: Sequence[str],
    course: IndicationCourse,
    day_d: Times,
    scatter: Array,
    main_scale: int,
) -> tuple[Array, Array]:
    found = [
        read(row.how, now, terms(row))
        for row, now in (
            _reading(indication, endpoint, course, day_d, main_scale, scatter)
            for endpoint in endpoints
        )
    ]
    scales = symptom_scores(indication)
    levels = []
    for scale, course_level, before in zip(scales, course.level, course.before, strict=True):
        level = at_days(course_level, course.time_d, day_d)
        drawn = drawn_change(scale, level, before, scatter)
        seen = Observation(level, before, change_sd(scale, level, before), jnp.zeros(()), drawn)
        levels.append(seen.found)
    return jnp.stack(found) if found else levels[0][None][:0], jnp.stack(levels)


def group_means(observed: Sequence[Observed], weight: Array) -> tuple[Array, Array, Array]:
    """Weighted sums of endpoints over groups of subjects, and the weight of those evaluable.

    Parameters
    ----------
    observed : sequence of Observed
        Endpoints on the same days.
    weight : [1]
        Weight of each subject in each group, shape (groups, subjects).

    Returns
    -------
    any, any, [1]
        Sums with the drug and under placebo (groups, endpoints, days), and weights (groups,
        endpoints). Sums of several chunks of subjects add up; a mean is their ratio.
    """
    counts = jnp.stack([one.counts for one in observed])
    evaluable = weight[:, None] * counts
    sums, placebo = (
        jnp.einsum("gep,edp->ged", evaluable, jnp.stack([getattr(one, name) for one in observed]))
        for name in ("value", "placebo")
    )
    return sums, placebo, evaluable.sum(axis=-1)


def _line(
    indication: str,
    endpoint: str,
    course: IndicationCourse,
    subjects: Subjects,
    day_d: Times,
    custom: Custom,
    grade_width: float,
) -> Observed:
    latent, rest = course.before
    # lines under placebo differ by what raters see alone, on every day alike
    contraction, still = (
        jnp.concatenate([at_days(level, course.time_d, day_d), before[None]])
        for level, before in zip(course.level, course.before, strict=True)
    )
    shared = subjects.effects["shared_rater"]
    severity = Severity(
        contraction, still, course.grade, latent, rest, shared, grade_width=grade_width
    )
    defined = next((r for r in custom_of(indication, custom) if r.endpoint == endpoint), None)
    event = 100.0 * line_event(indication, endpoint, severity, subjects, defined)
    # only people whose line at rest was mild can be evaluated for its going
    evaluable = jnp.round(rest) == MILD if endpoint == "rest_none" else jnp.ones_like(rest)
    value, placebo = event[:-1], jnp.broadcast_to(event[-1:], event[:-1].shape)
    return Observed(value, placebo, evaluable.astype(event.dtype))


def line_event(
    indication: str,
    endpoint: str,
    severity: Severity,
    subjects: Subjects,
    defined: CustomEndpoint | None = None,
) -> Array:
    """Probability of a responder event, shape of the severity; `defined` is a user's own."""
    values = subjects.values
    rated, limits = raters(values, indication), thresholds(values)
    if defined is not None:
        return responder_probability(
            defined.how, defined.rater, defined.threshold, severity, rated, limits
        )
    return event_probability(endpoint, severity, rated, limits)


def _score(
    indication: str,
    endpoint: str,
    course: IndicationCourse,
    day_d: Times,
    main_scale: int,
    custom: Custom,
) -> Observed:
    row, drug = _reading(indication, endpoint, course, day_d, main_scale, custom=custom)
    untreated = course._replace(level=course.untreated)
    _, placebo = _reading(indication, endpoint, untreated, day_d, main_scale, custom=custom)
    both = drug._replace(
        level=jnp.concatenate([drug.level, placebo.level]),
        silenced=jnp.concatenate([drug.silenced, jnp.zeros_like(drug.silenced)]),
        visit_sd=jnp.concatenate([drug.visit_sd, placebo.visit_sd]),
    )
    percent = 100.0 if row.how in SHARES else 1.0
    value, under_placebo = jnp.split(percent * read(row.how, both, terms(row)), 2)
    return Observed(value, under_placebo, jnp.ones_like(drug.before))


def _reading(
    indication: str,
    endpoint: str,
    course: IndicationCourse,
    day_d: Times,
    main_scale: int,
    scatter: Array | None = None,
    custom: Custom = (),
) -> tuple[Reading, Observation]:
    """How an endpoint reads a score, and what it reads with the drug on some days.

    `scatter` is that of the visits where they are drawn, as for `draw_visits`.
    """
    scales = symptom_scores(indication)
    names = [scale.scale for scale in scales]
    rows = (*readings(indication), *custom_of(indication, custom))
    row = next((row for row in rows if row.endpoint == endpoint), None)
    if row is None:
        raise KeyError(f"{indication} has no endpoint {endpoint}")
    index = main_scale if row.scale == "primary" else names.index(row.scale)
    scale = scales[0] if row.scale == "primary" else scales[names.index(row.scale)]
    before = course.before[index]
    level = mean_over_window(course.level[index], course.time_d, day_d, row.window_d)
    silenced = at_days(course.silenced[index], course.time_d, day_d)
    drawn = None if scatter is None else drawn_change(scale, level, before, scatter)
    return row, Observation(level, before, change_sd(scale, level, before), silenced, drawn)


def terms(reading: Reading) -> Terms:
    """Constants of a reading."""
    return Terms(reading.threshold, reading.gain)


def change_sd(scale: SymptomScore, level: Array, before: Array) -> Array:
    """Scatter of a change from the start in the scale's unit, (times, subjects): of two visits."""
    return jnp.hypot(*visit_sds(scale, level, before))


def drawn_change(scale: SymptomScore, level: Array, before: Array, scatter: Array) -> Array:
    """Scatter of changes that are drawn, in their `change_sd` [1], (times, subjects).

    `scatter` [1] are standard normals (2, times, subjects): of the visits, and in the first of the
    second of the one before treatment, which is in all changes alike.
    """
    first, later = visit_sds(scale, level, before)
    drawn = first * scatter[1][:1] + later * scatter[0]
    return drawn / jnp.hypot(first, later)


def visit_sds(scale: SymptomScore, level: Array, before: Array) -> tuple[Array, Array]:
    """Scatter of the visit before treatment, and of visits at some levels, in the scale's unit.

    Each makes half of the variance of a change where the score is as at the start. A log-normal
    score is an amount or a count: its scatter falls with the root of what is left, as counts do.
    `level` is (times, subjects) and `before` (subjects,), in the scale's unit.
    """
    sd = jnp.sqrt(_OF_EACH_VISIT) * scale.visit_sd
    if scale.entry.distribution != "lognormal":
        return sd * jnp.ones_like(before), sd * jnp.ones_like(level)
    left = jnp.clip(level / jnp.maximum(before, 1e-9), _LEAST_LEFT, None)
    return sd * before, sd * before * jnp.sqrt(left)
