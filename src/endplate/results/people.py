"""What each virtual person of a forecast shows: times of the effect, scores on the visit days."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.engine.scenario import PlannedChart
from endplate.results.cohort import ChartResult
from endplate.results.course import levels_of
from endplate.results.outcomes import on_days
from endplate.results.result import TIMES

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AreaPeople:
    """People of one area; person k is the same in every area and every run of a seed.

    `times` holds `onset_d`, `peak_d` and `duration_d` [d] of all people, NaN where a person never
    has the event. `scores` holds what the course follows on `day` [d], shape (people, days), of the
    first people alone where there are very many; `units` are those of the scores.
    """

    day: Numbers
    times: Mapping[str, Numbers]
    scores: Mapping[str, Numbers]
    units: Mapping[str, str]


def people_of(
    charts: tuple[PlannedChart, ...], results: tuple[ChartResult, ...]
) -> dict[str, AreaPeople]:
    """People of every area of a forecast."""
    found = {}
    for chart, result in zip(charts, results, strict=True):
        for code in chart.indications:
            shown = result.indications[code]
            levels = levels_of(code, shown, chart.treated[code])
            found[code] = AreaPeople(
                day=np.asarray(shown.mean_d, float),
                times={name: np.asarray(getattr(shown.times, name), float) for name in TIMES},
                scores={
                    name.rsplit(":", 1)[0]: np.asarray(on_days(v, shown.time_d, shown.mean_d))
                    for name, _, v in levels
                },
                units={name.rsplit(":", 1)[0]: unit for name, unit, _ in levels},
            )
    return found
