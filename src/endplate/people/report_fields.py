"""The parts of a result that describe the plan and its courses, in the shape of the contract."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import PlacedSite, Plan
from endplate.people.collect import Collected
from endplate.people.run import fields

STANDING_LIMITS = (
    "The share of toxin that reaches a neighbouring muscle is set to the rate counted in trials "
    "for eyelid and brow drooping; double vision and an uneven smile have no count to set it to.",
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
    daily = np.flatnonzero((time_d >= 0) & (time_d == np.round(time_d)) & (time_d <= days))
    series = []
    for area in areas:
        series += [
            _series(f"severity_contraction:{area}", "grade", answer.contraction[area][:, daily]),
            _series(f"severity_rest:{area}", "grade", answer.rest[area][:, daily]),
        ]
        before = np.repeat(answer.untreated_grade[area][:, None], len(daily), axis=1)
        series.append(_series(f"severity_placebo:{area}", "grade", before))
    for (muscle, side), columns in _columns().items():
        working = answer.working[:, daily][:, :, columns].mean(axis=2)
        series.append(_series(f"working_fraction:{muscle}:{side}", "fraction", working))
    return {"day": [float(day) for day in time_d[daily]], "series": series}


def _series(name: str, unit: str, values: NDArray[Any]) -> dict[str, Any]:
    bands = np.percentile(values, list(_BANDS.values()), axis=0)
    return {
        "name": name,
        "unit": unit,
        **{key: [round(float(x), 4) for x in band] for key, band in zip(_BANDS, bands, strict=True)},
    }


def _columns() -> dict[tuple[str, str], list[int]]:
    columns: dict[tuple[str, str], list[int]] = {}
    for i, field in enumerate(fields()):
        columns.setdefault((field.muscle, field.side), []).append(i)
    return columns


def spread_fields(fractions: dict[tuple[str, str], float]) -> list[dict[str, Any]]:
    """Share of the dose in each muscle, the largest first, what lies elsewhere last."""
    muscles = {key: share for key, share in fractions.items() if key[0] != "elsewhere"}
    ordered = sorted(muscles.items(), key=lambda item: -item[1])
    rows = [{"muscle": m, "side": side, "fraction": share} for (m, side), share in ordered]
    elsewhere = fractions[("elsewhere", "midline")]
    return [*rows, {"muscle": "elsewhere", "side": "midline", "fraction": elsewhere}]


def reach_fields(working: NDArray[np.float32], time_d: Numbers) -> list[dict[str, Any]]:
    """Largest loss of working fraction of each muscle, median over people."""
    after = time_d >= 0
    rows = []
    for (muscle, side), columns in _columns().items():
        least = working[:, after][:, :, columns].mean(axis=2).min(axis=1)
        rows.append(
            {"muscle": muscle, "side": side, "peak_block": float(1.0 - np.median(least))}
        )
    return rows
