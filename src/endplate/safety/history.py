"""Earlier treatments: interval, sum over the label's window, other toxins, reactions."""

from collections.abc import Iterator

from endplate.case import PreviousTreatment
from endplate.safety.dose import SAME
from endplate.safety.finding import Finding, from_label, plain, unknown
from endplate.safety.view import View


def _days_ago(view: View, earlier: PreviousTreatment) -> int:
    return (view.plan.treatment.date - earlier.date).days


def previous_treatments(view: View) -> Iterator[Finding]:
    """Say so when nobody stated whether there were earlier treatments."""
    if view.plan.patient.previous is None:
        reason = (
            "Earlier toxin treatments are not stated, so intervals and sums cannot be checked; "
            "previous = [] says there were none."
        )
        title = "Earlier treatments not stated"
        yield unknown("previous_treatments", title, reason, "patient.previous")


def retreatment_interval(view: View) -> Iterator[Finding]:
    """Days since the last treatment of each area against the label's least interval."""
    for area in view.areas:
        same = [
            earlier
            for earlier in view.plan.patient.previous or ()
            if earlier.indication in (area, None)
        ]
        if not same:
            continue
        fact, days = view.fact("interval_min", area), min(_days_ago(view, e) for e in same)
        if fact is None or fact.value is None:
            reason = f"Last treated {days} days ago; no label interval for this use is at hand."
            title = f"Interval for {plain(area)} not checked"
            yield unknown("retreatment_interval", title, reason, "interval_min")
        elif days < fact.value:
            reason = (
                f"Treated {days} days ago; the label asks for at least {fact.value:g} days. "
                "Shorter intervals add effects up and may raise antibodies."
            )
            title = f"{plain(area)} treated again too soon"
            yield from_label("retreatment_interval", "caution", title, reason, fact, days)


def cumulative_dose(view: View) -> Iterator[Finding]:
    """Sum of this and earlier doses of the same product in the label's window."""
    cap, window = view.fact("cumulative_dose_max"), view.fact("cumulative_window")
    if cap is None or cap.value is None or window is None or window.value is None:
        return
    product = view.plan.treatment.product
    counted = [
        earlier
        for earlier in view.plan.patient.previous or ()
        if earlier.product == product and _days_ago(view, earlier) <= window.value
    ]
    total_u = (view.dose_u or 0.0) + sum(earlier.dose_u or 0.0 for earlier in counted)
    span = f"{window.value:g} days" if window.value else "one session"
    if total_u > cap.value + SAME:
        reason = (
            f"{total_u:g} U of {product} within {span}, all uses together; "
            f"the label allows {cap.value:g} U."
        )
        title = "Sum of doses above the label's limit"
        yield from_label("cumulative_dose", "stop", title, reason, cap, total_u)
    if any(earlier.dose_u is None for earlier in counted):
        reason = f"An earlier treatment within {span} has no dose, so the sum may be too low."
        title = "Sum of doses not known"
        yield unknown("cumulative_dose", title, reason, "patient.previous.dose_u")


def other_toxin(view: View) -> Iterator[Finding]:
    """Other toxin products within the window in which effects may add up."""
    fact = view.fact("other_toxin_window")
    if fact is None or fact.value is None:
        return
    others = [
        earlier
        for earlier in view.plan.patient.previous or ()
        if earlier.product != view.plan.treatment.product and _days_ago(view, earlier) <= fact.value
    ]
    if others:
        last = min(others, key=lambda earlier: _days_ago(view, earlier))
        days = _days_ago(view, last)
        reason = (
            f"{last.product} was given {days} days ago. Units of two products cannot be added, "
            "and weakness from both can add up before the first has worn off."
        )
        title = "Another toxin product not long ago"
        yield from_label("other_toxin", "caution", title, reason, fact, days)


def previous_reaction(view: View) -> Iterator[Finding]:
    """Repeat what was written about a reaction to an earlier treatment."""
    for earlier in view.plan.patient.previous or ():
        if earlier.reaction and earlier.reaction.strip():
            yield Finding(
                "previous_reaction",
                "caution",
                "Reaction to an earlier treatment",
                f"On {earlier.date} after {earlier.product}: {earlier.reaction.strip()[:200]}",
                source="ona_medication_guide",
                locator="medical conditions",
            )
