r"""The hierarchical model of published figures, in NumPyro.

Parameters have the priors of `facts/tables/fit_priors.csv`. Each trial has a random effect common
to its treated arms and one common to its placebo arms; `likelihood` says how figures scatter
about what is then predicted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax import Array
from numpy.typing import NDArray

from endplate.facts.parameters import fit_rows
from endplate.fit.likelihood import Figures, figure_log_density, scatter_of
from endplate.model.parameters import natural_values

Predict = Callable[[Array], Array]
"""Predictions on the link scale from a whole parameter vector: the body model, or a surrogate."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Prior:
    """Normal priors on the working scale of the parameters that are free; the others are fixed.

    `start` holds every parameter: the fixed ones, and where a climb starts from the free ones.
    `free` says which are fitted.
    """

    start: Numbers
    free: NDArray[np.bool_]

    @cached_property
    def sd(self) -> Numbers:
        """Prior standard deviations of all parameters."""
        return np.array([row.prior_sd for row in fit_rows()])

    @cached_property
    def mean(self) -> Numbers:
        """Prior means of all parameters."""
        return np.array([row.prior_mean for row in fit_rows()])

    def vector(self, standard: Array) -> Array:
        """Whole vector from the free parameters in prior standard deviations from their mean."""
        index = np.flatnonzero(self.free)
        free = self.mean[index] + self.sd[index] * standard
        return jnp.asarray(self.start).at[index].set(free)

    def standard(self, vector: Numbers) -> Numbers:
        """Free parameters of a vector in prior standard deviations from their mean."""
        return ((vector - self.mean) / self.sd)[..., self.free]


def prior_of(free: frozenset[str] | None = None, start: Numbers | None = None) -> Prior:
    """Prior with some parameters free (all by default), the others fixed where `start` has them."""
    rows = fit_rows()
    whole = np.array([row.prior_mean for row in rows]) if start is None else np.asarray(start)
    return Prior(whole, np.array([free is None or row.id in free for row in rows]))


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
