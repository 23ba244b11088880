"""The null hypothesis: a silent muscle stays as thick as it was."""

import jax.numpy as jnp
from jax import Array

from endplate.model.tissue.base import AbstractTissue


class NoAtrophy(AbstractTissue):
    """Force goes with the working junctions alone."""

    def section_lost(
        self, working_fraction: Array, time_d: Array, start: Array | None = None
    ) -> Array:
        """Nothing is lost."""
        return jnp.zeros_like(working_fraction)
