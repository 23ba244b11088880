"""A million people in a two-arm trial of frown lines with seven visits: time and memory.

Prints wall time, processor time and the peak memory of the largest process, beside what was
promised. Run it on idle processors; compiled code is brought about by a small run before.
"""

import argparse
import json
import resource
import tempfile
import threading
import time
from pathlib import Path

import psutil

from endplate.trials import Trial
from endplate.trials.design import Design
from endplate.trials.layout import layout_of
from endplate.trials.manifest import opened
from endplate.trials.pool import pool_of
from endplate.trials.trial import job_of, run_tasks

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
_STARTED = 12  # tasks after which every worker has compiled


def run(people: int, workers: int | None) -> dict[str, float]:
    """Wall and processor time [s], peak memory of the largest process and of all [MiB]."""
    before = time.perf_counter()
    spent = _processor_s()
    with tempfile.TemporaryDirectory() as place, Watched() as watched:
        Trial.loads(DESIGN.format(people=people)).run(Path(place) / "run", workers=workers)
    wall = time.perf_counter() - before
    kib = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "people": people,
        "workers": workers or len(psutil.Process().cpu_affinity() or [0]),
        "wall_s": wall,
        "processor_s": _processor_s() - spent,
        "largest_process_mib": kib / 1024,
        "all_processes_mib": watched.peak_mib,
    }


def tasks_per_s(people: int, workers: int) -> float:
    """People per second that workers work out once all of them run, no dataset written.

    Both arms are injected, so that no code is compiled in between.
    """
    second = DESIGN.replace("placebo = true", 'product = "onabotulinumtoxinA"\ndose_u = 10')
    second = f'{second}\n[analysis]\ncontrol = "10 U"\n'.replace(
        'name = "placebo"', 'name = "10 U"'
    )
    design = Design.loads(second.format(people=people))
    done: list[tuple[float, int]] = []
    with tempfile.TemporaryDirectory() as place, pool_of(workers, None) as pool:
        job, prepared = job_of(design, pool)
        manifest = opened(Path(place) / "run", "", job, pool.fingerprint(), False)
        layout = layout_of(design, tuple(prepared["strata"]))
        run_tasks(pool, manifest, layout, lambda now, _: done.append((time.perf_counter(), now)))
    (first_s, first), (last_s, last) = done[_STARTED], done[-1]
    return (last - first) / (last_s - first_s)


class Watched:
    """Looks five times a second at the memory of this process and its workers.

    What processes share is counted in each of them, so that the sum is no less than is held.
    """

    def __init__(self) -> None:
        self.peak_mib = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Watched":
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        own = psutil.Process()
        while not self._over.wait(0.2):
            total = 0
            for process in (own, *own.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.Error:
                    continue
            self.peak_mib = max(self.peak_mib, total / 2**20)


def _processor_s() -> float:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usage)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--workers", type=int)
    parser.add_argument("--json", action="store_true", help="one line of JSON for each size")
    parser.add_argument(
        "--tasks", action="store_true", help="people per second of the workers alone"
    )
    options = parser.parse_args()
    if options.tasks:
        for people in options.people:
            rate = tasks_per_s(people, options.workers or 1)
            told = {"people": people, "workers": options.workers or 1, "people_per_s": rate}
            print(json.dumps(told), flush=True)
        return
    run(600, options.workers)
    names = ("people", "workers", "wall s", "processor s", "people per processor second",
             "largest process MiB", "all processes MiB")  # fmt: skip
    if not options.json:
        print(f"| {' | '.join(names)} |\n|{'---|' * len(names)}")
    for people in options.people:
        found = run(people, options.workers)
        if options.json:
            print(json.dumps(found), flush=True)
            continue
        rate = people / found["processor_s"]
        print(
            f"| {people:,} | {found['workers']} | {found['wall_s']:.1f} "
            f"| {found['processor_s']:.1f} | {rate:,.0f} | {found['largest_process_mib']:,.0f} "
            f"| {found['all_processes_mib']:,.0f} |",
            flush=True,
        )
    if not options.json:
        promised = f"{PROMISED_S:g} s and {PROMISED_MIB:g} MiB on two idle cores"
        print(f"\nPromised for a million: {promised}.")


if __name__ == "__main__":
    main()
