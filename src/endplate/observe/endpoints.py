"""Every endpoint of an indication, read from its courses: the one way of forecast and fit alike.

A line's endpoints are responder definitions (`responders.py`), a symptom score's are readings
(`readings.py`). An observation is what one subject contributes: the probability of an event in
percent, or a value in the endpoint's unit.
"""

from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from endplate.facts.endpoints import Reading, SymptomScore, readings, symptom_scores
from endplate.observe.course import IndicationCourse, Subjects, Times, at_days, mean_over_window
from endplate.observe.raters import raters
from endplate.observe.readings import SHARES, Observation, Terms, read
from endplate.observe.responders import (
    Severity,
    event_probability,
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


def reported_endpoints(indication: str) -> tuple[str, ...]:
    """Endpoints of an indication that a forecast works out, in their order."""
    rows = readings(indication)
    return tuple(row.endpoint for row in rows) if rows else REPORTED_OF_LINES


def measures(indication: str) -> tuple[int, ...]:
    """Indices among the reported endpoints of those that are no shares of people."""
    return tuple(i for i, row in enumerate(readings(indication)) if row.how not in SHARES)


def observe(
    indication: str,
    endpoint: str,
    course: IndicationCourse,
    subjects: Subjects,
    day_d: Times,
    main_scale: int = 0,
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

    Raises
    ------
    KeyError
        The indication has no such endpoint.
    """
    if symptom_scores(indication):
        return _score(indication, endpoint, course, day_d, main_scale)
    return _line(endpoint, course, subjects, day_d)


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


def _line(endpoint: str, course: IndicationCourse, subjects: Subjects, day_d: Times) -> Observed:
    latent, rest = course.before
    # lines under placebo differ by what raters see alone, on every day alike
    contraction, still = (
        jnp.concatenate([at_days(level, course.time_d, day_d), before[None]])
        for level, before in zip(course.level, course.before, strict=True)
    )
    severity = Severity(
        contraction, still, course.grade, latent, rest, subjects.effects["shared_rater"]
    )
    event = 100.0 * line_event(endpoint, severity, subjects)
    # only people whose line at rest was mild can be evaluated for its going
    evaluable = jnp.round(rest) == MILD if endpoint == "rest_none" else jnp.ones_like(rest)
    value, placebo = event[:-1], jnp.broadcast_to(event[-1:], event[:-1].shape)
    return Observed(value, placebo, evaluable.astype(event.dtype))


def line_event(endpoint: str, severity: Severity, subjects: Subjects) -> Array:
    """Probability of a responder event, shape of the severity."""
    values = subjects.values
    return event_probability(endpoint, severity, raters(values), thresholds(values))


def _score(
    indication: str,
    endpoint: str,
    course: IndicationCourse,
    day_d: Times,
    main_scale: int,
) -> Observed:
    scales = symptom_scores(indication)
    names = [scale.scale for scale in scales]
    row = next((row for row in readings(indication) if row.endpoint == endpoint), None)
    if row is None:
        raise KeyError(f"{indication} has no endpoint {endpoint}")
    index = main_scale if row.scale == "primary" else names.index(row.scale)
    scale = scales[0] if row.scale == "primary" else scales[names.index(row.scale)]
    before = course.before[index]
    silenced = at_days(course.silenced[index], course.time_d, day_d)
    both = jnp.concatenate(
        [
            mean_over_window(level[index], course.time_d, day_d, row.window_d)
            for level in (course.level, course.untreated)
        ]
    )
    now = Observation(
        level=both,
        before=before,
        visit_sd=change_sd(scale, both, before),
        silenced=jnp.concatenate([silenced, jnp.zeros_like(silenced)]),
    )
    percent = 100.0 if row.how in SHARES else 1.0
    value, placebo = jnp.split(percent * read(row.how, now, terms(row)), 2)
    return Observed(value, placebo, jnp.ones_like(before))


def terms(reading: Reading) -> Terms:
    """Constants of a reading."""
    return Terms(reading.threshold, reading.gain)


def change_sd(scale: SymptomScore, level: Array, before: Array) -> Array:
    """Scatter of a change from the start in the scale's unit, (times, subjects): of two visits."""
    return jnp.hypot(*visit_sds(scale, level, before))


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
