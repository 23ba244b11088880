"""A small plan run through the engine: evenly spread subjects after one label treatment."""

from functools import cache, partial

import jax
import jax.numpy as jnp

from case_plans import plan_with
from endplate.case import placed_sites
from endplate.engine import Cohort, clock, describe, expose, first_state, inject, run_window
from endplate.engine.scenario import planned_charts
from endplate.model import Model, Parameters
from endplate.population.random_effects import quadrature

CODE, DAYS, SUBJECTS = "glabellar_lines", 180.0, 32
PLAN = plan_with()


@cache
def scenario_under(model):
    (chart,) = planned_charts(PLAN, (CODE,), placed_sites(PLAN), (), model)
    return chart.scenario


def cohort(dtype=jnp.float32):
    effects, placement = quadrature(SUBJECTS, scenario_under(Model()).site_count)
    vector = Parameters.stored().vectors[0]
    return Cohort(vector, jnp.asarray(effects, dtype), jnp.asarray(placement, dtype))


@partial(jax.jit, static_argnames=("model", "days"))
def first_window(people, scenario, model, days=DAYS):
    """One window after the planned injection, and the state on its last day."""
    exposed = expose(
        describe(people, scenario, "indications"), people.placement, scenario, "indications"
    )
    state = inject(first_state(exposed, scenario, model), exposed, model, 0, 1.0)
    times = clock(days, model)
    return run_window(state, exposed, scenario, model, "indications", times, False)
