"""Which trials set a parameter, and which sources and trials a saved result rests on."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from endplate import simulate
from endplate.facts.parameters import fit_rows
from endplate.facts.sources import PARTS, keys_by_part, source_keys
from endplate.facts.trials import trial_figures
from endplate.fit.block import blocks_of
from endplate.fit.likelihood import SCATTER
from endplate.fit.provenance import (
    by_trial,
    figures_setting,
    fitted_figures,
    sources_by_part,
    trials_behind,
    trials_setting,
)
from endplate.model import Parameters
from one_area_plan import plan

USES = ("glabellar_lines", "platysma_bands", "cervical_dystonia", "axillary_hyperhidrosis")
PRODUCTS = ("onabotulinumtoxinA", "abobotulinumtoxinA", "daxibotulinumtoxinA", "placebo")
STEP = 0.2  # on the working scale
LEAST = 1e-6  # relative: under it a prediction has not moved


def sampled_figures():
    """One figure of every use, endpoint and product of some."""
    first = {}
    for figure in fitted_figures():
        if figure.indication in USES and figure.product in PRODUCTS:
            first.setdefault((figure.indication, figure.endpoint, figure.product), figure)
    return tuple(first.values())


@pytest.fixture(scope="module")
def moved():
    """Whether each prediction of the sample moves, by parameter."""
    figures = sampled_figures()
    stored = Parameters.stored().vectors[0]
    vectors = np.concatenate([stored[None], stored + STEP * np.eye(len(stored))])
    predicted = np.zeros((len(vectors), len(figures)))
    for block in blocks_of(figures, trial_figures()):
        # In their own unit: on the link scale a share near 0 is held from moving.
        predict = jax.jit(block.predictor)
        subjects = block.predictor.quadratures
        predicted[:, block.index] = [np.asarray(predict(jnp.asarray(v), subjects)) for v in vectors]
    centre, changed = predicted[0], predicted[1:]
    moves = {
        row.id: np.abs(values - centre) > LEAST * np.maximum(np.abs(centre), 1e-15)
        for row, values in zip(fit_rows(), changed, strict=True)
    }
    return figures, moves


@pytest.mark.slow
def test_a_figure_sets_what_its_prediction_moves_with(moved):
    figures, moves_by_parameter = moved
    wrong = []
    for name, moves in moves_by_parameter.items():
        if name in SCATTER:
            continue
        claimed = set(map(id, figures_setting(name)))
        for figure, does_move in zip(figures, moves, strict=True):
            if does_move != (id(figure) in claimed):
                wrong.append((name, figure.trial_id, figure.endpoint, figure.product))
    assert len(wrong) == 0, wrong[:5]


def test_the_scatter_between_trials_is_set_by_figures_of_its_kind():
    changes = {figure.endpoint for figure in figures_setting("trial_mean_sd")}
    assert {"twstrs_total", "ui_per_day"} <= changes
    assert not any(name.startswith(("inv_", "subj_")) for name in changes)
    assert {f.endpoint for f in figures_setting("duration_log_sd")} >= {"median_duration"}
    assert {f.endpoint for f in figures_setting("trial_logit_sd")} >= {"inv_ge1", "twstrs_ge20"}


def test_trials_of_one_use_set_that_use_alone():
    of_use = {trial.indication for trial in trials_setting("potency:cervical_dystonia")}
    assert of_use == {"cervical_dystonia"}
    shared = {trial.indication for trial in trials_setting("persistence_d")}
    assert {"cervical_dystonia", "glabellar_lines", "overactive_bladder"} <= shared


def test_every_parameter_is_set_by_a_trial_and_every_figure_sets_some():
    bare = [row.id for row in fit_rows() if not trials_setting(row.id)]
    assert bare == []
    setting = {id(f) for row in fit_rows() for f in figures_setting(row.id)}
    assert {id(figure) for figure in fitted_figures()} == setting


def test_counts_are_rows_of_the_table():
    for trial in by_trial(fitted_figures()):
        rows = [
            figure
            for figure in fitted_figures()
            if (figure.trial_id, figure.indication) == (trial.trial_id, trial.indication)
        ]
        assert trial.rows == len(rows) > 0
        assert set(trial.sources) == {row.source for row in rows}


def test_an_unknown_parameter_has_no_trials():
    assert trials_setting("nothing") == ()


def saved(**where):
    return json.loads(simulate(plan(**where), people=64, days=120).as_json())


@pytest.fixture(scope="module")
def neck():
    return saved(indication="cervical_dystonia", baseline="twstrs_total = 45")


@pytest.fixture(scope="module")
def sweat():
    where = {"indication": "axillary_hyperhidrosis", "baseline": "sweat_mg_min = 190"}
    return saved(product="abobotulinumtoxinA", **where)


def sources_named(value):
    """Every source key found anywhere in a result."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "source" and inner:
                yield from (key.strip() for key in inner.split(";"))
            yield from sources_named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from sources_named(inner)


