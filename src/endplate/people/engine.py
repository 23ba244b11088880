"""Runs the body for many people at once: loads to working fractions, muscles to lines."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import DTypeLike
from numpy.typing import NDArray

from endplate.body.course import (
    Kinetics,
    MuscleCourse,
    muscle_course,
    node_weights,
    nodes,
    response,
)
from endplate.body.scales import LineScale, severity

_BATCH = 32


def tables(
    kinetics: Kinetics,
    injection_d: Array,
    load_ratio: Array,
    time_d: Array,
    dtype: DTypeLike = jnp.float64,
) -> Array:
    """Working fraction of each person at the tabulated loads, shape (people, times, nodes).

    `injection_d` [d] are the days of all injections, the planned one first, and `load_ratio` [1]
    each one's load over the planned one's; both of shape (injections,).
    """
    load = load_ratio[:, None] * nodes()[None, :]
    return jax.vmap(lambda own: response(load, own, injection_d, time_d, dtype=dtype))(kinetics)


def readings(load: Array, weight: NDArray[np.float64]) -> Array:
    """Weights with which each person's blocks read a table, shape (people, blocks, nodes).

    Parameters
    ----------
    load : [1], >= 0
        Loads of the planned injection, shape (people, cells).
    weight : [1]
        Share of each block's end plates in each cell, shape (blocks, cells).
    """
    return jax.vmap(lambda own: node_weights(own, jnp.asarray(weight)))(load)


def read_tables(table: Array, reading: Array) -> Array:
    """Working fraction of each block from the persons' tables, shape (people, times, blocks).

    `table` (people, times, nodes) is that of one tissue, `reading` as `readings` gives it.
    """
    return jnp.clip(jnp.einsum("ptn,pbn->ptb", table, reading), 0.0, 1.0)


def direct_working(
    load: Array,
    weight: NDArray[np.float64],
    kinetics: Kinetics,
    injection_d: Array,
    time_d: Array,
) -> Array:
    """Working fraction of each block where earlier injections had another pattern of sites.

    As `read_tables`, but every cell is run by itself: `load` is (people, injections, cells).
    """

    def one(own_load: Array, own: Kinetics) -> Array:
        return response(own_load, own, injection_d, time_d) @ jnp.asarray(weight).T

    # In batches: every cell's course of a whole chunk at once would take a gigabyte.
    return jax.lax.map(lambda person: one(*person), (load, kinetics), batch_size=_BATCH)


def muscles(
    working: Array, kinetics: Kinetics, time_d: Array, wastes: NDArray[np.bool_] | bool = True
) -> MuscleCourse:
    """Atrophy and force of every block of every person, shapes (people, times, blocks).

    `wastes` (blocks,) says which blocks are muscle; glands and bladder do not thin.
    """
    share = jnp.asarray(wastes, float)

    def one(own: Array, rates: Kinetics) -> MuscleCourse:
        return muscle_course(own, rates._replace(most_lost=rates.most_lost * share), time_d)

    return jax.vmap(one)(working, kinetics)


def line_courses(
    force: Array,
    share: Array | NDArray[np.float64],
    time_d: Array,
    latent: Array,
    rest: Array,
    scale: LineScale,
) -> tuple[Array, Array]:
    """Latent severity at contraction and at rest of one area, shapes (people, times).

    `share` (blocks,) says how much of the line each block makes; it sums to one.
    """
    driven = force @ jnp.asarray(share)
    each = jax.tree.map(lambda number: jnp.broadcast_to(number, latent.shape), scale)
    return jax.vmap(lambda f, y0, r0, own: severity(f, time_d, y0, r0, own))(
        driven, latent, rest, each
    )
