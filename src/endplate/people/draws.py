"""Random draws that belong to a person: keyed by seed, person and purpose, by nothing else.

A counter-based generator (Threefry) makes person 7 of seed 3 the same person on any machine, in
any chunk and for any number of people.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy.special import ndtri

import endplate.model  # noqa: F401  float64 before the first array

PURPOSES = (
    "load",
    "persistence",
    "release",
    "shared_rater",
    "investigator",
    "subject",
    "notice",
    "grade",
    "within_grade",
    "rest",
    "neighbour",
    "needle",
    "baseline",
    "response",
    "placebo",
)
"""What a person's own draws are for, in their fixed order: add at the end, never between."""

_PLACEMENT = 1000  # purposes from here on place the needle: three numbers a site


def person_normals(seed: int, first: int, count: int) -> Array:
    """Standard normals of people `first` to `first + count - 1`, shape (count, purposes)."""
    return normals_of(seed, jnp.arange(first, first + count))


def placement_normals(seed: int, first: int, count: int, sites: int) -> Array:
    """Standard normals of where each person's needle lands, shape (count, sites, 3)."""
    return placement_of(seed, jnp.arange(first, first + count), sites)


def normals_of(seed: Array | int, people: Array) -> Array:
    """Standard normals of numbered people, shape (people, purposes); may be traced."""
    return normals_at(seed, people, jnp.arange(len(PURPOSES)))


def normals_at(seed: Array | int, people: Array, purposes: Array) -> Array:
    """Standard normals of numbered people for numbered purposes, shape (people, purposes)."""
    return jax.vmap(lambda person: _normals(seed, person, purposes))(people)


def placement_of(seed: Array | int, people: Array, sites: int) -> Array:
    """Standard normals of where numbered people's needles land, shape (people, sites, 3)."""
    purposes = _PLACEMENT + jnp.arange(3 * sites)
    flat = jax.vmap(lambda person: _normals(seed, person, purposes))(people)
    return flat.reshape(len(people), sites, 3)


@partial(jax.jit, static_argnames="sites")
def draws_of(seed: Array | int, people: Array, sites: int) -> tuple[Array, Array]:
    """Numbered people's own draws and those of their needles, as `normals_of`, `placement_of`."""
    return normals_of(seed, people), placement_of(seed, people, sites)


def draws_of_one(seed: int, person: int | None, sites: int) -> tuple[Array, Array]:
    """One person's own draws and those of the needle; of None, the middle person, all zero."""
    if person is None:
        return jnp.zeros((1, len(PURPOSES))), jnp.zeros((1, sites, 3))
    return draws_of(seed, jnp.array([person]), sites)


def _normals(seed: Array | int, person: Array, purposes: Array) -> Array:
    own = jax.random.fold_in(jax.random.key(seed), person)
    return jax.vmap(lambda purpose: jax.random.normal(jax.random.fold_in(own, purpose)))(purposes)


def even_normals(count: int, sites: int) -> tuple[np.ndarray, np.ndarray]:
    """Evenly spread normals (Sobol) in place of random ones, for averages with little noise.

    Parameters
    ----------
    count : int
        People, a power of two.
    sites : int
        Injections.

    Returns
    -------
    [1]
        Arrays (count, purposes) and (count, sites, 3).
    """
    from scipy.stats import qmc  # slow to import, and no simulation needs it

    size = len(PURPOSES) + 3 * sites
    points = qmc.Sobol(size, scramble=True, rng=np.random.default_rng(0)).random(count)
    normals = ndtri(np.clip(points, 1e-9, 1 - 1e-9))
    own, placement = normals[:, : len(PURPOSES)], normals[:, len(PURPOSES) :]
    return own, placement.reshape(count, sites, 3)
