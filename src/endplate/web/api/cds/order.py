"""Findings about a draft order: those of its plan, and what the order leaves open."""

from collections.abc import Iterable
from dataclasses import replace

from endplate.case import Patient, Plan
from endplate.fhir import Order
from endplate.safety import Finding, check

# Rules on what an order does not state but a plan must.
_DILUTION_RULES = {"site_volume", "reconstitution", "vials", "vial_strength"}
_SITE_RULES = {
    "placement", "site_count", "site_spacing", "site_in_muscle", "corrugator_height",
    "brow_clearance", "canthal_distance", "orbital_rim", "forehead_height", "trigone",
    "eye_or_hair",
    "dose_muscle", "muscle_sites", "muscle_named", "dose_site", "side_cap", "muscle_cap",
    "site_cap", "site_volume", "trial_dose",
}  # fmt: skip
_SHARE_RULES = {"dose_area", "dose_start", "dose_studied"}
_DOSE_RULES = _SITE_RULES | _SHARE_RULES | {
    "dose_per_kg", "weight_band", "session_cap", "cumulative_dose", "look_alike_dose", "vials",
    "repeat_dose",
}  # fmt: skip


def patient_of(order: Order, patient: Patient) -> Patient:
    """The patient of a record with the diseases that the order's reasons name."""
    known = patient.conditions
    if known is None:
        return replace(patient, conditions=tuple(order.conditions)) if order.conditions else patient
    return replace(patient, conditions=tuple(dict.fromkeys((*known, *order.conditions))))


def conditions_not_sent() -> Finding:
    """What stands beside the diseases that a reason names where no problem list was sent."""
    reason = "No problem list was sent: only what the order gives as its reason was checked."
    return Finding(
        "conditions", "unknown", "Conditions not stated", reason, missing="patient.conditions"
    )


def checked(order: Order, plan: Plan) -> tuple[Finding, ...]:
    """Findings of an order's plan, without those on things that the order does not state."""
    omitted = set(_DILUTION_RULES)
    if not order.placed:
        omitted |= _SITE_RULES
    if order.dose_u is None:
        omitted |= _DOSE_RULES
    if order.is_of_a_limb_not_named:
        # How much of the dose is for the arm and how much for the leg, nobody ordered.
        omitted |= _SHARE_RULES
    findings = tuple(one for one in check(plan).findings if one.rule not in omitted)
    if order.dose_u is None:
        return tuple(_without_sum(one) if one.rule == "recent_dose" else one for one in findings)
    return findings


def _without_sum(recent: Finding) -> Finding:
    """The finding on the same toxin not long ago where nobody wrote today's dose."""
    reason = (
        "The record holds the same product given not long ago, and the order states no dose: what "
        "the two come to is not known. Weakness adds up over the whole body."
    )
    return replace(recent, reason=reason, value=None, unit="")


def gap_findings(order: Order) -> tuple[Finding, ...]:
    """What the order leaves open, as unknown findings."""
    sentences = list(order.gaps)
    if order.dose_u is None:
        sentences.append("No total in units is known of this order, so its dose was not checked.")
    is_total_alone = order.dose_u is not None and not order.placed
    if not order.is_planned:
        is_total_alone = False
        sentences.append(
            "Without a use that can be planned the dose was held against the label's limits over "
            "all uses together, and against nothing else."
        )
    total = ["Not each dose has a muscle and a side: only the total was checked."]
    dilution = ["Orders state no vial and diluent, so volumes and dilution were not checked."]
    return (
        *not_read("order", "Not understood in the order", sentences),
        *(not_read("order", "Only the total was checked", total) if is_total_alone else ()),
        *not_read("dilution", "Dilution not checked", dilution),
    )


def not_read(rule: str, title: str, sentences: Iterable[str]) -> tuple[Finding, ...]:
    """Unknown finding on what could not be read; none where everything could."""
    reason = " ".join(dict.fromkeys(sentences))
    return (Finding(rule, "unknown", title, reason, missing=rule),) if reason else ()


def noted(sentences: Iterable[str]) -> tuple[Finding, ...]:
    """Note on how entries of the record were read; none where nothing is to be said."""
    reason = " ".join(dict.fromkeys(sentences))
    return (Finding("record_notes", "note", "How the record was read", reason),) if reason else ()
