"""Durations read off a prevalence curve and off visits, against closed forms."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from endplate.facts.endpoints import BURDEN, LINE, duration_rules
from endplate.facts.trials import trial_figures
from endplate.fit.endpoint_types import kind_of, severe_shares
from endplate.model import Parameters
from endplate.model.endings import course_days
from endplate.model.parameters import natural_values
from endplate.observe.course import IndicationCourse, Subjects, at_days
from endplate.observe.times import (
    half_lost_d,
    half_reached_d,
    mean_lost_d,
    printed_d,
    retained_at_visits,
    score_retained,
    visits_d,
)
from endplate.population.random_effects import EFFECTS, by_name

TIME_D = jnp.linspace(0.0, 400.0, 4001)


def rise_then_decay(half_life_d, peak_d=10.0):
    rising = TIME_D / peak_d
    return jnp.where(TIME_D < peak_d, rising, 0.5 ** ((TIME_D - peak_d) / half_life_d))


def test_half_lost_is_one_half_life_after_the_peak():
    assert float(half_lost_d(rise_then_decay(50.0), TIME_D)) == pytest.approx(60.0, abs=0.2)


def test_what_is_not_lost_in_time_falls_on_as_it_did():
    slow = rise_then_decay(700.0)
    assert float(half_lost_d(slow, TIME_D)) == pytest.approx(
        710.0, abs=5.0
    )  # read off a share, not a rate
    assert float(half_lost_d(jnp.ones_like(TIME_D), TIME_D)) > 700.0
    slopes = jax.grad(lambda d: half_lost_d(rise_then_decay(d), TIME_D))
    assert float(slopes(700.0)) > 0.3  # also past the end a longer course reads longer
    lost = jnp.where(TIME_D < 100.0, rise_then_decay(50.0), 0.0)
    assert np.isfinite(jax.grad(lambda x: half_lost_d(x * lost, TIME_D))(1.0))


def test_mean_of_a_decay_is_its_area():
    expected = 10.0 + 50.0 / 0.6931471805599453 * (1 - 0.5 ** (390 / 50))
    assert float(mean_lost_d(rise_then_decay(50.0), TIME_D)) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("until_d", [30.0, 112.0, 390.0])
def test_a_mean_stops_where_the_follow_up_ends(until_d):
    expected = 10.0 + 50.0 / 0.6931471805599453 * (1 - 0.5 ** ((until_d - 10) / 50))
    found = mean_lost_d(rise_then_decay(50.0), TIME_D, until_d)
    assert float(found) == pytest.approx(expected, rel=1e-3)


def test_half_reached_lies_on_the_rise():
    assert float(half_reached_d(rise_then_decay(50.0), TIME_D)) == pytest.approx(5.0, abs=0.2)


NECK = duration_rules("cervical_dystonia", BURDEN)["median_duration_loss80"]
RETREAT = duration_rules("overactive_bladder", BURDEN)["median_duration_retreat"]
LAST_D = 420.0
SUBJECTS = 64


def both_rules(indication, sort, endpoint, trial_id):
    """How a duration is read as a rule, and how a trial says that it read it."""
    usual = duration_rules(indication, sort)[endpoint]
    figure = next(f for f in trial_figures() if (f.trial_id, f.endpoint) == (trial_id, endpoint))
    return usual, figure.rule(usual)


def falls(rule, lost_d):
    """A fall of half that goes in a straight line to nothing, at the visits that read it."""
    days = np.linspace(0.0, LAST_D, 421)
    course = np.tile(0.5 * np.clip(1 - days / lost_d, 0.0, 1.0)[:, None], (1, SUBJECTS))
    return at_days(jnp.asarray(course), days, visits_d(rule, LAST_D))


def visits_of(fall, sd):
    """Scatter of the first and of later visits that make `sd` of each change."""
    return jnp.full(fall.shape[1], sd / np.sqrt(2)), jnp.full(fall.shape, sd / np.sqrt(2))


def read_d(rule, fall, sd, lost_share):
    """The day printed of subjects with these falls, whose visits scatter by `sd` of the start."""
    retained = score_retained(fall, visits_of(fall, sd), rule, lost_share)
    return float(printed_d(retained.mean(axis=1), rule, LAST_D))


def lines(rule, contraction, grade, time_d):
    """Share of subjects of grade `grade` retained at the visits of a rule, and its visits."""
    count = contraction.shape[1]
    flat = jnp.zeros_like(contraction)
    start = jnp.full(count, float(grade))
    course = IndicationCourse(
        time_d=time_d,
        level=jnp.stack([contraction, flat]),
        untreated=jnp.stack([jnp.full_like(flat, float(grade)), flat]),
        before=jnp.stack([start, jnp.zeros(count)]),
        grade=start,
        silenced=flat[None],
        fall=flat,
    )
    values = natural_values(jnp.asarray(Parameters.stored().vectors[0]))
    subjects = Subjects(values, by_name(jnp.zeros((len(EFFECTS), count))))
    weight = jnp.full((1, count), 1.0 / count)
    return retained_at_visits("glabellar_lines", rule, course, subjects, weight, LAST_D)[0]


def test_independent_visits_multiply():
    """Of a line that stays as it is each visit keeps the same share of those the last kept."""
    rule = replace(duration_rules("", LINE)["median_duration_ge1"], among="")
    time_d = course_days(LAST_D)
    kept = np.asarray(lines(rule, jnp.full((len(time_d), 3), 2.4), 3, time_d))
    assert 0.05 < kept[0] < 0.99
    assert kept == pytest.approx(kept[0] ** np.arange(1.0, len(kept) + 1), rel=1e-4)


def test_only_those_who_respond_at_first_count():
    """Half never respond and half respond until it is over: what is printed is of the latter."""
    rule = duration_rules("", LINE)["median_duration_ge1"]
    time_d = course_days(LAST_D)
    responds = 3.0 - 2.8 * jnp.asarray(time_d < 150.0)
    kept = lines(rule, jnp.stack([responds, jnp.full(len(time_d), 4.0)], axis=1), 3, time_d)
    alone = lines(rule, jnp.stack([responds, responds], axis=1), 3, time_d)
    assert np.asarray(kept) == pytest.approx(0.5 * np.asarray(alone), abs=1e-3)
    printed = [float(printed_d(each, rule, LAST_D)) for each in (kept, alone)]
    assert printed[0] == pytest.approx(printed[1], abs=0.5)


def test_without_scatter_a_loss_is_found_when_it_happens():
    # from a best of 0.5 (1 - 28/300) at the first visit to a fifth of that
    assert read_d(NECK, falls(NECK, 300.0), 0.0, 0.2) == pytest.approx(300 - 0.2 * 272, abs=14.0)


def test_scatter_of_visits_shortens_what_a_trial_reads():
    fall = falls(NECK, 300.0)
    days = [read_d(NECK, fall, sd, 0.2) for sd in (0.0, 0.1, 0.2)]
    assert days[0] - days[1] > 10.0
    assert days[1] - days[2] > 10.0


def test_a_loss_found_at_a_visit_is_told_half_an_interval_later():
    fall = falls(NECK, 300.0)
    late = read_d(replace(NECK, told="visit"), fall, 0.1, 0.2)
    assert late - read_d(NECK, fall, 0.1, 0.2) == pytest.approx(14.0)


def test_who_gains_too_little_may_be_treated_again_at_the_first_chance():
    # everybody counts: before the first visit, on day 84, nobody has been asked
    nothing = jnp.zeros((len(visits_d(RETREAT, LAST_D)), SUBJECTS))
    assert read_d(RETREAT, nothing, 0.1, 0.5) == pytest.approx(84.0, abs=1.0)


def test_a_mean_is_the_area_under_what_is_kept():
    rule = replace(NECK, endpoint="mean_duration")
    kept = jnp.array([1.0, 0.5, 0.0, 0.0])
    assert float(printed_d(kept, rule, 112.0)) == pytest.approx(28.0 + 28.0)
    # between the visits at weeks 4 and 8 the half of them goes on a straight line
    assert float(printed_d(kept, rule, 112.0, 42.0)) == pytest.approx(28.0 + 14.0 * 0.875)
    always = jnp.ones(4)
    assert float(printed_d(always, rule, 112.0, 70.0)) == pytest.approx(70.0)


def test_an_own_rule_stands_before_that_of_the_sort():
    assert duration_rules("overactive_bladder", BURDEN)["median_duration_retreat"].of == "start"
    assert duration_rules("cervical_dystonia", BURDEN)["median_duration_retreat"].of == "best"


def test_a_duration_that_has_no_rule_is_not_covered():
    assert kind_of("median_duration_retreat", "glabellar_lines") is None
    assert kind_of("median_duration_none_mild", "cervical_dystonia") is None
    assert "median_duration_loss80" not in duration_rules("glabellar_lines", LINE)


def test_a_trial_that_tells_its_visits_is_read_by_them():
    usual, own = both_rules("cervical_dystonia", BURDEN, "median_duration", "COMELLA2005_AvB")
    assert visits_d(own, 112.0).tolist() == [28.0, 56.0, 70.0, 84.0, 98.0, 112.0]
    assert own.kept_share == 0.2
    assert both_rules("cervical_dystonia", BURDEN, "median_duration", "TRUONG2005")[1] == usual


def test_more_visits_find_a_loss_sooner():
    rules = both_rules("cervical_dystonia", BURDEN, "median_duration", "COMELLA2005_AvB")
    usual_d, own_d = (read_d(rule, falls(rule, 300.0), 0.2, 0.2) for rule in rules)
    assert own_d < usual_d - 10.0


def test_those_who_count_may_have_to_show_more_than_is_lost():
    """Back to the start takes longer among people with none or mild than among all responders."""
    time_d, deep_and_lasting, shallow_and_short = course_days(LAST_D), (2.8, 200.0), (1.2, 60.0)
    contraction = jnp.stack(
        [
            jnp.asarray(3.0 - most * np.exp(-time_d / lasts_d))
            for most, lasts_d in (deep_and_lasting, shallow_and_short)
        ],
        axis=1,
    )
    rules = both_rules("", LINE, "median_time_to_baseline", "Joseph-ABO-doseesc-2021")
    usual_d, own_d = (
        float(printed_d(lines(rule, contraction, 3, time_d), rule, LAST_D)) for rule in rules
    )
    assert own_d > usual_d + 20.0


def test_who_a_known_trial_enrolled_is_known_in_any_table():
    shares = severe_shares((), 0.5)
    assert shares["Joseph-ABO-doseesc-2021"] == pytest.approx(0.679)
    assert shares[""] == 0.5
    (figure,) = (
        f
        for f in trial_figures()
        if (f.trial_id, f.endpoint) == ("Joseph-ABO-doseesc-2021", "baseline_severe_pct")
    )
    stated = severe_shares((replace(figure, value=40.0),), 0.5)
    assert stated["Joseph-ABO-doseesc-2021"] == pytest.approx(0.4)
