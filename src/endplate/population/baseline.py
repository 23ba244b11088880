"""What subjects show before treatment: the grade of a line, or a symptom score."""

from math import log, nan, sqrt
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtr

from endplate.case import Patient
from endplate.facts.endpoints import SymptomScore, baseline_scale, stated_score
from endplate.facts.parameters import value
from endplate.population.random_effects import EFFECT_ROW

MODERATE, SEVERE = 2.0, 3.0
NOTHING_LEFT = 1e-3  # share of the usual score that stands for none: its logarithm is needed


class LineBaseline(NamedTuple):
    """Lines of each subject before treatment, arrays (subjects,).

    `grade` is what was graded at contraction, `latent` the severity behind it, `rest` the latent
    severity at rest.
    """

    grade: Array
    latent: Array
    rest: Array


class StatedLines(NamedTuple):
    """What is stated of one indication before treatment; NaN for what is not.

    `grade` and `rest_grade` are 0-3, `age_effect` [grade] how much deeper age makes the line at
    rest, `severe_share` [1] the share graded severe where no grade is stated.
    """

    grade: Array | float
    rest_grade: Array | float
    age_effect: Array | float
    severe_share: Array | float


def enrolled(severe_share: Array | float) -> StatedLines:
    """Subjects as a trial enrols them: moderate or severe at contraction."""
    return StatedLines(nan, nan, 0.0, severe_share)


def stated_lines(patient: Patient, indication: str) -> StatedLines:
    """What is stated of one patient: grades, else those of a trial."""
    first = baseline_scale(indication).low  # of the scale as it is written; the model's is 0
    grades = {name: grade - first for name, grade in patient.baseline.items()}
    age_y = patient.age_y if patient.age_y is not None else value("reference_age_y")
    return StatedLines(
        grade=float(grades.get(indication, nan)),
        rest_grade=float(grades.get(f"{indication}_rest", nan)),
        age_effect=value("rest_severity_per_year") * (age_y - value("reference_age_y")),
        severe_share=value("trial_severe_share"),
    )


def stated_scores(patient: Patient, scales: tuple[SymptomScore, ...]) -> Array:
    """Score stated of a patient on each scale, NaN where none is, shape (scales,)."""
    stated = dict(patient.baseline.items())
    scores = (stated_score(scale.scale, stated) for scale in scales)
    return jnp.array([nan if score is None else float(score) for score in scores])


def line_baseline(effects: Array, stated: StatedLines) -> LineBaseline:
    """Lines of subjects with these random effects, shape (effects, subjects)."""
    severe = ndtr(effects[EFFECT_ROW["grade"]]) < stated.severe_share
    drawn = jnp.where(severe, SEVERE, MODERATE).astype(effects.dtype)
    grade = jnp.where(jnp.isnan(stated.grade), drawn, stated.grade)
    # Within a grade every depth is as likely: a grade is a rounded depth.
    latent = jnp.maximum(grade + ndtr(effects[EFFECT_ROW["within_grade"]]) - 0.5, 0.05)
    rest_effect = effects[EFFECT_ROW["rest"]]
    usual = (
        value("rest_severity_mean") + stated.age_effect + value("rest_severity_sd") * rest_effect
    )
    known = stated.rest_grade + ndtr(rest_effect) - 0.5
    rest = jnp.where(jnp.isnan(stated.rest_grade), usual, known)
    rest = jnp.clip(rest, 0.0, latent - 0.3 * jnp.minimum(latent, 1.0))
    return LineBaseline(*(x.astype(effects.dtype) for x in (grade, latent, rest)))


def score_baseline(effects: Array, scales: tuple[SymptomScore, ...], stated: Array) -> Array:
    """Symptom scores of subjects before treatment, shape (scales, subjects).

    Drawn from the people that trials enrol where none is stated, within the scale's bounds.
    """
    effect = effects[EFFECT_ROW["baseline"]]
    scores = []
    for row, scale in enumerate(scales):
        entry = scale.entry
        mean, sd = entry.baseline_mean, entry.baseline_sd
        if entry.distribution == "lognormal":
            log_sd = sqrt(log(1.0 + (sd / mean) ** 2))
            usual = mean * jnp.exp(log_sd * effect - 0.5 * log_sd**2)
        else:
            usual = mean + sd * effect
        # A stated score is taken as it is: near nothing there is next to nothing to gain.
        least = jnp.where(jnp.isnan(stated[row]), 0.05 * mean, NOTHING_LEFT * mean)
        score = jnp.where(jnp.isnan(stated[row]), usual, stated[row])
        scores.append(jnp.clip(score, jnp.maximum(entry.low, least), entry.high))
    return jnp.stack(scores).astype(effects.dtype)
