"""Twenty people at the server, each moving a dose or a site; with an earlier treatment too."""

import argparse
import asyncio
import random
import socket
import subprocess
import sys
import time
from copy import deepcopy
from dataclasses import dataclass, field

import httpx

HOST = "127.0.0.1"
MOST_CALLS = 5000
PLAN = {
    "patient": {"age_y": 46, "sex": "female", "baseline": {"glabellar_lines": 3}},
    "treatment": {
        "date": "2026-11-22",
        "product": "onabotulinumtoxinA",
        "indication": ["glabellar_lines", "lateral_canthal_lines", "forehead_lines"],
        "vial_u": 100,
        "diluent_ml": 2.5,
        "site": [
            {"muscle": muscle, "side": side, "dose_u": 4, "at_mm": [x, y, 4.0]}
            for muscle, spots in (
                ("procerus", [("midline", 0, -3)]),
                ("corrugator_supercilii", [("left", 12, 4), ("left", 27, 12)]),
                ("corrugator_supercilii", [("right", 12, 4), ("right", 27, 12)]),
                ("frontalis", [("left", 10, 38), ("left", 32, 40)]),
                ("frontalis", [("right", 10, 38), ("right", 32, 40)]),
                ("orbicularis_oculi", [("left", 64, -22), ("left", 62, -12), ("left", 62, -32)]),
                ("orbicularis_oculi", [("right", 64, -22), ("right", 62, -12), ("right", 62, -32)]),
            )
            for side, x, y in spots
        ],
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


@dataclass
class Heard:
    """What the users saw: seconds of each answer, and what was no answer."""

    seconds: list[float] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)

    def quantile(self, share: float) -> float:
        """Milliseconds within which that share of the answers came."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def serve(port: int) -> None:
    """Serve the app; all users share one address, so the limit of rate is lifted."""
    import uvicorn

    from endplate.web.app import create_app
    from endplate.web.settings import Settings

    app = create_app(Settings(port=port, rate_per_s=1e6, rate_burst=1_000_000))
    uvicorn.run(app, host=HOST, port=port, log_level="warning")


def changed(plan: dict, draw: random.Random) -> dict:
    """The plan after one move of a hand: another dose, or a site a little aside."""
    moved = deepcopy(plan)
    site = draw.choice(moved["treatment"]["site"])
    if draw.random() < 0.5:
        site["dose_u"] = round(draw.uniform(1, 8), 1)
    else:
        x, y, z = site["at_mm"]
        aside = round(x + draw.uniform(-1, 1), 1) if site["side"] != "midline" else x
        site["at_mm"] = [aside, round(y + draw.uniform(-1, 1), 1), z]
    return moved


async def user(
    client: httpx.AsyncClient, first: dict, seed: int, think_s: float, until: float, heard: Heard
) -> None:
    """One person: change, ask, wait, look."""
    draw, plan = random.Random(seed), first
    await asyncio.sleep(draw.uniform(0, think_s))
    while time.perf_counter() < until and len(heard.seconds) < MOST_CALLS:
        plan = changed(plan if draw.random() < 0.9 else first, draw)
        start = time.perf_counter()
        try:
            answer = await client.post("/api/v1/forecast", json={"plan": plan})
            problem = "" if answer.status_code == 200 else f"status {answer.status_code}"
        except httpx.HTTPError as fault:
            problem = type(fault).__name__
        if problem:
            heard.errors[problem] = heard.errors.get(problem, 0) + 1
        else:
            heard.seconds.append(time.perf_counter() - start)
        await asyncio.sleep(think_s * draw.uniform(0.5, 1.5))


async def crowd(base: str, plan: dict, users: int, think_s: float, seconds: float) -> Heard:
    """All users at once for a while, each from the same plan on."""
    heard = Heard()
    limits = httpx.Limits(max_connections=users, max_keepalive_connections=users)
    async with httpx.AsyncClient(base_url=base, timeout=60, limits=limits) as client:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(user(client, plan, n, think_s, until, heard) for n in range(users)))
    return heard


def ready(base: str, server: subprocess.Popen, patience_s: float = 60.0) -> None:
    """Wait until the server answers."""
    until = time.perf_counter() + patience_s
    while time.perf_counter() < until and server.poll() is None:
        try:
            if httpx.get(f"{base}/api/v1/health", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    sys.exit("the server did not start")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def told(base: str, users: int, seconds: float, settle_s: float) -> None:
    """Print the table, once the server has had time to compile what it answers with."""
    time.sleep(settle_s)
    for before, plan in PLANS.items():
        for n in range(3):
            start = time.perf_counter()
            answer = httpx.post(f"{base}/api/v1/forecast", json={"plan": plan}, timeout=120)
            if answer.status_code != 200:
                sys.exit(answer.text)
            spent_ms = 1000 * (time.perf_counter() - start)
            print(f"one user, earlier treatment: {before}, call {n + 1}: {spent_ms:,.0f} ms")
    print(f"\n{users} users, {seconds:g} s each\n")
    print(
        "| treated before | think time | calls | per second | p50 ms | p95 ms | most ms | errors |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for before, plan in PLANS.items():
        for think_s in (1.0, 0.0):
            print(row(before, think_s, *heard_of(base, plan, users, think_s, seconds)))


def heard_of(
    base: str, plan: dict, users: int, think_s: float, seconds: float
) -> tuple[Heard, float]:
    """What the users saw, and answers per second."""
    start = time.perf_counter()
    heard = asyncio.run(crowd(base, plan, users, think_s, seconds))
    return heard, len(heard.seconds) / (time.perf_counter() - start)


def row(before: str, think_s: float, heard: Heard, rate: float) -> str:
    """One row of the table."""
    cells = [before, f"{think_s:g} s", str(len(heard.seconds)), f"{rate:.1f}"]
    if heard.seconds:
        cells += [f"{heard.quantile(share):,.0f}" for share in (0.5, 0.95, 1.0)]
    else:
        cells += ["-"] * 3
    cells.append(", ".join(f"{count} {what}" for what, count in heard.errors.items()) or "0")
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Start a server, send the users, print what they saw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--settle", type=float, default=40.0, help="seconds before the first call")
    parser.add_argument("--serve", type=int, metavar="PORT", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve)
        return
    users, seconds = min(given.users, 200), min(given.seconds, 120.0)
    port = free_port()
    server = subprocess.Popen([sys.executable, __file__, "--serve", str(port)])
    try:
        base = f"http://{HOST}:{port}"
        ready(base, server)
        told(base, users, seconds, given.settle)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


if __name__ == "__main__":
    main()
