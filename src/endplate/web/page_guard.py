"""What every request for a page passes first: checks of host and origin; headers it leaves with."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from endplate.web.body import BodyTooLarge, BodyTooSlow, CallerLeft, whole_body
from endplate.web.origin import host_allowed, same_origin
from endplate.web.settings import Settings

SOCKET = "/_nicegui_ws/"  # also when it polls, by GET
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# NiceGUI sends Vue templates that the browser compiles, hence unsafe-eval, and a start-up script
# in the page, hence unsafe-inline; docs/web.md says what keeps a plan's text out of both.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; frame-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class PageGuard:
    """ASGI middleware around the pages: refuses other host names and pages of other origins.

    A page of another origin may hold a link to a page of the app, and that is all: it can neither
    open the socket over which a page works nor poll it nor send a file, the origins that may call
    the REST interface included.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not host_allowed(headers.get("host", ""), self._settings):
            await _refuse("This server has another name.", 421, scope, receive, send)
        elif _needs_own_page(scope) and not same_origin(headers):
            await _refuse("Pages of other origins may not do this.", 403, scope, receive, send)
        elif scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            await self._with_body(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send))

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        settings = self._settings
        try:
            body = await whole_body(
                scope, receive, settings.max_table_bytes, settings.body_timeout_s
            )
        except BodyTooLarge:
            await _refuse("What was sent is too large.", 413, scope, receive, send)
        except BodyTooSlow:
            await _refuse("What was sent did not arrive in time.", 408, scope, receive, send)
        except CallerLeft:
            return
        else:
            await self._app(scope, body, _with_headers(send))


def _needs_own_page(scope: Scope) -> bool:
    is_request = scope["type"] == "http" and scope["method"] in SAFE_METHODS
    return not is_request or scope["path"].startswith(SOCKET)


async def _refuse(message: str, status: int, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await PlainTextResponse(message, status)(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return send_with_headers
