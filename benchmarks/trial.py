"""A million people in a two-arm trial of frown lines with seven visits: time and memory.

Prints wall time, processor time and the peak memory of the largest process, beside what was
promised. Run it on idle processors; compiled code is brought about by a small run before.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

from endplate.trials import Trial

DESIGN = """\
[trial]
indication = "glabellar_lines"
title = "A million people"
people = {people}
seed = 1

[[arm]]
name = "20 U"
product = "onabotulinumtoxinA"
dose_u = 20

[[arm]]
name = "placebo"
placebo = true

[visits]
days = [7, 30, 60, 90, 120, 150, 180]

[[endpoint]]
code = "inv_none_mild"
day = 30
"""
PROMISED_S, PROMISED_MIB = 40.0, 2048.0


def run(people: int, workers: int | None) -> tuple[float, float, float]:
    """Wall time [s], processor time [s] and peak memory of the largest process [MiB]."""
    before = time.perf_counter()
    spent = _processor_s()
    with tempfile.TemporaryDirectory() as place:
        Trial.loads(DESIGN.format(people=people)).run(Path(place) / "run", workers=workers)
    wall = time.perf_counter() - before
    kib = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return wall, _processor_s() - spent, kib / 1024


def _processor_s() -> float:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usage)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    run(600, options.workers)
    print("| people | wall s | processor s | people per processor second | largest process MiB |")
    print("|---|---|---|---|---|")
    for people in options.people:
        wall, spent, memory = run(people, options.workers)
        print(
            f"| {people:,} | {wall:.1f} | {spent:.1f} | {people / spent:,.0f} | {memory:,.0f} |",
            flush=True,
        )
    print(f"\nPromised for a million: {PROMISED_S:g} s and {PROMISED_MIB:g} MiB on two idle cores.")


if __name__ == "__main__":
    main()
