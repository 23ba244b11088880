"""When a person is treated again: after a fixed time, at a level, or once a benefit is lost."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

# The whole of a benefit is never quite lost: this share of it counts as all.
ALL_OF_IT = 0.95


class Policy(NamedTuple):
    """When to treat again; NaN for what the plan does not state.

    `forced_gap_d` [d] is each person's time to the next treatment where it is fixed, shape
    (people,); `again_at` is in the unit of the scale, `lost_share` [1] that of the largest effect
    of the drug, `not_before_d` [d] the least time.
    """

    forced_gap_d: Array
    again_at: Array
    lost_share: Array
    not_before_d: Array


def decide(policy: Policy, seen: Array, fall: Array, time_d: Array) -> Array:
    """Days to each person's next treatment [d], shape (people,).

    Parameters
    ----------
    policy : Policy
        When to treat again.
    seen : [unit of the scale]
        Level as the professional sees it, lower is better, shape (people, times).
    fall : [1]
        Share of the burden that the drug takes away, shape (people, times).
    time_d : [d]
        Times since this treatment, shape (times,); the last is the latest day of the next one.

    Notes
    -----
    No one waits for a level that is not reached once the effect is gone, and no one is treated
    before the day of the largest effect.
    """
    largest = fall.max(axis=1, keepdims=True)
    share = jnp.where(jnp.isnan(policy.lost_share), ALL_OF_IT, policy.lost_share)
    lost = (1.0 - jnp.minimum(share, ALL_OF_IT)) * largest - fall
    above = jnp.where(jnp.isnan(policy.again_at), -jnp.inf, seen - policy.again_at)
    wait_d = jnp.ceil(jnp.maximum(time_d[fall.argmax(axis=1)], policy.not_before_d))
    # below zero while the effect lasts; where both count, the sooner
    due = jnp.maximum(lost, jnp.maximum(above, -1.0))
    back_d = _first_due(due, wait_d, time_d)
    gap_d = jnp.where(jnp.isnan(policy.forced_gap_d), back_d, policy.forced_gap_d)
    return jnp.minimum(gap_d, time_d[-1])


def _first_due(due: Array, wait_d: Array, time_d: Array) -> Array:
    """First whole day from `wait_d` on with `due` at zero or above, else the last time."""
    waiting = at_days(due, time_d, wait_d[:, None])[:, 0]
    back = (time_d[None] > wait_d[:, None]) & (due >= 0.0)
    after = back.argmax(axis=1)
    from_d = jnp.maximum(time_d[jnp.maximum(after - 1, 0)], wait_d)
    low = at_days(due, time_d, from_d[:, None])[:, 0]
    high = due[jnp.arange(len(due)), after]
    part = jnp.clip(-low / jnp.maximum(high - low, 1e-12), 0.0, 1.0)
    crossing_d = jnp.ceil(from_d + part * (time_d[after] - from_d))
    later_d = jnp.where(back.any(axis=1), crossing_d, time_d[-1])
    return jnp.where(waiting >= 0.0, wait_d, later_d)


def at_days(curve: Array, time_d: Array, day_d: Array) -> Array:
    """Each person's curve on days of their own.

    Parameters
    ----------
    curve : any
        Shape (people, times).
    time_d : [d]
        Rising times, shape (times,).
    day_d : [d]
        Shape (people, days); held at the first and the last time.

    Returns
    -------
    any
        Shape (people, days), linear between times.
    """
    after = jnp.clip(jnp.searchsorted(time_d, day_d), 1, len(time_d) - 1)
    step_d = time_d[after] - time_d[after - 1]
    part = jnp.clip((day_d - time_d[after - 1]) / step_d, 0.0, 1.0).astype(curve.dtype)
    low = jnp.take_along_axis(curve, after - 1, axis=1)
    return low + part * (jnp.take_along_axis(curve, after, axis=1) - low)
