"""Any one block injected in the model: the share of its fibres that no longer work, by day.

Loads are the dose density times the potency that the extensor digitorum brevis was set to, so
nothing here was fitted to the muscle at hand. People differ in load as the stored fit says.
"""

from dataclasses import replace
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
from scipy.stats import norm

from endplate.facts.atlas import MuscleBlock
from endplate.facts.parameters import value
from endplate.model.course import response, time_grid_d
from endplate.model.spread import dose_density, grids, stacked
from endplate.model.uptake.saturation import bound_density
from endplate.people import model
from reference.edb import QUANTILES, _people

LAST_DAY = 60
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
def _working(density, rates, spread, time_d):
    load = value("edb_potency_ml_per_u") * density * spread[:, None]
    cells = response(load.reshape(1, -1), rates, jnp.zeros(1), time_d)
    return cells.reshape(len(time_d), QUANTILES, -1).mean(axis=1)


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
    along, across = model.spread()["muscle"].sd_mm(volume_ml)
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
    rates, spread = _people()
    time_d = jnp.asarray(time_grid_d((0.0,), LAST_DAY))
    working = _working(_density(block, points, doses_u, volume_ml), rates, spread, time_d)
    return 1.0 - np.array([np.interp(day, time_d, cell) for cell in np.asarray(working).T])


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
