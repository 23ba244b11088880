"""Published times beside ours: what counts as inside, and that one use runs through."""

from dataclasses import replace

import pytest

from endplate.facts.trials import every_expected_course
from endplate.validation import times as module
from endplate.validation.times import TOLERANCE, times


def row(compare, low_d, high_d):
    return replace(every_expected_course()[0], compare=compare, low_d=low_d, high_d=high_d)


@pytest.mark.parametrize(
    ("compare", "ours_d", "share", "inside"),
    [
        ("middle", 100.0 * (1 + TOLERANCE) - 1, None, True),
        ("middle", 100.0 * (1 + TOLERANCE) + 1, None, False),
        ("middle", 80.0 * (1 - TOLERANCE) - 1, None, False),
        ("by", 100.0, None, True),
        ("by", 101.0, None, False),
        ("at_least", 500.0, None, True),
        ("at_least", 80.0 * (1 - TOLERANCE) - 1, None, False),
        ("visit", 30.0, 0.9, True),
        ("visit", 30.0, 0.5, False),
        ("by", 0.0, None, True),
        ("by", None, None, False),
    ],
)
def test_what_counts_as_inside(compare, ours_d, share, inside):
    assert module._inside(row(compare, 80.0, 100.0), ours_d, share) is inside


def test_a_duration_is_read_as_its_trial_counted_it(monkeypatch):
    """Half of those who gain keep half of the gain for longer than until they ask again."""
    (asked,) = (r for r in every_expected_course() if r.id == "ona_ndo_adult_duration")
    monkeypatch.setattr(module, "every_expected_course", lambda: (asked,))
    (row,) = times(people=64).rows
    assert row.endpoint == "median_duration_retreat"
    assert row.as_trial_d is not None
    assert row.as_trial_d != row.ours_d
    assert row.inside is module._inside(asked, row.as_trial_d, None)


def test_a_use_is_compared_and_one_without_a_model_is_left_out(monkeypatch):
    uses = {("onabotulinumtoxinA", "axillary_hyperhidrosis"), ("incobotulinumtoxinA", "sialorrhea")}
    few = tuple(r for r in every_expected_course() if (r.product, r.indication) in uses)
    monkeypatch.setattr(module, "every_expected_course", lambda: few)
    result = times(people=64)
    assert [r.phase for r in result.rows] == ["peak", "duration"]
    assert all(r.ours_p25_d <= r.ours_d <= r.ours_p75_d for r in result.rows)
    assert result.rows[0].effect_share > 0.9
    assert [s["indication"] for s in result.skipped] == ["sialorrhea"]
