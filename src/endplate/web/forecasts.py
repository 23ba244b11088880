"""Forecasts for the pages: made off the event loop, each plan once, the latest ones kept."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock, Thread

from endplate.case import Plan
from endplate.results.result import Result

Answer = Result
KEPT = 64  # results of plans, the least recently used one goes first
QUICK_WORKERS, FULL_WORKERS = 2, 1  # apart, so that no full run holds up a quick one
FULL_PEOPLE = 2000


def full(plan: Plan) -> Answer:
    """The forecast that the report shows: the same numbers as `endplate simulate`."""
    from endplate.people import simulate

    command = f"endplate simulate {plan.name}.toml --people {FULL_PEOPLE} --seed 0 --days 365"
    return simulate(plan, people=FULL_PEOPLE, command=command)


def quick(plan: Plan) -> Answer:
    """The same forecast over fewer of the same people, for a plan that is being changed."""
    from endplate.people import preview

    return preview(plan)


def warm_up() -> None:
    """Make ready for quick forecasts of the upper face, in a thread that no stop waits for."""

    def work() -> None:
        from endplate.people import warm

        warm()

    Thread(target=work, name="warm", daemon=True).start()


class Forecasts:
    """Runs forecasts in threads and keeps the latest answers."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Answer] = OrderedDict()
        self._lock = Lock()
        self._quick = ThreadPoolExecutor(QUICK_WORKERS, thread_name_prefix="quick")
        self._full = ThreadPoolExecutor(FULL_WORKERS, thread_name_prefix="full")

    async def quick(self, plan: Plan) -> Answer:
        """Quick forecast of a plan; the full one where that is at hand.

        Raises
        ------
        NotCovered
            There is no evidence for the product or the use.
        """
        return self.at_hand(plan) or await self._made(self._quick, quick, plan)

    async def full(self, plan: Plan) -> Answer:
        """Full forecast of a plan.

        Raises
        ------
        NotCovered
            There is no evidence for the product or the use.
        """
        return await self._made(self._full, full, plan)

    def at_hand(self, plan: Plan) -> Answer | None:
        """The full forecast of a plan if it was made before."""
        return self._find(_key(full, plan))

    async def _made(
        self, pool: ThreadPoolExecutor, make: Callable[[Plan], Answer], plan: Plan
    ) -> Answer:
        key = _key(make, plan)
        found = self._find(key)
        if found is None:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(pool, partial(make, plan))
            self._keep(key, found)
        return found

    def _find(self, key: tuple[str, str]) -> Answer | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: tuple[str, str], answer: Answer) -> None:
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def _key(make: Callable[[Plan], Answer], plan: Plan) -> tuple[str, str]:
    return make.__name__, f"{plan.name}\n{plan.dumps()}"


FORECASTS = Forecasts()
"""The forecasts that all pages of one server share."""
