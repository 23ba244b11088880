"""Antibodies and secondary non-response over the treatments of one person.

At each treatment a person may become antibody-positive, or stop responding for other reasons; from
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
from endplate.people.draws import normals_at

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
    """Whether each person is antibody-positive, and whether they stopped responding without."""

    positive: Array
    other: Array


def hazards(scenario: str, product: str, dose_u: float) -> Hazards:
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


def immunity_normals(seed: Array | int, people: Array, cycles: int) -> Array:
    """Standard normals of numbered people, shape (people, cycles, causes)."""
    purposes = _FIRST_PURPOSE + jnp.arange(CAUSES * cycles)
    return normals_at(seed, people, purposes).reshape(len(people), cycles, CAUSES)


def none_yet(people: int) -> Immunity:
    """People who were never treated."""
    return Immunity(jnp.zeros(people, bool), jnp.zeros(people, bool))


def exposed(before: Immunity, normals: Array, since_last_d: Array, chance: Hazards) -> Immunity:
    """Immunity after one more treatment.

    Parameters
    ----------
    before : Immunity
        Before it.
    normals : [1]
        Draws of this treatment, shape (people, causes).
    since_last_d : [d]
        Days since the treatment before, shape (people,); infinite for the first.
    chance : Hazards
        Chances per treatment.
    """
    soon = since_last_d < chance.short_interval_d
    factor = jnp.where(soon, chance.short_interval_factor, 1.0)
    drawn = ndtr(normals)
    return Immunity(
        before.positive | (drawn[:, 0] < chance.antibodies * factor),
        before.other | (drawn[:, 1] < chance.other * factor),
    )


def load_share(immunity: Immunity) -> Array:
    """Share of the load that acts in each person [1]."""
    left = jnp.where(immunity.positive, value("antibody_remaining_share"), 1.0)
    return left * jnp.where(immunity.other, value("nonresponse_remaining_share"), 1.0)
