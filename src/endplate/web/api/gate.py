"""What every request passes first: checks of host, origin, rate and size."""

import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from endplate.web.api.errors import ApiError, plain
from endplate.web.body import BodyTooLarge, BodyTooSlow, CallerLeft, whole_body
from endplate.web.origin import host_allowed, origin_allowed, security_headers
from endplate.web.settings import Settings

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
ALLOWED_METHODS = "GET, POST"
LARGE_PATHS = ("/compare", "/vials", "/validate", "/sources")
_log = logging.getLogger("endplate.web")


class Gate:
    """ASGI middleware around the interface."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._rate = RateLimiter(settings.rate_per_s, settings.rate_burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or respond with an error."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        sender = _Sender(send, security_headers() | self._cors_headers(headers))
        try:
            self._admit(scope, headers)
            if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
                await sender.empty()
                return
            await self._app(scope, await self._with_body(scope, receive), sender)
        except ApiError as error:
            await sender.refuse(error)
        except Exception:
            _log.exception("%s %s failed", scope["method"], scope["path"])
            await sender.refuse(plain(500))

    def _admit(self, scope: Scope, headers: Headers) -> None:
        settings = self._settings
        if not host_allowed(headers.get("host", ""), settings):
            message = "This server answers to its own name only."
            raise ApiError(400, "bad_host", message)
        is_preflight = "access-control-request-method" in headers
        if (scope["method"] not in SAFE_METHODS or is_preflight) and not origin_allowed(
            headers, settings
        ):
            message = "Pages of other origins may not call this server."
            raise ApiError(403, "foreign_origin", message)
        client = scope.get("client")
        wait_s = self._rate.wait_s(client[0] if client else "")
        if wait_s > 0:
            raise plain(429, {"Retry-After": str(math.ceil(wait_s))})

    def _cors_headers(self, headers: Headers) -> dict[str, str]:
        """Headers that let a page of an allowed origin read the response (CORS)."""
        origin = headers.get("origin")
        if origin not in self._settings.allowed_origins:
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": ALLOWED_METHODS,
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Vary": "Origin",
        }

    async def _with_body(self, scope: Scope, receive: Receive) -> Receive:
        """The request with its body read, up to the limit."""
        large = scope["path"].startswith("/cds-services") or scope["path"].endswith(LARGE_PATHS)
        max_bytes = self._settings.max_table_bytes if large else self._settings.max_body_bytes
        try:
            return await whole_body(scope, receive, max_bytes, self._settings.body_timeout_s)
        except BodyTooLarge:
            message = f"The request is larger than {max_bytes:,} bytes, the limit of this server."
            close = {"Connection": "close"}
            raise ApiError(413, "too_large", message, headers=close) from None
        except BodyTooSlow:
            raise plain(408) from None
        except CallerLeft:
            raise plain(400) from None


class _Sender:
    """Sends a response: adds headers, and knows whether it has started."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send, self._headers, self._started = send, headers, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)

    async def refuse(self, error: ApiError) -> None:
        """Respond with an error, unless a response has started."""
        if self._started:
            return
        body = error.body()
        headers = {
            "content-type": "application/json",
            "content-length": str(len(body)),
            **(error.headers or {}),
        }
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await self({"type": "http.response.start", "status": error.status, "headers": raw})
        await self({"type": "http.response.body", "body": body})

    async def empty(self) -> None:
        """Respond without a body."""
        await self({"type": "http.response.start", "status": 204, "headers": []})
        await self({"type": "http.response.body", "body": b""})


# An address that has not called for long has a full bucket: forgetting it changes nothing.
MAX_ADDRESSES = 10_000


class RateLimiter:
    """One bucket of tokens per address, filled at a steady rate, at most `burst` tokens each."""

    def __init__(
        self, rate_per_s: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate_per_s, self._burst, self._clock = rate_per_s, float(burst), clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Take a token; 0 when there was one, else the seconds until there is."""
        now = self._clock()
        tokens, since = self._buckets.pop(address, (self._burst, now))
        tokens = min(self._burst, tokens + (now - since) * self._rate_per_s)
        admitted = tokens >= 1.0
        self._buckets[address] = (tokens - 1.0 if admitted else tokens, now)
        if len(self._buckets) > MAX_ADDRESSES:
            self._buckets.popitem(last=False)
        return 0.0 if admitted else (1.0 - tokens) / self._rate_per_s
