"""What a saved result rests on: every source in it, and the trials that set its parameters."""

import json

import pytest

from endplate import simulate
from endplate.facts.sources import PARTS, keys_by_part, source_keys
from endplate.fit.basis import sources_by_part, trials_behind
from endplate.fit.informing import figures_informing
from one_area_plan import plan


def saved(**where):
    return json.loads(simulate(plan(**where), people=64, days=120).as_json())


@pytest.fixture(scope="module")
def neck():
    return saved(indication="cervical_dystonia", baseline="twstrs_total = 45")


@pytest.fixture(scope="module")
def sweat():
    where = {"indication": "axillary_hyperhidrosis", "baseline": "sweat_mg_min = 190"}
    return saved(product="abobotulinumtoxinA", **where)


def named(value):
    """Every source key found anywhere in a result."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "source" and inner:
                yield from (one.strip() for one in inner.split(";"))
            yield from named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner)


def test_every_source_in_the_result_is_listed(neck, sweat):
    for result in (neck, sweat):
        parts = sources_by_part(result, trials_behind(result))
        assert tuple(parts) == PARTS
        listed = {key for keys in parts.values() for key in keys}
        found = set(named(result))
        assert found <= listed
        assert len(found) >= 3
        assert {one["source"] for one in result["harms"]} & listed <= set(parts["harms"])
        assert all(parts[part] for part in ("label", "parameters", "fit"))
    assert keys_by_part(neck)["harms"]


def test_a_source_named_in_a_place_of_its_own_is_listed_too(neck):
    key = next(key for key in source_keys() if key not in set(named(neck)))
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
        own = [name for name in trial.parameters if ":" in name]
        assert bool(own) == (trial.role == "use"), trial
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
            for figure in figures_informing(name)
            if (figure.trial_id, figure.indication) == (trial.trial_id, trial.indication)
        }
        assert trial.rows == len(figures)


def test_a_check_rests_on_no_trial(neck):
    check = {"level": "clear", "findings": neck["findings"], "open_stops": 0}
    assert trials_behind(check) == ()
    parts = keys_by_part(check)
    assert parts["label"] == set(named(check)) & set(source_keys()) != set()
    assert not parts["parameters"] | parts["harms"] | parts["figures"]
