"""The calibration from end to end: mode, surrogate, NUTS, and the body model's own check.

1. *mode*: climb to the mode on the body model, with gradients pushed through it.
2. *design*: run the body model at draws about the mode and fit the surrogate of each block.
3. *chains*: NUTS on the surrogates.
4. *check*: run the body model at some of the draws and weigh them. After the first round, and
   wherever a Pareto k-hat above 0.7 says that the surrogate was not good enough, these runs are
   added to the design, and steps 3 and 4 come again. After the last round the calibration fails,
   and so it does when chains do not agree. The draws that are stored are resampled with the
   weights.
"""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from endplate.errors import EndplateError, FactMissing
from endplate.facts.parameters import inputs_hash
from endplate.facts.trials import TrialFigure
from endplate.fit.block import Block, blocks_of
from endplate.fit.checkpoint import NOTHING_KEPT, Arrays, Checkpoints
from endplate.fit.design import Told, about, joined, runs_of, surrogates_of, together
from endplate.fit.hierarchy import Linked, Prior, prior_of
from endplate.fit.mode import climb
from endplate.fit.posterior import (
    MOST_K_HAT,
    Checked,
    Draws,
    must_have_converged,
    sample,
    weighed,
)
from endplate.fit.scatter import Figures, Scatter, figure_arrays, scatter_of
from endplate.fit.surrogate import Surrogate
from endplate.people import model

Numbers = NDArray[np.float64]
STORED = 200  # draws of the posterior that are kept


@dataclass(frozen=True)
class Effort:
    """How much work a calibration does; the defaults are those of the shipped posterior.

    `scout` are the steps to adapt and the draws per chain of the first round, which only finds
    where the surrogate must be good; `chains` are those of the rounds after it, whose masses are
    the scout's. `checks` are the draws that the body model weighs after the first round and after
    each later one.
    """

    climb: int = 25
    design: int = 250
    checks: tuple[int, int] = (120, 250)
    rounds: int = 4
    scout: tuple[int, int] = (400, 300)
    chains: tuple[int, int] = (250, 900)


@dataclass(frozen=True)
class Calibration:
    """A posterior and how far to trust it.

    `vectors` (STORED, parameters) resampled draws, `centre` their mean over all weighed draws,
    `surrogate_misfit` root mean square by block, link scale; `place` says where each figure stands
    in the table.
    """

    centre: Numbers
    vectors: Numbers
    draws: Draws
    k_hat: float
    surrogate_misfit: dict[str, float]
    figures: Figures
    place: NDArray[np.int64]
    seen: Linked

    @property
    def scatter(self) -> Scatter:
        """How figures scatter at the centre."""
        values = model.natural_values(jnp.asarray(self.centre))
        return scatter_of({name: float(number) for name, number in values.items()})


def calibrate(
    table: tuple[TrialFigure, ...],
    seed: int = 0,
    effort: Effort | None = None,
    checkpoints: Checkpoints | None = None,
    told: Told = lambda *_: None,
) -> Calibration:
    """Fit every parameter to the figures of a table that the model covers.

    Parameters
    ----------
    table : tuple of TrialFigure
        The table; rows the model does not cover are left out.
    seed : int
        Seed of every random step.
    effort : Effort
        How much work to do.
    checkpoints : Checkpoints
        Where finished steps are kept.
    told
        Called with the name of a step, how much is done, and of how much (0: not known).

    Raises
    ------
    EndplateError
        The climb or the chains did not converge, or the check failed; the sentence says how.
    """
    blocks = blocks_of(table)
    if not blocks:
        raise EndplateError("The model covers no figure of the table.")
    figures = figure_arrays(tuple(f for block in blocks for f in block.figures))
    prior = prior_of(at=_known_so_far())
    return fit_blocks(blocks, figures, prior, seed, effort, checkpoints, told)


def _known_so_far() -> Numbers | None:
    """Stored estimates, from which the climb is short; none where they are of other parameters."""
    try:
        return np.asarray(model.stored_vector())
    except FactMissing:
        return None


