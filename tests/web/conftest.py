"""The app, served in a process of its own, and a real browser that notes what it must not do."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

STARTED_WITHIN_S, ENDED_WITHIN_S = 600.0, 120.0  # on a machine that does much else
DESK, PHONE = (1440, 900), (360, 780)


@contextmanager
def _serving(port: int = 0, *words: str) -> Iterator[tuple[str, int]]:
    if not port:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    command = [sys.executable, "-m", "endplate", "serve", "--port", str(port), *words]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, running)
        yield address, port
    finally:
        running.terminate()
        try:
            running.wait(ENDED_WITHIN_S)
        finally:
            running.kill()  # one that hangs is told, and does not outlive the tests
            running.wait()


@pytest.fixture(scope="session")
def serving():
    """Runs an app of its own: `with serving(port, *words) as (address, port)`."""
    return _serving


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """Address of a running app that all tests share."""
    with _serving() as (address, _):
        yield address


def _wait_for(address: str, running: subprocess.Popen) -> None:
    end = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < end and running.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=30).close()
        except urllib.error.HTTPError:  # it answers: to nobody who is not signed in
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the app did not start within {STARTED_WITHIN_S} s")


@dataclass
class Noted:
    """What a browser did that it should not: requests to other machines, errors of scripts."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture
def opened(chromium, served):
    """Opens a path of the app: `with opened("/forecast", size, scheme) as (page, noted)`."""

    @contextmanager
    def open_page(path: str = "/", size: tuple[int, int] = DESK, scheme: str = "light"):
        view = {"width": size[0], "height": size[1]}
        context = chromium.new_context(viewport=view, color_scheme=scheme)
        page, noted = context.new_page(), Noted()
        page.set_default_timeout(120_000)  # on a machine that does much else
        page.on("request", lambda request: _note(request.url, served, noted))
        page.on("pageerror", lambda error: noted.errors.append(str(error)))
        page.on("console", lambda m: noted.errors.append(m.text) if m.type == "error" else None)
        page.goto(served + path)
        page.wait_for_selector("main")
        try:
            yield page, noted
        finally:
            context.close()

    return open_page


def _note(url: str, served: str, noted: Noted) -> None:
    if not url.startswith((served, served.replace("http", "ws", 1), "data:", "blob:")):
        noted.outside.append(url)


@pytest.fixture(scope="session")
def serious():
    """Serious and critical findings of axe-core on a page, each as one line."""
    from axe_playwright_python.sync_playwright import Axe

    def run(page) -> list[str]:
        found = Axe().run(page).response["violations"]
        return [
            f"{v['id']}: {v['help']} ({node['html'][:120]})"
            for v in found
            if v["impact"] in ("serious", "critical")
            for node in v["nodes"]
        ]

    return run


@pytest.fixture(scope="session")
def fits():
    """By how many pixels a page is wider than its window."""
    return lambda page: page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.fixture(scope="session")
def lay_out():
    """Stores a workspace in the browser of a page, as if it had been there, and reloads."""

    def put(page, workspace) -> None:
        # the page stores its own workspace first, which would replace this one
        page.wait_for_function("sessionStorage.getItem('endplate.desk')")
        page.evaluate("text => sessionStorage.setItem('endplate.desk', text)", workspace.dumps())
        page.reload()

    return put
