"""Any one block injected in the model: the share of its fibres that no longer work, by day.

Loads are the dose density times the potency that the extensor digitorum brevis was set to, so
nothing here was fitted to the muscle at hand. People differ in load as the stored fit says.
"""

from dataclasses import replace
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
from scipy.interpolate import CubicSpline
from scipy.stats import norm

from endplate.facts.atlas import MuscleBlock
from endplate.facts.parameters import value
from endplate.model import Model
from endplate.model.endings import time_nodes
from endplate.model.spread import dose_density, grids, stacked
from endplate.model.uptake.saturation import bound_density
from model_cases import after_injection
from reference.edb import people

NODES = time_nodes(60.0, Model())
CELL_MM = 6.0


def point_mm(block: MuscleBlock, along: float, across: float = 0.0) -> tuple[float, ...]:
    """Point of a block, `along` its fibres from 0 to 1, `across` from -0.5 to 0.5 of its width."""
    fibre, side, _ = block.axes
    steps = (along - 0.5) * block.length_mm, across * block.width_mm
    return tuple(
        c + steps[0] * f + steps[1] * s
        for c, f, s in zip(block.centre_mm, fibre, side, strict=True)
    )


@jax.jit
def _working(density):
    """Working fraction of every cell, mean over people, (times, cells)."""
    rates, spread = people()
    load = value("edb_potency_ml_per_u") * density[:, None] * spread
    return after_injection(load, rates, NODES).working_fraction.mean(axis=-1)


@cache
def _cells(block: MuscleBlock):
    """Cells of 6 mm whatever the muscle's size: a crowd's are too coarse to tell a reach by."""
    grid = grids((block,))[0]
    sizes = (block.length_mm, block.width_mm, block.thickness_mm)
    edges = tuple(np.linspace(-s / 2, s / 2, int(np.ceil(s / CELL_MM)) + 1) for s in sizes)
    zone = norm.cdf(edges[0] / block.length_mm + 0.5, block.zone_centre, block.zone_sd)
    along = np.diff(zone) / (zone[-1] - zone[0])
    others = (len(edges[1]) - 1) * (len(edges[2]) - 1)
    weight = np.repeat(along / others, others)
    return stacked((replace(grid, edges_mm=edges, weight=weight),))


def _density(block, points, doses_u, volume_ml):
    field, count = _cells(block), len(points)
    along, across = Model().spread_by_tissue["muscle"].sd_mm(volume_ml)
    density = dose_density(
        field, jnp.array(points), jnp.array(doses_u), jnp.tile(field.axes[0, 0], (count, 1)),
        jnp.full(count, along), jnp.full(count, across), jnp.ones((1, count)),
    )  # fmt: skip
    return bound_density(density, value("binding_half_saturation_u_per_ml"))


def cells_lost(
    block: MuscleBlock,
    points: list[tuple[float, ...]],
    doses_u: list[float],
    volume_ml: float,
    day: float,
) -> np.ndarray:
    """Share of fibres lost in every cell on a day, each site of `volume_ml`."""
    working = np.asarray(_working(_density(block, points, doses_u, volume_ml)))
    course = CubicSpline(np.asarray(NODES.all_d), working)(day)
    return 1.0 - np.clip(course, 0.0, 1.0)


def lost_percent(block, points, doses_u, volume_ml, day) -> float:
    """Share of the fibres of a block lost on a day [%], weighted by its end plates."""
    lost = cells_lost(block, points, doses_u, volume_ml, day)
    return 100 * float(lost @ _cells(block).endplate_weight[0])


def cell_distance_mm(block: MuscleBlock, point: tuple[float, ...]) -> np.ndarray:
    """Distance of every cell along the fibres from a point."""
    field = _cells(block)
    local = (np.array(point) - field.centre_mm[0]) @ field.axes[0, 0]
    middle = 0.5 * (field.edge_mm[field.cell_edge[:, 0]] + field.edge_mm[field.cell_edge[:, 0] + 1])
    return np.abs(middle - local)
