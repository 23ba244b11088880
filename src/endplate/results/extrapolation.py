r"""How far a plan lies outside what trials tried, and how much less sure that makes a forecast.

Each respect in which a plan lies outside has a distance, zero inside and rising outwards. The
spread between trials is widened by

.. math:: w = \sqrt{1 + \sum_i d_i^2}

as if every step beyond added the variance of one more trial that was never run.
"""

from collections.abc import Iterator
from functools import cache
from math import hypot, log
from typing import NamedTuple

from endplate.case import Plan, least_interval_d, population_of, protocol_basis
from endplate.case.protocol import label_interval
from endplate.facts.endpoints import ScaleAtEntry, baseline_scale, symptom_scores
from endplate.facts.parameters import fit_rows, fitted_range
from endplate.facts.trials import trial_figures

_NO_EFFECT = ("baseline_", "ae_")


class Beyond(NamedTuple):
    """One respect in which a plan lies outside: how far [1], above 0, and a sentence on it."""

    distance: float
    sentence: str


def widening(found: tuple[Beyond, ...]) -> float:
    """Factor on the spread between trials; exactly 1 for a plan inside.

    Examples
    --------
    >>> widening(())
    1.0
    >>> widening((Beyond(1.0, ""), Beyond(0.5, "")))
    1.5
    """
    return hypot(1.0, *(one.distance for one in found)) if found else 1.0


def ratio_distance(ratio: float, name: str) -> float:
    """Steps by which a ratio lies outside its range, on the logarithm."""
    bounds = fitted_range(name)
    low = log(bounds.low / ratio) if bounds.low else 0.0
    high = log(ratio / bounds.high) if bounds.high else 0.0
    return max(low, high, 0.0) / log(bounds.one_beyond)


def plain_distance(value: float, name: str) -> float:
    """Steps by which a value lies outside its range, in its own unit."""
    bounds = fitted_range(name)
    low = 0.0 if bounds.low is None else bounds.low - value
    high = 0.0 if bounds.high is None else value - bounds.high
    return max(low, high, 0.0) / bounds.one_beyond


@cache
def trial_dose_range_u(product: str, indication: str) -> tuple[float, float] | None:
    """Smallest and largest dose in the area with an effect in a trial of the product [U]."""
    doses_u = [
        figure.area_dose_u
        for figure in trial_figures()
        if figure.product == product
        and figure.indication == indication
        and figure.area_dose_u
        and not figure.endpoint.startswith(_NO_EFFECT)
    ]
    return (min(doses_u), max(doses_u)) if doses_u else None


def beyond(plan: Plan, indication: str, dose_u: float) -> tuple[Beyond, ...]:
    """Every respect in which one area of a plan lies outside what trials tried.

    Parameters
    ----------
    plan : Plan
        The plan.
    indication : str
        The area.
    dose_u : [U], >= 0
        Planned dose in the area.
    """
    return (
        *_dose(plan, indication, dose_u),
        *_age(plan),
        *_last_interval(plan, indication),
        *_baseline(indication, dict(plan.patient.baseline)),
    )


def _dose(plan: Plan, indication: str, dose_u: float) -> Iterator[Beyond]:
    product, area = plan.treatment.product, indication.replace("_", " ")
    tried = trial_dose_range_u(product, indication)
    if tried is None:
        yield Beyond(
            _untried(product),
            f"No trial of {product} for {area} is in the tables: the forecast rests on the "
            "label's dose, on other areas and on other products.",
        )
        basis = protocol_basis(plan.treatment, indication)
        if basis is None:
            return
        tried, whose = (basis.dose_u, basis.dose_u), f"the {basis.basis}'s dose"
    else:
        whose = "the trial doses"
    if dose_u <= 0.0:
        return
    middle_u = min(max(dose_u, tried[0]), tried[1])
    if distance := ratio_distance(dose_u / middle_u, "dose"):
        span = f"{tried[0]:g}" if tried[0] == tried[1] else f"{tried[0]:g} to {tried[1]:g}"
        yield Beyond(
            distance,
            f"{dose_u:g} U in the {area} lies outside {whose} of {product} in the "
            f"tables ({span} U): the forecast extrapolates.",
        )


