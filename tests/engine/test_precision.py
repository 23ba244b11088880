"""A crowd is run in single precision: how far that is from double, and that it is said."""

import jax
import jax.numpy as jnp
import numpy as np

from endplate import Plan
from endplate.case import placed_sites
from endplate.people import model, run
from endplate.people.draws import draws_of
from endplate.people.job import make_jobs
from endplate.people.loads import site_count

PLAN = """
[patient]
baseline = { glabellar_lines = 3 }
[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""
MOST_WORKING = 2e-4  # share of junctions of one muscle of one person
MOST_PERCENT = 0.01  # points of a responder share


def chunk(monkeypatch, dtype):
    monkeypatch.setattr(run, "CROWD", dtype)
    run._run.clear_cache()
    plan = Plan.loads(PLAN)
    (job,) = make_jobs(plan, ("glabellar_lines",), placed_sites(plan), (), 180, 0)
    vectors = np.tile(np.asarray(model.stored_vector()), (run.CHUNK, 1))
    weight = np.zeros((run.GROUPS, run.CHUNK))
    weight[0] = 1 / run.CHUNK
    people = np.arange(run.CHUNK)
    normals, placement = draws_of(np.int64(5), people, site_count(job.setting))
    found = run.run_chunk(vectors, normals, placement, weight, job.setting, job.layout, True)
    run._run.clear_cache()
    return jax.tree.map(np.asarray, found)


def test_single_precision_moves_no_answer(monkeypatch):
    single, double = chunk(monkeypatch, jnp.float32), chunk(monkeypatch, jnp.float64)
    assert np.abs(single.working - double.working).max() < MOST_WORKING
    (one,), (other,) = single.areas, double.areas
    moved = np.abs(one.sums - other.sums).max()  # the weights sum to one: means in percent
    assert 0 < moved < MOST_PERCENT  # zero would mean that the two are the same run
