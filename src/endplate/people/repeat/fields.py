"""What a repeated treatment adds to a result: a row per treatment and area, and the long course."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Repeat
from endplate.facts.endpoints import baseline_scale, symptom_scores
from endplate.people.job import Job
from endplate.people.repeat.collect import VISIT_D, Repeated, level_names, muscle_places
from endplate.people.repeat.reduce import AreaCycle, Cycle
from endplate.results.intervals import Between, trials_range
from endplate.results.outcomes import endpoints_told

_QUANTILES = {"median": 50.0, "p05": 5.0, "p95": 95.0}
_BANDS = {"median": 50.0, "p05": 5.0, "p25": 25.0, "p75": 75.0, "p95": 95.0}
_KEPT_BENEFIT = 0.5  # of the first treatment's: less is a secondary non-response
Numbers = NDArray[np.float64]


def cycle_fields(
    repeat: Repeat, jobs: tuple[Job, ...], answer: Repeated, scatter: dict[str, Between]
) -> dict[str, Any]:
    """The field `cycles` of a result; `scatter` is that between trials of each area."""
    areas = [(job, area) for job in jobs for area in job.areas]
    return {
        "count": int(repeat.cycles),
        "antibodies": repeat.antibodies,
        "visit_day": VISIT_D,
        "rows": [
            _row(place, cycle, answer.cycles[0], job, area, scatter[area])
            for job, area in areas
            for place, cycle in enumerate(answer.cycles)
        ],
        "course": _course(jobs, answer),
    }


def _row(
    place: int, cycle: Cycle, first: Cycle, job: Job, area: str, between: Between
) -> dict[str, Any]:
    own = cycle.areas[area]
    benefit = own.before - own.best
    lost = _secondary(own, first.areas[area])
    people = len(cycle.start_d)
    return {
        "cycle": place + 1,
        "indication": area,
        "unit": _unit(job, area),
        "day": _quantiles(cycle.start_d),
        "next_after_d": _quantiles(cycle.gap_d),
        "peak_benefit": _quantiles(benefit),
        "benefit_before_next": _quantiles(own.before - own.at_next),
        "duration_d": _quantiles(own.times.duration_d),
        "percent_responding": 100.0 * float(np.mean(_responds(own))),
        "percent_antibodies": 100.0 * float(cycle.positive.mean()),
        "percent_secondary_nonresponse": 100.0 * float(lost.mean()),
        "percent_secondary_nonresponse_without_antibodies": 100.0
        * float((lost & ~cycle.positive).mean()),
        "widened": between.widened,
        "outcomes": _outcomes(area, own, job.treated[area], between),
        "harms": [
            {"term": term, "percent": 100.0 * count / people} for term, count in cycle.weak.items()
        ],
    }


def _responds(own: AreaCycle) -> NDArray[np.bool_]:
    return ~np.isnan(own.times.duration_d)


def _secondary(own: AreaCycle, first: AreaCycle) -> NDArray[np.bool_]:
    """Who responded to the first treatment and has lost the response, or half of its benefit."""
    kept = own.before - own.best >= _KEPT_BENEFIT * (first.before - first.best)
    return _responds(first) & ~(_responds(own) & kept)


def _unit(job: Job, area: str) -> str:
    scales = symptom_scores(area)
    place = int(job.setting.primary[job.areas.index(area)])
    return scales[place].entry.unit if scales else "grade"


def _quantiles(values: Numbers) -> dict[str, float | None]:
    known = values[~np.isnan(values)]
    return {
        key: float(np.percentile(known, q)) if len(known) else None for key, q in _QUANTILES.items()
    }


def _outcomes(
    area: str, own: AreaCycle, treated: tuple[bool, ...], between: Between
) -> list[dict[str, Any]]:
    rows = []
    every = endpoints_told(area, treated)
    for told, (at_visit, before_next) in zip(every, own.means, strict=True):
        if told is not None and not np.isnan(at_visit):
            rows.append(
                {
                    "endpoint": told.code,
                    "unit": told.unit,
                    "statistic": told.statistic,
                    "at_visit": float(at_visit),
                    **trials_range(float(at_visit), told.statistic == "percent", between),
                    "before_next": float(before_next),
                }
            )
    return rows


def _course(jobs: tuple[Job, ...], answer: Repeated) -> dict[str, Any]:
    """Bands over people in the names of the course of a single treatment."""
    scales, organs = [], []
    for job, courses in zip(jobs, answer.courses, strict=True):
        names = [
            (name, unit, 0.0 if symptom_scores(area) else baseline_scale(area).low)
            for area in job.areas
            for name, unit in level_names(area)
        ]
        for place, (name, unit, low) in enumerate(names):
            if not _is_left(job, name):
                scales.append(_series(name, unit, courses[:, place] + np.float32(low)))
        for place, (muscle, side) in enumerate(muscle_places(job), len(names)):
            name = f"working_fraction:{muscle}:{side}"
            organs.append(_series(name, "fraction", courses[:, place]))
    return {"day": answer.course_d.tolist(), "series": [*scales, *organs]}


def _is_left(job: Job, name: str) -> bool:
    """Whether a series is of a scale that no injected muscle drives."""
    _, scale, area = (*name.split(":"), "")[:3]
    names = [one.scale for one in symptom_scores(area)]
    return scale in names and not job.treated[area][names.index(scale)]


def _series(name: str, unit: str, values: NDArray[np.float32]) -> dict[str, Any]:
    bands = np.percentile(values, list(_BANDS.values()), axis=0)
    return {
        "name": name,
        "unit": unit,
        **{key: band.round(4).tolist() for key, band in zip(_BANDS, bands, strict=True)},
    }


_AS_SEEN = {"trial_like": "trials", "clinic_like": "clinics with long-term patients"}


def cycle_limits(repeat: Repeat, jobs: tuple[Job, ...]) -> tuple[str, ...]:
    """Sentences on what the forecast of repeated treatment assumes."""
    said = [
        "Every further treatment is taken to repeat the planned sites, doses and placement of the "
        "needle; how long each lasts is told as if no other had followed.",
        "How earlier blocks weary a nerve ending is set to mice and assumed small in people; how "
        "fast lines at rest smooth in a silent muscle rests on one study of three treatments.",
        "What placebo does is assumed to be renewed by every treatment.",
    ]
    if repeat.antibodies in _AS_SEEN:
        said.append(
            f"Antibodies come as often as {_AS_SEEN[repeat.antibodies]} found them, "
            "non-response without antibodies about as often; what either leaves of the effect is "
            "assumed."
        )
    if not all(job.same_pattern for job in jobs):
        said.append(
            "What earlier treatments left is not carried into the repeated ones: they were given "
            "at other sites or in other proportions."
        )
    return tuple(said)
