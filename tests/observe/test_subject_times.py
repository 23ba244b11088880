"""Onset, peak and duration of each subject, against closed forms."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.facts.endpoints import symptom_scores
from endplate.model import Parameters
from endplate.observe.course import IndicationCourse, Subjects
from endplate.observe.times import (
    first_crossing_d,
    last_crossing_d,
    noticed,
    subject_times,
)
from endplate.population.random_effects import EFFECTS, by_name

TIME_D = jnp.linspace(0.0, 400.0, 4001)


def rise_then_decay(half_life_d, peak_d=10.0):
    rising = TIME_D / peak_d
    return jnp.where(TIME_D < peak_d, rising, 0.5 ** ((TIME_D - peak_d) / half_life_d))


@settings(max_examples=25)
@given(start=st.floats(1.0, 180.0), end=st.floats(186.0, 399.0))
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


def test_after_an_earlier_treatment_onset_counts_from_day_0():
    """A change that the person notes on day 0 already is not noted again; a further one is."""
    falls = 1.5 * rise_then_decay(60.0)
    contraction = jnp.stack([3.0 - falls, 1.6 - falls, jnp.full(4001, 1.6)], axis=1)
    times = subject_times("glabellar_lines", line_course(contraction), middle_subjects(3))
    fresh, again, unchanged = np.asarray(times.onset_d)
    assert fresh == pytest.approx(again, abs=0.1)
    assert again > 0.0
    assert np.isnan(unchanged)  # nothing comes on top of what is left
    assert float(times.duration_d[1]) > float(times.duration_d[0])  # of the whole effect


def test_after_an_earlier_treatment_a_score_starts_half_way_from_day_0():
    fresh = 0.5 * rise_then_decay(50.0)
    left = jnp.stack([fresh, 0.3 + 0.2 * rise_then_decay(50.0), 0.3 * jnp.exp(-TIME_D / 60)], 1)
    times = subject_times("cervical_dystonia", score_course(left), None)
    assert np.asarray(times.onset_d)[:2] == pytest.approx([5.0, 5.0], abs=0.1)
    assert np.isnan(times.onset_d[2])
    assert np.asarray(times.peak_d) == pytest.approx([10.0, 10.0, 0.0], abs=0.1)


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
