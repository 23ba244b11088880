"""Shares and means on visit days, with their interval and the trials' own figures beside them."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.facts.burdens import burdens, readings
from endplate.facts.trials import trial_figures
from endplate.people.areas import CURVES
from endplate.people.collect import AreaAnswer

VISIT_DAYS = (7, 30, 60, 90, 120, 150, 180, 240, 300)
_SAME_EVENT = {"both_ge2": ("both_ge2", "both_none_mild_ge2")}
_NEAR_DAYS, _NEAR_DOSE = 3, 0.05
_Z90 = 1.6448536269514722
_LEAST = 1e-3

_STATISTIC = {
    "level": "mean", "change": "mean_change", "percent_fall": "mean", "by_drive": "mean_change",
}  # fmt: skip
Numbers = NDArray[np.float64]


class Between(NamedTuple):
    """Scatter between trials: on the logit of a share, and as a share of a mean [1]."""

    logit_sd: float
    relative_sd: float


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
    names = [scale.scale for scale in burdens(indication)]
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
    draws: Numbers,
    draws_centre: Numbers,
    between: Between,
    time_d: Numbers,
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
        Means of every endpoint over all people.
    treated : tuple of bool
        Whether each scale of the area is driven by an injected muscle.
    draws : [endpoint's unit]
        The same for parameter vectors drawn from the fit, shape (draws, endpoints, times).
    draws_centre : [endpoint's unit]
        The same people at the stored estimates, shape (endpoints, times).
    between : Between
        Scatter between trials.
    time_d : [d]
        Times from day 0 on, shape (times,); those of the answers' last axis.
    days : int
        Last day of the run.

    Returns
    -------
    list of dict
        As in the JSON contract; `low` and `high` bound 90 % of groups of many such people, with
        the part that comes from the parameters alone beside them.
    """
    rows = []
    for place, told in enumerate(endpoints_told(indication, treated)):
        for day in VISIT_DAYS:
            if day > days or told is None:
                continue
            value = _at(answer.means[place], time_d, day)
            if np.isnan(value):  # no one is asked, as about a line at rest that is not mild
                continue
            seen = np.array([_at(draw[place], time_d, day) for draw in draws])
            band = _band(told, value, seen, _at(draws_centre[place], time_d, day), between)
            rows.append(
                {
                    "indication": indication,
                    "endpoint": told.code,
                    "statistic": told.statistic,
                    "day": float(day),
                    "value": value,
                    **band,
                    "unit": told.unit,
                    "origin": "model",
                    "placebo": _at(answer.means_untreated[place], time_d, day),
                    "trials": matching(indication, product, area_dose_u, told.code, day),
                }
            )
    return rows


def _band(
    told: Told, value: float, seen: Numbers, centre: float, between: Between
) -> dict[str, float]:
    """90 % interval, whole and from the parameters alone; shares move on the logit."""
    if told.statistic == "percent":
        parameter_sd = float(np.sqrt(np.mean((_logit(seen / 100) - _logit(centre / 100)) ** 2)))
        whole_sd = float(np.hypot(parameter_sd, between.logit_sd))
        moved = [100 * _shifted(value / 100, z) for z in _both_ways(whole_sd, parameter_sd)]
    else:
        parameter_sd = float(np.sqrt(np.mean((seen - centre) ** 2)))
        whole_sd = float(np.hypot(parameter_sd, between.relative_sd * abs(value)))
        moved = [value + z for z in _both_ways(whole_sd, parameter_sd)]
    return dict(zip(("low", "high", "parameters_low", "parameters_high"), moved, strict=True))


def _both_ways(whole_sd: float, parameter_sd: float) -> tuple[float, ...]:
    return -_Z90 * whole_sd, _Z90 * whole_sd, -_Z90 * parameter_sd, _Z90 * parameter_sd


def matching(
    indication: str, product: str, area_dose_u: float, endpoint: str, day: float
) -> list[dict[str, Any]]:
    """Published figures of this event at this dose, within a few days of this visit."""
    events = _SAME_EVENT.get(endpoint, (endpoint,))
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
        for figure in trial_figures()
        if figure.indication == indication
        and figure.product == product
        and figure.endpoint in events
        and figure.day is not None
        and figure.area_dose_u is not None
        and abs(figure.day - day) <= _NEAR_DAYS
        and abs(figure.area_dose_u - area_dose_u) <= _NEAR_DOSE * area_dose_u
    ]


def _at(curve: Numbers, time_d: Numbers, day: float) -> float:
    return float(np.interp(day, time_d, curve))


def _logit(share: Any) -> Any:
    held = np.clip(share, _LEAST, 1 - _LEAST)
    return np.log(held / (1 - held))


def _shifted(share: float, by: float) -> float:
    """Share moved by so much on the logit; a share at the very edge keeps its own place in it."""
    moved = float(1 / (1 + np.exp(-(_logit(share) + by))))
    return min(share, moved) if by < 0 else max(share, moved)
