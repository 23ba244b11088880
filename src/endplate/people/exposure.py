"""Dose density at the end plates of every person: the planned sites, and where the needle lands."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import DTypeLike
from numpy.typing import NDArray

from endplate.body.spread import (
    AbstractSpread,
    Block,
    EndplateField,
    Grid,
    dose_density,
    grids,
    passed_fascia,
    stacked,
)
from endplate.body.uptake.saturation import bound_density
from endplate.case import PlacedSite
from endplate.facts.anatomy import blocks_of, muscle_blocks
from endplate.facts.neighbours import Neighbour
from endplate.facts.parameters import value

_GATE_MM = 3.0  # half edge of the cube that stands for a gate
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


def region_field(region: str, found: tuple[Neighbour, ...] = ()) -> EndplateField:
    """Cells of one region's muscles, and after them of the gates of its neighbours."""
    return stacked((*grids(muscle_blocks(region)), *gate_grids(found)))


def gate_grids(found: tuple[Neighbour, ...]) -> tuple[Grid, ...]:
    """Small cubes at the gates of the neighbours, left then right of each."""
    edge = np.array([-_GATE_MM, _GATE_MM])
    return tuple(
        Grid(
            block=Block(f"gate of {neighbour.muscle}", neighbour.term, side),
            centre_mm=np.array(neighbour.gate_mm) * np.array([sign, 1.0, 1.0]),
            axes=np.eye(3),
            edges_mm=(edge, edge, edge),
            weight=np.ones(1),
        )
        for neighbour in found
        for side, sign in (("left", 1.0), ("right", -1.0))
    )


def site_arrays(
    sites: tuple[PlacedSite, ...],
    field: EndplateField,
    spread: AbstractSpread,
    at_least: int = 0,
) -> Sites:
    """Arrays of placed sites, each with the fibre direction of the nearest block of its muscle."""
    most = max(len(sites), at_least)
    size = next((size for size in _SIZES if size >= most), most)
    spare = size - len(sites)
    clouds = [spread.sd_mm(s.volume_ml) for s in sites] + [(1.0, 1.0)] * spare
    points = [(s.x_mm, s.y_mm, s.z_mm) for s in sites] + [(0.0, 0.0, 0.0)] * spare
    passed = passed_fascia(field, tuple(s.muscle for s in sites), value("fascia_loss"))
    return Sites(
        point_mm=np.array(points, dtype=float),
        dose_u=np.array([s.dose_u for s in sites] + [0.0] * spare),
        fibre=np.array([_fibre(s) for s in sites] + [(1.0, 0.0, 0.0)] * spare, dtype=float),
        sd_along_mm=np.array([along for along, _ in clouds]),
        sd_across_mm=np.array([across for _, across in clouds]),
        passed=np.pad(passed, ((0, 0), (0, spare)), constant_values=1.0),
    )


def _fibre(site: PlacedSite) -> tuple[float, ...]:
    sign = np.array([-1.0 if site.x_mm < 0 else 1.0, 1.0, 1.0])
    point = np.array([site.x_mm, site.y_mm, site.z_mm]) * sign
    block = min(
        blocks_of(site.muscle), key=lambda b: float(np.linalg.norm(np.array(b.centre_mm) - point))
    )
    fibre = np.array(block.fibre) * sign
    return tuple(fibre / np.linalg.norm(fibre))


def bound_densities(
    field: EndplateField, sites: Sites, placement: Array, dtype: DTypeLike = jnp.float64
) -> Array:
    """Bound dose density [U/mL] in every cell, shape (people, cells).

    `placement` are standard normals (people, sites, 3) of where the needle lands; `dtype` is the
    precision of the work.
    """
    sd_mm = jnp.array(
        [value("placement_sd_mm"), value("placement_sd_mm"), value("placement_depth_sd_mm")]
    )
    landed = jnp.asarray(sites.point_mm) + placement * sd_mm
    landed = landed.at[..., 2].set(jnp.abs(landed[..., 2]))  # never outside the skin
    half = value("binding_half_saturation_u_per_ml")
    return bound_density(_density(field, sites, landed.astype(dtype)), half)


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
