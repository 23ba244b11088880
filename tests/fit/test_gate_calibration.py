"""Each neighbour's gate forecasts the count that it was calibrated to."""

from functools import cache

import numpy as np
import pytest
from scipy import stats

from endplate.engine.scenario import Injection, PlannedChart
from endplate.facts.harms import neighbour_gates
from endplate.facts.table import text_rows
from endplate.fit import gate_calibration
from endplate.fit.gate_calibration import counted_scenario, counted_sites
from endplate.forecast.cohort_run import CHUNK, GROUPS, Batch, cohort_of, run_batch, run_of
from endplate.model import Model, Parameters
from endplate.population.random_effects import quadrature

SUBJECTS, DAYS = 4096, 180
MOST_APART = 0.2  # of the count
PRINTED = 0.01  # four digits are stored; a hundredth leaves room for another machine
GATES = {(gate.term, gate.calibrated_on): gate for gate in neighbour_gates()}
QUICK = ("glabellar_lines",)  # the others take minutes together
# One gate of each kind of tissue and of a label's and a trial's protocol: all take minutes.
TRIED = (
    ("eyelid_ptosis", "glabellar_lines"),
    ("dysphagia", "cervical_dystonia"),
    ("muscular_weakness", "cervical_dystonia"),
    ("urinary_retention", "overactive_bladder"),
)


def treatment_of(gate):
    """What people were given in whom a gate was counted: one run serves all gates of it."""
    return gate.chart, gate.calibrated_on, gate.calibrated_product, gate.calibrated_dose_u


@cache
def forecast_shares(counted):
    """Share of people with each weakness, as a forecast of what a count was made after has it."""
    gate = next(gate for gate in GATES.values() if treatment_of(gate) == counted)
    model, sites = Model(), counted_sites(gate)
    scenario = counted_scenario(gate, sites, model)
    chart = PlannedChart(scenario, sites, (Injection(0.0, 0, 1.0),), {gate.calibrated_on: (True,)})
    run = run_of(chart, model, DAYS)
    effects, placement = quadrature(SUBJECTS, scenario.site_count)
    vectors = np.tile(Parameters.stored().vectors.T, (1, CHUNK))
    weak = []
    for first in range(0, SUBJECTS, CHUNK):
        chunk = slice(first, first + CHUNK)
        cohort = cohort_of(vectors, effects[:, chunk], placement[..., chunk])
        report = run_batch(run, Batch(cohort, np.zeros((GROUPS, CHUNK))))
        weak.append({term: ~np.isnan(day) for term, day in report.weak_start_d.items()})
    return {term: np.mean([part[term] for part in weak]) for term in weak[0]}


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(key, marks=() if key[1] in QUICK else pytest.mark.slow, id=" of ".join(key))
        for key in GATES
    ],
)
def test_a_gate_forecasts_the_count_that_it_was_calibrated_to(key):
    gate = GATES[key]
    shares = forecast_shares(treatment_of(gate))
    events, people = gate.observed_events, gate.observed_n
    low, high = stats.beta.ppf((0.05, 0.95), events + 0.5, people - events + 0.5)
    assert shares[gate.term] == pytest.approx(events / people, rel=MOST_APART)
    assert low <= shares[gate.term] <= high


@pytest.mark.slow
def test_the_stored_reach_belongs_to_the_stored_fit(monkeypatch):
    tried = tuple(GATES[key] for key in TRIED)
    monkeypatch.setattr(gate_calibration, "neighbour_gates", lambda: tried)
    reach = gate_calibration.calibrated_reach(Parameters.stored().vectors[0])
    stored = {
        (row["term"], row["calibrated_on"]): row["estimate"] for row in text_rows("fitted_reach")
    }
    assert len(reach) == len(TRIED)
    for key, value in reach.items():
        assert value == pytest.approx(float(stored[key]), rel=PRINTED), key
