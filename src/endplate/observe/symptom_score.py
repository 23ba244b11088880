r"""Everything but facial lines: a burden that falls with what the treated tissue no longer does.

.. math:: y(t) = y_0 \, \bigl(1 - S\,D(t)\bigr)\,\bigl(1 - q\,g(t)\bigr)

*y* is sweat, headache days, a dystonia or tone score, incontinence episodes. *D* is the share of
the drive that the treatment has silenced, *S* the share of the burden that the drive makes in this
person, *q* what placebo alone takes off, *g* its course. A muscle that is not treated keeps its
share of the drive, and so caps the benefit.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array


class BurdenScale(NamedTuple):
    """Links the silenced drive to one burden in one person, scalars or one value per person.

    `driven_share` [1] is *S*, `placebo_share` [1] *q* (negative where placebo worsens),
    `placebo_onset_d` and `placebo_fade_d` [d] the times in which it comes and goes.
    """

    driven_share: Array
    placebo_share: Array
    placebo_onset_d: Array
    placebo_fade_d: Array


def followed(silenced: Array, time_d: Array, follow_d: float, start: Array | None = None) -> Array:
    """Silence of the drive as the burden follows it, with a delay.

    Parameters
    ----------
    silenced : [1], in [0, 1]
        Share of the drive that is silenced, shape (people, times).
    time_d : [d]
        Rising times.
    follow_d : [d], > 0
        Time in which the burden follows.
    start : [1], in [0, 1]
        What it follows from at the first time, shape (people,); the drive then, unless given.

    Returns
    -------
    [1], in [0, 1]
        Same shape.
    """

    def follow(now: Array, step: tuple[Array, Array]) -> tuple[Array, Array]:
        level, step_d = step
        after = level + (now - level) * jnp.exp(-step_d / follow_d)
        return after, after

    first = silenced[:, 0] if start is None else start
    middle = 0.5 * (silenced[:, 1:] + silenced[:, :-1])
    _, later = jax.lax.scan(follow, first, (middle.T, jnp.diff(time_d)))
    return jnp.concatenate([first[:, None], later.T], axis=1)


def fall_by_drug(silenced: Array, scale: BurdenScale) -> Array:
    """Share of the burden that the drug takes away, shape (..., times).

    Parameters
    ----------
    silenced : [1], in [0, 1]
        Share of the drive that is silenced, shape (..., times).
    scale : BurdenScale
        The person's link.
    """
    return jnp.asarray(scale.driven_share)[..., None] * silenced


def fall_by_placebo(time_d: Array, scale: BurdenScale) -> Array:
    """Share of the burden that placebo takes away, shape (..., times); nothing before day 0."""
    after = jnp.maximum(time_d, 0.0)
    comes = -jnp.expm1(-after / jnp.asarray(scale.placebo_onset_d)[..., None])
    goes = jnp.exp(-after / jnp.asarray(scale.placebo_fade_d)[..., None])
    return jnp.asarray(scale.placebo_share)[..., None] * comes * goes


def burden(before: Array, by_drug: Array, by_placebo: Array) -> Array:
    """Burden over time.

    Parameters
    ----------
    before : [scale's unit], >= 0
        Burden before treatment, shape (...).
    by_drug, by_placebo : [1]
        Shares taken away, shape (..., times).

    Returns
    -------
    [scale's unit], >= 0
        Shape (..., times).
    """
    return before[..., None] * (1.0 - by_drug) * (1.0 - jnp.minimum(by_placebo, 1.0))
