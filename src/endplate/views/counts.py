"""Counts that were read in their source and that a forecast's range leaves out, as sentences."""

from collections.abc import Iterator, Sequence
from math import log

from endplate.facts.harms import (
    AdverseReaction,
    NamedReaction,
    adverse_reactions,
    canonical_term,
    named_reactions,
)
from endplate.facts.trials import benefit_figures, trial_figures
from endplate.results.result import Harm, Outcome, PublishedFigure, Result
from endplate.views.language import gettext as _
from endplate.views.quantity import icons, number, people, plain_time
from endplate.views.source import Link, link
from endplate.views.words import word

SAME_DOSE = 1.25  # planned and studied dose within this ratio pass for the same
SAME_DAYS = 7.0  # a visit this near passes for the same
ANY_HARM = "any"
Count = tuple[str, Link]


def differing_harms(result: Result, population: str) -> tuple[Count, ...]:
    """Read counts of side effects at the planned dose that lie outside the range forecast."""
    forecast = {canonical_term(harm.term): harm for harm in result.harms}
    found: dict[str, Count] = {}
    for area in result.indications:
        dose_u = area_dose_u(result, area)
        for row in adverse_reactions(result.plan.product, area):
            harm = forecast.get(canonical_term(row.term))
            if row.term == ANY_HARM:
                continue  # a sum over all reactions, which no forecast tells
            fits = row.verified and row.population in ("any", population)
            if fits and same_dose(row.dose_u, dose_u) and not _holds(harm, row):
                found.setdefault(_counted(row), (_counted(row), link(row.source)))
    return tuple(found.values())


def _holds(harm: Harm | None, row: AdverseReaction) -> bool:
    """Whether the range holds the count, both as they are printed; one not forecast does not."""
    if harm is None:
        return row.drug_percent == row.placebo_percent == 0
    return icons(harm.low) <= icons(row.drug_percent) <= icons(harm.high)


def _counted(row: AdverseReaction) -> str:
    dose = ""
    if row.dose_u is not None:
        dose = " " + _("after {dose} units").format(dose=number(row.dose_u, 1))
    return _("{harm}: {value} of 100{dose}{dummy}").format(
        harm=word("harm", row.term, "plain"),
        value=people(row.drug_percent),
        dose=dose,
        dummy=_with_placebo(row.placebo_percent),
    )


def named_only(result: Result, population: str) -> tuple[Count, ...]:
    """Reactions that the label names and the forecast does not hold, with their class."""
    told = {canonical_term(harm.term) for harm in result.harms}
    found: dict[str, Count] = {}
    for area in result.indications:
        for row in named_reactions(result.plan.product, area, population):
            if canonical_term(row.term) not in told:
                text = f"{word('harm', row.term, 'plain').lower()} {_class(row)}"
                found.setdefault(row.term, (text, link(row.source)))
    return tuple(found.values())


def _class(row: NamedReaction) -> str:
    star = "" if row.verified else "*"
    low, high = row.low_percent, row.high_percent
    if low is None:
        return _("(how often is not known{star})").format(star=star)
    return _("({share} of 100{star})").format(share=class_of(low, high), star=star)


def class_of(low: float, high: float | None) -> str:
    """People out of 100 in a label's class of frequency; without an upper end it is open."""
    if high is None:
        return _("{low} or more").format(low=people(low))
    return _("{first} to {last}").format(first=people(low), last=people(high))


def differing_benefits(result: Result, shown: Sequence[Outcome]) -> tuple[Count, ...]:
    """Read figures of the benefits shown that lie outside their ranges, at planned dose and day."""
    found: dict[str, Count] = {}
    for row in shown:
        for value, placebo, day, source in _figures(result, row):
            if not icons(row.low) <= icons(value) <= icons(row.high):
                text = _benefit_count(row, value, placebo, day)
                found.setdefault(text, (text, link(source)))
    return tuple(found.values())


def _figures(result: Result, row: Outcome) -> Iterator[tuple[float, float | None, float, str]]:
    """Value, placebo, day and source of every read figure near the dose and the day of a row."""
    area = row.indication or result.indications[0]
    dose_u = area_dose_u(result, area)
    for figure in benefit_figures(result.plan.product, area):
        near = figure.endpoint == row.endpoint and abs(figure.day - row.day) <= SAME_DAYS
        if near and figure.verified and same_dose(figure.dose_u, dose_u):
            yield figure.drug_value, figure.placebo_value, figure.day, figure.source
    for trial in row.trials:
        near = abs(trial.day - row.day) <= SAME_DAYS and trial.dose_u and not trial.bound
        if near and trial.verified and same_dose(trial.dose_u, dose_u):
            yield trial.value, _placebo_arm(trial, area), trial.day, trial.source or ""


def _placebo_arm(trial: PublishedFigure, area: str) -> float | None:
    """What the placebo arm of a trial had on the same day; None where no read row tells."""
    rows = [r for r in trial_figures() if (r.trial_id, r.indication) == (trial.trial_id, area)]
    own = {
        r.endpoint for r in rows if (r.arm, r.day, r.value) == (trial.arm, trial.day, trial.value)
    }
    found = (
        r.value
        for r in rows
        if r.product == "placebo" and r.endpoint in own and r.day == trial.day and r.verified
    )
    return next(found, None)


def _benefit_count(row: Outcome, value: float, placebo: float | None, day: float) -> str:
    words = word("endpoint", row.endpoint, "plain")
    told = _("In a trial {value} of 100 {words}{dummy}, {when} after")
    return told.format(
        value=people(value), words=words, dummy=_with_placebo(placebo), when=plain_time(day)
    )


def _with_placebo(placebo: float | None) -> str:
    if placebo is None:
        return _(", not known with a placebo shot")
    return _(", {placebo} with a placebo shot").format(placebo=people(placebo))


def area_dose_u(result: Result, area: str) -> float:
    """Planned dose [U] in one area."""
    sites = [site for site in result.plan.sites if site.indication in (area, None)]
    return sum(site.dose_u for site in sites) or result.plan.dose_u


def same_dose(studied_u: float | None, planned_u: float | None) -> bool:
    """Whether a studied dose passes for the planned one; true where either is not known.

    Examples
    --------
    >>> same_dose(20, 24), same_dose(20, 40), same_dose(None, 40)
    (True, False, True)
    """
    if not studied_u or not planned_u:
        return True
    return abs(log(studied_u / planned_u)) <= log(SAME_DOSE)
