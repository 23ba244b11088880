"""Races endplate's course against general solvers: same chain, same outputs, same accuracy.

Every solver follows bulk -> free -> bound -> translocated -> light chain and intact SNAP-25 over
180 daily outputs. Each is given the loosest tolerance that keeps its worst error in intact SNAP-25
within the accuracy of the row, measured against a reference at far tighter tolerance. Times are
per course, best of several runs, compilation left out; what counts is the ratio within one run.
endplate stands twice: as `simulate` runs it, the many loads of one person's tissue in one pass,
and with one load a person, which is all that the general solvers can share.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("JAX_ENABLE_X64", "1")

import numpy as np

from peers import (
    DAYS,
    Chain,
    Runner,
    copasi_runner,
    diffrax_runner,
    roadrunner_runner,
    scipy_runner,
)

# Of one person, as the promise has them; the product's own table of loads (`LOAD_COUNT` in
# `model/endings.py`) is shorter, and how long it is may change.
LOADS = 57
TOLERANCES = tuple(10.0**-power for power in range(3, 12))


def nodes(pieces: int):
    """Times of the product's run with every output among them.

    One piece is what `simulate` does: steps for six days, then the closed form. More pieces cut
    every step of its courses, and all are stepped through.
    """
    from endplate.model import Model
    from endplate.model.endings import TimeNodes, course_days, time_nodes

    if pieces == 1:
        first = time_nodes(DAYS[-1], Model()).step_d
        return TimeNodes(first, DAYS[first[-1] < DAYS])
    grid_d = np.union1d(course_days(DAYS[-1]), DAYS)
    cut = np.linspace(grid_d[:-1], grid_d[1:], pieces, endpoint=False, axis=1).ravel()
    return TimeNodes(np.append(cut, grid_d[-1]), np.zeros(0))


def endplate_many(chain: Chain, loads: int, dtype: str = "float64") -> Callable[..., Any]:
    """The product's courses as one function of courses, times and the rows of the outputs."""
    import jax.numpy as jnp

    from endplate.model import Kinetics, Model
    from endplate.model.endings import injected, run_window, untreated

    model = Model()
    spread = jnp.asarray(np.linspace(1.0, 10.0, loads), dtype)

    def many(courses, times, rows):
        load, loss_per_d = courses.T
        everybody = jnp.ones_like(load)
        rates = Kinetics(
            release_per_d=chain.release * everybody,
            clearance_per_d=chain.clearance * everybody,
            binding_per_d=chain.binding * everybody,
            translocation_per_d=chain.translocation * everybody,
            lytic_per_d=chain.lysis * everybody,
            persistence_d=jnp.log(2.0) / loss_per_d,
            renewal_per_d=chain.synthesis * everybody,
            # what a junction makes of its SNAP-25: no part of the race
            snare_power=everybody,
            log_margin_median=everybody,
            log_margin_sd=everybody,
            wasting_per_d=everybody,
            regrowth_per_d=everybody,
            most_lost=everybody,
        )
        endings = untreated(model, rates, 1, loads, jnp.dtype(dtype))
        endings = injected(endings, model, rates, 0, 1.0)
        points = (load * spread[:, None])[None]
        return run_window(endings, points, model, rates, None, times).intact[rows]

    return many


def course_arguments(courses: np.ndarray, pieces: int, dtype: str = "float64") -> tuple[Any, ...]:
    """Arguments of `endplate_many`."""
    import jax.numpy as jnp

    times = nodes(pieces)
    rows = np.searchsorted(np.append(times.step_d, times.decay_d), DAYS - 1e-9)
    return jnp.asarray(courses, dtype), times, jnp.asarray(rows)


def endplate_runner(chain: Chain, loads: int, dtype: str = "float64") -> Runner:
    """The product: its own endings, one fused pass over people and loads.

    Each course is one person; the first of their `loads` is the course's own, the others lie above.
    """
    import jax

    fused = jax.jit(endplate_many(chain, loads, dtype))

    def run(courses, pieces):
        intact = jax.block_until_ready(fused(*course_arguments(courses, int(pieces), dtype)))
        return np.asarray(intact[:, 0].T, float)

    return run


@dataclass(frozen=True)
class Racer:
    """One solver: its settings from loose to tight, and how much it does at once."""

    name: str
    run: Runner
    settings: tuple[float, ...]
    people: int
    loads: int = 1


