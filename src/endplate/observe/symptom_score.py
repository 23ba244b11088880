r"""Symptom scores: everything but lines falls with what the treated tissue no longer does.

.. math:: y(t) = y_0 \, \bigl(1 - S\,D(t)\bigr)\,\bigl(1 - q\,g(t)\bigr)

*y* is sweat, headache days, a dystonia or tone score, incontinence episodes. *D* is the share of
the drive that the treatment has silenced, *S* the share of the score that the drive makes in this
subject, *q* what placebo alone takes off, *g* its course. A muscle that is not treated keeps its
share of the drive, and so caps the benefit.
"""

from collections.abc import Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.nn import sigmoid
from jax.scipy.special import logit

from endplate.facts.endpoints import SymptomScore, symptom_scores
from endplate.facts.indications import indication as indication_row
from endplate.facts.parameters import value
from endplate.observe.course import Times


class ScoreLink(NamedTuple):
    """Links the silenced drive to the scores of one indication, scalars or one value per subject.

    `driven_share` [1] is *S*, `follow_ratio` [1] the delay of this subject over that of the middle
    one, `placebo_share` [1] *q* (negative where placebo worsens), `placebo_onset_d` and
    `placebo_fade_d` [d] the times in which it comes and goes.
    """

    driven_share: Array
    follow_ratio: Array
    placebo_share: Array
    placebo_onset_d: Array | float
    placebo_fade_d: Array | float


def score_link(
    values: Mapping[str, Array], effects: Mapping[str, Array], indication: str
) -> ScoreLink:
    """Link of one indication from parameters and random effects, one value per subject."""
    first = symptom_scores(indication)[0]
    response_sd = values.get(f"response_sd:{indication_row(indication).tissue}", first.response_sd)
    driven = logit(values[f"driven_share:{indication}"]) + response_sd * effects["response"]
    return ScoreLink(
        driven_share=sigmoid(driven),
        follow_ratio=jnp.exp(value("follow_log_sd") * effects["follow"]),
        placebo_share=values[f"placebo_share:{indication}"] + first.placebo_sd * effects["placebo"],
        placebo_onset_d=first.placebo_onset_d,
        placebo_fade_d=first.placebo_fade_d,
    )


def followed(
    driven: Array, time_d: Times, scale: SymptomScore, follow_ratio: Array, start: Array
) -> Array:
    """Silence of the drive as one score follows it: at once, and where it has one by a slow part.

    Parameters
    ----------
    driven : [1], in [0, 1]
        Share of the drive that is silenced, shape (times, subjects).
    time_d : [d]
        Rising times, shape (times,).
    scale : SymptomScore
        How fast the score follows, and which share of it follows slowly.
    follow_ratio : [1], > 0
        Delay of each subject over that of the middle one, shape (subjects,).
    start : [1], in [0, 1]
        What each part follows from at the first time, shape (parts, subjects).

    Returns
    -------
    [1], in [0, 1]
        Each part, shape (parts, times, subjects); `of_parts` is what they make together.
    """
    return jnp.stack(
        [
            delayed(driven, time_d, follow_d * follow_ratio, first)
            for follow_d, first in zip(scale.parts_follow_d, start, strict=True)
        ]
    )


def of_parts(parts: Array, scale: SymptomScore) -> Array:
    """What the parts of one score make together, from shape (parts, ...)."""
    return jnp.tensordot(jnp.asarray(scale.parts_share, parts.dtype), parts, axes=1)


def delayed(silenced: Array, time_d: Times, follow_d: Array | float, start: Array) -> Array:
    """Silence of the drive as the score follows it, with a delay.

    Parameters
    ----------
    silenced : [1], in [0, 1]
        Share of the drive that is silenced, shape (times, subjects).
    time_d : [d]
        Rising times, shape (times,).
    follow_d : [d], > 0
        Time in which the score follows, a number or one per subject.
    start : [1], in [0, 1]
        What it follows from at the first time, shape (subjects,).

    Returns
    -------
    [1], in [0, 1]
        Same shape as `silenced`.
    """
    dtype = silenced.dtype

    def follow(level: Array, step: tuple[Array, Array]) -> tuple[Array, Array]:
        drive, left = step
        after = drive + (level - drive) * left
        return after, after

    middle = 0.5 * (silenced[1:] + silenced[:-1])
    step_d = jnp.diff(jnp.asarray(time_d))[:, None]
    left = jnp.exp(-step_d / follow_d).astype(dtype)
    _, later = jax.lax.scan(follow, start.astype(dtype), (middle, left))
    return jnp.concatenate([start[None].astype(dtype), later])


def fall_by_drug(silenced: Array, link: ScoreLink) -> Array:
    """Share of the score that the drug takes away, shape of `silenced` [1] (..., subjects)."""
    return link.driven_share * silenced


def fall_by_placebo(
    time_d: Times, link: ScoreLink, first_treatment_d: Array | float = 0.0
) -> Array:
    """Share of the score that placebo takes away, shape (times, subjects); none before day 0.

    Parameters
    ----------
    time_d : [d]
        Times since the latest treatment, shape (times,).
    link : ScoreLink
        The subjects' link.
    first_treatment_d : [d], >= 0
        Days from the first treatment to the latest, a number or one per subject. What placebo
        takes off comes with the first treatment; each renews it, so its fading starts anew.
    """
    after_d = jnp.maximum(jnp.asarray(time_d), 0.0)[:, None]
    comes = -jnp.expm1(-(after_d + first_treatment_d) / link.placebo_onset_d)
    goes = jnp.exp(-after_d / link.placebo_fade_d)
    return link.placebo_share * (comes * goes)


def symptom_score(before: Array, by_drug: Array, by_placebo: Array) -> Array:
    """Score over time.

    Parameters
    ----------
    before : [scale's unit], >= 0
        Score before treatment, shape (subjects,).
    by_drug, by_placebo : [1]
        Shares taken away, shape (times, subjects).

    Returns
    -------
    [scale's unit], >= 0
        Shape (times, subjects).
    """
    return before * (1.0 - by_drug) * (1.0 - jnp.minimum(by_placebo, 1.0))
