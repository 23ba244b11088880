"""Who may call, how much, and how often; and what leaves with every answer."""

import asyncio
import tracemalloc

import httpx
import pytest

from api_client import OPEN, app_of, ask, get, post
from endplate.web.api import Settings, host_allowed, origin_allowed
from endplate.web.api.gate import MAX_ADDRESSES, RateLimiter
from endplate.web.api.requests import EXAMPLE_TEXT

EHR = "https://ehr.example"
BODY = {"plan": EXAMPLE_TEXT}


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "LOCALHOST"]
)
def test_own_names_are_answered(host):
    assert get("/api/v1/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil.example:8000", "", "0.0.0.0", "[::1", "a@b"],
)
def test_a_name_rebound_to_this_machine_is_refused(host):
    answer = get("/api/v1/health", headers={"host": host})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_host"


def test_further_names_are_answered_where_they_are_set():
    here = Settings(host="clinic.example", allowed_hosts=("pc7",))
    assert host_allowed("clinic.example:8000", here)
    assert host_allowed("pc7", here)
    assert not host_allowed("pc8", here)
    assert not host_allowed("0.0.0.0", Settings(host="0.0.0.0"))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:9000"},
        {"origin": "http://localhost"},
        {"origin": "http://[::1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_a_page_of_another_origin_cannot_drive_the_server(headers):
    answer = post("/api/v1/check", BODY, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "foreign_origin"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://localhost:8000"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_own_pages_and_programs_may_call(headers):
    answer = post("/api/v1/check", BODY, headers=headers)
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


def test_only_an_origin_on_the_list_may_call_from_elsewhere():
    shared = Settings(allowed_origins=(EHR,))
    asks = {"access-control-request-method": "POST"}
    path = "/cds-services/endplate-order-sign"
    leave = ask("OPTIONS", path, shared, headers={"origin": EHR, **asks})
    assert leave.status_code == 204
    assert leave.headers["access-control-allow-origin"] == EHR
    assert "POST" in leave.headers["access-control-allow-methods"]
    other = ask("OPTIONS", path, shared, headers={"origin": "https://evil.example", **asks})
    assert other.status_code == 403
    assert "access-control-allow-origin" not in other.headers
    answer = ask("POST", "/api/v1/check", shared, json=BODY, headers={"origin": EHR})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == EHR
    assert origin_allowed({"origin": EHR}, shared)


def test_an_error_can_be_read_by_an_allowed_origin():
    shared = Settings(allowed_origins=(EHR,))
    answer = ask("GET", "/api/v1/nothing", shared, headers={"origin": EHR})
    assert answer.status_code == 404
    assert answer.headers["access-control-allow-origin"] == EHR


@pytest.mark.parametrize("path", ["/api/v1/health", "/api/v1/none", "/openapi.json", "/api/docs"])
def test_every_answer_keeps_to_itself(path):
    headers = get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; frame-ancestors 'none'")
    assert "http" not in policy
    assert "script-src" not in policy


def test_what_lies_beyond_the_limit_is_dropped_not_kept():
    tracemalloc.start()

    async def large():
        for _ in range(500):
            yield bytes(100_000)

    answer = ask(
        "POST",
        "/api/v1/check",
        content=large(),
        headers={"content-type": "application/json"},
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 413
    assert peak < 20e6  # 50 MB were sent


def test_a_body_without_end_is_refused_in_time():
    async def endless():
        while True:
            await asyncio.sleep(0)
            yield bytes(100_000)

    hasty = Settings(body_timeout_s=0.3)
    headers = {"content-type": "application/json"}
    answer = ask("POST", "/api/v1/check", hasty, content=endless(), headers=headers)
    assert answer.status_code == 413


def test_tables_may_be_larger_than_plans():
    body = {"result": {"findings": ["x" * 2_000_000]}}
    assert post("/api/v1/sources", body).status_code == 200
    assert post("/api/v1/check", {"plan": "x" * 2_000_000}).status_code == 413


def test_a_body_that_does_not_come_is_given_up():
    async def slow():
        yield b"{"
        await asyncio.sleep(5)
        yield b"}"

    hasty = Settings(body_timeout_s=0.05)
    headers = {"content-type": "application/json"}
    answer = ask("POST", "/api/v1/check", hasty, content=slow(), headers=headers)
    assert answer.status_code == 408
    assert answer.json()["error"]["code"] == "too_slow"


def test_one_address_may_ask_only_so_often():
    settings = Settings(rate_per_s=0.001, rate_burst=3)
    answers = [ask("GET", "/api/v1/health", settings).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert ask("GET", "/page", settings).status_code == 200


def test_a_bucket_fills_again_and_each_address_has_its_own():
    now = [0.0]
    limiter = RateLimiter(rate_per_s=2.0, burst=2, clock=lambda: now[0])
    assert [limiter.wait_s("a") for _ in range(2)] == [0.0, 0.0]
    assert limiter.wait_s("a") == pytest.approx(0.5)
    assert limiter.wait_s("b") == 0.0
    now[0] = 0.5
    assert limiter.wait_s("a") == 0.0
    assert limiter.wait_s("a") > 0


def test_many_addresses_do_not_fill_the_memory():
    limiter = RateLimiter(rate_per_s=1.0, burst=1)
    for number in range(MAX_ADDRESSES + 50):
        limiter.wait_s(str(number))
    assert len(limiter._buckets) == MAX_ADDRESSES


def test_a_socket_on_a_path_of_the_interface_is_closed():
    sent = []

    async def opened():
        async def receive():
            return {"type": "websocket.connect"}

        async def send(message):
            sent.append(message)

        scope = {"type": "websocket", "path": "/api/v1/check", "headers": []}
        await app_of(OPEN)(scope, receive, send)

    asyncio.run(opened())
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_a_caller_that_leaves_harms_nobody():
    async def left():
        transport = httpx.ASGITransport(app_of(OPEN))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            asked = asyncio.create_task(client.post("/api/v1/check", json=BODY))
            await asyncio.sleep(0)
            asked.cancel()
            return (await client.post("/api/v1/check", json=BODY)).status_code

    assert asyncio.run(left()) == 200
