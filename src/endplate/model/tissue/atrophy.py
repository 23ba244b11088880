r"""Striated muscle: force falls with the block, and the silent muscle thins on its own slower time.

.. math:: \frac{da}{dt} = w\,(1 - f)\,(a_{max} - a) - g\, f\, a

*a* is the share of cross-section lost, *f* the working fraction, *w* the rate of wasting and *g*
of regrowth. The thinnest day comes weeks after the deepest block.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import jax
import jax.numpy as jnp
from jax import Array

from endplate.model.tissue.base import AbstractTissue

if TYPE_CHECKING:
    from endplate.model.kinetics import Kinetics


@dataclass(frozen=True)
class Atrophy(AbstractTissue):
    """A silent muscle thins, and regains its section on its own slower time.

    Parameters
    ----------
    wasting_per_d : [1/d], > 0
        Rate of wasting in a fully silent muscle.
    regrowth_per_d : [1/d], > 0
        Rate of regrowth in a fully working muscle.
    most_lost : [1], in [0, 1]
        Share lost if the block were complete for ever.
    """

    wasting_per_d: Array | float
    regrowth_per_d: Array | float
    most_lost: Array | float

    @classmethod
    def of(cls, kinetics: "Kinetics") -> Self:
        """The rates of each subject, and what each tissue can lose."""
        return cls(kinetics.wasting_per_d, kinetics.regrowth_per_d, kinetics.most_lost)

    def section_lost(
        self, working_fraction: Array, time_d: Array, start: Array | None = None
    ) -> Array:
        """Share of the cross-section lost [1], from nothing to `most_lost`.

        Notes
        -----
        Exponential step with the mean working fraction of the step: second order.
        """
        middle = 0.5 * (working_fraction[1:] + working_fraction[:-1])

        def step(lost: Array, now: tuple[Array, Array]) -> tuple[Array, Array]:
            working, step_d = now
            rate = self.wasting_per_d * (1.0 - working) + self.regrowth_per_d * working
            level = self.wasting_per_d * (1.0 - working) * self.most_lost / rate
            after = level + (lost - level) * jnp.exp(-rate * step_d)
            return after, after

        start = jnp.zeros_like(working_fraction[0]) if start is None else start
        _, later = jax.lax.scan(step, start, (middle, jnp.diff(time_d)))
        return jnp.concatenate([start[None], later])
