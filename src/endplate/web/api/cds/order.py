"""Draft orders of botulinum toxin as plans: what an order leaves open is said, never guessed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from endplate.case import Patient, Plan, Treatment
from endplate.case.treatment import Site
from endplate.facts.preparation import dilutions_for, vials
from endplate.safety import Finding, check
from endplate.web.api.cds.concept import is_toxin, muscle_and_side, name_of, texts, word_of
from endplate.web.api.cds.record import units_of
from endplate.web.api.cds.resources import Resources, medicine_names, medicine_of

# Rules that would speak of what the order does not state but the plan's form asks for.
_DILUTION = {"site_volume", "reconstitution", "vials", "vial_strength"}
_SITES = {
    "placement", "site_count", "site_spacing", "site_in_muscle", "corrugator_height",
    "brow_clearance", "canthal_distance", "orbital_rim", "forehead_height", "trigone",
    "dose_muscle", "muscle_sites", "muscle_named", "dose_site", "side_cap", "muscle_cap",
    "site_cap", "site_volume", "trial_dose",
}  # fmt: skip
_DOSE = _SITES | {
    "dose_area", "dose_start", "dose_studied", "dose_per_kg", "weight_band", "session_cap",
    "cumulative_dose", "look_alike_dose", "vials",
}  # fmt: skip


@dataclass
class Order:
    """What one or more orders of one product say together; `open` tells what they do not."""

    product: str
    uses: list[str] = field(default_factory=list)
    doses_u: list[float | None] = field(default_factory=list)
    sites: list[Site | None] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    @property
    def dose_u(self) -> float | None:
        """Sum of the doses, None where one of them is not known."""
        known = [dose_u for dose_u in self.doses_u if dose_u is not None]
        return sum(known) if known and len(known) == len(self.doses_u) else None

    @property
    def placed(self) -> tuple[Site, ...]:
        """Sites, where every dose has one."""
        found = tuple(site for site in self.sites if site is not None)
        return found if found and len(found) == len(self.sites) else ()


def orders_of(resources: Resources) -> tuple[list[Order], list[str]]:
    """Orders of toxin by product, and in sentences what of the orders could not be read."""
    found: dict[str, Order] = {}
    unread = list(resources.unread)
    for request in resources.of("MedicationRequest"):
        names = medicine_names(request, texts)
        if not names:
            said = name_of(medicine_of(request))
            unread.append(f"The medicine of a draft order ({said}) has no text or display.")
        if not is_toxin(names):
            continue
        product = word_of("product", names)
        if product is None:
            unread.append(f"{names[0][:100]} is not a product whose label is at hand.")
            continue
        _add(found.setdefault(product, Order(product)), request)
    if len(found) > 1:
        unread.append(
            f"{' and '.join(found)} are ordered together: their units cannot be added, and no "
            "limit over both was checked."
        )
    return list(found.values()), unread


def _add(order: Order, request: Any) -> None:
    uses = [(name_of(one), word_of("indication", texts(one))) for one in request.reasonCode or ()]
    order.open += [f"The reason {said} is not a use that labels name." for said, w in uses if not w]
    known = [use for _, use in uses if use]
    order.uses += [use for use in known if use not in order.uses]
    if not uses:
        order.open.append("The order states no reason, so its use is not known.")
    dosages = request.dosageInstruction or ()
    if not dosages:
        order.open.append("The order states no dose.")
        order.doses_u.append(None)
        order.sites.append(None)
    for dosage in dosages:
        _dose(order, dosage, known[0] if len(known) == 1 else None)


def _dose(order: Order, dosage: Any, use: str | None) -> None:
    rates = dosage.doseAndRate or ()
    quantity = rates[0].doseQuantity if rates else None
    dose_u = units_of(quantity)
    if dose_u is None:
        unit = getattr(quantity, "unit", None) or getattr(quantity, "code", None)
        said = f"is in {unit}" if unit else "is not stated as one quantity"
        order.open.append(f"A dose {said}; units of the product are needed.")
    order.doses_u.append(dose_u)
    place = muscle_and_side(texts(dosage.site))
    if dosage.site is not None and place is None:
        said = name_of(dosage.site)
        order.open.append(f"The site {said} is not a muscle and a side that are known here.")
    if place is None or dose_u is None:
        order.sites.append(None)
    else:
        order.sites.append(Site(dose_u, place[1], place[0], indication=use))


def plan_of_order(order: Order, patient: Patient, day: date, region: str) -> Plan | None:
    """Plan of an order, None where its use is not known.

    Raises
    ------
    PlanFaults
        What the order says is no plan.
    """
    if not order.uses:
        return None
    rows = dilutions_for(order.product, region, order.uses[0])
    sold = vials(order.product, region) or vials(order.product)
    vial_u = rows[0].vial_u if rows else sold[0].vial_u if sold else 100.0
    treatment = Treatment(
        date=day,
        product=order.product,
        indications=tuple(order.uses),
        vial_u=vial_u,
        diluent_ml=rows[0].diluent_ml if rows else 1.0,
        region=region,
        protocol=None if order.placed else "label",
        dose_u=None if order.placed else order.dose_u,
        sites=order.placed,
    )
    # Written and read again, so that the reader's own faults are told as for any other plan.
    return Plan.loads(Plan(patient, treatment).dumps(), "order")


def checked(order: Order, plan: Plan) -> tuple[Finding, ...]:
    """Findings of an order's plan, without what would speak of things the order does not state."""
    left_out = set(_DILUTION)
    if not order.placed:
        left_out |= _SITES
    if order.dose_u is None:
        left_out |= _DOSE
    return tuple(one for one in check(plan).findings if one.rule not in left_out)


def gaps(order: Order) -> tuple[Finding, ...]:
    """What the order leaves open, as unknown findings."""
    told = list(order.open)
    if order.dose_u is None:
        told.append("No total in units is known of this order, so its dose was not checked.")
    elif not order.placed:
        told.append("Not each dose has a muscle and a side: the total was checked, no site was.")
    sentence = "Orders state no vial and diluent, so volumes and dilution were not checked."
    return (
        *not_read("order", "Not understood in the order", told),
        *not_read("dilution", "Dilution not checked", [sentence]),
    )


def not_read(rule: str, title: str, sentences: Iterable[str]) -> tuple[Finding, ...]:
    """Unknown finding of what could not be read, none where all could."""
    told = " ".join(dict.fromkeys(sentences))
    return (Finding(rule, "unknown", title, told, missing=rule),) if told else ()
