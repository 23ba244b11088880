"""Published durations and onsets as readings of a prevalence curve."""

import jax.numpy as jnp
from jax import Array

# Which responder share a published duration follows. Labels and papers differ: where the
# definition is the trial's own, it is read as the investigator's at-least-one-grade response.
DURATION_OF = {
    "median_duration": "inv_ge1",
    "median_duration_ge1": "inv_ge1",
    "median_duration_none_mild": "either_none_mild",
    "median_time_to_baseline": "either_ge1",
    "mean_duration": "inv_ge1",
    "median_duration_retreat": "",  # of a burden: when the response is lost
    "median_duration_loss80": "",
}
ONSET_OF = {"median_onset": "onset_cum"}


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
