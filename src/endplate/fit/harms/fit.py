"""Fits the counted unwanted effects by NUTS and writes the tables that forecasts read."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import jax
import numpy as np
from numpy.typing import NDArray
from numpyro.diagnostics import summary
from numpyro.infer import MCMC, NUTS

from endplate.errors import FitFailed
from endplate.facts.harms import HarmEstimate, HarmFit, HarmScatter, group_of
from endplate.facts.trials import TrialFigure
from endplate.fit.harms.counts import (
    PLACEBO,
    Count,
    CountArrays,
    count_arrays,
    label_counts,
    trial_counts,
    uncounted_uses,
)
from endplate.fit.harms.model import harm_model
from endplate.fit.table_file import write_table

Numbers = NDArray[np.float64]
Samples = dict[str, Numbers]

_LEAST_COUNTS = 20
_DEPTH = 9
_CHECKED = ("_sd", "_mean", "background", "excess", "log_slope", "related_shift")
_PROVENANCE = ("derived", "endplate_model")
_MEANINGS = {
    "trial_sd": "spread of a trial's own way of asking",
    "term_sd": "spread of one effect in one trial",
    "count_sd": "spread of one count",
    "related_shift": "shift of counts of what was laid to the treatment only",
}


@dataclass(frozen=True)
class HarmEffort:
    """Chains, warm-up and draws of each, and how well they must agree and mix."""

    chains: int = 2
    warm_up: int = 500
    draws: int = 1000
    least_ess: float = 100.0
    most_r_hat: float = 1.05
    most_divergent_share: float = 0.005
    target_accept: float = 0.85


_FULL = HarmEffort()


@dataclass(frozen=True)
class HarmChecks:
    """How well the chains agree: worst R-hat, least effective sample size, share divergent."""

    r_hat: float
    ess: float
    divergent_share: float


def fit_harms(
    figures: tuple[TrialFigure, ...],
    gate_slopes: dict[tuple[str, str], float],
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[HarmFit, HarmChecks]:
    """Fit every unwanted effect that trials and labels counted.

    Parameters
    ----------
    figures : tuple of TrialFigure
        Trials; labels' counts that the shipped trials do not repeat are added.
    gate_slopes : dict
        Slope per doubling of the modelled weaknesses, by effect and use.
    seed : int
        Same seed, same draws.
    progress : callable
        Called with what is being done.

    Raises
    ------
    FitFailed
        Too few counts, or chains that disagree, mix badly or diverge.
    """
    return fit_counts(trial_counts(figures) + label_counts(), gate_slopes, seed, progress)


def fit_counts(
    counts: tuple[Count, ...],
    gate_slopes: dict[tuple[str, str], float],
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
    effort: HarmEffort = _FULL,
) -> tuple[HarmFit, HarmChecks]:
    """Fit these counts alone; see `fit_harms`."""
    if len(counts) < _LEAST_COUNTS or all(c.product == PLACEBO for c in counts):
        raise FitFailed(f"{len(counts)} counts of unwanted effects are too few for a fit.")
    arrays = count_arrays(counts)
    known = np.array([gate_slopes.get(use, np.nan) for use in arrays.levels.uses])
    chains, divergent = _sample(arrays, known, seed, progress, effort)
    checks = check_chains(chains, divergent, effort)
    draws = {name: values.reshape(-1, *values.shape[2:]) for name, values in chains.items()}
    return _summarise(arrays, counts, draws), checks


def _sample(
    arrays: CountArrays,
    known: Numbers,
    seed: int,
    progress: Callable[[str], None],
    effort: HarmEffort,
) -> tuple[Samples, float]:
    """Samples by name, shape (chains, draws, ...), and the share that diverged."""
    kernel = NUTS(harm_model, target_accept_prob=effort.target_accept, max_tree_depth=_DEPTH)
    sampler = MCMC(kernel, num_warmup=effort.warm_up, num_samples=effort.draws, progress_bar=False)
    chains, divergent = [], []
    for i, key in enumerate(jax.random.split(jax.random.PRNGKey(seed), effort.chains)):
        progress(f"unwanted effects: {len(arrays.events)} counts, chain {i + 1} of {effort.chains}")
        sampler.run(key, arrays, known, extra_fields=("diverging",))
        samples = sampler.get_samples().items()
        chains.append({name: np.asarray(values) for name, values in samples})
        divergent.append(float(np.mean(np.asarray(sampler.get_extra_fields()["diverging"]))))
    return {name: np.stack([chain[name] for chain in chains]) for name in chains[0]}, max(divergent)


def check_chains(chains: Samples, divergent_share: float, effort: HarmEffort) -> HarmChecks:
    """How well chains of shape (chains, draws, ...) agree; `FitFailed` where that is too little."""
    watched = {
        name: values
        for name, values in chains.items()
        if not name.endswith("_z") and any(part in name for part in _CHECKED)
    }
    diagnostics = summary(watched).values()
    checks = HarmChecks(
        r_hat=float(max(np.max(row["r_hat"]) for row in diagnostics)),
        ess=float(min(np.min(row["n_eff"]) for row in diagnostics)),
        divergent_share=divergent_share,
    )
    poor = checks.r_hat > effort.most_r_hat or checks.ess < effort.least_ess
    if poor or checks.divergent_share > effort.most_divergent_share:
        raise FitFailed(
            f"The fit of unwanted effects did not converge: R-hat {checks.r_hat:.3f} "
            f"(at most {effort.most_r_hat}), {checks.ess:.0f} effective draws (at least "
            f"{effort.least_ess:.0f}), {100 * checks.divergent_share:.1f} % divergent (at most "
            f"{100 * effort.most_divergent_share:g}); nothing was written."
        )
    return checks


def _summarise(arrays: CountArrays, counts: tuple[Count, ...], draws: Samples) -> HarmFit:
    """Posterior of every effect, use and product as means and spreads."""
    levels = arrays.levels
    rng = np.random.default_rng(len(counts))

    def spread(name: str) -> Numbers:
        sd = draws[f"{name}_sd"]
        return sd * rng.standard_normal(sd.shape)

    estimates: dict[tuple[str, str, str], HarmEstimate] = {}
    use_index = {use: i for i, use in enumerate(levels.uses)}
    for i, (term, use, product) in enumerate(levels.products):
        j = use_index[(term, use)]
        parts = draws["background"][:, j], draws["excess"][:, i], draws["log_slope"][:, j]
        estimates[(term, use, product)] = _estimate((term, use, product), parts, counts)
    for (term, use), j in use_index.items():
        excess = draws["excess_any"][:, j] + spread("excess_product")
        parts = draws["background"][:, j], excess, draws["log_slope"][:, j]
        estimates[(term, use, "")] = _estimate((term, use, ""), parts, counts)
    for term, use in uncounted_uses(arrays):
        k, parts = levels.terms.index(term), []
        for level in ("background", "excess"):
            values = draws[f"{level}_anywhere"][:, k] + spread(f"{level}_use")
            if use in levels.indications:
                values = values + draws[f"{level}_indication"][:, levels.indications.index(use)]
            else:
                values = values + spread(f"{level}_indication")
            parts.append(values)
        parts[1] = parts[1] + spread("excess_product")
        slope = draws["log_slope_anywhere"][:, arrays.group_of_term[k]] + spread("slope_use")
        estimates[(term, use, "")] = _estimate((term, use, ""), (*parts, slope), counts)
    scatter = HarmScatter(
        trial_sd=float(np.mean(draws["trial_sd"])),
        term_sd=float(np.mean(draws["trial_term_sd"])),
        count_sd=float(np.mean(draws["count_sd"])),
        related_shift=float(np.mean(draws["related_shift"])),
    )
    return HarmFit(dict(sorted(estimates.items())), arrays.usual_dose_u, scatter)


def _estimate(
    key: tuple[str, str, str],
    parts: tuple[Numbers, Numbers, Numbers],
    counts: tuple[Count, ...],
) -> HarmEstimate:
    term, use, product = key
    background, excess, log_slope = parts
    matching = [
        c for c in counts if (c.term, c.indication) == (term, use) and product in ("", c.product)
    ]
    return HarmEstimate(
        term=term,
        indication=use,
        product=product,
        group=group_of(term),
        background_logit=float(np.mean(background)),
        background_sd=float(np.std(background)),
        excess_logit=float(np.mean(excess)),
        excess_sd=float(np.std(excess)),
        correlation=float(np.corrcoef(background, excess)[0, 1]),
        slope=float(np.exp(np.mean(log_slope))),
        slope_log_sd=float(np.std(log_slope)),
        counts=len(matching),
        verified=bool(matching) and all(c.verified for c in matching),
    )


def write_harms(fit: HarmFit, folder: Path) -> tuple[Path, Path, Path]:
    """Write `harm_fit.csv`, `harm_doses.csv` and `harm_scatter.csv` into a folder."""
    estimates = write_table(
        folder / "harm_fit.csv",
        [*(field.name for field in fields(HarmEstimate)), "kind", "source"],
        ([*map(_cell, asdict(row).values()), *_PROVENANCE] for row in fit.estimates.values()),
    )
    doses = write_table(
        folder / "harm_doses.csv",
        ["indication", "product", "usual_dose", "unit", "kind", "source"],
        ([*key, f"{dose_u:.4g}", "U", *_PROVENANCE] for key, dose_u in fit.usual_dose_u.items()),
    )
    scatter = write_table(
        folder / "harm_scatter.csv",
        ["id", "value", "unit", "kind", "source", "note"],
        (
            [name, _cell(number), "1", *_PROVENANCE, _MEANINGS[name]]
            for name, number in asdict(fit.scatter).items()
        ),
    )
    return estimates, doses, scatter


def _cell(cell: str | float | bool) -> str:
    """Text of a cell: yes or no, four digits of a number."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)
