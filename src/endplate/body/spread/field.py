r"""The end-plate fields of a region's muscles as cells, and the dose density each cell receives.

Each block of the atlas is cut into cells along its own axes. The share of one injection that comes
to rest in a cell is the product of three differences of the normal distribution function, one per
axis, with the cloud's variance projected on the axis; so shares are never negative, sum to at most
one over a block, and what no muscle receives is the part that lies elsewhere.
"""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import erf
from numpy.typing import NDArray
from scipy.special import ndtr

from endplate.facts.anatomy import MuscleBlock

# Largest cell edge: about one standard deviation of a facial cloud. Large muscles take larger
# volumes, so their cells may grow with them, to at most so many along, across and through.
_CELL_MM = 6.0
_MOST_CELLS = (18, 8, 4)
_MM3_PER_ML = 1000.0
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Block:
    """Name of one block on one side."""

    muscle: str
    part: str
    side: str


@dataclass(frozen=True)
class EndplateField:
    """All blocks of a region cut into cells.

    `centre_mm` (blocks, 3) and `axes` (blocks, 3, 3) place the blocks. `edge_mm` (edges,) are the
    cell borders of all blocks in a row, each along axis `edge_axis` of block `edge_block`. Cell i
    lies in block `cell_block[i]` between edge `cell_edge[i, axis]` and the next one on each axis;
    `endplate_weight` (blocks, cells) is its share of its block's end plates, `cell_ml` its volume.
    """

    blocks: tuple[Block, ...]
    centre_mm: Numbers
    axes: Numbers
    edge_mm: Numbers
    edge_block: NDArray[np.int64]
    edge_axis: NDArray[np.int64]
    cell_block: NDArray[np.int64]
    cell_edge: NDArray[np.int64]
    endplate_weight: Numbers
    cell_ml: Numbers


@dataclass(frozen=True)
class Grid:
    """One block on one side before it is stacked with the others."""

    block: Block
    centre_mm: Numbers
    axes: Numbers
    edges_mm: tuple[Numbers, ...]
    weight: Numbers


_SIGNS = {"left": 1.0, "right": -1.0}


def grids(
    blocks: tuple[MuscleBlock, ...], sides: tuple[str, ...] = ("left", "right")
) -> tuple[Grid, ...]:
    """Grids of blocks on the named sides, left before right, midline blocks once."""
    made = []
    for block in blocks:
        own = [(s, _SIGNS[s]) for s in sides] if block.paired else [("midline", 1.0)]
        made += [_grid(block, side, sign) for side, sign in own]
    return tuple(made)


def _cells(size_mm: float, most: int) -> int:
    return max(1, min(most, int(np.ceil(size_mm / _CELL_MM))))


def _grid(block: MuscleBlock, side: str, sign: float) -> Grid:
    mirror = np.array([sign, 1.0, 1.0])
    fibre = np.array(block.fibre) * mirror
    fibre = fibre / np.linalg.norm(fibre)
    upright = np.array([0.0, 0.0, 1.0]) if abs(fibre[2]) < 0.9 else np.array([0.0, 1.0, 0.0])
    across = np.cross(upright, fibre)
    across = across / np.linalg.norm(across)
    sizes = (block.length_mm, block.width_mm, block.thickness_mm)
    edges = tuple(
        np.linspace(-size / 2, size / 2, _cells(size, most) + 1)
        for size, most in zip(sizes, _MOST_CELLS, strict=True)
    )
    zone = ndtr((edges[0] / block.length_mm + 0.5 - block.zone_centre) / block.zone_sd)
    along = np.diff(zone) / (zone[-1] - zone[0])
    wide, deep = (np.full(len(edge) - 1, 1.0 / (len(edge) - 1)) for edge in edges[1:])
    weight = along[:, None, None] * wide[None, :, None] * deep[None, None, :]
    return Grid(
        block=Block(block.muscle, block.part, side),
        centre_mm=np.array(block.centre_mm) * mirror,
        axes=np.stack([fibre, across, np.cross(fibre, across)]),
        edges_mm=edges,
        weight=weight.ravel(),
    )


def stacked(parts: tuple[Grid, ...], least_weight: float = 0.0) -> EndplateField:
    """One field of several grids.

    Cells that hold less than `least_weight` of the end plates of their block's fullest cell are
    left out, and the others take their share: a crowd spends no time where no end plates lie.
    """
    rows = [(i, axis, e) for i, grid in enumerate(parts) for axis, e in enumerate(grid.edges_mm)]
    starts = np.cumsum([0, *(len(edge) for _, _, edge in rows)])[:-1].reshape(-1, 3)
    kept = [grid.weight >= least_weight * grid.weight.max() for grid in parts]
    places = [
        np.argwhere(np.ones([len(e) - 1 for e in grid.edges_mm]))[keep]
        for grid, keep in zip(parts, kept, strict=True)
    ]
    owner = np.repeat(np.arange(len(parts)), [len(place) for place in places])
    weight = np.zeros((len(parts), len(owner)))
    for i, (grid, keep) in enumerate(zip(parts, kept, strict=True)):
        weight[i, owner == i] = grid.weight[keep] / grid.weight[keep].sum()
    volumes = [
        float(np.prod([edge[1] - edge[0] for edge in grid.edges_mm])) / _MM3_PER_ML
        for grid in parts
    ]
    return EndplateField(
        blocks=tuple(grid.block for grid in parts),
        centre_mm=np.array([grid.centre_mm for grid in parts]),
        axes=np.array([grid.axes for grid in parts]),
        edge_mm=np.concatenate([edge for _, _, edge in rows]),
        edge_block=np.concatenate([np.full(len(edge), i) for i, _, edge in rows]),
        edge_axis=np.concatenate([np.full(len(edge), axis) for _, axis, edge in rows]),
        cell_block=owner,
        cell_edge=np.concatenate(places) + starts[owner],
        endplate_weight=weight,
        cell_ml=np.array(volumes)[owner],
    )


