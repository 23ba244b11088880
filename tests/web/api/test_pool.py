"""Work is done off the event loop, in few threads, with a short queue and an end."""

import asyncio
import threading
import time
from types import SimpleNamespace

import pytest

from api_client import app_of, ask
from endplate.web.api import Settings, forecast_routes
from endplate.web.api.errors import ApiError
from endplate.web.api.requests import EXAMPLE_TEXT
from endplate.web.api.workers import Pool


async def in_the_end(pool, work):
    """What work returns, tried again while a busy machine lets its thread wait."""
    while True:
        try:
            return await pool.run(work)
        except ApiError:
            await asyncio.sleep(0.01)


def test_the_loop_goes_on_while_work_is_done():
    async def both():
        pool, ticks = Pool("test", 1, 1, 300.0), 0
        gate = threading.Event()
        work = asyncio.create_task(pool.run(gate.wait))
        for _ in range(5):
            await asyncio.sleep(0.001)
            ticks += 1
        gate.set()
        return await work, ticks

    assert asyncio.run(both()) == (True, 5)


def test_a_full_queue_is_told_and_room_comes_back():
    async def full():
        pool, gate = Pool("test", 1, 1, 300.0), threading.Event()
        held = [asyncio.create_task(pool.run(gate.wait)) for _ in range(2)]
        await asyncio.sleep(0.01)
        with pytest.raises(ApiError) as refused:
            await pool.run(lambda: 1)
        gate.set()
        await asyncio.gather(*held)
        return refused.value, await pool.run(lambda: 1)

    refused, after = asyncio.run(full())
    assert (refused.status, refused.code) == (503, "busy")
    assert refused.headers["Retry-After"]
    assert after == 1


def test_work_that_takes_too_long_is_given_up_but_keeps_its_thread():
    async def late():
        pool, gate = Pool("test", 1, 0, 0.02), threading.Event()
        with pytest.raises(ApiError) as refused:
            await pool.run(gate.wait)
        with pytest.raises(ApiError) as busy:
            await pool.run(lambda: 1)
        gate.set()
        return refused.value.code, busy.value.code, await in_the_end(pool, lambda: 1)

    assert asyncio.run(late()) == ("too_slow", "busy", 1)


def test_what_waits_and_is_given_up_is_never_done():
    async def late():
        pool, gate, done = Pool("test", 1, 1, 0.02), threading.Event(), []
        held = asyncio.create_task(pool.run(gate.wait))
        await asyncio.sleep(0)
        with pytest.raises(ApiError):
            await pool.run(lambda: done.append(1))
        gate.set()
        with pytest.raises(ApiError):
            await held
        time.sleep(0.05)
        return done

    assert asyncio.run(late()) == []


def test_a_busy_server_says_so_and_checks_go_on(monkeypatch):
    gate, begun = threading.Event(), threading.Event()
    settings = Settings(heavy_workers=1, heavy_queue=0, rate_per_s=1e6, rate_burst=1000)

    def simulated(asked):
        begun.set()
        waited = gate.wait(30)
        return SimpleNamespace(as_dict=lambda: {"waited": waited})

    monkeypatch.setattr(forecast_routes, "simulated", simulated)

    async def crowd():
        import httpx

        transport = httpx.ASGITransport(app_of(settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            body = {"plan": EXAMPLE_TEXT}
            first = asyncio.create_task(client.post("/api/v1/simulate", json=body))
            await asyncio.to_thread(begun.wait, 30)
            second = await client.post("/api/v1/simulate", json=body)
            check = await client.post("/api/v1/check", json=body)
            gate.set()
            return (await first).status_code, second, check.status_code

    first, second, check = asyncio.run(crowd())
    assert (first, second.status_code, check) == (200, 503, 200)
    assert second.json()["error"]["code"] == "busy"
    assert second.headers["retry-after"]


def test_a_simulation_that_takes_too_long_is_given_up(monkeypatch):
    settings = Settings(heavy_timeout_s=0.05, rate_per_s=1e6, rate_burst=1001)
    monkeypatch.setattr(forecast_routes, "simulated", lambda asked: time.sleep(0.3))
    answer = ask("POST", "/api/v1/simulate", settings, json={"plan": EXAMPLE_TEXT})
    assert answer.status_code == 503
    assert answer.json()["error"]["faults"] == [
        "The work took longer than 0.05 seconds and was given up."
    ]
