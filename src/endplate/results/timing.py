"""Onset, peak and duration of each person's response, and how they spread between people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

DEFINITIONS = {
    "onset_d": "day on which the person first notes a change, as in a trial diary",
    "peak_d": "day of the least severe line at contraction",
    "duration_d": (
        "days from the injection until the investigator's at-least-one-grade response is lost, "
        "among those who had it"
    ),
}
BURDEN_DEFINITIONS = {
    "onset_d": "first day with half of the person's own largest effect of the drug",
    "peak_d": "day of the largest effect of the drug",
    "duration_d": (
        "days from the injection until {share:.0%} of the person's largest effect are gone, "
        "among those whose burden the drug lowers by a tenth or more"
    ),
}
LEAST_FALL = 0.1  # share of the burden
_ONSET_SHARE = 0.5
_Z90 = 1.6448536269514722
_LEAST_D = 0.25  # no time is told finer than this, so none counts as shorter
_QUANTILES = {"median": 50.0, "p05": 5.0, "p25": 25.0, "p75": 75.0, "p95": 95.0}
_LEAST_CHANGE = 0.1  # grades; no one notes less


@dataclass(frozen=True)
class PersonTimes:
    """Times in days of each person, NaN where the person never has the event."""

    onset_d: Numbers
    peak_d: Numbers
    duration_d: Numbers


def person_times(
    contraction: Numbers,
    time_d: Numbers,
    latent: Numbers,
    grade: Numbers,
    notice_grade: Numbers,
    investigator_error: Numbers,
) -> PersonTimes:
    """Read each person's times off the latent course.

    Parameters
    ----------
    contraction : [grade]
        Latent severity, shape (people, times); `time_d` [d] from day 0 on.
    time_d : [d]
        Times, shape (times,).
    latent : [grade]
        Latent severity before treatment, shape (people,).
    grade : [grade]
        What was graded before treatment, shape (people,).
    notice_grade : [grade]
        Change each person notes.
    investigator_error : [grade]
        What the investigator adds to each person's latent severity, placebo change included.
    """
    change = latent[:, None] - contraction
    noted = change >= np.maximum(notice_grade, _LEAST_CHANGE)[:, None]
    onset = np.where(noted.any(axis=1), time_d[noted.argmax(axis=1)], np.nan)
    better = contraction + investigator_error[:, None] < grade[:, None] - 0.5
    # a person graded better without any effect of the drug has no response to lose
    better &= change >= _LEAST_CHANGE
    last = len(time_d) - 1 - better[:, ::-1].argmax(axis=1)
    duration = np.where(better.any(axis=1), time_d[last], np.nan)
    ever = change.max(axis=1) >= _LEAST_CHANGE
    peak = np.where(ever, time_d[contraction.argmin(axis=1)], np.nan)
    return PersonTimes(onset, peak, duration)


def burden_times(fall: Numbers, time_d: Numbers, lost_share: float) -> PersonTimes:
    """Read each person's times off the share of the burden that the drug takes away.

    Parameters
    ----------
    fall : [1]
        Share taken away, shape (people, times).
    time_d : [d]
        Times from day 0 on, shape (times,).
    lost_share : [1]
        Share of the person's largest effect whose loss ends the response.
    """
    largest = fall.max(axis=1)
    has = largest >= LEAST_FALL
    peak = fall.argmax(axis=1)
    begun = fall >= _ONSET_SHARE * largest[:, None]
    onset = time_d[begun.argmax(axis=1)]
    kept = fall > (1.0 - lost_share) * largest[:, None]
    last = len(time_d) - 1 - kept[:, ::-1].argmax(axis=1)
    duration = _crossing(fall, time_d, last, (1.0 - lost_share) * largest)
    return PersonTimes(*(np.where(has, value, np.nan) for value in (onset, time_d[peak], duration)))


def _crossing(fall: Numbers, time_d: Numbers, last: NDArray[np.int64], level: Numbers) -> Numbers:
    """Day between the last time above the level and the next at which the level is passed."""
    after = np.minimum(last + 1, len(time_d) - 1)
    rows = np.arange(len(fall))
    high, low = fall[rows, last], fall[rows, after]
    step = np.where(high > low, (high - level) / np.maximum(high - low, 1e-12), 0.0)
    return time_d[last] + np.clip(step, 0.0, 1.0) * (time_d[after] - time_d[last])


class Shifts(NamedTuple):
    """Scatter of each time on the logarithm [1]: from the parameters by name, and between trials.

    `widened` is how much wider the latter is taken for a plan outside what trials tried.
    """

    parameter_sd: dict[str, float]
    trial_sd: float
    widened: float


def parameter_log_sd(drawn: Sequence[PersonTimes], centre: PersonTimes) -> dict[str, float]:
    """Scatter of each time's logarithm that comes from the parameters [1].

    Each draw is compared with the estimates in the same people, which moves less by chance than
    a median of few people does.
    """
    found = {}
    for name in DEFINITIONS:
        start = np.log(np.maximum(getattr(centre, name), _LEAST_D))
        own = np.stack([getattr(one, name) for one in drawn])
        shifts = np.log(np.maximum(own, _LEAST_D)) - start
        known = ~np.isnan(shifts)
        count = known.sum(axis=1)
        means = np.where(known, shifts, 0.0).sum(axis=1)[count > 0] / count[count > 0]
        found[name] = float(np.sqrt(np.mean(np.square(means)))) if len(means) else 0.0
    return found


def summary(
    times: PersonTimes,
    days: int,
    shifts: Shifts,
    definitions: dict[str, str] = DEFINITIONS,
) -> dict[str, dict[str, Any]]:
    """Quantiles over the people who have each event, how sure the middle one is, its definition."""
    told: dict[str, dict[str, Any]] = {}
    for name, definition in definitions.items():
        values = getattr(times, name)
        known = values[~np.isnan(values)]
        told_d = np.percentile(known, [*_QUANTILES.values()]).tolist() if len(known) else [None] * 5
        entry: dict[str, Any] = dict(zip(_QUANTILES, told_d, strict=True))
        entry |= _intervals(entry["median"], shifts.parameter_sd[name], shifts)
        entry["definition"] = definition
        entry["percent_with_event"] = 100.0 * len(known) / max(len(values), 1)
        if name == "duration_d" and len(known) and entry["p95"] >= days:
            entry["definition"] += f"; cut off at day {days}"
        told[name] = entry
    return told


def _intervals(median_d: float | None, parameter_sd: float, shifts: Shifts) -> dict[str, Any]:
    """90 % intervals of the middle person's time: whole, from the parameters, between trials."""
    trial_sd = shifts.widened * shifts.trial_sd
    parts = {
        "": float(np.hypot(parameter_sd, trial_sd)),
        "parameters_": parameter_sd,
        "trials_": trial_sd,
    }
    ends = {
        f"{part}{end}": None if median_d is None else median_d * float(np.exp(way * _Z90 * sd))
        for part, sd in parts.items()
        for end, way in (("low", -1), ("high", 1))
    }
    return ends | {"widened": shifts.widened}
