"""The parts of a result that describe the plan and its courses, in the shape of the contract."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import PlacedSite, Plan
from endplate.facts.endpoints import baseline_scale, symptom_scores
from endplate.facts.indications import chart_of
from endplate.model.spread import muscle_fractions
from endplate.people import model
from endplate.people.answer import AreaAnswer, Collected
from endplate.people.exposure import planned_density, site_arrays
from endplate.people.job import Job
from endplate.people.layout import muscle_field
from endplate.results.outcomes import on_days

STANDING_LIMITS = (
    "How easily toxin reaches a neighbouring muscle is set to the rates counted in trials at the "
    "label's dose and sites; for double vision and an uneven smile that count is assumed.",
    "When side effects of the needle and of the whole body start, and how long they last, is "
    "assumed; for the weakness of neighbours it is forecast.",
    "Muscle sizes and positions are averages; the anatomy of this person was not measured.",
)
_BANDS = {"median": 50.0, "p05": 5.0, "p25": 25.0, "p75": 75.0, "p95": 95.0}
Numbers = NDArray[np.float64]
Courses = tuple[str, str, NDArray[Any]]  # name, unit and values (people, times)


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
        "sites": [_site_fields(site, areas) for site in planned],
    }


def _site_fields(site: PlacedSite, areas: tuple[str, ...]) -> dict[str, Any]:
    return {
        "indication": site.indication,
        "chart": chart_of(site.indication, areas),
        "muscle": site.muscle,
        "side": site.side,
        "dose_u": site.dose_u,
        "volume_ml": site.volume_ml,
        "x_mm": site.x_mm,
        "y_mm": site.y_mm,
        "z_mm": site.z_mm,
        "origin": site.origin,
    }


def course_fields(
    jobs: tuple[Job, ...], answers: tuple[Collected, ...], days: int
) -> dict[str, Any]:
    """Daily bands over people: every scale of every area, working fraction per muscle and side."""
    daily = np.arange(days + 1.0)
    scales, organs = [], []
    for job, answer in zip(jobs, answers, strict=True):
        levels = [
            one
            for area in job.areas
            for one in _levels(area, answer.areas[area], job.treated[area])
        ]
        scales += _series(levels, job.time_d, daily)
        working = [
            (f"working_fraction:{muscle}:{side}", "fraction", _mean_of(answer.working, columns))
            for (muscle, side), columns in _columns(job).items()
        ]
        organs += _series(working, job.time_d, daily)
    return {"day": daily.tolist(), "series": [*scales, *organs]}


def _levels(area: str, answer: AreaAnswer, treated: tuple[bool, ...]) -> list[Courses]:
    """Name, unit and courses of every treated scale of an area, with what placebo does."""
    scales = symptom_scores(area)
    if not scales:
        first = np.float32(baseline_scale(area).low)  # of the scale as it is written
        return [
            (f"severity_contraction:{area}", "grade", answer.levels[0] + first),
            (f"severity_rest:{area}", "grade", answer.levels[1] + first),
            (f"severity_placebo:{area}", "grade", answer.untreated[0] + first),
        ]
    told = []
    for i, scale in enumerate(scales):
        if not treated[i]:
            continue
        name, unit = f"{scale.scale}:{area}", scale.entry.unit
        told.append((f"level:{name}", unit, answer.levels[i]))
        told.append((f"level_placebo:{name}", unit, answer.untreated[i]))
    return told


def _series(courses: list[Courses], time_d: Numbers, daily: Numbers) -> list[dict[str, Any]]:
    """Daily bands of courses, all of them read off their times in one go."""
    if not courses:
        return []
    after = np.searchsorted(time_d, 0.0)
    bands = [quantiles(values[:, after:], [*_BANDS.values()]) for _, _, values in courses]
    told = on_days(np.stack(bands), time_d[after:], daily).round(4).tolist()
    return [
        {"name": name, "unit": unit, **dict(zip(_BANDS, own, strict=True))}
        for (name, unit, _), own in zip(courses, told, strict=True)
    ]


def quantiles(values: NDArray[Any], percents: list[float]) -> NDArray[Any]:
    """Percentiles over people of values (people, times), shape (percents, times).

    As `numpy.percentile` gives them; a sort along people that lie side by side in memory is several
    times as fast as its partition across them.
    """
    ordered = np.sort(np.ascontiguousarray(values.T), axis=1)
    place = np.array(percents) / 100 * (values.shape[0] - 1)
    below = np.floor(place).astype(int)
    low, high = (ordered[:, np.minimum(at, values.shape[0] - 1)].T for at in (below, below + 1))
    part = (place - below)[:, None]
    return np.where(part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part))


def _columns(job: Job) -> dict[tuple[str, str], list[int]]:
    columns: dict[tuple[str, str], list[int]] = {}
    for i, block in enumerate(muscle_field(job.layout).blocks):
        columns.setdefault((block.muscle, block.side), []).append(i)
    return columns


def spread_fields(jobs: tuple[Job, ...]) -> list[dict[str, Any]]:
    """Share of the dose in each muscle, the largest first, what lies elsewhere last."""
    total_u = float(sum(site.dose_u for job in jobs for site in job.planned))
    if not total_u:  # nothing is given: none of it is anywhere else
        return [{"muscle": "elsewhere", "side": "midline", "fraction": 1.0}]
    rows, elsewhere = [], 0.0
    for job in jobs:
        field = muscle_field(job.layout)
        sites = site_arrays(job.planned, field, job.layout.chart, model.spread())
        dose_u = float(sum(site.dose_u for site in job.planned))
        fractions = muscle_fractions(field, planned_density(field, sites), dose_u)
        elsewhere += fractions.pop(("elsewhere", "midline")) * dose_u / total_u
        for (muscle, side), share in fractions.items():
            rows.append(_place(job, muscle, side) | {"fraction": share * dose_u / total_u})
    # mirrored muscles get the same but for rounding: they keep the order of the chart
    rows.sort(key=lambda row: -round(row["fraction"], 12))
    return [*rows, {"muscle": "elsewhere", "side": "midline", "fraction": elsewhere}]


def reach_fields(jobs: tuple[Job, ...], answers: tuple[Collected, ...]) -> list[dict[str, Any]]:
    """Largest loss of working fraction of each muscle, median over people."""
    rows = []
    for job, answer in zip(jobs, answers, strict=True):
        after = answer.working[:, np.searchsorted(job.time_d, 0.0) :]
        columns = _columns(job)
        least = np.stack([_mean_of(after, own).min(axis=1) for own in columns.values()])
        peaks = (1.0 - np.median(least, axis=1)).tolist()
        for (muscle, side), peak in zip(columns, peaks, strict=True):
            rows.append(_place(job, muscle, side) | {"peak_block": peak})
    return rows


def _place(job: Job, muscle: str, side: str) -> dict[str, Any]:
    return {"muscle": muscle, "side": side, "chart": job.layout.chart}


def _mean_of(working: NDArray[np.float32], columns: list[int]) -> NDArray[np.float32]:
    """Mean over the blocks of one muscle; most have one."""
    if len(columns) == 1:
        return working[:, :, columns[0]]
    return working[:, :, columns].mean(axis=2)
