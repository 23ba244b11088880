"""What runs of people leave behind as the course of a result, its spread and its peak block."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.engine.anatomy import muscle_field
from endplate.engine.exposure import planned_density, site_arrays
from endplate.engine.scenario import PlannedChart
from endplate.facts.endpoints import baseline_scale, symptom_scores
from endplate.model import Model
from endplate.model.spread import muscle_fractions
from endplate.results.cohort import ChartResult, IndicationResult
from endplate.results.outcomes import on_days
from endplate.results.result import Course, MuscleShare, PeakBlock, Series

BANDS = {"median": 50.0, "p05": 5.0, "p25": 25.0, "p75": 75.0, "p95": 95.0}
Numbers = NDArray[np.float64]
PersonCourses = tuple[str, str, NDArray[Any]]  # name, unit and values (people, times)


def course_of(
    charts: tuple[PlannedChart, ...], results: tuple[ChartResult, ...], days: int
) -> Course:
    """Daily bands over people: every scale of every area, working fraction per muscle and side."""
    daily = np.arange(days + 1.0)
    scales, organs = [], []
    for chart, result in zip(charts, results, strict=True):
        for code in chart.indications:
            shown = result.indications[code]
            levels = levels_of(code, shown, chart.treated[code])
            scales += _series(levels, shown.time_d, daily)
        working = [
            (f"working_fraction:{muscle}:{side}", "fraction", _mean_of(result.working, columns))
            for (muscle, side), columns in _columns(chart).items()
        ]
        organs += _series(working, result.node_d, daily)
    return Course(day=daily.tolist(), series=(*scales, *organs))


def levels_of(
    area: str, answer: IndicationResult, treated: tuple[bool, ...]
) -> list[PersonCourses]:
    """Name, unit and courses of every treated scale of an area, with what placebo does."""
    scales = symptom_scores(area)
    if not scales:
        first = np.float32(baseline_scale(area).low)  # of the scale as it is written
        return [
            (f"severity_contraction:{area}", "grade", answer.level[0] + first),
            (f"severity_rest:{area}", "grade", answer.level[1] + first),
            (f"severity_placebo:{area}", "grade", answer.untreated[0] + first),
        ]
    courses = []
    for i, scale in enumerate(scales):
        if not treated[i]:
            continue
        name, unit = f"{scale.scale}:{area}", scale.entry.unit
        courses.append((f"level:{name}", unit, answer.level[i]))
        courses.append((f"level_placebo:{name}", unit, answer.untreated[i]))
    return courses


def _series(courses: list[PersonCourses], time_d: Numbers, daily: Numbers) -> list[Series]:
    """Daily bands of courses, all of them read off their times in one go."""
    if not courses:
        return []
    bands = [quantiles(values, [*BANDS.values()]) for _, _, values in courses]
    read = on_days(np.stack(bands), time_d, daily).round(4).tolist()
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


def _columns(chart: PlannedChart) -> dict[tuple[str, str], list[int]]:
    columns: dict[tuple[str, str], list[int]] = {}
    for i, block in enumerate(muscle_field(chart.scenario.anatomy).blocks):
        columns.setdefault((block.muscle, block.side), []).append(i)
    return columns


def spread_of(charts: tuple[PlannedChart, ...], model: Model) -> tuple[MuscleShare, ...]:
    """Share of the dose in each muscle, the largest first, what lies elsewhere last."""
    total_u = float(sum(site.dose_u for chart in charts for site in chart.sites))
    if not total_u:  # nothing is given: none of it is anywhere else
        return (MuscleShare(muscle="elsewhere", fraction=1.0),)
    rows, elsewhere = [], 0.0
    for chart in charts:
        anatomy = chart.scenario.anatomy
        field = muscle_field(anatomy)
        sites = site_arrays(chart.sites, field, anatomy.chart, model.spread_by_tissue)
        dose_u = float(sum(site.dose_u for site in chart.sites))
        fractions = muscle_fractions(field, planned_density(field, sites), dose_u)
        elsewhere += fractions.pop(("elsewhere", "midline")) * dose_u / total_u
        for (muscle, side), share in fractions.items():
            fraction = share * dose_u / total_u
            rows.append(
                MuscleShare(muscle=muscle, side=side, chart=anatomy.chart, fraction=fraction)
            )
    # mirrored muscles get the same but for rounding: they stay in the order of the chart
    rows.sort(key=lambda row: -round(row.fraction, 12))
    return (*rows, MuscleShare(muscle="elsewhere", fraction=elsewhere))


def peak_blocks(
    charts: tuple[PlannedChart, ...], results: tuple[ChartResult, ...]
) -> tuple[PeakBlock, ...]:
    """Largest loss of working fraction of each muscle, median over people."""
    rows = []
    for chart, result in zip(charts, results, strict=True):
        columns = _columns(chart)
        least = np.stack([_mean_of(result.working, c).min(axis=1) for c in columns.values()])
        peaks = (1.0 - np.median(least, axis=1)).tolist()
        name = chart.scenario.anatomy.chart
        rows += [
            PeakBlock(muscle=muscle, side=side, chart=name, peak_block=peak)
            for (muscle, side), peak in zip(columns, peaks, strict=True)
        ]
    return tuple(rows)


def _mean_of(working: NDArray[np.float32], columns: list[int]) -> NDArray[np.float32]:
    """Mean over the blocks of one muscle; most have one."""
    if len(columns) == 1:
        return working[:, :, columns[0]]
    return working[:, :, columns].mean(axis=2)
