"""Earlier treatments: interval, sum over the label's window, other toxins, reactions."""

from collections.abc import Iterator

from endplate.case import Dose, PreviousTreatment
from endplate.facts.label import DoseCap
from endplate.facts.precautions import reported_reaction
from endplate.facts.vocabulary import find_word, nearest_words
from endplate.safety.caps import caps_for, over_limit
from endplate.safety.finding import Finding, beside, from_label, from_row, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import REFERENCE_REGION, View


def _days_ago(view: View, earlier: PreviousTreatment) -> int:
    return (view.plan.treatment.date - earlier.date).days


@reads("patient.previous")
def previous_treatments(view: View) -> Iterator[Finding]:
    """Say so when earlier treatments, or what one of them was for, are not known."""
    uses = [earlier.indication for earlier in view.plan.patient.previous or ()]
    for use in dict.fromkeys(use for use in uses if use is not None):
        if find_word("indication", use) is None:
            near = nearest_words("indication", use)
            hint = f" If it is a slip of the pen: {', '.join(near)}." if near else ""
            reason = (
                "What was given for it counts in the sums over all uses, not as an earlier "
                f"treatment of a use of this plan.{hint}"
            )
            title = f"Earlier use not known here: {plain(use)[:60]}"
            yield unknown("previous_treatments", title, reason, "patient.previous.indication")
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
            yield missing_interval(view, "retreatment_interval", area, said, days)
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


def missing_interval(view: View, rule: str, area: str, said: str, days: float | None) -> Finding:
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


@reads("treatment.date", "treatment.product", "treatment.dose_u", "treatment.sites", "patient")
def recent_dose(view: View) -> Iterator[Finding]:
    """The same toxin for whatever use within the label's interval, or twelve weeks where none is.

    The sum of today's and the recent doses is told; limits over a window are another rule's.
    """
    treatment = view.plan.treatment
    recent = [
        earlier
        for earlier in view.plan.patient.previous or ()
        if earlier.product == treatment.product and _is_recent(view, earlier)
    ]
    if not recent:
        return
    days = min(_days_ago(view, earlier) for earlier in recent)
    whole = Dose(view.dose_u or 0.0, treatment.product)
    for earlier in recent:
        whole += Dose(earlier.dose_u or 0.0, earlier.product)
    open_ = view.dose_u is None or any(earlier.dose_u is None for earlier in recent)
    uses = dict.fromkeys(plain(e.indication)[:60] for e in recent if e.indication is not None)
    given = f" for {' and '.join(uses)}" if uses else ""
    reason = (
        f"{treatment.product} was given{given} {days} days ago; with today's treatment that is "
        f"{'at least ' if open_ else ''}{whole.amount_u:g} U in {_span_d(view, recent)} days, "
        "before the first dose has worn off. Weakness adds up over the whole body."
    )
    yield Finding(
        "recent_dose",
        "caution",
        "The same toxin not long ago",
        reason,
        value=round(whole.amount_u, 4),
        unit="U",
    )


def _is_recent(view: View, earlier: PreviousTreatment) -> bool:
    return _days_ago(view, earlier) < _interval_d(view, earlier.indication)


def _interval_d(view: View, use: str | None) -> float:
    """Longest label interval of today's areas and of an earlier use, else the usual one [d]."""
    uses = (*view.areas, use) if use is not None else view.areas
    facts = [view.fact("interval_min", area) for area in uses]
    intervals_d = [fact.value for fact in facts if fact is not None and fact.value]
    usual = view.fact("recent_window")
    return max(intervals_d, default=usual.value or 0.0 if usual is not None else 0.0)


def _span_d(view: View, recent: list[PreviousTreatment]) -> int:
    return max(_days_ago(view, earlier) for earlier in recent)


@reads("patient.previous")
def previous_reaction(view: View) -> Iterator[Finding]:
    """What was written about an earlier treatment: an allergy, a failure, another reaction."""
    for earlier in view.plan.patient.previous or ():
        text = (earlier.reaction or "").strip()
        if not text:
            continue
        told = f"On {earlier.date} after {earlier.product}: {text[:200]}"
        allergy, failure = (reported_reaction(text, one) for one in ("allergy", "failure"))
        if allergy is not None:
            view.consulted.append(allergy)
            reason = f"{told}. Contraindicated in people hypersensitive to any botulinum toxin."
            title = "Allergic reaction to an earlier treatment"
            yield from_row("previous_reaction", "stop", title, reason, allergy, str(earlier.date))
        elif failure is not None:
            view.consulted.append(failure)
            reason = (
                f"{told}. Antibodies or another cause may keep this treatment from working too; "
                "what trials found does not hold for this person."
            )
            title = "An earlier treatment did not work"
            yield from_row(
                "previous_reaction", "caution", title, reason, failure, str(earlier.date)
            )
        else:
            yield Finding(
                "previous_reaction",
                "caution",
                "Reaction to an earlier treatment",
                told,
                value=str(earlier.date),
                source="ona_medication_guide",
                locator="medical conditions",
            )
