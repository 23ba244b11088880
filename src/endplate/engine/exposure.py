"""From a session's injections to the load of every nerve ending in every subject.

The dose density in a cell comes from where each subject's needle lands; what of it finds a binding
site, times the potency in its tissue, is the load: the cutting rate over the rate of renewal at a
light chain of one.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.case import PlacedSite
from endplate.facts.atlas import MuscleBlock, chart_blocks
from endplate.facts.parameters import value
from endplate.model.endings import (
    LOAD_COUNT,
    spline_coefficients,
    spline_weight,
    table_position,
)
from endplate.model.spread import AbstractSpread, EndplateField, dose_density, passed_fascia
from endplate.model.uptake.saturation import bound_density

Numbers = NDArray[np.float64]
_SIZES = (8, 16, 32, 64, 128, 256)  # sites are padded to these, so that compiled code is reused


class Sites(NamedTuple):
    """The injections of one session as arrays; x is signed, left positive.

    Padded with injections of no dose; `passed` is (blocks, sites).
    """

    point_mm: NDArray[np.float64]
    dose_u: NDArray[np.float64]
    fibre: NDArray[np.float64]
    sd_along_mm: NDArray[np.float64]
    sd_across_mm: NDArray[np.float64]
    passed: NDArray[np.float64]


class Cloud(NamedTuple):
    """How far one injection spreads: along the fibres it lies in, and across them."""

    fibre: tuple[float, ...]
    sd_along_mm: float
    sd_across_mm: float


def site_arrays(
    sites: tuple[PlacedSite, ...],
    field: EndplateField,
    chart: str,
    spread: Mapping[str, AbstractSpread],
    at_least: int = 0,
) -> Sites:
    """Arrays of placed sites, each with the fibres and the spread of the block it was meant for.

    `spread` gives the spread hypothesis of each tissue.
    """
    most = max(len(sites), at_least)
    size = next((size for size in _SIZES if size >= most), most)
    spare = size - len(sites)
    spreads = clouds(sites, chart, spread)
    points = [(s.x_mm, s.y_mm, s.z_mm) for s in sites] + [(0.0, 0.0, 0.0)] * spare
    passed = passed_fascia(field, tuple(s.muscle for s in sites), value("fascia_loss"))
    return Sites(
        point_mm=np.array(points, dtype=float),
        dose_u=np.array([s.dose_u for s in sites] + [0.0] * spare),
        fibre=np.array([c.fibre for c in spreads] + [(1.0, 0.0, 0.0)] * spare, dtype=float),
        sd_along_mm=np.array([c.sd_along_mm for c in spreads] + [1.0] * spare),
        sd_across_mm=np.array([c.sd_across_mm for c in spreads] + [1.0] * spare),
        passed=np.pad(passed, ((0, 0), (0, spare)), constant_values=1.0),
    )


def clouds(
    sites: Sequence[PlacedSite], chart: str, spread: Mapping[str, AbstractSpread]
) -> tuple[Cloud, ...]:
    """Spread of each site, in the block it was meant for."""
    made = []
    for site in sites:
        block = _aimed_at(site, chart)
        tissue = block.tissue if block else "muscle"
        made.append(Cloud(_fibre(site, block), *spread[tissue].sd_mm(site.volume_ml)))
    return tuple(made)


def _aimed_at(site: PlacedSite, chart: str) -> MuscleBlock | None:
    """Nearest block of the muscle a site was meant for; None where the chart does not draw it."""
    candidates = [block for block in chart_blocks(chart) if block.muscle == site.muscle]
    point = np.array([site.x_mm, site.y_mm, site.z_mm])
    return min(
        candidates,
        key=lambda b: float(np.linalg.norm(_centre_mm(b, site) - point)),
        default=None,
    )


def _centre_mm(block: MuscleBlock, site: PlacedSite) -> Numbers:
    sign = -1.0 if block.paired and site.x_mm < 0 else 1.0
    return np.array(block.centre_mm) * np.array([sign, 1.0, 1.0])


def _fibre(site: PlacedSite, block: MuscleBlock | None) -> tuple[float, ...]:
    if block is None:
        return (1.0, 0.0, 0.0)
    if block.tissue != "muscle":
        return (0.0, 0.0, 1.0)  # a wheal's axis stands on its layer
    sign = -1.0 if block.paired and site.x_mm < 0 else 1.0
    fibre = np.array(block.fibre) * np.array([sign, 1.0, 1.0])
    return tuple(fibre / np.linalg.norm(fibre))


def landed_density(field: EndplateField, sites: Sites, placement: Array) -> Array:
    """Dose density [U/mL] in every cell where each subject's needle lands, (cells, subjects).

    `placement` [1] are standard normals (sites, 3, subjects) of where the needle lands; the work is
    done in their precision.
    """
    sd_mm = jnp.array(
        [value("placement_sd_mm"), value("placement_sd_mm"), value("placement_depth_sd_mm")]
    )
    landed = jnp.asarray(sites.point_mm)[:, :, None] + placement * sd_mm[:, None]
    landed = landed.at[:, 2].set(jnp.abs(landed[:, 2]))  # never outside the skin
    return _density(field, sites, landed.astype(placement.dtype))


@partial(jax.jit, static_argnames="field")
def planned_density(field: EndplateField, sites: Sites) -> Array:
    """Dose density [U/mL] in every cell when the needle lands where it was planned, (cells,)."""
    return _density(field, sites, jnp.asarray(sites.point_mm))


def _density(field: EndplateField, sites: Sites, landed_mm: Array) -> Array:
    return dose_density(
        field,
        landed_mm,
        jnp.asarray(sites.dose_u),
        jnp.asarray(sites.fibre),
        jnp.asarray(sites.sd_along_mm),
        jnp.asarray(sites.sd_across_mm),
        jnp.asarray(sites.passed),
    )


def acting_density(density: Array, log_ratio: Array) -> Array:
    """Density that finds a binding site, in units of the reference product's action.

    Binding sites fill by molecules that act, so a product's units count by its potency ratio;
    `log_ratio` [1] is that ratio's logarithm, a number or one per subject. `density` [U/mL] is
    (cells, subjects).
    """
    acting = density * jnp.exp(jnp.asarray(log_ratio, density.dtype))
    return bound_density(acting, value("binding_half_saturation_u_per_ml"))


def table_weights(load: Array, weight: Numbers) -> Array:
    """Weights with which blocks read a subject's response table, (blocks, loads, subjects).

    Parameters
    ----------
    load : [1], >= 0
        Loads of the injection, shape (cells, subjects).
    weight : [1]
        Share of each block's end plates in each cell, shape (blocks, cells). What is missing to a
        whole is free of toxin.
    """
    position = table_position(load)
    parts, order = [], []
    for rows, cells, shares in _blocks_of_like_size(weight):
        parts.append(_spline_weights(position[cells], jnp.asarray(shares, load.dtype)))
        order.append(rows)
    whole = jnp.concatenate(parts)[np.argsort(np.concatenate(order))]
    free = 1.0 - weight.sum(axis=1)
    lowest = np.zeros(LOAD_COUNT)
    lowest[:3] = 1 / 6, 4 / 6, 1 / 6  # the spline at the second load: nothing is silenced there
    whole = whole + jnp.asarray(free[:, None, None] * lowest[:, None], load.dtype)
    coefficients = jnp.asarray(spline_coefficients(), load.dtype)
    return jnp.einsum("bnp,nm->bmp", whole, coefficients)


def _blocks_of_like_size(
    weight: Numbers,
) -> list[tuple[NDArray[np.int64], NDArray[np.int64], Numbers]]:
    """Blocks of about as many cells: their rows, cells (cells, blocks) and weights of these.

    Few cells belong to a block, so that a sum over all of them would add zeros for the most part.
    """
    cells_of = [np.flatnonzero(row) for row in weight]
    size = np.array([int(np.ceil(np.log2(max(len(cells), 1)) / 2)) for cells in cells_of])
    groups = []
    for one in np.unique(size):
        rows = np.flatnonzero(size == one)
        cells = np.zeros((max(len(cells_of[i]) for i in rows), len(rows)), int)
        shares = np.zeros(cells.shape)
        for column, i in enumerate(rows):
            cells[: len(cells_of[i]), column] = cells_of[i]
            shares[: len(cells_of[i]), column] = weight[i, cells_of[i]]
        groups.append((rows, cells, shares))
    return groups


def _spline_weights(position: Array, share: Array) -> Array:
    """Sum over cells of their spline weights on the loads, (blocks, loads, subjects).

    `position` is (cells, blocks, subjects), `share` (cells, blocks).
    """
    load = jnp.arange(LOAD_COUNT, dtype=position.dtype)[:, None]

    def add(total: Array, now: tuple[Array, Array]) -> tuple[Array, None]:
        where, part = now
        return total + part[:, None, None] * spline_weight(where[:, None] - load), None

    start = jnp.zeros((position.shape[1], LOAD_COUNT, position.shape[2]), position.dtype)
    total, _ = jax.lax.scan(add, start, (position, share))
    return total
