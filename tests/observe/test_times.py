"""Onset, peak and duration: of each subject, and as a trial prints it; against closed forms."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.facts.endpoints import BURDEN, LINE, duration_name, duration_rules, symptom_scores
from endplate.model import Parameters
from endplate.observe.course import IndicationCourse, Subjects
from endplate.observe.times import (
    first_crossing_d,
    half_lost_d,
    half_reached_d,
    last_crossing_d,
    mean_lost_d,
    noticed,
    printed_d,
    retained_at_visits,
    score_retained,
    subject_times,
    visits_d,
)
from endplate.population.random_effects import EFFECTS, by_name

TIME_D = jnp.linspace(0.0, 400.0, 4001)
SUBJECTS = 64


def rise_then_decay(half_life_d, peak_d=10.0):
    rising = TIME_D / peak_d
    return jnp.where(TIME_D < peak_d, rising, 0.5 ** ((TIME_D - peak_d) / half_life_d))


def test_half_lost_is_one_half_life_after_the_peak():
    assert float(half_lost_d(rise_then_decay(50.0), TIME_D)) == pytest.approx(60.0, abs=0.2)


def test_never_lost_is_the_last_day():
    assert float(half_lost_d(jnp.ones_like(TIME_D), TIME_D)) == 400.0


def test_mean_of_a_decay_is_its_area():
    expected = 10.0 + 50.0 / 0.6931471805599453 * (1 - 0.5 ** (390 / 50))
    assert float(mean_lost_d(rise_then_decay(50.0), TIME_D)) == pytest.approx(expected, rel=1e-3)


def test_half_reached_lies_on_the_rise():
    assert float(half_reached_d(rise_then_decay(50.0), TIME_D)) == pytest.approx(5.0, abs=0.2)


@settings(max_examples=25)
@given(start=st.floats(1.0, 180.0), end=st.floats(181.0, 399.0))
def test_crossings_are_where_a_line_passes_zero(start, end):
    """A tent that passes zero on two days, read straight between times two days apart."""
    time_d = np.linspace(0.0, 400.0, 201)
    tent = jnp.asarray(np.minimum(time_d - start, end - time_d))[:, None]
    # one whose top lies between two times is cut, but its sides are straight
    assert float(first_crossing_d(tent, jnp.asarray(time_d))[0]) == pytest.approx(start, abs=1e-6)
    assert float(last_crossing_d(tent, jnp.asarray(time_d))[0]) == pytest.approx(end, abs=1e-6)


def test_what_never_crosses_has_no_day_and_what_never_ends_the_last():
    below, above = jnp.full((4001, 1), -1.0), jnp.full((4001, 1), 1.0)
    assert np.isnan(float(first_crossing_d(below, TIME_D)[0]))
    assert np.isnan(float(last_crossing_d(below, TIME_D)[0]))
    assert float(first_crossing_d(above, TIME_D)[0]) == 0.0
    assert float(last_crossing_d(above, TIME_D)[0]) == 400.0


# Subjects ---------------------------------------------------------------------------------------


def score_course(fall):
    """Course of one scale whose score of 40 falls by these shares, (times, subjects)."""
    level = 40.0 * (1.0 - fall)[None]
    before = jnp.full((1, fall.shape[1]), 40.0)
    return IndicationCourse(TIME_D, level, 0 * level + 40.0, before, before[0], fall[None], fall)


def test_times_of_a_score_are_those_of_its_fall():
    """Onset at half of the largest effect, peak, and the day by which the lost share is gone."""
    fall = jnp.stack([0.5 * rise_then_decay(50.0), 0.05 * rise_then_decay(50.0)], axis=1)
    times = subject_times("cervical_dystonia", score_course(fall), None)
    lost = symptom_scores("cervical_dystonia")[0].lost_share
    expected = (5.0, 10.0, 10.0 + 50.0 * np.log2(1 / (1 - lost)))
    assert [float(one[0]) for one in times] == pytest.approx(expected, abs=0.1)
    assert np.isnan([float(one[1]) for one in times]).all()  # gains too little for any time


def middle_subjects(count):
    values = Parameters.stored().values()
    return Subjects(values, by_name(jnp.zeros((len(EFFECTS), count))))


def line_course(contraction):
    """Course of a line (times, subjects) that was 3 before treatment, with none at rest."""
    level = jnp.stack([contraction, 0.0 * contraction])
    before = jnp.stack([jnp.full(contraction.shape[1], 3.0), jnp.zeros(contraction.shape[1])])
    fall = 1.0 - contraction / 3.0
    return IndicationCourse(TIME_D, level, 0 * level + 3.0, before, before[0], level, fall)


def test_times_of_a_line_are_when_it_is_noted_and_when_the_grade_is_back():
    """The middle subject notes the mean change; the grade is back half a grade under its start."""
    contraction = (3.0 - 2.0 * rise_then_decay(60.0))[:, None]
    times = subject_times("glabellar_lines", line_course(contraction), middle_subjects(1))
    values = Parameters.stored()
    notice = max(0.1, values.value("notice_grade"))
    assert float(times.onset_d[0]) == pytest.approx(10.0 * notice / 2.0, abs=0.1)
    assert float(times.peak_d[0]) == pytest.approx(10.0, abs=0.1)
    left = max(0.5 - values.value("placebo_shift_investigator"), 0.1)
    expected = 10.0 + 60.0 * np.log2(2.0 / left)
    assert float(times.duration_d[0]) == pytest.approx(min(expected, 400.0), abs=0.5)


def test_an_untreated_line_has_no_times():
    times = subject_times(
        "glabellar_lines", line_course(jnp.full((4001, 2), 3.0)), middle_subjects(2)
    )
    assert np.isnan(np.asarray(times)).all()


def test_ever_more_have_noted_a_growing_effect():
    contraction = (3.0 - 2.0 * jnp.minimum(TIME_D / 30.0, 1.0))[:, None]
    share = noticed(
        "glabellar_lines", "median_onset", line_course(contraction), middle_subjects(1),
        jnp.ones((1, 1)),
    )  # fmt: skip
    share = np.asarray(share)[0]
    assert np.diff(share).min() >= -1e-12
    assert share[0] < 0.5 < share[-1] <= 1.0


# Trials -----------------------------------------------------------------------------------------

NECK = duration_rules("cervical_dystonia", BURDEN)["median_duration_loss80"]
ASKED = duration_rules("overactive_bladder", BURDEN)["median_duration_retreat"]


def falls(rule, lost_d, largest=0.5):
    """Falls at the visits that go in a straight line to nothing, (visits, subjects)."""
    visits = visits_d(rule, 420.0)
    fall = largest * np.clip(1 - visits / lost_d, 0.0, 1.0)
    return jnp.asarray(np.tile(fall[:, None], (1, SUBJECTS)))


def printed_after(fall, sd, rule, share):
    retained = score_retained(fall, jnp.full(SUBJECTS, sd), rule, share).mean(axis=1)
    return float(printed_d(retained, rule, 420.0))


def test_without_scatter_a_loss_is_found_when_it_happens():
    # from a best of 0.5 (1 - 28/300) at the first visit to a fifth of that
    found_d = printed_after(falls(NECK, 300.0), 0.0, NECK, 0.2)
    assert found_d == pytest.approx(300 - 0.2 * 272, abs=14.0)


def test_scatter_of_visits_shortens_what_a_trial_reads():
    days = [printed_after(falls(NECK, 300.0), sd, NECK, 0.2) for sd in (0.0, 0.1, 0.2)]
    assert days[0] - days[1] > 10.0
    assert days[1] - days[2] > 10.0


def test_a_loss_found_at_a_visit_is_told_half_an_interval_later():
    fall = falls(NECK, 300.0)
    late = printed_after(fall, 0.1, replace(NECK, told="visit"), 0.2)
    assert late - printed_after(fall, 0.1, NECK, 0.2) == pytest.approx(14.0)


def test_who_gains_too_little_may_be_treated_again_at_the_first_chance():
    # everybody counts: before the first visit, on day 84, nobody has been asked
    nothing = jnp.zeros((len(visits_d(ASKED, 420.0)), SUBJECTS))
    assert printed_after(nothing, 0.1, ASKED, 0.5) == pytest.approx(84.0, abs=1.0)


def test_a_mean_is_the_area_under_what_is_retained():
    rule = replace(NECK, endpoint="mean_duration")
    retained = jnp.array([1.0, 0.5, 0.0, 0.0])
    assert float(printed_d(retained, rule, 112.0)) == pytest.approx(28.0 + 28.0)


def test_an_own_rule_stands_before_that_of_the_sort():
    assert duration_rules("overactive_bladder", BURDEN)["median_duration_retreat"].of == "start"
    assert duration_rules("cervical_dystonia", BURDEN)["median_duration_retreat"].of == "best"


def test_a_trial_that_tells_its_visits_is_read_by_them():
    rules = duration_rules("cervical_dystonia", BURDEN)
    own = rules[duration_name("median_duration", "COMELLA2005_AvB", rules)]
    assert visits_d(own, 112.0).tolist() == [28.0, 56.0, 70.0, 84.0, 98.0, 112.0]
    assert own.kept_share == 0.2
    assert duration_name("median_duration", "TRUONG2005", rules) == "median_duration"


def test_more_visits_find_a_loss_sooner():
    rules = duration_rules("cervical_dystonia", BURDEN)
    names = ("median_duration in COMELLA2005_AvB", "median_duration")
    often, seldom = (printed_after(falls(rules[n], 300.0), 0.2, rules[n], 0.2) for n in names)
    assert often < seldom - 10.0


def test_independent_visits_of_a_line_multiply():
    """A steady line: each visit finds it lost with the same chance, given the subject."""
    rule = duration_rules("", LINE)["median_time_to_baseline"]
    course = line_course(jnp.full((4001, 1), 1.8))
    weight = jnp.ones((1, 1))
    kept = np.asarray(
        retained_at_visits("glabellar_lines", rule, course, middle_subjects(1), weight, 300.0)
    )[0]
    assert 0.0 < kept[0] < 1.0
    ratios = kept[1:] / kept[:-1]
    assert ratios[1:] == pytest.approx(ratios[1], rel=1e-9)


def test_those_who_count_may_have_to_show_more_than_is_lost():
    """Back to the start takes longer among people with none or mild than among all responders."""
    rules = duration_rules("", LINE)
    deep_and_lasting, shallow_and_short = (2.8, 200.0), (1.2, 60.0)
    contraction = jnp.stack(
        [
            3.0 - most * jnp.exp(-TIME_D / days)
            for most, days in (deep_and_lasting, shallow_and_short)
        ],
        axis=1,
    )
    printed = {}
    for name in ("median_time_to_baseline", "Joseph-ABO-doseesc-2021"):
        rule = rules[duration_name("median_time_to_baseline", name, rules)]
        retained = retained_at_visits(
            "glabellar_lines", rule, line_course(contraction), middle_subjects(2),
            jnp.full((1, 2), 0.5), 400.0,
        )  # fmt: skip
        printed[name] = float(printed_d(retained[0], rule, 400.0))
    assert printed["Joseph-ABO-doseesc-2021"] > printed["median_time_to_baseline"] + 20.0
