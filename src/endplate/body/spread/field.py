r"""The end-plate field of every muscle as a grid of cells, and the dose density each cell receives.

Each block of the atlas is cut into cells along its own axes. The share of one injection that comes
to rest in a cell is the product of three error-function differences, one per axis, with the
cloud's variance projected on the axis; so shares are exact per axis, never negative, and what no
muscle receives is the part lost elsewhere.
"""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import ndtr
from numpy.typing import NDArray
from scipy.stats import norm

from endplate.facts.anatomy import MuscleBlock

_CELL_MM = 5.0  # largest cell edge: about one standard deviation of the smallest cloud
_MM3_PER_ML = 1000.0


@dataclass(frozen=True)
class EndplateField:
    """One block on one side, cut into cells: axes are rows, edges are mm from the centre."""

    muscle: str
    part: str
    side: str
    centre_mm: NDArray[np.float64]
    axes: NDArray[np.float64]
    edges_mm: tuple[NDArray[np.float64], ...]
    endplate_weight: NDArray[np.float64]
    cell_ml: float


def endplate_field(blocks: tuple[MuscleBlock, ...]) -> tuple[EndplateField, ...]:
    """Grids of all blocks on all their sides, left first, midline blocks once."""
    fields = []
    for block in blocks:
        sides = (("left", 1.0), ("right", -1.0)) if block.paired else (("midline", 1.0),)
        fields += [_grid(block, side, sign) for side, sign in sides]
    return tuple(fields)


def _grid(block: MuscleBlock, side: str, sign: float) -> EndplateField:
    mirror = np.array([sign, 1.0, 1.0])
    fibre = np.array(block.fibre) * mirror
    fibre = fibre / np.linalg.norm(fibre)
    upright = np.array([0.0, 0.0, 1.0]) if abs(fibre[2]) < 0.9 else np.array([0.0, 1.0, 0.0])
    across = np.cross(upright, fibre)
    across = across / np.linalg.norm(across)
    axes = np.stack([fibre, across, np.cross(fibre, across)])
    sizes = (block.length_mm, block.width_mm, block.thickness_mm)
    edges = tuple(
        np.linspace(-size / 2, size / 2, max(1, int(np.ceil(size / _CELL_MM))) + 1)
        for size in sizes
    )
    zone = norm.cdf(
        (edges[0] / block.length_mm + 0.5), loc=block.zone_centre, scale=block.zone_sd
    )
    along = np.diff(zone) / (zone[-1] - zone[0])
    others = [np.full(len(e) - 1, 1.0 / (len(e) - 1)) for e in edges[1:]]
    weight = (along[:, None, None] * others[0][None, :, None] * others[1][None, None, :]).ravel()
    cell_ml = float(np.prod([e[1] - e[0] for e in edges])) / _MM3_PER_ML
    return EndplateField(
        block.muscle, block.part, side, np.array(block.centre_mm) * mirror, axes, edges, weight,
        cell_ml,
    )


def cell_share(
    field: EndplateField, site_mm: Array, fibre: Array, sd_along_mm: Array, sd_across_mm: Array
) -> Array:
    """Share of each injection that comes to rest in each cell.

    Parameters
    ----------
    field : EndplateField
        One block.
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
    mirror = jnp.array([1.0, 1.0, -1.0])
    return _one_cloud(field, site_mm, fibre, sd_along_mm, sd_across_mm) + _one_cloud(
        field, site_mm * mirror, fibre * mirror, sd_along_mm, sd_across_mm
    )


def _one_cloud(
    field: EndplateField, site_mm: Array, fibre: Array, sd_along_mm: Array, sd_across_mm: Array
) -> Array:
    local = (site_mm - field.centre_mm) @ field.axes.T
    per_axis = []
    for axis in range(3):
        slant = (fibre @ field.axes[axis]) ** 2
        sd = jnp.sqrt(sd_across_mm**2 + (sd_along_mm**2 - sd_across_mm**2) * slant)
        below = ndtr((field.edges_mm[axis] - local[..., axis, None]) / sd[:, None])
        per_axis.append(jnp.diff(below, axis=-1))
    share = jnp.einsum("...i,...j,...k->...ijk", *per_axis)
    return share.reshape(*share.shape[:-3], -1)


def dose_density(
    fields: tuple[EndplateField, ...],
    site_mm: Array,
    dose_u: Array,
    fibre: Array,
    sd_along_mm: Array,
    sd_across_mm: Array,
    passed: Array,
) -> list[Array]:
    """Dose density in every cell of every field, all injections together.

    Parameters
    ----------
    fields : tuple of EndplateField
        The region's blocks.
    site_mm : [mm]
        Shape (..., sites, 3).
    dose_u : [U]
        Shape (sites,), in units of one product.
    fibre, sd_along_mm, sd_across_mm
        As in `cell_share`.
    passed : [1], in [0, 1]
        Share that fascia lets through from each injection to each field, shape (fields, sites).

    Returns
    -------
    [U/mL]
        One array (..., cells) per field.
    """
    shares = [
        cell_share(field, site_mm, fibre, sd_along_mm, sd_across_mm)
        * through[:, None]
        for field, through in zip(fields, passed, strict=True)
    ]
    # Blocks of the atlas overlap a little; a dose is never counted twice.
    taken = sum(share.sum(axis=-1) for share in shares)
    kept = 1.0 / jnp.maximum(taken, 1.0)
    return [
        jnp.einsum("...sc,...s->...c", share, kept * dose_u) / field.cell_ml
        for share, field in zip(shares, fields, strict=True)
    ]


def passed_fascia(
    fields: tuple[EndplateField, ...], muscles: tuple[str, ...], fascia_loss: float
) -> NDArray[np.float64]:
    """Share let through to each field from each injection's muscle, shape (fields, sites)."""
    same = [[muscle == field.muscle for muscle in muscles] for field in fields]
    return np.where(np.array(same).reshape(len(fields), len(muscles)), 1.0, 1.0 - fascia_loss)


def muscle_fractions(
    fields: tuple[EndplateField, ...], densities: list[Array], dose_u: Array
) -> dict[tuple[str, str], float]:
    """Share of the whole dose in each muscle and side, with what lies elsewhere; sums to one."""
    total_u = float(jnp.sum(dose_u))
    fractions: dict[tuple[str, str], float] = {}
    for field, density in zip(fields, densities, strict=True):
        key = (field.muscle, field.side)
        share = float(jnp.sum(density) * field.cell_ml) / total_u if total_u else 0.0
        fractions[key] = fractions.get(key, 0.0) + share
    fractions[("elsewhere", "midline")] = max(0.0, 1.0 - sum(fractions.values()))
    return fractions
