r"""Facial lines: latent severity at contraction and at rest from the force of the muscles.

At contraction the line is the line at rest plus what the muscles fold:

.. math:: y(t) = r(t) + (y_0 - r_0)\,\bigl[(1 - S) + S\,F(t)\bigr]^{\gamma}

*S* is the share of the fold that the treated muscles make, *F* their force. The line at rest
follows with a delay; it shallows while the muscle is silent.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array


class LineScale(NamedTuple):
    """Links force to one area's lines.

    `treated_share` [1] is *S*, `force_exponent` [1] is gamma, `rest_gain` [1] the share of the
    line at rest that goes when the muscle is silent for long, `rest_delay_d` [d] its delay.
    """

    treated_share: Array
    force_exponent: Array
    rest_gain: Array
    rest_delay_d: Array


def severity(
    force_fraction: Array,
    time_d: Array,
    contraction_grade: Array,
    rest_grade: Array,
    scale: LineScale,
) -> tuple[Array, Array]:
    """Latent severity at contraction and at rest.

    Parameters
    ----------
    force_fraction : [1], in [0, 1]
        Force of the muscles that make the line, weighted, shape (times,).
    time_d : [d]
        Rising times.
    contraction_grade, rest_grade : [1], >= 0
        Latent severities before treatment; at rest not above that at contraction.
    scale : LineScale
        The area's link.

    Returns
    -------
    [1], >= 0
        Two arrays (times,): at contraction, at rest.
    """
    fold = 1.0 - scale.treated_share * (1.0 - force_fraction)
    level = rest_grade * (1.0 - scale.rest_gain * (1.0 - fold))

    def follow(rest: Array, now: tuple[Array, Array]) -> tuple[Array, Array]:
        level_now, step_d = now
        kept = jnp.exp(-step_d / scale.rest_delay_d)
        after = level_now + (rest - level_now) * kept
        return after, after

    middle = 0.5 * (level[1:] + level[:-1])
    _, later = jax.lax.scan(follow, level[0], (middle, jnp.diff(time_d)))
    rest = jnp.concatenate([level[:1], later])
    # An exponent below one has an infinite slope at zero, which gradients must not meet.
    folded = jnp.maximum(fold, 1e-6) ** scale.force_exponent
    return rest + (contraction_grade - rest_grade) * folded, rest
