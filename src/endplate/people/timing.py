"""Onset, peak and duration of each person's response, and how they spread between people."""

from dataclasses import dataclass
from typing import Any

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


def summary(times: PersonTimes, days: int) -> dict[str, dict[str, Any]]:
    """Quantiles over the people who have each event, with its definition and their share."""
    told: dict[str, dict[str, Any]] = {}
    for name, definition in DEFINITIONS.items():
        values = getattr(times, name)
        known = values[~np.isnan(values)]
        entry: dict[str, Any] = {
            key: float(np.percentile(known, q)) if len(known) else None
            for key, q in _QUANTILES.items()
        }
        entry["definition"] = definition
        entry["percent_with_event"] = 100.0 * len(known) / max(len(values), 1)
        if name == "duration_d" and len(known) and entry["p95"] >= days:
            entry["definition"] += f"; cut off at day {days}"
        told[name] = entry
    return told
