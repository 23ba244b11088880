"""Four-step scheme: release from the injected bulk first, then the three steps; no recovery."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import jax.numpy as jnp
from jax import Array

from endplate.facts.parameters import value
from endplate.model.uptake.base import AbstractIrreversible
from endplate.model.uptake.chain import chain_amount

if TYPE_CHECKING:
    from endplate.model.kinetics import Kinetics

_MINUTES_PER_DAY = 1440.0


@dataclass(frozen=True)
class Lebeda4(AbstractIrreversible):
    """Scheme of Lebeda et al. (2008), BioModels 178 and 267.

    Rates are per day; the published ones are rows `lebeda_*` of the parameters table.
    """

    release_per_d: Array | float
    binding_per_d: Array | float
    translocation_per_d: Array | float
    lytic_per_d: Array | float

    @classmethod
    def of(cls, kinetics: "Kinetics") -> Self:
        """The scheme with the rates of one tissue and the published release from the bulk."""
        release = value("lebeda_release_human_per_min") * _MINUTES_PER_DAY
        return cls(
            jnp.zeros_like(kinetics.binding_per_d) + release,
            kinetics.binding_per_d,
            kinetics.translocation_per_d,
            kinetics.lytic_per_d,
        )

    @property
    def rates_per_d(self) -> tuple[Array, ...]:
        """Release, binding, translocation, lysis."""
        rates = (self.release_per_d, self.binding_per_d, self.translocation_per_d, self.lytic_per_d)
        return tuple(jnp.asarray(rate) for rate in rates)

    def outside(self, time_d: Array) -> Array:
        """Bulk and free toxin."""
        release, binding, *_ = self.rates_per_d
        return jnp.exp(-release * time_d) + chain_amount((release,), (release, binding), time_d)
