r"""Closed form of a linear first-order chain, stable where its rates nearly coincide.

The amount in compartment *n* of a chain that starts with one unit in compartment 1 is

.. math:: x_n(t) = t^{n-1} \prod_{i<n} k_i \; E(r_1 t, \dots, r_n t)

with transfer rates :math:`k_i`, total loss rates :math:`r_i \ge k_i`, and :math:`E` the divided
difference of :math:`e^{-a}` (sign taken out), which is the mean of
:math:`e^{-\sum s_i a_i}` over the unit simplex.
"""

from math import factorial

import jax.numpy as jnp
import numpy as np
from jax import Array

_TERMS = 12  # of the Taylor series: 0.3^12 / 12! is far below float64
_PAIR = 1e-5  # relative gap of a pair: closer, cancellation costs more than setting it apart
_NEAR = 0.6  # spread of arguments under which the series replaces the recursion


def divided_exponential(arguments: Array) -> Array:
    r"""Divided difference of :math:`e^{-a}` over the last axis, without its sign.

    Parameters
    ----------
    arguments : [1], >= 0
        Nodes, shape (..., n), in any order; equal and near-equal nodes are fine.

    Returns
    -------
    [1]
        Shape (...), in [0, 1/(n-1)!].

    Notes
    -----
    Source: McCurdy, Ng, Parlett, Math. Comp. 43 (1984) 501: recursion where the nodes are apart,
    series where they are close. Relative error below 1e-12 for n <= 7.
    """
    nodes = jnp.sort(arguments, axis=-1)
    count = nodes.shape[-1]
    row = [jnp.exp(-nodes[..., i]) for i in range(count)]
    for span in range(1, count):
        row = [
            _widen(nodes[..., i : i + span + 1], row[i], row[i + 1]) for i in range(count - span)
        ]
    return row[0]


def _widen(nodes: Array, left: Array, right: Array) -> Array:
    """One step of the recursion: from two neighbours of n-1 nodes to one value over n nodes."""
    gap = nodes[..., -1] - nodes[..., 0]
    apart = gap > _NEAR
    recursion = (left - right) / jnp.where(apart, gap, 1.0)
    return jnp.where(apart, recursion, _series(nodes, apart))


def _series(nodes: Array, unused: Array) -> Array:
    """Taylor series about the mean node, in complete homogeneous symmetric polynomials."""
    mean = jnp.mean(nodes, axis=-1)
    offsets = jnp.where(unused[..., None], 0.0, nodes - mean[..., None])
    count = nodes.shape[-1]
    powers = [jnp.zeros_like(mean)] * (_TERMS - 1)
    symmetric = [jnp.ones_like(mean), *powers]
    for node in range(count):
        for degree in range(1, _TERMS):
            symmetric[degree] = symmetric[degree] + offsets[..., node] * symmetric[degree - 1]
    total = jnp.zeros_like(mean)
    for degree in reversed(range(_TERMS)):
        total = total + (-1.0) ** degree * symmetric[degree] / float(factorial(degree + count - 1))
    return jnp.exp(-mean) * total


def chain_amount(
    transfer_per_d: tuple[Array, ...], loss_per_d: tuple[Array, ...], time_d: Array
) -> Array:
    """Amount in the last compartment of a first-order chain that starts with one unit in the first.

    Parameters
    ----------
    transfer_per_d : [1/d], >= 0
        Rate from each compartment to the next: n - 1 arrays.
    loss_per_d : [1/d], >= the transfer rate
        Total loss rate of each compartment: n arrays; 0 for an absorbing last one.
    time_d : [d], >= 0
        Times; broadcasts with the rates.

    Returns
    -------
    [1], in [0, 1]
        Amount at each time.

    Raises
    ------
    ValueError
        The counts of rates do not fit each other.

    Notes
    -----
    Closed form; see the head of this module.
    """
    if len(transfer_per_d) != len(loss_per_d) - 1:
        raise ValueError("transfer_per_d must hold one rate less than loss_per_d")
    arguments = jnp.stack(
        jnp.broadcast_arrays(*[jnp.asarray(rate) * time_d for rate in loss_per_d]), axis=-1
    )
    amount = divided_exponential(arguments)
    for rate in transfer_per_d:
        amount = amount * jnp.asarray(rate) * time_d
    return amount


def apart_amount_and_area(
    transfer_per_d: tuple[Array, ...], loss_per_d: tuple[Array, ...], time_d: Array
) -> tuple[Array, Array]:
    r"""Amount in the last compartment and the area under it, for rates that lie apart.

    Parameters
    ----------
    transfer_per_d, loss_per_d, time_d
        As in `chain_amount`; every loss rate above zero.

    Returns
    -------
    [1], [d]
        Amount at each time, and area under it from 0.

    Notes
    -----
    Partial fractions, :math:`x_n = \sum_i c_i e^{-r_i t}`: one exponential per rate, where
    `chain_amount` spends a hundred operations. Two rates that meet are set apart about their mean,
    so that the fault is of second order in the gap; amounts are then within 1e-9 and areas within
    1e-8 of `chain_amount` (a test holds them there). More than two may not meet. The hot path uses
    this form because the three steps inside the nerve ending have fixed rates, far apart and far
    from the two that differ between people.
    """
    amount, area = jnp.zeros(()), jnp.zeros(())
    for part, rate in zip(*apart_terms(transfer_per_d, loss_per_d), strict=True):
        gone = -jnp.expm1(-rate * time_d)
        amount = amount + part * (1.0 - gone)
        area = area + part * gone / rate
    return jnp.maximum(amount, 0.0), jnp.maximum(area, 0.0)


def apart_terms(
    transfer_per_d: tuple[Array, ...], loss_per_d: tuple[Array, ...]
) -> tuple[Array, Array]:
    r"""Exponentials of the last compartment: :math:`x_n(t) = \sum_i c_i e^{-r_i t}`.

    Parameters
    ----------
    transfer_per_d, loss_per_d
        Rates of one chain, as in `apart_amount_and_area`.

    Returns
    -------
    [1], [1/d]
        Parts :math:`c_i` at time 0, which sum to zero, and rates :math:`r_i`, shape (n,). A part
        fades as :math:`e^{-r_i t}`, so that what is left of a chain at any time is again such a
        sum, and chains with the same rates add part by part.
    """
    loss = jnp.stack(jnp.broadcast_arrays(*(jnp.asarray(rate) for rate in loss_per_d)))
    count = len(loss)
    one, other = loss[:, None], loss[None]
    apart = (~np.eye(count, dtype=bool)).reshape(count, count, *(1 for _ in loss.shape[1:]))
    middle = 0.5 * (one + other)
    near = apart & (jnp.abs(one - other) < _PAIR * middle)
    side = np.sign(np.subtract.outer(np.arange(count), np.arange(count))).reshape(apart.shape)
    moved = jnp.where(near, middle * (1.0 + 0.5 * _PAIR * side), 0.0).sum(axis=1)
    loss = jnp.where(near.any(axis=1), moved, loss)
    gaps = jnp.where(apart, loss[None] - loss[:, None], 1.0)
    whole = jnp.ones(())
    for rate in transfer_per_d:
        whole = whole * rate
    return whole / jnp.prod(gaps, axis=1), loss
