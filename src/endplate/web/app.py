"""The web app as one ASGI application: the REST interface on its paths, pages on all others."""

import secrets
from pathlib import Path

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

LOOK = Path(__file__).parent / "look"
# The pages compile their parts in the browser; what counts is that nothing is fetched elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; frame-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "frame-ancestors 'none'"
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the app; once per process, for the pages belong to the process.

    Parameters
    ----------
    settings : Settings
        How it is served; the defaults unless given.
    """
    settings = settings or Settings()
    app = FastAPI(title="endplate", version=__version__, docs_url=None, redoc_url=None)
    pages.add_static_files("/look", LOOK)
    ui.run_with(
        app,
        root=shell,
        title="endplate",
        favicon=LOOK / "icon.svg",
        dark=None,
        language="en-US",
        tailwind=False,
        reconnect_timeout=settings.reconnect_s,
        show_welcome_message=False,
        # a new secret each start: nothing of a visitor outlives the server
        storage_secret=secrets.token_urlsafe(),
    )
    pages.on_startup(warm_up)
    app.add_middleware(_Pages, settings=settings)
    install(app, settings)
    return app


class _Pages:
    """Serves pages to those who call this server by its own name, and keeps them to themselves."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        if not host_allowed(host, self._settings):
            refused = PlainTextResponse("This server does not go by that name.", status_code=421)
            await (refused(scope, receive, send) if scope["type"] == "http" else _closed(send))
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, guarded)


async def _closed(send: Send) -> None:
    await send({"type": "websocket.close", "code": 1008})
