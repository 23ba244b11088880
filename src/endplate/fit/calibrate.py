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
from pathlib import Path

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from endplate._version import __version__
from endplate.errors import EndplateError, FactMissing
from endplate.facts.parameters import FitRow, fit_rows, inputs_hash
from endplate.facts.trials import TrialFigure
from endplate.files.output import write_whole
from endplate.fit.block import FigureBlock, blocks_of
from endplate.fit.checkpoint import NO_CHECKPOINTS, Arrays, Checkpoints
from endplate.fit.hierarchy import Predict, Prior, prior_of
from endplate.fit.likelihood import Figures, Scatter, figure_arrays, scatter_of
from endplate.fit.mode import climb
from endplate.fit.sampler import (
    MOST_K_HAT,
    Draws,
    WeightedDraws,
    must_have_converged,
    sample,
    weigh,
)
from endplate.fit.surrogate import (
    Progress,
    Surrogate,
    design_about,
    fit_surrogates,
    join_runs,
    predict_all,
    run_design,
)
from endplate.fit.table_file import write_table
from endplate.model import Model
from endplate.model.parameters import Parameters, natural_values

Numbers = NDArray[np.float64]
CLIMB_SUBJECTS = 128  # that stand for an arm while the mode is looked for
STORED = 200  # draws of the posterior that are stored
_DIGITS = 5


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
    checks: tuple[int, int] = (100, 200)
    rounds: int = 4
    scout: tuple[int, int] = (300, 250)
    chains: tuple[int, int] = (250, 600)


@dataclass(frozen=True)
class Calibration:
    """A posterior and how far to trust it.

    `vectors` (STORED, parameters) resampled draws, `centre` their mean over all weighed draws,
    `surrogate_misfit` root mean square by block, link scale; `index` (figures,) is that of each
    figure in the table, `predict` the surrogate of all figures.
    """

    centre: Numbers
    vectors: Numbers
    draws: Draws
    k_hat: float
    surrogate_misfit: dict[str, float]
    figures: Figures
    index: NDArray[np.int64]
    predict: Predict

    @property
    def scatter(self) -> Scatter:
        """How figures scatter at the centre."""
        values = natural_values(jnp.asarray(self.centre))
        return scatter_of({name: float(number) for name, number in values.items()})


@dataclass(frozen=True)
class _Fit:
    """What every step of a fit needs."""

    blocks: tuple[FigureBlock, ...]
    climb_blocks: tuple[FigureBlock, ...]
    figures: Figures
    prior: Prior
    seed: int
    effort: Effort
    checkpoints: Checkpoints
    progress: Progress


