"""Promises beside their measures, and ranks of published figures in what was predicted."""

from dataclasses import replace

import numpy as np
import pytest

from endplate.facts.trials import TrialFigure
from endplate.facts.validation import validation_targets
from endplate.fit.likelihood import Scatter, figure_arrays, mean_size
from endplate.validation.predictive import predictive_intervals
from endplate.validation.results import Row, error_ratio, summary, targets_of

ROW = Row(
    "T", "glabellar_lines", "onabotulinumtoxinA", "20U", 30.0, "inv_none_mild", "percent", 100,
    80.0, "", 76.0, 60.0, 90.0, True, "%", True, 0.6, 20.0, "x", "",
)  # fmt: skip
FIGURE = TrialFigure(
    "T", "glabellar_lines", "onabotulinumtoxinA", "20U", 20.0, 20.0, 100, 30.0,
    "inv_none_mild", "percent", 80.0, "", "x", True, "",
)  # fmt: skip


def interval_of(predicted, figure, **scatter):
    """Predictive interval of one figure with nothing left open by the fit."""
    errors = Scatter(**(dict.fromkeys(Scatter._fields, 0.0) | {"duration_log": 0.1} | scatter))
    at = np.array([predicted])
    return predictive_intervals(at, at[None], errors, figure_arrays((figure,)))[0]


def change(**edits):
    bladder = {"indication": "overactive_bladder", "endpoint": "ui_per_day", "kind": "change"}
    return replace(ROW, **bladder, unit="1/d", **edits)


def duration(use, days, endpoint="median_duration"):
    return replace(
        ROW, indication=use, endpoint=endpoint, kind="duration", day=None, unit="d",
        observed=100.0, predicted=100.0 + days,
    )  # fmt: skip


def measured(rows, **options):
    return {target.id: target for target in targets_of(summary(tuple(rows)), **options)}


def test_each_promise_is_measured_on_its_own_figures():
    rows = [
        ROW,
        replace(ROW, predicted=86.0, inside=False),
        change(observed=-2.0, predicted=-4.0, inside=True),
        change(observed=-20.0, predicted=-18.0, inside=True),
        duration("glabellar_lines", 10.0),
        duration("cervical_dystonia", -20.0),
        duration("glabellar_lines", 99.0, "mean_duration"),
        duration("glabellar_lines", 99.0, "median_onset"),
        duration("overactive_bladder", 50.0),
        duration("axillary_hyperhidrosis", 10.0),
    ]
    targets = measured(rows)
    assert targets["percent_error"].measured == 5.0
    assert targets["percent_error"].met
    assert targets["change_error"].measured == (2.0 + 0.5) / 2  # over a point, and over a fifth
    assert not targets["change_error"].met
    assert (targets["duration_muscle_error"].n, targets["duration_muscle_error"].measured) == (
        2,
        15.0,
    )
    assert not targets["duration_muscle_error"].met
    assert targets["duration_gland_bladder_error"].measured == 30.0
    assert targets["coverage"].measured == 90.0
    assert targets["coverage"].met


def test_a_promise_without_figures_is_neither_met_nor_missed():
    targets = measured([ROW])
    assert (targets["change_error"].n, targets["change_error"].measured) == (0, None)
    assert targets["change_error"].met is None


def test_trials_left_out_may_err_by_a_little_more():
    row = replace(ROW, predicted=ROW.observed + 6.5)
    assert not measured([row])["percent_error"].met
    left_out = measured([row], left_out=True)
    assert left_out["percent_error"].most == pytest.approx(7.0)
    assert left_out["percent_error"].met
    assert "glabellar_products" not in left_out


def test_intervals_must_hold_no_less_and_no_more_of_trials_left_out():
    inside = [replace(ROW, inside=i < 90) for i in range(100)]
    assert measured(inside, left_out=True)["coverage"].met
    assert not measured([replace(ROW, inside=True)], left_out=True)["coverage"].met


