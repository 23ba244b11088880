"""What every uptake hypothesis answers: light chain per unit of toxin for one nerve ending."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Self

import jax.numpy as jnp
from jax import Array

from endplate.model.uptake.chain import apart_terms, chain_amount

if TYPE_CHECKING:
    from endplate.model.kinetics import Kinetics


class AbstractUptake(ABC):
    """One scheme from injected toxin to active light chain, for a dose of one.

    `only_decays` says that a week after the injection nothing but the slowest of its exponentials
    is left, and that it fades; then SNAP-25 has a closed form, else it is stepped through.
    """

    only_decays: ClassVar[bool] = False

    @classmethod
    def of(cls, kinetics: "Kinetics") -> Self:
        """The scheme with the rates of one tissue; without fields it needs none."""
        return cls()

    @abstractmethod
    def light_chain(self, time_d: Array) -> Array:
        """Active light chain [1] at each time since the injection, for a dose of one."""

    @abstractmethod
    def light_chain_area_d(self, time_d: Array) -> Array:
        """Area under `light_chain` from 0 to each time, in days."""

    @abstractmethod
    def light_chain_terms(self) -> tuple[Array, Array]:
        """Exponentials whose sum is the light chain of one subject.

        Parts [1] at time 0 and their rates [1/d], both of shape (rates,), the slowest last. What is
        left of an injection at any time is again such a sum.
        """

    @abstractmethod
    def outside(self, time_d: Array) -> Array:
        """Share of the dose not yet bound to a nerve ending (bulk and free)."""


class AbstractIrreversible(AbstractUptake):
    """A published scheme without loss or recovery: all of the dose ends as light chain."""

    @property
    @abstractmethod
    def rates_per_d(self) -> tuple[Array, ...]:
        """Rates of the steps in their order."""

    def light_chain_terms(self) -> tuple[Array, Array]:
        """The same chain as exponentials; the last part stays for ever."""
        rates = self.rates_per_d
        return apart_terms(rates, (*rates, jnp.zeros(())))

    def light_chain(self, time_d: Array) -> Array:
        """Lytic fraction; tension in the published model is one minus this."""
        rates = self.rates_per_d
        return chain_amount(rates, (*rates, jnp.zeros(())), time_d)

    def light_chain_area_d(self, time_d: Array) -> Array:
        """Area under the lytic fraction: one more absorbing compartment, fed at rate one."""
        rates, zero = self.rates_per_d, jnp.zeros(())
        return chain_amount((*rates, jnp.ones(())), (*rates, zero, zero), time_d)
