"""Times the pages as a user feels them: opening each, and a change of the dose on Forecast."""

import argparse
import base64
import json
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

LIMIT_MS, LOAD_LIMIT_MS = 150, 1000
ROUTES = ("/", "/forecast", "/how-it-works", "/discuss", "/evidence")
LOADS = 5
AREAS = ["glabellar_lines", "lateral_canthal_lines", "forehead_lines"]
PLAN = {
    "patient": {"age_y": 46, "sex": "female", "weight_kg": 64, "baseline": {"glabellar_lines": 3}},
    "treatment": {
        "date": "2026-11-22",
        "product": "onabotulinumtoxinA",
        "indication": AREAS,
        "vial_u": 100,
        "diluent_ml": 2.5,
        "protocol": "label",
    },
}
BEFORE = {
    "date": "2026-06-01",
    "product": "onabotulinumtoxinA",
    "indication": "glabellar_lines",
    "dose_u": 20,
}
PLANS = {
    "none": PLAN,
    "half a year ago": {**PLAN, "patient": {**PLAN["patient"], "previous": [BEFORE]}},
}
FIRST_U, STEP_U = 40.0, 0.4  # no dose comes twice in a round, so that none is at hand already
# From the event of the field to the stage, and to the whole page, renewed with that dose.
CHANGE = """(dose) => new Promise((done) => {
  const field = document.querySelector(".fc-dose input");
  const title = document.querySelector(".fc-title");
  const start = performance.now();
  let stage = null;
  const seen = new MutationObserver((changes) => {
    if (!title.textContent.includes(` ${dose} U `)) return;
    const names = changes.map((change) => change.attributeName);
    if (names.includes("data-version")) stage ??= performance.now() - start;
    if (stage === null || !names.includes("data-whole")) return;
    seen.disconnect();
    done([stage, performance.now() - start]);
  });
  const kept = { attributes: true, subtree: true, attributeFilter: ["data-version", "data-whole"] };
  seen.observe(document.querySelector(".fc-page"), kept);
  field.value = dose;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
})"""


@contextmanager
def served() -> Iterator[str]:
    """Address of the app, served for as long as the context lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "endplate", "serve", "--port", str(port)]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while running.poll() is None:
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        running.terminate()
        running.wait(20)


def opened_ms(page: Page, address: str) -> list[float]:
    """Milliseconds from asking for a page to its heading, each time with nothing kept."""
    found = []
    for _ in range(LOADS):
        page.goto("about:blank")
        start = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.locator("h1").first.wait_for()
        found.append(1e3 * (time.perf_counter() - start))
    return found


def doses(changes: int) -> list[str]:
    """Doses to ask for, each once."""
    return [f"{round(FIRST_U + STEP_U * i, 1):g}" for i in range(changes)]


def measure_ms(page: Page, wanted: list[str], pause_s: float) -> list[list[float]]:
    """Milliseconds from each change to the stage renewed and to the whole page renewed."""
    found = []
    for dose in wanted:
        found.append(page.evaluate(CHANGE, dose))
        time.sleep(pause_s)
    return found


def told(before: str, name: str, found: list[list[float]]) -> Iterator[str]:
    """Two rows of the table."""
    for place, part in enumerate(("the stage", "the whole page")):
        own = [pair[place] for pair in found]
        most = statistics.quantiles(own, n=20)[-1]
        row = f"{statistics.median(own):.0f} | {most:.0f} | {LIMIT_MS}"
        yield f"| {before} | {name} | {part} | {len(own)} | {row} |"


def link_of(plan: dict) -> str:
    """The part of an address that opens a plan."""
    desk = json.dumps({"plans": [{"name": "plan", "tables": plan}], "at": 0})
    return "#desk=" + base64.urlsafe_b64encode(desk.encode()).decode().rstrip("=")


def measured(page: Page, address: str, plan: dict, changes: int, pause_s: float) -> tuple:
    """Changes of the dose, fresh and seen before, and the loads of every page, of one plan."""
    page.goto("about:blank")
    page.goto(f"{address}/forecast{link_of(plan)}")
    page.wait_for_function("document.querySelectorAll('.fc-group').length === 3", timeout=300_000)
    page.get_by_text("Forecast over 2,000 virtual people.").wait_for(timeout=300_000)
    wanted = doses(changes)
    measure_ms(page, ["39.5", "39.7", "39.9"], pause_s)
    fresh = measure_ms(page, wanted, pause_s)
    again = measure_ms(page, wanted[-20:-1], pause_s)
    return fresh, again, {r: opened_ms(page, f"{address}{r}{link_of(plan)}") for r in ROUTES}


def main() -> None:
    """Change the dose many times, with an earlier treatment and without, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--pause", type=float, default=0.1, help="seconds after an answer")
    asked = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    with served() as address, sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = running.new_page(viewport={"width": 1440, "height": 900})
        found = {
            before: measured(page, address, plan, asked.changes, asked.pause)
            for before, plan in PLANS.items()
        }
        running.close()
    print("| treated before | page | times opened | p50 ms | most ms | limit ms |")
    print("|---|---|---|---|---|---|")
    for before, (_, _, loads) in found.items():
        for route, own in loads.items():
            row = f"{statistics.median(own):.0f} | {max(own):.0f} | {LOAD_LIMIT_MS}"
            print(f"| {before} | `{route}` | {LOADS} | {row} |")
    print()
    print("| treated before | change of dose | renewed | changes | p50 ms | p95 ms | limit ms |")
    print("|---|---|---|---|---|---|---|")
    for before, (fresh, again, _) in found.items():
        for name, own in (("a new dose", fresh), ("a dose whose forecast is at hand", again)):
            print("\n".join(told(before, name, own)))


if __name__ == "__main__":
    main()
