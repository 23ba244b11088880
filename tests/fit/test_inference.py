"""The whole inference against NUTS on the body model itself, and against its own simulations.

Slow: each fit runs the body model hundreds of times.
"""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from endplate.facts.parameters import fit_rows
from endplate.facts.trials import trial_figures
from endplate.fit.block import blocks_of
from endplate.fit.calibrate import Effort, fit_blocks
from endplate.fit.hierarchy import prior_of
from endplate.fit.likelihood import (
    figure_arrays,
    mean_sd,
    mean_size,
    overdispersion,
    scatter_of,
    time_log_sd,
)
from endplate.fit.mode import predictions
from endplate.fit.sampler import sample
from endplate.model import Parameters
from endplate.model.parameters import natural_values

pytestmark = pytest.mark.slow
SMALL = Effort(design=80, checks=(80, 80), scout=(300, 200), chains=(400, 400))
REPLICATES, BINS = 20, 5


def use(indication):
    """Blocks, arrays and prior of one use whose shared parameters are fixed."""
    of_use = tuple(f for f in trial_figures() if f.indication == indication)
    blocks = blocks_of(of_use, trial_figures())
    figures = figure_arrays(tuple(f for block in blocks for f in block.figures))
    free = frozenset(row.id for row in fit_rows() if row.applies_to == indication)
    return blocks, figures, prior_of(free, Parameters.stored().vectors[0])


@pytest.mark.parametrize("indication", ["blepharospasm", "palmar_hyperhidrosis"])
def test_the_surrogate_gives_what_nuts_on_the_body_model_gives(indication):
    blocks, figures, prior = use(indication)
    fit = fit_blocks(blocks, figures, prior, 0, SMALL)
    (block,) = blocks
    start = fit.centre, np.zeros(len(figures.groups))
    true = sample(block.linked, figures, prior, start, 1, 150, 150, chains=2)
    index = np.flatnonzero(prior.free)
    sd = true.vectors[:, index].std(axis=0)
    away = (fit.draws.vectors[:, index].mean(axis=0) - true.vectors[:, index].mean(axis=0)) / sd
    ratio = fit.draws.vectors[:, index].std(axis=0) / sd
    print(indication, "means apart by", away.round(2), "sd; sds", ratio.round(2), fit.k_hat)
    assert np.all(np.abs(away) < 0.35)
    assert np.all((ratio > 0.75) & (ratio < 1.33))


def simulated_table(predicted, scatter, figures, rng):
    """A table as trials would publish it, were the model true."""
    shift = rng.standard_normal(len(figures.groups))[figures.group]
    share = expit(predicted + np.asarray(scatter.between_logit(figures)) * shift)
    weight = np.asarray(overdispersion(jnp.asarray(share), scatter, figures))
    held = np.clip(share, 1e-6, 1 - 1e-6)
    counts = rng.binomial(figures.n.astype(int), rng.beta(held * weight, (1 - held) * weight))
    size = np.asarray(mean_size(predicted, figures))
    sd = np.asarray(mean_sd(predicted, scatter, figures))
    centre = (
        predicted + figures.direction * np.asarray(scatter.between_mean(figures)) * size * shift
    )
    log_sd = np.asarray(time_log_sd(np.where(figures.timed, predicted, 0.0), scatter, figures))
    days = np.exp(
        np.where(figures.timed, predicted, 0.0) + log_sd * rng.standard_normal(len(predicted))
    )
    value = np.where(
        figures.of_kind("percent"),
        counts / figures.n,
        np.where(figures.timed, days, rng.normal(centre, sd)),
    )
    return replace(figures, value=value, bound=np.zeros_like(figures.bound))


def test_simulation_based_calibration():
    """Parameters drawn from the prior rank evenly among their posteriors (Talts 2018)."""
    blocks, figures, prior = use("palmar_hyperhidrosis")
    figures = replace(figures, n=np.full(len(figures.n), 60.0), sd=np.full(len(figures.n), np.nan))
    index, rng = np.flatnonzero(prior.free), np.random.default_rng(5)
    ranks = []
    for replicate in range(REPLICATES):
        truth = np.asarray(prior.vector(jnp.asarray(rng.standard_normal(len(index)))))
        scatter = scatter_of(natural_values(jnp.asarray(truth)))
        table = simulated_table(predictions(blocks, truth), scatter, figures, rng)
        fit = fit_blocks(blocks, table, prior, replicate, SMALL)
        thin = fit.draws.vectors[:: len(fit.draws.vectors) // 99][:99, index]
        ranks.append((thin < truth[index]).sum(axis=0))
    ranks = np.array(ranks)
    for name, row in zip([fit_rows()[i].id for i in index], ranks.T, strict=True):
        counts = np.histogram(row, BINS, (0, 100))[0]
        p = stats.chisquare(counts).pvalue
        print(name, "ranks", np.sort(row), "p", round(p, 3))
        assert p > 0.005