def test_every_source_in_the_result_is_listed(neck, sweat):
    for result in (neck, sweat):
        parts = sources_by_part(result, trials_behind(result))
        assert tuple(parts) == PARTS
        listed = {key for keys in parts.values() for key in keys}
        in_result = set(sources_named(result))
        assert in_result <= listed
        assert len(in_result) >= 3
        assert {harm["source"] for harm in result["harms"]} & listed <= set(parts["harms"])
        assert all(parts[part] for part in ("label", "parameters", "fit"))
    assert keys_by_part(neck)["harms"]


def test_a_source_named_at_a_new_key_is_listed_too(neck):
    key = next(key for key in source_keys() if key not in set(sources_named(neck)))
    parts = keys_by_part({**neck, "elsewhere": [{"deep": {"source": key}}]})
    assert key in parts["label"]


def test_numbers_of_steps_that_are_not_run_are_left_out(sweat):
    """An armpit has no line at rest, one treatment no memory of the last, no bladder infects."""
    steps = {"botox_gl_rest_3cycles", "fabbri_2016", "ona_oab_safety", "sloop_1996"}
    parts = keys_by_part(sweat)
    assert not steps & parts["parameters"]
    assert {"lebeda_2008", "elwischger_mri", "lowe_2007"} <= parts["parameters"]
    again = keys_by_part({**sweat, "cycles": {"antibodies": "trial_like"}})
    assert {"botox_gl_rest_3cycles", "fabbri_2016"} <= again["parameters"]
    assert "antibody_meta_2023" in again["harms"]


def test_figures_beside_outcomes_name_their_sources():
    lines = saved()
    shown = {trial["source"] for row in lines["outcomes"] for trial in row["trials"]}
    assert "botox_gl_1_2_pooled" in shown
    assert keys_by_part(lines)["figures"] == shown


def test_a_trial_of_another_use_sets_only_what_uses_share(neck):
    trials = trials_behind(neck)
    roles = {trial.role: set() for trial in trials}
    for trial in trials:
        roles[trial.role].add(trial.indication)
    assert roles["use"] == {"cervical_dystonia"}
    assert "glabellar_lines" in roles["shared"]
    for trial in trials:
        of_use = [name for name in trial.parameters if ":" in name]
        assert bool(of_use) == (trial.role in ("use", "tissue")), trial
        if trial.indication == "glabellar_lines":
            assert "persistence_d" in trial.parameters
            assert not any("dystonia" in name or name.startswith("rater_")
                           for name in trial.parameters)  # fmt: skip


def test_a_product_and_a_tissue_borrow_from_other_uses(sweat):
    trials = trials_behind(sweat)
    by_role = {role: {t.indication for t in trials if t.role == role} for role in
               ("use", "product", "tissue", "shared")}  # fmt: skip
    assert by_role["use"] == {"axillary_hyperhidrosis"}
    assert "glabellar_lines" in by_role["product"]
    assert by_role["tissue"] == {"palmar_hyperhidrosis"}
    palm = next(trial for trial in trials if trial.role == "tissue")
    assert "persistence_ratio:gland" in palm.parameters
    assert "potency_ratio:abobotulinumtoxinA" not in palm.parameters


def test_rows_are_the_figures_that_set_any_of_the_parameters(neck):
    for trial in trials_behind(neck):
        figures = {
            id(figure)
            for name in trial.parameters
            for figure in figures_setting(name)
            if (figure.trial_id, figure.indication) == (trial.trial_id, trial.indication)
        }
        assert trial.rows == len(figures)


def test_a_check_rests_on_no_trial(neck):
    check = {"level": "clear", "findings": neck["findings"], "open_stops": 0}
    assert trials_behind(check) == ()
    parts = keys_by_part(check)
    assert parts["label"] == set(sources_named(check)) & set(source_keys()) != set()
    assert not parts["parameters"] | parts["harms"] | parts["figures"]
