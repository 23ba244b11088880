"""What the routes share: settings, threads, and the answer as JSON."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request, Response

from endplate.web.api.errors import plain
from endplate.web.api.kept import Kept
from endplate.web.api.pool import Pool
from endplate.web.origin import security_headers
from endplate.web.settings import Settings

JSON = "application/json"


@dataclass(frozen=True)
class Desk:
    """Where the routes have their work done."""

    settings: Settings

    @cached_property
    def quick(self) -> Pool:
        """Threads for what is answered while somebody waits."""
        own = self.settings
        return Pool("quick", own.quick_workers, own.quick_queue, own.quick_timeout_s)

    @cached_property
    def forecasts(self) -> Kept:
        """The latest forecasts for live use."""
        return Kept(self.settings.kept_forecasts)

    @cached_property
    def heavy(self) -> Pool:
        """Threads for simulations and what is made from them."""
        own = self.settings
        return Pool("heavy", own.heavy_workers, own.heavy_queue, own.heavy_timeout_s)

    @cached_property
    def long(self) -> Pool:
        """A thread for validations, which take minutes and must not hold up a simulation."""
        own = self.settings
        return Pool("long", 1, own.heavy_queue, own.long_timeout_s)


def as_json(value: Any) -> bytes:
    """Value as JSON; a number that is not finite is a fault, not output."""
    if not _finite(value):
        raise ValueError("an answer holds a number that is not finite")
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    if isinstance(value, list | tuple):
        if value and all(type(one) is float for one in (value[0], value[-1])):
            with suppress(TypeError):  # a course, most of an answer: one sum tells of all its days
                return isfinite(sum(value))
        return all(map(_finite, value))
    return True


async def answer(pool: Pool, work: Callable[[], Any]) -> Response:
    """Answer with what the work returns, as JSON; both made off the event loop."""
    return Response(await pool.run(lambda: as_json(work())), media_type=JSON)


async def page(pool: Pool, work: Callable[[], str]) -> Response:
    """Answer with the HTML page that the work returns."""
    text = await pool.run(lambda: work().encode())
    return Response(text, headers=security_headers(page=True), media_type="text/html")


def _desk(request: Request) -> Desk:
    return request.app.state.desk


def wants_json(request: Request) -> None:
    """Refuse a body that does not say it is JSON: a page's form could send it unasked."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON and not (kind.startswith("application/") and kind.endswith("+json")):
        raise plain(415)


AtDesk = Annotated[Desk, Depends(_desk)]
