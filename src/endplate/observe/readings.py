"""Every published figure of a symptom score as a reading: a mean, a change, a share with an event.

A visit observes the score with scatter (`visit_sd`), which is integrated out; what two visits of
one subject have in common is left in the subject.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtr

from endplate.observe.raters import chance


class Observation(NamedTuple):
    """Scores: `level` (times, subjects) and `before` (subjects,), in the scale's unit.

    `visit_sd` is the scatter of a visit in that unit, `silenced` [1] the share of the drive that
    is silenced, shape (times, subjects). `drawn` [1] is the scatter of each visit where it is
    drawn, a standard normal (times, subjects), upward of the score; None: it is integrated out.
    """

    level: Array
    before: Array
    visit_sd: Array | float
    silenced: Array
    drawn: Array | None = None

    @property
    def found(self) -> Array:
        """Level that the visits find, (times, subjects): no score is below nothing."""
        if self.drawn is None:
            return self.level
        return jnp.maximum(self.level + self.visit_sd * self.drawn, 0.0)


class Terms(NamedTuple):
    """Constants of one reading: a threshold, and a gain where another scale follows this one."""

    threshold: float
    gain: float


def _level(now: Observation, terms: Terms) -> Array:
    return terms.gain * now.found


def _change(now: Observation, terms: Terms) -> Array:
    return terms.gain * (now.found - now.before)


def _percent_fall(now: Observation, terms: Terms) -> Array:
    return terms.gain * 100.0 * (1.0 - now.found / jnp.maximum(now.before, 1e-9))


def _share_fallen(now: Observation, terms: Terms) -> Array:
    """Probability that the visit finds at least this share less."""
    limit = (1.0 - terms.threshold) * now.before
    return chance((limit - now.level) / now.visit_sd, now.drawn)


def _points_fallen(now: Observation, terms: Terms) -> Array:
    """Probability that the visit finds at least so many points less."""
    limit = now.before - terms.threshold
    return chance((limit - now.level) / now.visit_sd, now.drawn)


def _log_fallen(now: Observation, terms: Terms) -> Array:
    """Probability of an event that goes with the logarithm of the fall, half at the threshold."""
    fall = jnp.log(jnp.maximum(now.before, 1e-9) / jnp.maximum(now.level, 1e-3 * now.before))
    return chance(terms.gain * (fall - terms.threshold), now.drawn)


def _none_observed(now: Observation, terms: Terms) -> Array:
    """Probability of no event in a diary of `gain` days; counts scatter beyond chance.

    A negative binomial of overdispersion `threshold` has this share of zeros.
    """
    expected = terms.gain * now.level
    none = (1.0 + terms.threshold * expected) ** (-1.0 / terms.threshold)
    return none if now.drawn is None else (ndtr(now.drawn) <= none).astype(none.dtype)


def _share_felt(now: Observation, terms: Terms) -> Array:
    """Probability that the subject feels this share less; `gain` is how sharply they tell."""
    fall = 1.0 - now.level / jnp.maximum(now.before, 1e-9)
    return chance(terms.gain * (fall - terms.threshold), now.drawn)


def _by_drive(now: Observation, terms: Terms) -> Array:
    """A change that follows the drug's work itself, beside what the visit adds (`threshold`)."""
    return terms.threshold + terms.gain * now.silenced


READINGS: dict[str, Callable[[Observation, Terms], Array]] = {
    "level": _level,
    "change": _change,
    "percent_fall": _percent_fall,
    "share_fallen": _share_fallen,
    "points_fallen": _points_fallen,
    "log_fallen": _log_fallen,
    "none_seen": _none_observed,
    "share_felt": _share_felt,
    "by_drive": _by_drive,
}
"""Readings by name, as the column `how` of `facts/tables/readings.csv` has them."""


def read(how: str, now: Observation, terms: Terms) -> Array:
    """One reading at each time of each subject, shape (times, subjects).

    Raises
    ------
    KeyError
        There is no such reading.
    """
    return READINGS[how](now, terms)
