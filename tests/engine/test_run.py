"""The whole engine on a small plan: every hypothesis end to end, windows chained, one treatment."""

from dataclasses import replace
from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.engine import (
    clock,
    describe,
    expose,
    first_state,
    inject,
    run_window,
    state_on,
)
from endplate.engine.anatomy import driving_blocks
from endplate.model import HYPOTHESES, Model, Parameters
from engine_cases import CODE, DAYS, SUBJECTS, cohort, first_window, scenario_under

RIVALS = [(step, name) for step, names in HYPOTHESES.items() for name in list(names)[1:]]


@cache
def courses_under(model):
    window = first_window(cohort(), scenario_under(model), model)
    return jax.tree.map(np.asarray, window.courses[CODE]), np.asarray(window.force)


def line(model):
    """Mean line at contraction over time [grade]."""
    course, _ = courses_under(model)
    return course.level[0].mean(axis=-1)


@pytest.mark.parametrize(("step", "name"), [(None, None), *RIVALS])
def test_every_hypothesis_runs_to_the_end(step, name):
    """Shares stay shares, and lines stay between nothing and what they were."""
    model = replace(Model(), **({step: name} if step else {}))
    course, force = courses_under(model)
    assert course.level.dtype == np.float32
    for values in (*course[1:], force):
        assert np.isfinite(values).all()
    assert force.min() >= 0.0
    assert force.max() <= 1.0
    assert course.level.min() >= 0.0
    assert course.fall.min() >= -1e-5
    assert course.fall.max() <= 1.0
    # a line deepens by a hundredth of a grade a year, no more
    assert (course.level[0] - course.before[0]).max() < 0.01 + 1e-4


@pytest.mark.parametrize(("step", "name"), RIVALS)
def test_every_rival_gives_another_course(step, name):
    """Each claims something that shows: a hundredth of a grade somewhere in half a year."""
    rival = replace(Model(), **{step: name})
    assert np.abs(line(rival) - line(Model())).max() > 0.01


@pytest.mark.parametrize(("step", "name"), [("uptake", "none"), ("transmission", "none")])
def test_a_null_hypothesis_of_the_ending_leaves_the_force_whole(step, name):
    _, force = courses_under(replace(Model(), **{step: name}))
    assert force.min() > 1.0 - 1e-5


def test_without_atrophy_no_muscle_is_weaker():
    _, force = courses_under(Model(tissue="none"))
    _, thinned = courses_under(Model())
    assert (force >= thinned - 1e-6).all()


def test_schemes_without_recovery_end_at_their_deepest():
    for name in ("lebeda3", "lebeda4"):
        course = line(Model(uptake=name))
        assert course[-1] < line(Model())[-1] - 0.1


def test_sprouts_carry_part_of_the_silent():
    _, with_sprouts = courses_under(Model(transmission="sprouts"))
    _, original = courses_under(Model())
    assert (with_sprouts.mean(axis=(1, 2)) >= original.mean(axis=(1, 2)) - 0.01).all()


@settings(max_examples=8)
@given(factor=st.floats(0.1, 10.0), more=st.floats(1.0, 3.0))
def test_more_potency_never_leaves_more_force(factor, more):
    """A dose counts as potency times density: more of it silences no less."""
    people, scenario, model = cohort(), scenario_under(Model()), Model()
    potency = Parameters.stored().value(f"potency:{CODE}")
    forces = []
    for times in (factor, factor * more):
        vector = Parameters.stored().replace(**{f"potency:{CODE}": potency * times}).vectors[0]
        own = people._replace(vectors=vector)
        forces.append(np.asarray(first_window(own, scenario, model).force))
    # cubic readings of table and time, in single precision
    assert (forces[1] - forces[0]).max() < 0.02
    assert forces[1].mean() <= forces[0].mean() + 1e-4


@partial(jax.jit, static_argnames=("model", "gaps_d"))
def chained(people, scenario, model, gaps_d):
    """One injection followed over windows that are broken off and taken up again."""
    exposed = expose(
        describe(people, scenario, "indications"), people.placement, scenario, "indications"
    )
    state = inject(first_state(exposed, scenario, model), exposed, model, 0, 1.0)
    parts = []
    for number, gap_d in enumerate(gaps_d):
        times = clock(gap_d, model)
        window = run_window(state, exposed, scenario, model, "indications", times, number > 0)
        parts.append(window)
        on = jnp.full(SUBJECTS, gap_d)
        state = state_on(on, state, window, exposed, model, times)
        state = inject(state, exposed, model, 0, 0.0)  # nothing
    return parts


def test_windows_chained_are_one_long_run():
    """A visit that injects nothing changes nothing: force, atrophy and the line go on.

    Within 0.02 of a muscle's force and of a grade, as courses are read between nodes; memory of
    the block starts to act at a visit, so the gain is nothing here.
    """
    model, scenario = Model(), scenario_under(Model())
    people = cohort()
    whole = first_window(people, scenario, model)
    first, second = chained(people, scenario, model, (80.0, 100.0))
    days = np.asarray(clock(DAYS, model).time_d)
    later = np.asarray(clock(100.0, model).time_d) + 80.0
    common = np.intersect1d(days[days > 80.0], later)
    assert len(common) > 10
    at, then = np.searchsorted(days, common), np.searchsorted(later, common)
    silent = 1.0 - np.asarray(whole.force)[at]
    gone_on = 1.0 - np.asarray(second.force)[then]
    # earlier blocks fatigue release a little in man: never less silent, and hardly more
    assert (gone_on - silent).min() > -0.02
    assert abs((gone_on - silent).mean()) < 0.02
    lost = np.asarray(second.lost)[0] - np.asarray(first.lost)[-1]
    assert np.abs(lost).max() < 1e-6
    line_before = np.asarray(first.courses[CODE].level)[:, -1]
    line_after = np.asarray(second.courses[CODE].level)[:, 0]
    assert np.abs(line_after - line_before).max() < 0.02


def test_subjects_do_not_know_each_other():
    """Half of the cohort gets what it gets in the whole."""
    people, scenario, model = cohort(), scenario_under(Model()), Model()
    half = people._replace(
        effects=people.effects[:, : SUBJECTS // 2], placement=people.placement[..., : SUBJECTS // 2]
    )
    whole, _ = courses_under(model)
    alone = np.asarray(first_window(half, scenario, model).courses[CODE].level)
    # single precision, sums in another order
    assert np.abs(alone - whole.level[..., : SUBJECTS // 2]).max() < 1e-3


def test_gates_are_run_beside_the_muscles():
    """Everything, gates alone and the indications alone give the same of what they share."""
    people, scenario, model = cohort(), scenario_under(Model()), Model()

    @partial(jax.jit, static_argnames="scope")
    def run(scope):
        exposed = expose(describe(people, scenario, scope), people.placement, scenario, scope)
        state = inject(first_state(exposed, scenario, model), exposed, model, 0, 1.0)
        return run_window(state, exposed, scenario, model, scope, clock(60.0, model), False)

    everything, gates = run("everything"), run("gates")
    few = first_window(people, scenario, model, 60.0)
    assert not gates.courses
    assert np.abs(np.asarray(everything.gates) - np.asarray(gates.gates)).max() < 1e-5
    assert np.asarray(gates.gates).min() < 1.0 - 1e-4  # some subject's gate is reached
    assert np.abs(np.asarray(everything.force) - np.asarray(few.force)).max() < 1e-4
    assert few.force.shape[1] == len(driving_blocks(scenario.anatomy))
