r"""Striated muscle: force falls with the block, and the silent muscle thins on its own slower time.

.. math:: \frac{da}{dt} = w\,(1 - f)\,(a_{max} - a) - g\, f\, a

*a* is the share of cross-section lost, *f* the working fraction, *w* the rate of wasting and *g*
of regrowth. The thinnest day comes weeks after the deepest block.
"""

import jax
import jax.numpy as jnp
from jax import Array


def atrophy(
    working_fraction: Array,
    time_d: Array,
    *,
    wasting_per_d: Array | float,
    regrowth_per_d: Array | float,
    most_lost: Array | float,
    start: Array | None = None,
) -> Array:
    """Share of the muscle's cross-section lost.

    Parameters
    ----------
    working_fraction : [1], in [0, 1]
        Shape (times, ...).
    time_d : [d]
        Rising times, shape (times,).
    wasting_per_d : [1/d], > 0
        Rate of wasting in a fully silent muscle.
    regrowth_per_d : [1/d], > 0
        Rate of regrowth in a fully working muscle.
    most_lost : [1], in [0, 1]
        Share lost if the block were complete for ever.
    start : [1], in [0, most_lost]
        Share lost at the first time; none unless given.

    Returns
    -------
    [1], in [0, most_lost]
        Same shape as `working_fraction`.

    Notes
    -----
    Exponential step with the mean working fraction of the step: second order.
    """
    middle = 0.5 * (working_fraction[1:] + working_fraction[:-1])

    def step(lost: Array, now: tuple[Array, Array]) -> tuple[Array, Array]:
        working, step_d = now
        rate = wasting_per_d * (1.0 - working) + regrowth_per_d * working
        level = wasting_per_d * (1.0 - working) * most_lost / rate
        after = level + (lost - level) * jnp.exp(-rate * step_d)
        return after, after

    start = jnp.zeros_like(working_fraction[0]) if start is None else start
    _, later = jax.lax.scan(step, start, (middle, jnp.diff(time_d)))
    return jnp.concatenate([start[None], later])


def force_fraction(working_fraction: Array, cross_section_lost: Array) -> Array:
    """Force the muscle can give, as a share of its force before treatment [1]."""
    return working_fraction * (1.0 - cross_section_lost)
