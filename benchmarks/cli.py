"""Times the commands as a user waits for them: a new process each, cold and warm cache."""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PLAN = """
[patient]
age_y = 46
sex = "female"
weight_kg = 64
conditions = []
medications = ["aspirin"]
allergies = []
baseline = { glabellar_lines = 3 }

[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""
LARGEST = """
[patient]
age_y = 46
sex = "female"

[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "chronic_migraine"
vial_u = 200
diluent_ml = 4
protocol = "label"
"""


def run_s(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds from start to exit of one command, and seconds of processor time it took."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "endplate", *arguments], capture_output=True, env=environment
    )
    if done.returncode > 1:
        sys.exit(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, used


def main() -> None:
    """Time each command and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--days", type=int, default=365)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        plan, largest = Path(folder) / "plan.toml", Path(folder) / "largest.toml"
        plan.write_text(PLAN, encoding="utf-8")
        largest.write_text(LARGEST, encoding="utf-8")
        # Compiled code is kept in this folder: an empty one is a cold start.
        cache = {**os.environ, "ENDPLATE_CACHE": str(Path(folder) / "cache")}
        check = ["check", str(plan), "--json"]
        sizes = ["--people", str(asked.people), "--days", str(asked.days)]
        size = f"{asked.people} people, {asked.days} days"
        rows = [("endplate check", min(run_s(check, cache) for _ in range(asked.repeats)), 0.3)]
        for path, what, cold_s, warm_s in (
            (plan, "frown lines", 12.0, 3.0),
            (largest, "chronic migraine (31 sites)", 25.0, 5.0),
        ):
            simulate = ["simulate", str(path), "--json", *sizes]
            cold = run_s(simulate, cache)
            warm = min(run_s(simulate, cache) for _ in range(asked.repeats))
            rows.append((f"endplate simulate, {what}, {size}, cold", cold, cold_s))
            rows.append((f"endplate simulate, {what}, {size}, compiled", warm, warm_s))
    print("| command | seconds | processor seconds | limit |\n|---|---|---|---|")
    for name, (wall_s, processor_s), limit_s in rows:
        print(f"| {name} | {wall_s:.2f} | {processor_s:.2f} | {limit_s:g} |")


if __name__ == "__main__":
    main()
