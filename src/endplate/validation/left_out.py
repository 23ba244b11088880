r"""Leave one trial out: how well a trial is predicted by a fit that has not seen it.

By importance sampling: a draw of the posterior counts by one over the likelihood of the trial left
out, its shifts between trials integrated out. Where the weights cannot be trusted (Pareto k-hat
above 0.7) the chains run again without the trial, on the surrogate.
"""

from collections.abc import Callable
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.fit.hierarchy import Linked, Prior, figure_log_density
from endplate.fit.posterior import MOST_K_HAT, Draws, sample, smoothed
from endplate.fit.scatter import Figures, scatter_of
from endplate.people import model
from endplate.validation.left_out_rows import LeftOut

Numbers = NDArray[np.float64]
_NODES = np.linspace(-4.0, 4.0, 81)  # of a shift, in its standard deviations
_BATCH = 50
_REFIT = 60, 100  # steps to adapt from the shape of all trials' posterior, draws per chain


def leave_one_trial_out(
    draws: Draws,
    seen: Linked,
    figures: Figures,
    prior: Prior,
    seed: int,
    kept: int = 200,
    told: Callable[[int, int], None] = lambda *_: None,
) -> tuple[LeftOut, ...]:
    """Every trial predicted without itself.

    Parameters
    ----------
    draws : Draws
        The posterior with all trials.
    seen
        Link-scale predictions of all figures from a parameter vector.
    figures, prior
        As the posterior was made with.
    seed, kept : int
        Seed, and how many draws to keep per trial.
    told
        Called with the number of trials done and of how many.
    """
    rng = np.random.default_rng(seed)
    some = rng.choice(len(draws.vectors), min(1000, len(draws.vectors)), replace=False)
    vectors, predicted = jnp.asarray(draws.vectors[some]), _in_batches(seen, draws.vectors[some])
    by_group = group_log_likelihood(vectors, predicted, figures)
    names = tuple(dict.fromkeys(trial for trial, _ in figures.groups))
    found = []
    for done, name in enumerate(names):
        groups = [i for i, (trial, _) in enumerate(figures.groups) if trial == name]
        rows = np.flatnonzero(np.isin(figures.group, groups))
        weights, k_hat = smoothed(by_group[:, groups].sum(axis=1))
        again = not k_hat <= MOST_K_HAT
        if again:
            own = _refit(draws, seen, figures, prior, rows, seed + done)
            chosen = own[rng.choice(len(own), kept)]
        else:
            share = np.exp(weights)
            place = rng.choice(len(some), kept, p=share / share.sum())
            chosen = np.asarray(vectors)[place]
        left = _in_batches(seen, chosen)[:, rows]
        found.append(LeftOut(name, rows, chosen, np.asarray(left), k_hat, again))
        told(done + 1, len(names))
    return tuple(found)


def group_log_likelihood(vectors: Array, seen: Array, figures: Figures) -> Numbers:
    """Log likelihood of each trial's treated and placebo groups with their shift integrated out.

    Shape (draws, groups), from parameters (draws, parameters) and link-scale predictions
    (draws, figures). The shift is integrated on an even grid: where a trial has many figures, the
    few nodes of a Gauss rule would miss the narrow place that they leave it.
    """
    log_weight = -0.5 * jnp.square(_NODES)
    log_weight = log_weight - jax.nn.logsumexp(log_weight)
    count = len(figures.groups)

    def one(both: tuple[Array, Array]) -> Array:
        vector, own = both
        scatter = scatter_of(model.natural_values(vector))

        def at(node: Array) -> Array:
            density = figure_log_density(own, jnp.full(len(own), node), scatter, figures)
            return jax.ops.segment_sum(density, figures.group, count)

        by_node = jax.vmap(at)(jnp.asarray(_NODES))
        return jax.nn.logsumexp(by_node + log_weight[:, None], axis=0)

    return np.asarray(jax.jit(lambda v, s: jax.lax.map(one, (v, s)))(vectors, seen))


def _refit(
    draws: Draws, seen: Linked, figures: Figures, prior: Prior, rows: NDArray[np.int64], seed: int
) -> Numbers:
    """Draws of the posterior without some figures."""
    used = figures.used.copy()
    used[rows] = False
    start = draws.vectors.mean(axis=0), draws.shifts.mean(axis=0)
    without = replace(figures, used=used)
    return sample(seen, without, prior, start, seed, *_REFIT, like=draws).vectors


def _in_batches(seen: Linked, vectors: Numbers) -> Array:
    compiled = jax.jit(jax.vmap(seen))
    parts = [compiled(jnp.asarray(vectors[i : i + _BATCH])) for i in range(0, len(vectors), _BATCH)]
    return jnp.concatenate(parts)
