"""What it costs to read a subject's response from a table instead of running every cell."""

from dataclasses import replace

import jax
import numpy as np
import pytest

from endplate.engine.exposure import table_weights
from endplate.model import Model
from endplate.model.endings import table_loads
from engine_cases import cohort, first_window, scenario_under

# A muscle of many cells: one subject in a hundred may be read wrong by 0.01, the mean over
# subjects, which outcomes are made of, by 0.003.
ONE_SUBJECT_99, MEAN = 0.01, 0.003


def test_reading_is_near_running_every_cell():
    scenario, people = scenario_under(Model()), cohort()
    assert scenario.same_pattern
    cell_by_cell = replace(scenario, same_pattern=False)
    read = np.asarray(first_window(people, scenario, Model()).working)
    exact = np.asarray(first_window(people, cell_by_cell, Model()).working)
    assert exact.min() < 0.2  # the plan blocks
    assert np.quantile(np.abs(read - exact), 0.99) < ONE_SUBJECT_99
    assert np.abs(read.mean(axis=-1) - exact.mean(axis=-1)).max() < MEAN


@pytest.mark.parametrize("free", [0.0, 0.3])
def test_weights_of_a_block_sum_to_one(free):
    """What is missing to a whole is free of toxin, and counts as unblocked."""
    rng = np.random.default_rng(1)
    load = np.exp(rng.normal(2.0, 2.0, (40, 3)))
    weight = np.zeros((2, 40))
    weight[0, :25], weight[1, 25:] = 1 / 25, 1 / 15
    weights = np.asarray(jax.jit(lambda own: table_weights(own, (1 - free) * weight))(load))
    assert weights.shape == (2, len(table_loads()), 3)
    assert weights.sum(axis=1) == pytest.approx(1.0, abs=1e-9)
    unblocked = np.asarray(table_loads()) < 1.0
    assert (weights[:, unblocked].sum(axis=1) >= free - 0.05).all()
