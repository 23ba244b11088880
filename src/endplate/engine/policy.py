"""When a subject is treated again: after a fixed time, at a level, or once a benefit is lost."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from endplate.observe.course import at_days

# The whole of a benefit is never quite lost: this share of it counts as all.
ALL_OF_IT = 0.95


class Policy(NamedTuple):
    """When to treat again; NaN for what the plan does not state.

    `forced_gap_d` [d] is each subject's time to the next treatment where it is fixed, shape
    (subjects,); `again_at` is in the unit of the scale, `lost_share` [1] that of the largest effect
    of the drug, `not_before_d` [d] the least time.
    """

    forced_gap_d: Array
    again_at: Array
    lost_share: Array
    not_before_d: Array


def next_treatment_d(policy: Policy, observed: Array, fall: Array, time_d: Array) -> Array:
    """Days to each subject's next treatment [d], shape (subjects,).

    Parameters
    ----------
    policy : Policy
        When to treat again.
    observed : [unit of the scale]
        Level as the professional observes it, lower is better, shape (times, subjects).
    fall : [1]
        Share of the score that the drug takes away, shape (times, subjects).
    time_d : [d]
        Times since this treatment, shape (times,); the last is the latest day of the next one.

    Notes
    -----
    No one waits for a level that is not reached once the effect is gone, and no one is treated
    before the day of the largest effect.
    """
    largest = fall.max(axis=0)
    share = jnp.where(jnp.isnan(policy.lost_share), ALL_OF_IT, policy.lost_share)
    lost = (1.0 - jnp.minimum(share, ALL_OF_IT)) * largest - fall
    above = jnp.where(jnp.isnan(policy.again_at), -jnp.inf, observed - policy.again_at)
    wait_d = jnp.ceil(jnp.maximum(time_d[fall.argmax(axis=0)], policy.not_before_d))
    # below zero while the effect lasts; where both count, the sooner
    due = jnp.maximum(lost, jnp.maximum(above, -1.0))
    back_d = _first_due_d(due, wait_d, time_d)
    gap_d = jnp.where(jnp.isnan(policy.forced_gap_d), back_d, policy.forced_gap_d)
    return jnp.minimum(gap_d, time_d[-1])


def _first_due_d(due: Array, wait_d: Array, time_d: Array) -> Array:
    """First whole day from `wait_d` on with `due` at zero or above, else the last time."""
    waiting = at_days(due, time_d, wait_d[None])[0]
    back = (time_d[:, None] > wait_d) & (due >= 0.0)
    after = back.argmax(axis=0)
    from_d = jnp.maximum(time_d[jnp.maximum(after - 1, 0)], wait_d)
    low = at_days(due, time_d, from_d[None])[0]
    high = jnp.take_along_axis(due, after[None], axis=0)[0]
    part = jnp.clip(-low / jnp.maximum(high - low, 1e-12), 0.0, 1.0)
    crossing_d = jnp.ceil(from_d + part * (time_d[after] - from_d))
    later_d = jnp.where(back.any(axis=0), crossing_d, time_d[-1])
    return jnp.where(waiting >= 0.0, wait_d, later_d)