@dataclass(frozen=True)
class Lap:
    """One result: the setting that was needed, the error measured, the time of one course.

    `course_us` is wall time, `core_us` that of all processors together.
    """

    name: str
    setting: float
    worst_error: float
    course_us: float
    core_us: float


def draw_courses(count: int) -> np.ndarray:
    """Loads over five decades and light-chain half-lives about 30 d, the same for every solver."""
    draw = np.random.default_rng(0)
    load = 10.0 ** draw.uniform(-1.0, 4.0, count)
    half_life_d = 30.0 * np.exp(0.3 * draw.standard_normal(count))
    return np.stack([load, np.log(2.0) / half_life_d], axis=1)


def lap(racer: Racer, accuracy: float, reference: np.ndarray, repeats: int) -> Lap | None:
    """Time the loosest setting that is accurate enough; None where no setting is."""
    judged = draw_courses(len(reference))
    for setting in racer.settings:
        error = float(np.max(np.abs(racer.run(judged, setting) - reference)))
        if error <= accuracy:
            courses = np.resize(judged, (racer.people, 2))
            racer.run(courses, setting)
            wall, spent = [], []
            for _ in range(repeats):
                start, before = time.perf_counter(), time.process_time()
                racer.run(courses, setting)
                spent.append(time.process_time() - before)
                wall.append(time.perf_counter() - start)
            scale = 1e6 / racer.people / racer.loads
            return Lap(racer.name, setting, error, min(wall) * scale, min(spent) * scale)
    return None


def racers(chain: Chain) -> list[Racer]:
    """Every solver that is installed, the product first."""
    pieces = (1.0, 2.0, 4.0, 8.0, 16.0)
    many = f"endplate, {LOADS} loads a person"
    found = [
        Racer(many, endplate_runner(chain, LOADS), pieces, 512, LOADS),
        Racer("endplate, one load a person", endplate_runner(chain, 1), pieces, 2048),
    ]
    return found + peers(chain)


def peers(chain: Chain) -> list[Racer]:
    """The general solvers that are installed; those that are not are told of."""
    found = []
    for name, build, people in (
        ("libRoadRunner (CVODE)", roadrunner_runner, 64),
        ("COPASI (LSODA)", copasi_runner, 64),
        ("diffrax (Kvaerno5, vmap)", diffrax_runner, 64),
        ("SciPy (LSODA)", scipy_runner, 16),
    ):
        try:
            found.append(Racer(name, build(chain), TOLERANCES, people))
        except ImportError as missing:
            print(f"{name}: not installed ({missing.name})", file=sys.stderr)
    return found


def table(laps: list[Lap | None], field: list[Racer], accuracy: float) -> str:
    """One Markdown table, ratios to the first solver that finished."""
    lines = [
        f"Worst error in intact SNAP-25 at most {accuracy:g}:",
        "",
        "| solver | setting | worst error | us per course | ratio |",
        "|---|---|---|---|---|",
    ]
    best = next(one.course_us for one in laps if one)
    for racer, one in zip(field, laps, strict=True):
        if one is None:
            lines.append(f"| {racer.name} | none is accurate enough | | | |")
            continue
        cells = (
            one.name,
            f"{one.setting:g}",
            f"{one.worst_error:.1e}",
            f"{one.course_us:,.1f}",
            f"{one.course_us / best:,.1f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run the race and print one table per accuracy."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accuracy", type=float, nargs="+", default=[1e-3, 1e-6])
    parser.add_argument(
        "--judged", type=int, default=32, help="courses compared with the reference"
    )
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    chain = published_chain()
    reference = scipy_runner(chain, "Radau")(draw_courses(asked.judged), 1e-11)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    field = racers(chain)
    for accuracy in asked.accuracy:
        laps = [lap(racer, accuracy, reference, asked.repeats) for racer in field]
        print(table(laps, field, accuracy))


def published_chain() -> Chain:
    """The product's own rates, and the published human setting for the release from the bulk."""
    from endplate.facts.parameters import value

    per_day = 24.0 * 60.0
    return Chain(
        release=value("lebeda_release_human_per_min") * per_day,
        clearance=np.log(2.0) * 24.0 / value("site_clearance_half_life_h"),
        binding=value("lebeda_binding_per_min") * per_day,
        translocation=value("lebeda_translocation_per_min") * per_day,
        lysis=value("lebeda_lytic_per_min") * per_day,
        synthesis=np.log(2.0) / value("snap25_half_life_d"),
    )


if __name__ == "__main__":
    main()
