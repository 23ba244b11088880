r"""The hierarchical model of published figures, in NumPyro.

Parameters have the priors of `facts/tables/fit_priors.csv`. Each trial has a random effect common
to its treated arms and one common to its placebo arms; `likelihood` says how figures scatter
about what is then predicted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax import Array
from numpy.typing import NDArray

from endplate.facts.parameters import FitRow, fit_rows
from endplate.fit.likelihood import Figures, figure_log_density, scatter_of
from endplate.model.parameters import natural_values

Predict = Callable[[Array], Array]
"""Predictions on the link scale from a whole parameter vector: the body model, or a surrogate."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Prior:
    """Normal priors on the working scale of the parameters that are free; the others are fixed.

    `start` holds every parameter: the fixed ones, and where a climb starts from the free ones.
    `free` says which are fitted, `rows` what their priors are.
    """

    start: Numbers
    free: NDArray[np.bool_]
    rows: tuple[FitRow, ...] = field(default_factory=fit_rows)

    @cached_property
    def mean(self) -> Numbers:
        """Prior means of all parameters."""
        return np.array([row.prior_mean for row in self.rows])

    @cached_property
    def factor(self) -> Numbers:
        """Factor of the prior covariance of all parameters, (parameters, parameters).

        A row has its own standard deviation and, where it is pooled, the row of the other.
        """
        rows = self.rows
        place = {row.id: i for i, row in enumerate(rows)}
        factor = np.diag([row.prior_sd for row in rows])
        for i, row in enumerate(rows):
            if row.pooled_with:
                factor[i] += factor[place[row.pooled_with]]
        return factor

    @cached_property
    def sd(self) -> Numbers:
        """Prior standard deviations of all parameters."""
        return np.sqrt(np.square(self.factor).sum(axis=1))

    @cached_property
    def _free_factor(self) -> Numbers:
        return self.factor[np.ix_(self.free, self.free)]

    @cached_property
    def _centre(self) -> Numbers:
        """Prior means of the free parameters, given the fixed ones."""
        fixed = ~self.free
        away = np.linalg.solve(self.factor[np.ix_(fixed, fixed)], (self.start - self.mean)[fixed])
        return np.asarray(
            self.mean[self.free] + self.factor[np.ix_(self.free, fixed)] @ away, float
        )

    def vector(self, standard: Array) -> Array:
        """Whole vector from the free parameters as standard normals of their prior."""
        index = np.flatnonzero(self.free)
        free = self._centre + jnp.asarray(self._free_factor) @ standard
        return jnp.asarray(self.start).at[index].set(free)

    def standard(self, vector: Numbers) -> Numbers:
        """Free parameters of a vector as standard normals of their prior."""
        away = np.asarray(vector)[..., self.free] - self._centre
        return np.asarray(np.linalg.solve(self._free_factor, away[..., None])[..., 0], float)

    def covariance(self, of_standard: Numbers) -> Numbers:
        """Covariance of all parameters from that of the free ones as standard normals.

        Fixed parameters keep their prior.
        """
        covariance = np.where(np.outer(self.free, self.free), 0.0, self.factor @ self.factor.T)
        free = np.flatnonzero(self.free)
        inner = self._free_factor @ of_standard @ self._free_factor.T
        covariance[np.ix_(free, free)] = inner
        covariance[np.ix_(free, ~self.free)] = covariance[np.ix_(~self.free, free)] = 0.0
        return covariance


def prior_of(
    free: frozenset[str] | None = None,
    start: Numbers | None = None,
    rows: tuple[FitRow, ...] | None = None,
) -> Prior:
    """Prior with some parameters free (all by default), the others fixed where `start` has them.

    `rows` are the shipped ones unless given, in their order.
    """
    rows = fit_rows() if rows is None else rows
    whole = np.array([row.prior_mean for row in rows]) if start is None else np.asarray(start)
    return Prior(whole, np.array([free is None or row.id in free for row in rows]), rows)


def published_model(predict: Predict, figures: Figures, prior: Prior) -> None:
    """NumPyro model of the figures.

    Parameters
    ----------
    predict
        Predictions on the link scale from a whole parameter vector.
    figures : Figures
        What was published.
    prior : Prior
        Which parameters are free.
    """
    count = int(prior.free.sum())
    standard = jnp.asarray(numpyro.sample("standard", dist.Normal().expand([count]).to_event(1)))
    groups = max(len(figures.groups), 1)
    shift = jnp.asarray(numpyro.sample("shift", dist.Normal().expand([groups]).to_event(1)))
    vector = prior.vector(standard)
    scatter = scatter_of(natural_values(vector))
    density = figure_log_density(predict(vector), shift[..., figures.group], scatter, figures)
    numpyro.factor("figures", density.sum())
