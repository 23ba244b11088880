"""What every request passes first: host, origin, rate, size; errors leave in one shape."""

import asyncio
import logging
import math
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from endplate.web.api.errors import Refused, plain
from endplate.web.api.rate import Buckets
from endplate.web.origin import host_allowed, origin_allowed, security_headers
from endplate.web.settings import Settings

SAFE = ("GET", "HEAD", "OPTIONS")
METHODS = "GET, POST"
LARGE = ("/compare", "/vials", "/validate", "/sources")
_log = logging.getLogger("endplate.web")


class Gate:
    """ASGI middleware around the interface."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._buckets = Buckets(settings.rate_per_s, settings.rate_burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with an error."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        out = _Out(send, security_headers() | self._shared(headers))
        try:
            self._admit(scope, headers)
            if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
                await out.empty()
                return
            await self._app(scope, await self._received(scope, receive), out)
        except Refused as refused:
            await out.refuse(refused)
        except Exception:
            _log.exception("%s %s failed", scope["method"], scope["path"])
            await out.refuse(plain(500))

    def _admit(self, scope: Scope, headers: Headers) -> None:
        settings = self._settings
        if not host_allowed(headers.get("host", ""), settings):
            message = "This server answers to its own name only."
            raise Refused(400, "bad_host", message)
        asks_leave = "access-control-request-method" in headers
        if (scope["method"] not in SAFE or asks_leave) and not origin_allowed(headers, settings):
            message = "Pages of other origins may not call this server."
            raise Refused(403, "foreign_origin", message)
        client = scope.get("client")
        wait_s = self._buckets.wait_s(client[0] if client else "")
        if wait_s > 0:
            raise plain(429, {"Retry-After": str(math.ceil(wait_s))})

    def _shared(self, headers: Headers) -> dict[str, str]:
        """Headers that let a page of an allowed origin read the answer (CORS)."""
        origin = headers.get("origin")
        if origin not in self._settings.allowed_origins:
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Vary": "Origin",
        }

    async def _received(self, scope: Scope, receive: Receive) -> Receive:
        """The request with its body read, up to the limit."""
        large = scope["path"].startswith("/cds-services") or scope["path"].endswith(LARGE)
        most = self._settings.max_table_bytes if large else self._settings.max_body_bytes
        try:
            async with asyncio.timeout(self._settings.body_timeout_s):
                body = await _read(receive, most)
        except TimeoutError:
            raise plain(408) from None
        first = True

        async def replay() -> Message:
            nonlocal first
            if first:
                first = False
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        return replay


async def _read(receive: Receive, most: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise plain(400)
        body += message.get("body", b"")
        if len(body) > most:
            message = f"The request is larger than {most:,} bytes, the most that is read here."
            raise Refused(413, "too_large", message, headers={"Connection": "close"})
        if not message.get("more_body", False):
            return bytes(body)


class _Out:
    """The way out: puts headers on, and knows whether an answer has begun."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send, self._headers, self._begun = send, headers, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            held = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                held.setdefault(name, value)
        await self._send(message)

    async def refuse(self, refused: Refused) -> None:
        """Answer with an error, unless an answer has begun."""
        if self._begun:
            return
        body = refused.body()
        given = {
            "content-type": "application/json",
            "content-length": str(len(body)),
            **(refused.headers or {}),
        }
        raw = [(name.lower().encode(), value.encode()) for name, value in given.items()]
        await self({"type": "http.response.start", "status": refused.status, "headers": raw})
        await self({"type": "http.response.body", "body": body})

    async def empty(self) -> None:
        """Answer that there is nothing to say."""
        await self({"type": "http.response.start", "status": 204, "headers": []})
        await self({"type": "http.response.body", "body": b""})
