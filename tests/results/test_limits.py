"""Plans outside what trials tried say so and are less sure, the more the further out."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endplate import simulate
from endplate.case import PreviousTreatment
from endplate.results.limits import (
    extrapolations,
    repeat_extrapolations,
    trial_dose_range_u,
    widening,
)
from one_area_plan import AREA, plan
from plan_strategies import PLANS


def factor(made, indication=AREA, dose_u=20.0):
    return widening(extrapolations(made, indication, dose_u))


def treated_before(days):
    given_on = plan().treatment.date - timedelta(days=days)
    earlier = PreviousTreatment(
        date=given_on, product="onabotulinumtoxinA", indication=AREA, dose_u=20.0
    )
    return plan(previous=(earlier,))


def test_inside_it_is_exactly_one():
    low_u, high_u = trial_dose_range_u("onabotulinumtoxinA", AREA)
    assert (low_u, high_u) == (10.0, 40.0)
    for dose_u in (low_u, 20.0, high_u):
        assert factor(plan(), dose_u=dose_u) == 1.0
    assert factor(plan(age_y=18)) == factor(plan(age_y=75)) == factor(plan(age_y=None)) == 1.0
    assert factor(treated_before(90)) == 1.0
    assert factor(plan(baseline="")) == 1.0
    assert factor(plan("onabotulinumtoxinA", "cervical_dystonia", "twstrs_total = 45"),
                  "cervical_dystonia", 236) == 1.0  # fmt: skip


@pytest.mark.parametrize(
    ("made", "dose_u", "word"),
    [
        (plan(), 80.0, "trial doses"),
        (plan(), 5.0, "trial doses"),
        (plan(age_y=85), 20.0, "Age 85"),
        (plan(baseline="glabellar_lines = 1"), 20.0, "below moderate"),
        (treated_before(45), 20.0, "45 days after"),
    ],
)
def test_outside_it_says_so_and_widens(made, dose_u, word):
    (found,) = extrapolations(made, AREA, dose_u)
    assert word in found.sentence
    assert widening((found,)) == pytest.approx((1 + found.distance**2) ** 0.5)
    assert factor(made, dose_u=dose_u) > 1.2


def test_one_doubling_counts_as_one():
    """Twice the dose at which the range, with its tolerance of a twentieth, ends."""
    (found,) = extrapolations(plan(), AREA, 2 * 1.05 * 40)
    assert found.distance == pytest.approx(1.0)
    (old,) = extrapolations(plan(age_y=85), AREA, 20)
    assert old.distance == pytest.approx(1.0)


def test_a_score_far_from_the_trials_counts():
    neck = {"indication": "cervical_dystonia", "product": "onabotulinumtoxinA"}
    (found,) = extrapolations(plan(baseline="twstrs_total = 80", **neck), "cervical_dystonia", 236)
    assert found.distance == pytest.approx((80 - 43.7) / 9.3 - 2)
    assert "80" in found.sentence


def test_a_product_without_a_trial_is_held_to_its_labels_dose():
    made = plan("incobotulinumtoxinA", "lateral_canthal_lines", "lateral_canthal_lines = 3")
    assert trial_dose_range_u("incobotulinumtoxinA", "lateral_canthal_lines") is None
    at_label = extrapolations(made, "lateral_canthal_lines", 24)
    assert len(at_label) == 1
    assert "No trial" in at_label[0].sentence
    assert at_label[0].distance == pytest.approx(0.25 / 0.6931, abs=1e-3)  # prior sd of its ratio
    twice = extrapolations(made, "lateral_canthal_lines", 48)
    assert len(twice) == 2
    assert widening(twice) > widening(at_label) > 1.0


def test_the_interval_between_repeated_treatments_counts():
    often = "[repeat]\ncycles = 3\ninterval_d = {}\n"
    assert repeat_extrapolations(plan(), AREA) == ()
    assert repeat_extrapolations(plan(more=often.format(90)), AREA) == ()
    (found,) = repeat_extrapolations(plan(more=often.format(45)), AREA)
    assert found.distance == pytest.approx(1.0)


@given(st.floats(0.01, 1000), st.floats(1, 8))
def test_never_surer_with_a_dose_further_out(dose_u, times):
    low_u, high_u = trial_dose_range_u("onabotulinumtoxinA", AREA)
    further_u = dose_u * times if dose_u > high_u else dose_u / times
    near, far = factor(plan(), dose_u=dose_u), factor(plan(), dose_u=further_u)
    if low_u <= dose_u <= high_u:
        assert near == 1.0
    assert far >= near


@given(st.integers(1, 400), st.integers(1, 400))
def test_never_surer_with_less_time_since_the_last_treatment(one, other):
    soon, late = sorted((one, other))
    assert factor(treated_before(soon)) >= factor(treated_before(late)) >= 1.0


@given(st.floats(0, 120), st.floats(0, 40))
def test_never_surer_with_an_age_further_out(age_y, more_y):
    older = factor(plan(age_y=age_y + more_y if age_y > 46 else max(age_y - more_y, 0)))
    assert older >= factor(plan(age_y=age_y)) >= 1.0


@given(PLANS)
def test_what_widens_is_said(made):
    for indication in made.treatment.indications:
        found = extrapolations(made, indication, 50.0)
        assert all(one.distance > 0 and one.sentence.endswith(".") for one in found)
        assert widening(found) == 1.0 if not found else widening(found) > 1.0


def test_the_forecast_itself_widens():
    inside = simulate(plan(), people=256)
    outside = simulate(plan(age_y=105), people=256)  # three decades beyond: sqrt(1 + 9)
    for near, far in zip(inside.outcomes, outside.outcomes, strict=True):
        assert near.widened == 1.0
        assert far.widened == pytest.approx(10**0.5)
    duration = outside.timing.duration_d
    assert duration.widened == pytest.approx(10**0.5)
    before = inside.timing.duration_d
    assert duration.trials_high / duration.median == pytest.approx(
        (before.trials_high / before.median) ** 10**0.5
    )
    assert any("3.2 times as wide" in line for line in outside.limits)
    assert not any("times as wide" in line for line in inside.limits)


def test_cycles_given_too_soon_widen():
    made = plan(more="[repeat]\ncycles = 2\ninterval_d = 45\n")
    found = simulate(made, people=128)
    assert all(row.widened == pytest.approx(2**0.5) for row in found.cycles.rows)
    assert all(row.widened == 1.0 for row in found.outcomes)
    for row in found.cycles.rows[0].outcomes:
        assert row.trials_low <= row.at_visit <= row.trials_high
    assert any("again after 45 days" in line for line in found.limits)
