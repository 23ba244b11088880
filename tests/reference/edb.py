"""Extensor digitorum brevis, the muscle of the human dose-response studies, run in the model.

Its dose-response is what `edb_potency_ml_per_u` was set to; nothing else of it was fitted. People
differ in load as the stored fit says; the compound action potential is the working fraction.
"""

from dataclasses import replace
from functools import cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from endplate.facts.atlas import blocks_of
from endplate.facts.parameters import value
from endplate.model.course import muscle_course, response, time_grid_d
from endplate.model.spread import dose_density, grids, stacked
from endplate.model.uptake.saturation import bound_density
from endplate.people import model

PRODUCT = "onabotulinumtoxinA"
BOLUS_ML = 0.1
CELL_MM = 2.0
LAST_DAY = 180
QUANTILES = 9  # people: evenly spaced quantiles of the load


class Course(NamedTuple):
    """Mean over people: shares of the action potential and of the thickness lost [1] by day."""

    day: np.ndarray
    cmap_lost: np.ndarray
    thickness_lost: np.ndarray


@cache
def _field():
    """The left muscle in cells of 2 mm: its end-plate band is narrower than a default cell."""
    grid = grids(blocks_of("extensor_digitorum_brevis"))[0]
    (block,) = blocks_of("extensor_digitorum_brevis")
    sizes = (block.length_mm, block.width_mm, block.thickness_mm)
    edges = tuple(np.linspace(-s / 2, s / 2, int(np.ceil(s / CELL_MM)) + 1) for s in sizes)
    zone = norm.cdf(edges[0] / block.length_mm + 0.5, block.zone_centre, block.zone_sd)
    along = np.diff(zone) / (zone[-1] - zone[0])
    others = (len(edges[1]) - 1) * (len(edges[2]) - 1)
    weight = np.repeat(along / others, others)
    return stacked((replace(grid, edges_mm=edges, weight=weight),))


def _people():
    """Rates of a middle person, and the loads of all relative to the middle."""
    values = model.natural_values(model.stored_vector())
    middle = {"release": jnp.zeros(()), "persistence": jnp.zeros(())}
    rank = (np.arange(QUANTILES) + 0.5) / QUANTILES
    spread = jnp.exp(values["load_log_sd"] * norm.ppf(rank))
    return model.kinetics(values, PRODUCT, middle), spread


@jax.jit
def _run(dose_u, off_zone_mm, persistence_ratio, injection_d, time_d):
    field = _field()
    rates, spread = _people()
    rates = rates._replace(persistence_d=persistence_ratio * rates.persistence_d)
    fibre = jnp.asarray(field.axes[0, 0])
    tip_mm = jnp.asarray(field.centre_mm[0]) + off_zone_mm * fibre
    along, across = model.spread()["muscle"].sd_mm(BOLUS_ML)
    density = dose_density(
        field, tip_mm[None], dose_u[None], fibre[None], jnp.array([along]), jnp.array([across]),
        jnp.ones((1, 1)),
    )  # fmt: skip
    bound = bound_density(density, value("binding_half_saturation_u_per_ml"))
    load = value("edb_potency_ml_per_u") * bound * spread[:, None]
    each = jnp.broadcast_to(load.reshape(1, -1), (len(injection_d), load.size))
    cells = response(each, rates, injection_d, time_d)
    working = cells.reshape(len(time_d), QUANTILES, -1) @ jnp.asarray(field.endplate_weight[0])
    course = muscle_course(working, rates, time_d)
    return 1.0 - working.mean(axis=1), course.cross_section_lost.mean(axis=1)


@cache
def inject(
    dose_u: float,
    off_zone_mm: float = 0.0,
    persistence_ratio: float = 1.0,
    injection_d: tuple[float, ...] = (0.0,),
    days: int = LAST_DAY,
) -> Course:
    """Injections of 0.1 mL, on the end-plate zone or some way along the fibres from it.

    `persistence_ratio` is the half-life of another serotype's light chain over that of type A; the
    dose is then told as the units of type A that bring the same load.
    """
    time_d = time_grid_d(injection_d, days)
    lost = _run(*map(jnp.asarray, (dose_u, off_zone_mm, persistence_ratio, injection_d, time_d)))
    return Course(time_d, *map(np.asarray, lost))


def lost_percent(
    dose_u: float, day: float, off_zone_mm: float = 0.0, persistence_ratio: float = 1.0
) -> float:
    """Fall of the compound action potential on a day [%]."""
    days = max(LAST_DAY, int(day) + 1)
    course = inject(dose_u, off_zone_mm, persistence_ratio, days=days)
    return 100 * float(np.interp(day, course.day, course.cmap_lost))


@cache
def load_dose_u(lost_at_week_2_percent: float, persistence_ratio: float = 1.0) -> float:
    """Dose of type A whose load gives a published block at week 2 with a light chain so lasting."""
    return brentq(
        lambda dose_u: lost_percent(dose_u, 14, 0.0, persistence_ratio) - lost_at_week_2_percent,
        0.2,
        400.0,
        xtol=1e-3,
    )


def recovered_percent(
    lost_at_week_2_percent: float, day: float, persistence_ratio: float = 1.0
) -> float:
    """Share of the block of week 2 that is gone on a later day [%]."""
    dose_u = load_dose_u(lost_at_week_2_percent, persistence_ratio)
    left = lost_percent(dose_u, day, 0.0, persistence_ratio)
    return 100 * (1 - left / lost_at_week_2_percent)
