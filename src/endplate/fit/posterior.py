"""NUTS on the surrogate, corrected by the body model itself with importance weights."""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from arviz_stats.base.array import array_stats
from numpy.typing import NDArray
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.infer import MCMC, NUTS, init_to_value

from endplate.errors import EndplateError
from endplate.fit.chains import CHAINS
from endplate.fit.hierarchy import Linked, Prior, figure_log_density, published
from endplate.fit.scatter import Figures, scatter_of
from endplate.people import model

Numbers = NDArray[np.float64]
MOST_R_HAT, LEAST_ESS, MOST_DIVERGENT, MOST_K_HAT = 1.02, 200.0, 0.005, 0.7
_ALIKE = 1e-6


@dataclass(frozen=True)
class Draws:
    """Draws of a sampler: `vectors` (draws, parameters) whole, `shifts` (draws, groups)."""

    vectors: Numbers
    shifts: Numbers
    r_hat: float
    ess: float
    divergent: int


@dataclass(frozen=True)
class Checked:
    """Draws that the body model has weighed; `k_hat` says how far the weights can be trusted."""

    vectors: Numbers
    log_weights: Numbers
    k_hat: float


def sample(
    seen: Linked,
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
    seen
        Predictions on the link scale: a surrogate, or the body model where time allows.
    figures, prior
        The table, and which parameters are free.
    start
        Vector and shifts to start from.
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
        published,
        dense_mass=[("standard",)],  # pyright: ignore[reportArgumentType]
        inverse_mass_matrix=None if like is None else _masses(like, prior),
        adapt_mass_matrix=like is None,
        init_strategy=init_to_value(values=values),
        target_accept_prob=0.9,
        max_tree_depth=8,
    )
    run = MCMC(
        kernel,
        num_warmup=warmup,
        num_samples=draws,
        num_chains=chains,
        chain_method="parallel" if jax.local_device_count() >= chains else "vectorized",
        progress_bar=False,
    )
    run.run(jax.random.PRNGKey(seed), seen, figures, prior, extra_fields=("diverging",))
    grouped = run.get_samples(group_by_chain=True)
    free = np.asarray(grouped["standard"])
    flat = free.reshape(-1, free.shape[-1])
    return Draws(
        vectors=np.asarray(jax.vmap(prior.vector)(jnp.asarray(flat))),
        shifts=np.asarray(grouped["shift"]).reshape(len(flat), -1),
        r_hat=float(np.max(split_gelman_rubin(free))),
        ess=float(np.min(effective_sample_size(free))),
        divergent=int(np.sum(np.asarray(run.get_extra_fields()["diverging"]))),
    )


def _masses(like: Draws, prior: Prior) -> dict[tuple[str, ...], jax.Array]:
    """Inverse masses from draws: dense for the parameters, one by one for the shifts."""
    free = prior.standard(like.vectors)
    return {
        ("standard",): jnp.asarray(np.cov(free, rowvar=False)),
        ("shift",): jnp.asarray(like.shifts.var(axis=0)),
    }


def must_have_converged(found: Draws) -> None:
    """Fail loudly when the chains disagree, mix badly or diverge.

    Raises
    ------
    EndplateError
        R-hat, effective sample size or divergences are out of bounds.
    """
    faults = []
    if not found.r_hat <= MOST_R_HAT:
        faults.append(f"R-hat is {found.r_hat:.3f}, allowed is at most {MOST_R_HAT}")
    if not found.ess >= LEAST_ESS:
        faults.append(f"effective sample size is {found.ess:.0f}, needed are {LEAST_ESS:.0f}")
    if found.divergent > MOST_DIVERGENT * len(found.vectors):
        faults.append(f"{found.divergent} of {len(found.vectors)} draws diverged")
    if faults:
        raise EndplateError(f"The chains did not converge: {'; '.join(faults)}.")


def weighed(
    found: Draws, chosen: NDArray[np.int64], true_seen: Numbers, seen: Linked, figures: Figures
) -> Checked:
    """Importance weights of chosen draws: the body model over its surrogate.

    `true_seen` are the body model's own predictions of the chosen draws, shape (draws, figures).
    """
    vectors, shifts = jnp.asarray(found.vectors[chosen]), jnp.asarray(found.shifts[chosen])
    density = log_densities(figures)
    ratio = density(vectors, shifts, jnp.asarray(true_seen)) - density(
        vectors, shifts, jax.vmap(seen)(vectors)
    )
    return Checked(np.asarray(vectors), *smoothed(-np.asarray(ratio)))


def smoothed(log_likelihood: Numbers) -> tuple[Numbers, float]:
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
    def total(vectors: jax.Array, shifts: jax.Array, seen: jax.Array) -> jax.Array:
        def one(vector: jax.Array, shift: jax.Array, own: jax.Array) -> jax.Array:
            scatter = scatter_of(model.natural_values(vector))
            return figure_log_density(own, shift[figures.group], scatter, figures).sum()

        return jax.vmap(one)(vectors, shifts, seen)

    return total
