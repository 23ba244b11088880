"""Measures all that the project promises of its speed, in one run: docs/performance.md and .json.

Run it on an idle machine: everything is a figure of this machine in this hour, and what is compared
is compared within the run.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

os.environ.setdefault("JAX_ENABLE_X64", "1")
# one thread, so that wall time and processor time of a course are those of one core
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
os.environ.setdefault("NPROC", "1")  # the size of XLA's own pool of threads

from cli import LARGEST, PLAN, run_s
from course import (
    LOADS,
    Lap,
    Racer,
    course_arguments,
    draw_courses,
    endplate_many,
    endplate_runner,
    lap,
    peers,
    published_chain,
)
from limits import copied_bytes_per_s, exponentials_of, exponentials_per_s, share_of_limit
from peers import DAYS, scipy_runner

ROOT = Path(__file__).parents[1]
ACCURACIES = (1e-3, 1e-4, 1e-6)
ROADRUNNER = "libRoadRunner (CVODE)"
SINGLE, ONE = f"endplate, {LOADS} loads a person, float32", "endplate, one load a person, float32"
RACED = {  # by the package that each needs
    "libroadrunner": "libRoadRunner",
    "python-copasi": "COPASI",
    "diffrax": "diffrax",
    "scipy": "SciPy",
}
NEVER_RACED = "AMICI (compiles each model in C++ and publishes no wheel)"
UPPER_FACE = PLAN.replace(
    'indication = "glabellar_lines"',
    'indication = ["glabellar_lines", "lateral_canthal_lines", "forehead_lines"]',
)
_BUSY = (
    "The machine was busy with other programs: wall times are longer, and ratios and processor "
    "times less sure, than on an idle one.",
    "",
)
PROMISED = {
    "ratio_libroadrunner_per_core": "at least 300, aim 800",
    "ratio_one_load": "at least 150, aim 250",
    "max_abs_error": "at most 1e-4",
    "million_person_trial_s": "under 40 s on two idle cores, aim 20",
    "peak_memory_mib": "under 2048, aim 1024",
    "scaling_1_to_2": "at least 0.9",
}


def racers(chain: Any) -> list[Racer]:
    """Every solver, the product in both precisions and with many loads or one."""
    pieces = (1.0, 2.0, 4.0, 8.0, 16.0)
    own = [
        Racer(name, endplate_runner(chain, loads, dtype), pieces, people, loads)
        for name, loads, dtype, people in (
            (SINGLE, LOADS, "float32", 256),
            (ONE, 1, "float32", 2048),
            (f"endplate, {LOADS} loads a person, float64", LOADS, "float64", 256),
            ("endplate, one load a person, float64", 1, "float64", 2048),
        )
    ]
    return own + peers(chain)


def race(judged: int, repeats: int) -> dict[str, Any]:
    """Courses per second and core of every solver at each accuracy, and their ratios."""
    chain = published_chain()
    reference = scipy_runner(chain, "Radau")(draw_courses(judged), 1e-11)
    field = racers(chain)
    rows = []
    for accuracy in ACCURACIES:
        for racer in field:
            found = lap(racer, accuracy, reference, repeats)
            rows.append(_row(racer.name, accuracy, found))
    return {"courses": rows, **_ratios(rows), "limit": _limit(chain)}


def _row(name: str, accuracy: float, found: Lap | None) -> dict[str, Any]:
    known = {"solver": name, "accuracy": accuracy}
    if found is None:
        return {**known, "setting": None, "max_abs_error": None, "core_us": None}
    return {
        **known,
        "setting": found.setting,
        "max_abs_error": found.worst_error,
        "core_us": found.core_us,
        "courses_per_s_per_core": 1e6 / found.core_us,
    }


def _ratios(rows: list[dict[str, Any]]) -> dict[str, Any]:
    at = {row["solver"]: row for row in rows if row["accuracy"] == 1e-4}
    base = at.get(ROADRUNNER, {}).get("core_us")

    def ratio(name: str) -> float | None:
        own = at[name]["core_us"]
        return base / own if base and own else None

    return {
        "ratio_libroadrunner_per_core": ratio(SINGLE),
        "ratio_one_load": ratio(ONE),
        "max_abs_error": at[SINGLE]["max_abs_error"],
    }


def _limit(chain: Any) -> dict[str, Any]:
    """Share of the machine's limit that courses in bulk reach, at the product's own setting."""
    import jax

    people = 256
    many = endplate_many(chain, LOADS, "float32")
    arguments = course_arguments(draw_courses(people), 1, "float32")
    fused = jax.jit(many)
    found = jax.block_until_ready(fused(*arguments))
    spent = []
    for _ in range(5):
        start = time.process_time()
        jax.block_until_ready(fused(*arguments))
        spent.append(time.process_time() - start)
    exponentials = exponentials_of(many, *arguments)
    share = share_of_limit(exponentials, float(found.nbytes), min(spent), "float32")
    return {
        "exponentials_per_s_float32": exponentials_per_s("float32"),
        "exponentials_per_s_float64": exponentials_per_s("float64"),
        "copied_bytes_per_s": copied_bytes_per_s(),
        "exponentials_per_course": exponentials / people / LOADS,
        **share,
    }


def people_per_s(plan_text: str, few: int, many: int) -> dict[str, float]:
    """People per second of processor time that a forecast works out, what is fixed left out."""
    from endplate.case import Plan
    from endplate.forecast.simulate import simulate

    plan = Plan.loads(plan_text)
    simulate(plan, people=few)
    spent = {}
    for people in (few, many):
        start = time.process_time()
        simulate(plan, people=people)
        spent[people] = time.process_time() - start
    each_s = max(spent[many] - spent[few], 1e-9) / (many - few)
    return {"people_per_s_per_core": 1.0 / each_s, "few": few, "many": many}


def trials(
    sizes: list[int], workers: int | None = None, tasks: bool = False
) -> list[dict[str, float]]:
    """Trials of so many people, in a process of their own; or the rate of their tasks alone."""
    command = [sys.executable, str(ROOT / "benchmarks" / "trial.py"), "--json", "--people"]
    command += [str(size) for size in sizes]
    if workers:
        command += ["--workers", str(workers)]
    if tasks:
        command += ["--tasks"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def starts() -> dict[str, float]:
    """Seconds of a first forecast with nothing compiled, and of one after it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ENDPLATE_CACHE": str(Path(folder) / "cache")}
        for name in ("XLA_FLAGS", "JAX_ENABLE_X64", "NPROC"):
            environment.pop(name, None)
        found = {}
        for name, text in (("", PLAN), ("_31_sites", LARGEST)):
            plan = Path(folder) / f"plan{name}.toml"
            plan.write_text(text, encoding="utf-8")
            command = ["simulate", str(plan), "--json"]
            found[f"cold_start{name}_s"] = run_s(command, environment)[0]
            found[f"warm_start{name}_s"] = run_s(command, environment)[0]
    return found


