"""Draft orders of botulinum toxin as plans: what an order leaves open is reported, not guessed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from endplate.case import Patient, Plan, Treatment
from endplate.case.treatment import Site
from endplate.facts.preparation import dilutions_for, vials
from endplate.safety import Finding, check
from endplate.web.api.cds.fhir import (
    Resources,
    is_toxin,
    medicine_names,
    medicine_of,
    muscle_and_side,
    name_of,
    texts,
    word_of,
)
from endplate.web.api.cds.record import units_of

# Rules on what an order does not state but a plan must.
_DILUTION_RULES = {"site_volume", "reconstitution", "vials", "vial_strength"}
_SITE_RULES = {
    "placement", "site_count", "site_spacing", "site_in_muscle", "corrugator_height",
    "brow_clearance", "canthal_distance", "orbital_rim", "forehead_height", "trigone",
    "dose_muscle", "muscle_sites", "muscle_named", "dose_site", "side_cap", "muscle_cap",
    "site_cap", "site_volume", "trial_dose",
}  # fmt: skip
_DOSE_RULES = _SITE_RULES | {
    "dose_area", "dose_start", "dose_studied", "dose_per_kg", "weight_band", "session_cap",
    "cumulative_dose", "look_alike_dose", "vials",
}  # fmt: skip


@dataclass
class Order:
    """What one or more orders of one product say together; `gaps` lists what they do not."""

    product: str
    uses: list[str] = field(default_factory=list)
    doses_u: list[float | None] = field(default_factory=list)
    sites: list[Site | None] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def dose_u(self) -> float | None:
        """Sum of the doses, None where one of them is not known."""
        known = [dose_u for dose_u in self.doses_u if dose_u is not None]
        return sum(known) if known and len(known) == len(self.doses_u) else None

    @property
    def placed(self) -> tuple[Site, ...]:
        """Sites, where every dose has one."""
        sites = tuple(site for site in self.sites if site is not None)
        return sites if sites and len(sites) == len(self.sites) else ()


def orders_of(resources: Resources) -> tuple[list[Order], list[str]]:
    """Orders of toxin by product, and in sentences what of the orders could not be read."""
    orders: dict[str, Order] = {}
    unread = list(resources.unread)
    for request in resources.of("MedicationRequest"):
        names = medicine_names(request)
        if not names:
            name = name_of(medicine_of(request))
            unread.append(f"The medicine of a draft order ({name}) has no text or display.")
        if not is_toxin(names):
            continue
        product = word_of("product", names)
        if product is None:
            unread.append(f"{names[0][:100]} is not a product whose label is known here.")
            continue
        _add(orders.setdefault(product, Order(product)), request)
    if len(orders) > 1:
        unread.append(
            f"{' and '.join(orders)} are ordered together: their units cannot be added, and no "
            "limit over both was checked."
        )
    return list(orders.values()), unread


def _add(order: Order, request: Any) -> None:
    uses = [(name_of(r), word_of("indication", texts(r))) for r in request.reasonCode or ()]
    order.gaps += [
        f"The reason {name} is not a use that labels name." for name, use in uses if not use
    ]
    known = [use for _, use in uses if use]
    order.uses += [use for use in known if use not in order.uses]
    if not uses:
        order.gaps.append("The order states no reason, so its use is not known.")
    dosages = request.dosageInstruction or ()
    if not dosages:
        order.gaps.append("The order states no dose.")
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
        fault = f"is in {unit}" if unit else "is not stated as one quantity"
        order.gaps.append(f"A dose {fault}; units of the product are needed.")
    order.doses_u.append(dose_u)
    target = muscle_and_side(texts(dosage.site))
    if dosage.site is not None and target is None:
        name = name_of(dosage.site)
        order.gaps.append(f"The site {name} is not a muscle and a side that are known here.")
    if target is None or dose_u is None:
        order.sites.append(None)
    else:
        order.sites.append(Site(dose_u, target[1], target[0], indication=use))


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
    # Written and read again, so that it gets the faults that any other plan would get.
    return Plan.loads(Plan(patient, treatment).dumps(), "order")


def checked(order: Order, plan: Plan) -> tuple[Finding, ...]:
    """Findings of an order's plan, without those on things that the order does not state."""
    omitted = set(_DILUTION_RULES)
    if not order.placed:
        omitted |= _SITE_RULES
    if order.dose_u is None:
        omitted |= _DOSE_RULES
    return tuple(finding for finding in check(plan).findings if finding.rule not in omitted)


def gap_findings(order: Order) -> tuple[Finding, ...]:
    """What the order leaves open, as unknown findings."""
    sentences = list(order.gaps)
    if order.dose_u is None:
        sentences.append("No total in units is known of this order, so its dose was not checked.")
    elif not order.placed:
        sentences.append("Not each dose has a muscle and a side: only the total was checked.")
    dilution = "Orders state no vial and diluent, so volumes and dilution were not checked."
    return (
        *not_read("order", "Not understood in the order", sentences),
        *not_read("dilution", "Dilution not checked", [dilution]),
    )


def not_read(rule: str, title: str, sentences: Iterable[str]) -> tuple[Finding, ...]:
    """Unknown finding on what could not be read; none where everything could."""
    reason = " ".join(dict.fromkeys(sentences))
    return (Finding(rule, "unknown", title, reason, missing=rule),) if reason else ()
