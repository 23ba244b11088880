"""False positives of every analysis over 10,000 replicates of a small design, and its power."""

import numpy as np
import pytest

from endplate.trials import Trial
from endplate.trials.analysis import Tally
from endplate.trials.assembly import parts_of
from endplate.trials.design import Design
from endplate.trials.layout import layout_of
from endplate.trials.manifest import opened
from endplate.trials.pool import pool_of
from endplate.trials.statistics import (
    Survival,
    cochran_mantel_haenszel,
    log_rank,
    newcombe,
)
from endplate.trials.summary import summary_of
from endplate.trials.trial import job_of, run_tasks
from trial_designs import glabella

REPLICATES = 10_000
CONTROL = """
[analysis]
control = "20 U"
"""
HOLM = 'multiplicity = "holm"\n'
STRATA = "\n[strata]\ncut_at = [3]\n"


def within(percent, wanted=5.0):
    """Four Monte-Carlo errors, and a half percent: counts of few people have no test of 5 %."""
    error = 100 * np.sqrt(0.05 * 0.95 / REPLICATES)
    return abs(percent - wanted) < 4 * error + 0.5


def test_the_tests_keep_their_level_in_drawn_counts():
    rng = np.random.default_rng(4)
    n = np.full((REPLICATES, 2), 40.0)
    x, y = rng.binomial(40, [0.3, 0.6], (2, REPLICATES, 2)).astype(float)
    assert within(100 * (cochran_mantel_haenszel(x, n, y, n) <= 0.05).mean())
    _, low, high = newcombe(*(k.sum(axis=1) for k in (x, n, y, n)), 1.959964)
    assert within(100 * ((low > 0) | (high < 0)).mean())
    day = rng.geometric(0.15, (2, REPLICATES, 60)).clip(1, 12) - 1
    kept = rng.random(day.shape) < 0.2
    arms = []
    for own, off in zip(day, kept, strict=True):
        rows = np.arange(REPLICATES)[:, None] * 12 + own
        events, censored = (
            np.bincount(rows.ravel(), which.ravel(), REPLICATES * 12).reshape(-1, 12)
            for which in (~off, off)
        )
        arms.append(Survival(events, censored))
    assert within(100 * (log_rank(*arms)[1] <= 0.05).mean())


def analysed(text, folder):
    """The summary of a run of which no dataset is written, which takes longer than to run it."""
    design = Design.loads(text)
    with pool_of(None, None) as pool:
        job, prepared = job_of(design, pool)
        folder.mkdir()
        manifest = opened(folder / "run", design.trial.title, job, pool.fingerprint(), False)
        layout = layout_of(design, tuple(prepared["strata"]))
        run_tasks(pool, manifest, layout, None)
        tally = Tally(design, layout)
        for part in parts_of(manifest, layout):
            tally.add(part)
        return summary_of(tally, prepared, pool.fingerprint(), "test")


def told(summary):
    """Rates with their Monte-Carlo errors, for who runs this with `-s`."""
    for row in summary["endpoints"]:
        rate, error = row["type_one_error"], row["type_one_error_se"]
        print(f"{row['endpoint']} ({row['method']}): {rate:.2f} % (error {error:.2f})")
    family = summary["family"]
    print(f"{family['multiplicity']}: any of them {family['any_false_positive']}")


@pytest.mark.slow
def test_two_arms_given_the_same_are_told_apart_in_five_of_a_hundred_trials(tmp_path):
    """Each analysis: CMH with and without strata, ANCOVA, log-rank of durations and of onsets."""
    lines = glabella(60, REPLICATES, more=f"{CONTROL}{HOLM}").replace("day = 30", "day = 90", 1)
    designs = {
        "lines": lines,
        "strata": f"{lines}{STRATA}".replace("median_duration_ge1", "median_onset"),
        "scores": lines.replace("glabellar_lines", "cervical_dystonia", 1)
        .replace("dose_u = 20", "dose_u = 236")
        .replace("inv_none_mild", "twstrs_total")
        .replace("median_duration_ge1", "median_duration"),
    }
    for name, text in designs.items():
        summary = analysed(text, tmp_path / name)
        told(summary)
        for row in summary["endpoints"]:
            assert within(row["type_one_error"]), row["endpoint"]
            if row["bias"] is not None and name == "scores":
                # a tenth has left by day 90 and counts as unchanged: a tenth of the effect is lost
                lost = 0.1 * row["truth"]
                assert abs(row["bias"] + lost) < 4 * row["bias_se"] + 0.01 * abs(row["truth"])
        any_of_them = summary["family"]["any_false_positive"]
        assert any_of_them["percent"] < 5 + 4 * any_of_them["se"] + 0.5


@pytest.mark.slow
def test_a_size_has_the_power_it_was_asked_for(tmp_path):
    text = glabella(40, 400).replace(
        'code = "inv_none_mild"\nday = 30', 'code = "inv_none_mild"\nday = 90'
    )
    sized = Trial.loads(text).size(power=0.8)
    people = 2 * sized["people_per_arm"]
    assert sized["people_per_arm_low"] <= sized["people_per_arm"] <= sized["people_per_arm_high"]
    other = text.replace("seed = 3", "seed = 9").replace("replicates = 400", "replicates = 2000")
    run = Trial.loads(other).run(tmp_path / "run", people=people)
    assert run.summary["power"] == pytest.approx(80, abs=6)
