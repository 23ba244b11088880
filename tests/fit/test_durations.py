"""Durations read off a prevalence curve and off visits, against closed forms."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

from endplate.facts.endpoints import BURDEN, LINE, duration_name, duration_rules
from endplate.facts.trials import trial_figures
from endplate.fit import arms
from endplate.fit.durations import (
    event_kept,
    fall_kept,
    half_lost_d,
    half_reached_d,
    mean_lost_d,
    on_visits,
    printed_d,
    visits_d,
)
from endplate.fit.endpoint_types import kind_of, severe_shares
from endplate.observe import Severity
from endplate.people import model

TIME_D = jnp.linspace(0.0, 400.0, 4001)


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


NECK = duration_rules("cervical_dystonia", BURDEN)["median_duration_loss80"]
ASKED = duration_rules("overactive_bladder", BURDEN)["median_duration_retreat"]
PEOPLE = 64


def falls(rule, lost_d):
    """A fall of half that goes in a straight line to nothing, and the visits that read it."""
    visits = visits_d(rule, 420.0)
    days = np.linspace(0.0, 420.0, 421)
    course = jnp.asarray(np.tile(0.5 * np.clip(1 - days / lost_d, 0.0, 1.0), (PEOPLE, 1)))
    return visits, on_visits(course, days, visits)


def test_independent_visits_multiply():
    kept = event_kept(jnp.full((3, 4), 0.9), jnp.full(3, 1 / 3))
    assert np.asarray(kept) == pytest.approx(0.9 ** np.arange(4.0))


def test_only_those_who_respond_at_first_count():
    event = jnp.array([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    assert np.asarray(event_kept(event, jnp.array([0.5, 0.5]))).tolist() == [1.0, 1.0, 0.0]


def test_without_scatter_a_loss_is_found_when_it_happens():
    # from a best of 0.5 (1 - 28/300) at the first visit to a fifth of that
    visits, fall = falls(NECK, 300.0)
    kept = fall_kept(fall, jnp.zeros(PEOPLE), NECK, 0.2)
    assert float(printed_d(kept, visits, NECK)) == pytest.approx(300 - 0.2 * 272, abs=14.0)


def test_scatter_of_visits_shortens_what_a_trial_reads():
    visits, fall = falls(NECK, 300.0)
    days = [
        float(printed_d(fall_kept(fall, jnp.full(PEOPLE, sd), NECK, 0.2), visits, NECK))
        for sd in (0.0, 0.1, 0.2)
    ]
    assert days[0] - days[1] > 10.0
    assert days[1] - days[2] > 10.0


def test_a_loss_found_at_a_visit_is_told_half_an_interval_later():
    visits, fall = falls(NECK, 300.0)
    kept = fall_kept(fall, jnp.full(PEOPLE, 0.1), NECK, 0.2)
    late = float(printed_d(kept, visits, replace(NECK, told="visit")))
    assert late - float(printed_d(kept, visits, NECK)) == pytest.approx(14.0)


def test_who_gains_too_little_may_be_treated_again_at_the_first_chance():
    # everybody counts: before the first visit, on day 84, nobody has been asked
    visits = visits_d(ASKED, 420.0)
    kept = fall_kept(jnp.zeros((PEOPLE, len(visits))), jnp.full(PEOPLE, 0.1), ASKED, 0.5)
    assert float(printed_d(kept, visits, ASKED)) == pytest.approx(84.0, abs=1.0)


def test_a_mean_is_the_area_under_what_is_kept():
    visits, rule = visits_d(NECK, 112.0), replace(NECK, endpoint="mean_duration")
    kept = jnp.array([1.0, 0.5, 0.0, 0.0])
    assert float(printed_d(kept, visits, rule)) == pytest.approx(28.0 + 28.0)


def test_an_own_rule_stands_before_that_of_the_sort():
    assert duration_rules("overactive_bladder", BURDEN)["median_duration_retreat"].of == "start"
    assert duration_rules("cervical_dystonia", BURDEN)["median_duration_retreat"].of == "best"


def test_a_duration_that_has_no_rule_is_not_covered():
    assert kind_of("median_duration_retreat", "glabellar_lines") is None
    assert kind_of("median_duration_none_mild", "cervical_dystonia") is None
    assert "median_duration_loss80" not in duration_rules("glabellar_lines", LINE)


def test_a_trial_that_tells_its_visits_is_read_by_them():
    rules = duration_rules("cervical_dystonia", BURDEN)
    own = rules[duration_name("median_duration", "COMELLA2005_AvB", rules)]
    assert visits_d(own, 112.0).tolist() == [28.0, 56.0, 70.0, 84.0, 98.0, 112.0]
    assert own.kept_share == 0.2
    assert duration_name("median_duration", "TRUONG2005", rules) == "median_duration"


def test_more_visits_find_a_loss_sooner():
    rules = duration_rules("cervical_dystonia", BURDEN)
    days = []
    for name in ("median_duration in COMELLA2005_AvB", "median_duration"):
        visits, fall = falls(rules[name], 300.0)
        kept = fall_kept(fall, jnp.full(PEOPLE, 0.2), rules[name], 0.2)
        days.append(float(printed_d(kept, visits, rules[name])))
    assert days[0] < days[1] - 10.0


def test_those_who_count_may_have_to_show_more_than_is_lost():
    """Back to the start takes longer among people with none or mild than among all responders."""
    times, deep_and_lasting, shallow_and_short = arms.time_d(), (2.8, 200.0), (1.2, 60.0)
    contraction = jnp.stack(
        [
            3.0 - most * jnp.exp(-times / lasts_d)
            for most, lasts_d in (deep_and_lasting, shallow_and_short)
        ]
    )
    column = jnp.full((2, 1), 3.0)
    course = Severity(contraction, 0.0 * contraction, column, column, 0.0 * column, 0.0 * column)
    values = model.natural_values(model.stored_vector())
    names = tuple(duration_rules("", LINE))
    days = arms.durations_d(course, jnp.array([0.5, 0.5]), values, names)
    told = dict(zip(names, days.tolist(), strict=True))
    own = duration_name("median_time_to_baseline", "Joseph-ABO-doseesc-2021", told)
    assert told[own] > told["median_time_to_baseline"] + 20.0


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
