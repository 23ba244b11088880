"""The same plan is computed once, by the first request for it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from api_client import app_of, ask
from endplate.errors import NotCovered
from endplate.web.api import Settings, forecast_routes
from endplate.web.api.requests import EXAMPLE_TEXT
from endplate.web.cache import Cache


def test_concurrent_requests_wait_for_one_computation():
    cache, calls, gate = Cache(4), [], threading.Event()

    def make():
        calls.append(1)
        gate.wait(10)
        return b"answer"

    with ThreadPoolExecutor(5) as pool:
        futures = [pool.submit(cache.get, "plan", make) for _ in range(5)]
        gate.set()
        assert [future.result(10) for future in futures] == [b"answer"] * 5
    assert len(calls) == 1


def test_an_exception_is_raised_and_not_stored():
    cache = Cache(4)

    def broken():
        raise NotCovered("no evidence")

    for _ in range(2):
        with pytest.raises(NotCovered, match="no evidence"):
            cache.get("plan", broken)
    assert cache.get("plan", lambda: b"now") == b"now"


def test_the_least_recently_used_goes_first():
    cache = Cache(2)
    for name in ("a", "b", "a", "c"):
        cache.get(name, lambda name=name: name.encode())
    assert cache.get("a", lambda: b"anew") == b"a"
    assert cache.get("b", lambda: b"anew") == b"anew"


def test_a_peek_computes_nothing():
    cache = Cache(2)
    assert cache.peek("plan") is None
    cache.get("plan", lambda: b"result")
    assert cache.peek("plan") == b"result"


def test_the_route_computes_a_plan_once(monkeypatch):
    calls = []

    def counted(plan):
        calls.append(plan.name)
        return {"number": len(calls)}

    monkeypatch.setattr(forecast_routes, "preview", counted)
    app = app_of(Settings(rate_per_s=1e6, rate_burst=1_000_000, kept_forecasts=3))

    def number(text):
        return ask("POST", "/api/v1/forecast", app=app, json={"plan": text}).json()["number"]

    other = EXAMPLE_TEXT.replace("age_y = 46", "age_y = 47")
    assert other != EXAMPLE_TEXT
    assert [number(t) for t in (EXAMPLE_TEXT, EXAMPLE_TEXT, other, EXAMPLE_TEXT)] == [1, 1, 2, 1]
