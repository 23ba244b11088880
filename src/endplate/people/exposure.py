"""Dose density at the end plates of every person: the planned sites, and where the needle lands."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import DTypeLike
from numpy.typing import NDArray

from endplate.case import PlacedSite
from endplate.case.placement import SIGN
from endplate.facts.atlas import MuscleBlock, chart_blocks
from endplate.facts.harms import Gate
from endplate.facts.parameters import value
from endplate.model.spread import (
    AbstractSpread,
    Block,
    EndplateField,
    Grid,
    dose_density,
    passed_fascia,
)
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


def gate_grids(found: Sequence[Gate], sides: tuple[str, ...]) -> tuple[Grid, ...]:
    """Boxes at the gates of the neighbours, left before right of each."""
    made = []
    for neighbour in found:
        placed = [(s, SIGN[s]) for s in sides] if neighbour.paired else [("midline", 1.0)]
        for side, sign in placed:
            made.append(
                Grid(
                    block=Block(f"gate of {neighbour.muscle}", neighbour.term, side),
                    centre_mm=np.array(neighbour.gate_mm) * np.array([sign, 1.0, 1.0]),
                    axes=np.eye(3),
                    edges_mm=tuple(np.array([-half, half]) for half in neighbour.half_mm),
                    weight=np.ones(1),
                )
            )
    return tuple(made)


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
    own = clouds(sites, chart, spread)
    points = [(s.x_mm, s.y_mm, s.z_mm) for s in sites] + [(0.0, 0.0, 0.0)] * spare
    passed = passed_fascia(field, tuple(s.muscle for s in sites), value("fascia_loss"))
    return Sites(
        point_mm=np.array(points, dtype=float),
        dose_u=np.array([s.dose_u for s in sites] + [0.0] * spare),
        fibre=np.array([c.fibre for c in own] + [(1.0, 0.0, 0.0)] * spare, dtype=float),
        sd_along_mm=np.array([c.sd_along_mm for c in own] + [1.0] * spare),
        sd_across_mm=np.array([c.sd_across_mm for c in own] + [1.0] * spare),
        passed=np.pad(passed, ((0, 0), (0, spare)), constant_values=1.0),
    )


class Cloud(NamedTuple):
    """How far one injection spreads: along the fibres it lies in, and across them."""

    fibre: tuple[float, ...]
    sd_along_mm: float
    sd_across_mm: float


def clouds(
    sites: Sequence[PlacedSite], chart: str, spread: Mapping[str, AbstractSpread]
) -> tuple[Cloud, ...]:
    """Spread of each site, in the block it was meant for."""
    found = []
    for site in sites:
        block = _meant(site, chart)
        tissue = block.tissue if block else "muscle"
        found.append(Cloud(_fibre(site, block), *spread[tissue].sd_mm(site.volume_ml)))
    return tuple(found)


def _meant(site: PlacedSite, chart: str) -> MuscleBlock | None:
    """Nearest block of the muscle a site was meant for; None where the chart does not draw it."""
    own = [block for block in chart_blocks(chart) if block.muscle == site.muscle]
    point = np.array([site.x_mm, site.y_mm, site.z_mm])
    return min(own, key=lambda b: float(np.linalg.norm(_on_side(b, site) - point)), default=None)


def _on_side(block: MuscleBlock, site: PlacedSite) -> Numbers:
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


def landed_densities(
    field: EndplateField, sites: Sites, placement: Array, dtype: DTypeLike = jnp.float64
) -> Array:
    """Dose density [U/mL] in every cell where each person's needle lands, shape (people, cells).

    `placement` are standard normals (people, sites, 3) of where the needle lands; `dtype` is the
    precision of the work.
    """
    sd_mm = jnp.array(
        [value("placement_sd_mm"), value("placement_sd_mm"), value("placement_depth_sd_mm")]
    )
    landed = jnp.asarray(sites.point_mm) + placement * sd_mm
    landed = landed.at[..., 2].set(jnp.abs(landed[..., 2]))  # never outside the skin
    return _density(field, sites, landed.astype(dtype))


def bound(density: Array, log_ratio: Array | float) -> Array:
    """Bound density in units of the reference product's action, shape as `density`.

    Binding sites fill by molecules that act, so a product's units count by its potency ratio here;
    `log_ratio` is that ratio's logarithm, a scalar or one value per person.
    """
    ratio = jnp.exp(jnp.asarray(log_ratio, density.dtype))
    acting = density * (ratio[:, None] if ratio.ndim else ratio)
    return bound_density(acting, value("binding_half_saturation_u_per_ml"))


@partial(jax.jit, static_argnames="field")
def planned_density(field: EndplateField, sites: Sites) -> Array:
    """Dose density [U/mL] in every cell when the needle lands where it was planned."""
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
