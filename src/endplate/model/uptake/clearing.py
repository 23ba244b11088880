"""Our scheme: the four steps with loss of unbound toxin and decay of the light chain."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

import jax.numpy as jnp
from jax import Array

from endplate.model.uptake.base import AbstractUptake
from endplate.model.uptake.chain import apart_amount_and_area, apart_terms, chain_amount

if TYPE_CHECKING:
    from endplate.model.kinetics import Kinetics


class Stages(NamedTuple):
    """Share of a dose of one in each place [1], arrays over times; they sum to one.

    `bulk` lies where it was injected, `free` has left it, `bound` holds on to a nerve ending,
    `inside` is in its small bubbles, `light_chain` cuts; `cleared` never found an ending and
    `spent` is light chain that has decayed.
    """

    bulk: Array
    free: Array
    bound: Array
    inside: Array
    light_chain: Array
    cleared: Array
    spent: Array


@dataclass(frozen=True)
class Clearing(AbstractUptake):
    """Bulk, free, bound, translocated, light chain; bulk and free toxin are also cleared.

    Fields are rates per day and may be arrays (one per person). What the four-step scheme leaves
    out is added here: clearance at the site (Vistabel monograph: labelled toxin half gone in
    about 10 h) and decay of the light chain, whose half-life belongs to serotype and tissue.
    """

    release_per_d: Array
    clearance_per_d: Array
    binding_per_d: Array
    translocation_per_d: Array
    lytic_per_d: Array
    light_chain_decay_per_d: Array
    only_decays: ClassVar[bool] = True

    @classmethod
    def of(cls, kinetics: "Kinetics") -> Self:
        """The scheme with the rates of one tissue."""
        return cls(
            release_per_d=kinetics.release_per_d,
            clearance_per_d=kinetics.clearance_per_d,
            binding_per_d=kinetics.binding_per_d,
            translocation_per_d=kinetics.translocation_per_d,
            lytic_per_d=kinetics.lytic_per_d,
            light_chain_decay_per_d=jnp.log(2.0) / kinetics.persistence_d,
        )

    def light_chain(self, time_d: Array) -> Array:
        """Active light chain; rises over days, then decays with its own half-life."""
        return apart_amount_and_area(self._transfers, self._losses, time_d)[0]

    def light_chain_area_d(self, time_d: Array) -> Array:
        """Area under the light chain, by the same partial fractions."""
        return apart_amount_and_area(self._transfers, self._losses, time_d)[1]

    def light_chain_terms(self) -> tuple[Array, Array]:
        """Exponentials of the chain; the slowest is the decay of the light chain."""
        return apart_terms(self._transfers, self._losses)

    def outside(self, time_d: Array) -> Array:
        """Bulk and free toxin still at the site."""
        transfers, losses = self._transfers, self._losses
        bulk = jnp.exp(-losses[0] * time_d)
        return bulk + chain_amount(transfers[:1], losses[:2], time_d)

    def stages(self, time_d: Array) -> Stages:
        """Where a dose of one is at each time since the injection."""
        steps, losses, kept = self._transfers, self._losses, jnp.zeros(())
        bulk, free, bound, inside, light_chain = (
            chain_amount(steps[:step], losses[: step + 1], time_d) for step in range(len(losses))
        )
        entered = chain_amount(steps[:2], (*losses[:2], kept), time_d)
        return Stages(
            bulk=bulk,
            free=free,
            bound=bound,
            inside=inside,
            light_chain=light_chain,
            cleared=1.0 - bulk - free - entered,
            spent=entered - bound - inside - light_chain,
        )

    @property
    def _transfers(self) -> tuple[Array, ...]:
        return (
            jnp.asarray(self.release_per_d),
            jnp.asarray(self.binding_per_d),
            jnp.asarray(self.translocation_per_d),
            jnp.asarray(self.lytic_per_d),
        )

    @property
    def _losses(self) -> tuple[Array, ...]:
        release, binding, translocation, lytic = self._transfers
        clearance = jnp.asarray(self.clearance_per_d)
        decay = jnp.asarray(self.light_chain_decay_per_d)
        return (release + clearance, binding + clearance, translocation, lytic, decay)
