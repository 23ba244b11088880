"""Forecasts and courses for the pages: computed off the event loop, each plan once."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import TYPE_CHECKING, Any

from endplate.case import Plan
from endplate.results.result import Result
from endplate.web.cache import Cache
from endplate.web.memory import MEMORY

if TYPE_CHECKING:
    from endplate.forecast.journey import Journey

CACHE_SIZE = 64  # results of plans
WARM_AFTER_S = 4.0  # a restarted server first answers those who wait
QUICK_WORKERS, FULL_WORKERS = 2, 1  # apart, so that no full run holds up a quick one
FULL_PEOPLE = 2000


def full(plan: Plan) -> Result:
    """Run the forecast that the report shows: the same numbers as `endplate simulate`."""
    from endplate.forecast import simulate

    command = f"endplate simulate {plan.name}.toml --people {FULL_PEOPLE} --seed 0 --days 365"
    return simulate(plan, people=FULL_PEOPLE, command=command)


def quick(plan: Plan) -> Result:
    """Run the same forecast over fewer of the same people, for a plan that is being changed."""
    from endplate.forecast import preview

    return preview(plan)


def warm_up() -> None:
    """Compile quick forecasts of the upper face, in a thread that no shutdown waits for."""

    def compile_model() -> None:
        time.sleep(WARM_AFTER_S)
        from endplate.forecast import warm

        with MEMORY.computing():
            warm()

    Thread(target=compile_model, name="warm", daemon=True).start()


class _Job:
    """A forecast that is being made, and how many wait for it: at first who asked."""

    def __init__(self) -> None:
        self.waiting = 1
        self.future: Future[Result] = Future()

    def is_wanted(self) -> bool:
        """Whether somebody waits for it."""
        return self.waiting > 0


class Forecasts:
    """Runs forecasts in threads and caches the latest results.

    A forecast that nobody waits for any more, its page closed or its plan changed, is taken from
    the queue, and one that runs is given up between two chunks of its people.
    """

    def __init__(self) -> None:
        self._cache: Cache[Result] = Cache(CACHE_SIZE)
        self._quick = ThreadPoolExecutor(QUICK_WORKERS, thread_name_prefix="quick")
        self._full = ThreadPoolExecutor(FULL_WORKERS, thread_name_prefix="full")
        self._jobs: dict[str, _Job] = {}

    async def quick(self, plan: Plan) -> Result:
        """Quick forecast of a plan; the full one where that is cached.

        Raises
        ------
        NotCovered
            There is no evidence for the product or the use.
        """
        cached = self._cache.peek(_key(full, plan))
        return cached or await self._run(self._quick, quick, plan)

    async def full(self, plan: Plan) -> Result:
        """Full forecast of a plan.

        Raises
        ------
        NotCovered
            There is no evidence for the product or the use.
        """
        return await self._run(self._full, full, plan)

    async def _run(
        self, pool: ThreadPoolExecutor, simulate: Callable[[Plan], Result], plan: Plan
    ) -> Result:
        key = _key(simulate, plan)
        cached = self._cache.peek(key)
        if cached is not None:
            return cached
        job = self._jobs.get(key)
        if job is None:
            job = self._start(key, pool, simulate, plan)
        else:
            job.waiting += 1
        try:
            # shielded: another page may wait for the same job
            return await asyncio.shield(asyncio.wrap_future(job.future))
        finally:
            job.waiting -= 1
            if not job.is_wanted() and self._jobs.get(key) is job:
                del self._jobs[key]
                job.future.cancel()

    def _start(
        self, key: str, pool: ThreadPoolExecutor, simulate: Callable[[Plan], Result], plan: Plan
    ) -> _Job:
        job = self._jobs[key] = _Job()

        def work() -> Result:
            from endplate.forecast.stopping import while_wanted

            with MEMORY.computing(), while_wanted(job.is_wanted):
                result = simulate(plan)
            self._cache.put(key, result)
            return result

        job.future = pool.submit(work)
        return job


def _key(run: Callable[[Plan], Any], plan: Plan) -> str:
    return f"{run.__name__}\n{plan.name}\n{plan.dumps()}"


FORECASTS = Forecasts()
"""The forecasts that all pages of one server share."""


async def journey_of(plan: Plan) -> "Journey":
    """Course of the median person of a plan, as `endplate.forecast.journey.follow` gives it.

    Raises
    ------
    NotCovered
        There is no evidence for the product or the use.
    """
    return await asyncio.to_thread(_JOURNEYS.get, _key(_follow, plan), lambda: _follow(plan))


_JOURNEYS: Cache["Journey"] = Cache(32)


def _follow(plan: Plan) -> "Journey":
    from endplate.forecast.journey import follow

    with MEMORY.computing():
        return follow(plan)
