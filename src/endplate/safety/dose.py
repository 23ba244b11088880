"""Dose against the label: per area, per site, and against the highest dose ever studied."""

from collections.abc import Iterator

from endplate.facts.label import LabelRule, weight_bands
from endplate.safety.finding import Finding, beside, from_label, from_row, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import REFERENCE_REGION, SAME, View


@reads(
    "patient.age_y",
    "treatment.product",
    "treatment.region",
    "treatment.indications",
    "treatment.dose_u",
    "treatment.sites",
)
def dose_area(view: View) -> Iterator[Finding]:
    """Session dose of each area against the label's."""
    for area in view.areas:
        fact, dose_u = view.fact("session_dose", area), view.dose_in_u(area)
        if dose_u is None:
            if view.is_labelled(area) and area in view.plan.treatment.indications:
                reason = "No site of this area is in the plan, so its dose cannot be checked."
                yield unknown("dose_area", f"No dose for {plain(area)}", reason, "treatment.site")
        elif _dosed_by_weight(view, area):
            continue
        elif fact is None or fact.value is None:
            yield from _no_single_dose(view, area, dose_u)
        elif dose_u > (most_u := _most_u(view, area, fact.value)) + SAME:
            title = f"Dose for {plain(area)} above the label"
            more_u = most_u - fact.value
            shoulder = f" and {more_u:g} U more for the shoulder muscles planned" if more_u else ""
            reason = (
                f"{dose_u:g} U planned, the label gives {_range_words(fact)} for this area"
                f"{shoulder}; a higher dose is off label."
            )
            yield from_label("dose_area", "caution", title, reason, fact, dose_u, most_u)
        elif dose_u < (fact.low or fact.value) - SAME:
            title = f"Dose for {plain(area)} below the label"
            reason = f"{dose_u:g} U planned; the trials behind the label gave more."
            limit = fact.low or fact.value
            yield from_label("dose_area", "note", title, reason, fact, dose_u, limit)


def _most_u(view: View, area: str, session_u: float) -> float:
    """Highest labelled dose [U]: the session's, and what the label adds for shoulder muscles."""
    extra, named = view.fact("shoulder_dose_extra", area), view.fact("shoulder_muscles", area)
    if extra is None or extra.value is None or named is None:
        return session_u
    muscles = named.text.split(";")
    shoulder_u = view.total_u(shot for shot in view.shots_in(area) if shot.muscle in muscles)
    return session_u + min(shoulder_u, extra.value)


def _range_words(fact: LabelRule) -> str:
    low = "" if fact.low in (None, fact.value) else f"{fact.low:g} to "
    return f"{low}{fact.value:g} U"


def _dosed_by_weight(view: View, area: str) -> bool:
    """Whether the label doses this person's area by weight, which other rules look at."""
    treatment = view.plan.treatment
    return view.population == "paediatric" and (
        bool(weight_bands(treatment.product, treatment.region, area))
        or view.fact("session_dose_per_kg", area) is not None
        or view.fact("limb_dose_per_kg", area) is not None
    )


def _no_single_dose(view: View, area: str, dose_u: float) -> Iterator[Finding]:
    typical = view.fact("typical_dose", area)
    title = f"No single label dose for {plain(area)}"
    if typical is not None and typical.value is not None:
        reason = (
            f"{dose_u:g} U planned. The label gives no one dose; half of the people in the pivotal "
            f"trial had {typical.low:g} to {typical.high:g} U."
        )
        yield from_label("dose_area", "note", title, reason, typical, dose_u)
    elif view.is_labelled(area) and not view.pattern(area):
        yield _missing_dose(view, area, dose_u, title)


def _missing_dose(view: View, area: str, dose_u: float, title: str) -> Finding:
    region, reference = view.plan.treatment.region, view.reference_fact("session_dose", area)
    if reference is None or region == REFERENCE_REGION:
        reason = "The label gives no one dose for this use, so the dose cannot be checked."
        return unknown("dose_area", title, reason, "session_dose")
    reason = (
        f"{dose_u:g} U planned. No {region} text on the dose is at hand; the {REFERENCE_REGION} "
        f"label gives {_range_words(reference)}."
    )
    title = f"Label dose for {plain(area)} in {region} not known"
    return beside("dose_area", title, reason, reference, dose_u)


@reads("patient.previous", "treatment.dose_u", "treatment.sites")
def dose_start(view: View) -> Iterator[Finding]:
    """Dose of a first treatment against the label's first dose."""
    for area in view.areas:
        fact, dose_u = view.fact("start_dose", area), view.dose_in_u(area)
        if fact is None or fact.value is None or dose_u is None or dose_u <= fact.value + SAME:
            continue
        earlier = view.plan.patient.previous
        if earlier is None:
            reason = (
                f"{dose_u:g} U planned; in people new to it the label starts with "
                f"{_range_words(fact)}, and whether there were earlier treatments is not stated."
            )
            title = f"First dose for {plain(area)} not checked"
            yield unknown("dose_start", title, reason, "patient.previous")
        elif not any(e.indication in (area, None) for e in earlier):
            reason = (
                f"{dose_u:g} U planned and no earlier treatment of this area; the label starts "
                f"with {_range_words(fact)}."
            )
            title = f"First dose for {plain(area)} above the label's"
            yield from_label("dose_start", "caution", title, reason, fact, dose_u)


