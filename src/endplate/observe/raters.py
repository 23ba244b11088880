"""The investigator and the person grade the same latent line, each with their own scatter."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtr


class Raters(NamedTuple):
    """Scatter and placebo change of both raters, in grades.

    `shared_share` [1] is the part of the variance that belongs to the face on the day and is seen
    by both. Shifts are subtracted from (placebo) or added to (subject) the latent severity.
    """

    sd_investigator: Array
    sd_subject: Array
    shared_share: Array
    placebo_investigator: Array
    placebo_subject: Array
    subject_shift: Array


def grade_at_most(
    severity: Array, limit: Array, sd: Array, shared: Array, shared_share: Array
) -> Array:
    """Probability that a rater gives at most a grade.

    Parameters
    ----------
    severity : [1]
        Latent severity as this rater would see it without scatter.
    limit : [1]
        Largest grade that counts.
    sd : [1], > 0
        The rater's scatter.
    shared : [1]
        Standard normal of the person, common to both raters.
    shared_share : [1], in [0, 1)
        Part of the variance that is common.

    Returns
    -------
    [1], in [0, 1]
        Given the common part; the rater's own part is integrated out.
    """
    seen = severity + shared * sd * jnp.sqrt(shared_share)
    return ndtr((limit + 0.5 - seen) / (sd * jnp.sqrt(1.0 - shared_share)))
