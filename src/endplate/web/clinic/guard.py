"""What every request passes where there is a clinic: host, origin, session, size, permission.

The guard stands around the whole app: the planner's pages, its socket and its REST interface are
behind the sign-in too.
"""

import hmac
from collections.abc import AsyncGenerator, Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from endplate.clinic.sign_in import SignedIn, session_of
from endplate.clinic.store.database import Database
from endplate.errors import RecordError
from endplate.web.body import BodyTooLarge, BodyTooSlow, CallerLeft, replay, whole_body
from endplate.web.clinic.permissions import ANYBODY, PERMISSIONS, PLANNER, UPLOADS, may
from endplate.web.origin import host_allowed, same_origin
from endplate.web.settings import Settings

COOKIE = "endplate_session"
SIGN_IN = "/clinic/sign-in"
FORM_TYPE = "application/x-www-form-urlencoded"
UPLOAD_TYPE = "multipart/form-data"
MOST_FIELDS, MOST_FORM_BYTES = 400, 400_000
MOST_UPLOAD_BYTES, MOST_UPLOAD_FIELDS = 13_000_000, 20  # a picture of 12 MB and its form
_SAFE = ("GET", "HEAD")
_ACT = '42["event"'  # what a page's socket says when somebody does something there
_SOCKET_CHECK_S = 5.0  # at most so long is something sent without a look at the session
# The planner's own style and code: nothing of a patient is in them, and the sign-in needs none.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


class Guard:
    """ASGI middleware around an app that has a clinic."""

    def __init__(
        self, app: ASGIApp, database: Database, routes: list[Route], settings: Settings
    ) -> None:
        self._app, self._database, self._settings = app, database, settings
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its session and its form, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            # a page that is left open connects anew by itself
            session = await self._session(headers, is_use=scope["type"] == "http")
        except RecordError as fault:
            await _refuse(scope, receive, send, PlainTextResponse(str(fault), 503))
            return
        refusal = self._refusal(scope, headers, session)
        posted = scope["type"] == "http" and scope["method"] not in _SAFE
        if refusal is None and posted and in_clinic(scope["path"]):
            refusal, receive = await self._with_form(scope, headers, receive, session)
        if refusal is not None:
            await _refuse(scope, receive, send, refusal)
            return
        scope.setdefault("state", {})["signed_in"] = session
        if scope["type"] == "websocket":
            socket = _Socket(self, scope, headers, receive, send)
            await self._app(scope, socket.receive, socket.send)
        else:
            await self._app(scope, receive, _with_headers(send, scope["path"]))

    async def _session(self, headers: Headers, is_use: bool) -> SignedIn | None:
        return await run_in_threadpool(session_of, self._database, token_of(headers), is_use=is_use)

    async def lets_on(self, scope: Scope, headers: Headers, is_use: bool) -> bool:
        """Whether the session of an open socket lives on, with roles that may use it."""
        try:
            session = await self._session(headers, is_use)
        except RecordError:
            return False
        return session is not None and may(session.user, self._roles(scope))

    def _refusal(self, scope: Scope, headers: Headers, session: SignedIn | None) -> Response | None:
        if not host_allowed(headers.get("host", ""), self._settings):
            return PlainTextResponse("This server has another name.", 421)
        method = scope.get("method", "GET")
        if (scope["type"] == "websocket" or method not in _SAFE) and not says_same_origin(headers):
            return PlainTextResponse("Pages of other origins may not call this server.", 403)
        roles = self._roles(scope)
        if may(session.user if session else None, roles):
            return None
        if session is not None:
            return PlainTextResponse("Your roles do not allow this.", 403)
        if scope["type"] == "http" and method in _SAFE and "html" in headers.get("accept", ""):
            return RedirectResponse(SIGN_IN, 303)
        return PlainTextResponse("Sign in first.", 401)

    def _roles(self, scope: Scope) -> tuple[str, ...]:
        """Roles that may use what a request names; none for a route without a row."""
        if not in_clinic(scope["path"]):
            return PLANNER
        method = "GET" if scope.get("method") == "HEAD" else scope.get("method", "")
        return PERMISSIONS.get((method, self._path(scope)), ())

    def _path(self, scope: Scope) -> str:
        """Path of the route that a request names, "" where there is none."""
        return next((r.path for r in self._routes if r.matches(scope)[0] is Match.FULL), "")

    async def _with_form(
        self, scope: Scope, headers: Headers, receive: Receive, session: SignedIn | None
    ) -> tuple[Response | None, Receive]:
        """Read a posted form into the request; what refuses it, and what gives its body again."""
        has_file = self._path(scope) in UPLOADS
        needed = UPLOAD_TYPE if has_file else FORM_TYPE
        if headers.get("content-type", "").partition(";")[0].strip() != needed:
            return PlainTextResponse("The body must be a form.", 415), receive
        timeout_s = self._settings.body_timeout_s
        most_bytes = MOST_UPLOAD_BYTES if has_file else MOST_FORM_BYTES
        try:
            whole = await whole_body(scope, receive, most_bytes, timeout_s)
        except BodyTooLarge:
            return PlainTextResponse("The form is too large.", 413), receive
        except (BodyTooSlow, CallerLeft):
            return PlainTextResponse("The form did not arrive in time.", 408), receive
        body = (await whole())["body"]
        if has_file:
            try:
                pairs, file = await _parts_of(headers, body)
            except (MultiPartException, UnicodeDecodeError, ValueError):
                return PlainTextResponse("The form cannot be read.", 400), receive
            scope.setdefault("state", {})["file"] = file
            # it was read: what comes after the guard has no use for the bytes
            scope["headers"] = [one for one in scope["headers"] if one[0] != b"content-length"]
            return self._refused_pairs(scope, pairs, session), replay(b"", receive)
        return self._refused_form(scope, body, session), replay(body, receive)

    def _refused_form(self, scope: Scope, body: bytes, session: SignedIn | None) -> Response | None:
        """What refuses a form; else it is the request's."""
        try:
            pairs = parse_qsl(
                body.decode("utf-8", "strict"),
                keep_blank_values=True,
                strict_parsing=bool(body),
                max_num_fields=MOST_FIELDS,
                errors="strict",
            )
        except ValueError:
            return PlainTextResponse("The form cannot be read.", 400)
        return self._refused_pairs(scope, pairs, session)

    def _refused_pairs(
        self, scope: Scope, pairs: list[tuple[str, str]], session: SignedIn | None
    ) -> Response | None:
        """What refuses the fields of a form; else they are the request's."""
        if any("\0" in part for pair in pairs for part in pair):
            return PlainTextResponse("The form cannot be read.", 400)
        token = dict(pairs).get("form_token", "")
        public = self._roles(scope) == ANYBODY
        if not public and not hmac.compare_digest(
            token.encode(), (session.form_token if session else "").encode()
        ):
            return PlainTextResponse("This form is of another session; open the page again.", 403)
        scope.setdefault("state", {})["form"] = pairs
        return None


