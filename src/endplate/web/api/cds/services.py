"""The CDS Hooks 2.0 endpoints: discovery, the two services, feedback."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from endplate.case import Patient
from endplate.errors import PlanFaults
from endplate.fhir import Order, Record, Resources, orders_of, plan_of_order, record_of
from endplate.fhir.resources import day_of, has_failed
from endplate.safety import Finding
from endplate.safety.record import check_record
from endplate.web.api.cds.cards import (
    Card,
    Said,
    bars_clear,
    cards,
    clear,
    is_uuid,
    last_toxin,
    of_order,
    without_uses,
)
from endplate.web.api.cds.order import (
    checked,
    conditions_not_sent,
    gap_findings,
    not_read,
    noted,
    patient_of,
)
from endplate.web.api.errors import ApiError, plain
from endplate.web.api.workers import WorkersDep, json_response, require_json

routes = APIRouter(prefix="/cds-services", tags=["CDS Hooks"])
JSON_BODY = [Depends(require_json)]
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


class HookRequest(BaseModel):
    """A request of a service; fields that the service does not use are ignored."""

    model_config = ConfigDict(extra="allow")
    hook: str = Field(max_length=64, examples=["order-sign"])
    hookInstance: str = Field(
        max_length=64,
        examples=["d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"],
        json_schema_extra={"format": "uuid"},
    )
    context: dict[str, Any] = Field(
        examples=[{"userId": "Practitioner/1", "patientId": "1", "draftOrders": {}}]
    )
    prefetch: dict[str, Any] | None = Field(None, description="resources, by the service's keys")


class OrderSignRequest(HookRequest):
    """A request of the service for orders about to be signed."""

    hook: str = Field(
        max_length=64, examples=["order-sign"], json_schema_extra={"const": "order-sign"}
    )
    context: dict[str, Any] = Field(
        examples=[{"userId": "Practitioner/1", "patientId": "1", "draftOrders": {}}],
        json_schema_extra={
            "required": ["draftOrders"],
            "properties": {"draftOrders": {"type": "object"}},
        },
    )


class PatientViewRequest(HookRequest):
    """A request of the service for a record that is opened."""

    hook: str = Field(
        max_length=64, examples=["patient-view"], json_schema_extra={"const": "patient-view"}
    )


class CardFeedback(BaseModel):
    """Whether a card was accepted or overridden."""

    model_config = ConfigDict(extra="allow")
    card: str = Field(max_length=64)
    outcome: str = Field(pattern="^(accepted|overridden)$")


class Feedback(BaseModel):
    """Feedback on the cards of a service; it is read and not stored."""

    model_config = ConfigDict(extra="allow")
    feedback: list[CardFeedback] = Field(max_length=1000)


class Cards(BaseModel):
    """Cards, the most severe first."""

    cards: list[dict[str, Any]]


class Services(BaseModel):
    """The services on offer."""

    services: list[dict[str, Any]]


@routes.get("", responses={200: {"model": Services}})
async def discovery(workers: WorkersDep) -> Response:
    """List the services (CDS Hooks discovery)."""
    return await json_response(workers.quick, lambda: {"services": SERVICES})


@routes.post(f"/{ORDER_SIGN}", responses={200: {"model": Cards}}, dependencies=JSON_BODY)
async def order_sign(request: OrderSignRequest, workers: WorkersDep) -> Response:
    """Check draft orders of botulinum toxin; other orders get no card."""
    _expect(request, "order-sign")
    return await json_response(
        workers.quick, lambda: {"cards": order_cards(request, workers.settings.region)}
    )


@routes.post(f"/{PATIENT_VIEW}", responses={200: {"model": Cards}}, dependencies=JSON_BODY)
async def patient_view(request: PatientViewRequest, workers: WorkersDep) -> Response:
    """Report what in the record speaks against botulinum toxin."""
    _expect(request, "patient-view")
    return await json_response(
        workers.quick, lambda: {"cards": patient_cards(request, workers.settings.region)}
    )


@routes.post("/{service}/feedback", dependencies=JSON_BODY)
async def feedback(
    service: Annotated[
        str,
        Path(
            max_length=100,
            examples=[ORDER_SIGN],
            json_schema_extra={"enum": [known["id"] for known in SERVICES]},
        ),
    ],
    body: Feedback,
) -> dict[str, Any]:
    """Accept feedback; it is not stored."""
    if service not in {known["id"] for known in SERVICES}:
        raise plain(404)
    return {}


def _expect(request: HookRequest, hook: str) -> None:
    if request.hook != hook:
        raise ApiError(400, "bad_request", f"hook is {request.hook[:60]!r}; this is for {hook}.")
    if not is_uuid(request.hookInstance):
        raise ApiError(400, "bad_request", "hookInstance is not a UUID.")
    if hook == "order-sign" and not isinstance(request.context.get("draftOrders"), Mapping):
        raise ApiError(400, "bad_request", "context.draftOrders is missing; it must be a Bundle.")


def prefetched(request: HookRequest, drafts: Resources | None = None) -> Resources:
    """Resources of the prefetch; those of the drafts are found by reference from it, and back.

    A key with an empty bundle was looked up and found nothing; so was one that is null, as the
    specification has it where there is no data.
    """
    resources = Resources(index={} if drafts is None else drafts.index)
    for key, value in (request.prefetch or {}).items():
        if key not in _KINDS:
            resources.add(value, f"prefetch.{key[:40]}")
            continue
        is_bundle = isinstance(value, Mapping) and value.get("resourceType") == "Bundle"
        if value is None or (is_bundle and not has_failed(value)):
            resources.searched.add(_KINDS[key])
        resources.add(value, f"prefetch.{key[:40]}")
    return resources


def order_cards(request: HookRequest, region: str) -> list[Card]:
    """Cards about the draft orders of a request."""
    drafts = Resources()
    drafts.add(request.context["draftOrders"], "draftOrders")
    resources = prefetched(request, drafts)
    orders, unread = orders_of(drafts)
    if not orders and not unread:
        return []
    day = _day(drafts)
    said = without_uses(not_read("order", "Not read from the order", unread))
    if orders:
        record = record_of(resources, day)
        said += without_uses(not_read("record", "Not read from the record", record.unread))
        said += without_uses(noted(record.notes))
        for order in orders:
            said += _of_order(order, record, day, region, unread)
    return cards(said, request.hookInstance, region)


def _day(drafts: Resources) -> date:
    """Day of the orders: as written on them, else today."""
    days = (day_of(order.authoredOn) for order in drafts.of("MedicationRequest"))
    return max((day for day in days if day is not None), default=date.today())


def _of_order(
    order: Order, record: Record, day: date, region: str, unread: list[str]
) -> list[Said]:
    findings = _findings(order, patient_of(order, record.patient), day, region)
    gaps = gap_findings(order)
    if record.patient.conditions is None and order.conditions:
        findings = (*findings, conditions_not_sent())
    is_read = order.dose_u is not None and not order.gaps and not record.unread and not unread
    if is_read and not any(map(bars_clear, findings)):
        findings = (clear(), *findings)
    return of_order((*findings, *gaps), order.product, order.uses)


def _findings(order: Order, patient: Patient, day: date, region: str) -> tuple[Finding, ...]:
    try:
        plan = plan_of_order(order, patient, day, region)
    except PlanFaults as faults:
        order.gaps += faults.sentences
        plan = None
    if plan is None:
        order.is_planned = False
        return check_record(patient, day, region, order.product, order.dose_u)
    return checked(order, plan)


def patient_cards(request: HookRequest, region: str) -> list[Card]:
    """Cards about the person of a request."""
    today = date.today()
    record = record_of(prefetched(request), today)
    findings = [
        *check_record(record.patient, today, region),
        *not_read("record", "Not read from the record", record.unread),
        *noted(record.notes),
    ]
    if record.patient.previous:
        last = max(record.patient.previous, key=lambda treatment: treatment.date)
        findings.append(last_toxin(last, (today - last.date).days))
    return cards(without_uses(findings), request.hookInstance, region)
