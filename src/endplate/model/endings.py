"""Nerve endings of one tissue after an injection: from exposure to the working fraction.

Time runs in windows. A window starts at an injection, from what the last one left; a single
treatment is one window. What is left of every earlier light chain is a sum of the same few
exponentials, so endings carry little from window to window however many injections there were.
"""

from math import log
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import DTypeLike
from numpy.typing import NDArray

from endplate.model.cleavage import intact_after_step, intact_in_decay, slaved_intact
from endplate.model.hypotheses import Model
from endplate.model.kinetics import Kinetics
from endplate.model.transmission import ReleaseFatigue

Numbers = NDArray[np.float64]

# Once so many days have passed since an injection, its light chain only decays.
DECAY_FROM_D = 6.0
_FIRST_STEPS_D = (0.0, 0.125, 0.25, 0.375, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0)
_LATER_RATIO, _LATER_LEAST_D, _LATER_MOST_D = 0.15, 1.0, 14.0
_DAILY_UNTIL_D, _WIDE_D = 30.0, 3.0
_PIECES = 16  # of each step of a reference run
_STEPPED_LATER_D = 2.0  # longest step of hypotheses without a closed form

# Loads at which the response of one subject's endings is tabulated: below the first nothing is
# silenced, above the last everything is.
LOAD_LOW, LOAD_HIGH, LOAD_COUNT = 2e-2, 2e4, 49


class TimeNodes(NamedTuple):
    """Times since the injection at which endings are worked out.

    `step_d` [d] are stepped through, the first 0; `decay_d` [d] later ones are read off the closed
    form and may be none.
    """

    step_d: Array | Numbers
    decay_d: Array | Numbers

    @property
    def all_d(self) -> Array:
        """Every time [d], rising."""
        return jnp.concatenate([jnp.asarray(self.step_d), jnp.asarray(self.decay_d)])


def course_days(days: float) -> Numbers:
    """Times [d] of courses: parts of a day at first, then days, then every three days."""
    return np.unique(
        np.concatenate(
            [
                np.array([*_FIRST_STEPS_D, DECAY_FROM_D]),
                np.arange(0.0, min(days, _DAILY_UNTIL_D) + 1.0),
                np.arange(_DAILY_UNTIL_D, days, _WIDE_D),
                [float(days)],
            ]
        )
    )


def time_nodes(days: float, model: Model) -> TimeNodes:
    """Times at which endings are worked out over so many days.

    With a closed form they thin out as the light chain decays; courses between them are read by a
    cubic spline (`spline_matrix`). Other hypotheses are stepped through.
    """
    first = np.array([*_FIRST_STEPS_D, DECAY_FROM_D])
    if not model.closed_form:
        later = np.arange(DECAY_FROM_D, days, _STEPPED_LATER_D)[1:]
        return TimeNodes(np.concatenate([first, later, [float(days)]]), np.zeros(0))
    decay, day = [], DECAY_FROM_D
    while day < days:
        day += float(np.clip(_LATER_RATIO * day, _LATER_LEAST_D, _LATER_MOST_D))
        decay.append(min(day, float(days)))
    return TimeNodes(first, np.array(decay))


def reference_nodes(days: float) -> TimeNodes:
    """Times of a reference run: every step of the course cut into pieces, all stepped through.

    Courses are within 1e-6 of the exact solution in double precision.
    """
    coarse = np.union1d(course_days(days), np.arange(0.0, days + 1.0))
    pieces = np.linspace(coarse[:-1], coarse[1:], _PIECES, endpoint=False, axis=1).ravel()
    return TimeNodes(np.append(pieces, coarse[-1]), np.zeros(0))


def spline_matrix(node_d: Numbers, time_d: Numbers) -> Numbers:
    """Weights with which a cubic spline through values at nodes is read, shape (times, nodes)."""
    from scipy.interpolate import CubicSpline  # slow to import

    return CubicSpline(node_d, np.eye(len(node_d)))(time_d)


class Endings(NamedTuple):
    """What the endings of one tissue carry from window to window; subjects are the last axis.

    `light_parts` [1] (injections, rates, subjects) are the exponentials of each injection's light
    chain for a load of one; `intact` [1] SNAP-25, `memory` [1] of blocks and `acted` [1], what of
    it acted last, have the shape (points, subjects), points being loads or cells.
    """

    light_parts: Array
    intact: Array
    memory: Array
    acted: Array


class Window(NamedTuple):
    """Courses [1] over one window, shape (times, points, subjects)."""

    working_fraction: Array
    intact: Array


