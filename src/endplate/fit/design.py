"""Runs of the body model about the mode, and the surrogates through them."""

from collections.abc import Callable, Sequence

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.facts.parameters import fit_rows
from endplate.fit.block import Block
from endplate.fit.checkpoint import Arrays, Checkpoints
from endplate.fit.hierarchy import Linked, Prior
from endplate.fit.scatter import SCATTER
from endplate.fit.surrogate import Surrogate, fit_surrogate, frame_of

Numbers = NDArray[np.float64]
Told = Callable[[str, int, int], None]
_WIDER = 1.2  # the first design over the Laplace covariance: what lies outside is not guessed


def about(centre: Numbers, covariance: Numbers, prior: Prior, count: int, seed: int) -> Numbers:
    """Vectors about the mode along which the surrogate is fitted; scatter moves no prediction."""
    rng = np.random.default_rng(seed)
    moving = prior.free & np.array([row.id not in SCATTER for row in fit_rows()])
    wide = np.where(np.outer(moving, moving), covariance, 0.0) * _WIDER**2
    return rng.multivariate_normal(centre, wide, count, method="eigh")


def runs_of(
    step: str, blocks: tuple[Block, ...], vectors: Numbers, kept: Checkpoints, told: Told
) -> Arrays:
    """The body model at many vectors, kept block by block."""
    found: Arrays = {"vectors": vectors}
    done, total = 0, len(blocks) * len(vectors)

    def tick(count: int) -> None:
        nonlocal done
        done += count
        told("runs of the body model", done, total)

    for number, block in enumerate(blocks):
        made = kept.step(
            f"{step}-{number}", lambda block=block: {"seen": block.many(vectors, tick)}
        )
        found[block.name] = made["seen"]
        done = (number + 1) * len(vectors)
    return found


def joined(first: Arrays, second: Arrays) -> Arrays:
    """Runs of both."""
    return {name: np.concatenate([first[name], second[name]]) for name in first}


def surrogates_of(blocks: tuple[Block, ...], runs: Arrays, mode: Arrays) -> list[Surrogate]:
    """Surrogate of each block through its runs, the first of which is the mode."""
    made, before = [], 0
    for block in blocks:
        own = slice(before, before + len(block.figures))
        before += len(block.figures)
        jacobian = mode["jacobian"][own]
        frame = frame_of(mode["vector"], mode["covariance"], np.any(jacobian != 0, axis=0))
        seen = runs[block.name]
        made.append(fit_surrogate(frame, runs["vectors"], seen, seen[0], jacobian))
    return made


def together(surrogates: Sequence[Surrogate]) -> Linked:
    """Predictions of all blocks by their surrogates."""

    def seen(vector: Array) -> Array:
        return jnp.concatenate([one(vector) for one in surrogates], axis=-1)

    return seen
