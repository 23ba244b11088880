r"""The dose density that each cell of an end-plate field receives.

The share of one injection that comes to rest in a cell is the product of three differences of the
normal distribution function, one per axis, with the cloud's variance projected on the axis; so
shares are never negative, sum to at most one over a block, and what no muscle receives is the part
that lies elsewhere.
"""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import erf
from numpy.typing import NDArray

from endplate.body.spread.grid import NOWHERE, EndplateField, slabs

Numbers = NDArray[np.float64]


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
    between = _between_edges(field, site_mm, fibre, sd_along_mm, sd_across_mm)
    share = between[..., field.cell_edge[:, 0]]
    for axis in (1, 2):
        share = share * between[..., field.cell_edge[:, axis]]
    return share


def _between_edges(
    field: EndplateField, site_mm: Array, fibre: Array, sd_along_mm: Array, sd_across_mm: Array
) -> Array:
    """Share of each cloud between each edge and the next, along that edge's own axis."""
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
    return jnp.diff(below)  # of two neighbouring edges; across blocks it means nothing


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

    Notes
    -----
    A cloud's share of a cell is a product over the axes, so a block's cells are one product of
    three short rows, summed over the sites; `cell_share` writes the same out cell by cell.
    """
    dtype = site_mm.dtype
    mirror = jnp.array([1.0, 1.0, -1.0], dtype)
    clouds = [
        _between_edges(field, site_mm, fibre, sd_along_mm, sd_across_mm),
        _between_edges(field, site_mm * mirror, fibre * mirror, sd_along_mm, sd_across_mm),
    ]
    between = jnp.concatenate(clouds, axis=-2)  # sites, then their images
    between = jnp.pad(between, [(0, 0)] * (between.ndim - 1) + [(0, 1)])  # the last is nowhere
    through = jnp.tile(jnp.asarray(passed, dtype).T, (2, 1))
    groups = slabs(field)
    sides = [[between[..., edges] for edges in group.edges] for group in groups]
    inside = sum(
        (x.sum(-1) * y.sum(-1) * z.sum(-1) * through[:, group.block]).sum(-1)
        for (x, y, z), group in zip(sides, groups, strict=True)
    )
    inside = jnp.asarray(inside)
    count = len(dose_u)
    # Blocks of the atlas overlap a little; a dose is never counted twice.
    kept = jnp.asarray(dose_u, dtype) / jnp.maximum(inside[..., :count] + inside[..., count:], 1.0)
    kept = jnp.concatenate([kept, kept], axis=-1)
    held = []
    for (x, y, z), group in zip(sides, groups, strict=True):
        own = x * (kept[..., None] * through[:, group.block])[..., None]
        cells = jnp.einsum("...sgx,...sgy,...sgz->...gxyz", own, y, z)
        held.append(cells.reshape(*cells.shape[:-4], -1))
    place = np.concatenate([group.cell for group in groups])
    order = np.argsort(place)[np.count_nonzero(place == NOWHERE) :]
    held_u = jnp.concatenate(held, axis=-1)[..., order]
    return held_u / jnp.asarray(field.cell_ml, dtype)


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
