"""Three-step scheme: free, bound, translocated, lytic; no release from the bulk, no recovery."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import jax.numpy as jnp
from jax import Array

from endplate.model.uptake.base import AbstractIrreversible

if TYPE_CHECKING:
    from endplate.model.kinetics import Kinetics


@dataclass(frozen=True)
class Lebeda3(AbstractIrreversible):
    """Scheme of Simpson (1980) with the rates of Lebeda et al. (2008), BioModels 267.

    Rates are per day; the published ones are rows `lebeda_*` of the parameters table.
    """

    binding_per_d: Array | float
    translocation_per_d: Array | float
    lytic_per_d: Array | float

    @classmethod
    def of(cls, kinetics: "Kinetics") -> Self:
        """The scheme with the rates of one tissue."""
        return cls(kinetics.binding_per_d, kinetics.translocation_per_d, kinetics.lytic_per_d)

    @property
    def rates_per_d(self) -> tuple[Array, ...]:
        """Binding, translocation, lysis."""
        rates = (self.binding_per_d, self.translocation_per_d, self.lytic_per_d)
        return tuple(jnp.asarray(rate) for rate in rates)

    def outside(self, time_d: Array) -> Array:
        """Free toxin."""
        return jnp.exp(-jnp.asarray(self.binding_per_d) * time_d)
