"""Repeated treatment: planned intervals against the label's."""

from collections.abc import Iterator

from endplate.case import least_interval_d
from endplate.safety.finding import Finding, from_label, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import View


@reads("repeat", "patient.age_y", "treatment.product", "treatment.region")
def repeat_interval(view: View) -> Iterator[Finding]:
    """Least days between the planned treatments against the label's least interval."""
    repeat = view.plan.repeat
    if repeat is None:
        return
    days = repeat.interval_d or least_interval_d(view.plan)
    for area in view.areas:
        fact = view.fact("interval_min", area)
        if fact is None or fact.value is None:
            reason = (
                "Treatment is planned again and again; no label interval for this use is at hand."
            )
            title = f"Interval for {plain(area)} not checked"
            yield unknown("repeat_interval", title, reason, "interval_min")
        elif days is not None and days < fact.value:
            asked = (
                f"the label asks for at least {fact.value:g} days"
                if fact.kind == "label"
                else f"{fact.note}; the trials waited at least {fact.value:g} days"
            )
            reason = (
                f"Treatments may follow each other after {days:g} days; {asked}. "
                "Shorter intervals add effects up and may raise antibodies."
            )
            title = f"{plain(area)} planned again too soon"
            yield from_label("repeat_interval", "caution", title, reason, fact, days)
