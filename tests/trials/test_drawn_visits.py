"""What is drawn at the visits of a trial is, in the mean, what forecasts and the fit read."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from endplate.facts.endpoints import symptom_scores
from endplate.model import Parameters
from endplate.trials.between import ArmSpread, Z, shifts_of
from endplate.trials.cohort import CHUNK
from endplate.trials.design import Design, EndpointTable, VisitsTable
from endplate.trials.prepare import prepare
from endplate.trials.tasks import Setup, part_of, run_chunk, vectors_of
from trial_designs import glabella

ZEROS = ((0.0,), (0.0,))


def setup_of(design):
    return Setup.of(design, (1.0,), ZEROS, ({}, {}))


@pytest.fixture(scope="module")
def lines():
    return setup_of(Design.loads(glabella(2 * 2048)))


def drawn_and_expected(part):
    seen = part.seen.astype(bool)[:, None]
    return part.values.mean(axis=0), part.expected / len(part.values), seen


def test_drawn_responders_are_as_many_as_expected(lines):
    for arm in (0, 1):
        task = next(task for task in lines.layout.tasks if task.arm == arm)
        part = part_of(lines, task)
        drawn, expected, _ = drawn_and_expected(part)
        error = 4 * np.sqrt(expected * (1 - expected) / task.count)
        assert (np.abs(drawn - expected) <= error + 1e-9).all()
        # a responder none or mild is one whose grade says so
        assert_allclose(part.values[:, 0] > 0.5, part.measures[:, 0] <= 1.0)


def test_people_are_the_same_in_any_chunk(lines):
    """The chunk before or after, and the place in it, leave a person as they are, bit for bit."""
    replicate, person = np.zeros(CHUNK, int), np.arange(CHUNK)
    first = run_chunk(lines, 0, replicate, person, replicate, CHUNK)
    turned = run_chunk(lines, 0, replicate, person[::-1] + 100, replicate, CHUNK)
    for name in ("values", "measures", "base", "left_d", "retained"):
        one, other = (np.asarray(getattr(found, name)) for found in (first, turned))
        np.testing.assert_array_equal(one[..., 100:], other[..., ::-1][..., : CHUNK - 100])


def test_vehicle_is_a_dose_of_nothing(lines):
    """The short way of placebo arms gives what a dose of next to nothing gives."""
    dosed = setup_of(
        replace(
            lines.design,
            arms=(replace(lines.design.arms[0], dose_u=1e-6), lines.design.arms[1]),
        )
    )
    rows = (np.zeros(CHUNK, int), np.arange(CHUNK), np.zeros(CHUNK, int), CHUNK)
    short = run_chunk(lines, 1, *rows)
    # the same people: the key of an arm is its number
    whole = run_chunk(replace_arm(dosed), 1, *rows)
    assert_allclose(
        np.asarray(short.expected) / CHUNK, np.asarray(whole.expected) / CHUNK, atol=2e-3
    )
    assert (np.asarray(short.values) == np.asarray(whole.values)).mean() > 0.998


def replace_arm(setup):
    """The setup whose second arm is given what its first arm is."""
    arms = (setup.design.arms[0], replace(setup.design.arms[0], name="again"))
    design = replace(
        setup.design, arms=arms, analysis=replace(setup.design.analysis, control="again")
    )
    return setup_of(design)


def test_scores_are_drawn_as_they_are_expected():
    text = glabella(2 * 2048).replace("glabellar_lines", "cervical_dystonia", 1)
    text = text.replace("dose_u = 20", "dose_u = 236").replace("inv_none_mild", "twstrs_total")
    design = Design.loads(text.replace("median_duration_ge1", "median_duration"))
    design = replace(
        design,
        visits=VisitsTable(days=(28.0, 56.0, 84.0)),
        endpoints=(EndpointTable("twstrs_total", 28.0), EndpointTable("twstrs_ge20", 28.0)),
    )
    setup = setup_of(design)
    part = part_of(setup, setup.layout.tasks[0])
    drawn, expected, _ = drawn_and_expected(part)
    error = 4 * part.values.std(axis=0) / np.sqrt(len(part.values))
    assert (np.abs(drawn - expected) <= error + 0.02 * np.abs(expected)).all()
    change = part.measures[:, 0] - part.base[:, :1]
    assert_allclose(part.values[:, 0], change, atol=1e-3)


def test_parameters_are_those_of_the_replicate():
    design = Design.loads(
        glabella(8, 4).replace("seed = 3", "seed = 3\nparameter_uncertainty = true")
    )
    vectors = vectors_of(design, np.array([0, 0, 1, 2, 1]))
    assert (vectors[:, 0] == vectors[:, 1]).all()
    assert (vectors[:, 2] == vectors[:, 4]).all()
    assert not np.allclose(vectors[:, 0], vectors[:, 2])
    assert jnp.isfinite(vectors).all()


SUBJECTS_TOO = """
[[endpoint]]
code = "subj_ge1"
day = 30

