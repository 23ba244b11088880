"""How many people a power asks for: one run of a large trial, read at smaller sizes.

Everybody is drawn by a key of their own, so the first n people of an arm are a trial of n: one run
tells the power at every size. Sizes grow until the power is reached.
"""

import math
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from endplate._version import __version__
from endplate.errors import DesignFaults
from endplate.facts.table import facts_hash
from endplate.trials.assembly import parts_of
from endplate.trials.design import Design, allocation
from endplate.trials.layout import layout_of
from endplate.trials.manifest import opened
from endplate.trials.pool import pool_of
from endplate.trials.power import SmallerTrials, steps_to
from endplate.trials.trial import Progress, job_of, run_tasks

LEAST_REPLICATES = 200  # fewer tell no power within a few percent
MOST_PER_ARM = 20_000
_STEPS = 12
_Z90 = 1.6448536269514722


def sized(
    design: Design,
    power: float,
    workers: int | None,
    scheduler: str | None,
    progress: Progress | None,
) -> dict[str, Any]:
    """People per arm for a power, the curve it is read from, and its Monte-Carlo error.

    Raises
    ------
    DesignFaults
        The power is no share, or no size reaches it.
    """
    if not 0.0 < power < 1.0 or not math.isfinite(power):
        raise DesignFaults([f"--power is {power:g}; it must be above 0 and below 1."])
    if design.strata is not None:
        # a stratum's people are numbered one stratum after the other, so the first are no sample
        design = replace(design, strata=None)
    replicates = max(int(design.trial.replicates), LEAST_REPLICATES)
    analysis = replace(design.analysis, type_one_error=False)
    trial = replace(design.trial, replicates=float(replicates))
    design = replace(design, trial=trial, analysis=analysis)
    largest = max(design.arm_sizes)
    while True:
        curve = _power_curve(_of_size(design, largest), workers, scheduler, progress)
        if curve[-1]["percent"] >= 100 * power or largest >= MOST_PER_ARM:
            break
        largest = min(MOST_PER_ARM, largest * 4)
    if curve[-1]["percent"] < 100 * power:
        raise DesignFaults(
            [
                f"--power is {power:g}; with {largest} people in the largest arm the trial "
                f"succeeds in {curve[-1]['percent']:.1f} % of {replicates} replicates, and more "
                "are not run."
            ]
        )
    per_arm = _read(curve, power)
    shares = allocation(design)
    return {
        "title": design.trial.title,
        "power": power,
        "people_per_arm": per_arm["n"],
        "people_per_arm_low": per_arm["low"],
        "people_per_arm_high": per_arm["high"],
        "people": sum(max(2, math.ceil(per_arm["n"] * s / max(shares))) for s in shares),
        "arms": [
            {"name": arm.name, "n": max(2, math.ceil(per_arm["n"] * s / max(shares)))}
            for arm, s in zip(design.arms, shares, strict=True)
        ],
        "curve": curve,
        "replicates": replicates,
        "provenance": {
            "version": __version__,
            "facts_hash": facts_hash(),
            "seed": int(design.trial.seed),
            "command": f"size {design.name}.toml --power {power:g}",
            "design": design.dumps(),
        },
    }


def _of_size(design: Design, largest: int) -> Design:
    shares = allocation(design)
    arms = tuple(
        replace(arm, n=float(max(2, math.ceil(largest * s / max(shares)))), ratio=1.0)
        for arm, s in zip(design.arms, shares, strict=True)
    )
    return replace(design, trial=replace(design.trial, people=None), arms=arms)


def _power_curve(
    design: Design, workers: int | None, scheduler: str | None, progress: Progress | None
) -> list[dict[str, float]]:
    """Power at sizes up to the design's, from one run."""
    with tempfile.TemporaryDirectory() as place, pool_of(workers, scheduler) as pool:
        job, prepared = job_of(design, pool)
        folder = Path(place)
        manifest = opened(folder, design.trial.title, job, pool.fingerprint(), False)
        layout = layout_of(design, tuple(prepared["strata"]))
        run_tasks(pool, manifest, layout, progress)
        smaller = SmallerTrials(design, layout, steps_to(max(design.arm_sizes), _STEPS))
        for part in parts_of(manifest, layout):
            smaller.add(part)
    return smaller.curve()


def _read(curve: list[dict[str, float]], power: float) -> dict[str, int]:
    """Size at which a smooth curve through the powers reaches the wanted one, and its interval.

    The probit of the power is a straight line in the root of the size, as in any test of a mean;
    a quadratic term takes up what is not. The interval moves the curve by its Monte-Carlo error.
    """
    n = np.array([row["n"] for row in curve])
    p = np.array([row["percent"] for row in curve]) / 100
    replicates = 1.0 / np.maximum([row["se"] / 100 for row in curve], 1e-9) ** 2 * p * (1 - p)
    count = float(np.max(replicates)) if np.max(replicates) > 0 else 1e4
    clipped = np.clip(p, 0.5 / count, 1 - 0.5 / count)
    probit = ndtri(clipped)
    density = np.exp(-0.5 * probit**2) / math.sqrt(2 * math.pi)
    weight = density / np.sqrt(clipped * (1 - clipped))
    degree = 2 if (weight > 0.2).sum() > 3 else 1
    fit, spread = _fitted(np.sqrt(n), probit, weight, degree, count)

    def reaches(shift: float) -> int:
        def gap(root: float) -> float:
            row = root ** np.arange(degree, -1, -1)
            error = math.sqrt(float(row @ spread @ row))
            return float(row @ fit) + shift * error - float(ndtri(power))

        low, high = math.sqrt(2), math.sqrt(n[-1])
        if gap(low) >= 0:
            return 2
        if gap(high) <= 0:
            return int(n[-1])
        return math.ceil(float(brentq(gap, low, high)) ** 2 - 1e-9)  # type: ignore[arg-type]

    return {"n": reaches(0.0), "low": reaches(_Z90), "high": reaches(-_Z90)}


def _fitted(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, degree: int, count: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted least squares of a polynomial, and the covariance of its coefficients."""
    rows = np.vander(x, degree + 1) * weight[:, None]
    inverse = np.linalg.pinv(rows.T @ rows)
    # sizes share their people, so that each tells less than a run of its own would
    return inverse @ (rows.T @ (y * weight)), inverse * len(x) / count
