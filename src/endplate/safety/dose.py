"""Dose against the label: per area, per site, and against the highest dose ever studied."""

from collections.abc import Iterator

from endplate.safety.finding import Finding, from_label, plain, unknown
from endplate.safety.view import View

# Doses are sums of a few entered numbers: anything nearer than this is the same dose.
SAME = 1e-6


def dose_area(view: View) -> Iterator[Finding]:
    """Session dose of each area against the label's."""
    for area in view.areas:
        fact, dose_u = view.fact("session_dose", area), view.dose_in_u(area)
        if fact is None or fact.value is None:
            if view.is_labelled(area):
                yield unknown(
                    "dose_area",
                    f"No single label dose for {plain(area)}",
                    "The label gives no one dose for this use, so the dose cannot be checked.",
                    "session_dose",
                )
        elif dose_u is None:
            if area in view.plan.treatment.indications:
                reason = "No site of this area is in the plan, so its dose cannot be checked."
                yield unknown("dose_area", f"No dose for {plain(area)}", reason, "treatment.site")
        elif dose_u > fact.value + SAME:
            title = f"Dose for {plain(area)} above the label"
            reason = (
                f"{dose_u:g} U planned, the label gives {fact.value:g} U for this area; "
                "a higher dose is off label."
            )
            yield from_label("dose_area", "caution", title, reason, fact, dose_u)
        elif dose_u < (fact.low or fact.value) - SAME:
            title = f"Dose for {plain(area)} below the label"
            reason = f"{dose_u:g} U planned; the trials behind the label gave more."
            limit = fact.low or fact.value
            yield from_label("dose_area", "note", title, reason, fact, dose_u, limit)


def dose_site(view: View) -> Iterator[Finding]:
    """Largest single injection of each area against the label's."""
    for area in view.areas:
        fact = view.fact("site_dose", area)
        doses_u = [shot.dose_u for shot in view.shots_in(area)]
        if fact is None or fact.value is None or not doses_u or max(doses_u) <= fact.value + SAME:
            continue
        title = f"Dose at one site of {plain(area)} above the label"
        reason = (
            f"{max(doses_u):g} U at one site, the label gives {fact.value:g} U; "
            "more at one place spreads to more neighbours."
        )
        yield from_label("dose_site", "caution", title, reason, fact, max(doses_u))


def dose_studied(view: View) -> Iterator[Finding]:
    """Session dose of each area against the highest one in the trials at hand."""
    for area in view.areas:
        fact, dose_u = view.fact("studied_dose_max", area), view.dose_in_u(area)
        if dose_u is None:
            continue
        if fact is None or fact.value is None:
            reason = "No trial dose of this product for this use is at hand to compare with."
            yield unknown(
                "dose_studied", f"No trial dose for {plain(area)}", reason, "studied_dose_max"
            )
        elif dose_u > fact.value + SAME:
            title = f"Dose for {plain(area)} above any dose in the trials at hand"
            reason = f"{dose_u:g} U planned; the highest trial dose found is {fact.value:g} U."
            yield from_label("dose_studied", "stop", title, reason, fact, dose_u)
