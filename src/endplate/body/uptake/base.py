"""What every uptake hypothesis answers: light chain per unit of toxin for one nerve ending."""

from abc import ABC, abstractmethod

from jax import Array

MINUTES_PER_DAY = 1440.0


class AbstractUptake(ABC):
    """One scheme from injected toxin to active light chain, for a dose of one."""

    @abstractmethod
    def light_chain(self, time_d: Array) -> Array:
        """Active light chain [1] at each time since the injection, for a dose of one."""

    @abstractmethod
    def light_chain_area_d(self, time_d: Array) -> Array:
        """Area under `light_chain` from 0 to each time, in days."""

    @abstractmethod
    def outside(self, time_d: Array) -> Array:
        """Share of the dose not yet bound to a nerve ending (bulk and free)."""
