"""Responder shares on visit days, with their interval and the trials' own figures beside them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.facts.trials import trial_figures
from endplate.people.run import CURVES

VISIT_DAYS = (7, 30, 60, 90, 120, 150, 180, 240, 300)
_SAME_EVENT = {"both_ge2": ("both_ge2", "both_none_mild_ge2")}
_NEAR_DAYS, _NEAR_DOSE = 3, 0.05
_Z90 = 1.6448536269514722
_LEAST = 1e-3

Numbers = NDArray[np.float64]


def outcomes(
    indication: str,
    product: str,
    area_dose_u: float,
    shares: Numbers,
    placebo: Numbers,
    draws: Numbers,
    draws_centre: Numbers,
    between_logit_sd: float,
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
    shares : [1], in [0, 1]
        Share that meets each definition at each time, shape (definitions, times).
    placebo : [1], in [0, 1]
        The same under placebo, the same at all times, shape (definitions, 1).
    draws : [1]
        The same for parameter vectors drawn from the fit, shape (draws, definitions, times).
    draws_centre : [1]
        The same people at the stored estimates, shape (definitions, times).
    between_logit_sd : [1], >= 0
        Scatter between trials and definitions, on the logit.
    time_d : [d]
        Times, shape (times,).
    days : int
        Last day of the run.

    Returns
    -------
    list of dict
        As in the JSON contract; `low` and `high` bound 90 % of groups of many such people, with
        the part that comes from the parameters alone beside them.
    """
    told = []
    for row, endpoint in enumerate(CURVES):
        for day in VISIT_DAYS:
            if day > days:
                continue
            share = _at(shares[row], time_d, day)
            if np.isnan(share):  # no one is asked, as about a line at rest that is not mild
                continue
            moved = _logit(np.array([_at(draw[row], time_d, day) for draw in draws])) - _logit(
                _at(draws_centre[row], time_d, day)
            )
            parameter_sd = float(np.sqrt(np.mean(moved**2)))
            whole_sd = float(np.hypot(parameter_sd, between_logit_sd))
            told.append(
                {
                    "indication": indication,
                    "endpoint": endpoint,
                    "day": float(day),
                    "value": 100 * share,
                    "low": 100 * _shifted(share, -_Z90 * whole_sd),
                    "high": 100 * _shifted(share, _Z90 * whole_sd),
                    "parameters_low": 100 * _shifted(share, -_Z90 * parameter_sd),
                    "parameters_high": 100 * _shifted(share, _Z90 * parameter_sd),
                    "unit": "%",
                    "origin": "model",
                    "placebo": 100 * float(placebo[row, 0]),
                    "trials": matching(indication, product, area_dose_u, endpoint, day),
                }
            )
    return told


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
