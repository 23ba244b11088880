r"""The hierarchical model of published figures, in NumPyro.

Parameters have the priors of `facts/tables/fit_priors.csv`. Each trial has a shift common to its
treated groups and one common to its placebo groups. Counts are beta-binomial (a binomial of n
people whose share scatters between definitions and visits), means normal, times log-normal; a
figure known only as a floor or a ceiling counts by the probability of lying beyond it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax import Array
from jax.nn import sigmoid
from jax.scipy.special import gammaln
from jax.scipy.stats import norm
from numpy.typing import NDArray

from endplate.facts.parameters import fit_rows
from endplate.fit.endpoint_types import KIND_MEAN, KIND_PERCENT
from endplate.fit.scatter import (
    Figures,
    Scatter,
    logit,
    mean_sd,
    mean_size,
    overdispersion,
    scatter_of,
    time_log_sd,
)
from endplate.people import model

Linked = Callable[[Array], Array]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Prior:
    """Normal priors on the working scale of the parameters that are free; the others stay put.

    `at` holds every parameter, `free` which of them are fitted.
    """

    at: NDArray[np.float64]
    free: NDArray[np.bool_]

    @cached_property
    def sd(self) -> NDArray[np.float64]:
        """Prior standard deviations of all parameters."""
        return np.array([row.prior_sd for row in fit_rows()])

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """Prior means of all parameters."""
        return np.array([row.prior_mean for row in fit_rows()])

    def vector(self, standard: Array) -> Array:
        """Whole vector from the free parameters in prior standard deviations from their mean."""
        place = np.flatnonzero(self.free)
        return jnp.asarray(self.at).at[place].set(self.mean[place] + self.sd[place] * standard)

    def standard(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        """Free parameters of a vector in prior standard deviations from their mean."""
        return ((vector - self.mean) / self.sd)[..., self.free]


def prior_of(free: frozenset[str] | None = None, at: NDArray[np.float64] | None = None) -> Prior:
    """Prior with some parameters free (all by default), the others held where `at` has them."""
    rows = fit_rows()
    whole = np.array([row.prior_mean for row in rows]) if at is None else np.asarray(at)
    return Prior(whole, np.array([free is None or row.id in free for row in rows]))


def published(linked: Linked, figures: Figures, prior: Prior) -> None:
    """NumPyro model of the figures.

    Parameters
    ----------
    linked
        Predictions on the link scale from a whole parameter vector: the body model, or its
        surrogate.
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
    scatter = scatter_of(model.natural_values(vector))
    seen = linked(vector)
    density = figure_log_density(seen, shift[..., figures.group], scatter, figures)
    numpyro.factor("figures", density.sum())


def figure_log_density(seen: Array, shift: Array, scatter: Scatter, figures: Figures) -> Array:
    """Log density of each figure given its trial's shift; 0 for those not used in the fit.

    `seen` are predictions on the link scale, `shift` standard normal, both shape (figures,).
    """
    parts = jnp.where(
        figures.of_kind(KIND_PERCENT),
        _percents(seen, shift, scatter, figures),
        jnp.where(
            figures.of_kind(KIND_MEAN),
            _means(seen, shift, scatter, figures),
            _times(seen, scatter, figures),
        ),
    )
    return jnp.where(figures.used, parts, 0.0)


def _percents(seen: Array, shift: Array, scatter: Scatter, figures: Figures) -> Array:
    percent = figures.of_kind(KIND_PERCENT)
    moved = jnp.where(percent, seen + scatter.trial_logit * shift, 0.0)
    share = sigmoid(moved)
    weight = overdispersion(share, scatter, figures)
    value = np.where(percent, figures.value, 0.5)
    exact = _beta_binomial(value * figures.n, figures.n, share * weight, (1 - share) * weight)
    # A floor or ceiling has no count: its log odds are normal with the same spread.
    spread = jnp.sqrt(
        jnp.square(scatter.definition_logit * figures.doubt)
        + 1.0 / (figures.n * share * (1 - share) + 0.5)
    )
    limit = logit(jnp.clip(value, 0.5 / figures.n, 1 - 0.5 / figures.n))
    beyond = norm.logcdf(figures.bound * (moved - limit) / spread)
    return jnp.where(figures.bound == 0, exact, beyond)


def _beta_binomial(count: Numbers, n: Numbers, a: Array, b: Array) -> Array:
    """Log probability up to what depends on the data alone; counts need not be whole."""
    return (
        gammaln(count + a) + gammaln(n - count + b) - gammaln(n + a + b)
        + gammaln(a + b) - gammaln(a) - gammaln(b)
    )  # fmt: skip


def _means(seen: Array, shift: Array, scatter: Scatter, figures: Figures) -> Array:
    mean = figures.of_kind(KIND_MEAN)
    at = jnp.where(mean, seen, 1.0)
    centre = at + figures.gain * scatter.trial_mean * mean_size(at, figures) * shift
    sd = mean_sd(at, scatter, figures)
    away = (jnp.where(mean, figures.value, 1.0) - centre) / sd
    exact = norm.logpdf(away) - jnp.log(sd)
    return jnp.where(figures.bound == 0, exact, norm.logcdf(-figures.bound * away))


def _times(seen: Array, scatter: Scatter, figures: Figures) -> Array:
    log_days = jnp.where(figures.timed, seen, 0.0)
    sd = time_log_sd(log_days, scatter, figures)
    away = (np.log(np.where(figures.timed, figures.value, 1.0)) - log_days) / sd
    exact = norm.logpdf(away) - jnp.log(sd)
    return jnp.where(figures.bound == 0, exact, norm.logcdf(-figures.bound * away))
