"""Times the preview of a plan that is being changed: wall and processor milliseconds a call."""

import argparse
import os
import random
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from endplate import Plan, simulate
from endplate.case import Site, placed_sites
from endplate.forecast import preview, warm

PLAN = """
[patient]
age_y = 46
sex = "female"
baseline = {{ glabellar_lines = 3 }}

[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = [{areas}]
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""
FACE = ("glabellar_lines", "lateral_canthal_lines", "forehead_lines")


EARLIER = """
[[patient.previous]]
date = 2026-06-01
product = "{product}"
indication = "{area}"
"""
OWN, OTHER = "onabotulinumtoxinA", "abobotulinumtoxinA"


def with_sites(areas: tuple[str, ...], earlier: str = "", product: str = OWN) -> Plan:
    """The label's plan of some areas, its sites written out so that each can be changed.

    `earlier` is the area that was treated half a year before, at the label's dose of `product`;
    none where it is empty.
    """
    text = PLAN.format(areas=", ".join(f'"{area}"' for area in areas))
    plan = Plan.loads(text + (EARLIER.format(area=earlier, product=product) if earlier else ""))
    sites = tuple(
        Site(
            dose_u=one.dose_u,
            side=one.side,
            muscle=one.muscle,
            at_mm=(abs(one.x_mm), one.y_mm, one.z_mm),
            volume_ml=one.volume_ml,
            indication=one.indication,
        )
        for one in placed_sites(plan)
    )
    return replace(plan, treatment=replace(plan.treatment, protocol=None, sites=sites))


def other_dose(sites: list[Site], at: int, chance: random.Random) -> None:
    """Another dose at one site."""
    sites[at] = replace(sites[at], dose_u=round(chance.uniform(1.0, 8.0), 1))


def moved(sites: list[Site], at: int, chance: random.Random) -> None:
    """One site moved by some millimetres."""
    x_mm, y_mm, z_mm = sites[at].at_mm or (0.0, 0.0, 0.0)
    y_mm += chance.uniform(-5.0, 5.0)
    sides_apart = sites[at].side != "midline"
    x_mm = max(1.0, x_mm + chance.uniform(-3.0, 3.0)) if sides_apart else x_mm
    sites[at] = replace(sites[at], at_mm=(x_mm, y_mm, z_mm))


def added(sites: list[Site], at: int, chance: random.Random) -> None:
    """One site more, beside another."""
    sites.append(sites[at])
    moved(sites, len(sites) - 1, chance)


CHANGES: dict[str, Callable[[list[Site], int, random.Random], None]] = {
    "dose": other_dose,
    "moved site": moved,
    "added site": added,
}


def changed(plan: Plan, kind: str, chance: random.Random) -> Plan:
    """A plan with one change of that kind, never the same twice."""
    sites = list(plan.treatment.sites)
    CHANGES[kind](sites, chance.randrange(len(sites)), chance)
    return replace(plan, treatment=replace(plan.treatment, sites=tuple(sites)))


def timed_ms(call: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor milliseconds of a call, all threads counted."""
    wall, used = time.perf_counter(), time.process_time()
    call()
    return 1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - used)


def quantiles(times: list[tuple[float, float]]) -> str:
    """Cells of one row: median and 95th percentile, wall and processor."""
    middle, late = np.percentile(np.array(times), [50, 95], axis=0)
    return f"{middle[0]:.0f} | {late[0]:.0f} | {middle[1]:.0f} | {late[1]:.0f}"


def main() -> None:
    """Time every kind of change and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--changes", type=int, default=200, help="of each plan, all kinds together")
    parser.add_argument("--whole", type=int, default=3, help="simulations of 2000 people")
    asked = parser.parse_args()
    warm()
    chance = random.Random(0)
    print(
        "| plan | change | wall p50 ms | p95 | processor p50 ms | p95 |\n|---|---|---|---|---|---|"
    )
    cases = (
        ("glabella", FACE[:1], "", OWN),
        ("upper face", FACE, "", OWN),
        ("glabella, treated there before", FACE[:1], FACE[0], OWN),
        ("glabella, treated elsewhere before", FACE[:1], FACE[2], OWN),
        ("glabella, another product before", FACE[:1], FACE[0], OTHER),
        ("upper face, glabella treated before", FACE, FACE[0], OWN),
    )
    for name, areas, earlier, product in cases:
        plan = with_sites(areas, earlier, product)
        preview(plan)
        every: list[tuple[float, float]] = []
        for kind in CHANGES:
            plans = [changed(plan, kind, chance) for _ in range(-(-asked.changes // 3))]
            preview(plans[0])
            times = [timed_ms(lambda one=one: preview(one)) for one in plans]
            print(f"| {name} | {kind} | {quantiles(times)} |")
            every += times
        print(f"| {name} | any | {quantiles(every)} |")
        simulate(plan)
        whole = [timed_ms(lambda one=plan: simulate(one)) for _ in range(asked.whole)]
        quick, slow = (np.median(np.array(a), axis=0) for a in (every, whole))
        ratio = quick / slow
        print(f"| {name} | simulate, 2000 people | {quantiles(whole)} |")
        print(f"| {name} | preview : simulate | {ratio[0]:.3f} | | {ratio[1]:.3f} | |")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"\nLoad of the machine over 1, 5 and 15 minutes: {load}; processors: {os.cpu_count()}.")


if __name__ == "__main__":
    main()
