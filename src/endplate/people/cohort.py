"""Who the virtual people are: how deep their lines are before treatment, what both raters saw."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.scipy.stats import norm

from endplate.case import Patient
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


def trial_lines(normals: Array, severe_share: float) -> Lines:
    """People as a trial enrols them: moderate or severe at contraction."""
    severe = norm.cdf(normals[:, _ORDER["grade"]]) < severe_share
    return _lines(normals, jnp.where(severe, SEVERE, MODERATE), None, 0.0)


def patient_lines(normals: Array, patient: Patient, indication: str, severe_share: float) -> Lines:
    """People like one patient: her grades where stated, else those of a trial."""
    grades = dict(patient.baseline.items())
    stated = grades.get(indication)
    if stated is None:
        severe = norm.cdf(normals[:, _ORDER["grade"]]) < severe_share
        grade = jnp.where(severe, SEVERE, MODERATE)
    else:
        grade = jnp.full(normals.shape[0], float(stated))
    age_y = patient.age_y if patient.age_y is not None else value("reference_age_y")
    older = value("rest_severity_per_year") * (age_y - value("reference_age_y"))
    return _lines(normals, grade, grades.get(f"{indication}_rest"), older)


def _lines(
    normals: Array,
    grade: Array,
    rest_grade: float | None,
    older: float,
) -> Lines:
    # Within a grade every depth is as likely: a grade is a rounded depth.
    within = norm.cdf(normals[:, _ORDER["within_grade"]]) - 0.5
    latent = jnp.maximum(grade + within, 0.05)
    if rest_grade is None:
        rest = (
            value("rest_severity_mean")
            + older
            + value("rest_severity_sd") * normals[:, _ORDER["rest"]]
        )
    else:
        rest = rest_grade + norm.cdf(normals[:, _ORDER["rest"]]) - 0.5
    return Lines(grade, latent, jnp.clip(rest, 0.0, latent - 0.3 * jnp.minimum(latent, 1.0)))


def severe_share() -> float:
    """Share graded severe at entry to a trial that does not state it."""
    return value("trial_severe_share")
