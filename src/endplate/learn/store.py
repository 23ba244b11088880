"""Writes the result of a fit as the tables that a simulation reads."""

import csv
from pathlib import Path

import jax.numpy as jnp
import numpy as np

from endplate.facts.parameters import fit_rows
from endplate.learn.fit import Fit
from endplate.people import model

_Z90 = 1.6448536269514722


def write_fit(fit: Fit, folder: Path, command: str) -> tuple[Path, Path]:
    """Write `fitted.csv` and `fitted_covariance.csv` into a folder.

    Estimates stand on the working scale and, with their 90 % interval, on the natural one.
    """
    rows = fit_rows()
    sd = np.sqrt(np.diag(fit.covariance))
    natural = [
        model.natural_values(jnp.asarray(fit.estimate + shift * sd)) for shift in (0, -_Z90, _Z90)
    ]
    estimates = folder / "fitted.csv"
    with estimates.open("w", newline="", encoding="utf-8") as lines:
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(
            "id,tier,estimate,sd,transform,value,low,high,unit,kind,source,note".split(",")
        )
        for i, row in enumerate(rows):
            value, low, high = (float(values[row.id]) for values in natural)
            table.writerow(
                [row.id, row.tier, f"{fit.estimate[i]:.6f}", f"{sd[i]:.6f}", row.transform]
                + [f"{number:.5g}" for number in (value, low, high)]
                + [row.unit, "derived", "endplate_model", command]
            )
    covariance = folder / "fitted_covariance.csv"
    with covariance.open("w", newline="", encoding="utf-8") as lines:
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(["id", *(row.id for row in rows)])
        for row, line in zip(rows, fit.covariance, strict=True):
            table.writerow([row.id, *(f"{number:.6e}" for number in line)])
    return estimates, covariance
