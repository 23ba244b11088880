"""The same plan is worked out once, by whoever asks for it first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from api_client import app_of, ask
from endplate.errors import NotCovered
from endplate.web.api import Settings, forecast_routes
from endplate.web.api.examples import EXAMPLE_TEXT
from endplate.web.api.kept import Kept


def test_many_who_ask_at_once_wait_for_one():
    kept, calls, gate = Kept(4), [], threading.Event()

    def make():
        calls.append(1)
        gate.wait(10)
        return b"answer"

    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(kept.of, "plan", make) for _ in range(5)]
        gate.set()
        assert [one.result(10) for one in asked] == [b"answer"] * 5
    assert len(calls) == 1


def test_a_fault_is_told_and_not_kept():
    kept = Kept(4)

    def broken():
        raise NotCovered("no evidence")

    for _ in range(2):
        with pytest.raises(NotCovered, match="no evidence"):
            kept.of("plan", broken)
    assert kept.of("plan", lambda: b"now") == b"now"


def test_the_least_recently_used_goes_first():
    kept = Kept(2)
    for name in ("a", "b", "a", "c"):
        kept.of(name, lambda name=name: name.encode())
    assert kept.of("a", lambda: b"anew") == b"a"
    assert kept.of("b", lambda: b"anew") == b"anew"


def test_the_route_works_a_plan_out_once(monkeypatch):
    calls = []

    def counted(plan):
        calls.append(plan.name)
        return {"number": len(calls)}

    monkeypatch.setattr(forecast_routes, "quick", counted)
    app = app_of(Settings(rate_per_s=1e6, rate_burst=1_000_000, kept_forecasts=3))

    def number(text):
        return ask("POST", "/api/v1/forecast", app=app, json={"plan": text}).json()["number"]

    other = EXAMPLE_TEXT.replace("age_y = 46", "age_y = 47")
    assert other != EXAMPLE_TEXT
    assert [number(t) for t in (EXAMPLE_TEXT, EXAMPLE_TEXT, other, EXAMPLE_TEXT)] == [1, 1, 2, 1]
