"""The body of a request, read whole before anything else sees it, up to a size and a time."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope


class BodyTooLarge(Exception):
    """The body is larger than what is read."""


class BodyTooSlow(Exception):
    """The body did not arrive in time."""


class CallerLeft(Exception):
    """The caller closed the connection before the body was there."""


async def whole_body(scope: Scope, receive: Receive, max_bytes: int, timeout_s: float) -> Receive:
    """Read the body of a request, and give it back as a `receive` that holds it.

    What lies beyond the limit is read and dropped before the request is refused: a connection
    that is closed while its caller still sends is reset, and most clients then never show the
    answer. A caller that waits for leave (`Expect: 100-continue`) is refused without it.

    Parameters
    ----------
    scope, receive
        The request, as ASGI gives it.
    max_bytes : int
        Largest body that is kept.
    timeout_s : float
        Within how long it must have arrived [s]; the rest of one too large is dropped as long.

    Raises
    ------
    BodyTooLarge, BodyTooSlow, CallerLeft
        It is refused.
    """
    headers = Headers(scope=scope)
    declared = headers.get("content-length", "0")
    if headers.get("expect", "").lower() == "100-continue":
        if declared.isdecimal() and int(declared) > max_bytes:
            raise BodyTooLarge
    kept, is_large = bytearray(), False
    try:
        async with asyncio.timeout(timeout_s):
            async for part in _parts(receive):
                is_large = is_large or len(kept) + len(part) > max_bytes
                if not is_large:
                    kept += part
    except TimeoutError:
        raise (BodyTooLarge if is_large else BodyTooSlow) from None
    if is_large:
        raise BodyTooLarge
    return replay(bytes(kept), receive)


async def _parts(receive: Receive):
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerLeft
        more = message.get("more_body", False)
        yield message.get("body", b"")


def replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """A `receive` that gives a body that was read, then goes on with the connection."""
    is_first = True

    async def replayed() -> Message:
        nonlocal is_first
        if is_first:
            is_first = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replayed
