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

from endplate.body.spread.grid import EndplateField

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
