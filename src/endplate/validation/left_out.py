r"""Leave one programme out: how well its trials are predicted by a fit that has not seen them.

A programme is a trial, or the several that share people and ways of working. By importance
sampling: a draw of the posterior counts by one over the likelihood of the trials left out, their
random effects integrated out. Where the weights cannot be trusted (Pareto k-hat above
0.7) the chains run again without the trial, on the surrogate.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.facts.trials import TrialFigure
from endplate.fit.hierarchy import Predict, Prior
from endplate.fit.likelihood import Figures, Scatter, figure_log_density, scatter_of
from endplate.fit.sampler import MOST_K_HAT, Draws, sample, smoothed_log_weights
from endplate.fit.table_file import write_table
from endplate.model.parameters import natural_values
from endplate.validation.validate import rows_of

Numbers = NDArray[np.float64]
_HEADER = "figure,trial_id,predicted,low,high,rank,inside,k_hat,refitted".split(",")
_NODES = np.linspace(-4.0, 4.0, 81)  # of a random effect, in its standard deviations
_BATCH = 50
_REFIT = 60, 100  # steps to adapt from the shape of all trials' posterior, draws per chain


@dataclass(frozen=True)
class LeftOut:
    """One programme predicted without itself.

    `rows` are the indices of its figures, `predicted` their link-scale predictions under draws
    that have not seen it, shape (draws, rows), `vectors` those draws; `k_hat` of its weights
    and whether the chains ran again.
    """

    programme: str
    rows: NDArray[np.int64]
    vectors: Numbers
    predicted: Numbers
    k_hat: float
    refitted: bool


def leave_one_trial_out(
    draws: Draws,
    predict: Predict,
    figures: Figures,
    prior: Prior,
    seed: int,
    count: int = 200,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> tuple[LeftOut, ...]:
    """Every trial predicted without itself.

    Parameters
    ----------
    draws : Draws
        The posterior with all trials.
    predict
        Link-scale predictions of all figures from a parameter vector.
    figures, prior
        As the posterior was made with.
    seed, count : int
        Seed, and how many draws to use per trial.
    progress
        Called with the number of trials done and of how many.
    """
    rng = np.random.default_rng(seed)
    subset = rng.choice(len(draws.vectors), min(1000, len(draws.vectors)), replace=False)
    vectors = draws.vectors[subset]
    predicted = _in_batches(predict, vectors)
    by_group = group_log_likelihood(jnp.asarray(vectors), predicted, figures)
    names = tuple(dict.fromkeys(trial for trial, _ in figures.groups))
    trials = []
    for done, name in enumerate(names):
        groups = [i for i, (trial, _) in enumerate(figures.groups) if trial == name]
        rows = np.flatnonzero(np.isin(figures.group, groups))
        log_weights, k_hat = smoothed_log_weights(by_group[:, groups].sum(axis=1))
        refit = not k_hat <= MOST_K_HAT
        if refit:
            without = _refit(draws, predict, figures, prior, rows, seed + done)
            chosen = without[rng.choice(len(without), count)]
        else:
            weights = np.exp(log_weights)
            chosen = vectors[rng.choice(len(subset), count, p=weights / weights.sum())]
        of_trial = np.asarray(_in_batches(predict, chosen)[:, rows])
        trials.append(LeftOut(name, rows, chosen, of_trial, k_hat, refit))
        progress(done + 1, len(names))
    return tuple(trials)


def group_log_likelihood(vectors: Array, predicted: Array, figures: Figures) -> Numbers:
    """Log likelihood of each trial's treated and placebo arms, their random effect integrated out.

    Shape (draws, groups), from parameters (draws, parameters) and link-scale predictions
    (draws, figures). The random effect is integrated on an even grid: where a trial has many
    figures, the few nodes of a Gauss rule would miss the narrow interval that they leave it.
    """
    log_weight = -0.5 * jnp.square(_NODES)
    log_weight = log_weight - jax.nn.logsumexp(log_weight)
    count = len(figures.groups)

    def of_draw(draw: tuple[Array, Array]) -> Array:
        vector, row = draw
        scatter = scatter_of(natural_values(vector))

        def at_node(node: Array) -> Array:
            density = figure_log_density(row, jnp.full(len(row), node), scatter, figures)
            return jax.ops.segment_sum(density, figures.group, count)

        by_node = jax.vmap(at_node)(jnp.asarray(_NODES))
        return jax.nn.logsumexp(by_node + log_weight[:, None], axis=0)

    return np.asarray(jax.jit(lambda v, p: jax.lax.map(of_draw, (v, p)))(vectors, predicted))


def _refit(
    draws: Draws,
    predict: Predict,
    figures: Figures,
    prior: Prior,
    rows: NDArray[np.int64],
    seed: int,
) -> Numbers:
    """Draws of the posterior without some figures."""
    used = figures.used.copy()
    used[rows] = False
    start = draws.vectors.mean(axis=0), draws.shifts.mean(axis=0)
    others = replace(figures, used=used)
    return sample(predict, others, prior, start, seed, *_REFIT, like=draws).vectors


def _in_batches(predict: Predict, vectors: Numbers) -> Array:
    compiled = jax.jit(jax.vmap(predict))
    parts = [compiled(jnp.asarray(vectors[i : i + _BATCH])) for i in range(0, len(vectors), _BATCH)]
    return jnp.concatenate(parts)


def write_left_out(
    trials: Sequence[LeftOut],
    table: tuple[TrialFigure, ...],
    index: Sequence[int],
    scatter: Scatter,
    folder: Path,
) -> Path:
    """Write `left_out.csv` into a folder.

    Parameters
    ----------
    trials
        Each trial predicted without itself; its rows count in the order of the fit.
    table
        The table the fit was made from.
    index
        Index of each figure of the fit in that table.
    scatter : Scatter
        How figures scatter, by the fit of all trials.
    folder
        Where to write.
    """
    lines: dict[int, list[object]] = {}
    for trial in trials:
        indices = [index[row] for row in trial.rows]
        middle = trial.predicted.mean(axis=0)
        rows = rows_of(tuple(table[i] for i in indices), middle, trial.predicted, scatter)
        for i, row in zip(indices, rows, strict=True):
            rank = "" if row.rank is None else f"{row.rank:.4f}"
            lines[i] = [i, row.trial_id, f"{row.predicted:.4g}", f"{row.low:.4g}"]
            lines[i] += [f"{row.high:.4g}", rank, _yes(row.inside), f"{trial.k_hat:.2f}"]
            lines[i].append(_yes(trial.refitted))
    return write_table(folder / "left_out.csv", _HEADER, [lines[i] for i in sorted(lines)])


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
