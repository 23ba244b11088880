r"""The original nerve ending recovers: a junction works while its release exceeds its margin.

Release goes with the power *n* of intact SNAP-25 (several SNARE complexes per fusion). A junction
works while release times its safety factor exceeds one. Safety factors differ between fibres:

.. math:: f(P) = \Phi\!\left(\frac{\ln m + n \ln P}{\sigma}\right)

with *m* the median safety factor and :math:`\sigma` its spread on the log scale.
"""

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, ClassVar, Self

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import erf
from jax.typing import ArrayLike

from endplate.model.transmission.base import AbstractTransmission

if TYPE_CHECKING:
    from endplate.model.kinetics import Kinetics

_LEAST_INTACT = 1e-9  # keeps the logarithm finite; far below any junction's margin


@dataclass(frozen=True)
class OriginalTerminal(AbstractTransmission):
    """Margins log-normal between fibres; recovery is that of SNAP-25 in the original ending.

    Source: Paton and Waud 1967 for the margins (4.1 to 12), Mohrmann 2010 for the power,
    Rogozhin 2008 for recovery by the original ending.
    """

    snare_power: ArrayLike
    log_margin_median: ArrayLike
    log_margin_sd: ArrayLike
    of_now: ClassVar[bool] = True

    @classmethod
    def of(cls, kinetics: "Kinetics") -> Self:
        """The margins of one tissue."""
        return cls(kinetics.snare_power, kinetics.log_margin_median, kinetics.log_margin_sd)

    def working_fraction(self, intact: Array, time_d: Array, fatigue: Array | float = 0.0) -> Array:
        """Share of junctions whose release exceeds their margin; of the same time alone."""
        power, median, sd = (
            jnp.asarray(number, intact.dtype)
            for number in (self.snare_power, self.log_margin_median, self.log_margin_sd)
        )
        power = power * (1.0 + jnp.asarray(fatigue, intact.dtype))
        margin = (median + power * jnp.log(jnp.maximum(intact, _LEAST_INTACT))) / sd
        return 0.5 * (1.0 + erf(margin / sqrt(2.0)))  # the normal distribution function
