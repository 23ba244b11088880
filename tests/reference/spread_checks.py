"""What spread does to the effect in larger muscles: place, volume and dose against trials."""

from dataclasses import replace
from functools import cache

import numpy as np
from scipy.optimize import brentq

from endplate.facts.atlas import blocks_of
from reference.muscle_block import cell_distance_mm, cells_lost, lost_percent, point_mm

WEEK_4_D, WEEK_5_D = 28, 35
NECK_DOSE_U, NECK_U_PER_ML = 40.0, 50.0
BICEPS_SITE_U = 40.0  # 160 U at four sites
SEEN = 0.1  # least share of fibres lost that a stain or a photograph shows


def half_dose_ratio(muscle: str, usual: float) -> float:
    """Half the dose on the end-plate zone over the whole dose at the usual place, week 4."""
    (block,) = blocks_of(muscle)

    def lost(along, dose_u):
        volume_ml = dose_u / NECK_U_PER_ML
        return lost_percent(block, [point_mm(block, along)], [dose_u], volume_ml, WEEK_4_D)

    return lost(block.zone_centre, NECK_DOSE_U / 2) / lost(usual, NECK_DOSE_U)


@cache
def biceps_lost_percent() -> dict[str, float]:
    """Fibres lost by each of the three ways of giving 160 U: quadrants, band, high volume."""
    (block,) = blocks_of("biceps_brachii")
    quadrants = [
        point_mm(block, along, across) for along in (0.25, 0.75) for across in (-0.25, 0.25)
    ]
    band = [point_mm(block, block.zone_centre, across) for across in (-0.375, -0.125, 0.125, 0.375)]
    ways = {"quadrants": (quadrants, 0.4), "band": (band, 0.4), "high_volume": (quadrants, 2.0)}
    return {
        name: lost_percent(block, points, [BICEPS_SITE_U] * 4, volume_ml, WEEK_4_D)
        for name, (points, volume_ml) in ways.items()
    }


def _animal(name: str, size_mm: tuple[float, float, float], zone_sd: float):
    """Block of an animal's muscle just under the skin; its size is assumed."""
    (block,) = blocks_of("biceps_brachii")
    length_mm, width_mm, thickness_mm = size_mm
    return replace(
        block, muscle=name, paired=False, centre_mm=(0.0, 0.0, thickness_mm / 2 + 1.0),
        fibre=(0.0, 1.0, 0.0), length_mm=length_mm, width_mm=width_mm, thickness_mm=thickness_mm,
        zone_centre=0.5, zone_sd=zone_sd,
    )  # fmt: skip


def rat_distance_loss_percent() -> float:
    """Loss of effect 5 mm off the band, at the dose that silences half of the muscle on it."""
    block = _animal("rat_tibialis_anterior", (24.0, 9.0, 5.0), 0.08)

    def lost(dose_u, along):
        return lost_percent(block, [point_mm(block, along)], [dose_u], 0.01, 7)

    dose_u = brentq(lambda u: lost(u, 0.5) - 50.0, 0.2, 5.0, xtol=0.02)
    return 100 * (1 - lost(dose_u, 0.5 + 5.0 / block.length_mm) / 50.0)


@cache
def rabbit_reach_mm(dose_u: float) -> float:
    """Greatest distance along the longissimus at which the effect is still seen, week 5 [mm].

    Read between the cells, which are 6 mm apart.
    """
    block = _animal("rabbit_longissimus", (150.0, 20.0, 12.0), 5.0)
    middle = point_mm(block, 0.5)
    lost = cells_lost(block, [middle], [dose_u], 0.1, WEEK_5_D)
    away_mm = cell_distance_mm(block, middle)
    distances = np.unique(away_mm.round(3))
    profile = np.array([lost[np.isclose(away_mm, d, atol=1e-2)].mean() for d in distances])
    if not (profile >= SEEN).any():
        return 0.0
    last = int(np.flatnonzero(profile >= SEEN).max())
    if last + 1 == len(profile):
        return float(distances[last])
    return float(np.interp(-SEEN, -profile[last : last + 2], distances[last : last + 2]))
