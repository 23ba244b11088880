r"""The line at rest over the years: skin that is not folded smooths, skin that is folded deepens.

.. math:: \dot d = g\,F - k\,(1 - F)\,d, \qquad r \to d\,\bigl[1 - \rho\,S\,(1 - F)\bigr]

*d* is the line engraved in the skin, *F* the force of the muscles that fold it, *k* the rate of
smoothing in a silent muscle and *g* the yearly deepening in a working one. The line at rest *r*
follows with the delay of one treatment. At contraction the line is *r* plus what the muscles fold
into the skin, :math:`(y_0 - d)` at full force: they fold a smoother skin as deep as before.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from endplate.observe.lines import LineScale


class Remodelling(NamedTuple):
    """Rates of the skin: `smoothing_per_d` [1/d] is *k*, `deepening_per_d` [1/d] *g* in grades."""

    smoothing_per_d: Array
    deepening_per_d: Array


class LineState(NamedTuple):
    """Line at rest as seen and as engraved in the skin, grades."""

    rest: Array
    engraved: Array


def severity_onward(
    force_fraction: Array,
    time_d: Array,
    contraction_grade: Array,
    start: LineState,
    scale: LineScale,
    skin: Remodelling,
) -> tuple[Array, LineState]:
    """Latent severity at contraction, and the line at rest, from a state on.

    Parameters
    ----------
    force_fraction : [1], in [0, 1]
        Force of the muscles that make the line, weighted, shape (times,).
    time_d : [d]
        Rising times.
    contraction_grade : [1], >= 0
        Severity at contraction before any treatment.
    start : LineState
        At the first time.
    scale : LineScale
        The area's link.
    skin : Remodelling
        Rates of the skin; zeros give `severity` of a single treatment.

    Returns
    -------
    [1], >= 0
        Severity at contraction (times,), and the courses of the line at rest.
    """
    fold = 1.0 - scale.treated_share * (1.0 - force_fraction)

    def follow(line: LineState, now: tuple[Array, Array, Array]) -> tuple[LineState, LineState]:
        force, folded, step_d = now
        rate = skin.smoothing_per_d * (1.0 - force)
        z = rate * step_d
        made = skin.deepening_per_d * force * step_d * (1.0 - 0.5 * z)  # z is below 0.01
        engraved = line.engraved * jnp.exp(-z) + made
        middle = 0.5 * (engraved + line.engraved)
        level = middle * (1.0 - scale.rest_gain * (1.0 - folded))
        kept = jnp.exp(-step_d / scale.rest_delay_d)
        after = LineState(level + (line.rest - level) * kept, engraved)
        return after, after

    def mid(course: Array) -> Array:
        return 0.5 * (course[1:] + course[:-1])

    _, later = jax.lax.scan(follow, start, (mid(force_fraction), mid(fold), jnp.diff(time_d)))
    line = LineState(
        *(jnp.concatenate([first[None], rest]) for first, rest in zip(start, later, strict=True))
    )
    # An exponent below one has an infinite slope at zero, which gradients must not meet.
    folded = jnp.maximum(fold, 1e-6) ** scale.force_exponent
    return line.rest + jnp.maximum(contraction_grade - line.engraved, 0.0) * folded, line
