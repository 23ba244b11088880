"""Rates and margins of the nerve endings of one tissue, from parameters and random effects."""

from collections.abc import Mapping
from math import log
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from endplate.facts.parameters import value

HOURS_PER_DAY = 24.0
MINUTES_PER_DAY = 1440.0
MUSCLE = "muscle"
_Z95 = 1.6448536269514722  # standard normal quantile of 95 %


class Kinetics(NamedTuple):
    """Rates and margins of one tissue; scalars of one subject, or one value per subject.

    Rates in 1/d. `persistence_d` is the half-life of the light chain in days; `log_margin_median`
    and `log_margin_sd` [1] describe the safety factors of the fibres on the log scale.
    """

    release_per_d: Array
    clearance_per_d: Array
    binding_per_d: Array
    translocation_per_d: Array
    lytic_per_d: Array
    persistence_d: Array
    renewal_per_d: Array
    snare_power: Array
    log_margin_median: Array
    log_margin_sd: Array
    wasting_per_d: Array
    regrowth_per_d: Array
    most_lost: Array


def kinetics(
    values: Mapping[str, Array],
    random_effects: Mapping[str, Array],
    tissue: str = MUSCLE,
    persistence_ratio: Array | float = 1.0,
    muscles: str = "",
) -> Kinetics:
    """Rates and margins of one tissue in every subject.

    Parameters
    ----------
    values : mapping
        Parameters on their natural scale by id, scalars or one value per subject.
    random_effects : mapping
        Standard normal random effects by name, one value per subject.
    tissue : str
        `muscle`, `gland`, `bladder` or `nociceptor`. The last three have the same light chain but
        no sprouts and no exchange of endings to end its work early, so it lasts longer in them;
        only muscle wastes.
    persistence_ratio : [1]
        Half-life of the product's light chain over that of the reference product.
    muscles : str
        `facial` or `limb_and_neck`, of what is treated: the latter recover in a time of their own.
    """
    in_tissue = values.get(f"persistence_ratio:{tissue}", 1.0)
    if tissue == MUSCLE:
        in_tissue *= values.get(f"persistence_ratio:{muscles}", 1.0)
    low, high = log(value("safety_factor_low")), log(value("safety_factor_high"))
    release_effect, persistence_effect = random_effects["release"], random_effects["persistence"]

    def constant(number: float) -> Array:
        return jnp.zeros_like(release_effect) + number

    return Kinetics(
        release_per_d=values["release_per_d"] * jnp.exp(value("release_log_sd") * release_effect),
        clearance_per_d=constant(log(2) * HOURS_PER_DAY / value("site_clearance_half_life_h")),
        binding_per_d=constant(value("lebeda_binding_per_min") * MINUTES_PER_DAY),
        translocation_per_d=constant(value("lebeda_translocation_per_min") * MINUTES_PER_DAY),
        lytic_per_d=constant(value("lebeda_lytic_per_min") * MINUTES_PER_DAY),
        persistence_d=values["persistence_d"]
        * in_tissue
        * persistence_ratio
        * jnp.exp(value("persistence_log_sd") * persistence_effect),
        renewal_per_d=constant(log(2) / value("snap25_half_life_d")),
        snare_power=constant(value("snare_power")),
        log_margin_median=constant((low + high) / 2),
        log_margin_sd=constant((high - low) / (2 * _Z95)),
        wasting_per_d=constant(log(2) / value("atrophy_wasting_half_time_d")),
        regrowth_per_d=constant(log(2) / value("atrophy_regrowth_half_time_d")),
        most_lost=constant(value("atrophy_most_lost") if tissue == MUSCLE else 0.0),
    )
