"""What the routes share: settings, worker threads with a short queue, JSON responses."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Depends, Request, Response

from endplate.web.api.errors import ApiError, plain
from endplate.web.cache import Cache
from endplate.web.memory import MEMORY
from endplate.web.origin import security_headers
from endplate.web.settings import Settings

JSON = "application/json"
RETRY_S = "2"

Value = TypeVar("Value")


class Pool:
    """Threads for one kind of work, with a short queue and a timeout."""

    def __init__(self, name: str, workers: int, queue: int, timeout_s: float) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix=f"endplate-{name}")
        self._capacity, self._timeout_s = workers + queue, timeout_s
        self._lock, self._pending = threading.Lock(), 0

    async def run(self, work: Callable[[], Value]) -> Value:
        """Return what the work returns, done in a thread.

        Raises
        ------
        ApiError
            The queue is full, or the work took too long. Work that has begun cannot be stopped:
            its thread is busy until it ends.
        """
        with self._lock:
            if self._pending >= self._capacity:
                message = "Too much work is waiting; try again in a moment."
                raise ApiError(503, "busy", message, headers={"Retry-After": RETRY_S})
            self._pending += 1
        future = self._threads.submit(_computed, work)
        future.add_done_callback(self._release)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._timeout_s)
        except TimeoutError:
            message = f"The work took longer than {self._timeout_s:g} seconds and was given up."
            raise ApiError(503, "too_slow", message, headers={"Retry-After": RETRY_S}) from None

    def _release(self, _: Future[Value]) -> None:
        with self._lock:
            self._pending -= 1


def _computed(work: Callable[[], Value]) -> Value:
    with MEMORY.computing():
        return work()


@dataclass(frozen=True)
class Workers:
    """Settings of the server, its worker threads, and the cache of forecasts."""

    settings: Settings

    @cached_property
    def quick(self) -> Pool:
        """Threads for what is answered while somebody waits."""
        settings = self.settings
        return Pool("quick", settings.quick_workers, settings.quick_queue, settings.quick_timeout_s)

    @cached_property
    def heavy(self) -> Pool:
        """Threads for simulations and what is made from them."""
        settings = self.settings
        return Pool("heavy", settings.heavy_workers, settings.heavy_queue, settings.heavy_timeout_s)

    @cached_property
    def long(self) -> Pool:
        """A thread for validations, which take minutes and must not hold up a simulation."""
        return Pool("long", 1, self.settings.heavy_queue, self.settings.long_timeout_s)

    @cached_property
    def forecasts(self) -> Cache[bytes]:
        """The latest forecasts for live use, as they were sent."""
        return Cache(self.settings.kept_forecasts)

    @cached_property
    def times(self) -> Cache[bytes]:
        """Published times beside ours by the number of people, as they were sent."""
        return Cache(4)


def _workers_of(request: Request) -> Workers:
    return request.app.state.workers


WorkersDep = Annotated[Workers, Depends(_workers_of)]


def as_json(value: Any) -> bytes:
    """Encode a value as JSON; a number that is not finite raises an error."""
    if not _is_finite(value):
        raise ValueError("a response holds a number that is not finite")
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    if isinstance(value, list | tuple):
        if value and all(type(item) is float for item in (value[0], value[-1])):
            with suppress(TypeError):  # a course, most of a response: one sum checks all its days
                return isfinite(sum(value))
        return all(map(_is_finite, value))
    return True


async def json_response(pool: Pool, work: Callable[[], Any]) -> Response:
    """Respond with what the work returns, as JSON; both made off the event loop."""
    return Response(await pool.run(lambda: as_json(work())), media_type=JSON)


async def html_response(pool: Pool, work: Callable[[], str]) -> Response:
    """Respond with the HTML page that the work returns."""
    text = await pool.run(lambda: work().encode())
    return Response(text, headers=security_headers(page=True), media_type="text/html")


def require_json(request: Request) -> None:
    """Refuse a body that does not say it is JSON: a form of any web page could send it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON and not (kind.startswith("application/") and kind.endswith("+json")):
        raise plain(415)
