"""Repeated treatment: what `[repeat]` must hold, and how soon the label lets one treat again."""

from collections.abc import Iterator, Sequence
from typing import Any

from endplate.case.pattern import population_of
from endplate.case.placement import areas_treated
from endplate.errors import FactMissing
from endplate.facts.endpoints import BaselineScale, baseline_scale
from endplate.facts.label import LabelRule, label_rules

CHOICES = ("interval_d", "again_at", "again_when_lost")


def label_interval(product: str, region: str, indication: str, population: str) -> LabelRule | None:
    """Label row on the least interval; one written for the product, use and age goes first."""
    rows = [
        row
        for row in label_rules(product, region, indication, "interval_min")
        if row.population in ("any", "adult", population) and row.value is not None
    ]
    return min(
        rows,
        key=lambda r: (r.product == "any", r.indication == "any", r.population != population, r.id),
        default=None,
    )


def least_interval_d(plan: Any) -> float | None:
    """Least days between treatments that a plan works with [d]; None where no one says.

    What the plan states goes first, else the longest label interval of its areas.
    """
    stated_d = plan.repeat.not_before_d if plan.repeat is not None else None
    if stated_d is not None:
        return stated_d
    treatment, population = plan.treatment, population_of(plan.patient.age_y)
    rows = [
        label_interval(treatment.product, treatment.region, area, population)
        for area in areas_treated(treatment)
    ]
    known = [row.value for row in rows if row is not None and row.value is not None]
    return max(known) if known and len(known) == len(rows) else None


def repeat_faults(plan: Any, known: Sequence[str]) -> Iterator[str]:
    """Sentences on `[repeat]` that no single field shows; `known` are those of its fields."""
    repeat = plan.repeat
    if repeat is None or any(sentence.startswith("repeat.") for sentence in known):
        return
    stated = [name for name in CHOICES if getattr(repeat, name) is not None]
    if len(stated) != 1:
        named = " and ".join(stated) or "no time of treatment"
        yield f"repeat holds {named}; it must hold exactly one of {', '.join(CHOICES)}."
    elif stated == ["interval_d"]:
        if repeat.not_before_d is not None:
            yield (
                f"repeat.not_before_d is {repeat.not_before_d:g}; beside interval_d it must be "
                "left out."
            )
    else:
        yield from _least_interval(plan)
        yield from _level(plan)


def _readable(plan: Any) -> bool:
    treatment = plan.treatment
    needed = (plan.patient, treatment.product, treatment.indications, treatment.region)
    return all(needed)


def _least_interval(plan: Any) -> Iterator[str]:
    if _readable(plan) and least_interval_d(plan) is None:
        yield (
            "repeat.not_before_d is missing; no label interval of "
            f"{plan.treatment.product} is at hand for all that is treated, so it must be stated."
        )


def _level(plan: Any) -> Iterator[str]:
    level = plan.repeat.again_at
    if level is None or not _readable(plan):
        return
    area = plan.treatment.indications[0]
    scale = _scale_named(area)
    if scale is None:
        return
    if not scale.low <= level <= scale.high:
        yield (
            f"repeat.again_at is {level:g}; it must be from {scale.low:g} to {scale.high:g} "
            f"({scale.name})."
        )
        return
    before = dict(plan.patient.baseline or {}).get(area)
    if before is not None and level > before:
        yield (
            f"repeat.again_at is {level:g}; it must be at most {before:g}, what was there before "
            "treatment."
        )


def _scale_named(area: str) -> BaselineScale | None:
    """Scale under the name of the area; other areas are graded on scales with other names."""
    try:
        return baseline_scale(area)
    except FactMissing:
        return None
