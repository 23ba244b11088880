"""What is asked of a plan without simulating it."""

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
from endplate.web.api.answers import (
    CheckTold,
    FormatTold,
    PrepareTold,
    TemplateTold,
    VialsTold,
    WhyTold,
)
from endplate.web.api.asked import NamedPlan, PlanAsked, PrepareAsked, Stocked, VialsAsked, WhyAsked
from endplate.web.api.desk import AtDesk, answer, wants_json

routes = APIRouter(tags=["Plan"])
BODY = [Depends(wants_json)]
Word = Annotated[str, Query(max_length=200)]


@routes.post("/check", responses={200: {"model": CheckTold}}, dependencies=BODY)
async def check_plan(asked: PlanAsked, desk: AtDesk) -> Response:
    """Check a plan against the labels, as `endplate check`."""
    return await answer(desk.quick, lambda: check(asked.read()).as_dict())


@routes.post("/why", responses={200: {"model": WhyTold}}, dependencies=BODY)
async def why_rule(asked: WhyAsked, desk: AtDesk) -> Response:
    """Tell what one rule rests on in a plan, as `endplate why`."""
    return await answer(desk.quick, lambda: why(asked.read(), asked.rule).as_dict())


@routes.post("/prepare", responses={200: {"model": PrepareTold}}, dependencies=BODY)
async def prepare(asked: PrepareAsked, desk: AtDesk) -> Response:
    """Tell how a plan is drawn up, as `endplate prepare`."""
    return await answer(
        desk.quick, lambda: preparation_sheet(asked.read(), asked.syringe_ml).as_dict()
    )


@routes.post("/vials", responses={200: {"model": VialsTold}}, dependencies=BODY)
async def vials(asked: VialsAsked, desk: AtDesk) -> Response:
    """Find the vials that waste least for a day's plans, as `endplate vials`."""
    return await answer(desk.heavy, lambda: _opened(asked))


@routes.post("/plan/format", responses={200: {"model": FormatTold}}, dependencies=BODY)
async def format_plan(asked: PlanAsked, desk: AtDesk) -> Response:
    """Read a plan and write it out as text and as an object, with the words as understood."""
    return await answer(desk.quick, lambda: written(asked.read()))


@routes.get("/plan/template", responses={200: {"model": TemplateTold}})
async def template(
    desk: AtDesk,
    indication: Annotated[str, Query(max_length=200, examples=["glabellar_lines"])],
    product: Annotated[str, Query(max_length=200, examples=["Botox"])],
    region: Annotated[str, Query(max_length=200, description="US, EU or UK")] = "US",
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

    return await answer(desk.quick, drafted)


def read_all(plans: list[NamedPlan]) -> list[Plan]:
    """Every plan of a request; faults name the plan where there are several.

    Raises
    ------
    PlanFaults
        The faults of all plans at once.
    """
    found, faults = [], []
    for asked in plans:
        try:
            found.append(asked.read())
        except PlanFaults as fault:
            mark = f"{asked.name}: " if len(plans) > 1 else ""
            faults += [f"{mark}{sentence}" for sentence in fault.sentences]
    if faults:
        raise PlanFaults(faults)
    return found


def written(plan: Plan) -> dict[str, Any]:
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
        return {key: _with_iso_dates(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_iso_dates(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _opened(asked: VialsAsked) -> dict[str, Any]:
    from endplate.clinic.vial_choice import choose, openings_told, sittings

    found = sittings(read_all(asked.plans), asked.same_person)
    return openings_told(choose(found, dict(map(_at_hand, asked.stock))))


def _at_hand(stocked: Stocked) -> tuple[tuple[str, float], int]:
    return (known_word("product", stocked.product), stocked.vial_u), stocked.count
