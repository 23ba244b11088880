"""Antibodies over treatments: published shares, what raises them, who stops responding."""

import jax.numpy as jnp
import numpy as np
import pytest

from endplate.facts.harms import antibody_scenario, antibody_scenarios
from endplate.population.immunity import (
    Immunity,
    after_exposure,
    hazards_of,
    immunity_effects,
    load_share,
    naive,
)

PEOPLE = jnp.arange(20_000)


def after(cycles, chance, interval_d=90.0):
    """Immunity of many people after some treatments."""
    effects, state = immunity_effects(3, PEOPLE, cycles), naive(len(PEOPLE))
    gaps = [np.inf, *[interval_d] * (cycles - 1)]
    for cycle, gap_d in enumerate(gaps):
        state = after_exposure(state, effects[cycle], jnp.full(len(PEOPLE), gap_d), chance)
    return state


def percent(flags):
    return 100 * float(np.mean(np.asarray(flags)))


@pytest.mark.parametrize("dose_u", [20, 100, 200, 240])
@pytest.mark.parametrize("cycles", [2, 3])
def test_a_trial_of_onabotulinumtoxina_sees_few(dose_u, cycles):
    """Check 20: 0.3 to 1.4 % per trial exposure of two to three treatments."""
    chance = float(hazards_of("trial_like", "onabotulinumtoxinA", dose_u).antibodies)
    assert 0.3 <= 100 * (1 - (1 - chance) ** cycles) <= 1.4


def test_a_clinic_sees_many_in_the_long_run():
    """Check 20: about 14 % of long-term patients, twenty treatments at 200 U."""
    found = after(20, hazards_of("clinic_like", "onabotulinumtoxinA", 200.0))
    assert percent(found.positive) == pytest.approx(13.9, abs=1.0)  # 0.25 is one standard error


def test_half_of_those_who_stop_responding_have_no_antibodies():
    """Check 20: published are 46.5 %; a few have both."""
    found = after(20, hazards_of("clinic_like", "onabotulinumtoxinA", 200.0))
    stopped = np.asarray(found.positive | found.other)
    assert percent(~np.asarray(found.positive)[stopped]) == pytest.approx(46.5, abs=5.0)


def test_dose_and_short_intervals_raise_the_chance():
    low, high = (hazards_of("clinic_like", "onabotulinumtoxinA", dose_u) for dose_u in (100, 300))
    assert float(high.antibodies) > 1.4 * float(low.antibodies)
    often, seldom = after(8, high, 60.0), after(8, high, 90.0)
    assert percent(often.positive) > 1.5 * percent(seldom.positive)


def test_no_one_loses_antibodies_and_none_means_none():
    assert percent(after(20, hazards_of("none", "onabotulinumtoxinA", 200.0)).positive) == 0.0
    chance = hazards_of("clinic_like", "onabotulinumtoxinA", 200.0)
    early, late = after(3, chance), after(9, chance)
    assert bool(jnp.all(late.positive | ~early.positive))


def test_a_subject_is_the_same_in_any_company_and_for_any_number_of_treatments():
    few = np.asarray(immunity_effects(3, jnp.arange(5, 9), 4))
    many = np.asarray(immunity_effects(3, jnp.arange(20), 20))
    assert np.array_equal(few, many[:4, :, 5:9])
    assert abs(np.corrcoef(many[0, 0], many[0, 1])[0, 1]) < 0.9


def test_what_is_left_of_the_load():
    flags = Immunity(jnp.array([False, True, False, True]), jnp.array([False, False, True, True]))
    none, positive, other, both = np.asarray(load_share(flags)).tolist()
    assert none == 1.0
    assert 0.0 < both < min(positive, other)
    assert max(positive, other) < 0.5


def test_every_scenario_has_a_row_for_any_product_and_chances_are_chances():
    assert {row.scenario for row in antibody_scenarios() if row.product == "any"} == {
        "trial_like", "clinic_like",
    }  # fmt: skip
    for row in antibody_scenarios():
        assert 0.0 < row.per_cycle_hazard < 0.05
        assert row.short_interval_factor >= 1.0
        assert row.per_doubling_dose >= 1.0
    assert antibody_scenario("trial_like", "letibotulinumtoxinA").product == "any"
