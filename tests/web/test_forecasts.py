"""Forecasts for the pages: shared, and given up once nobody waits for them."""

import asyncio
import threading
from dataclasses import replace

import pytest

from endplate.case import DEMO_PLAN, Plan
from endplate.errors import Stopped
from endplate.forecast.cohort_run import in_parallel
from endplate.forecast.stopping import while_wanted
from endplate.web import forecasts

PLAN = Plan.load(DEMO_PLAN)


@pytest.fixture
def made(monkeypatch):
    """Runs that take until they are let go, with the plans that began, by name."""
    begun, let_go = [], threading.Event()

    def quick(plan):
        begun.append(plan.name)
        in_parallel(lambda _: let_go.wait(5), range(2))
        return plan.name

    monkeypatch.setattr(forecasts, "quick", quick)
    return begun, let_go


async def begins(begun, count):
    while len(begun) < count:
        await asyncio.sleep(0.01)


def test_two_pages_share_one_run(made):
    begun, let_go = made

    async def run():
        shared = forecasts.Forecasts()
        first, second = (asyncio.create_task(shared.quick(PLAN)) for _ in range(2))
        await begins(begun, 1)
        first.cancel()
        let_go.set()
        return await second

    assert asyncio.run(run()) == PLAN.name
    assert begun == [PLAN.name]


def test_what_waits_for_nobody_never_begins_and_the_last_switch_is_answered(made):
    begun, let_go = made

    async def run():
        shared = forecasts.Forecasts()
        task = None
        for number in range(15):
            if task is not None:
                task.cancel()
            task = asyncio.create_task(shared.quick(replace(PLAN, name=f"plan {number}")))
            await asyncio.sleep(0.01)
        await begins(begun, 1)
        let_go.set()
        return await task

    assert asyncio.run(run()) == "plan 14"
    assert len(begun) <= forecasts.QUICK_WORKERS + 1


def test_a_run_that_is_given_up_ends_and_can_be_asked_for_again(made):
    begun, let_go = made

    async def run():
        shared = forecasts.Forecasts()
        task = asyncio.create_task(shared.quick(PLAN))
        await begins(begun, 1)
        task.cancel()
        await asyncio.sleep(0.05)
        again = asyncio.create_task(shared.quick(PLAN))
        await begins(begun, 2)
        let_go.set()
        return await again

    assert asyncio.run(run()) == PLAN.name


def test_a_run_stops_between_chunks():
    done = []

    def work(item):
        done.append(item)

    with while_wanted(lambda: not done), pytest.raises(Stopped):
        in_parallel(work, range(50))
    assert done == [0]
