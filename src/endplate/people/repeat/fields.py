"""What a repeated treatment adds to a result: a row per treatment and area, and the long course."""

import numpy as np
from numpy.typing import NDArray

from endplate.case import Repeat
from endplate.facts.endpoints import baseline_scale, symptom_scores
from endplate.people.job import Job
from endplate.people.repeat.collect import VISIT_D, Repeated, level_names, muscle_places
from endplate.people.repeat.reduce import AreaCycle, Cycle
from endplate.results.intervals import Between, trials_range
from endplate.results.outcomes import reported_endpoints
from endplate.results.result import (
    Course,
    CycleFigures,
    CycleHarm,
    CycleOutcome,
    CycleQuantiles,
    Cycles,
    Series,
)

_QUANTILES = {"median": 50.0, "p05": 5.0, "p95": 95.0}
_BANDS = {"median": 50.0, "p05": 5.0, "p25": 25.0, "p75": 75.0, "p95": 95.0}
_LEAST_BENEFIT = 0.5  # of the first treatment's: less is a secondary non-response
Numbers = NDArray[np.float64]


def cycles_of(
    repeat: Repeat, jobs: tuple[Job, ...], answer: Repeated, scatter: dict[str, Between]
) -> Cycles:
    """The repeated treatment of a result; `scatter` is that between trials of each area."""
    areas = [(job, area) for job in jobs for area in job.areas]
    return Cycles(
        count=int(repeat.cycles),
        antibodies=repeat.antibodies,
        visit_day=VISIT_D,
        rows=tuple(
            _row(index, cycle, answer.cycles[0], job, area, scatter[area])
            for job, area in areas
            for index, cycle in enumerate(answer.cycles)
        ),
        course=_course(jobs, answer),
    )


def _row(
    index: int, cycle: Cycle, first: Cycle, job: Job, area: str, between: Between
) -> CycleFigures:
    of_area = cycle.areas[area]
    benefit = of_area.before - of_area.best
    lost = _secondary(of_area, first.areas[area])
    people = len(cycle.start_d)
    return CycleFigures(
        cycle=index + 1,
        indication=area,
        unit=_unit(job, area),
        day=_quantiles(cycle.start_d),
        next_after_d=_quantiles(cycle.gap_d),
        peak_benefit=_quantiles(benefit),
        benefit_before_next=_quantiles(of_area.before - of_area.at_next),
        duration_d=_quantiles(of_area.times.duration_d),
        percent_responding=100.0 * float(np.mean(_responds(of_area))),
        percent_antibodies=100.0 * float(cycle.positive.mean()),
        percent_secondary_nonresponse=100.0 * float(lost.mean()),
        percent_secondary_nonresponse_without_antibodies=100.0
        * float((lost & ~cycle.positive).mean()),
        widened=between.widened,
        outcomes=_outcomes(area, of_area, job.treated[area], between),
        harms=tuple(
            CycleHarm(term=term, percent=100.0 * count / people)
            for term, count in cycle.weak.items()
        ),
    )


def _responds(of_area: AreaCycle) -> NDArray[np.bool_]:
    return ~np.isnan(of_area.times.duration_d)


def _secondary(of_area: AreaCycle, first: AreaCycle) -> NDArray[np.bool_]:
    """Who responded to the first treatment and has lost the response, or half of its benefit."""
    enough = of_area.before - of_area.best >= _LEAST_BENEFIT * (first.before - first.best)
    return _responds(first) & ~(_responds(of_area) & enough)


def _unit(job: Job, area: str) -> str:
    scales = symptom_scores(area)
    primary = int(job.setting.primary[job.areas.index(area)])
    return scales[primary].entry.unit if scales else "grade"


def _quantiles(values: Numbers) -> CycleQuantiles:
    known = values[~np.isnan(values)]
    if not len(known):
        return CycleQuantiles()
    return CycleQuantiles(**{key: float(np.percentile(known, q)) for key, q in _QUANTILES.items()})


def _outcomes(
    area: str, of_area: AreaCycle, treated: tuple[bool, ...], between: Between
) -> tuple[CycleOutcome, ...]:
    every = zip(reported_endpoints(area, treated), of_area.means, strict=True)
    return tuple(
        CycleOutcome(
            endpoint=endpoint.code,
            unit=endpoint.unit,
            statistic=endpoint.statistic,
            at_visit=float(at_visit),
            **trials_range(float(at_visit), endpoint.is_share, between),
            before_next=float(before_next),
        )
        for endpoint, (at_visit, before_next) in every
        if endpoint is not None and not np.isnan(at_visit)
    )


def _course(jobs: tuple[Job, ...], answer: Repeated) -> Course:
    """Bands over people in the names of the course of a single treatment."""
    scales, organs = [], []
    for job, courses in zip(jobs, answer.courses, strict=True):
        names = [
            (name, unit, 0.0 if symptom_scores(area) else baseline_scale(area).low)
            for area in job.areas
            for name, unit in level_names(area)
        ]
        for index, (name, unit, low) in enumerate(names):
            if not _is_untreated(job, name):
                scales.append(_series(name, unit, courses[:, index] + np.float32(low)))
        for index, (muscle, side) in enumerate(muscle_places(job), len(names)):
            name = f"working_fraction:{muscle}:{side}"
            organs.append(_series(name, "fraction", courses[:, index]))
    return Course(day=answer.course_d.tolist(), series=(*scales, *organs))


def _is_untreated(job: Job, name: str) -> bool:
    """Whether a series is of a scale that no injected muscle drives."""
    _, scale, area = (*name.split(":"), "")[:3]
    names = [burden.scale for burden in symptom_scores(area)]
    return scale in names and not job.treated[area][names.index(scale)]


def _series(name: str, unit: str, values: NDArray[np.float32]) -> Series:
    bands = np.percentile(values, list(_BANDS.values()), axis=0)
    by_name = {key: band.round(4).tolist() for key, band in zip(_BANDS, bands, strict=True)}
    return Series(name=name, unit=unit, **by_name)


_OBSERVED_IN = {"trial_like": "trials", "clinic_like": "clinics with long-term patients"}


def cycle_limits(repeat: Repeat, jobs: tuple[Job, ...]) -> tuple[str, ...]:
    """Sentences on what the forecast of repeated treatment assumes."""
    sentences = [
        "Every further treatment is taken to repeat the planned sites, doses and placement of the "
        "needle; how long each lasts is told as if no other had followed.",
        "How earlier blocks weary a nerve ending is set to mice and assumed small in people; how "
        "fast lines at rest smooth in a silent muscle rests on one study of three treatments.",
        "What placebo does is assumed to be renewed by every treatment.",
    ]
    if repeat.antibodies in _OBSERVED_IN:
        sentences.append(
            f"Antibodies come as often as {_OBSERVED_IN[repeat.antibodies]} found them, "
            "non-response without antibodies about as often; what either leaves of the effect is "
            "assumed."
        )
    if not all(job.same_pattern for job in jobs):
        sentences.append(
            "What earlier treatments left is not carried into the repeated ones: they were given "
            "at other sites or in other proportions."
        )
    return tuple(sentences)
