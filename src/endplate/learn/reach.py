"""Sets the reach of each neighbour so that the model gives the share counted in trials."""

import csv
from pathlib import Path

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from endplate.body.course import nodes, time_grid_d
from endplate.body.spread import EndplateField, stacked
from endplate.case import Plan, placed_sites
from endplate.facts.neighbours import Neighbour, neighbours
from endplate.facts.parameters import value
from endplate.people import model
from endplate.people.draws import PURPOSES, even_normals
from endplate.people.engine import tables
from endplate.people.exposure import Sites, bound_densities, gate_grids, site_arrays
from endplate.people.run import area_of

Numbers = NDArray[np.float64]
_PEOPLE = 8192
_BATCH = 512
_LABEL_PLAN = """
[patient]
[treatment]
date = 2026-01-01
product = "onabotulinumtoxinA"
indication = "{indication}"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""


def calibrated_reach(vector: Numbers) -> dict[str, float]:
    """Reach of every neighbour under a fitted vector.

    A person has the weakness when reach times the load at the gate exceeds the load that brings
    the working fraction below its limit. The reach is thus the quantile, at the counted share, of
    the persons' ratios of the two.
    """
    return {neighbour.term: _reach(neighbour, vector) for neighbour in neighbours()}


def _reach(neighbour: Neighbour, vector: Numbers) -> float:
    sites = placed_sites(Plan.loads(_LABEL_PLAN.format(indication=neighbour.calibrated_on)))
    field = stacked(gate_grids((neighbour,)))
    arrays = site_arrays(sites, field, model.spread())
    own, placement = even_normals(_PEOPLE, len(arrays.dose_u))
    ratios = [
        _ratios(vector, neighbour, field, arrays, own[i : i + _BATCH], placement[i : i + _BATCH])
        for i in range(0, _PEOPLE, _BATCH)
    ]
    counted = neighbour.observed_events / neighbour.observed_n
    return float(np.quantile(np.concatenate(ratios), counted))


def _ratios(
    vector: Numbers,
    neighbour: Neighbour,
    field: EndplateField,
    arrays: Sites,
    own: Numbers,
    placement: Numbers,
) -> Numbers:
    """Load that makes each person's neighbour weak over the load at its worse gate."""
    values = model.natural_values(jnp.asarray(vector))
    normals = {purpose: jnp.asarray(own[:, i]) for i, purpose in enumerate(PURPOSES)}
    rates = model.kinetics(values, "onabotulinumtoxinA", normals)
    times = jnp.asarray(time_grid_d((0.0,), 180))
    working = tables(rates, jnp.zeros(1), jnp.ones(1), times).min(axis=1)
    limit = np.array(
        [np.interp(-neighbour.least_working, -row, np.log(nodes())) for row in np.asarray(working)]
    )
    density = bound_densities(field, arrays, jnp.asarray(placement)).max(axis=1)
    gain = (
        jnp.log(values[f"potency:{area_of(neighbour.muscle)}"])
        + values["load_log_sd"] * normals["load"]
        + value("anatomy_log_sd") * normals["neighbour"]
    )
    return np.exp(limit - np.asarray(gain + jnp.log(density)))


def write_reach(reach: dict[str, float], folder: Path) -> Path:
    """Write `fitted_reach.csv` into a folder."""
    path = folder / "fitted_reach.csv"
    found = {neighbour.term: neighbour for neighbour in neighbours()}
    with path.open("w", newline="", encoding="utf-8") as lines:
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(["term", "calibrated_on", "estimate", "kind", "source"])
        for term, estimate in reach.items():
            on, kind = found[term].calibrated_on, found[term].kind
            table.writerow([term, on, f"{estimate:.4g}", kind, "endplate_model"])
    return path
