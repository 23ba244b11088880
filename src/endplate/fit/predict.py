"""What the model predicts for published figures, all rows of a table in one traced function."""

from dataclasses import dataclass
from functools import cached_property

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.facts.trials import TrialFigure
from endplate.fit.burden_figures import BurdenFigures
from endplate.fit.endpoint_types import is_burden
from endplate.fit.line_figures import LineFigures
from endplate.people import model


@dataclass(frozen=True, eq=False)
class Predictor:
    """Predicts the covered figures of one table; build it once, call it with many vectors.

    `starts` is the mean burden before treatment by trial and arm where the table states it.
    """

    figures: tuple[TrialFigure, ...]
    severe_shares: dict[str, float]
    starts: dict[tuple[str, str], float]

    @cached_property
    def _burden(self) -> NDArray[np.bool_]:
        return np.array([is_burden(figure.indication) for figure in self.figures])

    @cached_property
    def lines(self) -> LineFigures:
        """The figures of lines among them."""
        return LineFigures(self._where(~self._burden), self.severe_shares)

    @cached_property
    def burdens(self) -> BurdenFigures:
        """The figures of burdens among them."""
        return BurdenFigures(self._where(self._burden), self.starts)

    def __call__(self, vector: Array) -> Array:
        """Predicted value of each figure.

        A share for percents, the endpoint's own unit for means and changes, days for durations
        and onsets.
        """
        values = model.natural_values(vector)
        predicted = jnp.zeros(len(self.figures))
        for part, place in ((self.lines, ~self._burden), (self.burdens, self._burden)):
            if place.any():
                predicted = predicted.at[np.flatnonzero(place)].set(part(values))
        return predicted

    def _where(self, which: NDArray[np.bool_]) -> tuple[TrialFigure, ...]:
        return tuple(f for f, own in zip(self.figures, which, strict=True) if own)
