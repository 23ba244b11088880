"""Promises beside their measures, and ranks of published figures in what was predicted."""

from dataclasses import replace

import numpy as np
import pytest

from endplate.facts.trials import TrialFigure
from endplate.facts.validation_targets import validation_targets
from endplate.learn.predictive import day_predictive, mean_predictive, percent_predictive
from endplate.learn.row import Row
from endplate.learn.summary import error_ratio, summary
from endplate.learn.targets import targets_of

ROW = Row(
    "T", "glabellar_lines", "onabotulinumtoxinA", "20U", 30.0, "inv_none_mild", "percent", 100,
    80.0, "", 76.0, 60.0, 90.0, True, "%", True, 0.6, 20.0, "x", "",
)  # fmt: skip
FIGURE = TrialFigure(
    "T", "glabellar_lines", "onabotulinumtoxinA", "20U", 20.0, 20.0, 100, 30.0,
    "inv_none_mild", "percent", 80.0, "", "x", True, "",
)  # fmt: skip


def change(**edits):
    bladder = {"indication": "overactive_bladder", "endpoint": "ui_per_day", "kind": "change"}
    return replace(ROW, **bladder, unit="1/d", **edits)


def duration(use, days, endpoint="median_duration"):
    return replace(
        ROW, indication=use, endpoint=endpoint, kind="duration", day=None, unit="d",
        observed=100.0, predicted=100.0 + days,
    )  # fmt: skip


def measured(rows, **options):
    return {one.id: one for one in targets_of(summary(tuple(rows)), **options)}


def test_each_promise_is_measured_on_its_own_figures():
    rows = [
        ROW,
        replace(ROW, predicted=90.0, inside=False),
        change(observed=-2.0, predicted=-4.0, inside=True),
        change(observed=-20.0, predicted=-18.0, inside=True),
        duration("glabellar_lines", 10.0),
        duration("cervical_dystonia", -20.0),
        duration("glabellar_lines", 99.0, "mean_duration"),
        duration("glabellar_lines", 99.0, "median_onset"),
        duration("overactive_bladder", 50.0),
        duration("axillary_hyperhidrosis", 10.0),
    ]
    found = measured(rows)
    assert found["percent_error"].measured == 7.0
    assert found["percent_error"].met
    assert found["change_error"].measured == (2.0 + 0.5) / 2  # over a point, and over a fifth
    assert not found["change_error"].met
    assert (found["duration_muscle_error"].n, found["duration_muscle_error"].measured) == (2, 15.0)
    assert not found["duration_muscle_error"].met
    assert found["duration_gland_bladder_error"].measured == 30.0
    assert found["coverage"].measured == 90.0
    assert found["coverage"].met


def test_a_promise_without_figures_is_neither_met_nor_missed():
    found = measured([ROW])
    assert (found["change_error"].n, found["change_error"].measured) == (0, None)
    assert found["change_error"].met is None


def test_trials_left_out_may_err_by_half_as_much_again():
    row = replace(ROW, predicted=ROW.observed + 9.0)
    assert not measured([row])["percent_error"].met
    left_out = measured([row], left_out=True)
    assert left_out["percent_error"].most == pytest.approx(10.5)
    assert left_out["percent_error"].met
    assert "coverage" not in left_out


def test_floors_count_for_coverage_alone():
    floor = replace(ROW, bound="at_least", predicted=20.0, inside=False)
    found = measured([ROW, floor])
    assert found["percent_error"].measured == 4.0
    assert found["coverage"].measured == 50.0


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
    seen = np.round(100 * rng.binomial(80, shares) / 80)
    own = np.random.default_rng(4)
    found = [
        percent_predictive(0.7, np.full(4, 0.7), replace(FIGURE, n=80, value=one), 0.5, own)
        for one in seen
    ]
    uniform([one.rank for one in found])
    inside = [one.low - 0.5 <= v <= one.high + 0.5 for one, v in zip(found, seen, strict=True)]
    assert 0.86 <= np.mean(inside) <= 0.96


def test_ranks_of_times_and_means_follow_their_distribution():
    rng = np.random.default_rng(5)
    days = 100 * np.exp(0.2 * rng.standard_normal(400))
    uniform(
        [day_predictive(100.0, np.full(4, 100.0), replace(FIGURE, value=d), 0.2).rank for d in days]
    )
    one = mean_predictive(-3.0, np.full(4, -3.0), replace(FIGURE, value=-3.0), 0.2)
    assert one.rank == 0.5
    assert one.low < -3.0 < one.high


def test_a_bound_has_no_rank():
    floor = replace(FIGURE, bound="at_least", value=100.0)
    assert day_predictive(90.0, np.full(4, 90.0), floor, 0.2).rank is None
