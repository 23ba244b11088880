"""Onset, peak and duration of each person's response, and how they spread between people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.results.result import TIMES, TimeQuantiles, Timing

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
FROM_DAY_0 = "; counted from what an earlier treatment still does on day 0"
LEAST_FALL = 0.1  # share of the burden
_ONSET_SHARE = 0.5
_Z90 = 1.6448536269514722
_LEAST_D = 0.25  # no time is reported finer than this, so none counts as shorter
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

    Where an earlier treatment still acts on day 0, onset is the first day on which the change is
    larger by what the person notes than it was then; who gains no more than that has none.

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
    gained = change - change[:, :1]
    noted = gained >= np.maximum(notice_grade, _LEAST_CHANGE)[:, None]
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

    Where an earlier treatment still acts on day 0, onset is half of the way from the share that is
    gone then to the largest; who gains less than a tenth of the burden has none.

    Parameters
    ----------
    fall : [1]
        Share taken away, shape (people, times).
    time_d : [d]
        Times from day 0 on, shape (times,).
    lost_share : [1]
        Share of the person's largest effect whose loss ends the response.
    """
    largest, at_first = fall.max(axis=1), fall[:, 0]
    has = largest >= LEAST_FALL
    gains = largest - at_first >= LEAST_FALL
    begun = fall - at_first[:, None] >= _ONSET_SHARE * (largest - at_first)[:, None]
    onset = np.where(gains, time_d[begun.argmax(axis=1)], np.nan)
    peak = np.where(has, time_d[fall.argmax(axis=1)], np.nan)
    above = fall > (1.0 - lost_share) * largest[:, None]
    last = len(time_d) - 1 - above[:, ::-1].argmax(axis=1)
    duration = _crossing(fall, time_d, last, (1.0 - lost_share) * largest)
    return PersonTimes(onset, peak, np.where(has, duration, np.nan))


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
    times: PersonTimes,
    days: int,
    shifts: Shifts,
    definitions: dict[str, str] = DEFINITIONS,
) -> Timing:
    """Quantiles over the people who have each event, how sure the middle one is, its definition."""
    return Timing(
        **{
            name: _quantiles(name, getattr(times, name), days, shifts, definitions[name])
            for name in TIMES
        }
    )


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
    return TimeQuantiles(
        **quantiles,
        **_intervals(quantiles["median"], shifts.parameter_sd[name], shifts),
        widened=shifts.widened,
        definition=definition,
        percent_with_event=100.0 * len(known) / len(values),
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
