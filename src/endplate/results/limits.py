r"""Whether the model covers a plan, what of it lies outside the evidence, and what that costs.

Each respect in which a plan lies outside has a distance, zero inside and rising outwards. The
spread between trials is widened by

.. math:: w = \sqrt{1 + \sum_i d_i^2}

as if every step beyond added the variance of one more trial that was never run.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from math import hypot, log
from typing import NamedTuple

from endplate.case import (
    PlacedSite,
    Plan,
    areas_treated,
    least_interval_d,
    population_of,
    protocol_basis,
)
from endplate.case.protocol import label_interval
from endplate.errors import NotCovered
from endplate.facts.endpoints import (
    ScaleAtEntry,
    baseline_scale,
    stated_score,
    symptom_scores,
    usable_scales,
)
from endplate.facts.indications import is_charted
from endplate.facts.label import is_labelled_anywhere
from endplate.facts.parameters import fit_rows, fitted_range
from endplate.facts.precautions import reported_reaction
from endplate.facts.trials import trial_figures
from endplate.results.harms import counted_people
from endplate.results.intervals import spread_words
from endplate.results.result import PeakBlock
from endplate.safety import symmetry
from endplate.safety.finding import plain
from endplate.safety.view import View

_NO_EFFECT = ("baseline_", "ae_")
_REFERENCE = "onabotulinumtoxinA"
_CHILDREN = (
    "Side effects are those counted in children; what was counted in adults alone is left out. The "
    "weakness of neighbours is a forecast that was set to counts in adults."
)
STANDING_LIMITS = (
    "How easily toxin reaches a neighbouring muscle is set to the rates counted in trials at the "
    "label's dose and sites; for double vision and an uneven smile that count is assumed.",
    "When side effects of the needle and of the whole body start, and how long they last, is "
    "assumed; for the weakness of neighbours it is forecast.",
    "Muscle sizes and positions are averages; the anatomy of this person was not measured.",
)


def covered_areas(plan: Plan) -> tuple[str, ...]:
    """Areas of a plan that the model covers: those named, then those the label doses with them.

    Raises
    ------
    NotCovered
        One of the named areas or the product has neither a model nor evidence.
    """
    treatment = plan.treatment
    known = {row.applies_to for row in fit_rows() if row.id.startswith("potency_ratio:")}
    for name in treatment.indications:
        if not is_charted(name):
            raise NotCovered(
                f"simulation of {name} is not covered: no model of its tissue and scales yet"
            )
        if treatment.product != _REFERENCE and treatment.product not in known:
            raise NotCovered(
                f"simulation of {treatment.product} is not covered: no trial informs its potency"
            )
        if not has_evidence(treatment.product, name):
            raise NotCovered(
                f"simulation of {treatment.product} for {name} is refused: "
                "no label and no trial of it in the tables"
            )
    added = areas_treated(treatment) if treatment.protocol == "label" else ()
    charted = (area for area in added if is_charted(area))
    return tuple(dict.fromkeys((*treatment.indications, *charted)))


def has_evidence(product: str, indication: str) -> bool:
    """Whether a label of any region names the use, or a trial of the product reports an effect."""
    if is_labelled_anywhere(product, indication):
        return True
    return any(
        figure.product == product
        and figure.indication == indication
        and not figure.endpoint.startswith(_NO_EFFECT)
        for figure in trial_figures()
    )


def area_doses_u(planned: tuple[PlacedSite, ...], areas: tuple[str, ...]) -> dict[str, float]:
    """Planned dose in each area [U]."""
    return {
        area: float(sum(site.dose_u for site in planned if site.indication == area))
        for area in areas
    }


class Extrapolation(NamedTuple):
    """One respect in which a plan lies outside: how far [1], above 0, and a sentence on it."""

    distance: float
    sentence: str


def widening(outside: tuple[Extrapolation, ...]) -> float:
    """Factor on the spread between trials; exactly 1 for a plan inside.

    Examples
    --------
    >>> widening(())
    1.0
    >>> widening((Extrapolation(1.0, ""), Extrapolation(0.5, "")))
    1.5
    """
    return hypot(1.0, *(respect.distance for respect in outside)) if outside else 1.0


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


def extrapolations(plan: Plan, indication: str, dose_u: float) -> tuple[Extrapolation, ...]:
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


def _dose(plan: Plan, indication: str, dose_u: float) -> Iterator[Extrapolation]:
    product, area = plan.treatment.product, indication.replace("_", " ")
    tried = trial_dose_range_u(product, indication)
    if tried is None:
        yield Extrapolation(
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
        yield Extrapolation(
            distance,
            f"{dose_u:g} U in the {area} lies outside {whose} of {product} in the "
            f"tables ({span} U): the forecast extrapolates.",
        )


def _untried(product: str) -> float:
    """Doublings by which a product's potency was unknown before any trial of it.

    This is the prior of its ratio; the reference product, which has none, gets the mean of the
    others.
    """
    rows = [row for row in fit_rows() if row.id.startswith("potency_ratio:")]
    of_product = [row.prior_sd for row in rows if row.applies_to == product]
    prior_sd = of_product or [row.prior_sd for row in rows]
    return sum(prior_sd) / len(prior_sd) / log(fitted_range("dose").one_beyond)


def _age(plan: Plan) -> Iterator[Extrapolation]:
    age_y, bounds = plan.patient.age_y, fitted_range("age")
    if age_y is not None and (distance := plain_distance(age_y, "age")):
        yield Extrapolation(
            distance,
            f"Age {age_y:g} y lies outside that of the trials "
            f"({bounds.low:g} to {bounds.high:g} y): the forecast extrapolates.",
        )


def _last_interval(plan: Plan, indication: str) -> Iterator[Extrapolation]:
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


def repeat_extrapolations(plan: Plan, indication: str) -> tuple[Extrapolation, ...]:
    """What treating an area again as `[repeat]` says adds: an interval shorter than in trials."""
    if plan.repeat is None:
        return ()
    stated_d = plan.repeat.interval_d
    interval_d = stated_d if stated_d is not None else least_interval_d(plan)
    if interval_d is None:
        return ()
    return tuple(too_soon(plan, indication, interval_d, f"again after {interval_d:g} days"))


def too_soon(plan: Plan, indication: str, interval_d: float, what: str) -> Iterator[Extrapolation]:
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
        yield Extrapolation(
            distance,
            f"The {indication.replace('_', ' ')} are treated {what}, sooner than the "
            f"{least.value:g} days that trials waited: the forecast extrapolates.",
        )


def _baseline(indication: str, stated: dict[str, float]) -> Iterator[Extrapolation]:
    area = indication.replace("_", " ")
    scores = [(s, stated_score(s.scale, stated)) for s in symptom_scores(indication)]
    known = [(scale, score) for scale, score in scores if score is not None]
    for scale, score in known[:1]:  # the first is the one that its trials chose people by
        entry = scale.entry
        if distance := plain_distance(_standard(score, entry), "burden"):
            yield Extrapolation(
                distance,
                f"A score of {score:g} before treatment ({scale.scale}) lies far "
                f"from that of people in trials (mean {entry.baseline_mean:g}, standard deviation "
                f"{entry.baseline_sd:g}): the forecast extrapolates.",
            )
    if not symptom_scores(indication) and indication in stated:
        above = stated[indication] - baseline_scale(indication).low
        if distance := plain_distance(above, "line_grade"):
            yield Extrapolation(
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


def limits_of(
    plan: Plan, area_dose_u: dict[str, float], reach: Iterable[PeakBlock] = ()
) -> tuple[str, ...]:
    """Sentences on what of this plan lies outside the evidence or is not known.

    Parameters
    ----------
    plan : Plan
        The plan.
    area_dose_u : [U]
        Planned dose in each area.
    reach : iterable of PeakBlock
        What the plan blocks in each muscle, where that was run.
    """
    sentences, widened = [], []
    for indication, dose_u in area_dose_u.items():
        outside = extrapolations(plan, indication, dose_u)
        sentences += [respect.sentence for respect in outside]
        if outside:
            widened.append(
                f"Trials of the {indication.replace('_', ' ')} scatter; for what lies outside them "
                f"that scatter is taken {spread_words(widening(outside))}, a factor that is "
                "assumed."
            )
    sentences += widened
    for area in area_dose_u:
        sentences += [respect.sentence for respect in repeat_extrapolations(plan, area)]
    population = population_of(plan.patient.age_y)
    if counted_people(plan.treatment.product, tuple(area_dose_u), population) == "paediatric":
        sentences.append(_CHILDREN)
    if plan.patient.age_y is None:
        sentences.append("Age is not stated: the forecast is for the mean age of the trials.")
    for indication in area_dose_u:
        sentences += _not_stated(indication, dict(plan.patient.baseline))
    sentences += [*_unusable(plan, area_dose_u), *_nothing_to_gain(plan, area_dose_u)]
    sentences += [*_history_limits(plan), *_uneven(plan, reach)]
    return tuple(dict.fromkeys(sentences))


def _unusable(plan: Plan, areas: Iterable[str]) -> Iterator[str]:
    """Scores stated before treatment that no forecast of these areas starts from."""
    usable = {name for area in areas for name in usable_scales(area)} | {"pvr_ml"}
    for name, score in plan.patient.baseline.items():
        if name not in usable:
            yield (
                f"{baseline_scale(name).name} ({score:g} before treatment, {name}) is not used: "
                "this forecast runs on another scale, to which it cannot be converted."
            )


def _nothing_to_gain(plan: Plan, areas: Iterable[str]) -> Iterator[str]:
    stated = dict(plan.patient.baseline)
    for area in areas:
        names = [scale.scale for scale in symptom_scores(area)] or [area]
        scores = {name: stated_score(name, stated) for name in names}
        for name, score in scores.items():
            if score is not None and score <= baseline_scale(name).low:
                yield (
                    f"{baseline_scale(name).name} stands at its best before treatment ({score:g}): "
                    "there is nothing to gain on it, and who counts as free of it was so before."
                )


def _history_limits(plan: Plan) -> Iterator[str]:
    """What an earlier treatment that failed means for a forecast made of people who respond."""
    for earlier in plan.patient.previous or ():
        if earlier.reaction and reported_reaction(earlier.reaction, "failure"):
            yield (
                f"After the treatment of {earlier.date} it is written: "
                f"{earlier.reaction.strip()[:120]!r}. The benefit forecast here is that of people "
                "who still respond, and is no promise to this person: with antibodies the usual "
                "effect does not come."
            )


def _uneven(plan: Plan, reach: Iterable[PeakBlock]) -> Iterator[str]:
    """What asymmetry a lopsided plan lets expect, and what the middle of a forehead alone does."""
    view = View.of(plan)
    silenced = {(block.muscle, block.side): block.peak_block for block in reach}
    for one in symmetry.uneven_muscles(view):
        left, right = (silenced.get((one.muscle, side)) for side in symmetry.SIDES)
        sentence = (
            f"The {plain(one.muscle)} gets {one.left_u:g} U on the left and {one.right_u:g} U on "
            f"the right for {plain(one.area)}. "
        )
        if left is not None and right is not None:
            sentence += (
                f"To expect at the peak: {left:.0%} of its junctions out of work on the left and "
                f"{right:.0%} on the right, so that one side moves and the other does not as "
                "much. "
            )
        graded = (
            "The benefit forecast scores both sides together."
            if symptom_scores(one.area)
            else "The benefit forecast grades the side that is left stronger."
        )
        yield sentence + graded
    for finding in symmetry.outer_brow(view):
        yield (
            f"{finding.title}: {finding.reason} The benefit forecast grades the whole forehead and "
            "does not take a peaked brow off."
        )


def _not_stated(indication: str, stated: dict[str, float]) -> list[str]:
    area = indication.replace("_", " ")
    scales = symptom_scores(indication)
    if scales and all(stated_score(scale.scale, stated) is None for scale in scales):
        return [
            f"No score of {area} before treatment is stated: the forecast is for people as trials "
            f"enrol them (score {scales[0].scale}, mean {scales[0].entry.baseline_mean:g})."
        ]
    if not scales and indication not in stated:
        return [
            f"The grade of the {area} before treatment is not stated: the forecast is for people "
            "as trials enrol them, half moderate and half severe."
        ]
    return []
