"""What subjects show before treatment: as stated, else as trials enrol them."""

from math import nan

import jax.numpy as jnp
import numpy as np
import pytest

from case_plans import plan_with
from endplate.case import Patient
from endplate.facts.endpoints import symptom_scores
from endplate.facts.indications import indications
from endplate.population.baseline import (
    MODERATE,
    SEVERE,
    StatedLines,
    enrolled,
    line_baseline,
    score_baseline,
    stated_lines,
    stated_scores,
)
from endplate.population.random_effects import quadrature

MANY = 1024
EFFECTS = jnp.asarray(quadrature(MANY, 1)[0])
SCORED = [row.name for row in indications() if symptom_scores(row.name)]


@pytest.mark.parametrize("severe", [0.0, 0.3, 1.0])
def test_a_trial_enrols_the_stated_share_of_severe_lines(severe):
    lines = line_baseline(EFFECTS, enrolled(severe))
    grade = np.asarray(lines.grade)
    assert set(grade.tolist()) <= {MODERATE, SEVERE}
    # evenly spread people: to about one in a thousand
    assert np.mean(grade == SEVERE) == pytest.approx(severe, abs=2 / MANY)
    assert (np.round(np.asarray(lines.latent)) == grade).mean() > 0.99
    rest = np.asarray(lines.rest)
    assert rest.min() >= 0.0
    assert (rest < np.asarray(lines.latent)).all()


@pytest.mark.parametrize("grade", [0.0, 1.0, 2.0, 3.0])
def test_a_stated_grade_is_everyones(grade):
    lines = line_baseline(EFFECTS, StatedLines(grade, nan, 0.0, 0.5))
    assert set(np.asarray(lines.grade).tolist()) == {grade}
    assert np.abs(np.asarray(lines.latent) - grade).max() <= 0.5 + 1e-9


def test_age_deepens_the_line_at_rest():
    young, old = (
        line_baseline(EFFECTS, stated_lines(Patient(age_y=age), "glabellar_lines")).rest
        for age in (30, 70)
    )
    assert float(old.mean()) > float(young.mean())


def test_a_plan_states_its_grades():
    stated = stated_lines(plan_with().patient, "glabellar_lines")
    assert stated.grade == 3.0
    assert np.isnan(stated.rest_grade)


@pytest.mark.parametrize("code", SCORED)
def test_scores_lie_on_their_scale_about_what_trials_enrol(code):
    scales = symptom_scores(code)
    nothing = stated_scores(Patient(), scales)
    assert np.isnan(np.asarray(nothing)).all()
    scores = np.asarray(score_baseline(EFFECTS, scales, nothing))
    for row, scale in zip(scores, scales, strict=True):
        assert row.min() >= scale.entry.low
        assert row.max() <= scale.entry.high
        # bounds and skew shift a mean by less than a standard deviation
        assert abs(row.mean() - scale.entry.baseline_mean) <= scale.entry.baseline_sd
    stated = jnp.full(len(scales), scales[0].entry.baseline_mean)
    same = np.asarray(score_baseline(EFFECTS, scales[:1], stated[:1]))
    assert same == pytest.approx(scales[0].entry.baseline_mean)
