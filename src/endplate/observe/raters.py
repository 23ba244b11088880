"""The investigator and the person grade the same latent line, each with their own scatter."""

from collections.abc import Mapping
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtr

from endplate.facts.parameters import value


class Raters(NamedTuple):
    """Scatter and placebo change of both raters, in grades.

    `shared_share` [1] is the part of the variance that belongs to the face on the day and is seen
    by both. Shifts are subtracted from (placebo) or added to (subject) the latent severity.
    """

    sd_investigator: Array
    sd_subject: Array
    shared_share: Array | float
    placebo_investigator: Array
    placebo_subject: Array
    subject_shift: Array


def raters(values: Mapping[str, Array], indication: str) -> Raters:
    """Scatter and placebo change of investigator and person for a line, from parameters.

    Placebo moves some lines more than frown lines: both raters alike, by `placebo_shift`.
    """
    more = values.get(f"placebo_shift:{indication}", 0.0)
    return Raters(
        sd_investigator=values["rater_sd_investigator"],
        sd_subject=values["rater_sd_subject"],
        shared_share=value("rater_shared_share"),
        placebo_investigator=values["placebo_shift_investigator"] + more,
        placebo_subject=values["placebo_shift_subject"] + more,
        subject_shift=values["subject_shift"],
    )


def investigator_error(raters: Raters, effects: Mapping[str, Array]) -> Array:
    """What the investigator adds to each subject's latent severity, placebo change included.

    `effects` are the subjects' random effects by name.
    """
    shared = raters.shared_share
    scatter = (
        jnp.sqrt(shared) * effects["shared_rater"] + jnp.sqrt(1 - shared) * effects["investigator"]
    )
    return raters.sd_investigator * scatter - raters.placebo_investigator


def grade_at_most(
    severity: Array,
    limit: Array,
    sd: Array,
    shared: Array,
    shared_share: Array | float,
    own: Array | None = None,
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
    own : [1]
        Standard normal of the rater at the visit, where the visit is drawn.

    Returns
    -------
    [1], in [0, 1]
        Given the common part; the rater's own part is integrated out, or 0 or 1 where it is drawn.
    """
    rated = severity + shared * sd * jnp.sqrt(shared_share)
    return chance((limit + 0.5 - rated) / (sd * jnp.sqrt(1.0 - shared_share)), own)


def chance(margin: Array, drawn: Array | None) -> Array:
    """Chance of an event whose margin [1] must exceed a standard normal; 0 or 1 where it is drawn.

    Every share of people is such a chance: read as one in a forecast and in the fit, drawn person
    by person and visit by visit in a trial.
    """
    return ndtr(margin) if drawn is None else (margin >= drawn).astype(margin.dtype)
