"""Repeated treatment: planned intervals and the doses they add up to, against the label's."""

from collections.abc import Iterator

from endplate.case import least_interval_d
from endplate.safety.caps import caps_for, over_limit
from endplate.safety.finding import Finding, from_label, plain
from endplate.safety.history import covered_u, missing_interval
from endplate.safety.reads import reads
from endplate.safety.view import View


def _days_between(view: View) -> float | None:
    repeat = view.plan.repeat
    stated_d = repeat.interval_d if repeat is not None else None
    return stated_d if stated_d is not None else least_interval_d(view.plan)


@reads("repeat", "patient.age_y", "treatment.product", "treatment.region")
def repeat_interval(view: View) -> Iterator[Finding]:
    """Least days between the planned treatments against the label's least interval."""
    if view.plan.repeat is None:
        return
    days = _days_between(view)
    for area in view.areas:
        fact = view.fact("interval_min", area)
        if fact is None or fact.value is None:
            said = "Treatment is planned again and again"
            yield missing_interval(view, "repeat_interval", area, said, days)
        elif days is not None and days < fact.value:
            interval = (
                f"the label asks for at least {fact.value:g} days"
                if fact.kind == "label"
                else f"{fact.note}; the trials waited at least {fact.value:g} days"
            )
            reason = (
                f"Treatments may follow each other after {days:g} days; {interval}. "
                "Shorter intervals add effects up and may raise antibodies."
            )
            title = f"{plain(area)} planned again too soon"
            yield from_label("repeat_interval", "caution", title, reason, fact, days)


@reads(
    "repeat",
    "patient.age_y",
    "patient.weight_kg",
    "treatment.product",
    "treatment.dose_u",
    "treatment.sites",
)
def repeat_dose(view: View) -> Iterator[Finding]:
    """Doses of treatments closer than the label's interval, summed over the label's windows."""
    repeat, days = view.plan.repeat, _days_between(view)
    if repeat is None or not days or _spaced_as_labelled(view, days):
        return
    for cap in caps_for(view, "window"):
        window_d = cap.window_d or 0.0
        count = min(int(repeat.cycles), 1 + int(window_d // days))
        if count > 1:
            total_u = count * (covered_u(view, cap) or 0.0)
            what = f"of {count} treatments within {window_d:g} days"
            yield from over_limit(view, cap, "repeat_dose", total_u, what)


def _spaced_as_labelled(view: View, days: float) -> bool:
    """Whether every area waits for the label's interval: its own schedule is no excess."""
    facts = [view.fact("interval_min", area) for area in view.areas]
    return all(fact is not None and fact.value is not None and days >= fact.value for fact in facts)