class _Socket:
    """An open socket, closed by the first message after its session has ended.

    A page works over its socket for hours: what the guard saw when it was opened says nothing of
    now. What the browser sends by itself keeps no session from ending idle.
    """

    def __init__(
        self, guard: Guard, scope: Scope, headers: Headers, receive: Receive, send: Send
    ) -> None:
        self._guard, self._scope, self._headers = guard, scope, headers
        self._receive, self._send = receive, send
        self._checked_s, self._closed = monotonic(), False

    async def receive(self) -> Message:
        """What the browser says next, or that it left."""
        message = await self._receive()
        if message["type"] == "websocket.receive":
            is_use = (message.get("text") or "").startswith(_ACT)
            if not await self._lives(is_use):
                return {"type": "websocket.disconnect", "code": 1008}
        return message

    async def send(self, message: Message) -> None:
        """Say something to the browser, unless its session has ended."""
        stale = message["type"] == "websocket.send" and (
            monotonic() - self._checked_s > _SOCKET_CHECK_S
        )
        if not self._closed and (not stale or await self._lives(False)):
            await self._send(message)

    async def _lives(self, is_use: bool) -> bool:
        if not self._closed and not await self._guard.lets_on(self._scope, self._headers, is_use):
            self._closed = True
            await self._send({"type": "websocket.close", "code": 1008})
        self._checked_s = monotonic()
        return not self._closed


async def _parts_of(headers: Headers, body: bytes) -> tuple[list[tuple[str, str]], bytes]:
    """Fields of a form that carries a file, and the content of the file, b"" without one.

    Raises
    ------
    MultiPartException
        It is no such form, or holds more than one file.
    """

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    form = await MultiPartParser(
        headers, stream(), max_files=1, max_fields=MOST_UPLOAD_FIELDS
    ).parse()
    try:
        pairs = [(name, one) for name, one in form.multi_items() if isinstance(one, str)]
        files = [one for _, one in form.multi_items() if not isinstance(one, str)]
        return pairs, await files[0].read() if files else b""
    finally:
        await form.close()


def in_clinic(path: str) -> bool:
    """Whether a path is one of the clinic's."""
    return path == "/clinic" or path.startswith("/clinic/")


def token_of(headers: Headers) -> str:
    """Token of the session cookie, "" without one."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def says_same_origin(headers: Headers) -> bool:
    """Whether a request says that it comes from a page of this very server."""
    says = "origin" in headers or headers.get("sec-fetch-site") == "same-origin"
    return says and same_origin(headers)


async def _refuse(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await response(scope, receive, _with_headers(send, scope["path"]))


def _with_headers(send: Send, path: str) -> Callable[[Message], Awaitable[None]]:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start" and in_clinic(path):
            headers: Any = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = _POLICY
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"
            # what was on the screen is not to be found in the browser after the sign-out
            headers["Cache-Control"] = "no-store"
        await send(message)

    return send_with_headers
