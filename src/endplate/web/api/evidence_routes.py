"""Routes on what forecasts rest on: sources, parameters, predicted against published."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from endplate.errors import EndplateError, TrialTableFaults
from endplate.facts.parameters import fit_rows
from endplate.facts.parameters import parameters as fixed_parameters
from endplate.facts.table import text_rows
from endplate.web.api.errors import ApiError
from endplate.web.api.requests import ResultRequest, SensitivityRequest, TrialTableRequest
from endplate.web.api.responses import Parameters, Sensitivity, Sources, Times, Validation
from endplate.web.api.workers import JSON, WorkersDep, as_json, json_response, require_json

routes = APIRouter(tags=["Evidence"])
JSON_BODY = [Depends(require_json)]


@routes.get("/parameters", responses={200: {"model": Parameters}})
async def parameters(workers: WorkersDep) -> Response:
    """List every number of the model with unit, interval and source."""
    return await json_response(workers.quick, _parameters)


@routes.get("/sources", responses={200: {"model": Sources}})
async def sources(workers: WorkersDep) -> Response:
    """List every source and the rows that rest on it, as `endplate sources`."""
    from endplate.views.citations import every_source

    return await json_response(workers.quick, every_source)


@routes.post("/sources", responses={200: {"model": Sources}}, dependencies=JSON_BODY)
async def sources_of(body: ResultRequest, workers: WorkersDep) -> Response:
    """List what a result rests on, as `endplate sources RESULT`."""
    return await json_response(workers.quick, lambda: _sources_of(body.result))


@routes.get("/validate", responses={200: {"model": Validation}})
async def validation(workers: WorkersDep) -> Response:
    """Compare predicted with published figures of the shipped table, from stored predictions."""
    return await json_response(workers.quick, _stored_validation)


@routes.post("/validate", responses={200: {"model": Validation}}, dependencies=JSON_BODY)
async def validate(body: TrialTableRequest, workers: WorkersDep) -> Response:
    """Compare predicted with published figures of your own table, as `endplate validate`."""
    return await json_response(
        workers.long, lambda: _validate_csv(body.csv, workers.settings.max_table_rows)
    )


@routes.get("/times", responses={200: {"model": Times}})
async def times(
    workers: WorkersDep,
    people: Annotated[int, Query(ge=16, le=2_000, description="virtual people for each use")] = 512,
) -> Response:
    """Compare published onset, peak and duration of every use with ours, as `endplate times`."""
    return Response(
        await workers.long.run(lambda: workers.times.get(str(people), lambda: _times(people))),
        media_type=JSON,
    )


@routes.post("/sensitivity", responses={200: {"model": Sensitivity}}, dependencies=JSON_BODY)
async def sensitivity(body: SensitivityRequest, workers: WorkersDep) -> Response:
    """Tell which unknown matters most for an outcome, as `endplate sensitivity`."""
    return await json_response(workers.long, lambda: _sensitivity(body))


def _times(people: int) -> bytes:
    from endplate.engine.compile_cache import use_compile_cache
    from endplate.validation.times import times as run

    use_compile_cache()
    return as_json(run(people).as_dict())


def _sensitivity(body: SensitivityRequest) -> dict[str, Any]:
    from endplate.sensitivity import sensitivity as run
    from endplate.sensitivity.sobol import require_salib

    try:
        require_salib()
    except EndplateError as missing:
        raise ApiError(501, "not_installed", str(missing)) from None
    return run(body.read(), body.outcome, body.day, body.samples, body.seed).as_dict()


def _parameters() -> dict[str, Any]:
    """Every number of the model: fixed ones with source, fitted ones with prior and interval."""
    fitted = {row["id"]: row for row in text_rows("fitted")}
    return {
        "fixed": [asdict(row) for row in fixed_parameters()],
        "fitted": [
            asdict(row) | {key: float(fitted[row.id][key]) for key in ("value", "low", "high")}
            for row in fit_rows()
        ],
    }


def _sources_of(result: dict[str, Any]) -> dict[str, Any]:
    from endplate.views.citations import citations_of

    if not {"findings", "provenance"} & set(result):
        message = "result is not a response of /simulate, /forecast or /check."
        raise ApiError(422, "bad_input", message)
    try:
        return citations_of(result)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        # A result may be any JSON that a caller wrote: what cannot be read as one is its fault.
        message = "result cannot be read as a response of /simulate, /forecast or /check."
        raise ApiError(422, "bad_input", message) from None


def _stored_validation() -> dict[str, Any]:
    from endplate.validation.stored import stored_left_out, stored_validation

    return stored_validation().as_dict() | {"left_out": stored_left_out().as_dict()}


def _validate_csv(csv: str, max_rows: int) -> dict[str, Any]:
    from endplate.fit.trial_table import figures_in

    if csv.count("\n") > max_rows + 1:
        raise TrialTableFaults([f"csv has more than {max_rows} rows; send fewer at a time."])
    return _validated(figures_in(csv, "csv"))


def _validated(figures: Any) -> dict[str, Any]:
    from endplate.engine.compile_cache import use_compile_cache
    from endplate.validation.stored import stored_left_out
    from endplate.validation.validate import validate as run

    use_compile_cache()
    return run(figures).as_dict() | {"left_out": stored_left_out().as_dict()}
