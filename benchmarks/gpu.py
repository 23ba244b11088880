"""A graphics processor beside the processor: courses a minute, people a second, and the difference.

One script of under five minutes for a machine that has one, with a build of JAX for it; where
there is none it says so and ends. Nothing of the product needs one.
"""

import argparse
import json
import os
import sys
import time
from typing import Any

os.environ.setdefault("JAX_ENABLE_X64", "1")

import jax
import numpy as np

from cli import PLAN
from course import LOADS, course_arguments, draw_courses, endplate_many, published_chain

AIM_PER_MINUTE = 1e8
_AT_ONCE = (1024, 8192, 32768)


def courses(device: Any, people: int, repeats: int) -> tuple[float, np.ndarray]:
    """Courses per second on a device, single precision, and the first people's results."""
    chain = published_chain()
    with jax.default_device(device):
        fused = jax.jit(endplate_many(chain, LOADS, "float32"))
        arguments = course_arguments(np.resize(draw_courses(256), (people, 2)), 1, "float32")
        first = np.asarray(jax.block_until_ready(fused(*arguments))[..., :256])
        wall = []
        for _ in range(repeats):
            start = time.perf_counter()
            jax.block_until_ready(fused(*arguments))
            wall.append(time.perf_counter() - start)
    return people * LOADS / min(wall), first


def people_per_s(device: Any, people: int) -> float:
    """People per second of a forecast of frown lines, all its outputs."""
    from endplate.case import Plan
    from endplate.forecast.simulate import simulate

    plan = Plan.loads(PLAN)
    with jax.default_device(device):
        simulate(plan, people=people)
        start = time.perf_counter()
        simulate(plan, people=people)
        return people / (time.perf_counter() - start)


def main() -> None:
    """Measure and print, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=100_000, help="of the forecast")
    parser.add_argument("--cpu", action="store_true", help="try the script without a device")
    asked = parser.parse_args()
    host = jax.devices("cpu")[0]
    found = [one for one in jax.devices() if one.platform != "cpu"]
    if not found and not asked.cpu:
        print("no graphics processor that JAX knows is at hand; nothing was measured")
        sys.exit(0)
    device = found[0] if found else host
    sizes = _AT_ONCE if found else _AT_ONCE[:1]
    rates, same = {}, None
    for people in sizes:
        rates[people], same = courses(device, people, 5 if found else 1)
    _, judged = courses(host, 256, 1)
    best = max(rates.values())
    report = {
        "device": device.device_kind,
        "courses_per_s_by_people_at_once": rates,
        "courses_per_minute": 60 * best,
        "courses_per_minute_aim": AIM_PER_MINUTE,
        "max_abs_difference_to_cpu": float(np.max(np.abs(same - judged))),
        "people_per_s": people_per_s(device, asked.people),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
