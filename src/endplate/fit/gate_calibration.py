"""Sets the reach of each neighbour so that the engine gives the share counted in trials.

A subject has the weakness when reach times the load at the gate exceeds the load that brings the
working fraction below its limit. The reach is thus the quantile, at the counted share, of the
subjects' ratios of the two.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.case import PlacedSite, Plan, placed_sites
from endplate.engine import (
    Clock,
    Cohort,
    Scenario,
    clock,
    describe,
    expose,
    first_state,
    inject,
    run_endings,
)
from endplate.engine.anatomy import Anatomy, Scope
from endplate.engine.gates import gate_log_margins
from endplate.engine.run import SINGLE
from endplate.engine.scenario import scenario_of, sides_of
from endplate.facts.harms import Gate, neighbour_gates
from endplate.facts.indications import indication
from endplate.fit.table_file import write_table
from endplate.model import Model
from endplate.population.random_effects import quadrature

Numbers = NDArray[np.float64]
Key = tuple[str, str]
_SUBJECTS = 4096
_BATCH = 512
_DAYS = 180
_SCOPE: Scope = "gates"
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


def calibrated_reach(vector: Numbers, model: Model | None = None) -> dict[Key, float]:
    """Reach of every gate under a fitted vector, by term and the use it was counted in."""
    reach = {}
    for gate in neighbour_gates():
        margins = log_margins(vector, gate, model or Model())
        counted = gate.observed_events / gate.observed_n
        reach[(gate.term, gate.calibrated_on)] = float(np.exp(np.quantile(-margins, counted)))
    return reach


def gate_slopes(vector: Numbers, model: Model | None = None) -> dict[Key, float]:
    """Rise of the log odds of each counted weakness per doubling of the dose, in the model.

    By term and the use it was counted in, from half the counted dose to twice that dose. Gates
    whose count is assumed have no slope.
    """
    slopes = {}
    for gate in neighbour_gates():
        if gate.kind == "assumed":
            continue
        margins = {f: log_margins(vector, gate, model or Model(), f) for f in (0.5, 1.0, 2.0)}
        reach = np.quantile(-margins[1.0], gate.observed_events / gate.observed_n)
        shares = [np.mean(margins[factor] + reach > 0.0) for factor in (0.5, 2.0)]
        few, many = (np.log((s + 0.5 / _SUBJECTS) / (1 - s + 0.5 / _SUBJECTS)) for s in shares)
        slopes[(gate.term, gate.calibrated_on)] = float(many - few) / 2
    return slopes


def log_margins(vector: Numbers, gate: Gate, model: Model, dose_factor: float = 1.0) -> Numbers:
    """Log of each subject's load at a gate, at a reach of one, over the load that makes it weak.

    At a multiple of the counted dose; shape (subjects,).
    """
    sites = tuple(replace(s, dose_u=dose_factor * s.dose_u) for s in counted_sites(gate))
    scenario = counted_scenario(gate, sites, model)
    scenario = replace(scenario, log_reach=np.zeros_like(scenario.log_reach))
    effects, placement = quadrature(_SUBJECTS, scenario.site_count)
    times = clock(_DAYS, model)
    parts = [
        _margins(
            jnp.asarray(vector),
            jnp.asarray(effects[:, i : i + _BATCH], SINGLE),
            jnp.asarray(placement[..., i : i + _BATCH], SINGLE),
            scenario,
            times,
            model,
            gate.term,
        )
        for i in range(0, _SUBJECTS, _BATCH)
    ]
    return np.concatenate([np.asarray(part) for part in parts])


@partial(jax.jit, static_argnames=("model", "term"))
def _margins(
    vector: Array,
    effects: Array,
    placement: Array,
    scenario: Scenario,
    times: Clock,
    model: Model,
    term: str,
) -> Array:
    described = describe(Cohort(vector, effects, placement), scenario, _SCOPE)
    exposed = expose(described, placement, scenario, _SCOPE)
    state = inject(first_state(exposed, scenario, model), exposed, model, 0, 1.0)
    windows = run_endings(state, exposed.rates, exposed.load, model, times, False)
    return gate_log_margins(exposed.gates, windows, scenario.anatomy, [term])[term]


def counted_plan(gate: Gate) -> Plan:
    """Plan of the label's or the trial's protocol at the dose of a count."""
    dose_u = gate.calibrated_dose_u
    text = _LABEL_PLAN.format(
        product=gate.calibrated_product,
        indication=gate.calibrated_on,
        dose="" if dose_u is None else f"dose_u = {dose_u:g}",
    )
    return Plan.loads(text)


def counted_sites(gate: Gate) -> tuple[PlacedSite, ...]:
    """Sites of the plan of a count, of other uses than lines in usual volumes."""
    placed, use = placed_sites(counted_plan(gate)), indication(gate.calibrated_on)
    if use.family == "lines":
        return placed
    return tuple(replace(site, volume_ml=use.site_volume_ml) for site in placed)


def counted_scenario(gate: Gate, sites: tuple[PlacedSite, ...], model: Model) -> Scenario:
    """Scenario in which a gate was counted."""
    treated = (gate.calibrated_on,)
    anatomy = Anatomy(gate.chart, treated, sides_of(treated, sites))
    patient = counted_plan(gate).patient
    return scenario_of(anatomy, [(gate.calibrated_product, sites)], patient, model)


def write_reach(reach: dict[Key, float], folder: Path) -> Path:
    """Write `fitted_reach.csv` into a folder."""
    kinds = {(gate.term, gate.calibrated_on): gate.kind for gate in neighbour_gates()}
    return write_table(
        folder / "fitted_reach.csv",
        ["term", "calibrated_on", "estimate", "kind", "source"],
        ([*key, f"{value:.4g}", kinds[key], "endplate_model"] for key, value in reach.items()),
    )
