"""Every published figure of a burden as a reading: a mean, a change, or the share with an event.

A visit sees the burden with scatter (`visit_sd`), which is integrated out; what two visits of one
person have in common is left in the person.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.scipy.special import ndtr


class Seen(NamedTuple):
    """Burdens of one person: `level` (..., times) and `before` (..., 1), in the scale's unit.

    `visit_sd` is the scatter of a visit in that unit, `silenced` [1] the share of the drive that
    is silenced, shape (..., times).
    """

    level: Array
    before: Array
    visit_sd: Array | float
    silenced: Array


class Terms(NamedTuple):
    """Constants of one reading: a threshold, and a gain where another scale follows this one."""

    threshold: float
    gain: float


def _level(seen: Seen, terms: Terms) -> Array:
    return terms.gain * seen.level


def _change(seen: Seen, terms: Terms) -> Array:
    return terms.gain * (seen.level - seen.before)


def _percent_fall(seen: Seen, terms: Terms) -> Array:
    return terms.gain * 100.0 * (1.0 - seen.level / jnp.maximum(seen.before, 1e-9))


def _share_fallen(seen: Seen, terms: Terms) -> Array:
    """Probability that the visit sees at least this share less."""
    limit = (1.0 - terms.threshold) * seen.before
    return ndtr((limit - seen.level) / seen.visit_sd)


def _points_fallen(seen: Seen, terms: Terms) -> Array:
    """Probability that the visit sees at least so many points less."""
    limit = seen.before - terms.threshold
    return ndtr((limit - seen.level) / seen.visit_sd)


def _log_fallen(seen: Seen, terms: Terms) -> Array:
    """Probability of an event that goes with the logarithm of the fall, half at the threshold."""
    fall = jnp.log(jnp.maximum(seen.before, 1e-9) / jnp.maximum(seen.level, 1e-3 * seen.before))
    return ndtr(terms.gain * (fall - terms.threshold))


def _none_seen(seen: Seen, terms: Terms) -> Array:
    """Probability of no event in a diary of `gain` days; counts scatter beyond chance.

    A negative binomial of overdispersion `threshold` has this share of zeros.
    """
    expected = terms.gain * seen.level
    return (1.0 + terms.threshold * expected) ** (-1.0 / terms.threshold)


def _share_felt(seen: Seen, terms: Terms) -> Array:
    """Probability that the person feels this share less; `gain` is how sharply they tell."""
    fall = 1.0 - seen.level / jnp.maximum(seen.before, 1e-9)
    return ndtr(terms.gain * (fall - terms.threshold))


def _by_drive(seen: Seen, terms: Terms) -> Array:
    """A change that follows the drug's work itself, beside what the visit adds (`threshold`)."""
    return terms.threshold + terms.gain * seen.silenced


READINGS: dict[str, Callable[[Seen, Terms], Array]] = {
    "level": _level,
    "change": _change,
    "percent_fall": _percent_fall,
    "share_fallen": _share_fallen,
    "points_fallen": _points_fallen,
    "log_fallen": _log_fallen,
    "none_seen": _none_seen,
    "share_felt": _share_felt,
    "by_drive": _by_drive,
}
"""Readings by name, as the column `how` of `facts/tables/readings.csv` has them."""

SHARES = frozenset(("share_fallen", "points_fallen", "log_fallen", "none_seen", "share_felt"))
"""Readings that are shares of people; the others are means in a unit."""


def read(how: str, seen: Seen, terms: Terms) -> Array:
    """One reading at each time of each person, shape (..., times).

    Raises
    ------
    KeyError
        There is no such reading.
    """
    return READINGS[how](seen, terms)
