"""Fits the counted unwanted effects by NUTS and says what to expect of each."""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import numpy as np
from numpy.typing import NDArray
from numpyro.diagnostics import summary
from numpyro.infer import MCMC, NUTS

from endplate.errors import FitFailed
from endplate.facts.harms import HarmEstimate, HarmFit, HarmScatter, group_of
from endplate.facts.trials import TrialFigure
from endplate.fit.harms.counts import PLACEBO, Count, label_counts, trial_counts
from endplate.fit.harms.design import Design, design_of, elsewhere
from endplate.fit.harms.model import harm_model

Numbers = NDArray[np.float64]
Draws = dict[str, Numbers]
Tell = Callable[[str], None]

_LEAST_COUNTS = 20
_DEPTH = 9
_CHECKED = ("_sd", "_mean", "background", "excess", "log_slope", "related_shift")


@dataclass(frozen=True)
class Effort:
    """Chains, draws to warm up and draws kept of each, and how well they must agree and mix."""

    chains: int = 2
    warm_up: int = 500
    kept: int = 1000
    least_ess: float = 100.0
    most_r_hat: float = 1.05
    most_divergent_share: float = 0.005
    target_accept: float = 0.85


FULL = Effort()


@dataclass(frozen=True)
class HarmChecks:
    """How well the chains agree: worst R-hat, least effective draws, share of divergences."""

    r_hat: float
    ess: float
    divergent_share: float


def _silent(_: str) -> None:
    """Tell no one."""


def fit_harms(
    figures: tuple[TrialFigure, ...],
    gate_slopes: dict[tuple[str, str], float],
    seed: int = 0,
    progress: Tell = _silent,
) -> tuple[HarmFit, HarmChecks]:
    """Fit every unwanted effect that trials and labels counted.

    Parameters
    ----------
    figures : tuple of TrialFigure
        Trials; labels' counts that the shipped trials do not repeat are added.
    gate_slopes : dict
        Slope per doubling of the modelled weaknesses (`learn.reach.gate_slopes`).
    seed : int
        Same seed, same draws.
    progress : callable
        Told what is being done.

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
    progress: Tell = _silent,
    effort: Effort = FULL,
) -> tuple[HarmFit, HarmChecks]:
    """Fit these counts alone; see `fit_harms`."""
    if len(counts) < _LEAST_COUNTS or all(c.product == PLACEBO for c in counts):
        raise FitFailed(f"{len(counts)} counts of unwanted effects are too few for a fit.")
    design = design_of(counts)
    known = np.array([gate_slopes.get(use, np.nan) for use in design.names.uses])
    chains, divergent = _sampled(design, known, seed, progress, effort)
    checks = checked(chains, divergent, effort)
    flat = {name: own.reshape(-1, *own.shape[2:]) for name, own in chains.items()}
    return _fit_of(design, counts, flat), checks


def _sampled(
    design: Design, known: Numbers, seed: int, progress: Tell, effort: Effort
) -> tuple[Draws, float]:
    """Draws by name, shape (chains, draws, ...), and the share that diverged."""
    kernel = NUTS(harm_model, target_accept_prob=effort.target_accept, max_tree_depth=_DEPTH)
    sampler = MCMC(kernel, num_warmup=effort.warm_up, num_samples=effort.kept, progress_bar=False)
    chains, divergent = [], []
    for i, key in enumerate(jax.random.split(jax.random.PRNGKey(seed), effort.chains)):
        progress(f"unwanted effects: {len(design.events)} counts, chain {i + 1} of {effort.chains}")
        sampler.run(key, design, known, extra_fields=("diverging",))
        chains.append({name: np.asarray(own) for name, own in sampler.get_samples().items()})
        divergent.append(float(np.mean(np.asarray(sampler.get_extra_fields()["diverging"]))))
    return {name: np.stack([own[name] for own in chains]) for name in chains[0]}, max(divergent)


def checked(chains: Draws, divergent_share: float, effort: Effort) -> HarmChecks:
    """How well chains of shape (chains, draws, ...) agree; `FitFailed` where that is too little."""
    watched = {
        name: own
        for name, own in chains.items()
        if not name.endswith("_z") and any(part in name for part in _CHECKED)
    }
    told = summary(watched).values()
    checks = HarmChecks(
        r_hat=float(max(np.max(one["r_hat"]) for one in told)),
        ess=float(min(np.min(one["n_eff"]) for one in told)),
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


def _fit_of(design: Design, counts: tuple[Count, ...], draws: Draws) -> HarmFit:
    """Posterior of every effect, use and product as means and spreads."""
    names = design.names
    rng = np.random.default_rng(len(counts))

    def spread(name: str) -> Numbers:
        sd = draws[f"{name}_sd"]
        return sd * rng.standard_normal(sd.shape)

    found: dict[tuple[str, str, str], HarmEstimate] = {}
    place = {use: i for i, use in enumerate(names.uses)}
    for i, (term, use, product) in enumerate(names.products):
        own = place[(term, use)]
        parts = draws["background"][:, own], draws["excess"][:, i], draws["log_slope"][:, own]
        found[(term, use, product)] = _estimate((term, use, product), parts, counts)
    for (term, use), own in place.items():
        excess = draws["excess_any"][:, own] + spread("excess_product")
        parts = draws["background"][:, own], excess, draws["log_slope"][:, own]
        found[(term, use, "")] = _estimate((term, use, ""), parts, counts)
    for term, use in elsewhere(design):
        own, parts = names.terms.index(term), []
        for level in ("background", "excess"):
            drawn = draws[f"{level}_anywhere"][:, own] + spread(f"{level}_use")
            if use in names.indications:
                drawn = drawn + draws[f"{level}_indication"][:, names.indications.index(use)]
            else:
                drawn = drawn + spread(f"{level}_indication")
            parts.append(drawn)
        parts[1] = parts[1] + spread("excess_product")
        slope = draws["log_slope_anywhere"][:, design.group_of_term[own]] + spread("slope_use")
        found[(term, use, "")] = _estimate((term, use, ""), (*parts, slope), counts)
    scatter = HarmScatter(
        trial_sd=float(np.mean(draws["trial_sd"])),
        term_sd=float(np.mean(draws["trial_term_sd"])),
        count_sd=float(np.mean(draws["count_sd"])),
        related_shift=float(np.mean(draws["related_shift"])),
    )
    return HarmFit(dict(sorted(found.items())), design.usual_dose_u, scatter)


def _estimate(
    key: tuple[str, str, str],
    parts: tuple[Numbers, Numbers, Numbers],
    counts: tuple[Count, ...],
) -> HarmEstimate:
    term, use, product = key
    background, excess, log_slope = parts
    own = [
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
        counts=len(own),
        verified=bool(own) and all(c.verified for c in own),
    )