def machine() -> dict[str, Any]:
    """Where and when, and with which versions."""
    known = {}
    for package in ("endplate", "jax", "jaxlib", "numpy", *RACED):
        try:
            known[package] = version(package)
        except PackageNotFoundError:
            known[package] = None
    model = next(
        (
            line.partition(":")[2].strip()
            for line in _lines("/proc/cpuinfo")
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": model,
        "processors": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "versions": known,
        "not_raced": [
            *(f"{name} (not installed)" for package, name in RACED.items() if not known[package]),
            NEVER_RACED,
        ],
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def measured(smoke: bool) -> dict[str, Any]:
    """All of it; a smoke run takes what is small, and its figures mean nothing."""
    found: dict[str, Any] = {"smoke": smoke, "machine": machine()}
    found |= race(4 if smoke else 32, 1 if smoke else 5)
    print("courses: done", file=sys.stderr, flush=True)
    few, many = (256, 512) if smoke else (2_000, 20_000)
    found["people"] = {
        "upper_face": people_per_s(UPPER_FACE, few, many),
        "31_sites": people_per_s(LARGEST, few, many),
    }
    found["people_per_s_per_core"] = found["people"]["upper_face"]["people_per_s_per_core"]
    print("people: done", file=sys.stderr, flush=True)
    sizes = [600, 1000] if smoke else [1_000, 10_000, 100_000, 1_000_000]
    found["trials"] = trials(sizes)
    largest = found["trials"][-1]
    found["million_person_trial_s"] = None if smoke else largest["wall_s"]
    found["peak_memory_mib"] = largest["all_processes_mib"]
    size = [80_000] if smoke else [400_000]
    (alone,), (both,) = trials(size, 1, True), trials(size, 2, True)
    found["workers"] = [alone, both]
    found["scaling_1_to_2"] = both["people_per_s"] / (2.0 * alone["people_per_s"])
    print("trials: done", file=sys.stderr, flush=True)
    found |= starts()
    found["fraction_of_limit"] = found["limit"]["fraction_of_limit"]
    return found


def page(found: dict[str, Any]) -> str:
    """The page of the docs."""
    at = found["machine"]
    versions = ", ".join(f"{name} {one}" for name, one in at["versions"].items() if one)
    lines = [
        "# Performance",
        "",
        "Made by `make bench` (`benchmarks/performance.py`); the same figures for programs are in "
        "`performance.json`.",
        "",
        f"{at['date']}, {at['processors']} processors ({at['processor']}), load "
        f"{at['load_before']:.1f} at the start, Python {at['python']}; {versions}.",
        "",
        *(_BUSY if at["load_before"] > 0.5 * at["processors"] else ()),
        "## What is promised",
        "",
        "| figure | measured | promised |",
        "|---|---|---|",
        *(f"| `{name}` | {_told(found[name])} | {words} |" for name, words in PROMISED.items()),
        *(
            f"| `{name}` | {_told(found[name])} | |"
            for name in ("people_per_s_per_core", "fraction_of_limit", "cold_start_s")
        ),
        "",
        *_course_lines(found),
        *_limit_lines(found),
        *_people_lines(found),
        "```{include} ../benchmarks/README.md",
        ":heading-offset: 1",
        "```",
    ]
    return "\n".join(lines) + "\n"


def _told(value: float | None) -> str:
    return "not measured" if value is None else f"{value:,.3g}" if value < 1e3 else f"{value:,.0f}"


def _course_lines(found: dict[str, Any]) -> list[str]:
    missing = ", ".join(found["machine"]["not_raced"])
    lines = [
        "## Courses",
        "",
        f"Every solver follows the same chain over {len(DAYS)} daily outputs and has the loosest "
        "setting whose worst error in intact SNAP-25 is within the accuracy; times are of one "
        f"core. Not raced: {missing}.",
        "",
        "| worst error allowed | solver | setting | worst error | us a course | courses per second "
        "and core |",
        "|---|---|---|---|---|---|",
    ]
    for row in found["courses"]:
        head = f"| {row['accuracy']:g} | {row['solver']} |"
        if row["core_us"] is None:
            lines.append(f"{head} none is accurate enough | | | |")
            continue
        lines.append(
            f"{head} {row['setting']:g} | {row['max_abs_error']:.1e} | {row['core_us']:,.2f} | "
            f"{row['courses_per_s_per_core']:,.0f} |"
        )
    return [*lines, ""]


def _limit_lines(found: dict[str, Any]) -> list[str]:
    limit = found["limit"]
    return [
        "## The machine's own limit",
        "",
        f"One core works out {limit['exponentials_per_s_float32']:.2g} exponentials a second in "
        f"single and {limit['exponentials_per_s_float64']:.2g} in double precision, and copies "
        f"{limit['copied_bytes_per_s'] / 1e9:.3g} GB a second (read and written). A course of 57 "
        f"needs {limit['exponentials_per_course']:.0f} exponentials, logarithms and the like as "
        "it is written, "
        f"which alone take {100 * limit['of_exponentials']:.0f} % of its time; writing the outputs "
        f"takes {100 * limit['of_memory']:.0f} %.",
        "",
    ]


def _people_lines(found: dict[str, Any]) -> list[str]:
    lines = [
        "## People and trials",
        "",
        "| forecast | people per second and core |",
        "|---|---|",
    ]
    for name, row in found["people"].items():
        lines.append(f"| {name.replace('_', ' ')} | {row['people_per_s_per_core']:,.0f} |")
    lines += [
        "",
        "Two arms of frown lines with seven visits, datasets and report written, code compiled:",
        "",
        "| people | workers | wall s | processor s | us of processor a person | largest process "
        "MiB | all processes MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in found["trials"]:
        each_us = 1e6 * row["processor_s"] / row["people"]
        lines.append(
            f"| {row['people']:,} | {row['workers']} | {row['wall_s']:.1f} | "
            f"{row['processor_s']:.1f} | {each_us:,.0f} | {row['largest_process_mib']:,.0f} | "
            f"{row['all_processes_mib']:,.0f} |"
        )
    alone, both = found["workers"]
    lines += [
        "",
        f"Of {alone['people']:,} people who are all injected, one worker works out "
        f"{alone['people_per_s']:,.0f} a second and two {both['people_per_s']:,.0f}, from when all "
        "of them run and without datasets.",
        "",
        f"A first `endplate simulate` with nothing compiled takes {found['cold_start_s']:.1f} s "
        f"for frown lines, the next {found['warm_start_s']:.1f} s; of the 31-site plan "
        f"{found['cold_start_31_sites_s']:.1f} s and {found['warm_start_31_sites_s']:.1f} s.",
        "",
    ]
    return lines


def main() -> None:
    """Measure, and write the page and its figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="small sizes: does it run at all?")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="folder of both files")
    asked = parser.parse_args()
    found = measured(asked.smoke)
    asked.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, indent=2, allow_nan=False) + "\n"
    (asked.out / "performance.json").write_text(text, encoding="utf-8")
    (asked.out / "performance.md").write_text(page(found), encoding="utf-8")
    print(f"{asked.out / 'performance.md'}: written", file=sys.stderr)


if __name__ == "__main__":
    main()
