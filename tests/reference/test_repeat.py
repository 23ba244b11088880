"""Repetition as published: later recovery, deeper loss, a longer rest of the sweat glands.

Check 18 wants the direction; the mouse figures are reached in size, with one parameter set to them.
"""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import brentq

from endplate.facts.parameters import value
from endplate.model import Model, Parameters, kinetics
from endplate.model.endings import (
    course_days,
    endings_on,
    injected,
    run_window,
    spline_matrix,
    time_nodes,
    untreated,
)
from endplate.model.kinetics import MINUTES_PER_DAY
from endplate.model.transmission import ReleaseFatigue

MODEL = Model()
NODES = time_nodes(400.0, MODEL)
TIME_D = course_days(400.0)
SPLINE = spline_matrix(np.asarray(NODES.all_d), TIME_D)
PUBLISHED_WEEKS = (6.0, 11.0, 15.0)  # R3: half of release back after the 1st, 2nd, 3rd injection
GAP_D = 105.0  # the mice were injected again after 3 to 4 months
MOUSE, HUMAN = "release_fatigue_gain_mouse", "release_fatigue_gain"


@cache
def rates(animal):
    effects = {name: jnp.zeros(1) for name in ("release", "persistence")}
    person = kinetics(Parameters.stored().values(), effects)
    if animal == HUMAN:
        return person
    per_min = value("lebeda_release_mouse_per_min")
    return person._replace(release_per_d=jnp.full(1, per_min * MINUTES_PER_DAY))


@jax.jit
def _windows(load, own, gain, gap_d):
    fatigue = ReleaseFatigue.human()._replace(gain=gain)
    load, courses = load[None, None, None], []
    endings = untreated(MODEL, own, 1, 1, load.dtype)
    for _ in PUBLISHED_WEEKS:
        start = injected(endings, MODEL, own, 0, 1.0)
        window = run_window(start, load, MODEL, own, fatigue, NODES)
        courses.append(jnp.clip(SPLINE @ window.working_fraction[:, 0, 0], 0.0, 1.0))
        on = gap_d[None]
        endings = endings_on(on, start, window, load, MODEL, own, fatigue, NODES)
    return jnp.stack(courses)


def windows(load, animal, gain=None, gap_d=GAP_D):
    """Working fraction after each of three injections."""
    gain = value(animal) if gain is None else gain
    return np.asarray(
        _windows(jnp.asarray(load), rates(animal), jnp.asarray(gain), jnp.asarray(gap_d))
    )


def half_back_d(course):
    deepest = int(course.argmin())
    return float(np.interp(0.5, course[deepest:], TIME_D[deepest:]))


@cache
def mouse_load():
    """Load of the first injection: the one whose half recovery is the published one."""
    return brentq(lambda x: half_back_d(windows(x, MOUSE)[0]) - 7 * PUBLISHED_WEEKS[0], 1.0, 100.0)


def test_mouse_endings_come_back_later_after_each_injection():
    """Within a tenth of the published weeks; the third is no part of what was set."""
    found = [half_back_d(course) / 7 for course in windows(mouse_load(), MOUSE)]
    assert found == pytest.approx(PUBLISHED_WEEKS, rel=0.1)


def test_residual_light_chain_alone_does_not_explain_the_mice():
    """Why there is a memory at all: without it the third recovery is six weeks early."""
    found = [half_back_d(course) / 7 for course in windows(mouse_load(), MOUSE, gain=0.0)]
    assert found == sorted(found)
    assert found[2] < PUBLISHED_WEEKS[2] - 5


def test_a_second_injection_takes_more_force_than_the_first():
    """R4: about half of the torque lost after one injection, nearly all after two."""
    load = mouse_load()
    once, twice, _ = windows(load, MOUSE, gap_d=90.0)
    own, later = rates(MOUSE), TIME_D <= 90.0

    def force(course):
        working = jnp.asarray(course)[:, None]
        tissue = MODEL.tissue_of(own)
        lost = tissue.section_lost(working, jnp.asarray(TIME_D))
        return np.asarray(tissue.force_fraction(working, lost))[later, 0]

    assert force(twice).mean() < 0.5 * force(once).mean()


def test_human_muscle_hardly_lasts_longer():
    """P15: no longer effect after twelve years than after one treatment; under two weeks here."""
    first, *_, last = (half_back_d(c) for c in windows(60.0, HUMAN, gap_d=120.0))
    assert 3.0 < last - first < 14.0


def test_sweat_glands_gain_about_a_month():
    """A3: 4.0, 4.5, 5.0 months; with a light chain that lasts as long as the effect in glands."""
    own = rates(HUMAN)._replace(persistence_d=jnp.full(1, 80.0))
    load = jnp.asarray(12.0)
    courses = np.asarray(_windows(load, own, jnp.asarray(value(HUMAN)), jnp.asarray(150.0)))
    first, second, third = (half_back_d(course) for course in courses)
    assert first < second < third
    assert 15.0 < third - first < 60.0
