"""One treatment after another: a window of days that starts from what the last one left.

What is left of all earlier light chains is again a sum of the same exponentials, so a person
carries five numbers of it however many treatments there were.
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import DTypeLike
from numpy.typing import NDArray

from endplate.model.cleavage import intact_after_step, intact_snap25
from endplate.model.course import Kinetics, time_grid_d, transmission_of, uptake_of
from endplate.model.transmission import Weary, memory_after

_FINE_UNTIL_D, _LATE_STEP_D = 120, 6.0


def window_grid_d(days: float) -> NDArray[np.float64]:
    """Times of a window of so many days: those of a single treatment, later ones six days apart.

    Late in a window everything moves slowly: the working fraction stays within 1e-3 of an exact
    solution (a test holds it there).
    """
    fine = time_grid_d((0.0,), min(int(days), _FINE_UNTIL_D))
    late = np.arange(_FINE_UNTIL_D, days, _LATE_STEP_D)
    return np.unique(np.concatenate([fine, late, [float(days)]]))


class CarryOver(NamedTuple):
    """How earlier blocks weary a nerve ending: gain [1], half-times of fading and rising [d]."""

    gain: Array
    fade_d: Array
    rise_d: Array


class CycleState(NamedTuple):
    """What one person's nerve endings carry from one treatment to the next.

    `light_parts` [1] are the exponentials of the light chain for a load of one, shape (rates,);
    `intact` [1] SNAP-25, `memory` [1] of blocks and `acted` [1], what of it acted last, have the
    shape (nodes,).
    """

    light_parts: Array
    intact: Array
    memory: Array
    acted: Array


class Window(NamedTuple):
    """Courses over one window [1], shape (times, nodes)."""

    working_fraction: Array
    intact: Array


def untouched(kinetics: Kinetics, nodes: int) -> CycleState:
    """State of endings that were never treated."""
    parts, _ = uptake_of(kinetics).light_chain_terms()
    return CycleState(jnp.zeros_like(parts), jnp.ones(nodes), jnp.zeros(nodes), jnp.zeros(nodes))


def injected(state: CycleState, kinetics: Kinetics, load_ratio: Array) -> CycleState:
    """State right after an injection of `load_ratio` [1] times the load of the nodes."""
    parts, _ = uptake_of(kinetics).light_chain_terms()
    return state._replace(light_parts=state.light_parts + load_ratio * parts)


def run_window(
    state: CycleState,
    load: Array,
    kinetics: Kinetics,
    carry: CarryOver,
    time_d: Array,
    dtype: DTypeLike = jnp.float64,
) -> Window:
    """Courses of one person from a state on.

    Parameters
    ----------
    state : CycleState
        At the first time.
    load : [1], >= 0
        Loads of the nodes, shape (nodes,).
    kinetics, carry
        One person's rates.
    time_d : [d]
        Rising times, the first 0.
    dtype
        Precision of the steps.
    """
    light, area_d = _light_chain(state, kinetics, time_d)
    intact = intact_snap25(
        (load * kinetics.renewal_per_d)[None],
        light[None],
        area_d[None],
        kinetics.renewal_per_d,
        time_d,
        dtype,
        state.intact,
    )
    ending = _ending(state, kinetics, carry)
    return Window(ending.working_fraction(intact, time_d), intact)


def state_on(
    day_d: Array,
    state: CycleState,
    window: Window,
    load: Array,
    kinetics: Kinetics,
    carry: CarryOver,
    time_d: Array,
) -> CycleState:
    """State on one day of a window.

    Parameters
    ----------
    day_d : [d]
        From the first time of the window to its last.
    state : CycleState
        At the first time.
    window : Window
        What `run_window` gave.
    load, kinetics, carry
        As for `run_window`.
    time_d : [d]
        Times of the window.
    """
    _, rates_per_d = uptake_of(kinetics).light_chain_terms()
    last = jnp.clip(jnp.searchsorted(time_d, day_d, side="right") - 1, 0, len(time_d) - 1)
    ends_d = jnp.stack([time_d[last], day_d])
    light, area_d = _light_chain(state, kinetics, ends_d)
    # the part of a step that is left is a step of its own, so no reading between times is needed
    cut = load * kinetics.renewal_per_d
    intact = intact_after_step(
        window.intact[last].astype(cut.dtype),
        cut * light[0],
        cut * light[1],
        cut * (area_d[1] - area_d[0]),
        kinetics.renewal_per_d,
        day_d - time_d[last],
    )
    acting = _ending(state, kinetics, carry).acting(
        jnp.stack([time_d[0], day_d]), state.memory.shape
    )
    return CycleState(
        state.light_parts * jnp.exp(-rates_per_d * day_d),
        intact,
        memory_after(state.memory, window.working_fraction, time_d, day_d, carry.fade_d),
        acting[1],
    )


def _light_chain(state: CycleState, kinetics: Kinetics, time_d: Array) -> tuple[Array, Array]:
    _, rates_per_d = uptake_of(kinetics).light_chain_terms()
    gone = -jnp.expm1(-rates_per_d[:, None] * time_d[None])
    light = state.light_parts @ (1.0 - gone)
    return jnp.maximum(light, 0.0), (state.light_parts / rates_per_d) @ gone


def _ending(state: CycleState, kinetics: Kinetics, carry: CarryOver) -> Weary:
    return Weary(
        transmission_of(kinetics),
        state.memory,
        state.acted,
        carry.gain,
        carry.fade_d,
        carry.rise_d,
    )
