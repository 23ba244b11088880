"""Runs the body for many people at once: loads to working fractions, muscles to lines."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import DTypeLike
from numpy.typing import NDArray

from endplate.model.course import (
    NODE_COUNT,
    Kinetics,
    MuscleCourse,
    muscle_course,
    node_kernel,
    node_place,
    nodes,
    response,
)
from endplate.observe import LineScale, severity

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
    place = node_place(load).T
    found, order = [], []
    for alike, cell, share in _alike(weight):
        found.append(_weights(place[cell], jnp.asarray(share, load.dtype)))
        order.append(alike)
    whole = jnp.concatenate(found)[np.argsort(np.concatenate(order))]
    return jnp.moveaxis(whole, -1, 0)


def _alike(
    weight: NDArray[np.float64],
) -> list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
    """Blocks of about as many cells: their places, cells (cells, blocks) and weights of these.

    Few cells belong to a block, so that a sum over all of them would add zeros for the most part.
    """
    own = [np.flatnonzero(row) for row in weight]
    size = np.array([int(np.ceil(np.log2(max(len(cells), 1)) / 2)) for cells in own])
    found = []
    for one in np.unique(size):
        same = np.flatnonzero(size == one)
        cell = np.zeros((max(len(own[i]) for i in same), len(same)), int)
        share = np.zeros(cell.shape)
        for place, i in enumerate(same):
            cell[: len(own[i]), place] = own[i]
            share[: len(own[i]), place] = weight[i, own[i]]
        found.append((same, cell, share))
    return found


def _weights(place: Array, share: Array) -> Array:
    """Sum over cells of their weights on the nodes, (blocks, nodes, people).

    `place` is (cells, blocks, people), `share` (cells, blocks).
    """
    node = jnp.arange(NODE_COUNT, dtype=place.dtype)[:, None]

    def add(found: Array, now: tuple[Array, Array]) -> tuple[Array, None]:
        own, part = now
        return found + part[:, None, None] * node_kernel(own[:, None] - node), None

    start = jnp.zeros((place.shape[1], NODE_COUNT, place.shape[2]), place.dtype)
    found, _ = jax.lax.scan(add, start, (place, share))
    return found


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
    share = jnp.asarray(wastes, working.dtype)

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
