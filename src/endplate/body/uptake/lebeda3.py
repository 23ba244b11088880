"""Three-step scheme: free, bound, translocated, lytic; no release from the bulk, no recovery."""

from dataclasses import dataclass

import jax.numpy as jnp
from jax import Array

from endplate.body.uptake.base import AbstractUptake
from endplate.body.uptake.chain import chain_amount


@dataclass(frozen=True)
class Lebeda3(AbstractUptake):
    """Scheme of Simpson (1980) with the rates of Lebeda et al. (2008), BioModels 267.

    Rates are per day; the `lebeda_` rows of `facts/tables/parameters.csv` hold the published ones.
    """

    binding_per_d: float
    translocation_per_d: float
    lytic_per_d: float

    def light_chain(self, time_d: Array) -> Array:
        """Lytic fraction; tension in the published model is one minus this."""
        rates = self._rates
        return chain_amount(rates, (*rates, jnp.zeros(())), time_d)

    def light_chain_area_d(self, time_d: Array) -> Array:
        """Area under the lytic fraction: one more absorbing compartment, fed at rate one."""
        zero = jnp.zeros(())
        return chain_amount((*self._rates, jnp.ones(())), (*self._rates, zero, zero), time_d)

    def outside(self, time_d: Array) -> Array:
        """Free toxin."""
        return jnp.exp(-self.binding_per_d * time_d)

    @property
    def _rates(self) -> tuple[Array, ...]:
        return tuple(
            jnp.asarray(rate)
            for rate in (self.binding_per_d, self.translocation_per_d, self.lytic_per_d)
        )