def untreated(
    model: Model, kinetics: Kinetics, injections: int, points: int, dtype: DTypeLike
) -> Endings:
    """Endings that were never injected."""
    parts, _ = _terms(model, kinetics)
    nothing = jnp.zeros((points, parts.shape[-1]), dtype)
    return Endings(jnp.zeros((injections, *parts.shape)), nothing + 1.0, nothing, nothing)


def injected(
    endings: Endings, model: Model, kinetics: Kinetics, injection: Array | int, ratio: Array | float
) -> Endings:
    """Endings right after an injection of `ratio` [1] times the load of its points."""
    parts, _ = _terms(model, kinetics)
    return endings._replace(light_parts=endings.light_parts.at[injection].add(ratio * parts))


def run_window(
    endings: Endings,
    load: Array,
    model: Model,
    kinetics: Kinetics,
    fatigue: ReleaseFatigue | None,
    nodes: TimeNodes,
) -> Window:
    """Courses of the endings of one tissue from an injection on.

    Parameters
    ----------
    endings : Endings
        Right after the injection.
    load : [1], >= 0
        Cutting rate over renewal rate at a light chain of one, shape (injections, points, subjects)
        or, where all subjects are run at the same loads, (injections, points, 1).
    model : Model
        Hypotheses.
    kinetics : Kinetics
        Rates of every subject, shape (subjects,).
    fatigue : ReleaseFatigue or None
        How earlier blocks fatigue release; None where there were none.
    nodes : TimeNodes
        Times.
    """
    dtype = load.dtype
    step_d = jnp.asarray(nodes.step_d)
    light, area_d = _light_chain(endings, model, kinetics, step_d)
    exposure = _exposure(load, light)
    areas_d = _exposure(load, jnp.diff(area_d, axis=1))
    k_syn = jnp.asarray(kinetics.renewal_per_d, dtype)

    def step(intact: Array, now: tuple[Array, Array, Array, Array]) -> tuple[Array, Array]:
        start, end, area, length_d = now
        after = intact_after_step(intact, start, end, area, k_syn, length_d)
        return after, after

    steps = (exposure[:-1], exposure[1:], areas_d, jnp.diff(step_d).astype(dtype))
    last, stepped = jax.lax.scan(step, endings.intact, steps)
    intact = jnp.concatenate([endings.intact[None], stepped])
    if len(nodes.decay_d):
        since_d = (jnp.asarray(nodes.decay_d) - step_d[-1])[:, None]
        later = _decaying(last, exposure[-1], model, kinetics, since_d)
        intact = jnp.concatenate([intact, later])
    acting: Any = 0.0
    if fatigue is not None:
        acting = fatigue.gain * fatigue.acting(endings.memory, endings.acted, nodes.all_d)
    working = model.transmission_of(kinetics).working_fraction(intact, nodes.all_d, acting)
    return Window(working, intact)


def endings_on(
    day_d: Array,
    endings: Endings,
    window: Window,
    load: Array,
    model: Model,
    kinetics: Kinetics,
    fatigue: ReleaseFatigue,
    nodes: TimeNodes,
) -> Endings:
    """Endings on a day of each subject of a window that `run_window` gave.

    `day_d` [d] has the shape (subjects,); the other arguments are those of `run_window`.
    """
    times_d, dtype = nodes.all_d, load.dtype
    _, rates_per_d = _terms(model, kinetics)
    last = jnp.clip(jnp.searchsorted(times_d, day_d, side="right") - 1, 0, len(times_d) - 1)
    last_d = times_d[last]
    before = jnp.take_along_axis(window.intact, last[None, None, :], axis=0)[0]
    # the part of a step that is left is a step of its own, so no reading between times is needed
    light, area_d = _light_chain(endings, model, kinetics, jnp.stack([last_d, day_d]))
    start, end = _exposure(load, light)
    (area,) = _exposure(load, jnp.diff(area_d, axis=1))
    k_syn, step_d = jnp.asarray(kinetics.renewal_per_d, dtype), (day_d - last_d).astype(dtype)
    intact = intact_after_step(before, start, end, area, k_syn, step_d)
    if model.closed_form:
        later = _decaying(before, start, model, kinetics, step_d[None])[0]
        intact = jnp.where(last_d >= DECAY_FROM_D, later, intact)
    return Endings(
        endings.light_parts * jnp.exp(-rates_per_d * day_d),
        intact,
        fatigue.memory_after(endings.memory, window.working_fraction, times_d, day_d),
        fatigue.acting(endings.memory, endings.acted, day_d)[0].astype(dtype),
    )


