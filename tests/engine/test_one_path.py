"""The figure a user is shown and the figure that is validated are the same number.

For every use and product that `validate` covers: at the label's dose and in the same subjects, the
predictor of published figures and the forecast of a plan agree.
"""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from endplate import Plan
from endplate.case import placed_sites
from endplate.engine.scenario import planned_charts
from endplate.errors import NotCovered
from endplate.facts.endpoints import symptom_scores
from endplate.facts.indications import indication, is_charted
from endplate.facts.parameters import value
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.fit.arms import LAST_DAY, Arm, trial_setup
from endplate.fit.endpoint_types import KIND_PERCENT, kind_of, known_products
from endplate.fit.predict import Predictor
from endplate.forecast.cohort_run import Batch, Run, cohort_of, reduce_chunks, run_batch, run_of
from endplate.model import Model, Parameters
from endplate.observe.endpoints import reported_endpoints
from endplate.population.baseline import enrolled
from endplate.population.random_effects import quadrature
from endplate.results.limits import has_evidence

SUBJECTS = 256
DAYS = (30.0, 60.0)
POINTS = 0.5  # of a share
PART = 0.01  # of a change or of a time
PLAN = """
[patient]
age_y = 46
[treatment]
date = 2026-01-01
region = "{region}"
product = "{product}"
indication = "{code}"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""
USES = sorted({f.indication for f in trial_figures() if is_charted(f.indication)})


def label_plan(product, code):
    for region in ("US", "EU", "UK"):
        try:
            plan = Plan.loads(PLAN.format(region=region, product=product, code=code))
            return plan, placed_sites(plan)
        except NotCovered:
            continue
    return None


def cases():
    """The reference product in every use, and every other product in one use of its own."""
    products = [p for p in sorted(known_products()) if p != "placebo"]
    chosen, seen = [], set()
    for code in USES:
        for product in products:
            new = product == "onabotulinumtoxinA" or product not in seen
            if new and has_evidence(product, code) and label_plan(product, code) is not None:
                chosen.append(pytest.param(product, code, id=f"{product}-{code}"))
                seen.add(product)
    return chosen


def forecast_of(product, code):
    """The forecast's own run of the label's plan, in the subjects that stand for an arm."""
    plan, sites = label_plan(product, code)
    usual = indication(code).site_volume_ml
    # a label may treat a neighbouring area too, which trials of this one may not
    sites = tuple(replace(s, volume_ml=usual) for s in sites if s.indication == code)
    (chart,) = planned_charts(plan, (code,), sites, (), Model())
    scenario = chart.scenario
    if not symptom_scores(code):
        scenario = replace(scenario, stated=(enrolled(value("trial_severe_share")),))
    pattern = Arm(code, product, 1.0, value("trial_severe_share"), None).pattern
    setup = trial_setup(code, pattern, Model(), SUBJECTS)
    effects, placement = quadrature(SUBJECTS, setup.scenario.site_count)
    own = scenario.site_count
    assert own == setup.scenario.site_count  # else the needles would land elsewhere
    vectors = np.tile(Parameters.stored().vectors[0][:, None], (1, SUBJECTS))
    batch = Batch(cohort_of(vectors, effects, placement), np.full((1, SUBJECTS), 1.0 / SUBJECTS))
    run = run_of(replace(chart, scenario=scenario), Model(), LAST_DAY)
    run = Run(run.chart, run.model, run.clock, np.array(DAYS), run.reports)
    shown = reduce_chunks(run, [(run_batch(run, batch), SUBJECTS)]).indications[code]
    return shown, sum(site.dose_u for site in sites)


def published(code, product, dose_u, endpoint, day, statistic="percent"):
    return TrialFigure(
        trial_id="none", indication=code, product=product, arm="label", dose_u=dose_u,
        area_dose_u=dose_u, n=100, day=day, endpoint=endpoint, statistic=statistic, value=50.0,
        bound="", source="", verified=True, note="",
    )  # fmt: skip


@pytest.mark.parametrize(("product", "code"), cases())
def test_the_forecast_is_the_prediction(product, code):
    shown, dose_u = forecast_of(product, code)
    names = reported_endpoints(code)
    dated = [(name, day) for name in names for day in DAYS if kind_of(name, code)]
    timed = [] if indication(code).trial_interval_d else sorted(shown.printed_d)
    figures = [published(code, product, dose_u, name, day) for name, day in dated]
    # a forecast tells no day after its last
    figures += [
        replace(published(code, product, dose_u, name, None), follow_up_d=LAST_DAY)
        for name in timed
    ]
    predictor = Predictor(tuple(figures), {"": value("trial_severe_share")}, {}, Model(), SUBJECTS)
    vector = jnp.asarray(Parameters.stored().vectors[0])
    predicted = np.asarray(jax.jit(predictor.__call__)(vector, predictor.quadratures))
    assert len(dated) >= 2
    for (name, day), figure in zip(dated, predicted, strict=False):
        own = shown.means[names.index(name), DAYS.index(day)]
        if kind_of(name, code) == KIND_PERCENT:
            assert 100 * figure == pytest.approx(own, abs=POINTS), (name, day)
        else:
            assert figure == pytest.approx(own, rel=PART, abs=0.02), (name, day)
    for name, figure in zip(timed, predicted[len(dated) :], strict=True):
        assert figure == pytest.approx(shown.printed_d[name], rel=PART, abs=0.05), name


def test_every_use_of_the_trials_is_among_the_cases():
    assert {case.values[1] for case in cases()} == set(USES)
