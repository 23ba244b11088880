"""The CDS Hooks 2.0 endpoints: discovery, the two services, feedback."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from endplate.errors import PlanFaults
from endplate.safety.record import check_record
from endplate.web.api.cds.cards import Card, cards, is_uuid, last_toxin, plain_card
from endplate.web.api.cds.order import (
    Order,
    checked,
    gaps,
    not_read,
    orders_of,
    plan_of_order,
)
from endplate.web.api.cds.record import Record, record_of
from endplate.web.api.cds.resources import Resources, day_of
from endplate.web.api.desk import AtDesk, answer, wants_json
from endplate.web.api.errors import Refused, plain

routes = APIRouter(prefix="/cds-services", tags=["CDS Hooks"])
BODY = [Depends(wants_json)]
ORDER_SIGN, PATIENT_VIEW = "endplate-order-sign", "endplate-patient-view"
_OF_PATIENT = "patient={{context.patientId}}"
PREFETCH = {
    "patient": "Patient/{{context.patientId}}",
    "conditions": f"Condition?{_OF_PATIENT}&clinical-status=active,recurrence,relapse",
    "allergies": f"AllergyIntolerance?{_OF_PATIENT}&clinical-status=active",
    "medications": f"MedicationRequest?{_OF_PATIENT}&status=active,completed",
    "statements": f"MedicationStatement?{_OF_PATIENT}&status=active,completed",
    "administrations": f"MedicationAdministration?{_OF_PATIENT}&status=completed",
    "measures": f"Observation?{_OF_PATIENT}&code=29463-7,8302-2&_sort=-date&_count=10",
}
_KINDS = {key: template.partition("?")[0].partition("/")[0] for key, template in PREFETCH.items()}
SERVICES = [
    {
        "hook": "order-sign",
        "id": ORDER_SIGN,
        "title": "Botulinum toxin against its label",
        "description": "Checks draft orders of botulinum toxin against the label: dose, interval, "
        "contraindications, interactions, age. Recommends no dose.",
        "prefetch": PREFETCH,
    },
    {
        "hook": "patient-view",
        "id": PATIENT_VIEW,
        "title": "Botulinum toxin: what the record speaks against",
        "description": "Contraindications, interactions and the last toxin treatment that the "
        "record knows of.",
        "prefetch": PREFETCH,
    },
]


class HookCall(BaseModel):
    """A call of a service; what the service does not use is not read."""

    model_config = ConfigDict(extra="allow")
    hook: str = Field(max_length=64, examples=["order-sign"])
    hookInstance: str = Field(max_length=64, examples=["d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"])
    context: dict[str, Any] = Field(
        examples=[{"userId": "Practitioner/1", "patientId": "1", "draftOrders": {}}]
    )
    prefetch: dict[str, Any] | None = Field(None, description="resources, by the service's keys")


class Outcome(BaseModel):
    """What became of a card."""

    model_config = ConfigDict(extra="allow")
    card: str = Field(max_length=64)
    outcome: str = Field(pattern="^(accepted|overridden)$")


class Feedback(BaseModel):
    """What became of the cards of a service; read and forgotten."""

    model_config = ConfigDict(extra="allow")
    feedback: list[Outcome] = Field(max_length=1000)


class CardsTold(BaseModel):
    """Cards, worst first."""

    cards: list[dict[str, Any]]


class ServicesTold(BaseModel):
    """The services on offer."""

    services: list[dict[str, Any]]


@routes.get("", responses={200: {"model": ServicesTold}})
async def discovery(desk: AtDesk) -> Response:
    """List the services (CDS Hooks discovery)."""
    return await answer(desk.quick, lambda: {"services": SERVICES})


@routes.post(f"/{ORDER_SIGN}", responses={200: {"model": CardsTold}}, dependencies=BODY)
async def order_sign(call: HookCall, desk: AtDesk) -> Response:
    """Check draft orders of botulinum toxin; other orders get no card."""
    _expect(call, "order-sign")
    return await answer(desk.quick, lambda: {"cards": order_cards(call, desk.settings.region)})


@routes.post(f"/{PATIENT_VIEW}", responses={200: {"model": CardsTold}}, dependencies=BODY)
async def patient_view(call: HookCall, desk: AtDesk) -> Response:
    """Tell what of the record speaks against botulinum toxin."""
    _expect(call, "patient-view")
    return await answer(desk.quick, lambda: {"cards": patient_cards(call, desk.settings.region)})


@routes.post("/{service}/feedback", dependencies=BODY)
async def feedback(
    service: Annotated[str, Path(max_length=100, examples=[ORDER_SIGN])], told: Feedback
) -> dict[str, Any]:
    """Take feedback; nothing of it is kept."""
    if service not in {one["id"] for one in SERVICES}:
        raise plain(404)
    return {}


def _expect(call: HookCall, hook: str) -> None:
    if call.hook != hook:
        raise Refused(400, "bad_request", f"hook is {call.hook[:60]!r}; this is for {hook}.")
    if not is_uuid(call.hookInstance):
        raise Refused(400, "bad_request", "hookInstance is no UUID.")
    if hook == "order-sign" and not isinstance(call.context.get("draftOrders"), Mapping):
        raise Refused(400, "bad_request", "context.draftOrders is missing; it must be a Bundle.")


def prefetched(call: HookCall) -> Resources:
    """Resources of the prefetch; a key with an empty bundle was looked up and found nothing."""
    resources = Resources()
    for key, value in (call.prefetch or {}).items():
        if key in _KINDS and isinstance(value, Mapping) and value.get("resourceType") == "Bundle":
            resources.asked.add(_KINDS[key])
        resources.add(value, f"prefetch.{key[:40]}")
    return resources


def order_cards(call: HookCall, region: str) -> list[Card]:
    """Cards about the draft orders of a call."""
    drafts = Resources()
    drafts.add(call.context["draftOrders"], "draftOrders")
    orders, unread = orders_of(drafts)
    if not orders and not unread:
        return []
    day = _day(drafts)
    record = record_of(prefetched(call), day)
    said = list(not_read("order", "Not read from the order", unread))
    if orders:
        said += not_read("record", "Not read from the record", record.unread)
    found = cards(said, call.hookInstance)
    for order in orders:
        found += _of_order(order, record, day, region, call.hookInstance)
    return sorted(found, key=lambda card: _RANKS.index(card["indicator"]))


_RANKS = ("critical", "warning", "info")


def _day(drafts: Resources) -> date:
    """Day of the orders: as written on them, else today."""
    written = (day_of(one.authoredOn) for one in drafts.of("MedicationRequest") if one.authoredOn)
    return max((day for day in written if day is not None), default=date.today())


def _of_order(order: Order, record: Record, day: date, region: str, instance: str) -> list[Card]:
    try:
        plan = plan_of_order(order, record.patient, day, region)
    except PlanFaults as faults:
        order.open += faults.sentences
        plan = None
    if plan is None:
        findings = check_record(record.patient, day, region, order.product)
    else:
        findings = checked(order, plan)
    found = cards((*findings, *gaps(order)), instance, order.product)
    whole = order.dose_u is not None and not order.open
    if whole and not any(one.level in ("stop", "caution") for one in findings):
        title = f"{order.product}: no stop and no caution from what could be checked"
        found.append(
            plain_card(title, "What could not be checked is on the other cards.", instance)
        )
    return found


def patient_cards(call: HookCall, region: str) -> list[Card]:
    """Cards about the person of a call."""
    today = date.today()
    record = record_of(prefetched(call), today)
    findings = check_record(record.patient, today, region)
    found = cards(
        (*findings, *not_read("record", "Not read from the record", record.unread)),
        call.hookInstance,
    )
    if record.patient.previous:
        last = max(record.patient.previous, key=lambda one: one.date)
        found.append(last_toxin(last, (today - last.date).days, call.hookInstance))
    return sorted(found, key=lambda card: _RANKS.index(card["indicator"]))
