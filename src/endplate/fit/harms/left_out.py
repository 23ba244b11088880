"""How well a trial's unwanted effects are predicted by all other trials."""

from endplate.facts.trials import TrialFigure
from endplate.fit.harms.counts import is_harm, label_counts, trial_counts
from endplate.fit.harms.fit import Effort, Tell, fit_counts
from endplate.fit.harms.rows import HarmRow, harm_rows

# Means settle sooner than the tables that are kept; many trials are refitted.
QUICK = Effort(
    chains=1,
    warm_up=400,
    kept=400,
    least_ess=10.0,
    most_r_hat=1.2,
    most_divergent_share=0.02,
    target_accept=0.95,
)


def left_out_rows(
    figures: tuple[TrialFigure, ...],
    gate_slopes: dict[tuple[str, str], float],
    seed: int,
    progress: Tell,
    beside: tuple[TrialFigure, ...] = (),
) -> tuple[HarmRow, ...]:
    """Predict each trial from a fit that never saw it, by refitting.

    Parameters
    ----------
    figures : tuple of TrialFigure
        Trials; of labels' counts only those of other publications are kept.
    gate_slopes : dict
        Slope per doubling of the modelled weaknesses.
    seed : int
        Seed of every fit.
    progress : callable
        Told which trial is left out.
    beside : tuple of TrialFigure
        Further trials that every fit sees.

    Raises
    ------
    FitFailed
        A fit did not converge.
    """
    counts, known = trial_counts(figures), trial_counts(beside) + label_counts()
    found: list[HarmRow] = []
    for trial in dict.fromkeys(count.trial for count in counts):
        progress(f"without {trial}")
        own = tuple(f for f in figures if f.trial_id == trial and is_harm(f))
        published = {(f.source, f.indication) for f in own}
        others = tuple(
            c
            for c in counts + known
            if c.trial != trial and (c.source, c.indication) not in published
        )
        fit, _ = fit_counts(others, gate_slopes, seed, effort=QUICK)
        found += harm_rows(own, fit)[0]
    return tuple(found)