def calibrate(
    table: tuple[TrialFigure, ...],
    seed: int = 0,
    effort: Effort | None = None,
    checkpoints: Checkpoints | None = None,
    progress: Progress = lambda *_: None,
    priors: tuple[FitRow, ...] | None = None,
    model: Model | None = None,
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
        Where finished steps are stored.
    progress
        Called with the name of a step, how much is done, and of how much (0: not known).
    priors : tuple of FitRow
        Priors of the parameters; the shipped ones unless given.
    model : Model
        Hypotheses that are fitted; the default ones unless given.

    Raises
    ------
    EndplateError
        The climb or the chains did not converge, or the check failed; the sentence says how.
    """
    blocks = blocks_of(table, model=model)
    if not blocks:
        raise EndplateError("The model covers no figure of the table.")
    figures = figure_arrays(tuple(f for block in blocks for f in block.figures))
    prior = prior_of(start=_stored_estimates(), rows=priors)
    few = blocks_of(table, model=model, subjects=CLIMB_SUBJECTS)
    return fit_blocks(blocks, figures, prior, seed, effort, checkpoints, progress, few)


def calibration_key(
    table: tuple[TrialFigure, ...],
    seed: int,
    effort: Effort,
    priors: tuple[FitRow, ...] | None = None,
    model: Model | None = None,
) -> str:
    """What a calibration depends on, as text: stored steps of another key do not count."""
    rival = model if model is not None and model != Model() else None
    users = [one for one in (priors, tuple(f.reading for f in table if f.reading), rival) if one]
    return repr((inputs_hash(), seed, effort, table, *users))


def _stored_estimates() -> Numbers | None:
    """Stored estimates, from which the climb is short; none where they are of other parameters."""
    try:
        return Parameters.stored().vectors[0]
    except FactMissing:
        return None


def fit_blocks(
    blocks: tuple[FigureBlock, ...],
    figures: Figures,
    prior: Prior,
    seed: int = 0,
    effort: Effort | None = None,
    checkpoints: Checkpoints | None = None,
    progress: Progress = lambda *_: None,
    climb_blocks: tuple[FigureBlock, ...] | None = None,
) -> Calibration:
    """Fit the free parameters of a prior to the figures of some blocks; see `calibrate`.

    The mode is looked for in `climb_blocks` where they are given: the same figures with fewer
    subjects, since all it does is to say where the model is to be run in full.
    """
    effort, checkpoints = effort or Effort(), checkpoints or NO_CHECKPOINTS
    fit = _Fit(blocks, climb_blocks or blocks, figures, prior, seed, effort, checkpoints, progress)
    mode = _mode(fit)
    design = design_about(mode["vector"], mode["covariance"], prior, effort.design, seed)
    vectors = np.concatenate([mode["vector"][None], design])
    runs = run_design("design", blocks, vectors, checkpoints, progress)
    rng, k_hat, scout = np.random.default_rng(seed), np.inf, None
    for number in range(effort.rounds):
        surrogates = fit_surrogates(blocks, runs, mode)
        predict = predict_all(surrogates)
        draws = _draws(fit, predict, mode, number, scout)
        scout = scout or draws
        count = effort.checks[min(number, 1)]
        chosen = rng.choice(len(draws.vectors), count, replace=False)
        step = f"check-{number}"
        more = run_design(step, blocks, draws.vectors[chosen], checkpoints, progress)
        predicted = np.concatenate([more[block.name] for block in blocks], axis=1)
        weighted = weigh(draws, chosen, predicted, predict, figures)
        k_hat = weighted.k_hat
        if number and k_hat <= MOST_K_HAT:
            must_have_converged(draws)
            return _calibration(fit, surrogates, draws, weighted, rng)
        runs = join_runs(runs, more)
    raise EndplateError(
        f"The body model does not bear out the posterior: Pareto k-hat is {k_hat:.2f}, "
        f"allowed is at most {MOST_K_HAT}."
    )


def _mode(fit: _Fit) -> Arrays:
    def compute() -> Arrays:
        fit.progress("mode", 0, 0)
        mode = climb(
            fit.climb_blocks,
            fit.figures,
            fit.prior,
            fit.effort.climb,
            lambda step, _: fit.progress("mode", step, 0),
            fit.checkpoints,
        )
        if not mode.converged:
            raise EndplateError(f"The climb to the mode did not end in {mode.steps} steps.")
        return {
            "vector": mode.vector,
            "shift": mode.shift,
            "covariance": mode.covariance,
            "jacobian": mode.jacobian,
        }

    return fit.checkpoints.step("mode", compute)


def _draws(fit: _Fit, predict: Predict, mode: Arrays, number: int, scout: Draws | None) -> Draws:
    """Draws of one round of chains."""
    fit.progress(f"chains, round {number + 1}", 0, 0)
    warmup, count = fit.effort.chains if scout else fit.effort.scout

    def compute() -> Arrays:
        start = mode["vector"], mode["shift"]
        seed = fit.seed + number
        draws = sample(predict, fit.figures, fit.prior, start, seed, warmup, count, like=scout)
        checks = np.array([draws.r_hat, draws.ess, draws.divergent])
        return {"vectors": draws.vectors, "shifts": draws.shifts, "checks": checks}

    arrays = fit.checkpoints.step(f"chains-{number}", compute)
    r_hat, ess, divergent = (float(x) for x in arrays["checks"])
    return Draws(arrays["vectors"], arrays["shifts"], r_hat, ess, int(divergent))


def _calibration(
    fit: _Fit,
    surrogates: list[Surrogate],
    draws: Draws,
    weighted: WeightedDraws,
    rng: np.random.Generator,
) -> Calibration:
    weights = np.exp(weighted.log_weights)
    resampled = rng.choice(len(weights), STORED, p=weights / weights.sum())
    misfit = [float(np.sqrt(np.mean(np.square(each.misfit)))) for each in surrogates]
    return Calibration(
        centre=np.average(weighted.vectors, axis=0, weights=weights),
        vectors=weighted.vectors[resampled],
        draws=draws,
        k_hat=weighted.k_hat,
        surrogate_misfit=dict(zip((block.name for block in fit.blocks), misfit, strict=True)),
        figures=fit.figures,
        index=np.concatenate([block.index for block in fit.blocks]),
        predict=predict_all(surrogates),
    )


def write_calibration(
    calibration: Calibration, folder: Path, command: str, seed: int, minutes: float
) -> tuple[Path, ...]:
    """Write `fitted.csv`, `posterior.csv` and `calibration.toml` into a folder."""
    return (
        _write_estimates(calibration, folder / "fitted.csv", command),
        _write_draws(calibration.vectors, folder / "posterior.csv"),
        _write_record(calibration, folder / "calibration.toml", command, seed, minutes),
    )


def _write_estimates(calibration: Calibration, path: Path, command: str) -> Path:
    """Estimates on the working scale and, with their 90 % interval, on the natural one."""
    sd = calibration.draws.vectors.std(axis=0)
    low, high = np.percentile(calibration.draws.vectors, [5, 95], axis=0)
    natural = [natural_values(jnp.asarray(vector)) for vector in (calibration.centre, low, high)]
    header = "id,tier,estimate,sd,transform,value,low,high,unit,kind,source,note".split(",")
    rows = [
        [row.id, row.tier, f"{calibration.centre[i]:.6f}", f"{sd[i]:.6f}", row.transform]
        + [f"{float(values[row.id]):.5g}" for values in natural]
        + [row.unit, "derived", "endplate_model", command]
        for i, row in enumerate(fit_rows())
    ]
    return write_table(path, header, rows)


def _write_draws(vectors: Numbers, path: Path) -> Path:
    """Draws on the working scale, one a row."""
    rows = [[i, *(f"{x:.{_DIGITS}f}" for x in vector)] for i, vector in enumerate(vectors)]
    return write_table(path, ["draw", *(row.id for row in fit_rows())], rows)


def _write_record(
    calibration: Calibration, path: Path, command: str, seed: int, minutes: float
) -> Path:
    """What was fitted to what, how long it took, and how the checks came out."""
    misfit = "\n".join(f'"{name}" = {x:.3f}' for name, x in calibration.surrogate_misfit.items())
    return write_whole(
        f"""# Made by `{command}`; read by `facts.parameters`.
version = "{__version__}"
command = "{command}"
facts_hash = "{inputs_hash()}"
seed = {seed}
minutes = {minutes:.1f}
figures = {int(calibration.figures.used.sum())}
trials = {len({trial for trial, _ in calibration.figures.groups})}
draws = {len(calibration.draws.vectors)}
r_hat = {calibration.draws.r_hat:.4f}
effective_sample_size = {calibration.draws.ess:.0f}
divergent = {calibration.draws.divergent}
pareto_k_hat = {calibration.k_hat:.3f}

[surrogate_misfit]  # root mean square on the link scale, by block
{misfit}
""",
        path,
    )
