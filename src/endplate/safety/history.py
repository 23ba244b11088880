"""Earlier treatments: interval, sum over the label's window, other toxins, reactions."""

from collections.abc import Iterator

from endplate.case import Dose, PreviousTreatment
from endplate.facts.label import DoseCap
from endplate.safety.caps import caps_for, over_limit
from endplate.safety.finding import Finding, beside, from_label, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import REFERENCE_REGION, View


def _days_ago(view: View, earlier: PreviousTreatment) -> int:
    return (view.plan.treatment.date - earlier.date).days


@reads("patient.previous")
def previous_treatments(view: View) -> Iterator[Finding]:
    """Say so when nobody stated whether there were earlier treatments."""
    if view.plan.patient.previous is None:
        reason = (
            "Earlier toxin treatments are not stated, so intervals and sums cannot be checked; "
            "previous = [] says there were none."
        )
        title = "Earlier treatments not stated"
        yield unknown("previous_treatments", title, reason, "patient.previous")


@reads("treatment.date", "patient.previous")
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
            said = f"Last treated {days} days ago"
            yield interval_not_at_hand(view, "retreatment_interval", area, said, days)
        elif days < fact.value:
            interval = (
                f"the label asks for at least {fact.value:g} days"
                if fact.kind == "label"
                else f"{fact.note}; the trials waited at least {fact.value:g} days"
            )
            reason = (
                f"Treated {days} days ago; {interval}. "
                "Shorter intervals add effects up and may raise antibodies."
            )
            title = f"{plain(area)} treated again too soon"
            yield from_label("retreatment_interval", "caution", title, reason, fact, days)


def interval_not_at_hand(
    view: View, rule: str, area: str, said: str, days: float | None
) -> Finding:
    """Finding that the region's least interval is not at hand, the US label's beside it."""
    region, reference = view.plan.treatment.region, view.reference_fact("interval_min", area)
    title = f"Interval for {plain(area)} not checked"
    if reference is None or reference.value is None or region == REFERENCE_REGION:
        reason = f"{said}; no label interval for this use is at hand."
        return unknown(rule, title, reason, "interval_min")
    reason = (
        f"{said}; no {region} text on the interval is at hand, the {REFERENCE_REGION} label asks "
        f"for at least {reference.value:g} days."
    )
    return beside(rule, title, reason, reference, days)


@reads(
    "patient.age_y",
    "patient.weight_kg",
    "treatment.date",
    "patient.previous",
    "treatment.dose_u",
    "treatment.sites",
)
def cumulative_dose(view: View) -> Iterator[Finding]:
    """Sum of this and earlier doses of the same toxin in each window that the label names."""
    treatment = view.plan.treatment
    for cap in caps_for(view, "window"):
        window_d = cap.window_d or 0.0
        counted = [
            earlier
            for earlier in view.plan.patient.previous or ()
            if earlier.product == treatment.product
            and cap.covers(earlier.indication)
            and _days_ago(view, earlier) <= window_d
        ]
        span = f"within {window_d:g} days" if window_d else "of one session"
        uses = ", ".join(plain(area) for area in cap.scope) or "all uses together"
        what = f"{span}, {uses},"
        today_u = covered_u(view, cap)
        whole = Dose(today_u or 0.0, treatment.product)
        for earlier in counted:
            whole += Dose(earlier.dose_u or 0.0, earlier.product)
        yield from over_limit(view, cap, "cumulative_dose", whole.amount_u, what)
        if any(earlier.dose_u is None for earlier in counted):
            reason = f"An earlier treatment {span} has no dose, so the sum may be too low."
            title = "Sum of doses not known"
            yield unknown("cumulative_dose", title, reason, "patient.previous.dose_u")


def covered_u(view: View, cap: DoseCap) -> float | None:
    """Today's dose of the uses that a limit covers."""
    if all(cap.covers(area) for area in view.areas):
        return view.dose_u
    return view.total_u(shot for shot in view.shots if cap.covers(shot.indication))


@reads("treatment.date", "treatment.product", "patient.previous")
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


@reads("patient.previous")
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
