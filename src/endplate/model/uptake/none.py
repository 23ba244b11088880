"""The null hypothesis: nothing is taken up."""

import jax.numpy as jnp
from jax import Array

from endplate.model.uptake.base import AbstractUptake


class NoUptake(AbstractUptake):
    """No toxin reaches a nerve ending."""

    def light_chain(self, time_d: Array) -> Array:
        """Zero at all times."""
        return jnp.zeros_like(time_d)

    def light_chain_area_d(self, time_d: Array) -> Array:
        """Zero at all times."""
        return jnp.zeros_like(time_d)

    def outside(self, time_d: Array) -> Array:
        """All of the dose, for ever."""
        return jnp.ones_like(time_d)

    def light_chain_terms(self) -> tuple[Array, Array]:
        """One part of nothing."""
        return jnp.zeros(1), jnp.zeros(1)
