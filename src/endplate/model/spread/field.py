r"""The dose density that each cell of an end-plate field receives.

The share of one injection that comes to rest in a cell is the product of three differences of the
normal distribution function, one per axis, with the cloud's variance projected on the axis; so
shares are never negative, sum to at most one over a block, and what no muscle receives is the part
that lies elsewhere.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import erf
from numpy.typing import NDArray

from endplate.model.spread.grid import NOWHERE, EndplateField, slabs

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
        Needle tips, shape (sites, 3) or (sites, 3, subjects), x signed.
    fibre : [1]
        Unit fibre direction at each site, shape (sites, 3).
    sd_along_mm, sd_across_mm : [mm], > 0
        Standard deviations of each cloud, shape (sites,).

    Returns
    -------
    [1], in [0, 1]
        Shape (sites, cells), or (sites, cells, subjects).

    Notes
    -----
    The skin is a mirror: a second cloud stands at minus the depth. Correlation between the block's
    axes (a cloud oblique to the block) is left out; it moves shares between cells, not out.
    """
    tips_mm = site_mm if site_mm.ndim == 3 else site_mm[:, :, None]
    clouds = [
        jax.vmap(lambda *one: _between_edges(field, *one))(*cloud, sd_along_mm, sd_across_mm)
        for cloud in _with_image(tips_mm, fibre)
    ]
    share = jnp.asarray(
        sum(
            between[:, field.cell_edge[:, 0]]
            * between[:, field.cell_edge[:, 1]]
            * between[:, field.cell_edge[:, 2]]
            for between in clouds
        )
    )
    return share if site_mm.ndim == 3 else share[..., 0]


def _with_image(tip_mm: Array, fibre: Array) -> tuple[tuple[Array, Array], ...]:
    """Tips (..., 3, people) and fibres (..., 3) of a cloud, and of its image beyond the skin."""
    mirror = jnp.array([1.0, 1.0, -1.0], tip_mm.dtype)
    return (tip_mm, fibre), (tip_mm * mirror[:, None], fibre * mirror)


def _between_edges(
    field: EndplateField, tip_mm: Array, fibre: Array, sd_along_mm: Array, sd_across_mm: Array
) -> Array:
    """Share of one cloud between each edge and the next, along that edge's own axis.

    `tip_mm` is (3, people), the answer (edges - 1, people).
    """
    dtype = tip_mm.dtype  # a crowd is run in single precision, and so is all that follows
    centre_mm, axes, edge_mm, fibre, sd_along_mm, sd_across_mm = (
        jnp.asarray(a, dtype)
        for a in (field.centre_mm, field.axes, field.edge_mm, fibre, sd_along_mm, sd_across_mm)
    )
    local = jnp.einsum("bax,bxp->bap", axes, tip_mm - centre_mm[:, :, None])
    slant = jnp.einsum("x,bax->ba", fibre, axes) ** 2
    root2_sd = jnp.sqrt(2.0 * (sd_across_mm**2 + (sd_along_mm**2 - sd_across_mm**2) * slant))
    where = (field.edge_block, field.edge_axis)
    below = 0.5 * erf((edge_mm[:, None] - local[where]) / root2_sd[where][:, None])
    return jnp.diff(below, axis=0)  # of two neighbouring edges; across blocks it means nothing


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
        Needle tips, shape (sites, 3), or (sites, 3, subjects); x signed.
    dose_u : [U]
        Shape (sites,), in units of one product.
    fibre, sd_along_mm, sd_across_mm
        As in `cell_share`.
    passed : [1], in [0, 1]
        Share that fascia lets through from each injection to each block, shape (blocks, sites).

    Returns
    -------
    [U/mL]
        Shape (cells,), or (cells, subjects).

    Notes
    -----
    A cloud's share of a cell is a product over the axes, so a block's cells are one product of
    three short rows, summed over the sites; `cell_share` writes the same out cell by cell. Blocks
    of the atlas overlap a little, so a dose is scaled down where they would count it twice; blocks
    that hold no dose, as the gates of neighbours, look at the cloud and take none of it.
    """
    dtype = site_mm.dtype
    groups = slabs(field)

    def add(density: list[Array], site: tuple[Array, ...]) -> tuple[list[Array], None]:
        tip_mm, fibre, along_mm, across_mm, dose_u, through = site
        clouds = []
        for cloud in _with_image(tip_mm, fibre):
            between = _between_edges(field, *cloud, along_mm, across_mm)
            between = jnp.pad(between, [(0, 1), (0, 0)])  # the last is nowhere
            clouds.append([[between[edges] for edges in group.edges] for group in groups])
        inside = jnp.zeros(tip_mm.shape[-1], dtype)
        for sides in clouds:
            for (x, y, z), group in zip(sides, groups, strict=True):
                holding = through[group.block] * field.holds_dose[group.block]
                inside += holding @ (x.sum(1) * y.sum(1) * z.sum(1))
        kept = dose_u / jnp.maximum(inside, 1.0)
        for sides in clouds:
            for i, ((x, y, z), group) in enumerate(zip(sides, groups, strict=True)):
                per_layer = x * (kept * through[group.block][:, None])[:, None]
                density[i] += per_layer[:, :, None, None] * (y[:, :, None] * z[:, None])[:, None]
        return density, None

    tips_mm = site_mm if site_mm.ndim == 3 else site_mm[:, :, None]
    of_site = (fibre, sd_along_mm, sd_across_mm, dose_u, jnp.asarray(passed).T)
    start = [jnp.zeros((*group.shape, tips_mm.shape[-1]), dtype) for group in groups]
    density, _ = jax.lax.scan(add, start, (tips_mm, *(jnp.asarray(a, dtype) for a in of_site)))
    place = np.concatenate([group.cell for group in groups])
    order = np.argsort(place)[np.count_nonzero(place == NOWHERE) :]
    flat = jnp.concatenate([one.reshape(-1, one.shape[-1]) for one in density])[order]
    whole = flat / jnp.asarray(field.cell_ml, dtype)[:, None]
    return whole if site_mm.ndim == 3 else whole[:, 0]


def muscle_fractions(
    field: EndplateField, density_u_per_ml: Array | Numbers, total_u: float
) -> dict[tuple[str, str], float]:
    """Share of the whole dose in each muscle and side, with what lies elsewhere; sums to one."""
    held_u = np.asarray(density_u_per_ml) * field.cell_ml
    fractions: dict[tuple[str, str], float] = {}
    for i, block in enumerate(field.blocks):
        if not field.holds_dose[i]:
            continue
        key = (block.muscle, block.side)
        share = float(held_u[field.cell_block == i].sum()) / total_u if total_u else 0.0
        fractions[key] = fractions.get(key, 0.0) + share
    fractions[("elsewhere", "midline")] = max(0.0, 1.0 - sum(fractions.values()))
    return fractions
