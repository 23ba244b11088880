"""Shares and means on visit days, with their interval and the trials' own figures beside them."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.facts.endpoints import readings, symptom_scores
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.people.answer import AreaAnswer, Drawn
from endplate.people.areas import CURVES, VISIT_DAYS, measures
from endplate.results.intervals import Between, intervals, people_range

_SAME_EVENT = {"both_ge2": ("both_ge2", "both_none_mild_ge2")}
_NEAR_DAYS, _NEAR_DOSE = 3, 0.05

_STATISTIC = {
    "level": "mean", "change": "mean_change", "percent_fall": "mean", "by_drive": "mean_change",
}  # fmt: skip
Numbers = NDArray[np.float64]


class Told(NamedTuple):
    """One endpoint as it is told: its code, unit, statistic, and whether it is a share."""

    code: str
    unit: str
    statistic: str


def endpoints_told(indication: str, treated: tuple[bool, ...]) -> tuple[Told | None, ...]:
    """Endpoints of an area in the order of its means; None for those that are not told.

    Those of a scale that no injected muscle drives are not; `treated` has one entry per scale.
    """
    rows = readings(indication)
    if not rows:
        return tuple(Told(name, "%", "percent") for name in CURVES)
    names = [scale.scale for scale in symptom_scores(indication)]
    left = {name for name, moved in zip(names, treated, strict=True) if not moved}
    return tuple(
        Told(row.endpoint, row.unit, _STATISTIC.get(row.how, "percent"))
        if row.told and row.scale not in left
        else None
        for row in rows
    )


def outcomes(
    indication: str,
    product: str,
    area_dose_u: float,
    answer: AreaAnswer,
    treated: tuple[bool, ...],
    drawn: Drawn,
    between: Between,
    days: int,
) -> list[dict[str, Any]]:
    """Outcomes of one area.

    Parameters
    ----------
    indication, product : str
        Area and product.
    area_dose_u : [U]
        Planned dose in the area.
    answer : AreaAnswer
        Means of every endpoint over all people, and each person's own.
    treated : tuple of bool
        Whether each scale of the area is driven by an injected muscle.
    drawn : Drawn
        The same for parameter vectors drawn from the fit.
    between : Between
        Scatter between trials.
    days : int
        Last day of the run.

    Returns
    -------
    list of dict
        As in the JSON contract; `low` and `high` bound 90 % of groups of many such people, with
        the parts that come from the parameters and from trials beside them, and how people differ.
    """
    visits = [day for day in VISIT_DAYS if day <= days]
    means, untreated, seen, centre = (
        on_days(curves, answer.mean_d, visits)
        for curves in (answer.means, answer.means_untreated, drawn.means, drawn.centre)
    )
    every = endpoints_told(indication, treated)
    shares = [i for i, one in enumerate(every) if one and one.statistic == "percent"]
    of_shares = intervals(means[shares], seen[:, shares], centre[shares], True, between)
    of_shares |= people_range(means[shares], None)
    rows = []
    for place, told in enumerate(every):
        if told is None:
            continue
        if place in shares:
            bounds = {name: ends[shares.index(place)] for name, ends in of_shares.items()}
        else:
            bounds = intervals(means[place], seen[:, place], centre[place], False, between)
            bounds |= people_range(means[place], _own(answer, indication, place)[:, : len(visits)])
        for visit, day in enumerate(visits):
            value = float(means[place, visit])
            if np.isnan(value):  # no one is asked, as about a line at rest that is not mild
                continue
            rows.append(
                {
                    "indication": indication,
                    "endpoint": told.code,
                    "statistic": told.statistic,
                    "day": float(day),
                    "value": value,
                    **{name: float(ends[visit]) for name, ends in bounds.items()},
                    "widened": between.widened,
                    "unit": told.unit,
                    "origin": "model",
                    "placebo": float(untreated[place, visit]),
                    "trials": matching(indication, product, area_dose_u, told.code, day),
                }
            )
    return rows


def _own(answer: AreaAnswer, indication: str, place: int) -> NDArray[np.float32]:
    """Each kept person's own value of a measure on the visit days."""
    return answer.personal[:, measures(indication).index(place)]


def matching(
    indication: str, product: str, area_dose_u: float, endpoint: str, day: float
) -> list[dict[str, Any]]:
    """Published figures of this event at this dose, within a few days of this visit."""
    return [
        {
            "trial_id": figure.trial_id,
            "arm": figure.arm,
            "dose_u": figure.area_dose_u,
            "n": figure.n,
            "day": figure.day,
            "value": figure.value,
            "bound": figure.bound,
            "verified": figure.verified,
            "source": figure.source,
        }
        for figure in _figures(indication, product, endpoint)
        if figure.day is not None
        and figure.area_dose_u is not None
        and abs(figure.day - day) <= _NEAR_DAYS
        and abs(figure.area_dose_u - area_dose_u) <= _NEAR_DOSE * area_dose_u
    ]


@cache
def _figures(indication: str, product: str, endpoint: str) -> tuple[TrialFigure, ...]:
    events = _SAME_EVENT.get(endpoint, (endpoint,))
    return tuple(
        figure
        for figure in trial_figures()
        if figure.indication == indication
        and figure.product == product
        and figure.endpoint in events
    )


def on_days(curves: Numbers, time_d: Numbers, days: Sequence[float] | Numbers) -> Numbers:
    """Curves (..., times) read between their times on some days, shape (..., days)."""
    day = np.asarray(days, float)
    after = np.clip(np.searchsorted(time_d, day), 1, len(time_d) - 1)
    since_d, step_d = day - time_d[after - 1], time_d[after] - time_d[after - 1]
    first, last = curves[..., after - 1], curves[..., after]
    return np.where(day == time_d[after], last, (last - first) / step_d * since_d + first)
