"""Work off the event loop: few threads, a short queue, and a time after which it is given up."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from endplate.web.api.errors import Refused

Answer = TypeVar("Answer")
RETRY_S = "2"


class Pool:
    """Threads for one kind of work."""

    def __init__(self, name: str, workers: int, queue: int, timeout_s: float) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix=f"endplate-{name}")
        self._most, self._timeout_s = workers + queue, timeout_s
        self._lock, self._held = threading.Lock(), 0

    async def run(self, work: Callable[[], Answer]) -> Answer:
        """Answer of the work, done in a thread.

        Raises
        ------
        Refused
            The queue is full, or the work took too long. Work that has begun cannot be stopped:
            its thread stays taken until it ends.
        """
        with self._lock:
            if self._held >= self._most:
                message = "Too much work is waiting; try again in a moment."
                raise Refused(503, "busy", message, headers={"Retry-After": RETRY_S})
            self._held += 1
        future = self._threads.submit(work)
        future.add_done_callback(self._release)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._timeout_s)
        except TimeoutError:
            message = f"The work took longer than {self._timeout_s:g} seconds and was given up."
            raise Refused(503, "too_slow", message, headers={"Retry-After": RETRY_S}) from None

    def _release(self, _: Future[Answer]) -> None:
        with self._lock:
            self._held -= 1