def test_floors_count_for_coverage_alone():
    floor = replace(ROW, bound="at_least", predicted=20.0, inside=False)
    targets = measured([ROW, floor])
    assert targets["percent_error"].measured == 4.0
    assert targets["coverage"].measured == 50.0


def test_what_counts_as_small_is_a_fifth_or_a_point():
    assert error_ratio(change(observed=-3.0, predicted=-3.5)) == 0.5
    assert error_ratio(change(observed=-30.0, predicted=-36.0)) == 1.0


def test_every_promise_has_a_figure_it_can_be_read_from():
    for row in validation_targets():
        assert row.measure in {"mae", "mae_ratio", "coverage_90"}
        assert row.words


def uniform(ranks):
    """Whether ranks fill (0, 1) evenly: mean and spread of 400 within four of their errors."""
    assert np.mean(ranks) == pytest.approx(0.5, abs=4 * 0.29 / np.sqrt(len(ranks)))
    assert np.std(ranks) == pytest.approx(12**-0.5, abs=0.06)


def test_ranks_of_percents_drawn_from_the_prediction_are_even():
    rng = np.random.default_rng(3)
    shares = 1 / (1 + np.exp(-(np.log(0.7 / 0.3) + 0.5 * rng.standard_normal(400))))
    published = np.round(100 * rng.binomial(80, shares) / 80)
    intervals = [
        interval_of(np.log(0.7 / 0.3), replace(FIGURE, n=80, value=value), trial_logit=0.5)
        for value in published
    ]
    uniform([interval.rank for interval in intervals])
    pairs = zip(intervals, published, strict=True)
    inside = [interval.low - 0.5 <= value <= interval.high + 0.5 for interval, value in pairs]
    assert 0.86 <= np.mean(inside) <= 0.96


def test_ranks_of_times_and_means_follow_their_distribution():
    rng = np.random.default_rng(5)
    days = 100 * np.exp(0.2 * rng.standard_normal(400))
    timed = replace(FIGURE, endpoint="median_duration", day=None, n=10**9)
    uniform(
        [interval_of(np.log(100), replace(timed, value=d), duration_log=0.2).rank for d in days]
    )
    leaks = replace(FIGURE, indication="overactive_bladder", endpoint="ui_per_day", value=-3.0)
    interval = interval_of(-3.0, leaks, trial_mean=0.2)
    assert interval.rank == 0.5
    size = float(mean_size(np.array([-3.0]), figure_arrays((leaks,)))[0])
    sd = size * np.hypot(0.2, 0.7 / np.sqrt(leaks.n))  # trials, and the people sampled
    assert interval.low == pytest.approx(-3.0 - 1.645 * sd, abs=2e-3)
    assert interval.high == pytest.approx(-3.0 + 1.645 * sd, abs=2e-3)


def test_what_the_fit_leaves_open_widens_an_interval():
    sure = interval_of(np.log(100), replace(FIGURE, endpoint="median_duration"))
    arrays = figure_arrays((replace(FIGURE, endpoint="median_duration"),))
    drawn = np.log(100) + np.array([[-0.3], [0.3]])
    nothing_else = Scatter(**(dict.fromkeys(Scatter._fields, 0.0) | {"duration_log": 0.1}))
    (open_,) = predictive_intervals(np.array([np.log(100)]), drawn, nothing_else, arrays)
    assert open_.low < sure.low < sure.high < open_.high


@pytest.mark.parametrize("bound", ["at_least", "at_most"])
def test_a_bound_has_no_rank(bound):
    known = replace(FIGURE, endpoint="median_duration", bound=bound, value=100.0)
    interval = interval_of(np.log(90.0), known)
    assert interval.rank is None
    # a floor can be met by anything above it, a ceiling by anything below
    sign = 1 if bound == "at_least" else -1
    assert interval.contains(90.0 * np.exp(-sign * 2), 0.5, sign)
    assert not interval.contains(90.0 * np.exp(sign * 2), 0.5, sign)
