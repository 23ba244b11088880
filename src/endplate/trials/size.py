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
from numpy.typing import NDArray
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
from endplate.trials.power import SmallerTrials, curve_of, steps_to
from endplate.trials.trial import Progress, job_of, run_tasks

LEAST_REPLICATES = 200  # fewer tell no power within a few percent
FIRST_PER_ARM, MOST_PER_ARM = 250, 20_000
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
    largest = min(max(design.arm_sizes), FIRST_PER_ARM)
    while True:
        sizes, won = _successes(_of_size(design, largest), workers, scheduler, progress)
        curve = curve_of(sizes, won)
        surely = curve[-1]["percent"] - _Z90 * curve[-1]["se"]
        if surely >= 100 * power or largest >= MOST_PER_ARM:
            break
        largest = _larger(largest, curve[-1]["percent"] / 100, power, design.analysis.alpha)
    if curve[-1]["percent"] < 100 * power:
        raise DesignFaults(
            [
                f"--power is {power:g}; with {largest} people in the largest arm the trial "
                f"succeeds in {curve[-1]['percent']:.1f} % of {replicates} replicates, and more "
                "are not run."
            ]
        )
    per_arm = read_size(sizes, won, power)
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


def _larger(largest: int, reached: float, power: float, alpha: float) -> int:
    """The next size to run: a third more than the root of the size would ask for.

    The probit of the power is a straight line in the root of the size, from that of half the level
    at nobody. What is reached is known within its error alone, so that steps are bounded.
    """
    at_none = float(ndtri(alpha / 2))
    risen = max(float(ndtri(np.clip(reached, 0.001, 0.999))) - at_none, 1e-3)
    ratio = ((float(ndtri(power)) - at_none) / risen) ** 2
    return min(MOST_PER_ARM, math.ceil(largest * float(np.clip(1.33 * ratio, 1.5, 16.0))))


def _successes(
    design: Design, workers: int | None, scheduler: str | None, progress: Progress | None
) -> tuple[list[int], NDArray[np.bool_]]:
    """Sizes up to the design's, and which replicates succeed at each, from one run."""
    with tempfile.TemporaryDirectory() as place, pool_of(workers, scheduler) as pool:
        job, prepared = job_of(design, pool)
        folder = Path(place)
        manifest = opened(folder, design.trial.title, job, pool.fingerprint(), False)
        layout = layout_of(design, tuple(prepared["strata"]))
        run_tasks(pool, manifest, layout, progress)
        smaller = SmallerTrials(design, layout, steps_to(max(design.arm_sizes), _STEPS))
        for part in parts_of(manifest, layout):
            smaller.add(part)
    return smaller.sizes, smaller.won()


def read_size(sizes: list[int], won: NDArray[np.bool_], power: float) -> dict[str, int]:
    """Size at which a smooth curve through the powers reaches the wanted one, and its interval.

    The probit of the power is a straight line in the root of the size, as in any test of a mean;
    a quadratic term takes up what is not. The interval, 90 %, moves the curve by its Monte-Carlo
    error: the sizes of a replicate share their people, and so the errors are as alike as the
    replicates say.

    Parameters
    ----------
    sizes : list of int
        People of the largest arm, rising.
    won : bool
        Which replicates succeed, (replicates, sizes).
    power : [1]
        The power.
    """
    root, replicates = np.sqrt(np.array(sizes, float)), len(won)
    p = np.clip(won.mean(axis=0), 0.5 / replicates, 1 - 0.5 / replicates)
    probit = ndtri(p)
    density = np.exp(-0.5 * probit**2) / math.sqrt(2 * math.pi)
    weight = density / np.sqrt(p * (1 - p))
    degree = 2 if (weight > 0.2).sum() > 3 else 1
    rows = np.vander(root, degree + 1)
    of_probit = np.linalg.pinv(rows * weight[:, None]) * weight
    fit = of_probit @ probit
    of_share = of_probit / density
    spread = of_share @ np.atleast_2d(np.cov(won, rowvar=False)) @ of_share.T / replicates

    def reaches(shift: float) -> int:
        def gap(at: float) -> float:
            row = at ** np.arange(degree, -1, -1)
            error = math.sqrt(max(float(row @ spread @ row), 0.0))
            return float(row @ fit) + shift * error - float(ndtri(power))

        low, high = math.sqrt(2), float(root[-1])
        if gap(low) >= 0:
            return 2
        if gap(high) <= 0:
            return int(sizes[-1])
        return math.ceil(float(brentq(gap, low, high)) ** 2 - 1e-9)  # type: ignore[arg-type]

    return {"n": reaches(0.0), "low": reaches(_Z90), "high": reaches(-_Z90)}
