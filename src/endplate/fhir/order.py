"""Draft orders of botulinum toxin as plans: what an order leaves open is reported, not guessed."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from endplate.case import Patient, Plan, Repeat, Treatment
from endplate.case.treatment import Site
from endplate.errors import FactMissing
from endplate.facts.atlas import blocks_of
from endplate.facts.codes import units_named
from endplate.facts.indications import indications
from endplate.facts.preparation import dilutions_for, vials
from endplate.fhir.concept import is_toxin, muscle_and_side, name_of, texts, words_of
from endplate.fhir.quantity import quantity_text, units_of, value_in
from endplate.fhir.record import medicine_names
from endplate.fhir.resources import Resources, concept_of_medicine, day_of, reasons_of

LIMBS = {"upper_limb_spasticity", "lower_limb_spasticity"}
NOT_ORDERED = {"entered-in-error", "cancelled", "stopped"}
INTERVAL_D, CYCLES = (14.0, 730.0), (2, 20)
_COUNTS = {word: n for n, word in enumerate(
    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
     "twelve"), 1,
)} | {"other": 2, "second": 2, "third": 3}  # fmt: skip
_COUNT = rf"\d+(?:\.\d+)?|{'|'.join(_COUNTS)}"
# "every 12 weeks", "q12wk", "alle 12 Wochen", and "12-weekly", "monthly"
_EVERY = re.compile(
    rf"\b(?:every|each|q|alle)\s*({_COUNT})?\s*-?\s*([a-z]+)\b|"
    rf"\b(?:({_COUNT})[\s-]*)?([a-z]+ly)\b"
)
_OF_TIME = re.compile(r"\b(?:week|month|quarter|year|annual|fortnight|repeat|again|wk)")


@dataclass
class Order:
    """What one or more orders of one product say together; `gaps` lists what they do not.

    `conditions` are diseases that a reason names beside or behind the use; `is_planned` says
    whether the order made a plan that could be checked whole.
    """

    product: str
    uses: list[str] = field(default_factory=list)
    doses_u: list[float | None] = field(default_factory=list)
    sites: list[Site | None] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    repeat: Repeat | None = None
    is_planned: bool = True

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

    @property
    def is_of_a_limb_not_named(self) -> bool:
        """Whether both limbs are checked because the order names neither."""
        return set(self.uses) >= LIMBS and not self.placed


def orders_of(resources: Resources) -> tuple[list[Order], list[str]]:
    """Orders of toxin by product, and in sentences what of the orders could not be read."""
    orders: dict[str, Order] = {}
    unread = list(resources.unread)
    for request in resources.of("MedicationRequest"):
        if request.status in NOT_ORDERED or request.doNotPerform:
            continue
        concept, names = (
            concept_of_medicine(request, resources),
            medicine_names(request, resources),
        )
        products = words_of("product", concept, names)
        if not names and not products:
            unread.append(_nameless(request, concept))
        if not products and not is_toxin(names):
            continue
        if not products:
            unread.append(f"{names[0][:100]} is not a product whose label is known here.")
            continue
        _add(orders.setdefault(products[0], Order(products[0])), request, resources)
    if len(orders) > 1:
        unread.append(
            f"{' and '.join(orders)} are ordered together: their units cannot be added, and no "
            "limit over both was checked."
        )
    return list(orders.values()), unread


def _nameless(request: Any, concept: Any) -> str:
    reference = getattr(request.medicationReference, "reference", None)
    if concept is None and reference:
        return f"The medicine of a draft order, {str(reference)[:60]}, was not sent."
    return f"The medicine of a draft order ({name_of(concept)}) has no text or display."


def _add(order: Order, request: Any, resources: Resources) -> None:
    named = _reasons(order, request, resources)
    dosages = request.dosageInstruction or ()
    if not dosages:
        order.gaps.append("The order states no dose.")
        order.doses_u.append(None)
        order.sites.append(None)
    places = [_place(order, dosage) for dosage in dosages]
    known = _of_limb(named, [place[0] for place in places if place])
    order.uses += [use for use in known if use not in order.uses]
    for dosage, place in zip(dosages, places, strict=True):
        _dose(order, dosage, place, known[0] if len(known) == 1 else None)
    if set(known) >= LIMBS:
        order.gaps.append("The reason names no limb: arm and leg were both checked.")
    _repeat(order, request, dosages)


def _reasons(order: Order, request: Any, resources: Resources) -> list[str]:
    """Uses that the reasons name; a disease beside a use belongs to the person."""
    uses, other = [], []
    reasons = reasons_of(request, resources)
    for concept, names in reasons:
        found = words_of("indication", concept, names)
        uses += [use for use in found if use not in uses]
        diseases = words_of("condition", concept, names)
        order.conditions += [word for word in diseases if word not in order.conditions]
        if not found:
            other.append((next(iter([*texts(concept), *names]), name_of(concept)), bool(diseases)))
    for name, is_disease in other:
        if not (uses and is_disease):
            order.gaps.append(f"The reason {name} is not a use that labels name.")
    if not reasons:
        order.gaps.append("The order states no reason, so its use is not known.")
    return uses


def _of_limb(uses: list[str], muscles: list[str]) -> list[str]:
    """Uses without the limb in which no muscle is named, where muscles tell."""
    if not set(uses) >= LIMBS or not muscles:
        return uses
    regions = {block.region for muscle in muscles for block in _blocks(muscle)}
    charts = {row.name: row.chart for row in indications() if row.name in LIMBS}
    told = {use for use, chart in charts.items() if chart in regions}
    return [use for use in uses if use not in LIMBS or use in told or not told]


def _blocks(muscle: str) -> tuple[Any, ...]:
    try:
        return tuple(blocks_of(muscle))
    except FactMissing:
        return ()


def _place(order: Order, dosage: Any) -> tuple[str, str] | None:
    target = muscle_and_side(texts(dosage.site))
    if dosage.site is not None and target is None:
        name = name_of(dosage.site)
        order.gaps.append(f"The site {name} is not a muscle and a side that are known here.")
    return target


def _dose(order: Order, dosage: Any, place: tuple[str, str] | None, use: str | None) -> None:
    quantity, gap = _largest(dosage.doseAndRate or ())
    order.gaps += [gap] if gap else []
    dose_u = units_of(quantity)
    if dose_u is None:
        unit = getattr(quantity, "unit", None) or getattr(quantity, "code", None)
        fault = f"is in {unit}" if unit else "is not stated as one quantity"
        order.gaps.append(f"A dose {fault}; units of the product are needed.")
    order.doses_u.append(dose_u)
    if place is None or dose_u is None:
        order.sites.append(None)
    else:
        order.sites.append(Site(dose_u, place[1], place[0], indication=use))


def _largest(rates: Any) -> tuple[Any, str]:
    """Dose of a row, the largest of several and the upper end of a range, and words for it."""
    found = [(rate.doseQuantity or getattr(rate.doseRange, "high", None), rate) for rate in rates]
    stated = [(quantity, rate) for quantity, rate in found if quantity is not None]
    if not stated:
        return None, ""
    unread = [quantity for quantity, _ in stated if units_of(quantity) is None]
    if unread:
        return unread[0], ""
    quantity, rate = max(stated, key=lambda one: units_of(one[0]) or 0.0)
    if len({units_of(other) for other, _ in stated}) > 1:
        told = "is stated more than once: the largest"
    elif rate.doseQuantity is None:
        told = "is a range: its upper end"
    else:
        return quantity, ""
    return quantity, f"A dose {told}, {quantity_text(quantity)}, was checked."


def _repeat(order: Order, request: Any, dosages: Any) -> None:
    """Interval of an order that repeats, or a sentence on why it could not be read."""
    read = [one for dosage in dosages for one in _intervals(dosage)]
    for interval_d, count, sentence in read:
        if interval_d is None:
            order.gaps.append(sentence)
        elif count == 1:
            continue
        elif not INTERVAL_D[0] <= interval_d <= INTERVAL_D[1]:
            order.gaps.append(
                f"{sentence}; only repeats from {INTERVAL_D[0]:g} to {INTERVAL_D[1]:g} days are "
                "checked, so this one was not."
            )
        elif order.repeat is None or interval_d < (order.repeat.interval_d or 0.0):
            cycles = min(max(count or CYCLES[0], CYCLES[0]), CYCLES[1])
            order.repeat = Repeat(cycles=float(cycles), interval_d=interval_d)
    if not read:
        _refills(order, request.dispenseRequest)


def _refills(order: Order, dispense: Any) -> None:
    """Repeats that are allowed, at the interval of dispensing or for which one supply lasts."""
    refills = getattr(dispense, "numberOfRepeatsAllowed", None)
    if not refills:
        return
    named = (getattr(dispense, name) for name in ("dispenseInterval", "expectedSupplyDuration"))
    interval_d = next((value_in(one, "time") for one in named if one is not None), None)
    if interval_d is None or not INTERVAL_D[0] <= interval_d <= INTERVAL_D[1]:
        order.gaps.append(f"The order allows {refills} repeats and states no interval.")
    else:
        cycles = min(max(int(refills) + 1, CYCLES[0]), CYCLES[1])
        order.repeat = Repeat(cycles=float(cycles), interval_d=interval_d)


def _intervals(dosage: Any) -> Iterator[tuple[float | None, int | None, str]]:
    """Days between treatments, how many in all, and the words for it."""
    timing = dosage.timing
    repeat = getattr(timing, "repeat", None)
    words = [*texts(getattr(timing, "code", None)), dosage.text or ""]
    if repeat is not None and repeat.period is not None:
        yield _timed(repeat)
        return
    for text in words:
        interval_d = _interval_d(text)
        if interval_d is not None:
            yield interval_d, None, f"The order says {text.strip()[:80]!r}"
            return
    if timing is not None and len(timing.event or ()) > 1:
        yield from _between(timing.event)
    elif repeat is not None and not _is_once(repeat):
        yield None, None, "The order's timing was not read."
    elif timing is not None and texts(timing.code):
        yield None, None, f"The order's timing, {texts(timing.code)[0][:60]}, was not read."
    elif dosage.text and _OF_TIME.search(dosage.text.casefold()):
        yield None, None, f"The order's timing in {dosage.text.strip()[:60]!r} was not read."


def _interval_d(text: str) -> float | None:
    """Days between treatments that a text names, None where it names none."""
    for number, unit, other, adverb in _EVERY.findall(text.casefold()):
        named = units_named("time", None, (unit or adverb,))
        if named:
            count = number or other or "1"
            return float(_COUNTS.get(count, count)) * named[0].value
    return None


def _timed(repeat: Any) -> tuple[float | None, int | None, str]:
    named = units_named("time", repeat.periodUnit, (repeat.periodUnit,))
    if not named:
        return None, None, "The order's timing names no unit of time and was not read."
    interval_d = float(repeat.period) * named[0].value / (repeat.frequency or 1)
    bounds = _bounds_d(repeat)
    count = repeat.countMax or repeat.count
    if count is None and bounds is not None:
        count = int(bounds // interval_d) + 1
    return interval_d, count, f"The order repeats every {interval_d:g} days"


def _bounds_d(repeat: Any) -> float | None:
    if repeat.boundsDuration is not None:
        return value_in(repeat.boundsDuration, "time")
    start, end = (day_of(getattr(repeat.boundsPeriod, name, None)) for name in ("start", "end"))
    return float((end - start).days) if start and end else None


def _is_once(repeat: Any) -> bool:
    """Whether a timing without a period tells of one treatment alone."""
    names = ("dayOfWeek", "timeOfDay", "when", "boundsPeriod", "boundsDuration", "boundsRange")
    recurs = any(getattr(repeat, name, None) for name in names) and repeat.count != 1
    return not recurs and (repeat.count or repeat.frequency or 1) == 1


def _between(events: Any) -> Iterator[tuple[float | None, int | None, str]]:
    days = sorted({day for day in map(day_of, events) if day is not None})
    gaps = [(later - day).days for day, later in itertools.pairwise(days)]
    if gaps:
        yield float(min(gaps)), len(days), f"The order repeats after {min(gaps)} days"


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
    plan = Plan(patient, treatment, repeat=order.repeat)
    # Written and read again, so that it gets the faults that any other plan would get.
    return Plan.loads(plan.dumps(), "order")
