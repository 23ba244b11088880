"""Works out `facts/tables/dose_slopes.csv`: how fast unwanted effects rise with the dose.

For each effect that a trial counted at several doses of one product, the share of people is taken
as ``p = b + (1 - b) * expit(a + s * log2(dose))``: b under placebo, the rest by a straight line in
the log odds. a, b and s are the most likely values for the counts of all arms together. Trials are
small, so s leans on a weak prior, a normal of mean log 2 (share proportional to dose) and spread
0.7. The interval is 90 %, from the curvature at the best values.

Run: python scripts/dose_slopes.py
"""

import csv
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, ndtr, ndtri

from endplate.facts.parameters import value
from endplate.facts.store import TABLES
from endplate.facts.trials import TrialFigure, trial_figures

PRIOR_MEAN, PRIOR_SD = math.log(2.0), 0.7
TERMS = {
    "ae_dysphagia": "dysphagia",
    "ae_muscular_weakness": "muscular_weakness",
    "ae_dry_mouth": "dry_mouth",
    "ae_dysphonia": "dysphonia",
    "ae_vision_blurred": "vision_blurred",
    "ae_retention": "urinary_retention",
    "ae_cic": "catheter_started",
    "ae_pvr_ge200": "residual_urine",
    "ae_uti": "urinary_tract_infection",
}
TRIALS = (
    "POEWE1998_DOSE", "BRASHEAR1999_BOTB", "COMELLA2011", "GRACIES2015", "GRACIES2017_LL",
    "DMOCHOWSKI2010_DOSE",
)  # fmt: skip
COLUMNS = (
    "term,indication,product,per_doubling_logit,low,high,doses_u,kind,source,locator,verified,note"
).split(",")


def slope(arms: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Most likely slope per doubling and its 90 % interval.

    `arms` are (dose [U], events, people); a dose of 0 is placebo.
    """
    dose_u, events, people = np.array(arms).T
    drug = dose_u > 0
    doublings = np.log2(np.where(drug, dose_u, 1.0))
    doublings = doublings - doublings[drug].mean()

    def loss(free: np.ndarray) -> float:
        background = expit(free[1]) if not drug.all() else 0.0
        share = background + (1 - background) * np.where(
            drug, expit(free[0] + free[2] * doublings), 0.0
        )
        share = np.clip(share, 1e-9, 1 - 1e-9)
        likely = events * np.log(share) + (people - events) * np.log1p(-share)
        # Half a person with and half without keep an empty placebo arm off minus infinity.
        kept = 0.5 * (free[1] + 2 * np.logaddexp(0, -free[1]))
        return -likely.sum() + kept + 0.5 * ((free[2] - PRIOR_MEAN) / PRIOR_SD) ** 2

    best = minimize(loss, np.array([-1.5, -3.0, PRIOR_MEAN]), method="BFGS", tol=1e-6)
    half = float(ndtri(0.95) * math.sqrt(np.linalg.inv(curvature(loss, best.x))[2, 2]))
    return float(best.x[2]), float(best.x[2] - half), float(best.x[2] + half)


def curvature(loss: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Second derivatives of a smooth function by central differences."""
    step = 1e-3 * np.eye(len(at))
    return np.array(
        [
            [
                (loss(at + i + j) - loss(at + i - j) - loss(at - i + j) + loss(at - i - j)) / 4e-6
                for j in step
            ]
            for i in step
        ]
    )


def counted_arms(trial_id: str, endpoint: str) -> list[TrialFigure]:
    """Arms of one trial that counted one effect."""
    return [
        figure
        for figure in trial_figures()
        if (figure.trial_id, figure.endpoint) == (trial_id, endpoint)
        and figure.n is not None
        and figure.dose_u is not None
    ]


def pinch_arms() -> list[TrialFigure]:
    """Arms of the trial that measured pinch strength after treatment of the palm."""
    return counted_arms("Saadia-2001", "pinch_strength_pct")


def row_of(term: str, figures: list[TrialFigure], arms: list[tuple[float, float, float]]) -> dict:
    """One row of the table."""
    first = next(figure for figure in figures if figure.product != "placebo")
    centre, low, high = slope(arms)
    return {
        "term": term,
        "indication": first.indication,
        "product": first.product,
        "per_doubling_logit": f"{centre:.2f}",
        "low": f"{low:.2f}",
        "high": f"{high:.2f}",
        "doses_u": ";".join(f"{dose_u:g}" for dose_u, _, _ in arms if dose_u),
        "kind": "derived",
        "source": first.source,
        "locator": "scripts/dose_slopes.py",
        "verified": "yes" if all(figure.verified for figure in figures) else "no",
        "note": "",
    }


def table_rows() -> list[dict]:
    """Every row, in the order of the trials."""
    rows = []
    for trial_id in TRIALS:
        for endpoint, term in TERMS.items():
            figures = counted_arms(trial_id, endpoint)
            if len({figure.dose_u for figure in figures if figure.dose_u}) < 2:
                continue
            arms = [(f.dose_u, f.value / 100 * f.n, float(f.n)) for f in figures]
            rows.append(row_of(term, figures, arms))
    figures = pinch_arms()
    noticed = 100 * value("pinch_loss_noticed")
    arms = [(f.dose_u, float(ndtr((-noticed - f.value) / f.sd)) * f.n, float(f.n)) for f in figures]
    note = "share beyond the loss that is noticed, from mean and spread; dose of one palm"
    rows.append(row_of("pinch_weakness", figures, arms) | {"note": note})
    return rows


def write(folder: Path) -> None:
    """Write the table into a folder."""
    with (folder / "dose_slopes.csv").open("w", newline="", encoding="utf-8") as lines:
        out = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        out.writeheader()
        out.writerows(table_rows())


if __name__ == "__main__":
    write(TABLES)
