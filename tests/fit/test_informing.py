"""A trial sets a parameter when what is predicted of it moves with the parameter."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from endplate.facts.parameters import fit_rows
from endplate.facts.trials import trial_figures
from endplate.fit.block import blocks_of
from endplate.fit.informing import (
    figures_informing,
    fitted_figures,
    grouped,
    trials_informing,
)
from endplate.fit.scatter import SCATTER
from endplate.people import model

USES = ("glabellar_lines", "cervical_dystonia", "axillary_hyperhidrosis")
PRODUCTS = ("onabotulinumtoxinA", "abobotulinumtoxinA", "placebo")
STEP = 0.2  # on the working scale
LEAST = 1e-6  # relative: under it a prediction has not moved


def sample():
    """One figure of every use, endpoint and product of some."""
    found = {}
    for figure in fitted_figures():
        if figure.indication in USES and figure.product in PRODUCTS:
            found.setdefault((figure.indication, figure.endpoint, figure.product), figure)
    return tuple(found.values())


@pytest.fixture(scope="module")
def moved():
    """Whether each prediction of the sample moves, by parameter."""
    figures = sample()
    centre = np.asarray(model.stored_vector())
    vectors = np.concatenate([centre[None], centre + STEP * np.eye(len(centre))])
    seen = np.zeros((len(vectors), len(figures)))
    for block in blocks_of(figures, trial_figures()):
        # In their own unit: on the link scale a share near 0 is held from moving.
        predict = jax.jit(block.predictor)
        seen[:, block.place] = [np.asarray(predict(jnp.asarray(v))) for v in vectors]
    found = {
        row.id: np.abs(own - seen[0]) > LEAST * np.maximum(np.abs(seen[0]), 1e-15)
        for row, own in zip(fit_rows(), seen[1:], strict=True)
    }
    return figures, found


@pytest.mark.slow
def test_a_figure_informs_what_its_prediction_moves_with(moved):
    figures, found = moved
    wrong = []
    for name, moves in found.items():
        if name in SCATTER:
            continue
        claimed = set(map(id, figures_informing(name)))
        for figure, one in zip(figures, moves, strict=True):
            if one != (id(figure) in claimed):
                wrong.append((name, figure.trial_id, figure.endpoint, figure.product, bool(one)))
    assert len(wrong) == 0, wrong[:5]


def test_the_scatter_between_trials_is_set_by_figures_of_its_kind():
    changes = {figure.endpoint for figure in figures_informing("trial_mean_sd")}
    assert {"twstrs_total", "ui_per_day"} <= changes
    assert not any(name.startswith(("inv_", "subj_")) for name in changes)
    assert {f.endpoint for f in figures_informing("duration_log_sd")} >= {"median_duration"}
    assert {f.endpoint for f in figures_informing("trial_logit_sd")} >= {"inv_ge1", "twstrs_ge20"}


def test_trials_of_one_use_set_that_use_alone():
    own = {one.indication for one in trials_informing("potency:cervical_dystonia")}
    assert own == {"cervical_dystonia"}
    every = {one.indication for one in trials_informing("persistence_d")}
    assert {"cervical_dystonia", "glabellar_lines", "overactive_bladder"} <= every


def test_every_parameter_is_set_by_a_trial_and_every_figure_sets_some():
    bare = [row.id for row in fit_rows() if not trials_informing(row.id)]
    assert bare == []
    informing = {id(f) for row in fit_rows() for f in figures_informing(row.id)}
    assert {id(figure) for figure in fitted_figures()} == informing


def test_counts_are_rows_of_the_table():
    for one in grouped(fitted_figures()):
        rows = [
            figure
            for figure in fitted_figures()
            if (figure.trial_id, figure.indication) == (one.trial_id, one.indication)
        ]
        assert one.rows == len(rows) > 0
        assert set(one.sources) == {row.source for row in rows}


def test_an_unknown_parameter_has_no_trials():
    assert trials_informing("nothing") == ()
