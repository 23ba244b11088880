"""What runs of people leave behind as the course of a result, its spread and its peak block."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.facts.endpoints import baseline_scale, symptom_scores
from endplate.model.spread import muscle_fractions
from endplate.people import model
from endplate.people.answer import AreaAnswer, Collected
from endplate.people.exposure import planned_density, site_arrays
from endplate.people.job import Job
from endplate.people.layout import muscle_field
from endplate.results.outcomes import on_days
from endplate.results.result import Course, MuscleShare, PeakBlock, Series

BANDS = {"median": 50.0, "p05": 5.0, "p25": 25.0, "p75": 75.0, "p95": 95.0}
Numbers = NDArray[np.float64]
PersonCourses = tuple[str, str, NDArray[Any]]  # name, unit and values (people, times)


def course_of(jobs: tuple[Job, ...], answers: tuple[Collected, ...], days: int) -> Course:
    """Daily bands over people: every scale of every area, working fraction per muscle and side."""
    daily = np.arange(days + 1.0)
    scales, organs = [], []
    for job, answer in zip(jobs, answers, strict=True):
        levels = [
            course
            for area in job.areas
            for course in _levels(area, answer.areas[area], job.treated[area])
        ]
        scales += _series(levels, job.time_d, daily)
        working = [
            (f"working_fraction:{muscle}:{side}", "fraction", _mean_of(answer.working, columns))
            for (muscle, side), columns in _columns(job).items()
        ]
        organs += _series(working, job.time_d, daily)
    return Course(day=daily.tolist(), series=(*scales, *organs))


def _levels(area: str, answer: AreaAnswer, treated: tuple[bool, ...]) -> list[PersonCourses]:
    """Name, unit and courses of every treated scale of an area, with what placebo does."""
    scales = symptom_scores(area)
    if not scales:
        first = np.float32(baseline_scale(area).low)  # of the scale as it is written
        return [
            (f"severity_contraction:{area}", "grade", answer.levels[0] + first),
            (f"severity_rest:{area}", "grade", answer.levels[1] + first),
            (f"severity_placebo:{area}", "grade", answer.untreated[0] + first),
        ]
    courses = []
    for i, scale in enumerate(scales):
        if not treated[i]:
            continue
        name, unit = f"{scale.scale}:{area}", scale.entry.unit
        courses.append((f"level:{name}", unit, answer.levels[i]))
        courses.append((f"level_placebo:{name}", unit, answer.untreated[i]))
    return courses


def _series(courses: list[PersonCourses], time_d: Numbers, daily: Numbers) -> list[Series]:
    """Daily bands of courses, all of them read off their times in one go."""
    if not courses:
        return []
    after = np.searchsorted(time_d, 0.0)
    bands = [quantiles(values[:, after:], [*BANDS.values()]) for _, _, values in courses]
    read = on_days(np.stack(bands), time_d[after:], daily).round(4).tolist()
    return [
        Series(name=name, unit=unit, **dict(zip(BANDS, of_course, strict=True)))
        for (name, unit, _), of_course in zip(courses, read, strict=True)
    ]


def quantiles(values: NDArray[Any], percents: list[float]) -> NDArray[Any]:
    """Percentiles over people of values (people, times), shape (percents, times).

    As `numpy.percentile` gives them; a sort along people that lie side by side in memory is several
    times as fast as its partition across them.
    """
    ordered = np.sort(np.ascontiguousarray(values.T), axis=1)
    rank = np.array(percents) / 100 * (values.shape[0] - 1)
    below = np.floor(rank).astype(int)
    low, high = (ordered[:, np.minimum(at, values.shape[0] - 1)].T for at in (below, below + 1))
    part = (rank - below)[:, None]
    return np.where(part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part))


def _columns(job: Job) -> dict[tuple[str, str], list[int]]:
    columns: dict[tuple[str, str], list[int]] = {}
    for i, block in enumerate(muscle_field(job.layout).blocks):
        columns.setdefault((block.muscle, block.side), []).append(i)
    return columns


def spread_of(jobs: tuple[Job, ...]) -> tuple[MuscleShare, ...]:
    """Share of the dose in each muscle, the largest first, what lies elsewhere last."""
    total_u = float(sum(site.dose_u for job in jobs for site in job.planned))
    if not total_u:  # nothing is given: none of it is anywhere else
        return (MuscleShare(muscle="elsewhere", fraction=1.0),)
    rows, elsewhere = [], 0.0
    for job in jobs:
        field, chart = muscle_field(job.layout), job.layout.chart
        sites = site_arrays(job.planned, field, chart, model.spread())
        dose_u = float(sum(site.dose_u for site in job.planned))
        fractions = muscle_fractions(field, planned_density(field, sites), dose_u)
        elsewhere += fractions.pop(("elsewhere", "midline")) * dose_u / total_u
        for (muscle, side), share in fractions.items():
            fraction = share * dose_u / total_u
            rows.append(MuscleShare(muscle=muscle, side=side, chart=chart, fraction=fraction))
    # mirrored muscles get the same but for rounding: they stay in the order of the chart
    rows.sort(key=lambda row: -round(row.fraction, 12))
    return (*rows, MuscleShare(muscle="elsewhere", fraction=elsewhere))


def peak_blocks(jobs: tuple[Job, ...], answers: tuple[Collected, ...]) -> tuple[PeakBlock, ...]:
    """Largest loss of working fraction of each muscle, median over people."""
    rows = []
    for job, answer in zip(jobs, answers, strict=True):
        after = answer.working[:, np.searchsorted(job.time_d, 0.0) :]
        columns = _columns(job)
        least = np.stack([_mean_of(after, of_muscle).min(axis=1) for of_muscle in columns.values()])
        peaks = (1.0 - np.median(least, axis=1)).tolist()
        rows += [
            PeakBlock(muscle=muscle, side=side, chart=job.layout.chart, peak_block=peak)
            for (muscle, side), peak in zip(columns, peaks, strict=True)
        ]
    return tuple(rows)


def _mean_of(working: NDArray[np.float32], columns: list[int]) -> NDArray[np.float32]:
    """Mean over the blocks of one muscle; most have one."""
    if len(columns) == 1:
        return working[:, :, columns[0]]
    return working[:, :, columns].mean(axis=2)
