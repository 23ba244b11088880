"""Sets the reach of each neighbour so that the model gives the share counted in trials."""

import csv
from dataclasses import replace
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.case import PlacedSite, Plan, placed_sites
from endplate.facts.harms import Gate, neighbour_gates
from endplate.facts.indications import indication
from endplate.facts.parameters import value
from endplate.model.course import nodes, time_grid_d
from endplate.model.spread import stacked
from endplate.people import model
from endplate.people.draws import PURPOSES, even_normals
from endplate.people.engine import tables
from endplate.people.exposure import bound, gate_grids, landed_densities, site_arrays
from endplate.people.layout import gate_tissue, potency_of

Numbers = NDArray[np.float64]
_PEOPLE = 4096
_BATCH = 512
_LABEL_PLAN = """
[patient]
age_y = 46
[treatment]
date = 2026-01-01
product = "{product}"
indication = "{indication}"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
{dose}
"""


def calibrated_reach(vector: Numbers) -> dict[tuple[str, str], float]:
    """Reach of every gate under a fitted vector, by term and the use it was counted in.

    A person has the weakness when reach times the load at the gate exceeds the load that brings
    the working fraction below its limit. The reach is thus the quantile, at the counted share, of
    the persons' ratios of the two.
    """
    limits: dict[tuple[str, str, float], Numbers] = {}
    found = {}
    for gate in neighbour_gates():
        key = (gate_tissue(gate), gate.calibrated_product, gate.least_working)
        if key not in limits:
            limits[key] = _limits(vector, *key)
        ratios = np.exp(limits[key] - _log_loads(vector, gate))
        counted = gate.observed_events / gate.observed_n
        found[(gate.term, gate.calibrated_on)] = float(np.quantile(ratios, counted))
    return found


def gate_slopes(vector: Numbers) -> dict[tuple[str, str], float]:
    """Rise of the log odds of each counted weakness per doubling of the dose, in the model.

    By term and the use it was counted in, from half the counted dose to twice that dose. Gates
    whose count is assumed tell no slope.
    """
    found = {}
    for gate in neighbour_gates():
        if gate.kind == "assumed":
            continue
        limits = _limits(vector, gate_tissue(gate), gate.calibrated_product, gate.least_working)
        loads = {factor: _log_loads(vector, gate, factor) for factor in (0.5, 1.0, 2.0)}
        reach = np.quantile(np.exp(limits - loads[1.0]), gate.observed_events / gate.observed_n)
        shares = [np.mean(np.exp(limits - loads[factor]) < reach) for factor in (0.5, 2.0)]
        few, many = (np.log((s + 0.5 / _PEOPLE) / (1 - s + 0.5 / _PEOPLE)) for s in shares)
        found[(gate.term, gate.calibrated_on)] = float(many - few) / 2
    return found


def _limits(vector: Numbers, tissue: str, product: str, least_working: float) -> Numbers:
    """Log load at which each person's organ works less than its limit at its worst."""
    own, _ = even_normals(_PEOPLE, 0)
    times = jnp.asarray(time_grid_d((0.0,), 180))

    @jax.jit
    def least(normals: Array) -> Array:
        values = model.natural_values(jnp.asarray(vector))
        draws = {purpose: normals[:, i] for i, purpose in enumerate(PURPOSES)}
        rates = model.kinetics(values, product, draws, tissue)
        return tables(rates, jnp.zeros(1), jnp.ones(1), times).min(axis=1)

    rows = [np.asarray(least(jnp.asarray(own[i : i + _BATCH]))) for i in range(0, _PEOPLE, _BATCH)]
    grid = np.log(nodes())
    return np.array([np.interp(-least_working, -row, grid) for row in np.concatenate(rows)])


def _log_loads(vector: Numbers, gate: Gate, dose_factor: float = 1.0) -> Numbers:
    """Log load of an end plate at each person's worse gate, at a multiple of the counted dose."""
    sites = _counted_sites(gate)
    sites = tuple(replace(site, dose_u=dose_factor * site.dose_u) for site in sites)
    field = stacked(gate_grids((gate,), ("left", "right")))
    arrays = site_arrays(sites, field, gate.chart, model.spread())
    own, _ = even_normals(_PEOPLE, 0)
    _, placement = even_normals(_PEOPLE, len(arrays.dose_u))
    values = model.natural_values(jnp.asarray(vector))
    ratio = model.log_potency_ratio(values, gate.calibrated_product)
    name = potency_of(gate.muscle, gate_tissue(gate), (gate.calibrated_on,))

    @jax.jit
    def worse(landing: Array) -> Array:
        return bound(landed_densities(field, arrays, landing), ratio).max(axis=1)

    density = [
        np.asarray(worse(jnp.asarray(placement[i : i + _BATCH]))) for i in range(0, _PEOPLE, _BATCH)
    ]
    spread = float(values["load_log_sd"]) * own[:, PURPOSES.index("load")]
    tail = value("anatomy_log_sd") * own[:, PURPOSES.index("neighbour")]
    gain = float(jnp.log(values[f"potency:{name}"])) + spread + tail
    return gain + np.log(np.concatenate(density))


def _counted_sites(gate: Gate) -> tuple[PlacedSite, ...]:
    """Sites of the label's or the trial's protocol at the dose of the count, in usual volumes."""
    use = indication(gate.calibrated_on)
    dose_u = gate.calibrated_dose_u
    text = _LABEL_PLAN.format(
        product=gate.calibrated_product,
        indication=gate.calibrated_on,
        dose="" if dose_u is None else f"dose_u = {dose_u:g}",
    )
    placed = placed_sites(Plan.loads(text))
    if use.family == "lines":
        return placed
    return tuple(replace(site, volume_ml=use.site_volume_ml) for site in placed)


def write_reach(reach: dict[tuple[str, str], float], folder: Path) -> Path:
    """Write `fitted_reach.csv` into a folder."""
    path = folder / "fitted_reach.csv"
    kinds = {(gate.term, gate.calibrated_on): gate.kind for gate in neighbour_gates()}
    with path.open("w", newline="", encoding="utf-8") as lines:
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(["term", "calibrated_on", "estimate", "kind", "source"])
        for key, estimate in reach.items():
            table.writerow([*key, f"{estimate:.4g}", kinds[key], "endplate_model"])
    return path
