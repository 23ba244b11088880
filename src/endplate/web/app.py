"""The web app as one ASGI application: the REST interface on its paths, pages on all others."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from nicegui import app as pages
from nicegui import ui
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from endplate._version import __version__
from endplate.web.api import install
from endplate.web.forecasts import warm_up
from endplate.web.origin import host_allowed
from endplate.web.settings import Settings
from endplate.web.shell import shell

if TYPE_CHECKING:
    from endplate.clinic.store.database import Database

STYLES = Path(__file__).parent / "look"
# The pages compile their elements in the browser, hence unsafe-eval; nothing is fetched elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; frame-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "frame-ancestors 'none'"
)


def create_app(settings: Settings | None = None, clinic: "Database | None" = None) -> FastAPI:
    """Make the app; once per process, for the pages belong to the process.

    Parameters
    ----------
    settings : Settings
        How it is served; the defaults unless given.
    clinic : Database
        Records of a clinic: with them everything is behind the sign-in.
    """
    settings = settings or Settings()
    app = FastAPI(title="endplate", version=__version__, docs_url=None, redoc_url=None)
    routes = []
    if clinic is not None:
        from endplate.web.clinic.routes import clinic_routes

        routes = clinic_routes(clinic, settings.secure)
        app.router.routes.extend(routes)  # before the pages, which take every other path
    pages.add_static_files("/look", STYLES)
    ui.run_with(
        app,
        root=shell,
        title="endplate",
        favicon=STYLES / "icon.svg",
        dark=None,
        language="en-US",
        tailwind=False,
        reconnect_timeout=settings.reconnect_s,
        show_welcome_message=False,
        # a new secret each start: no visitor's data outlives the server
        storage_secret=secrets.token_urlsafe(),
    )
    pages.on_startup(warm_up)
    app.add_middleware(_PageGuard, settings=settings)
    install(app, settings)
    if clinic is not None:
        from endplate.web.clinic.guard import Guard

        app.add_middleware(Guard, database=clinic, routes=routes, settings=settings)
    return app


class _PageGuard:
    """Refuses requests to other host names, and adds security headers to pages."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        if not host_allowed(host, self._settings):
            response = PlainTextResponse("This server has another name.", status_code=421)
            await (response(scope, receive, send) if scope["type"] == "http" else _close(send))
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, send_with_headers)


async def _close(send: Send) -> None:
    await send({"type": "websocket.close", "code": 1008})
