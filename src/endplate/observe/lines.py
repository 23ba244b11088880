r"""Lines: latent severity at contraction and at rest from the force of the muscles that fold them.

At contraction the line is the line at rest plus what the muscles fold into the skin:

.. math:: y(t) = r(t) + (y_0 - d)\,\bigl[(1 - S) + S\,F(t)\bigr]^{\gamma}

.. math:: \dot d = g\,F - k\,(1 - F)\,d, \qquad r \to d\,\bigl[1 - \rho\,S\,(1 - F)\bigr]

*S* is the share of the fold that the treated muscles make, *F* their force, *d* the line engraved
in the skin: skin that is not folded smooths (rate *k*), skin that is folded deepens (*g*). The line
at rest *r* follows with a delay and shallows while the muscle is silent.
"""

from collections.abc import Mapping
from math import log
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from endplate.facts.parameters import value
from endplate.observe.course import Times

DAYS_PER_YEAR = 365.25


class LineScale(NamedTuple):
    """Links force to the lines of one indication.

    `treated_share` [1] is *S*, `force_exponent` [1] is gamma, `rest_gain` [1] is rho, the share of
    the line at rest that goes when the muscle is silent for long, `rest_delay_d` [d] its delay.
    """

    treated_share: Array
    force_exponent: Array
    rest_gain: Array
    rest_delay_d: Array | float


class Skin(NamedTuple):
    """Rates of the skin: `smoothing_per_d` [1/d] is *k*, `deepening_per_d` [1/d] *g* in grades."""

    smoothing_per_d: Array | float
    deepening_per_d: Array | float


class LineState(NamedTuple):
    """Line at rest as observed and as engraved in the skin, grades."""

    rest: Array
    engraved: Array


def line_scale(values: Mapping[str, Array], indication: str) -> LineScale:
    """Link from force to the lines of one indication, from parameters."""
    return LineScale(
        treated_share=values[f"treated_share:{indication}"],
        force_exponent=values["force_exponent"],
        rest_gain=values["rest_gain"],
        rest_delay_d=value("rest_delay_d"),
    )


def skin() -> Skin:
    """Rates of the skin, the same in everybody."""
    return Skin(
        smoothing_per_d=log(2.0) / value("rest_smoothing_half_time_d"),
        deepening_per_d=value("rest_severity_per_year") / DAYS_PER_YEAR,
    )


def severity(
    force_fraction: Array,
    time_d: Times,
    contraction_grade: Array,
    start: LineState,
    scale: LineScale,
    skin: Skin,
) -> tuple[Array, LineState]:
    """Latent severity at contraction, and the line at rest, from a state on.

    Parameters
    ----------
    force_fraction : [1], in [0, 1]
        Force of the muscles that make the line, weighted, shape (times, subjects).
    time_d : [d]
        Rising times, shape (times,).
    contraction_grade : [1], >= 0
        Severity at contraction before any treatment, shape (subjects,).
    start : LineState
        At the first time.
    scale : LineScale
        The indication's link.
    skin : Skin
        Rates of the skin.

    Returns
    -------
    [1], >= 0
        Severity at contraction (times, subjects), and the courses of the line at rest.
    """
    dtype = force_fraction.dtype
    time_d = jnp.asarray(time_d, dtype)
    fold = 1.0 - scale.treated_share * (1.0 - force_fraction)

    def follow(line: LineState, now: tuple[Array, Array, Array]) -> tuple[LineState, LineState]:
        force, folded, step_d = now
        z = skin.smoothing_per_d * (1.0 - force) * step_d
        # z is below 0.01, so what is made over a step is its mean
        made = skin.deepening_per_d * force * step_d * (1.0 - 0.5 * z)
        engraved = line.engraved * jnp.exp(-z) + made
        middle = 0.5 * (engraved + line.engraved)
        level = middle * (1.0 - scale.rest_gain * (1.0 - folded))
        rest = level + (line.rest - level) * jnp.exp(-step_d / scale.rest_delay_d)
        after = LineState(rest.astype(dtype), engraved.astype(dtype))
        return after, after

    steps = (_middles(force_fraction), _middles(fold), jnp.diff(time_d))
    _, later = jax.lax.scan(follow, start, steps)
    line = LineState(
        *(jnp.concatenate([first[None], rest]) for first, rest in zip(start, later, strict=True))
    )
    # An exponent below one has an infinite slope at zero, which gradients must not meet.
    folded = jnp.maximum(fold, 1e-6) ** scale.force_exponent
    return line.rest + jnp.maximum(contraction_grade - line.engraved, 0.0) * folded, line


def _middles(course: Array) -> Array:
    return 0.5 * (course[1:] + course[:-1])
