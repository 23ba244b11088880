"""Four-step scheme: release from the injected bulk first, then the three steps; no recovery."""

from dataclasses import dataclass

import jax.numpy as jnp
from jax import Array

from endplate.body.uptake.base import AbstractUptake
from endplate.body.uptake.chain import chain_amount


@dataclass(frozen=True)
class Lebeda4(AbstractUptake):
    """Scheme of Lebeda et al. (2008), BioModels 178 and 267.

    Rates are per day; the `lebeda_` rows of `facts/tables/parameters.csv` hold the published ones.
    """

    release_per_d: float
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
        """Bulk and free toxin."""
        release, binding, *_ = self._rates
        return jnp.exp(-release * time_d) + chain_amount((release,), (release, binding), time_d)

    @property
    def _rates(self) -> tuple[Array, ...]:
        return tuple(
            jnp.asarray(rate)
            for rate in (
                self.release_per_d,
                self.binding_per_d,
                self.translocation_per_d,
                self.lytic_per_d,
            )
        )