def cell_share(
    field: EndplateField, site_mm: Array, fibre: Array, sd_along_mm: Array, sd_across_mm: Array
) -> Array:
    """Share of each injection that comes to rest in each cell.

    Parameters
    ----------
    field : EndplateField
        The region's cells.
    site_mm : [mm]
        Needle tips, shape (..., sites, 3), x signed.
    fibre : [1]
        Unit fibre direction at each site, shape (sites, 3).
    sd_along_mm, sd_across_mm : [mm], > 0
        Standard deviations of each cloud, shape (sites,).

    Returns
    -------
    [1], in [0, 1]
        Shape (..., sites, cells).

    Notes
    -----
    The skin is a mirror: a second cloud stands at minus the depth. Correlation between the block's
    axes (a cloud oblique to the block) is left out; it moves shares between cells, not out.
    """
    mirror = jnp.array([1.0, 1.0, -1.0], site_mm.dtype)
    return _one_cloud(field, site_mm, fibre, sd_along_mm, sd_across_mm) + _one_cloud(
        field, site_mm * mirror, fibre * mirror, sd_along_mm, sd_across_mm
    )


def _one_cloud(
    field: EndplateField, site_mm: Array, fibre: Array, sd_along_mm: Array, sd_across_mm: Array
) -> Array:
    dtype = site_mm.dtype  # a crowd is run in single precision, and so is all that follows
    centre_mm, axes, edge_mm, fibre, sd_along_mm, sd_across_mm = (
        jnp.asarray(a, dtype)
        for a in (field.centre_mm, field.axes, field.edge_mm, fibre, sd_along_mm, sd_across_mm)
    )
    local = jnp.einsum("...sbx,bax->...sba", site_mm[..., None, :] - centre_mm, axes)
    slant = jnp.einsum("sx,bax->sba", fibre, axes) ** 2
    along, across = sd_along_mm[:, None, None] ** 2, sd_across_mm[:, None, None] ** 2
    root2_sd = jnp.sqrt(2.0 * (across + (along - across) * slant))
    where = (Ellipsis, field.edge_block, field.edge_axis)
    below = 0.5 * erf((edge_mm - local[where]) / root2_sd[where])
    between = jnp.diff(below)  # of two neighbouring edges; across blocks it means nothing
    share = between[..., field.cell_edge[:, 0]]
    for axis in (1, 2):
        share = share * between[..., field.cell_edge[:, axis]]
    return share


def passed_fascia(field: EndplateField, muscles: tuple[str, ...], fascia_loss: float) -> Numbers:
    """Share let through to each block from each injection's muscle, shape (blocks, sites)."""
    same = [[muscle == block.muscle for muscle in muscles] for block in field.blocks]
    own = np.array(same).reshape(len(field.blocks), len(muscles))
    return np.where(own, 1.0, 1.0 - fascia_loss)


def dose_density(
    field: EndplateField,
    site_mm: Array,
    dose_u: Array,
    fibre: Array,
    sd_along_mm: Array,
    sd_across_mm: Array,
    passed: Array,
) -> Array:
    """Dose density in every cell, all injections together.

    Parameters
    ----------
    field : EndplateField
        The region's cells.
    site_mm : [mm]
        Shape (..., sites, 3).
    dose_u : [U]
        Shape (sites,), in units of one product.
    fibre, sd_along_mm, sd_across_mm
        As in `cell_share`.
    passed : [1], in [0, 1]
        Share that fascia lets through from each injection to each block, shape (blocks, sites).

    Returns
    -------
    [U/mL]
        Shape (..., cells).
    """
    share = cell_share(field, site_mm, fibre, sd_along_mm, sd_across_mm)
    share = share * jnp.asarray(passed, share.dtype)[field.cell_block].T
    # Blocks of the atlas overlap a little; a dose is never counted twice.
    kept = jnp.asarray(dose_u, share.dtype) / jnp.maximum(share.sum(axis=-1), 1.0)
    held_u = jnp.einsum("...sc,...s->...c", share, kept)
    return held_u / jnp.asarray(field.cell_ml, share.dtype)


def muscle_fractions(
    field: EndplateField, density_u_per_ml: Array | Numbers, total_u: float
) -> dict[tuple[str, str], float]:
    """Share of the whole dose in each muscle and side, with what lies elsewhere; sums to one."""
    held_u = np.asarray(density_u_per_ml) * field.cell_ml
    fractions: dict[tuple[str, str], float] = {}
    for i, block in enumerate(field.blocks):
        key = (block.muscle, block.side)
        share = float(held_u[field.cell_block == i].sum()) / total_u if total_u else 0.0
        fractions[key] = fractions.get(key, 0.0) + share
    fractions[("elsewhere", "midline")] = max(0.0, 1.0 - sum(fractions.values()))
    return fractions
