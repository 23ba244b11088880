"""Uses whose figures are predicted together, as one compiled function of the parameters."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.facts.parameters import fit_rows, value
from endplate.facts.trials import TrialFigure
from endplate.fit.arms import Quadrature
from endplate.fit.endpoint_types import severe_shares, stated_starts, why_skipped
from endplate.fit.likelihood import SCATTER, figure_arrays, linked
from endplate.fit.predict import Predictor
from endplate.model import Model

USES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("facial lines", ("glabellar_lines", "lateral_canthal_lines", "forehead_lines")),
    ("platysma bands", ("platysma_bands",)),
    ("cervical dystonia", ("cervical_dystonia",)),
    ("sweat", ("axillary_hyperhidrosis", "palmar_hyperhidrosis")),
    ("spasticity", ("upper_limb_spasticity", "lower_limb_spasticity")),
    ("blepharospasm", ("blepharospasm",)),
    ("bladder", ("overactive_bladder", "neurogenic_detrusor_overactivity")),
    ("chronic migraine", ("chronic_migraine",)),
)
"""Uses that share a chart or a tissue, by the name of their block."""
_COLUMNS = 8  # directions of a Jacobian that are pushed through the model at a time
_NUDGE = 0.05
Numbers = NDArray[np.float64]
Item = TypeVar("Item")
Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class FigureBlock:
    """Figures of some uses; `index` is where they stand in the table they come from."""

    name: str
    figures: tuple[TrialFigure, ...]
    predictor: Predictor
    index: NDArray[np.int64]

    @cached_property
    def _linked(self) -> Callable[[Array, tuple[Quadrature, ...]], Array]:
        arrays = figure_arrays(self.figures)
        return lambda vector, subjects: linked(self.predictor(vector, subjects), arrays)

    @cached_property
    def _subjects(self) -> tuple[Quadrature, ...]:
        return jax.tree.map(jnp.asarray, self.predictor.quadratures)

    def linked(self, vector: Array) -> Array:
        """Predictions on the link scale, not compiled: for tracing."""
        return self._linked(vector, self._subjects)

    @cached_property
    def compiled(self) -> Callable[[Array], Array]:
        """Predictions on the link scale, compiled."""
        run = jax.jit(self._linked)
        return lambda vector: run(vector, self._subjects)

    @cached_property
    def _pushed(self) -> Callable[[Array, Array], Array]:
        def push(vector: Array, tangents: Array, subjects: tuple[Quadrature, ...]) -> Array:
            def slope(tangent: Array) -> Array:
                at = (lambda own: self._linked(own, subjects), (vector,), (tangent,))
                return jax.jvp(*at)[1]

            return jax.vmap(slope)(tangents)

        run = jax.jit(push)
        return lambda vector, tangents: run(vector, tangents, self._subjects)

    @cached_property
    def relevant(self) -> NDArray[np.bool_]:
        """Parameters that move any prediction of the block, found by moving one at a time."""
        at = np.array([row.prior_mean for row in fit_rows()])
        moved = np.concatenate([at[None], at + _NUDGE * np.eye(len(at))])
        predicted = self.many(moved)
        moving = np.array([row.id not in SCATTER for row in fit_rows()])
        return np.any(predicted[1:] != predicted[0], axis=1) & moving

    def _slopes(self, vector: Numbers, columns: NDArray[np.int64]) -> Numbers:
        """Derivatives by a few parameters, shape (figures, columns); always the same shape in."""
        tangents = np.zeros((_COLUMNS, len(vector)))
        tangents[np.arange(len(columns)), columns] = 1.0
        pushed = np.asarray(self._pushed(jnp.asarray(vector), jnp.asarray(tangents)))
        return pushed[: len(columns)].T

    def jacobian(self, vector: Numbers) -> Numbers:
        """Derivatives of the figures by every parameter, shape (figures, parameters)."""
        slopes = np.zeros((len(self.figures), len(vector)))
        columns = np.flatnonzero(self.relevant)
        parts = [columns[i : i + _COLUMNS] for i in range(0, len(columns), _COLUMNS)]
        pushed = in_parallel(lambda some: self._slopes(vector, some), parts)
        for some, part in zip(parts, pushed, strict=True):
            slopes[:, some] = part
        return slopes

    def many(self, vectors: Numbers, progress: Callable[[int], None] = lambda _: None) -> Numbers:
        """Predictions on the link scale of many vectors, shape (vectors, figures)."""

        def one(vector: Numbers) -> Numbers:
            predicted = np.asarray(self.compiled(jnp.asarray(vector)))
            progress(1)
            return predicted

        return np.array(in_parallel(one, vectors))


def in_parallel(work: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
    """Work on items, the first alone so that those after it find it compiled."""
    waiting = list(items)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [work(waiting[0]), *pool.map(work, waiting[1:])] if waiting else []


def blocks_of(
    figures: tuple[TrialFigure, ...],
    every: tuple[TrialFigure, ...] | None = None,
    model: Model | None = None,
    subjects: int = 0,
) -> tuple[FigureBlock, ...]:
    """Blocks of the figures the model covers; entry facts are read from the whole table.

    `subjects` overrides how many stand for an arm.
    """
    whole = figures if every is None else every
    severe = severe_shares(whole, value("trial_severe_share"))
    starts = stated_starts(whole)
    made = []
    for name, uses in USES:
        index = [
            i for i, f in enumerate(figures) if f.indication in uses and why_skipped(f) is None
        ]
        if index:
            chosen = tuple(figures[i] for i in index)
            predictor = Predictor(chosen, severe, starts, model or Model(), subjects)
            made.append(FigureBlock(name, chosen, predictor, np.array(index)))
    return tuple(made)
