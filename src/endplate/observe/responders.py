"""Every published responder definition as a probability, from one latent severity.

The definition moves a result more than the product does, so none is *the* response.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtr

from endplate.observe.raters import Raters, grade_at_most


class Severity(NamedTuple):
    """Latent courses, with what was graded before treatment; subjects are the last axis.

    `contraction`, `rest`: shape (times, subjects). `grade_before`: 0-3 at contraction. `before`,
    `rest_before`: latent severities before treatment. `shared`: standard normal of the subject.
    """

    contraction: Array
    rest: Array
    grade_before: Array
    before: Array
    rest_before: Array
    shared: Array


class Thresholds(NamedTuple):
    """Changes in grades at which people note, praise or are satisfied with the effect."""

    notice_grade: Array
    notice_sd: Array
    global_ge2_grade: Array
    satisfied_grade: Array


def thresholds(values: Mapping[str, Array]) -> Thresholds:
    """Changes at which people note, praise and are satisfied, from parameters."""
    return Thresholds(*(values[name] for name in Thresholds._fields))


def _investigator(course: Severity, limit: Array, raters: Raters) -> Array:
    rated = course.contraction - raters.placebo_investigator
    return grade_at_most(rated, limit, raters.sd_investigator, course.shared, raters.shared_share)


def _subject(course: Severity, limit: Array, raters: Raters) -> Array:
    treated = 1.0 - course.contraction / jnp.maximum(course.before, 1e-6)
    rated = course.contraction - raters.placebo_subject + raters.subject_shift * treated
    return grade_at_most(rated, limit, raters.sd_subject, course.shared, raters.shared_share)


def _both(limit: Callable[[Severity], Array]) -> Callable[[Severity, Raters, Thresholds], Array]:
    return lambda course, raters, _: (
        _investigator(course, limit(course), raters) * _subject(course, limit(course), raters)
    )


def _either(limit: Callable[[Severity], Array]) -> Callable[[Severity, Raters, Thresholds], Array]:
    def event(course: Severity, raters: Raters, _: Thresholds) -> Array:
        neither = (1.0 - _investigator(course, limit(course), raters)) * (
            1.0 - _subject(course, limit(course), raters)
        )
        return 1.0 - neither

    return event


def _by_investigator(
    limit: Callable[[Severity], Array],
) -> Callable[[Severity, Raters, Thresholds], Array]:
    return lambda course, raters, _: _investigator(course, limit(course), raters)


def _by_subject(
    limit: Callable[[Severity], Array],
) -> Callable[[Severity, Raters, Thresholds], Array]:
    return lambda course, raters, _: _subject(course, limit(course), raters)


def _felt_change(course: Severity, raters: Raters) -> Array:
    treated = 1.0 - course.contraction / jnp.maximum(course.before, 1e-6)
    return (
        course.before - course.contraction + raters.placebo_subject - raters.subject_shift * treated
    )


def _noticed(course: Severity, raters: Raters, thresholds: Thresholds) -> Array:
    change = _felt_change(course, raters)
    return ndtr((change - thresholds.notice_grade) / thresholds.notice_sd)


def _globally(threshold: str) -> Callable[[Severity, Raters, Thresholds], Array]:
    def event(course: Severity, raters: Raters, thresholds: Thresholds) -> Array:
        change = _felt_change(course, raters)
        return ndtr((change - getattr(thresholds, threshold)) / raters.sd_subject)

    return event


def _rest_none(course: Severity, raters: Raters, _: Thresholds) -> Array:
    rated = course.rest - raters.placebo_investigator
    none = jnp.asarray(0.0)
    return grade_at_most(rated, none, raters.sd_investigator, course.shared, raters.shared_share)


def _none_or_mild(course: Severity) -> Array:
    return jnp.asarray(1.0)


def _one_better(course: Severity) -> Array:
    return course.grade_before - 1.0


def _two_better(course: Severity) -> Array:
    return course.grade_before - 2.0


ENDPOINTS: dict[str, Callable[[Severity, Raters, Thresholds], Array]] = {
    "inv_none_mild": _by_investigator(_none_or_mild),
    "inv_ge1": _by_investigator(_one_better),
    "inv_ge2": _by_investigator(_two_better),
    "subj_none_mild": _by_subject(_none_or_mild),
    "subj_ge1": _by_subject(_one_better),
    "subj_ge2": _by_subject(_two_better),
    "ge1_unstated": _by_investigator(_one_better),
    "both_ge2": _both(_two_better),
    "both_none_mild_ge2": _both(_two_better),
    "not_relapsed": _by_investigator(_one_better),
    "both_none_mild": _both(_none_or_mild),
    "either_ge1": _either(_one_better),
    "either_none_mild": _either(_none_or_mild),
    "rest_none": _rest_none,
    "onset_cum": _noticed,
    "subj_global_ge2": _globally("global_ge2_grade"),
    "subj_satisfied": _globally("satisfied_grade"),
}
"""Responder definitions by code; the codes are those of `facts/tables/endpoints.csv`, and three
(`either_*`, `both_none_mild`) that only the duration definitions use."""


def event_probability(
    endpoint: str, course: Severity, raters: Raters, thresholds: Thresholds
) -> Array:
    """Probability of a responder event at each time, given the subject [1].

    Raises
    ------
    KeyError
        The definition is not known.
    """
    return ENDPOINTS[endpoint](course, raters, thresholds)