def _exposure(load: Array, light: Array) -> Array:
    """Exposure from all injections, (times, points, subjects); `light` (injections, times, ...)."""
    light = light.astype(load.dtype)
    parts = [one[None] * now[:, None] for one, now in zip(load, light, strict=True)]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _decaying(
    intact: Array, exposure_start: Array, model: Model, kinetics: Kinetics, since_d: Array
) -> Array:
    """Intact SNAP-25 at times since the last step, where the light chain only decays.

    `since_d` [d] is (times, subjects) or (times, 1).
    """
    dtype = intact.dtype
    _, rates_per_d = _terms(model, kinetics)
    ratio = (rates_per_d[-1] / kinetics.renewal_per_d).astype(dtype)
    k_syn = jnp.asarray(kinetics.renewal_per_d, dtype)
    left = jnp.exp(-rates_per_d[-1] * since_d).astype(dtype)
    away = intact - slaved_intact(exposure_start, ratio)

    def at(now: tuple[Array, Array]) -> Array:
        part, time_d = now
        exposure = exposure_start * part
        return intact_in_decay(away, exposure_start, exposure, time_d, k_syn, ratio)

    # one time after the other: the compiler would fuse what does not depend on time into the loop
    # over times and work it out anew for each
    return jax.lax.map(at, (left, since_d.astype(dtype)))


def _light_chain(
    endings: Endings, model: Model, kinetics: Kinetics, time_d: Array
) -> tuple[Array, Array]:
    """Light chain [1] of each injection for a load of one and the area under it [d].

    `time_d` [d] since the start of the window is (times,) or (times, subjects).
    """
    _, rates_per_d = _terms(model, kinetics)
    time_d = time_d if time_d.ndim == 2 else time_d[:, None]
    rate = rates_per_d[:, None]
    gone = -jnp.expm1(-rate * time_d[None])
    area_d = jnp.where(rate > 0.0, gone / jnp.where(rate > 0.0, rate, 1.0), time_d[None])
    light = jnp.einsum("jrp,rtp->jtp", endings.light_parts, 1.0 - gone)
    total_d = jnp.einsum("jrp,rtp->jtp", endings.light_parts, area_d)
    return jnp.maximum(light, 0.0), total_d


def _terms(model: Model, kinetics: Kinetics) -> tuple[Array, Array]:
    """Exponentials of the light chain: parts [1] and rates [1/d], (rates, subjects)."""
    parts, rates_per_d = model.uptake_of(kinetics).light_chain_terms()
    shape = (len(parts), *jnp.shape(kinetics.persistence_d))

    def of_every_subject(x: Array) -> Array:
        return jnp.broadcast_to(x.reshape(len(x), *(x.shape[1:] or (1,))), shape)

    return of_every_subject(parts), of_every_subject(rates_per_d)


def table_loads() -> Array:
    """Loads at which a subject's response is tabulated, evenly spaced in the logarithm."""
    return jnp.exp(jnp.linspace(jnp.log(LOAD_LOW), jnp.log(LOAD_HIGH), LOAD_COUNT))


def table_position(load: Array) -> Array:
    """Where loads [1] lie among the tabulated ones, in steps from the first, any shape.

    Held one step in from either end, where the table is flat: a spline needs both neighbours.
    """
    step = log(LOAD_HIGH / LOAD_LOW) / (LOAD_COUNT - 1)
    position = (jnp.log(jnp.clip(load, LOAD_LOW, LOAD_HIGH)) - log(LOAD_LOW)) / step
    return jnp.clip(position, 1.0, LOAD_COUNT - 2.0)


def spline_weight(distance: Array) -> Array:
    """Cubic B-spline at a distance in steps, any shape."""
    away = jnp.abs(distance)
    near = 2.0 / 3.0 + away * away * (0.5 * away - 1.0)
    far = 2.0 - away
    return jnp.where(away < 1.0, near, jnp.where(away < 2.0, far * far * far / 6.0, 0.0))


def spline_coefficients() -> Numbers:
    """Matrix from tabulated values to coefficients of their cubic B-spline, flat at both ends.

    Notes
    -----
    A response turns within a third of a step between loads: of a single load the reading is within
    0.05 in the first days and 0.013 from the second week on. Faults of neighbouring loads cancel,
    so that a muscle of many cells is read within 8e-3, mostly 3e-3 (tests hold both).
    """
    matrix = np.zeros((LOAD_COUNT, LOAD_COUNT))
    for row in range(LOAD_COUNT):
        for column, weight in ((row - 1, 1 / 6), (row, 4 / 6), (row + 1, 1 / 6)):
            mirrored = min(abs(column), 2 * (LOAD_COUNT - 1) - abs(column))
            matrix[row, mirrored] += weight
    return np.asarray(np.linalg.inv(matrix), np.float64)
