"""NUTS on the surrogate, corrected by the body model itself with importance weights."""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from arviz_stats.base.array import array_stats
from numpy.typing import NDArray
from numpyro import set_host_device_count
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.infer import MCMC, NUTS, init_to_value

from endplate.errors import EndplateError
from endplate.fit.hierarchy import Predict, Prior, published_model
from endplate.fit.likelihood import Figures, figure_log_density, scatter_of
from endplate.model.parameters import natural_values

Numbers = NDArray[np.float64]
CHAINS = 4
MOST_R_HAT, LEAST_ESS, MOST_DIVERGENT, MOST_K_HAT = 1.02, 200.0, 0.005, 0.7
_ALIKE = 1e-6


@dataclass(frozen=True)
class Draws:
    """Draws of a sampler: `vectors` (draws, parameters) whole, `shifts` (draws, groups).

    `shifts` are the standard normal random effects of the trials' groups; `ess` [1] is the
    smallest effective sample size.
    """

    vectors: Numbers
    shifts: Numbers
    r_hat: float
    ess: float
    divergent: int


@dataclass(frozen=True)
class WeightedDraws:
    """Draws that the body model has weighed; `k_hat` says how far the weights can be trusted."""

    vectors: Numbers
    log_weights: Numbers
    k_hat: float


def make_room() -> None:
    """Give each chain a processor of its own in JAX's eyes; without effect once JAX has computed.

    Stepped together in one program, each chain would wait for the longest path of all.
    """
    set_host_device_count(CHAINS)


def sample(
    predict: Predict,
    figures: Figures,
    prior: Prior,
    start: tuple[Numbers, Numbers],
    seed: int,
    warmup: int,
    draws: int,
    chains: int = CHAINS,
    like: Draws | None = None,
) -> Draws:
    """Draw from the posterior with NUTS, chains side by side where there is room.

    Parameters
    ----------
    predict
        Predictions on the link scale: a surrogate, or the body model where time allows.
    figures, prior
        The table, and which parameters are free.
    start
        Vector and random effects to start from.
    seed, warmup, draws, chains : int
        Seed; steps to adapt and draws to keep, per chain; how many chains.
    like
        Draws of a posterior of like shape, to set the masses by; adapted without.
    """
    values = {
        "standard": jnp.asarray(prior.standard(start[0])),
        "shift": jnp.asarray(start[1]),
    }
    kernel = NUTS(
        published_model,
        dense_mass=[("standard",)],  # pyright: ignore[reportArgumentType]
        inverse_mass_matrix=None if like is None else _inverse_masses(like, prior),
        adapt_mass_matrix=like is None,
        init_strategy=init_to_value(values=values),
        target_accept_prob=0.9,
        max_tree_depth=8,
    )
    mcmc = MCMC(
        kernel,
        num_warmup=warmup,
        num_samples=draws,
        num_chains=chains,
        chain_method="parallel" if jax.local_device_count() >= chains else "vectorized",
        progress_bar=False,
    )
    mcmc.run(jax.random.PRNGKey(seed), predict, figures, prior, extra_fields=("diverging",))
    samples = mcmc.get_samples(group_by_chain=True)
    free = np.asarray(samples["standard"])
    flat = free.reshape(-1, free.shape[-1])
    return Draws(
        vectors=np.asarray(jax.vmap(prior.vector)(jnp.asarray(flat))),
        shifts=np.asarray(samples["shift"]).reshape(len(flat), -1),
        r_hat=float(np.max(split_gelman_rubin(free))),
        ess=float(np.min(effective_sample_size(free))),
        divergent=int(np.sum(np.asarray(mcmc.get_extra_fields()["diverging"]))),
    )


def _inverse_masses(like: Draws, prior: Prior) -> dict[tuple[str, ...], jax.Array]:
    """Inverse masses from draws: dense for the parameters, diagonal for the random effects."""
    free = prior.standard(like.vectors)
    return {
        ("standard",): jnp.asarray(np.cov(free, rowvar=False)),
        ("shift",): jnp.asarray(like.shifts.var(axis=0)),
    }


def must_have_converged(draws: Draws) -> None:
    """Fail loudly when the chains disagree, mix badly or diverge.

    Raises
    ------
    EndplateError
        R-hat, effective sample size or divergences are out of bounds.
    """
    faults = []
    if not draws.r_hat <= MOST_R_HAT:
        faults.append(f"R-hat is {draws.r_hat:.3f}, allowed is at most {MOST_R_HAT}")
    if not draws.ess >= LEAST_ESS:
        faults.append(f"effective sample size is {draws.ess:.0f}, needed are {LEAST_ESS:.0f}")
    if draws.divergent > MOST_DIVERGENT * len(draws.vectors):
        faults.append(f"{draws.divergent} of {len(draws.vectors)} draws diverged")
    if faults:
        raise EndplateError(f"The chains did not converge: {'; '.join(faults)}.")


def weigh(
    draws: Draws,
    chosen: NDArray[np.int64],
    predicted: Numbers,
    surrogate: Predict,
    figures: Figures,
) -> WeightedDraws:
    """Importance weights of chosen draws: the body model over its surrogate.

    `predicted` are the body model's own predictions of the chosen draws on the link scale, shape
    (draws, figures).
    """
    vectors, shifts = jnp.asarray(draws.vectors[chosen]), jnp.asarray(draws.shifts[chosen])
    density = log_densities(figures)
    log_ratio = density(vectors, shifts, jnp.asarray(predicted)) - density(
        vectors, shifts, jax.vmap(surrogate)(vectors)
    )
    return WeightedDraws(np.asarray(vectors), *smoothed_log_weights(-np.asarray(log_ratio)))


def smoothed_log_weights(log_likelihood: Numbers) -> tuple[Numbers, float]:
    """Pareto-smoothed log weights of draws that count by one over a likelihood, and their k-hat.

    Draws that are all alike have even weights, to which no tail can be fitted: k-hat is 0.
    """
    if np.ptp(log_likelihood) < _ALIKE:
        return np.full(len(log_likelihood), -np.log(len(log_likelihood))), 0.0
    log_weights, k_hat = array_stats.psislw(log_likelihood)
    return np.asarray(log_weights), float(k_hat)


def log_densities(figures: Figures) -> Callable[..., jax.Array]:
    """Compiled sum of the figures' log densities for many vectors, shifts and predictions."""

    @jax.jit
    def total(vectors: jax.Array, shifts: jax.Array, predicted: jax.Array) -> jax.Array:
        def log_density(vector: jax.Array, shift: jax.Array, row: jax.Array) -> jax.Array:
            scatter = scatter_of(natural_values(vector))
            return figure_log_density(row, shift[figures.group], scatter, figures).sum()

        return jax.vmap(log_density)(vectors, shifts, predicted)

    return total
