"""What is asked of a plan by simulating it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Response

from endplate import people
from endplate.results.result import Result
from endplate.views import compare, page_text, report_text
from endplate.views.comparison import short_names
from endplate.views.fact_sheet import Discussion, discussion
from endplate.web.api.answers import CompareTold, ExportTold, SheetTold
from endplate.web.api.asked import CompareAsked, DiscussAsked, ExportAsked, PlanAsked, SimulateAsked
from endplate.web.api.desk import JSON, AtDesk, answer, as_json, page, wants_json
from endplate.web.api.forecast import quick
from endplate.web.api.forecast_answer import ForecastTold
from endplate.web.api.plan_routes import read_all

routes = APIRouter(tags=["Forecast"])
BODY = [Depends(wants_json)]
HTML, PDF = "text/html", "application/pdf"
Form = Annotated[
    Literal["json", "html", "pdf"] | None,
    Query(description="form of the sheet; by the Accept header if left out"),
]
_HTML_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {HTML: {"schema": {"type": "string"}}}, "description": "a page"}
}


@routes.post("/simulate", responses={200: {"model": ForecastTold}}, dependencies=BODY)
async def simulate(asked: SimulateAsked, desk: AtDesk) -> Response:
    """Simulate a plan in virtual people like its patient, as `endplate simulate`."""
    return await answer(desk.heavy, lambda: simulated(asked).as_dict())


@routes.post("/forecast", responses={200: {"model": ForecastTold}}, dependencies=BODY)
async def forecast(asked: PlanAsked, desk: AtDesk) -> Response:
    """Forecast a plan in few people, for live use; the fields are those of /simulate."""

    def work() -> bytes:
        plan = asked.read()
        return desk.forecasts.of(f"{plan.name}\n{plan.dumps()}", lambda: as_json(quick(plan)))

    return Response(await desk.quick.run(work), media_type=JSON)


@routes.post("/compare", responses={200: {"model": CompareTold}}, dependencies=BODY)
async def compare_plans(asked: CompareAsked, desk: AtDesk) -> Response:
    """Set two to four plans side by side on the same people, as `endplate compare`."""
    return await answer(desk.heavy, lambda: _compared(asked))


@routes.post("/report", response_class=Response, responses=_HTML_ANSWER, dependencies=BODY)
async def report(asked: SimulateAsked, desk: AtDesk) -> Response:
    """Give the report of a plan, one HTML page, as `endplate simulate --out`."""
    return await page(desk.heavy, lambda: report_text(simulated(asked)))


@routes.post(
    "/discuss",
    responses={
        200: {"model": SheetTold, "content": {HTML: {}, PDF: {}}, "description": "the sheet"}
    },
    dependencies=BODY,
)
async def discuss(
    asked: DiscussAsked,
    desk: AtDesk,
    form: Annotated[Form, Query(alias="format")] = None,
    accept: Annotated[str, Header()] = "",
) -> Response:
    """Give the sheet to go through with the patient, as `endplate discuss`."""
    chosen = form or ("pdf" if PDF in accept else "html" if HTML in accept else "json")
    if chosen == "html":
        return await page(desk.heavy, lambda: page_text(_discussed(asked).page))
    if chosen == "pdf":
        return Response(await desk.heavy.run(lambda: _printed(asked)), media_type=PDF)
    return await answer(desk.heavy, lambda: _discussed(asked).page.as_dict())


@routes.post("/export", responses={200: {"model": ExportTold}}, dependencies=BODY)
async def export(asked: ExportAsked, desk: AtDesk) -> Response:
    """Give one virtual person as SBML and as daily courses, as `endplate export`."""
    return await answer(desk.heavy, lambda: _exported(asked))


def simulated(asked: SimulateAsked) -> Result:
    """Result of a plan, with the command that makes it again."""
    command = people.command_of(asked.file, asked.people, asked.seed, asked.days)
    plan = asked.read()
    return people.simulate(plan, asked.people, asked.seed, asked.days, command)


def _compared(asked: CompareAsked) -> dict[str, Any]:
    plans = read_all(asked.plans)
    results = [people.simulate(plan, asked.people, asked.seed, asked.days) for plan in plans]
    return compare(results, short_names([one.name for one in asked.plans])).as_dict()


def _discussed(asked: DiscussAsked) -> Discussion:
    return discussion(asked.read(), lambda: simulated(asked), asked.large_print)


def _printed(asked: DiscussAsked) -> bytes:
    from endplate.views.pdf import pdf_bytes

    return pdf_bytes(_discussed(asked).page)


def _exported(asked: ExportAsked) -> dict[str, Any]:
    from endplate.export.sbml import courses_text, sbml_text
    from endplate.people.one import one_person

    plan = asked.read()
    own = one_person(plan, asked.person, asked.seed, asked.days)
    return {
        "person": asked.person,
        "seed": asked.seed,
        "sbml": sbml_text(own, plan.name),
        "courses_csv": courses_text(own),
    }
