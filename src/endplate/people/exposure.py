"""Dose density at the end plates of every person: the planned sites, and where the needle lands."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.body.spread import (
    AbstractSpread,
    EndplateField,
    dose_density,
    endplate_field,
    muscle_fractions,
)
from endplate.body.uptake.saturation import bound_density
from endplate.case import PlacedSite
from endplate.facts.anatomy import blocks_of, muscle_blocks
from endplate.facts.parameters import value


@dataclass(frozen=True)
class Sites:
    """The injections of one session as arrays; x is signed, left positive."""

    muscles: tuple[str, ...]
    point_mm: NDArray[np.float64]
    dose_u: NDArray[np.float64]
    fibre: NDArray[np.float64]
    sd_along_mm: NDArray[np.float64]
    sd_across_mm: NDArray[np.float64]


def site_arrays(sites: tuple[PlacedSite, ...], spread: AbstractSpread) -> Sites:
    """Arrays of placed sites, each with the fibre direction of the nearest block of its muscle."""
    points = np.array([(s.x_mm, s.y_mm, s.z_mm) for s in sites], dtype=float).reshape(-1, 3)
    clouds = [spread.sd_mm(s.volume_ml) for s in sites]
    return Sites(
        muscles=tuple(s.muscle for s in sites),
        point_mm=points,
        dose_u=np.array([s.dose_u for s in sites], dtype=float),
        fibre=np.array([_fibre(s) for s in sites], dtype=float).reshape(-1, 3),
        sd_along_mm=np.array([along for along, _ in clouds]),
        sd_across_mm=np.array([across for _, across in clouds]),
    )


def _fibre(site: PlacedSite) -> NDArray[np.float64]:
    sign = np.array([-1.0 if site.x_mm < 0 else 1.0, 1.0, 1.0])
    point = np.array([site.x_mm, site.y_mm, site.z_mm]) * sign
    block = min(
        blocks_of(site.muscle), key=lambda b: float(np.linalg.norm(np.array(b.centre_mm) - point))
    )
    fibre = np.array(block.fibre) * sign
    return fibre / np.linalg.norm(fibre)


def region_fields(region: str) -> tuple[EndplateField, ...]:
    """End-plate fields of one region's muscles."""
    return endplate_field(muscle_blocks(region))


def bound_densities(
    fields: tuple[EndplateField, ...], sites: Sites, placement: Array
) -> list[Array]:
    """Bound dose density [U/mL] in every cell of every field, shape (people, cells).

    `placement` are standard normals (people, sites, 3) of where the needle lands.
    """
    sd_mm = jnp.array(
        [value("placement_sd_mm"), value("placement_sd_mm"), value("placement_depth_sd_mm")]
    )
    landed = sites.point_mm + placement * sd_mm
    landed = landed.at[..., 2].set(jnp.abs(landed[..., 2]))  # never outside the skin
    densities = dose_density(
        fields,
        sites.muscles,
        landed,
        jnp.asarray(sites.dose_u),
        jnp.asarray(sites.fibre),
        jnp.asarray(sites.sd_along_mm),
        jnp.asarray(sites.sd_across_mm),
        value("fascia_loss"),
    )
    half = value("binding_half_saturation_u_per_ml")
    return [bound_density(density, half) for density in densities]


def planned_fractions(
    fields: tuple[EndplateField, ...], sites: Sites
) -> dict[tuple[str, str], float]:
    """Share of the dose in each muscle and side when the needle lands where it was planned."""
    densities = dose_density(
        fields,
        sites.muscles,
        jnp.asarray(sites.point_mm),
        jnp.asarray(sites.dose_u),
        jnp.asarray(sites.fibre),
        jnp.asarray(sites.sd_along_mm),
        jnp.asarray(sites.sd_across_mm),
        value("fascia_loss"),
    )
    return muscle_fractions(fields, densities, jnp.asarray(sites.dose_u))
