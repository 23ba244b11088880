"""The model against published figures: the promise of the README, held by a test."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from endplate.facts.parameters import fit_rows
from endplate.facts.trials import trial_figures
from endplate.learn.fit import predictor_for
from endplate.learn.kinds import why_skipped
from endplate.learn.likelihood import figure_arrays, log_likelihood, log_prior
from endplate.learn.trial_table import read_trials
from endplate.learn.validate import validate
from endplate.people import model

MOST_ERROR_POINTS = 8.0
COVERAGE_90 = (80.0, 97.0)


@pytest.fixture(scope="module")
def validation():
    return validate(trial_figures())


def overall(found, kind):
    return next(row for row in found.summary if (row["indication"], row["kind"]) == ("all", kind))


def test_percents_are_within_eight_points_and_intervals_cover(validation):
    row = overall(validation, "percent")
    assert row["n"] > 140
    assert row["mae"] <= MOST_ERROR_POINTS
    assert COVERAGE_90[0] <= row["coverage_90"] <= COVERAGE_90[1]


def test_the_shared_table_gives_the_same_promise(evidence):
    upper_face = tuple(
        f for f in read_trials(evidence / "trials_shared.csv")
        if f.indication in ("glabellar_lines", "lateral_canthal_lines", "forehead_lines")
    )  # fmt: skip
    row = overall(validate(upper_face), "percent")
    assert row["mae"] <= MOST_ERROR_POINTS
    assert COVERAGE_90[0] <= row["coverage_90"] <= COVERAGE_90[1]


def test_every_figure_is_predicted_or_skipped_with_a_reason(validation):
    assert len(validation.rows) + len(validation.skipped) == len(trial_figures())
    assert all(row["reason"] for row in validation.skipped)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"indication": "chronic_migraine"}, "indication chronic_migraine is not covered"),
        ({"endpoint": "twstrs_total"}, "endpoint twstrs_total is not covered"),
        ({"product": "rimabotulinumtoxinB"}, "product rimabotulinumtoxinB is not covered"),
        ({"area_dose_u": None}, "the dose in the area is not stated"),
        ({"day": None}, "the day is not stated"),
        ({"day": 5000.0}, "day 5000 is outside"),
    ],
)
def test_what_is_not_covered_says_why(change, reason):
    known = next(f for f in trial_figures() if f.endpoint == "inv_none_mild" and f.area_dose_u)
    assert why_skipped(known) is None
    assert reason in why_skipped(replace(known, **change))


def test_the_stored_estimates_are_a_mode():
    """No step of a tenth of a prior from the stored vector raises the posterior by much."""
    predictor = predictor_for(trial_figures(), trial_figures())
    arrays = figure_arrays(predictor.figures)
    posterior = jax.jit(lambda v: log_likelihood(predictor(v), v, arrays) + log_prior(v))
    centre = np.asarray(model.stored_vector())
    best = float(posterior(jnp.asarray(centre)))
    for i, row in enumerate(fit_rows()):
        for sign in (-1, 1):
            moved = centre.copy()
            moved[i] += sign * 0.1 * row.prior_sd
            assert float(posterior(jnp.asarray(moved))) < best + 0.05, row.id


def test_the_readme_prints_what_the_command_prints(validation, root):
    text = (root / "README.md").read_text(encoding="utf-8").replace("**", "")
    row = overall(validation, "percent")
    expected = (
        f"| all, percent | {row['n']} | {row['mae']:.1f} points | {row['bias']:+.1f} | "
        f"{row['coverage_90']:.0f} % |"
    )
    assert expected in text
