"""Durations read off a prevalence curve and off visits, against closed forms."""

from dataclasses import replace

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


NECK = duration_rules("cervical_dystonia", BURDEN)["median_duration_loss80"]
RETREAT = duration_rules("overactive_bladder", BURDEN)["median_duration_retreat"]
LAST_D = 420.0
SUBJECTS = 64


def falls(rule, lost_d):
    """A fall of half that goes in a straight line to nothing, at the visits that read it."""
    days = np.linspace(0.0, LAST_D, 421)
    course = np.tile(0.5 * np.clip(1 - days / lost_d, 0.0, 1.0)[:, None], (1, SUBJECTS))
    return at_days(jnp.asarray(course), days, visits_d(rule, LAST_D))


def read_d(rule, fall, sd, lost_share):
    """The day printed of subjects with these falls, whose visits scatter by `sd` of the start."""
    retained = score_retained(fall, jnp.full(SUBJECTS, sd), rule, lost_share)
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


def test_a_duration_that_has_no_rule_is_not_covered():
    assert kind_of("median_duration_retreat", "glabellar_lines") is None
    assert kind_of("median_duration_none_mild", "cervical_dystonia") is None
    assert "median_duration_loss80" not in duration_rules("glabellar_lines", LINE)


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
