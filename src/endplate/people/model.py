"""The model's numbers for one product and area: fixed ones from the tables, fitted ones by vector.

A fitted vector lies on the working scale of `facts.parameters.fit_rows`; the same functions serve
a simulation (stored estimates) and a fit (trial vectors, traced by jax).
"""

from collections.abc import Mapping
from functools import cache
from math import log
from types import MappingProxyType

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.nn import sigmoid
from jax.scipy.special import logit
from numpy.typing import NDArray

from endplate.facts.endpoints import symptom_scores
from endplate.facts.indications import indication as facts
from endplate.facts.parameters import fit_rows, fitted_estimates, posterior_draws, value
from endplate.model.course import Kinetics
from endplate.model.spread import Sheet, Wheal
from endplate.observe import BurdenScale, LineScale, Raters, Thresholds

HOURS_PER_DAY = 24.0
MINUTES_PER_DAY = 1440.0
Values = Mapping[str, Array]

_BACK = {"identity": lambda x: x, "log": jnp.exp, "logit": sigmoid}
_P95 = 1.6448536269514722


def natural_values(vector: Array) -> dict[str, Array]:
    """Fitted parameters on their natural scale, by id."""
    return {row.id: _BACK[row.transform](vector[i]) for i, row in enumerate(fit_rows())}


@cache
def stored_values() -> Mapping[str, float]:
    """The stored estimates on their natural scale, by id."""
    return MappingProxyType({k: float(v) for k, v in natural_values(stored_vector()).items()})


def stored_vector() -> Array:
    """The stored estimates on the working scale."""
    return jnp.array(fitted_estimates())


def drawn_vectors(count: int) -> NDArray[np.float64]:
    """The first so many stored draws of the posterior, shape (count, parameters).

    Raises
    ------
    ValueError
        More are asked for than are stored.
    """
    draws = posterior_draws()
    if count > len(draws):
        raise ValueError(f"count is {count}; stored are {len(draws)} draws")
    return np.array(draws[:count])


def kinetics(
    values: Values, product: str, normals: Mapping[str, Array], tissue: str = "muscle"
) -> Kinetics:
    """Rates and margins of one tissue for one person, or many when `normals` are arrays.

    Glands, bladder and nociceptors have the same light chain as muscle but no sprouts and no
    exchange of endings to end its work early, so it lasts longer in them; only muscle wastes.
    """
    one = jnp.asarray(1.0)  # takes the precision of what it meets
    ratio = values.get(f"persistence_ratio:{product}", one)
    in_tissue = values.get(f"persistence_ratio:{tissue}", one)
    half_life = values["persistence_d"] * ratio * in_tissue
    low, high = log(value("safety_factor_low")), log(value("safety_factor_high"))
    shape = jnp.zeros_like(normals["release"])

    def fixed(number: float) -> Array:
        return shape + number

    return Kinetics(
        release_per_d=values["release_per_d"]
        * jnp.exp(value("release_log_sd") * normals["release"]),
        clearance_per_d=fixed(log(2) * HOURS_PER_DAY / value("site_clearance_half_life_h")),
        binding_per_d=fixed(value("lebeda_binding_per_min") * MINUTES_PER_DAY),
        translocation_per_d=fixed(value("lebeda_translocation_per_min") * MINUTES_PER_DAY),
        lytic_per_d=fixed(value("lebeda_lytic_per_min") * MINUTES_PER_DAY),
        persistence_d=half_life * jnp.exp(value("persistence_log_sd") * normals["persistence"]),
        renewal_per_d=fixed(log(2) / value("snap25_half_life_d")),
        snare_power=fixed(value("snare_power")),
        log_margin_median=fixed((low + high) / 2),
        log_margin_sd=fixed((high - low) / (2 * _P95)),
        wasting_per_d=fixed(log(2) / value("atrophy_wasting_half_time_d")),
        regrowth_per_d=fixed(log(2) / value("atrophy_regrowth_half_time_d")),
        most_lost=fixed(value("atrophy_most_lost") if tissue == "muscle" else 0.0),
    )


def log_potency_ratio(values: Values, product: str) -> Array:
    """Log of a product's load per unit over that of the reference product."""
    return jnp.log(values.get(f"potency_ratio:{product}", jnp.ones(())))


def raters(values: Values) -> Raters:
    """Scatter and placebo change of investigator and person."""
    return Raters(
        sd_investigator=values["rater_sd_investigator"],
        sd_subject=values["rater_sd_subject"],
        shared_share=jnp.asarray(value("rater_shared_share")),
        placebo_investigator=values["placebo_shift_investigator"],
        placebo_subject=values["placebo_shift_subject"],
        subject_shift=values["subject_shift"],
    )


def thresholds(values: Values) -> Thresholds:
    """Changes at which people note, praise and are satisfied."""
    return Thresholds(
        notice_grade=values["notice_grade"],
        notice_sd=values["notice_sd"],
        global_ge2_grade=values["global_ge2_grade"],
        satisfied_grade=values["satisfied_grade"],
    )


def line_scale(values: Values, indication: str) -> LineScale:
    """Link from force to the lines of one area."""
    return LineScale(
        treated_share=values[f"treated_share:{indication}"],
        force_exponent=values["force_exponent"],
        rest_gain=values["rest_gain"],
        rest_delay_d=jnp.asarray(value("rest_delay_d")),
    )


def burden_scale(values: Values, indication: str, own: Mapping[str, Array]) -> BurdenScale:
    """Link from the silenced drive to one indication's burden, one value per person."""
    scatter = symptom_scores(indication)[0]
    response_sd = values.get(f"response_sd:{facts(indication).tissue}", scatter.response_sd)
    reach = logit(values[f"driven_share:{indication}"]) + response_sd * own["response"]
    placebo = values[f"placebo_share:{indication}"] + scatter.placebo_sd * own["placebo"]
    flat = jnp.ones_like(placebo)
    return BurdenScale(
        driven_share=sigmoid(reach),
        placebo_share=placebo,
        placebo_onset_d=flat * scatter.placebo_onset_d,
        placebo_fade_d=flat * scatter.placebo_fade_d,
    )


def spread() -> dict[str, Sheet | Wheal]:
    """The default spread hypothesis of each tissue with the published sizes."""
    sheet = Sheet(
        length_1ml_mm=value("sheet_length_1ml_mm"),
        length_exponent_above=value("sheet_length_exponent"),
        thickness_1ml_mm=value("sheet_thickness_1ml_mm"),
        thickness_exponent_above=value("sheet_thickness_exponent"),
        binding_length_mm=value("binding_length_mm"),
    )
    wheal = Wheal(value("layer_thickness_mm"), value("binding_length_mm"))
    return {"muscle": sheet, "gland": wheal, "bladder": wheal}