def fit_blocks(
    blocks: tuple[Block, ...],
    figures: Figures,
    prior: Prior,
    seed: int = 0,
    effort: Effort | None = None,
    checkpoints: Checkpoints | None = None,
    told: Told = lambda *_: None,
) -> Calibration:
    """Fit the free parameters of a prior to the figures of some blocks; see `calibrate`."""
    effort = effort or Effort()
    kept = checkpoints or NOTHING_KEPT
    mode = kept.step("mode", lambda: _mode(blocks, figures, prior, effort, kept, told))
    near = about(mode["vector"], mode["covariance"], prior, effort.design, seed)
    runs = runs_of("design", blocks, np.concatenate([mode["vector"][None], near]), kept, told)
    rng, k_hat, scout = np.random.default_rng(seed), np.inf, None
    for number in range(effort.rounds):
        surrogates = surrogates_of(blocks, runs, mode)
        seen = together(surrogates)
        draws = _chains(seen, figures, prior, mode, seed, effort, kept, number, scout, told)
        scout = scout or draws
        count = effort.checks[min(number, 1)]
        chosen = rng.choice(len(draws.vectors), count, replace=False)
        more = runs_of(f"check-{number}", blocks, draws.vectors[chosen], kept, told)
        true_seen = np.concatenate([more[block.name] for block in blocks], axis=1)
        weights = weighed(draws, chosen, true_seen, seen, figures)
        k_hat = weights.k_hat
        if number and k_hat <= MOST_K_HAT:
            must_have_converged(draws)
            return _calibration(blocks, figures, surrogates, draws, weights, rng)
        runs = joined(runs, more)
    raise EndplateError(
        f"The body model does not bear out the posterior: Pareto k-hat is {k_hat:.2f}, "
        f"allowed is at most {MOST_K_HAT}."
    )


def _calibration(
    blocks: tuple[Block, ...],
    figures: Figures,
    surrogates: list[Surrogate],
    draws: Draws,
    weights: Checked,
    rng: np.random.Generator,
) -> Calibration:
    share = np.exp(weights.log_weights)
    again = rng.choice(len(share), STORED, p=share / share.sum())
    misfit = [float(np.sqrt(np.mean(np.square(own.misfit)))) for own in surrogates]
    return Calibration(
        centre=np.average(weights.vectors, axis=0, weights=share),
        vectors=weights.vectors[again],
        draws=draws,
        k_hat=weights.k_hat,
        surrogate_misfit=dict(zip((block.name for block in blocks), misfit, strict=True)),
        figures=figures,
        place=np.concatenate([block.place for block in blocks]),
        seen=together(surrogates),
    )


def calibration_key(table: tuple[TrialFigure, ...], seed: int, effort: Effort) -> str:
    """What a calibration depends on, as text: kept steps of another key do not count."""
    return repr((inputs_hash(), seed, effort, table))


def _mode(
    blocks: tuple[Block, ...],
    figures: Figures,
    prior: Prior,
    effort: Effort,
    kept: Checkpoints,
    told: Told,
) -> Arrays:
    told("mode", 0, 0)
    most = effort.climb
    found = climb(blocks, figures, prior, most, lambda step, _: told("mode", step, 0), kept)
    if not found.converged:
        raise EndplateError(f"The climb to the mode did not end in {found.steps} steps.")
    return {
        "vector": found.vector,
        "shift": found.shift,
        "covariance": found.covariance,
        "jacobian": found.jacobian,
    }


def _chains(
    seen: Linked,
    figures: Figures,
    prior: Prior,
    mode: Arrays,
    seed: int,
    effort: Effort,
    kept: Checkpoints,
    number: int,
    scout: Draws | None,
    told: Told,
) -> Draws:
    told(f"chains, round {number + 1}", 0, 0)
    work = effort.chains if scout else effort.scout

    def made() -> Arrays:
        start = mode["vector"], mode["shift"]
        found = sample(seen, figures, prior, start, seed + number, *work, like=scout)
        numbers = np.array([found.r_hat, found.ess, found.divergent])
        return {"vectors": found.vectors, "shifts": found.shifts, "numbers": numbers}

    found = kept.step(f"chains-{number}", made)
    r_hat, ess, divergent = (float(x) for x in found["numbers"])
    return Draws(found["vectors"], found["shifts"], r_hat, ess, int(divergent))