def _untried(product: str) -> float:
    """Doublings by which a product's potency was unknown before any trial of it.

    The prior of its ratio tells; for the reference product, which has none, the mean of the others.
    """
    rows = [row for row in fit_rows() if row.id.startswith("potency_ratio:")]
    own = [row.prior_sd for row in rows if row.applies_to == product]
    known = own or [row.prior_sd for row in rows]
    return sum(known) / len(known) / log(fitted_range("dose").one_beyond)


def _age(plan: Plan) -> Iterator[Beyond]:
    age_y, bounds = plan.patient.age_y, fitted_range("age")
    if age_y is not None and (distance := plain_distance(age_y, "age")):
        yield Beyond(
            distance,
            f"Age {age_y:g} y lies outside that of the trials "
            f"({bounds.low:g} to {bounds.high:g} y): the forecast extrapolates.",
        )


def _last_interval(plan: Plan, indication: str) -> Iterator[Beyond]:
    """Days since the last treatment of the same area, where trials waited longer."""
    treatment = plan.treatment
    days = [
        (treatment.date - earlier.date).days
        for earlier in plan.patient.previous or ()
        if earlier.indication == indication
    ]
    if days:
        since = f"{min(days)} days after the last treatment"
        yield from too_soon(plan, indication, float(min(days)), since)


def beyond_again(plan: Plan, indication: str) -> tuple[Beyond, ...]:
    """What treating an area again as `[repeat]` says adds: an interval shorter than in trials."""
    if plan.repeat is None:
        return ()
    stated_d = plan.repeat.interval_d
    interval_d = stated_d if stated_d is not None else least_interval_d(plan)
    if interval_d is None:
        return ()
    return tuple(too_soon(plan, indication, interval_d, f"again after {interval_d:g} days"))


def too_soon(plan: Plan, indication: str, interval_d: float, what: str) -> Iterator[Beyond]:
    """An interval under the label's least one, which trials of repeated treatment kept to.

    Parameters
    ----------
    plan : Plan
        The plan.
    indication : str
        The area.
    interval_d : [d], >= 0
        Time between two treatments.
    what : str
        What to call it in the sentence.
    """
    treatment = plan.treatment
    population = population_of(plan.patient.age_y)
    least = label_interval(treatment.product, treatment.region, indication, population)
    if least is None or not least.value:
        return
    if distance := ratio_distance(max(interval_d, 1.0) / least.value, "interval"):
        yield Beyond(
            distance,
            f"The {indication.replace('_', ' ')} are treated {what}, sooner than the "
            f"{least.value:g} days that trials waited: the forecast extrapolates.",
        )


def _baseline(indication: str, stated: dict[str, float]) -> Iterator[Beyond]:
    area = indication.replace("_", " ")
    scales = [scale for scale in symptom_scores(indication) if scale.scale in stated]
    for scale in scales[:1]:  # the first is the one that its trials chose people by
        entry = scale.entry
        if distance := plain_distance(_standard(stated[scale.scale], entry), "burden"):
            yield Beyond(
                distance,
                f"A score of {stated[scale.scale]:g} before treatment ({scale.scale}) lies far "
                f"from that of people in trials (mean {entry.baseline_mean:g}, standard deviation "
                f"{entry.baseline_sd:g}): the forecast extrapolates.",
            )
    if not symptom_scores(indication) and indication in stated:
        above = stated[indication] - baseline_scale(indication).low
        if distance := plain_distance(above, "line_grade"):
            yield Beyond(
                distance,
                f"The {area} are graded below moderate: trials enrolled moderate and severe "
                "lines, so the forecast extrapolates.",
            )


def _standard(value: float, entry: ScaleAtEntry) -> float:
    """Standard deviations of one score from the mean of the people in trials."""
    mean, sd = entry.baseline_mean, entry.baseline_sd
    if sd <= 0.0:
        return 0.0
    if entry.distribution != "lognormal":
        return (value - mean) / sd
    log_sd = log(1.0 + (sd / mean) ** 2) ** 0.5
    return (log(max(value, 1e-3 * mean) / mean) + 0.5 * log_sd**2) / log_sd
