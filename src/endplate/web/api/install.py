"""Puts the interface on an app: its own paths, in front of whatever else the app serves."""

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from endplate._version import __version__
from endplate.errors import EndplateError
from endplate.web.api import evidence_routes, fact_routes, forecast_routes, plan_routes
from endplate.web.api.cds import routes as cds_routes
from endplate.web.api.errors import RESPONSES, ApiError, from_endplate, plain, sentence
from endplate.web.api.gate import Gate
from endplate.web.api.reference import reference_page
from endplate.web.api.requests import plan_schema
from endplate.web.api.workers import Workers
from endplate.web.settings import Settings

VERSIONED = "/api/v1"
REFERENCE = "/api/docs"
DESCRIPTION = (
    "Check, simulate and explain a plan for therapeutic botulinum toxin. For education, research "
    "and review of a plan by the professional who made it; no medical device, recommends no dose."
)


def install(app: FastAPI, settings: Settings) -> None:
    """Serve `/api`, `/cds-services` and `/openapi.json` of an app.

    Its limits and errors act on these paths alone, whatever else the app serves or mounts.
    """
    app.add_middleware(_Paths, api=Gate(interface(settings), settings))


class _Paths:
    """Sends the paths of the interface to it, all others on."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self._app, self._api = app, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] in ("http", "websocket") and is_api_path(scope["path"])
        await (self._api if is_api else self._app)(scope, receive, send)


def is_api_path(path: str) -> bool:
    """Whether a path belongs to the interface.

    Examples
    --------
    >>> is_api_path("/api/v1/check"), is_api_path("/apiary"), is_api_path("/cds-services")
    (True, False, True)
    """
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first in ("api", "cds-services", "openapi.json")


def interface(settings: Settings) -> FastAPI:
    """The interface as an app of its own, without the gate."""
    api = FastAPI(
        title="endplate",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        responses=RESPONSES,
        generate_unique_id_function=lambda route: route.name,
    )
    api.state.workers = Workers(settings)
    for group in (plan_routes, forecast_routes, evidence_routes, fact_routes):
        api.include_router(group.routes, prefix=VERSIONED)
    api.include_router(cds_routes)
    api.add_api_route(
        REFERENCE,
        lambda: reference_page(api.openapi()),
        response_class=Response,
        include_in_schema=False,
    )
    api.openapi = lambda: _openapi(api)  # type: ignore[method-assign]
    for kind, handler in _HANDLERS.items():
        api.add_exception_handler(kind, handler)
    api.add_exception_handler(405, _wrong_method)
    return api


def _openapi(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, made once, with the schema of a plan."""
    if api.openapi_schema is None:
        schema = get_openapi(
            title=api.title,
            version=api.version,
            description=api.description,
            routes=api.routes,
        )
        schemas = schema["components"]["schemas"]
        schemas["Plan"] = plan_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        api.openapi_schema = schema
    return api.openapi_schema


async def _api_error(_: Any, fault: Any) -> Response:
    return fault.response()


async def _endplate(_: Any, fault: Any) -> Response:
    return from_endplate(fault).response()


async def _http(_: Any, fault: Any) -> Response:
    return plain(fault.status_code, fault.headers).response()


async def _wrong_method(request: Request, _: Any) -> Response:
    """405 with the methods of every route at the address: the router names those of one."""
    methods = {
        method
        for path, rules in request.app.openapi()["paths"].items()
        for method in map(str.upper, rules)
        if compile_path(path)[0].match(request.url.path)
    }
    return plain(405, {"Allow": ", ".join(sorted(methods) or ("GET",))}).response()


async def _validation_error(_: Any, fault: Any) -> Response:
    errors = fault.errors()
    if any(error["type"] == "json_invalid" for error in errors):
        return ApiError(400, "bad_json", "The body is not JSON.").response()
    message = "The request has faults."
    return ApiError(422, "bad_input", message, tuple(map(sentence, errors))).response()


async def _unexpected(_: Any, __: Any) -> Response:
    # The gate logs it; the response has only the standard error.
    return plain(500).response()


_HANDLERS: dict[Any, Any] = {
    ApiError: _api_error,
    EndplateError: _endplate,
    HTTPException: _http,
    RequestValidationError: _validation_error,
    Exception: _unexpected,
}
