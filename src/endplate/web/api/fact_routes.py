"""What the tables hold: words, products, uses, charts."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from endplate.errors import FactMissing
from endplate.facts.table import text_rows
from endplate.web.api import told
from endplate.web.api.answers import (
    ChartTold,
    Health,
    IndicationsTold,
    ProductsTold,
    VocabularyTold,
)
from endplate.web.api.desk import AtDesk, answer
from endplate.web.api.errors import Refused

routes = APIRouter(tags=["Facts"])
Name = Annotated[str, Path(max_length=100, examples=["upper_face"])]


@routes.get("/health", responses={200: {"model": Health}})
async def health(desk: AtDesk) -> Response:
    """Say that the server answers, with the version of code and facts."""
    return await answer(desk.quick, told.health)


@routes.get("/vocabulary", responses={200: {"model": VocabularyTold}})
async def vocabulary(
    desk: AtDesk,
    kind: Annotated[str | None, Query(max_length=100, examples=["condition"])] = None,
) -> Response:
    """List the words that a plan may use, with what else is understood."""
    if kind is not None and kind not in {row["kind"] for row in text_rows("vocabulary")}:
        raise Refused(404, "not_found", "There are no words of that kind.")
    return await answer(desk.quick, lambda: told.vocabulary(kind))


@routes.get("/products", responses={200: {"model": ProductsTold}})
async def products(desk: AtDesk) -> Response:
    """List the products with their vials and labelled uses."""
    return await answer(desk.quick, told.products)


@routes.get("/indications", responses={200: {"model": IndicationsTold}})
async def indications(desk: AtDesk) -> Response:
    """List the uses with chart, tissue and the products labelled for them."""
    return await answer(desk.quick, told.indications)


@routes.get("/charts/{chart}", responses={200: {"model": ChartTold}})
async def chart(chart: Name, desk: AtDesk) -> Response:
    """Give one chart of the body in millimetres: muscles, landmarks, lines not to cross."""
    try:
        return await answer(desk.quick, lambda: told.chart(chart))
    except FactMissing:
        raise Refused(404, "not_found", "There is no chart of that name.") from None
