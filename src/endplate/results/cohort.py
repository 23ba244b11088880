"""What the subjects of a run leave for a result: means, times and courses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.observe.harms import Weakness
from endplate.observe.times import SubjectTimes

Numbers = NDArray[np.float64]

VISIT_DAYS = (7, 30, 60, 90, 120, 150, 180, 240, 300)
"""Days after the treatment on which a result reports endpoints."""


@dataclass(frozen=True)
class IndicationResult:
    """One indication over all subjects.

    `means` (endpoints, days) of every endpoint and `means_untreated` under placebo, on `mean_d`
    [d]; `level` and `untreated` (scales, subjects, times) on `time_d` [d] and `values` (subjects,
    measures, days) are of the first subjects; `printed_d` [d] is what trials would print, by name.
    """

    mean_d: Numbers
    time_d: Numbers
    means: Numbers
    means_untreated: Numbers
    times: SubjectTimes
    printed_d: dict[str, float]
    level: NDArray[np.float32]
    untreated: NDArray[np.float32]
    values: NDArray[np.float32]


@dataclass(frozen=True)
class ParameterDraws:
    """One indication in the same few subjects under several parameter vectors.

    `means` (draws, endpoints, days) and `times`, one per draw, under vectors drawn from the
    posterior; `centre` (endpoints, days) and `centre_times` at the estimates.
    """

    means: Numbers
    centre: Numbers
    times: tuple[SubjectTimes, ...]
    centre_times: SubjectTimes


@dataclass(frozen=True)
class ChartResult:
    """What the subjects of one chart show.

    `working` (subjects, nodes, blocks) on `node_d` [d] is of the first subjects.
    """

    indications: dict[str, IndicationResult]
    weakness: dict[str, Weakness]
    working: NDArray[np.float32]
    node_d: Numbers
