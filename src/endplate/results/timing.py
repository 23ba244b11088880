"""Onset, peak and duration of each person's response, and how they spread between people."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.observe.times import SubjectTimes
from endplate.results.result import TIMES, TimeQuantiles, Timing

Numbers = NDArray[np.float64]

LINE_DEFINITIONS = {
    "onset_d": "day on which the person first notes a change, as in a trial diary",
    "peak_d": "day of the least severe line at contraction",
    "duration_d": (
        "days from the injection until the investigator's at-least-one-grade response is lost, "
        "among those who had it"
    ),
}
SCORE_DEFINITIONS = {
    "onset_d": "first day with half of the person's own largest effect of the drug",
    "peak_d": "day of the largest effect of the drug",
    "duration_d": (
        "days from the injection until {share:.0%} of the person's largest effect are gone, "
        "among those whose score the drug lowers by a tenth or more"
    ),
}
FROM_DAY_0 = "; counted from what an earlier treatment still does on day 0"
_Z90 = 1.6448536269514722
_LEAST_D = 0.25  # no time is reported finer than this, so none counts as shorter
_QUANTILES = {"median": 50.0, "p05": 5.0, "p25": 25.0, "p75": 75.0, "p95": 95.0}


class Shifts(NamedTuple):
    """Scatter of each time on the logarithm [1]: from the parameters by name, and between trials.

    `widened` is how much wider the latter is taken for a plan outside what trials tried.
    """

    parameter_sd: dict[str, float]
    trial_sd: float
    widened: float


def parameter_log_sd(drawn: Sequence[SubjectTimes], centre: SubjectTimes) -> dict[str, float]:
    """Scatter of each time's logarithm that comes from the parameters [1].

    Each draw is compared with the estimates in the same people, which moves less by chance than
    a median of few people does.
    """
    scatter = {}
    for name in TIMES:
        start = np.log(np.maximum(getattr(centre, name), _LEAST_D))
        times_d = np.stack([getattr(draw, name) for draw in drawn])
        shifts = np.log(np.maximum(times_d, _LEAST_D)) - start
        known = ~np.isnan(shifts)
        count = known.sum(axis=1)
        means = np.where(known, shifts, 0.0).sum(axis=1)[count > 0] / count[count > 0]
        scatter[name] = float(np.sqrt(np.mean(np.square(means)))) if len(means) else 0.0
    return scatter


def timing_of(
    times: SubjectTimes,
    printed_d: Mapping[str, float],
    days: int,
    shifts: Shifts,
    definitions: dict[str, str] = LINE_DEFINITIONS,
) -> Timing:
    """Quantiles over the people who have each event, how sure the middle one is, its definition.

    `printed_d` [d] are the days that trials would print, by the name of their endpoint.
    """
    as_trials = {
        "onset_d": {k: v for k, v in printed_d.items() if "onset" in k},
        "peak_d": {},
        "duration_d": {k: v for k, v in printed_d.items() if "onset" not in k},
    }
    quantiles = {
        name: _quantiles(name, getattr(times, name), days, shifts, definitions[name])
        for name in TIMES
    }
    return Timing(**{name: replace(q, as_trials=as_trials[name]) for name, q in quantiles.items()})


def _quantiles(
    name: str, values: Numbers, days: int, shifts: Shifts, definition: str
) -> TimeQuantiles:
    known = values[~np.isnan(values)]
    if not len(known):
        return TimeQuantiles(widened=shifts.widened, definition=definition, percent_with_event=0.0)
    by_name = dict(zip(_QUANTILES, np.percentile(known, [*_QUANTILES.values()]), strict=True))
    quantiles = {key: float(value) for key, value in by_name.items()}
    if name == "duration_d" and quantiles["p95"] >= days:
        definition += f"; cut off at day {days}"
    share = 100.0 * len(known) / len(values)
    never = f"of the {share:.0f} of 100 people who have it; the others never do"
    times_d: dict[str, Any] = quantiles | _intervals(
        quantiles["median"], shifts.parameter_sd[name], shifts
    )
    return TimeQuantiles(
        **times_d,
        widened=shifts.widened,
        definition=definition,
        percent_with_event=share,
        counted=never if round(share) < 100 else "",
    )


def _intervals(median_d: float, parameter_sd: float, shifts: Shifts) -> dict[str, float]:
    """90 % intervals of the middle person's time: whole, from the parameters, between trials."""
    trial_sd = shifts.widened * shifts.trial_sd
    parts = {
        "": float(np.hypot(parameter_sd, trial_sd)),
        "parameters_": parameter_sd,
        "trials_": trial_sd,
    }
    return {
        f"{part}{end}": median_d * float(np.exp(way * _Z90 * sd))
        for part, sd in parts.items()
        for end, way in (("low", -1), ("high", 1))
    }
