"""Extensor digitorum brevis, the muscle of the human dose-response studies, run in the model.

Its dose-response is what `edb_potency_ml_per_u` was set to; nothing else of it was fitted. People
differ in load as the stored fit says; the compound action potential is the working fraction.
"""

from dataclasses import replace
from functools import cache, partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from endplate.facts.atlas import blocks_of
from endplate.facts.parameters import value
from endplate.model import Model, Parameters, kinetics
from endplate.model.endings import (
    course_days,
    endings_on,
    injected,
    run_window,
    spline_matrix,
    time_nodes,
    untreated,
)
from endplate.model.spread import dose_density, grids, stacked
from endplate.model.transmission import ReleaseFatigue
from endplate.model.uptake.saturation import bound_density

BOLUS_ML = 0.1
CELL_MM = 2.0
LAST_DAY = 180
QUANTILES = 9  # people: evenly spaced quantiles of the load
MODEL = Model()


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


def people(persistence_ratio=1.0):
    """Rates of a middle person, once for each load; and the loads of all over the middle."""
    values = Parameters.stored().values()
    middle = {"release": jnp.zeros(QUANTILES), "persistence": jnp.zeros(QUANTILES)}
    rank = (np.arange(QUANTILES) + 0.5) / QUANTILES
    spread = jnp.exp(values["load_log_sd"] * norm.ppf(rank))
    return kinetics(values, middle, persistence_ratio=persistence_ratio), spread


@partial(jax.jit, static_argnames=("gaps_d",))
def _run(dose_u, off_zone_mm, persistence_ratio, gaps_d):
    field = _field()
    rates, spread = people(persistence_ratio)
    fibre = jnp.asarray(field.axes[0, 0])
    tip_mm = jnp.asarray(field.centre_mm[0]) + off_zone_mm * fibre
    along, across = MODEL.spread_by_tissue["muscle"].sd_mm(BOLUS_ML)
    density = dose_density(
        field, tip_mm[None], dose_u[None], fibre[None], jnp.array([along]), jnp.array([across]),
        jnp.ones((1, 1)),
    )  # fmt: skip
    bound = bound_density(density, value("binding_half_saturation_u_per_ml"))
    load = (value("edb_potency_ml_per_u") * bound[:, None] * spread)[None]
    endings = untreated(MODEL, rates, 1, load.shape[1], load.dtype)
    fatigue, lost, courses = ReleaseFatigue.human(), None, []
    for number, gap_d in enumerate(gaps_d):
        start = injected(endings, MODEL, rates, 0, 1.0)
        nodes = time_nodes(gap_d, MODEL)
        window = run_window(start, load, MODEL, rates, fatigue if number else None, nodes)
        at_nodes = jnp.einsum("tnp,n->tp", window.working_fraction, field.endplate_weight[0])
        days = course_days(gap_d)
        node_d = np.concatenate([nodes.step_d, nodes.decay_d])
        working = jnp.clip(spline_matrix(node_d, days) @ at_nodes, 0.0, 1.0)
        thinner = MODEL.tissue_of(rates).section_lost(working, jnp.asarray(days), lost)
        lost = thinner[-1]
        courses.append((1.0 - working.mean(axis=1), thinner.mean(axis=1)))
        on = jnp.full(QUANTILES, gap_d)
        endings = endings_on(on, start, window, load, MODEL, rates, fatigue, nodes)
    return courses


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
    gaps_d = tuple(float(gap) for gap in np.diff([*injection_d, days]))
    numbers = map(jnp.asarray, (dose_u, off_zone_mm, persistence_ratio))
    courses = _run(*numbers, gaps_d)
    last = len(courses) - 1
    parts = [
        (start + course_days(gap_d)[: None if i == last else -1], *(
            np.asarray(one)[: None if i == last else -1] for one in course
        ))
        for i, (start, gap_d, course) in enumerate(
            zip(injection_d, gaps_d, courses, strict=True)
        )
    ]  # fmt: skip
    return Course(*(np.concatenate(one) for one in zip(*parts, strict=True)))


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
