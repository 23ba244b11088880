"""Routes that simulate a plan: forecast, comparison, report, sheet, export."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Response

from endplate.case import Plan
from endplate.forecast import command_of
from endplate.forecast import preview as run_preview
from endplate.forecast import simulate as run_simulation
from endplate.results.result import Result
from endplate.views import compare, page_text, report_text
from endplate.views.comparison import short_names
from endplate.views.fact_sheet import Discussion, discussion
from endplate.web.api.plan_routes import read_all
from endplate.web.api.requests import (
    CompareRequest,
    DiscussRequest,
    ExportRequest,
    PlanRequest,
    SimulateRequest,
)
from endplate.web.api.responses import Comparison, Forecast, PatientSheet, PersonExport
from endplate.web.api.workers import (
    JSON,
    WorkersDep,
    as_json,
    html_response,
    json_response,
    require_json,
)

routes = APIRouter(tags=["Forecast"])
JSON_BODY = [Depends(require_json)]
HTML, PDF = "text/html", "application/pdf"
Form = Annotated[
    Literal["json", "html", "pdf"] | None,
    Query(description="form of the sheet; by the Accept header if left out"),
]
_HTML_RESPONSE: dict[int | str, dict[str, Any]] = {
    200: {"content": {HTML: {"schema": {"type": "string"}}}, "description": "a page"}
}


@routes.post("/simulate", responses={200: {"model": Forecast}}, dependencies=JSON_BODY)
async def simulate(body: SimulateRequest, workers: WorkersDep) -> Response:
    """Simulate a plan in virtual people like its patient, as `endplate simulate`."""
    return await json_response(workers.heavy, lambda: simulated(body).as_dict())


@routes.post("/forecast", responses={200: {"model": Forecast}}, dependencies=JSON_BODY)
async def forecast(body: PlanRequest, workers: WorkersDep) -> Response:
    """Forecast a plan in few people, for live use; the fields are those of /simulate."""

    def work() -> bytes:
        plan = body.read()
        return workers.forecasts.get(f"{plan.name}\n{plan.dumps()}", lambda: as_json(preview(plan)))

    return Response(await workers.quick.run(work), media_type=JSON)


@routes.post("/compare", responses={200: {"model": Comparison}}, dependencies=JSON_BODY)
async def compare_plans(body: CompareRequest, workers: WorkersDep) -> Response:
    """Compare two to four plans side by side on the same people, as `endplate compare`."""
    return await json_response(workers.heavy, lambda: _comparison(body))


@routes.post("/report", response_class=Response, responses=_HTML_RESPONSE, dependencies=JSON_BODY)
async def report(body: SimulateRequest, workers: WorkersDep) -> Response:
    """Give the report of a plan, one HTML page, as `endplate simulate --out`."""
    return await html_response(workers.heavy, lambda: report_text(simulated(body)))


@routes.post(
    "/discuss",
    responses={
        200: {"model": PatientSheet, "content": {HTML: {}, PDF: {}}, "description": "the sheet"}
    },
    dependencies=JSON_BODY,
)
async def discuss(
    body: DiscussRequest,
    workers: WorkersDep,
    form: Annotated[Form, Query(alias="format")] = None,
    accept: Annotated[str, Header()] = "",
) -> Response:
    """Give the sheet to go through with the patient, as `endplate discuss`."""
    chosen = form or ("pdf" if PDF in accept else "html" if HTML in accept else "json")
    if chosen == "html":
        return await html_response(workers.heavy, lambda: page_text(_discussion(body).page))
    if chosen == "pdf":
        return Response(await workers.heavy.run(lambda: _sheet_pdf(body)), media_type=PDF)
    return await json_response(workers.heavy, lambda: _discussion(body).page.as_dict())


@routes.post("/export", responses={200: {"model": PersonExport}}, dependencies=JSON_BODY)
async def export(body: ExportRequest, workers: WorkersDep) -> Response:
    """Give one virtual person as SBML and as daily courses, as `endplate export`."""
    return await json_response(workers.heavy, lambda: _export(body))


def simulated(body: SimulateRequest) -> Result:
    """Result of a plan, with the command that reproduces it."""
    command = command_of(body.file, body.people, body.seed, body.days)
    plan = body.read()
    return run_simulation(plan, people=body.people, seed=body.seed, days=body.days, command=command)


def _comparison(body: CompareRequest) -> dict[str, Any]:
    plans = read_all(body.plans)
    results = [
        run_simulation(plan, people=body.people, seed=body.seed, days=body.days) for plan in plans
    ]
    return compare(results, short_names([entry.name for entry in body.plans])).as_dict()


def _discussion(body: DiscussRequest) -> Discussion:
    return discussion(body.read(), lambda: simulated(body), body.large_print, body.language)


def _sheet_pdf(body: DiscussRequest) -> bytes:
    from endplate.views.pdf import pdf_bytes

    return pdf_bytes(_discussion(body).page)


def _export(body: ExportRequest) -> dict[str, Any]:
    from endplate.export.sbml import courses_text, exported_person, sbml_text

    plan = body.read()
    person = exported_person(plan, body.person, body.seed, body.days)
    return {
        "person": body.person,
        "seed": body.seed,
        "sbml": sbml_text(person, plan.name),
        "courses_csv": courses_text(person, body.days),
    }


def preview(plan: Plan) -> dict[str, Any]:
    """Forecast of a plan in few people, in the fields of a simulation."""
    return run_preview(plan, command="forecast").as_dict()
