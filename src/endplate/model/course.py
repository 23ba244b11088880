"""One person's course: from dose density at the end plates to the force of each muscle."""

from math import log
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import DTypeLike
from numpy.typing import NDArray

from endplate.model.cleavage import intact_snap25
from endplate.model.tissue import atrophy, force_fraction
from endplate.model.transmission import AbstractTransmission, OriginalTerminal
from endplate.model.uptake import AbstractUptake, Clearing

# Loads (cutting rate over renewal rate) at which one person's response is tabulated: below the
# first nothing is silenced, above the last everything is.
NODE_LOW, NODE_HIGH, NODE_COUNT = 2e-2, 2e4, 49

_PIECES = 16  # of each step of the fine grid
_DAILY_UNTIL_D, _WIDE_D = 30.0, 3.0
_EARLY_D = (0.0, 0.125, 0.25, 0.375, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0)


class Kinetics(NamedTuple):
    """Rates and margins of one tissue in one person; scalars, or one value per person to map over.

    Rates in 1/d. `persistence_d` is the half-life of the light chain in days.
    """

    release_per_d: Array
    clearance_per_d: Array
    binding_per_d: Array
    translocation_per_d: Array
    lytic_per_d: Array
    persistence_d: Array
    renewal_per_d: Array
    snare_power: Array
    log_margin_median: Array
    log_margin_sd: Array
    wasting_per_d: Array
    regrowth_per_d: Array
    most_lost: Array


class MuscleCourse(NamedTuple):
    """Courses of the muscles of one person, each of shape (times, muscles)."""

    working_fraction: Array
    cross_section_lost: Array
    force_fraction: Array


def time_grid_d(injection_d: tuple[float, ...], days: int) -> NDArray[np.float64]:
    """Times of integration: dense for a week after each injection, then ever wider steps.

    `injection_d` are the days of all injections, the planned one at 0 and earlier ones negative.
    Steps are a day for the first month after the planned injection and three days else, which
    keeps SNAP-25 within 2e-4 of an exact solution for loads up to 100 (2e-3 at 10,000).
    """
    first = min(injection_d)
    times = [
        np.arange(first, 0.0, _WIDE_D),
        np.arange(0.0, min(days, _DAILY_UNTIL_D) + 1.0),
        np.arange(_DAILY_UNTIL_D, days, _WIDE_D),
        [float(days)],
    ]
    times += [day + np.array(_EARLY_D) for day in injection_d]
    grid = np.unique(np.round(np.concatenate(times), 6)).astype(np.float64)
    return grid[(grid >= first) & (grid <= days)]


def fine_grid_d(injection_d: tuple[float, ...], days: int) -> NDArray[np.float64]:
    """Times of integration for a judge: whole days, and every step cut into short ones.

    `injection_d` are the days of all injections. Courses on this grid are within 1e-6 of the exact
    solution, where `time_grid_d` is made for speed.
    """
    first = min(injection_d)
    daily = np.arange(first, days + 1.0)
    coarse = np.union1d(time_grid_d(injection_d, days), daily)
    cut = np.linspace(coarse[:-1], coarse[1:], _PIECES, endpoint=False, axis=1).ravel()
    return np.append(cut, coarse[-1])


def uptake_of(kinetics: Kinetics) -> Clearing:
    """The default uptake scheme with one person's rates."""
    return Clearing(
        release_per_d=kinetics.release_per_d,
        clearance_per_d=kinetics.clearance_per_d,
        binding_per_d=kinetics.binding_per_d,
        translocation_per_d=kinetics.translocation_per_d,
        lytic_per_d=kinetics.lytic_per_d,
        light_chain_decay_per_d=jnp.log(2.0) / kinetics.persistence_d,
    )


def transmission_of(kinetics: Kinetics) -> OriginalTerminal:
    """The default transmission hypothesis with one person's margins."""
    return OriginalTerminal(
        kinetics.snare_power, kinetics.log_margin_median, kinetics.log_margin_sd
    )


def response(
    load: Array,
    kinetics: Kinetics,
    injection_d: Array,
    time_d: Array,
    uptake: AbstractUptake | None = None,
    transmission: AbstractTransmission | None = None,
    dtype: DTypeLike = jnp.float64,
) -> Array:
    """Working fraction of junctions at given loads.

    Parameters
    ----------
    load : [1], >= 0
        Cutting rate over renewal rate at full light chain, shape (injections, nodes).
    kinetics : Kinetics
        One person's rates.
    injection_d : [d]
        Days of the injections, shape (injections,).
    time_d : [d]
        Rising times, the first not after the first injection.
    uptake, transmission
        Rival hypotheses in place of the default ones.
    dtype
        Precision of the steps: single for a crowd, within 1e-4 of double.

    Returns
    -------
    [1], in [0, 1]
        Shape (times, nodes).
    """
    uptake = uptake or uptake_of(kinetics)
    transmission = transmission or transmission_of(kinetics)
    since = jnp.maximum(time_d[None, :] - injection_d[:, None], 0.0)
    intact = intact_snap25(
        load * kinetics.renewal_per_d,
        uptake.light_chain(since),
        uptake.light_chain_area_d(since),
        kinetics.renewal_per_d,
        time_d,
        dtype,
    )
    return transmission.working_fraction(intact, time_d)


def nodes() -> Array:
    """Loads at which a person's response is tabulated, evenly spaced in the logarithm."""
    return jnp.exp(jnp.linspace(jnp.log(NODE_LOW), jnp.log(NODE_HIGH), NODE_COUNT))


def node_place(load: Array) -> Array:
    """Where loads [1] lie among the nodes, in steps from the first, any shape.

    Held one node in from either end: the table is flat there, and the kernel needs both neighbours.
    """
    step = log(NODE_HIGH / NODE_LOW) / (NODE_COUNT - 1)
    place = (jnp.log(jnp.clip(load, NODE_LOW, NODE_HIGH)) - log(NODE_LOW)) / step
    return jnp.clip(place, 1.0, NODE_COUNT - 2.0)


def node_kernel(reach: Array) -> Array:
    """Weight of a node that lies `reach` steps from a place, any shape.

    Notes
    -----
    Cubic convolution (Keys 1981) in log load. A load alone may be read wrong by 0.07 where its
    response is steepest; a muscle averages over cells. For the label's glabellar dose 99 % of the
    readings of one person's muscle are within 0.01 and the mean over people within 0.002.
    """
    reach = jnp.abs(reach)
    near = (1.5 * reach - 2.5) * reach**2 + 1.0
    far = ((-0.5 * reach + 2.5) * reach - 4.0) * reach + 2.0
    return jnp.where(reach < 1.0, near, jnp.where(reach < 2.0, far, 0.0))


def muscle_course(working: Array, kinetics: Kinetics, time_d: Array) -> MuscleCourse:
    """Adds atrophy and force to the working fraction of each muscle, shape (times, muscles)."""
    lost = atrophy(
        working,
        time_d,
        wasting_per_d=kinetics.wasting_per_d,
        regrowth_per_d=kinetics.regrowth_per_d,
        most_lost=kinetics.most_lost,
    )
    return MuscleCourse(working, lost, force_fraction(working, lost))
