"""Published durations and onsets: what a trial reads at its visits, and the day it then prints.

A trial finds a response lost at the first visit that no longer sees it. Visits scatter, so that a
loss is seen before half of the people have lost the response for good; and it is found late, by
half the time between two visits on average.
"""

from functools import cache

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.lax import cummax
from jax.nn import sigmoid
from numpy.typing import NDArray

from endplate.facts.endpoints import DurationRule

ONSET_OF = {"median_onset": "onset_cum"}
# Of the variance of a change: what the reading before treatment adds, to all changes alike.
_FROM_START = 0.5
_REPEATS = 16  # of each person's visits
_SOFT = 0.02  # of the start: width over which a visit's verdict turns, for smooth gradients
_SEED = 20261122
Numbers = NDArray[np.float64]


def visits_d(rule: DurationRule, last_d: float) -> Numbers:
    """Days of the visits up to the last [d]."""
    *early, regular = rule.first_visits_d
    return np.array([*early, *np.arange(regular, last_d + 1e-9, rule.every_d)])


def neighbours(time_d: Numbers, days: Numbers) -> NDArray[np.int64]:
    """Places of the times next to some days, on both sides, in order."""
    after = np.clip(np.searchsorted(time_d, days), 1, len(time_d) - 1)
    return np.unique(np.concatenate([after - 1, after]))


def on_visits(curves: Array, time_d: Numbers, visits: Numbers) -> Array:
    """Curves (..., times) on the days of visits, straight between the times."""
    after = np.clip(np.searchsorted(time_d, visits), 1, len(time_d) - 1)
    part = (visits - time_d[after - 1]) / (time_d[after] - time_d[after - 1])
    return curves[..., after - 1] * (1.0 - part) + curves[..., after] * part


def event_kept(event: Array, weight: Array) -> Array:
    """Share of those with an event at the first visit who have had it at every visit since.

    `event` is its probability in each person at each visit, (people, visits), the visits of one
    person independent; `weight` (people,).
    """
    kept = weight @ jnp.cumprod(event, axis=1)
    return kept / jnp.maximum(kept[0], 1e-12)


def fall_kept(fall: Array, visit_sd: Array, rule: DurationRule, kept_share: float) -> Array:
    """Share of the people who count in whom no visit has yet seen the loss of the fall.

    Parameters
    ----------
    fall : [1]
        Share of the start that is gone at each visit, shape (people, visits).
    visit_sd : [1]
        Scatter of a change seen at a visit, as a share of the start, shape (people,).
    rule : DurationRule
        How the duration is read.
    kept_share : [1]
        Share of the best fall, or of the start, below which it counts as lost.
    """
    always, fresh = _scatter(*fall.shape)
    scatter = np.sqrt(_FROM_START) * always + np.sqrt(1.0 - _FROM_START) * fresh
    seen = fall + visit_sd[:, None] * scatter
    best = jnp.maximum(cummax(seen, axis=seen.ndim - 1), 0.0) if rule.of == "best" else 1.0
    stays = sigmoid((seen - kept_share * best) / _SOFT)
    if rule.least_fall is not None:
        stays = stays.at[..., 0].set(sigmoid((seen[..., 0] - rule.least_fall) / _SOFT))
    kept = jnp.cumprod(stays, axis=-1).mean(axis=(0, 1))
    return kept if rule.least_fall is None else kept / jnp.maximum(kept[0], 1e-12)


@cache
def _scatter(people: int, visits: int) -> tuple[Numbers, Numbers]:
    """Scatter common to all visits of a person, and of each; both signs, so that none is tilted."""
    half = np.random.default_rng(_SEED).standard_normal((_REPEATS // 2, people, visits + 1))
    drawn = np.concatenate([half, -half])
    return drawn[..., :1], drawn[..., 1:]


def printed_d(kept: Array, visits: Numbers, rule: DurationRule) -> Array:
    """Day that a trial prints from the shares kept at its visits [d]; the last where it is later.

    The mean or the median, as the endpoint's name says.
    """
    before = max(visits[0] - rule.every_d, 0.0)
    days = jnp.asarray(np.concatenate([[0.0, before], visits]))
    share = jnp.concatenate([jnp.ones(2), kept])
    lost = mean_lost_d if rule.endpoint.startswith("mean") else half_lost_d
    late = 0.5 * rule.every_d if rule.told == "visit" else 0.0
    return jnp.minimum(lost(share, days) + late, visits[-1])


def half_lost_d(share: Array, time_d: Array) -> Array:
    """Day on which half of those who responded at the peak have lost the response [d].

    `share` is the prevalence at each time, shape (times,). Where the half is not lost within the
    times, the last one is returned.
    """
    peak = jnp.argmax(share)
    falling = jnp.where(jnp.arange(len(time_d)) < peak, share[peak], share)
    return jnp.interp(-0.5 * share[peak], -falling, time_d)


def mean_lost_d(share: Array, time_d: Array) -> Array:
    """Mean duration among those who responded at the peak, cut off at the last time [d]."""
    peak = jnp.argmax(share)
    falling = jnp.where(jnp.arange(len(time_d)) < peak, share[peak], share) / share[peak]
    return jnp.sum(0.5 * (falling[1:] + falling[:-1]) * jnp.diff(time_d))


def half_reached_d(share: Array, time_d: Array) -> Array:
    """Day on which half of those who ever respond have begun to [d]."""
    peak = jnp.argmax(share)
    rising = jnp.where(jnp.arange(len(time_d)) > peak, share[peak], share)
    return jnp.interp(0.5 * share[peak], rising, time_d)
