"""Routes on a plan that need no simulation: check, why, prepare, vials, format, template."""

import tomllib
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from endplate.case import Plan
from endplate.case.draft import DraftRequest, draft_text
from endplate.case.sheet import preparation_sheet
from endplate.errors import PlanFaults
from endplate.facts.vocabulary import known_word
from endplate.safety import check
from endplate.safety.why import why
from endplate.web.api.requests import (
    NamedPlan,
    PlanRequest,
    PrepareRequest,
    VialsRequest,
    VialStock,
    WhyRequest,
    words_of,
)
from endplate.web.api.responses import (
    CheckResult,
    FormattedPlan,
    PlanTemplate,
    PreparationSheet,
    RuleBasis,
    VialChoice,
)
from endplate.web.api.workers import WorkersDep, json_response, require_json

routes = APIRouter(tags=["Plan"])
JSON_BODY = [Depends(require_json)]
Word = Annotated[str, Query(max_length=200)]


@routes.post("/check", responses={200: {"model": CheckResult}}, dependencies=JSON_BODY)
async def check_plan(body: PlanRequest, workers: WorkersDep) -> Response:
    """Check a plan against the labels, as `endplate check`."""
    return await json_response(workers.quick, lambda: check(body.read()).as_dict())


@routes.post("/why", responses={200: {"model": RuleBasis}}, dependencies=JSON_BODY)
async def why_rule(body: WhyRequest, workers: WorkersDep) -> Response:
    """Explain what one rule rests on in a plan, as `endplate why`."""
    return await json_response(workers.quick, lambda: why(body.read(), body.rule).as_dict())


@routes.post("/prepare", responses={200: {"model": PreparationSheet}}, dependencies=JSON_BODY)
async def prepare(body: PrepareRequest, workers: WorkersDep) -> Response:
    """Show how a plan is drawn up, as `endplate prepare`."""
    return await json_response(
        workers.quick, lambda: preparation_sheet(body.read(), body.syringe_ml).as_dict()
    )


@routes.post("/vials", responses={200: {"model": VialChoice}}, dependencies=JSON_BODY)
async def vials(body: VialsRequest, workers: WorkersDep) -> Response:
    """Find the vials that waste least for a day's plans, as `endplate vials`."""
    return await json_response(workers.heavy, lambda: _vial_choice(body))


@routes.post("/plan/format", responses={200: {"model": FormattedPlan}}, dependencies=JSON_BODY)
async def format_plan(body: PlanRequest, workers: WorkersDep) -> Response:
    """Read a plan and write it out as text and as an object, with the words as understood."""
    return await json_response(workers.quick, lambda: formatted(body.read()))


@routes.get("/plan/template", responses={200: {"model": PlanTemplate}})
async def template(
    workers: WorkersDep,
    indication: Annotated[
        str,
        Query(
            max_length=200,
            examples=["glabellar_lines"],
            json_schema_extra=words_of("indication"),
        ),
    ],
    product: Annotated[
        str,
        Query(max_length=200, examples=["Botox"], json_schema_extra=words_of("product")),
    ],
    region: Annotated[
        str,
        Query(max_length=200, description="US, EU or UK", json_schema_extra=words_of("region")),
    ] = "US",
    age_y: Annotated[float | None, Query(ge=0, le=120)] = None,
    weight_kg: Annotated[float | None, Query(ge=1, le=500)] = None,
    vial_u: Annotated[float | None, Query(gt=0, le=50_000)] = None,
    diluent_ml: Annotated[float | None, Query(gt=0, le=100)] = None,
    day: Annotated[date | None, Query(alias="date", description="today if left out")] = None,
) -> Response:
    """Give the label's plan for a use, its open choices as comments, as `endplate plan`."""

    def drafted() -> dict[str, str]:
        wish = DraftRequest(
            known_word("product", product),
            known_word("indication", indication),
            day or date.today(),
            known_word("region", region),
            age_y,
            weight_kg,
            vial_u,
            diluent_ml,
        )
        return {"toml": draft_text(wish)}

    return await json_response(workers.quick, drafted)


def read_all(entries: list[NamedPlan]) -> list[Plan]:
    """Every plan of a request; faults name the plan where there are several.

    Raises
    ------
    PlanFaults
        The faults of all plans at once.
    """
    plans, faults = [], []
    for entry in entries:
        try:
            plans.append(entry.read())
        except PlanFaults as fault:
            prefix = f"{entry.name}: " if len(entries) > 1 else ""
            faults += [f"{prefix}{sentence}" for sentence in fault.sentences]
    if faults:
        raise PlanFaults(faults)
    return plans


def formatted(plan: Plan) -> dict[str, Any]:
    """A plan as text and as an object in the file's own shape."""
    text = plan.dumps()
    return {
        "toml": text,
        "plan": _with_iso_dates(tomllib.loads(text)),
        "understood": [
            {"path": word.path, "written": word.written, "preferred": word.preferred}
            for word in plan.understood
        ],
    }


def _with_iso_dates(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_iso_dates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_iso_dates(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _vial_choice(body: VialsRequest) -> dict[str, Any]:
    from endplate.clinic.vial_choice import choose, openings_as_dict, sittings

    stock = dict(map(_stock_row, body.stock))
    return openings_as_dict(choose(sittings(read_all(body.plans), body.same_person), stock))


def _stock_row(entry: VialStock) -> tuple[tuple[str, float], int]:
    return (known_word("product", entry.product), entry.vial_u), entry.count
