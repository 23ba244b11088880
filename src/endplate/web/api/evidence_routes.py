"""What forecasts rest on: sources, parameters, predicted against published."""

from typing import Any

from fastapi import APIRouter, Depends, Response

from endplate.errors import TrialTableFaults
from endplate.web.api import told
from endplate.web.api.answers import ParametersTold, SourcesTold, ValidationTold
from endplate.web.api.asked import ResultAsked, TableAsked
from endplate.web.api.desk import AtDesk, answer, wants_json
from endplate.web.api.errors import Refused

routes = APIRouter(tags=["Evidence"])
BODY = [Depends(wants_json)]


@routes.get("/parameters", responses={200: {"model": ParametersTold}})
async def parameters(desk: AtDesk) -> Response:
    """List every number of the model with unit, interval and source."""
    return await answer(desk.quick, told.every_parameter)


@routes.get("/sources", responses={200: {"model": SourcesTold}})
async def sources(desk: AtDesk) -> Response:
    """List every source and the rows that rest on it, as `endplate sources`."""
    from endplate.views.citations import every_source

    return await answer(desk.quick, every_source)


@routes.post("/sources", responses={200: {"model": SourcesTold}}, dependencies=BODY)
async def sources_of(asked: ResultAsked, desk: AtDesk) -> Response:
    """List what a result rests on, as `endplate sources RESULT`."""
    return await answer(desk.quick, lambda: _resting(asked.result))


@routes.get("/validate", responses={200: {"model": ValidationTold}})
async def validation(desk: AtDesk) -> Response:
    """Set predicted beside published for the shipped table, from predictions that are kept."""
    return await answer(desk.quick, _shipped)


@routes.post("/validate", responses={200: {"model": ValidationTold}}, dependencies=BODY)
async def validate(asked: TableAsked, desk: AtDesk) -> Response:
    """Set predicted beside published for a table of your own, as `endplate validate`."""
    return await answer(desk.long, lambda: _own(asked.csv, desk.settings.max_table_rows))


def _resting(result: dict[str, Any]) -> dict[str, Any]:
    from endplate.views.citations import citations_of

    if not {"findings", "provenance"} & set(result):
        message = "result is not an answer of /simulate, /forecast or /check."
        raise Refused(422, "bad_input", message)
    try:
        return citations_of(result)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        # A result may be any JSON that a caller wrote: what cannot be read as one is its fault.
        message = "result cannot be read as an answer of /simulate, /forecast or /check."
        raise Refused(422, "bad_input", message) from None


def _shipped() -> dict[str, Any]:
    from endplate.validation.left_out_rows import stored_left_out
    from endplate.validation.validated import stored_validation

    return stored_validation().as_dict() | {"left_out": stored_left_out().as_dict()}


def _own(csv: str, most_rows: int) -> dict[str, Any]:
    from endplate.fit.trial_table import figures_in

    if csv.count("\n") > most_rows + 1:
        raise TrialTableFaults([f"csv has more than {most_rows} rows; send fewer at a time."])
    return _validated(figures_in(csv, "csv", "csv"))


def _validated(figures: Any) -> dict[str, Any]:
    from endplate.people.cache import use_compile_cache
    from endplate.validation.left_out_rows import stored_left_out
    from endplate.validation.validate import validate as run

    use_compile_cache()
    return run(figures).as_dict() | {"left_out": stored_left_out().as_dict()}
