"""The server on a real connection: slow headers, bodies too large, and what it logs."""

import asyncio
import io
import logging
import socket
import threading
import time
from contextlib import contextmanager, suppress

import httpx
import pytest

from api_client import OPEN, app_of
from endplate.web.api import Settings
from endplate.web.logs import PlaceFormatter
from endplate.web.server import server_of

HASTY = Settings(header_timeout_s=0.4, rate_per_s=1e6, rate_burst=1_000_000)
SECRET = "Ada Example, 46 y"
LARGE = b'{"plan": "' + b"x" * 3_000_000 + b'"}'
JSON = {"content-type": "application/json"}


@contextmanager
def running(app, settings):
    """A port at which an app is served by a thread."""
    handlers = list(logging.getLogger().handlers)
    listening = socket.create_server(("127.0.0.1", 0))
    server = server_of(app, settings)
    server.install_signal_handlers = lambda: None
    thread = threading.Thread(target=lambda: asyncio.run(server._serve([listening])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
        logging.basicConfig(handlers=handlers, force=True)
        logging.captureWarnings(False)
        logging.raiseExceptions = True


@pytest.fixture(scope="module")
def port():
    with running(app_of(HASTY), HASTY) as port:
        yield port


def closed_after_s(connection: socket.socket) -> tuple[float, bytes]:
    """After how long the server closed a connection, and what it sent until then."""
    begun, received = time.monotonic(), b""
    connection.settimeout(60)
    while part := connection.recv(4096):
        received += part
    return time.monotonic() - begun, received


def trickle(connection: socket.socket, line: bytes, times: int) -> None:
    """Send a line again and again, until it cannot be sent any more."""
    with suppress(OSError):
        for _ in range(times):
            connection.sendall(line)
            time.sleep(0.05)


@pytest.mark.parametrize("before", [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n"])
def test_headers_that_do_not_come_are_given_up(port, before):
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(before)
        waited_s, received = closed_after_s(slow)
    assert waited_s < 30  # half a second where the processors are not all taken
    assert received.startswith(b"HTTP/1.1 408 ")


def test_headers_that_trickle_in_are_cut(port):
    with socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        begun = time.monotonic()
        trickle(slow, b"X-A: b\r\n", 1000)
    assert time.monotonic() - begun < 40  # all lines take longer


def test_headers_without_end_are_refused(port):
    with socket.create_connection(("127.0.0.1", port)) as greedy:
        greedy.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        greedy.sendall((b"X-A: " + b"b" * 3993 + b"\r\n") * 17)
        received = closed_after_s(greedy)[1]
    # h11, where that reads the request, has a bound of its own
    assert received[:12] in (b"HTTP/1.1 431", b"HTTP/1.1 400")


def test_a_connection_in_use_stays_open_for_the_next_request(port):
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        for _ in range(3):
            assert client.get("/api/v1/health").status_code == 200
            time.sleep(0.2)


def test_a_body_that_is_too_large_gets_its_answer_from_every_request(port):
    url = f"http://127.0.0.1:{port}/api/v1/check"
    for _ in range(15):
        assert httpx.post(url, content=LARGE, headers=JSON, timeout=60).status_code == 413


def test_a_caller_that_waits_for_leave_sends_nothing(port):
    with socket.create_connection(("127.0.0.1", port)) as caller:
        head = "POST /api/v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n"
        head += "Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n"
        caller.sendall(head.encode())
        received = closed_after_s(caller)[1]
    assert received.startswith(b"HTTP/1.1 413 ")


def logged(write) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlaceFormatter())
    logger = logging.getLogger("nicegui")
    logger.addHandler(handler)
    try:
        write(logger)
    finally:
        logger.removeHandler(handler)
    return stream.getvalue()


def fail():
    try:
        raise KeyError(SECRET)
    except KeyError as cause:
        raise ValueError(f"{SECRET} is not in the list") from cause


def as_exception(logger):
    try:
        fail()
    except ValueError as fault:
        logger.exception(fault)


def as_message(logger):
    logger.warning(f"{SECRET} not found")


def as_arguments(logger):
    logger.error("could not work on %s", SECRET)


@pytest.mark.parametrize("write", [as_exception, as_message, as_arguments])
def test_what_is_logged_names_the_place_and_no_patient(write):
    text = logged(write)
    assert "Ada" not in text
    assert "test_server.py" in text


def test_an_exception_is_logged_with_its_kinds_and_lines():
    text = logged(as_exception)
    assert "ValueError" in text
    assert "KeyError" in text
    assert "in fail" in text


def test_a_fault_of_a_route_is_logged_without_its_data(capsys):
    from fastapi import FastAPI

    from endplate.web.api.gate import Gate

    broken = FastAPI()

    @broken.post("/api/v1/broken")
    async def work() -> None:
        raise ValueError(SECRET)

    with running(Gate(broken, OPEN), OPEN) as port:
        answer = httpx.post(f"http://127.0.0.1:{port}/api/v1/broken", json={}, timeout=60)
    assert answer.status_code == 500
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert "Ada" not in told + answer.text
