"""Shares and means on visit days, with their interval and the trials' own figures beside them."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.facts.endpoints import readings, stated_score, symptom_scores
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.observe.endpoints import REPORTED_OF_LINES, Custom, custom_of, measures
from endplate.results.cohort import VISIT_DAYS, IndicationResult, ParameterDraws
from endplate.results.intervals import Between, intervals, people_range
from endplate.results.result import Outcome, PublishedFigure

_SAME_EVENT = {"both_ge2": ("both_ge2", "both_none_mild_ge2")}
_NEAR_DAYS, _NEAR_DOSE = 3, 0.05

_STATISTIC = {
    "level": "mean", "change": "mean_change", "percent_fall": "mean", "by_drive": "mean_change",
}  # fmt: skip
Numbers = NDArray[np.float64]


class ReportedEndpoint(NamedTuple):
    """One endpoint as a result reports it."""

    code: str
    unit: str
    statistic: str

    @property
    def is_share(self) -> bool:
        """Whether it counts people out of 100."""
        return self.statistic == "percent"


def reported_endpoints(
    indication: str, treated: tuple[bool, ...], custom: Custom = ()
) -> tuple[ReportedEndpoint | None, ...]:
    """Endpoints of an area in the order of its means; None for those that are not reported.

    Those of a scale that no injected muscle drives are not; `treated` has one entry per scale.
    """
    own = custom_of(indication, custom)
    if not readings(indication):
        codes = (*REPORTED_OF_LINES, *(row.endpoint for row in own))
        return tuple(ReportedEndpoint(code, "%", "percent") for code in codes)
    rows = (*readings(indication), *own)
    names = [scale.scale for scale in symptom_scores(indication)]
    left = {name for name, moved in zip(names, treated, strict=True) if not moved}
    return tuple(
        ReportedEndpoint(row.endpoint, row.unit, _STATISTIC.get(row.how, "percent"))
        if row.told and row.scale not in left
        else None
        for row in rows
    )


def outcomes(
    indication: str,
    product: str,
    area_dose_u: float,
    answer: IndicationResult,
    treated: tuple[bool, ...],
    drawn: ParameterDraws,
    between: Between,
    days: int,
    stated: Mapping[str, float] = MappingProxyType({}),
    custom: Custom = (),
) -> list[Outcome]:
    """Outcomes of one area.

    Parameters
    ----------
    indication, product : str
        Area and product.
    area_dose_u : [U]
        Planned dose in the area.
    answer : IndicationResult
        Means of every endpoint over all people, and each person's own.
    treated : tuple of bool
        Whether each scale of the area is driven by an injected muscle.
    drawn : ParameterDraws
        The same for parameter vectors drawn from the fit.
    between : Between
        Scatter between trials.
    days : int
        Last day of the run.
    stated : Mapping
        Scores stated before treatment: no fall is larger than its start.
    custom : tuple of CustomEndpoint
        Endpoints of a user's table.

    Returns
    -------
    list of Outcome
        `low` and `high` bound 90 % of groups of many such people, with the parts that come from
        the parameters and from trials beside them, and how people differ.
    """
    visits = [day for day in VISIT_DAYS if day <= days]
    means, untreated, draws, centre = (
        on_days(curves, answer.mean_d, visits)
        for curves in (answer.means, answer.means_untreated, drawn.means, drawn.centre)
    )
    reported = reported_endpoints(indication, treated, custom)
    shares = [i for i, endpoint in enumerate(reported) if endpoint and endpoint.is_share]
    of_shares: dict[str, Any] = intervals(
        means[shares], draws[:, shares], centre[shares], True, between
    )
    of_shares |= people_range(means[shares], None)
    rows: list[Outcome] = []
    for index, endpoint in enumerate(reported):
        if endpoint is None:
            continue
        if index in shares:
            bounds: dict[str, Any] = {
                name: ends[shares.index(index)] for name, ends in of_shares.items()
            }
        else:
            bounds = intervals(means[index], draws[:, index], centre[index], False, between)
            personal = answer.values[:, measures(indication, custom).index(index)]
            values = personal[:, np.isin(answer.mean_d, visits)]
            bounds |= people_range(means[index], values)
            least, most = _possible(indication, endpoint.code, stated, custom)
            bounds = {name: np.clip(ends, least, most) for name, ends in bounds.items()}
        for visit, day in enumerate(visits):
            value = float(means[index, visit])
            if np.isnan(value):  # it is asked of nobody, as of a line at rest that is not mild
                continue
            rows.append(
                Outcome(
                    indication=indication,
                    endpoint=endpoint.code,
                    statistic=endpoint.statistic,
                    day=float(day),
                    value=value,
                    **_on_visit(bounds, visit),
                    widened=between.widened,
                    unit=endpoint.unit,
                    placebo=float(untreated[index, visit]),
                    trials=published_beside(indication, product, area_dose_u, endpoint.code, day),
                )
            )
    return rows


def _possible(
    indication: str, endpoint: str, stated: Mapping[str, float], custom: Custom
) -> tuple[float, float]:
    """Least and largest value that an endpoint can have, given what is stated of its start."""
    rows = (*readings(indication), *custom_of(indication, custom))
    row = next(one for one in rows if one.endpoint == endpoint)
    start = stated_score(row.scale, stated)
    if row.how == "percent_fall" and row.gain == 1.0:
        return -100.0, 100.0
    if row.how == "change" and start is not None:
        return (-row.gain * start, np.inf) if row.gain > 0 else (-np.inf, -row.gain * start)
    return (0.0, np.inf) if row.how == "level" else (-np.inf, np.inf)


def _on_visit(bounds: dict[str, Any], visit: int) -> dict[str, Any]:
    return {name: float(ends[visit]) for name, ends in bounds.items()}


def published_beside(
    indication: str, product: str, area_dose_u: float, endpoint: str, day: float
) -> tuple[PublishedFigure, ...]:
    """Published figures of this event at this dose, within a few days of this visit.

    Parameters
    ----------
    indication, product, endpoint : str
        Area, product and code of the endpoint.
    area_dose_u : [U]
        Planned dose in the area.
    day : [d]
        Day of the visit.
    """
    return tuple(
        PublishedFigure(
            trial_id=figure.trial_id,
            arm=figure.arm,
            dose_u=figure.area_dose_u,
            n=figure.n,
            day=figure.day,
            value=figure.value,
            bound=figure.bound,
            verified=figure.verified,
            source=figure.source,
        )
        for figure in _figures(indication, product, endpoint)
        if figure.day is not None
        and figure.area_dose_u is not None
        and abs(figure.day - day) <= _NEAR_DAYS
        and abs(figure.area_dose_u - area_dose_u) <= _NEAR_DOSE * area_dose_u
    )


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
