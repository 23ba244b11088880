"""Writes the result of a calibration as the tables that a simulation reads."""

from pathlib import Path

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from endplate._version import __version__
from endplate.facts.parameters import fit_rows, inputs_hash
from endplate.fit.calibrate import Calibration
from endplate.fit.table_file import write_table
from endplate.people import model

_DIGITS = 5
Numbers = NDArray[np.float64]


def write_calibration(
    found: Calibration, folder: Path, command: str, seed: int, minutes: float
) -> tuple[Path, ...]:
    """Write `fitted.csv`, `posterior.csv` and `calibration.toml` into a folder."""
    return (
        _write_estimates(found, folder / "fitted.csv", command),
        _write_draws(found.vectors, folder / "posterior.csv"),
        _write_record(found, folder / "calibration.toml", command, seed, minutes),
    )


def _write_estimates(found: Calibration, path: Path, command: str) -> Path:
    """Estimates on the working scale and, with their 90 % interval, on the natural one."""
    sd = found.draws.vectors.std(axis=0)
    low, high = np.percentile(found.draws.vectors, [5, 95], axis=0)
    natural = [model.natural_values(jnp.asarray(at)) for at in (found.centre, low, high)]
    header = "id,tier,estimate,sd,transform,value,low,high,unit,kind,source,note".split(",")
    rows = [
        [row.id, row.tier, f"{found.centre[i]:.6f}", f"{sd[i]:.6f}", row.transform]
        + [f"{float(values[row.id]):.5g}" for values in natural]
        + [row.unit, "derived", "endplate_model", command]
        for i, row in enumerate(fit_rows())
    ]
    return write_table(path, header, rows)


def _write_draws(vectors: Numbers, path: Path) -> Path:
    """Draws on the working scale, one a row."""
    rows = [[i, *(f"{x:.{_DIGITS}f}" for x in vector)] for i, vector in enumerate(vectors)]
    return write_table(path, ["draw", *(row.id for row in fit_rows())], rows)


def _write_record(found: Calibration, path: Path, command: str, seed: int, minutes: float) -> Path:
    """What was fitted to what, how long it took, and how the checks came out."""
    misfit = "\n".join(f'"{name}" = {x:.3f}' for name, x in found.surrogate_misfit.items())
    path.write_text(
        f"""# Made by `{command}`; read by `facts.calibration`.
version = "{__version__}"
command = "{command}"
facts_hash = "{inputs_hash()}"
seed = {seed}
minutes = {minutes:.1f}
figures = {int(found.figures.used.sum())}
trials = {len({trial for trial, _ in found.figures.groups})}
draws = {len(found.draws.vectors)}
r_hat = {found.draws.r_hat:.4f}
effective_sample_size = {found.draws.ess:.0f}
divergent = {found.draws.divergent}
pareto_k_hat = {found.k_hat:.3f}

[surrogate_misfit]  # root mean square on the link scale, by block
{misfit}
""",
        encoding="utf-8",
    )
    return path