[[endpoint]]
code = "both_none_mild_ge2"
day = 30
"""


def test_replicates_differ_by_what_fitted_trials_differ_by():
    """Trials and definitions scatter as in the fit, whoever rates, in both kinds of arms."""
    text = glabella(600, 80, more=f"{SUBJECTS_TOO}\n[analysis]\ntype_one_error = false\n")
    design = Design.loads(text.replace("seed = 3", "seed = 3\nbetween_trials = true"))
    prepared = prepare(design.dumps())
    harms = tuple(map(tuple, prepared["harm_shares"]))
    setup = Setup.of(design, tuple(prepared["strata"]), harms, prepared["spreads"])
    fitted = Parameters.stored()
    definition = fitted.value("definition_logit_sd")
    for arm, name in enumerate(("trial_logit_sd", "trial_placebo_logit_sd")):
        parts = [part_of(setup, task) for task in setup.layout.tasks if task.arm == arm]
        values = np.concatenate([part.values for part in parts])
        replicate = np.concatenate([part.replicate for part in parts])
        shares = np.stack([values[replicate == one].mean(axis=0) for one in range(80)])
        kept = np.clip(shares, 1 / 600, 1 - 1 / 600)
        log_odds, mean = np.log(kept / (1 - kept)), shares.mean(axis=0)
        sampled = 1 / (300 * mean * (1 - mean) + 0.5)
        sd = np.sqrt(np.maximum(log_odds.var(axis=0) - sampled, 0.0))
        expected = np.hypot(fitted.value(name), definition)
        # three errors of a standard deviation of 80 trials, and what 2,048 people leave unsure
        assert_allclose(sd[:2, 1:], expected, rtol=0.3)
        assert arm or 0.7 * expected < sd[2, 1] < 1.3 * expected
        common = np.corrcoef(log_odds[:, 0, 1], log_odds[:, 1, 1])
        assert 0.5 < common[0, 1] < 0.97


@pytest.mark.slow
def test_scores_differ_by_what_fitted_trials_differ_by():
    """Means scatter in proportion to the fall and to the start, more so under placebo."""
    text = glabella(400, 60, more="\n[analysis]\ntype_one_error = false\n")
    text = text.replace("glabellar_lines", "cervical_dystonia", 1)
    text = text.replace("dose_u = 20", "dose_u = 236").replace("inv_none_mild", "twstrs_total")
    text = text.replace("median_duration_ge1", "median_duration")
    design = Design.loads(text.replace("seed = 3", "seed = 3\nbetween_trials = true"))
    prepared = prepare(design.dumps())
    harms = tuple(map(tuple, prepared["harm_shares"]))
    setup = Setup.of(design, tuple(prepared["strata"]), harms, prepared["spreads"])
    fitted = Parameters.stored()
    start = symptom_scores("cervical_dystonia")[0].entry.baseline_mean
    for arm, kind in enumerate(("trial_mean_sd", "trial_placebo_mean_sd")):
        parts = [part_of(setup, task) for task in setup.layout.tasks if task.arm == arm]
        values = np.concatenate([part.values[:, 0, 1] for part in parts])
        replicate = np.concatenate([part.replicate for part in parts])
        means = np.array([values[replicate == one].mean() for one in range(60)])
        sampled = values.std() / np.sqrt(200)
        size = np.hypot(means.mean(), 0.15 * start)
        wanted = size * np.hypot(fitted.value(kind), fitted.value("definition_mean_sd"))
        assert np.hypot(wanted, sampled) == pytest.approx(means.std(), rel=0.35)


def test_treated_arms_share_the_trials_effect_and_scatter_each_by_itself():
    """As in the likelihood; what is told apart of a twin of the control must be chance alone."""
    shared, replicate = 0.8, np.arange(4000)
    # a shift of as many scatters as the draw is standard deviations from the mean
    spread = ArmSpread(np.full(1, shared), np.array(Z)[None, None])
    first, second, vehicle, twin = (
        shifts_of(spread, 3, arm, placebo, replicate)[0, 0]
        for arm, placebo in ((0, False), (1, False), (2, True), (2, True))
    )
    # four errors of a correlation of 4,000 pairs, at most 1 / sqrt(4,000) each
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(shared**2, abs=0.06)
    assert np.corrcoef(first, vehicle)[0, 1] == pytest.approx(0.0, abs=0.06)
    np.testing.assert_array_equal(vehicle, twin)


@pytest.mark.parametrize(
    "use",
    ["axillary_hyperhidrosis", pytest.param("palmar_hyperhidrosis", marks=pytest.mark.slow)],
)
def test_trials_of_sweat_differ_where_only_a_time_is_read(use):
    """Sweat is read as a fall in percent and never as a change: its shift is found from that."""
    text = EXAMPLE_TIME[use].format(replicates=24)
    spread_out, alike = (
        setup_of_prepared(text.replace("seed = 3", f"seed = 3\nbetween_trials = {words}"))
        for words in ("true", "false")
    )
    fitted = Parameters.stored()
    for arm, kind in enumerate(("trial_mean_sd", "trial_placebo_mean_sd")):
        assert spread_out.spreads[arm] is not None
        means, sampled = falls(spread_out, arm), falls(alike, arm).std()
        size = np.hypot(means.mean(), 15.0)  # the fall, and 0.15 of the 100 % before
        wanted = size * np.hypot(fitted.value(kind), fitted.value("definition_mean_sd"))
        # three errors of a standard deviation of 24 trials
        assert means.std() == pytest.approx(np.hypot(wanted, sampled), rel=0.45)


def setup_of_prepared(text):
    design = Design.loads(text)
    prepared = prepare(design.dumps())
    harms = tuple(map(tuple, prepared["harm_shares"]))
    return Setup.of(design, tuple(prepared["strata"]), harms, prepared["spreads"])


def falls(setup, arm):
    """Mean fall in percent at the first visit, of each replicate."""
    parts = [part_of(setup, task) for task in setup.layout.tasks if task.arm == arm]
    fall = np.concatenate([100 * (1 - p.measures[:, 0, 0] / p.base[:, 0]) for p in parts])
    replicate = np.concatenate([p.replicate for p in parts])
    return np.array([fall[replicate == one].mean() for one in np.unique(replicate)])


TIME_ALONE = """\
[trial]
indication = "{use}"
people = 200
replicates = {{replicates}}
seed = 3

[[arm]]
name = "active"
product = "onabotulinumtoxinA"
dose_u = {dose_u}

[[arm]]
name = "placebo"
placebo = true

[visits]
days = [28, 56, 84, 112]

[analysis]
type_one_error = false

[[endpoint]]
code = "{code}"
"""
EXAMPLE_TIME = {
    "axillary_hyperhidrosis": TIME_ALONE.format(
        use="axillary_hyperhidrosis", dose_u=100, code="median_duration"
    ),
    "palmar_hyperhidrosis": TIME_ALONE.format(
        use="palmar_hyperhidrosis", dose_u=100, code="mean_duration"
    ),
}
