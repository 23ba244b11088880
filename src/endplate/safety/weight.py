"""Doses that a label gives by body weight: per kilogram, in bands, and its least weight."""

from collections.abc import Iterator

from endplate.facts.label import weight_bands
from endplate.safety.finding import Finding, from_label, from_row, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import SAME, View

SESSION, LIMB = "session_dose_per_kg", "limb_dose_per_kg"


@reads("patient.age_y", "patient.weight_kg", "treatment.dose_u", "treatment.sites")
def dose_per_kg(view: View) -> Iterator[Finding]:
    """Session or limb dose of a child against the label's range per kilogram."""
    for area in view.areas:
        for quantity, dose_u in ((SESSION, view.dose_in_u(area)), (LIMB, _limb_u(view, area))):
            fact = view.fact(quantity, area)
            if fact is None or fact.value is None or not dose_u:
                continue
            what = f"{plain(area)}{' in one limb' if quantity == LIMB else ''}"
            weight_kg = view.plan.patient.weight_kg
            if weight_kg is None:
                reason = f"The label gives {fact.low:g} to {fact.value:g} U/kg."
                title = f"Dose per kilogram for {what} not checked"
                yield unknown("dose_per_kg", title, reason, "patient.weight_kg")
                continue
            per_kg = dose_u / weight_kg
            reason = f"{per_kg:.3g} U/kg planned, the label gives {fact.low:g} to {fact.value:g}."
            if per_kg > fact.value + SAME:
                title = f"Dose per kilogram for {what} above the label"
                yield from_label("dose_per_kg", "caution", title, reason, fact, per_kg)
            elif fact.low is not None and per_kg < fact.low - SAME:
                title = f"Dose per kilogram for {what} below the label"
                yield from_label("dose_per_kg", "note", title, reason, fact, per_kg, fact.low)


def _limb_u(view: View, area: str) -> float:
    return max(
        view.total_u(shot for shot in view.shots_in(area) if shot.side == side)
        for side in ("left", "right")
    )


@reads("patient.age_y", "patient.weight_kg", "treatment.dose_u", "treatment.sites")
def weight_band(view: View) -> Iterator[Finding]:
    """Session dose of a child against the dose of the label's band of weight."""
    treatment, weight_kg = view.plan.treatment, view.plan.patient.weight_kg
    if view.population != "paediatric":
        return
    for area in view.areas:
        bands = weight_bands(treatment.product, treatment.region, area)
        view.consulted.extend(bands)
        dose_u = view.dose_in_u(area)
        if not bands or dose_u is None:
            continue
        if weight_kg is None:
            reason = "The label gives the dose by weight; without the weight it cannot be checked."
            title = f"Dose by weight for {plain(area)} not checked"
            yield unknown("weight_band", title, reason, "patient.weight_kg")
            continue
        for band in bands:
            if band.muscle == "any" and band.holds(weight_kg) and abs(dose_u - band.dose_u) > SAME:
                more = dose_u > band.dose_u
                yield from_row(
                    "weight_band",
                    "caution" if more else "note",
                    f"Dose for {plain(area)} {'above' if more else 'below'} the label's for "
                    f"{weight_kg:g} kg",
                    f"{dose_u:g} U planned, the label's band from {band.from_kg:g} kg has "
                    f"{band.dose_u:g} U.",
                    band,
                    dose_u,
                    band.dose_u,
                    "U",
                )


@reads("patient.age_y", "patient.weight_kg")
def weight_least(view: View) -> Iterator[Finding]:
    """Weight of a child against the least for which the label gives a dose."""
    weight_kg = view.plan.patient.weight_kg
    for area in view.areas:
        fact = view.fact("weight_min", area)
        if fact is None or fact.value is None:
            continue
        if weight_kg is None:
            reason = f"The label gives no dose below {fact.value:g} kg."
            yield unknown("weight_least", "Weight not stated", reason, "patient.weight_kg")
        elif weight_kg < fact.value:
            reason = f"{weight_kg:g} kg; the label gives no dose below {fact.value:g} kg."
            title = f"Lighter than the label doses for {plain(area)}"
            yield from_label("weight_least", "stop", title, reason, fact, weight_kg)
