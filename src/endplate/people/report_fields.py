"""The parts of a result that describe the plan and its courses, in the shape of the contract."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.body.spread import muscle_fractions
from endplate.case import PlacedSite, Plan
from endplate.people.collect import Collected
from endplate.people.run import muscle_field

STANDING_LIMITS = (
    "How easily toxin reaches a neighbouring muscle is set to the rates counted in trials at the "
    "label's dose and sites; for double vision and an uneven smile that count is assumed.",
    "When side effects of the needle and of the whole body start, and how long they last, is "
    "assumed; for the weakness of neighbours it is forecast.",
    "Muscle sizes and positions are averages; the anatomy of this person was not measured.",
)
_BANDS = {"median": 50.0, "p05": 5.0, "p25": 25.0, "p75": 75.0, "p95": 95.0}
Numbers = NDArray[np.float64]


def area_doses_u(planned: tuple[PlacedSite, ...], areas: tuple[str, ...]) -> dict[str, float]:
    """Planned dose in each area [U]."""
    return {
        area: float(sum(site.dose_u for site in planned if site.indication == area))
        for area in areas
    }


def plan_fields(
    plan: Plan, areas: tuple[str, ...], planned: tuple[PlacedSite, ...]
) -> dict[str, Any]:
    """What was planned, for whom, with the sites on the chart."""
    treatment, patient = plan.treatment, plan.patient
    return {
        "name": plan.name,
        "product": treatment.product,
        "indications": list(areas),
        "region": treatment.region,
        "date": treatment.date.isoformat(),
        "dose_u": float(sum(site.dose_u for site in planned)),
        "vial_u": treatment.vial_u,
        "diluent_ml": treatment.diluent_ml,
        "patient": {
            "age_y": patient.age_y,
            "sex": patient.sex,
            "weight_kg": patient.weight_kg,
            "baseline": dict(patient.baseline),
        },
        "previous": [
            {
                "date": earlier.date.isoformat(),
                "product": earlier.product,
                "indication": earlier.indication,
                "dose_u": earlier.dose_u,
            }
            for earlier in patient.previous or ()
        ],
        "sites": [
            {
                "indication": site.indication,
                "muscle": site.muscle,
                "side": site.side,
                "dose_u": site.dose_u,
                "volume_ml": site.volume_ml,
                "x_mm": site.x_mm,
                "y_mm": site.y_mm,
                "z_mm": site.z_mm,
                "origin": site.origin,
            }
            for site in planned
        ],
    }


def course_fields(
    areas: tuple[str, ...], answer: Collected, time_d: Numbers, days: int
) -> dict[str, Any]:
    """Daily bands over people: severity per area, working fraction per muscle and side."""
    daily = np.arange(days + 1.0)
    series = []
    for area in areas:
        told = {
            f"severity_contraction:{area}": answer.contraction[area],
            f"severity_rest:{area}": answer.rest[area],
            f"severity_placebo:{area}": np.repeat(
                answer.untreated_grade[area][:, None], len(time_d), axis=1
            ),
        }
        series += [_series(name, "grade", v, time_d, daily) for name, v in told.items()]
    for (muscle, side), columns in _columns().items():
        working = _mean_of(answer.working, columns)
        name = f"working_fraction:{muscle}:{side}"
        series.append(_series(name, "fraction", working, time_d, daily))
    return {"day": daily.tolist(), "series": series}


def _series(
    name: str, unit: str, values: NDArray[Any], time_d: Numbers, daily: Numbers
) -> dict[str, Any]:
    after = np.searchsorted(time_d, 0.0)
    bands = np.percentile(values[:, after:], list(_BANDS.values()), axis=0)
    return {
        "name": name,
        "unit": unit,
        **{
            key: np.interp(daily, time_d[after:], band).round(4).tolist()
            for key, band in zip(_BANDS, bands, strict=True)
        },
    }


def _columns() -> dict[tuple[str, str], list[int]]:
    columns: dict[tuple[str, str], list[int]] = {}
    for i, block in enumerate(muscle_field().blocks):
        columns.setdefault((block.muscle, block.side), []).append(i)
    return columns


def spread_fields(density: Numbers, planned: tuple[PlacedSite, ...]) -> list[dict[str, Any]]:
    """Share of the dose in each muscle, the largest first, what lies elsewhere last.

    `density` [U/mL] is that of every cell, those of the gates after those of the muscles.
    """
    field = muscle_field()
    dose_u = float(sum(site.dose_u for site in planned))
    fractions = muscle_fractions(field, density[: len(field.cell_ml)], dose_u)
    muscles = {key: share for key, share in fractions.items() if key[0] != "elsewhere"}
    ordered = sorted(muscles.items(), key=lambda item: -item[1])
    rows = [{"muscle": m, "side": side, "fraction": share} for (m, side), share in ordered]
    elsewhere = fractions[("elsewhere", "midline")]
    return [*rows, {"muscle": "elsewhere", "side": "midline", "fraction": elsewhere}]


def reach_fields(working: NDArray[np.float32], time_d: Numbers) -> list[dict[str, Any]]:
    """Largest loss of working fraction of each muscle, median over people."""
    after = working[:, np.searchsorted(time_d, 0.0) :]
    rows = []
    for (muscle, side), columns in _columns().items():
        least = _mean_of(after, columns).min(axis=1)
        rows.append({"muscle": muscle, "side": side, "peak_block": float(1.0 - np.median(least))})
    return rows


def _mean_of(working: NDArray[np.float32], columns: list[int]) -> NDArray[np.float32]:
    """Mean over the blocks of one muscle; most have one."""
    if len(columns) == 1:
        return working[:, :, columns[0]]
    return working[:, :, columns].mean(axis=2)
