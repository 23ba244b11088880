"""Who the virtual people are: lines or burdens before treatment, and what raters saw of them."""

from math import log, nan, sqrt
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtr

from endplate.case import Patient
from endplate.facts.endpoints import SymptomScore, baseline_scale
from endplate.facts.parameters import value
from endplate.people.draws import PURPOSES

MODERATE, SEVERE = 2.0, 3.0
_ORDER = {purpose: i for i, purpose in enumerate(PURPOSES)}


class Lines(NamedTuple):
    """Lines of each person before treatment, arrays (people,).

    `grade` is what was graded at contraction, `latent` the severity behind it, `rest` the latent
    severity at rest.
    """

    grade: Array
    latent: Array
    rest: Array


class Before(NamedTuple):
    """What is stated of one area before treatment; NaN for what is not.

    `grade` and `rest_grade` are 0-3, `older` [grade] how much deeper age makes the line at rest,
    `severe_share` [1] the share graded severe where no grade is stated.
    """

    grade: Array | float
    rest_grade: Array | float
    older: Array | float
    severe_share: Array | float


def as_enrolled(severe_share: float) -> Before:
    """People as a trial enrols them: moderate or severe at contraction."""
    return Before(nan, nan, 0.0, severe_share)


def like(patient: Patient, indication: str) -> Before:
    """People like one patient: the grades stated of them, else those of a trial."""
    first = baseline_scale(indication).low  # of the scale as it is written; the model's is 0
    grades = {name: grade - first for name, grade in patient.baseline.items()}
    age_y = patient.age_y if patient.age_y is not None else value("reference_age_y")
    return Before(
        grade=float(grades.get(indication, nan)),
        rest_grade=float(grades.get(f"{indication}_rest", nan)),
        older=value("rest_severity_per_year") * (age_y - value("reference_age_y")),
        severe_share=value("trial_severe_share"),
    )


def lines_before(normals: Array, stated: Before) -> Lines:
    """Lines of people with these draws, shape (people, purposes)."""
    severe = ndtr(normals[:, _ORDER["grade"]]) < stated.severe_share
    drawn = jnp.where(severe, SEVERE, MODERATE)
    grade = jnp.where(jnp.isnan(stated.grade), drawn, stated.grade)
    # Within a grade every depth is as likely: a grade is a rounded depth.
    within = ndtr(normals[:, _ORDER["within_grade"]]) - 0.5
    latent = jnp.maximum(grade + within, 0.05)
    usual = (
        value("rest_severity_mean")
        + stated.older
        + value("rest_severity_sd") * normals[:, _ORDER["rest"]]
    )
    known = stated.rest_grade + ndtr(normals[:, _ORDER["rest"]]) - 0.5
    rest = jnp.where(jnp.isnan(stated.rest_grade), usual, known)
    return Lines(grade, latent, jnp.clip(rest, 0.0, latent - 0.3 * jnp.minimum(latent, 1.0)))


def stated_burdens(patient: Patient, scales: tuple[SymptomScore, ...]) -> Array:
    """Burden stated of a patient on each scale, NaN where none is, shape (scales,)."""
    told = dict(patient.baseline.items())
    return jnp.array([float(told.get(scale.scale, nan)) for scale in scales])


def burdens_before(normals: Array, scales: tuple[SymptomScore, ...], stated: Array) -> Array:
    """Burdens of people with these draws before treatment, shape (scales, people).

    Drawn from the people that trials enrol where none is stated, within the scale's bounds.
    """
    own = normals[:, _ORDER["baseline"]]
    drawn = []
    for i, scale in enumerate(scales):
        entry = scale.entry
        mean, sd = entry.baseline_mean, entry.baseline_sd
        if entry.distribution == "lognormal":
            log_sd = sqrt(log(1.0 + (sd / mean) ** 2))
            usual = mean * jnp.exp(log_sd * own - 0.5 * log_sd**2)
        else:
            usual = mean + sd * own
        told = jnp.where(jnp.isnan(stated[i]), usual, stated[i])
        drawn.append(jnp.clip(told, max(entry.low, 0.05 * mean), entry.high))
    return jnp.stack(drawn)
