"""What moves in a picture: one attribute of one part, week by week, and courses read by week."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from endplate.results.result import Result
from endplate.views.timeline import WEEK, axis_days

MOST_WEEKS = 52
ALWAYS = ""
Weekly = Sequence[Any]  # of numbers, of lists of numbers, or of words; one alone holds always
ByMuscle = Mapping[tuple[str, str, str], list[float]]  # chart, muscle, side


@dataclass(frozen=True)
class Channel:
    """The values of one attribute, by what the face is asked to do and what is shown.

    `on` has a key `ask/case` for both, `ask/` for one asked movement, `/case` for one side effect,
    and the empty key for everything else; the first of `ask/case`, `/case`, `ask/`, `` holds.
    `sets` is the name of an attribute, `form` for the weights of a path's other forms, `shift` for
    a way down in the unit of the picture, `turn` for degrees, or `text`.
    """

    part: str
    sets: str
    on: Mapping[str, Weekly]

    def as_dict(self) -> dict[str, Any]:
        """The channel as JSON holds it."""
        return {"part": self.part, "sets": self.sets, "on": dict(self.on)}


def always(part: str, sets: str, values: Weekly) -> Channel:
    """A channel that nothing but the week moves."""
    return Channel(part, sets, {ALWAYS: values})


def last_week(results: Sequence[Result]) -> int:
    """The last week that is shown: the longest axis of the areas, at most a year."""
    days = [axis_days(r, area) for r in results for area in r.indications]
    return max(1, min(MOST_WEEKS, math.floor(max(days, default=0.0) / WEEK)))


def weekly(values: Sequence[float], weeks: int, digits: int = 3) -> list[float]:
    """A daily course on days 0, 7, 14, ...; its last day stands for what lies beyond.

    Examples
    --------
    >>> weekly([float(day) for day in range(20)], 3)
    [0.0, 7.0, 14.0, 19.0]
    """
    on_weeks = [*values[: weeks * WEEK + 1 : WEEK]]
    whole = on_weeks + [values[-1]] * (weeks + 1 - len(on_weeks))
    return np.asarray(whole, float).round(digits).tolist()


def working_by_week(result: Result, weeks: int) -> ByMuscle:
    """Working fraction of every place, week by week, in the middle person."""
    followed = result.working_series()
    charts = [row.chart or "" for row in result.reach]
    if len(charts) != len(followed):  # a result without the chart of each muscle
        charts = [""] * len(followed)
    return {
        (chart, muscle, side): weekly(item.median, weeks)
        for chart, (muscle, side, item) in zip(charts, followed, strict=True)
    }


def spell(start_d: float, length_d: float, weeks: int) -> list[float]:
    """Share of each week about its day that falls into a spell, 1 for one that is all inside.

    A spell shorter than a week counts as whole on the week that holds it.

    Examples
    --------
    >>> spell(3.5, 17.5, 4)
    [0.0, 1.0, 1.0, 0.5, 0.0]
    """
    most = min(float(WEEK), max(length_d, 0.5))
    shares = []
    for week in range(weeks + 1):
        first, last = (week - 0.5) * WEEK, (week + 0.5) * WEEK
        days = min(last, start_d + length_d) - max(first, start_d)
        shares.append(round(min(1.0, max(0.0, days / most)), 3))
    return shares
