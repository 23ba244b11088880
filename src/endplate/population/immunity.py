"""Antibodies and secondary non-response over the treatments of each subject.

At each treatment a subject may become antibody-positive, or stop responding for other reasons; from
the next one on only a share of the load acts. About half of those who stop responding have no
antibodies, so both come equally often.
"""

from math import log2
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtr

from endplate.facts.harms import antibody_scenario
from endplate.facts.parameters import value
from endplate.population.random_effects import draw_purposes

_FIRST_PURPOSE = 500  # two numbers a treatment, far below those that place the needle
CAUSES = 2  # antibodies, other


class Hazards(NamedTuple):
    """Chances per treatment [1] of antibodies and of non-response without them; a scenario's row.

    Both are multiplied by `short_interval_factor` [1] where the last treatment was less than
    `short_interval_d` [d] ago.
    """

    antibodies: Array
    other: Array
    short_interval_d: Array
    short_interval_factor: Array


class Immunity(NamedTuple):
    """Whether each subject is antibody-positive, and whether they stopped responding without."""

    positive: Array
    other: Array


def hazards_of(scenario: str, product: str, dose_u: float) -> Hazards:
    """Chances per treatment of a product at one dose.

    Parameters
    ----------
    scenario : str
        `trial_like`, `clinic_like`, or `none` for no chance at all.
    product : str
        The product given.
    dose_u : [U]
        Dose of the product per treatment.
    """
    if scenario == "none":
        return Hazards(*(jnp.asarray(number) for number in (0.0, 0.0, 0.0, 1.0)))
    row = antibody_scenario(scenario, product)
    doublings = log2(dose_u / row.reference_dose_u) if row.reference_dose_u else 0.0
    chance = row.per_cycle_hazard * row.per_doubling_dose**doublings
    without = value("nonresponse_without_antibodies")
    return Hazards(
        jnp.asarray(chance),
        jnp.asarray(chance * without / (1.0 - without)),
        jnp.asarray(row.short_interval_d),
        jnp.asarray(row.short_interval_factor),
    )


def immunity_effects(seed: Array | int, subjects: Array, treatments: int) -> Array:
    """Standard normals of numbered subjects, shape (treatments, causes, subjects)."""
    purposes = _FIRST_PURPOSE + jnp.arange(CAUSES * treatments)
    effects = draw_purposes(seed, subjects, purposes)
    return effects.reshape(treatments, CAUSES, len(subjects))


def naive(subjects: int) -> Immunity:
    """Subjects who were never treated."""
    return Immunity(jnp.zeros(subjects, bool), jnp.zeros(subjects, bool))


def after_exposure(
    before: Immunity, effects: Array, since_last_d: Array, hazards: Hazards
) -> Immunity:
    """Immunity after one more treatment.

    Parameters
    ----------
    before : Immunity
        Before it.
    effects : [1]
        Random effects of this treatment, shape (causes, subjects).
    since_last_d : [d]
        Days since the treatment before, shape (subjects,); infinite for the first.
    hazards : Hazards
        Chances per treatment.
    """
    soon = since_last_d < hazards.short_interval_d
    factor = jnp.where(soon, hazards.short_interval_factor, 1.0)
    probability = ndtr(effects)
    return Immunity(
        before.positive | (probability[0] < hazards.antibodies * factor),
        before.other | (probability[1] < hazards.other * factor),
    )


def load_share(immunity: Immunity) -> Array:
    """Share of the load that acts in each subject [1]."""
    left = jnp.where(immunity.positive, value("antibody_remaining_share"), 1.0)
    return left * jnp.where(immunity.other, value("nonresponse_remaining_share"), 1.0)
