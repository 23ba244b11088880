"""A cohort is run in single precision: how far that is from double, and that it is said."""

import jax.numpy as jnp
import numpy as np

from endplate.engine import describe
from endplate.model import Model
from endplate.observe.course import Subjects
from endplate.observe.endpoints import REPORTED_OF_LINES, group_means, observe
from engine_cases import CODE, SUBJECTS, cohort, first_window, scenario_under

MOST_FORCE = 2e-4  # of one muscle of one subject
MOST_PERCENT = 0.01  # points of a responder share


def run(dtype):
    people, scenario, model = cohort(dtype), scenario_under(Model()), Model()
    window = first_window(people, scenario, model)
    subjects: Subjects = describe(people, scenario, "indications").subjects
    days = np.array([7.0, 30.0, 90.0, 120.0, 180.0])
    observed = [
        observe(CODE, name, window.courses[CODE], subjects, days) for name in REPORTED_OF_LINES
    ]
    sums, _, _ = group_means(observed, jnp.full((1, SUBJECTS), 1 / SUBJECTS))
    return np.asarray(window.force), np.asarray(sums)


def test_single_precision_moves_no_answer():
    (single, percent), (double, exact) = run(jnp.float32), run(jnp.float64)
    assert (single.dtype, double.dtype) == (np.float32, np.float64)
    assert np.abs(single - double).max() < MOST_FORCE
    moved = np.abs(percent - exact).max()  # the weights sum to one: means in percent
    assert 0 < moved < MOST_PERCENT  # zero would mean that the two are the same run
