"""Every published responder definition as a probability, from one latent severity.

The definition moves a result more than the product does, so none is *the* response.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from endplate.observe.raters import Raters, chance, grade_at_most


class DrawnVisits(NamedTuple):
    """Standard normals of visits that are drawn: both raters' own scatter (times, subjects).

    `notice` (subjects,) is the subject's own, of the change that they notice.
    """

    investigator: Array
    subject: Array
    notice: Array


class Severity(NamedTuple):
    """Latent courses, with what was graded before treatment; subjects are the last axis.

    `contraction`, `rest`: shape (times, subjects). `grade_before`: 0-3 at contraction. `before`,
    `rest_before`: latent severities before treatment. `shared`: standard normal of the subject.
    `drawn`: the scatter of the visits where it is drawn; None where it is integrated out.
    `grade_width` [1]: width of a grade of the scale that is read, in those of the model's.
    """

    contraction: Array
    rest: Array
    grade_before: Array
    before: Array
    rest_before: Array
    shared: Array
    drawn: DrawnVisits | None = None
    grade_width: float = 1.0


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
    return _seen(course, course.contraction, limit, raters)


def _seen(course: Severity, severity: Array, limit: Array, raters: Raters) -> Array:
    """Probability that the investigator gives a line at most a grade."""
    own = None if course.drawn is None else course.drawn.investigator
    rated = severity - raters.placebo_investigator
    return grade_at_most(
        rated, limit, raters.sd_investigator, course.shared, raters.shared_share, own
    )


def _subject(course: Severity, limit: Array, raters: Raters) -> Array:
    treated = 1.0 - course.contraction / jnp.maximum(course.before, 1e-6)
    rated = course.contraction - raters.placebo_subject + raters.subject_shift * treated
    own = None if course.drawn is None else course.drawn.subject
    return grade_at_most(rated, limit, raters.sd_subject, course.shared, raters.shared_share, own)


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
    drawn = None if course.drawn is None else course.drawn.notice
    return chance((change - thresholds.notice_grade) / thresholds.notice_sd, drawn)


def _globally(threshold: str) -> Callable[[Severity, Raters, Thresholds], Array]:
    def event(course: Severity, raters: Raters, thresholds: Thresholds) -> Array:
        change = _felt_change(course, raters)
        drawn = None
        if course.drawn is not None:
            common = raters.shared_share
            drawn = jnp.sqrt(common) * course.shared + jnp.sqrt(1.0 - common) * course.drawn.subject
        return chance((change - getattr(thresholds, threshold)) / raters.sd_subject, drawn)

    return event


def _rest_none(course: Severity, raters: Raters, _: Thresholds) -> Array:
    return _seen(course, course.rest, jnp.asarray(0.0), raters)


def _at_most(grade: float) -> Callable[[Severity], Array]:
    """Largest grade of the model's scale that is read as at most a grade of the scale in use."""
    return lambda course: jnp.asarray((grade + 0.5) * course.grade_width - 0.5)


def _better(grades: float) -> Callable[[Severity], Array]:
    """Largest grade of the model's scale that is read as so many grades better than before.

    On a scale with finer grades the grade before treatment is the latent severity, rounded.
    """

    def limit(course: Severity) -> Array:
        width = course.grade_width
        if width == 1.0:
            return course.grade_before - grades
        return (jnp.round(course.before / width) - grades + 0.5) * width - 0.5

    return limit


_none_or_mild, _one_better, _two_better = _at_most(1.0), _better(1.0), _better(2.0)


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


_RATED = {
    "investigator": _by_investigator,
    "subject": _by_subject,
    "both": _both,
    "either": _either,
}
_LIMITS: dict[str, Callable[[float], Callable[[Severity], Array]]] = {
    "grade_at_most": _at_most,
    "grades_better": _better,
}


def responder_probability(
    how: str,
    rater: str,
    threshold_grade: float,
    course: Severity,
    raters: Raters,
    thresholds: Thresholds,
) -> Array:
    """Probability of a responder event that a table defines [1].

    Parameters
    ----------
    how, rater : str
        One of `OF_LINES`, and whose eyes: `investigator`, `subject`, `both` or `either`.
    threshold_grade : [grade]
        Grade that a line has at most, or grades that it is better than before.
    course, raters, thresholds
        As for `event_probability`.

    Raises
    ------
    KeyError
        The reading or the rater is not known.
    """
    return _RATED[rater](_LIMITS[how](threshold_grade))(course, raters, thresholds)


def drawn_grades(course: Severity, raters: Raters) -> tuple[Array, Array]:
    """Grades 0-3 that the investigator and the subject give at drawn visits, (times, subjects)."""
    limits = [jnp.asarray(limit) for limit in (0.0, 1.0, 2.0)]
    investigator, subject = (
        sum(1.0 - rate(course, limit, raters) for limit in limits)
        for rate in (_investigator, _subject)
    )
    return jnp.asarray(investigator), jnp.asarray(subject)


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