@reads("treatment.dose_u", "treatment.sites")
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


@reads("treatment.dose_u", "treatment.sites")
def dose_studied(view: View) -> Iterator[Finding]:
    """Session dose of each area against the highest one in the trials at hand."""
    for area in view.areas:
        fact, dose_u = view.fact("studied_dose_max", area), view.dose_in_u(area)
        if dose_u is None or _within_label(view, area, dose_u):
            continue
        if fact is None or fact.value is None:
            yield _against_trials(view, area, dose_u)
        elif dose_u > fact.value + SAME:
            title = f"Dose for {plain(area)} above any dose in the trials at hand"
            reason = f"{dose_u:g} U planned; the highest trial dose found is {fact.value:g} U."
            yield from_label("dose_studied", "stop", title, reason, fact, dose_u)


def _against_trials(view: View, area: str, dose_u: float) -> Finding:
    """What the doses of the table of trials say where no highest dose was set down for the use."""
    from endplate.facts.trials import trial_doses  # most plans need none of this large table

    tried = trial_doses(view.plan.treatment.product, area)
    name = plain(area)[:60]
    if not tried:
        reason = "No trial dose of this product for this use is at hand to compare with."
        return unknown("dose_studied", f"No trial dose for {name}", reason, "studied_dose_max")
    most = tried[-1]
    over = dose_u > most.dose_u + SAME
    title = f"Dose for {name} above any dose in the trials at hand"
    listed = ", ".join(f"{one.dose_u:g}" for one in tried)
    reason = f"{dose_u:g} U planned; the trials at hand gave {listed} U in all."
    return from_row(
        "dose_studied",
        "caution" if over else "note",
        title if over else f"Trials of {name} at hand",
        reason,
        most,
        dose_u,
        most.dose_u,
        "U",
    )


@reads("patient.age_y", "patient.weight_kg", "treatment.dose_u", "treatment.sites")
def dose_least(view: View) -> Iterator[Finding]:
    """Session dose of each area against the lowest of label and trials: far under it is a slip."""
    share = view.fact("least_dose_share")
    for area in view.areas:
        dose_u = view.dose_in_u(area)
        if dose_u is None or share is None or share.value is None:
            continue
        lowest_u = _lowest_u(view, area, dose_u / share.value)
        if lowest_u is not None and dose_u < share.value * lowest_u - SAME:
            title = f"Dose for {plain(area)} far below every dose tried"
            reason = (
                f"{dose_u:g} U planned; the lowest dose that the label or a trial at hand gives "
                f"is {lowest_u:g} U. Check dose and product."
            )
            yield from_row("dose_least", "caution", title, reason, share, dose_u, lowest_u, "U")


def _lowest_u(view: View, area: str, enough_u: float) -> float | None:
    """Lowest dose of one area in label and trials [U]; None where neither has one.

    The trials are not looked at where the label has a dose of `enough_u` or less.
    """
    treatment, weight_kg = view.plan.treatment, view.plan.patient.weight_kg
    known_u: list[float | None] = [site.low_u for site in view.pattern(area)]
    for quantity in ("session_dose", "typical_dose", "start_dose"):
        fact = view.fact(quantity, area)
        known_u += [] if fact is None else [fact.low or fact.value]
    bands = weight_bands(treatment.product, treatment.region, area)
    known_u += [band.dose_u for band in bands if view.population == "paediatric"]
    for quantity in ("session_dose_per_kg", "limb_dose_per_kg"):
        fact = view.fact(quantity, area)
        if fact is not None and weight_kg is not None:
            known_u.append((fact.low or fact.value or 0.0) * weight_kg)
    lowest_u = min((u for u in known_u if u), default=None)
    if view.population != "adult" or (lowest_u is not None and lowest_u <= enough_u):
        return lowest_u
    from endplate.facts.trials import trial_doses

    tried_u = [one.dose_u for one in trial_doses(treatment.product, area)]
    return min((u for u in (lowest_u, *tried_u) if u), default=None)


def _within_label(view: View, area: str, dose_u: float) -> bool:
    """Whether a verified label dose covers a dose that no trial at hand may have reached."""
    fact = view.fact("session_dose", area)
    if fact is None or fact.value is None or not fact.verified:
        return False
    return dose_u <= _most_u(view, area, fact.value) + SAME
