"""Sprouts carry part of the silent junctions from the fifth week until the parent ending is back.

Mouse muscle: new endings transmit from about day 28 and are withdrawn as the parent resumes
(de Paiva 1999); later work gives them about 17 % of the junction's content (Rogozhin 2008). Kept
beside `original_terminal` as a rival, with its largest share a parameter.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import jax
import jax.numpy as jnp
from jax import Array

from endplate.facts.parameters import value
from endplate.model.transmission.base import AbstractTransmission
from endplate.model.transmission.original_terminal import OriginalTerminal

if TYPE_CHECKING:
    from endplate.model.kinetics import Kinetics


@dataclass(frozen=True)
class Sprouts(AbstractTransmission):
    """The original ending, plus sprouts that grow while a junction is silent."""

    original: OriginalTerminal
    largest_share: float
    growth_d: float

    @classmethod
    def of(cls, kinetics: "Kinetics") -> Self:
        """The margins of one tissue, and sprouts as published."""
        return cls(
            OriginalTerminal.of(kinetics), value("sprout_largest_share"), value("sprout_growth_d")
        )

    def working_fraction(self, intact: Array, time_d: Array, fatigue: Array | float = 0.0) -> Array:
        """Working share of the original endings plus what sprouts take over of the silent ones."""
        original = self.original.working_fraction(intact, time_d, fatigue)
        silent = 1.0 - original
        # times are double; a cohort's fractions are single, and so is what is carried
        keep = jnp.exp(-jnp.diff(jnp.asarray(time_d)) / self.growth_d).astype(silent.dtype)

        def grow(sprouted: Array, now: tuple[Array, Array]) -> tuple[Array, Array]:
            silent_now, kept = now
            after = kept * sprouted + (1.0 - kept) * silent_now
            return after, after

        _, later = jax.lax.scan(grow, jnp.zeros_like(silent[0]), (silent[1:], keep))
        sprouted = jnp.concatenate([jnp.zeros_like(silent[:1]), later])
        return original + silent * self.largest_share * sprouted
