"""The null hypothesis: cleavage silences nothing."""

from typing import ClassVar

import jax.numpy as jnp
from jax import Array

from endplate.model.transmission.base import AbstractTransmission


class NoBlock(AbstractTransmission):
    """Every junction works, whatever is cleaved."""

    of_now: ClassVar[bool] = True

    def working_fraction(self, intact: Array, time_d: Array, fatigue: Array | float = 0.0) -> Array:
        """One everywhere."""
        return jnp.ones_like(intact)
