"""The steps joined: zero dose, order in dose, duration, windows chained, tables, gradients."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.model import HYPOTHESES, Model, Parameters, kinetics
from endplate.model.cleavage import intact_after_step
from endplate.model.endings import (
    LOAD_COUNT,
    Endings,
    course_days,
    endings_on,
    injected,
    reference_nodes,
    run_window,
    spline_coefficients,
    spline_matrix,
    spline_weight,
    table_loads,
    table_position,
    time_nodes,
    untreated,
)
from endplate.model.transmission import ReleaseFatigue
from model_cases import CLEARING, after_injection, subject_kinetics

DAYS = 240.0
DEFAULT = Model()
NODES = time_nodes(DAYS, DEFAULT)
NODE_D = np.asarray(NODES.all_d)
LOADS = jnp.geomspace(0.02, 2e4, 40)
SUBJECTS = subject_kinetics((0.2, 0.6, 1.5), (25.0, 33.0, 60.0))


@jax.jit
def working(load, rates):
    """Working fraction (times, points, subjects) after one injection."""
    return after_injection(load, rates, NODES).working_fraction


@partial(jax.jit, static_argnums=0)
def working_under(model):
    nodes = time_nodes(DAYS, model)
    return after_injection(LOADS, SUBJECTS, nodes, model).working_fraction


# each hypothesis with the default of the other step, and rivals of both together
PAIRS = [(uptake, "original_terminal") for uptake in HYPOTHESES["uptake"]]
PAIRS += [("clearing", "sprouts"), ("clearing", "none"), ("lebeda4", "sprouts")]


@pytest.mark.parametrize(("uptake", "transmission"), PAIRS)
def test_any_two_hypotheses_fit_together(uptake, transmission):
    model = Model(uptake=uptake, transmission=transmission)
    fraction = np.asarray(working_under(model))
    assert fraction.shape == (len(time_nodes(DAYS, model).all_d), len(LOADS), 3)
    assert np.isfinite(fraction).all()
    assert fraction.min() >= 0.0
    assert fraction.max() <= 1.0
    nothing = uptake == "none" or transmission == "none"
    assert bool(fraction.min() > 1 - 1e-8) == nothing
    if uptake in ("lebeda3", "lebeda4"):  # they know no recovery, but for what sprouts carry
        assert fraction[-1, 20:].max() < (0.2 if transmission == "sprouts" else 0.01)
    elif uptake == "clearing":
        assert fraction[-1, :20].min() > 0.9


def test_no_dose_no_effect():
    assert np.asarray(working(jnp.zeros(3), SUBJECTS)).min() > 1 - 1e-8


@settings(max_examples=10)
@given(release=st.floats(0.1, 3.0), persistence=st.floats(15.0, 80.0), renewal=st.floats(0.1, 0.8))
def test_more_dose_never_works_better(release, persistence, renewal):
    fraction = np.asarray(working(LOADS, subject_kinetics(release, persistence, renewal)))
    assert np.diff(fraction, axis=1).max() <= 1e-7
    assert fraction.min() >= 0.0
    assert fraction.max() <= 1.0


LONG = time_nodes(700.0, DEFAULT)
LONG_D = np.linspace(0.0, 700.0, 351)


@jax.jit
def working_long(load, rates):
    return after_injection(load, rates, LONG).working_fraction[..., 0]


def half_back_d(course, days):
    """Day on which half of the junctions work again."""
    deepest = int(np.argmin(course))
    return float(np.interp(0.5, course[deepest:], days[deepest:]))


@settings(max_examples=10)
@given(load=st.floats(20.0, 400.0), persistence=st.floats(20.0, 45.0))
def test_doubling_the_dose_buys_one_half_life(load, persistence):
    """Day on which half the junctions are back: later by the half-life of the light chain."""
    rates = subject_kinetics(persistence_d=persistence)
    nodes = np.asarray(working_long(jnp.array([load, 2 * load]), rates))
    fraction = spline_matrix(np.asarray(LONG.all_d), LONG_D) @ nodes
    gained_d = half_back_d(fraction[:, 1], LONG_D) - half_back_d(fraction[:, 0], LONG_D)
    # quasi-steady SNAP-25; a load alone is read between nodes two weeks apart to about two days
    assert gained_d == pytest.approx(persistence, abs=3.0)


def test_doubling_the_dose_hardly_moves_the_peak():
    fraction = np.asarray(working(jnp.array([100.0, 200.0]), subject_kinetics()))
    assert fraction.min(axis=0).max() < 0.01


def test_everything_recovers():
    fraction = working_long(jnp.array([1.0, 10.0, 100.0, 1e3]), subject_kinetics())
    assert float(fraction[-1].min()) > 0.999


def test_each_subject_is_run_alone():
    """Subjects side by side get what each gets by itself: sums in another order."""
    together = np.asarray(working(LOADS, SUBJECTS))
    for i in range(3):
        rates = jax.tree.map(lambda row, i=i: row[i : i + 1], SUBJECTS)
        assert np.abs(np.asarray(working(LOADS, rates))[..., 0] - together[..., i]).max() < 1e-11


def test_jit_is_no_jit():
    few, short = jax.tree.map(lambda row: row[:1], SUBJECTS), time_nodes(14.0, DEFAULT)
    with jax.disable_jit():
        plain = after_injection(LOADS[::13], few, short).working_fraction
    quick = jax.jit(lambda own: after_injection(LOADS[::13], own, short).working_fraction)(few)
    assert np.abs(np.asarray(plain) - np.asarray(quick)).max() < 1e-12


def test_single_precision_is_near_double():
    """Run in single: within 1e-4 of double, as a cohort's outcomes need."""
    single = np.asarray(working(LOADS.astype(jnp.float32), SUBJECTS))
    assert single.dtype == np.float32
    assert np.abs(single - np.asarray(working(LOADS, SUBJECTS))).max() < 1e-4


# Windows chained ------------------------------------------------------------------------------

SOME_LOADS = jnp.geomspace(0.2, 2e3, 24)
NO_FATIGUE = ReleaseFatigue(0.0, 180.0, 5.0)
FATIGUE = ReleaseFatigue(0.4, 180.0, 5.0)
WINDOW = time_nodes(DAYS, DEFAULT)
RATES = subject_kinetics()


@jax.jit
def treated(endings, ratio, fatigue, gap_d):
    """Courses of one window after an injection, and the endings on a day of it."""
    load = SOME_LOADS[None, :, None]
    start = injected(endings, DEFAULT, RATES, 0, ratio)
    window = run_window(start, load, DEFAULT, RATES, fatigue, WINDOW)
    gap_d = jnp.atleast_1d(gap_d)
    return window, endings_on(gap_d, start, window, load, DEFAULT, RATES, fatigue, WINDOW)


def chained(days, fatigue=NO_FATIGUE, ratios=None):
    """Windows of treatments on the given days."""
    endings, windows = untreated(DEFAULT, RATES, 1, len(SOME_LOADS), jnp.float64), []
    gaps = [*np.diff(days), DAYS]
    for gap_d, ratio in zip(gaps, ratios or [1.0] * len(days), strict=True):
        window, endings = treated(endings, jnp.asarray(ratio), fatigue, jnp.asarray(gap_d))
        windows.append(window)
    return windows


@jax.jit
def long_run(light, area_d, step_d):
    """One run over all injections on a fine grid, from the sum of their light chains."""

    def step(intact, now):
        start, end, area, length_d = now
        k_syn = RATES.renewal_per_d
        after = intact_after_step(
            intact, SOME_LOADS * start, SOME_LOADS * end, SOME_LOADS * area, k_syn, length_d
        )
        return after, after

    steps = (light[:-1], light[1:], jnp.diff(area_d), step_d)
    _, later = jax.lax.scan(step, jnp.ones(len(SOME_LOADS)), steps)
    intact = jnp.concatenate([jnp.ones((1, len(SOME_LOADS))), later])
    return DEFAULT.transmission_of(RATES).working_fraction(intact, None)


@pytest.mark.parametrize(
    "days", [(0.0, 84.0, 168.0), (0.0, 90.5, 133.25, 301.0), (0.0, 3.0, 100.0)]
)
def test_windows_chained_are_one_long_run(days):
    """Every window against all injections in one run on a fine grid."""
    windows = chained(days)
    wanted = [day + NODE_D for day in days]
    fine_d = np.concatenate([np.linspace(0, days[-1] + DAYS, 8001), days, *wanted])
    fine_d = np.unique(np.round(fine_d, 9))
    since = [jnp.maximum(jnp.asarray(fine_d) - day, 0.0) for day in days]
    light = sum(CLEARING.light_chain(one) for one in since)
    area_d = sum(CLEARING.light_chain_area_d(one) for one in since)
    whole = np.asarray(long_run(light, area_d, jnp.diff(jnp.asarray(fine_d))))
    for start, end, window in zip(days, [*days[1:], days[-1] + DAYS], windows, strict=True):
        inside = start + NODE_D < end
        exact = whole[np.searchsorted(fine_d, np.round(start + NODE_D, 9)[inside])]
        fault = np.abs(np.asarray(window.working_fraction)[inside, :, 0] - exact)
        assert fault.max() < 1e-3  # the steps of the first days alone cost half of it


@pytest.mark.parametrize("day_d", [4.4, 10.0, 47.3, 100.0])
def test_the_endings_on_a_day_are_the_start_of_the_rest(day_d):
    """A window broken off on any day and taken up again goes on as if it had not been."""
    load = SOME_LOADS[None, :, None]
    start = injected(
        untreated(DEFAULT, RATES, 1, len(SOME_LOADS), jnp.float64), DEFAULT, RATES, 0, 1.0
    )
    run = jax.jit(lambda own, nodes: run_window(own, load, DEFAULT, RATES, None, nodes))
    whole = run(start, WINDOW)
    on_day = endings_on(jnp.array([day_d]), start, whole, load, DEFAULT, RATES, NO_FATIGUE, WINDOW)
    later = np.flatnonzero(NODE_D > day_d + 7.0)
    rest_d = np.array([0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    rest = run(on_day, WINDOW._replace(step_d=rest_d, decay_d=NODE_D[later] - day_d))
    fault = np.abs(np.asarray(rest.intact)[len(rest_d) :] - np.asarray(whole.intact)[later])
    assert fault.max() < 3e-4


def test_a_first_block_is_the_same_with_fatigue():
    """A first treatment does not depend on the gain."""
    plain = np.asarray(working(SOME_LOADS, RATES))
    (window,) = chained((0.0,), FATIGUE)
    assert np.abs(np.asarray(window.working_fraction) - plain).max() < 1e-9


@settings(max_examples=10)
@given(
    gaps=st.lists(st.floats(20.0, 240.0), min_size=1, max_size=4),
    gain=st.floats(0.0, 2.0),
    ratio=st.floats(0.0, 1.0),
)
def test_more_treatments_never_block_less(gaps, gain, ratio):
    """On equal days after the injection a later block is as deep or deeper, and ever a share."""
    days = (0.0, *np.cumsum(gaps))
    fatigue = ReleaseFatigue(gain, 180.0, 5.0)
    windows = chained(days, fatigue)
    first = np.asarray(windows[0].working_fraction)
    for window in windows:
        fraction = np.asarray(window.working_fraction)
        assert fraction.min() >= 0.0
        assert fraction.max() <= 1.0
        assert (fraction <= first + 1e-6).all()
    *_, weaker = chained(days, fatigue, [*[1.0] * len(gaps), ratio])
    assert (np.asarray(weaker.working_fraction) >= fraction - 1e-6).all()


def test_fatigue_lengthens_every_further_block():
    point = 10

    def lasting(fatigue):
        windows = chained((0, 90, 180), fatigue)
        return [half_back_d(np.asarray(w.working_fraction)[:, point, 0], NODE_D) for w in windows]

    plain, fatigued = lasting(NO_FATIGUE), lasting(FATIGUE)
    assert plain[0] == pytest.approx(fatigued[0], abs=1e-6)
    assert plain == sorted(plain)
    assert all(w > p + 3 for w, p in zip(fatigued[1:], plain[1:], strict=True))


def test_all_is_forgotten_in_the_end():
    """After years the endings are those of an untreated subject, but for a rest of the memory."""
    load, nodes = SOME_LOADS[None, :, None], time_nodes(1500.0, DEFAULT)
    start = injected(
        untreated(DEFAULT, RATES, 1, len(SOME_LOADS), jnp.float64), DEFAULT, RATES, 0, 1.0
    )
    window = run_window(start, load, DEFAULT, RATES, FATIGUE, nodes)
    last = endings_on(jnp.array([1500.0]), start, window, load, DEFAULT, RATES, FATIGUE, nodes)
    assert float(jnp.abs(last.light_parts).max()) < 1e-9
    assert float(last.intact.min()) > 1 - 1e-4
    assert float(last.memory.max()) < 0.02


def test_subjects_with_days_of_their_own_are_run_alone():
    gaps_d = jnp.array([70.0, 95.5, 200.0])
    load = table_loads()[None, :, None]

    @jax.jit
    def second(rates, gap_d) -> Endings:
        start = untreated(DEFAULT, rates, 1, LOAD_COUNT, jnp.float64)
        start = injected(start, DEFAULT, rates, 0, 1.0)
        window = run_window(start, load, DEFAULT, rates, FATIGUE, WINDOW)
        return endings_on(gap_d, start, window, load, DEFAULT, rates, FATIGUE, WINDOW)

    together = second(SUBJECTS, gaps_d)
    for i in range(3):
        rates = jax.tree.map(lambda row, i=i: row[i : i + 1], SUBJECTS)
        for one, every in zip(second(rates, gaps_d[i : i + 1]), together, strict=True):
            assert np.asarray(every)[..., i] == pytest.approx(np.asarray(one)[..., 0], abs=1e-9)


def test_two_sessions_of_one_day_are_their_sum():
    """Half the load from each of two sessions is the load from one."""
    half = jnp.stack([0.5 * SOME_LOADS] * 2)[..., None]
    start = untreated(DEFAULT, RATES, 2, len(SOME_LOADS), jnp.float64)
    for session in (0, 1):
        start = injected(start, DEFAULT, RATES, session, 1.0)
    both = run_window(start, half, DEFAULT, RATES, None, WINDOW).working_fraction
    assert np.abs(np.asarray(both) - np.asarray(working(SOME_LOADS, RATES))).max() < 1e-12


# Times ----------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(days=st.integers(14, 1095), model=st.sampled_from([DEFAULT, Model(uptake="lebeda4")]))
def test_nodes_and_courses_rise_to_the_last_day(days, model):
    nodes = time_nodes(float(days), model)
    for time_d in (np.asarray(nodes.all_d), course_days(float(days))):
        assert time_d[0] == 0.0
        assert time_d[-1] == days
        assert np.diff(time_d).min() > 0.0
    assert np.diff(course_days(float(days))).max() <= 3.0
    rise = np.asarray(nodes.step_d)
    assert np.diff(rise[rise <= 3.0]).max() <= 0.5 + 1e-9  # dense where a block sets in


def test_courses_of_a_muscle_between_nodes():
    """A muscle of many cells in single precision, by spline from the nodes, within 0.02.

    Against a reference run: two hundredths of a muscle's force are less than any rater tells.
    """
    rng = np.random.default_rng(4)
    subjects = subject_kinetics(
        np.exp(np.log(0.6) + 0.4 * rng.standard_normal(6)), 33 * np.exp(0.2 * rng.normal(size=6))
    )
    days, reference = course_days(DAYS), reference_nodes(DAYS)
    spline = jnp.asarray(spline_matrix(NODE_D, days), jnp.float32)
    at = np.searchsorted(reference.step_d, days)
    assert np.abs(reference.step_d[at] - days).max() < 1e-9
    run = jax.jit(lambda load, own, nodes: after_injection(load, own, nodes).working_fraction)
    for centre in (2.0, 15.0, 120.0):
        load = centre * np.exp(0.8 * rng.standard_normal((60, 1)))
        load = np.broadcast_to(load, (60, 6))
        coarse = run(jnp.asarray(load, jnp.float32), subjects, NODES).mean(axis=1)
        exact = run(jnp.asarray(load), subjects, reference).mean(axis=1)
        course = np.clip(np.asarray(spline @ coarse), 0.0, 1.0)
        assert course.dtype == np.float32
        assert np.asarray(exact).min() < 0.9
        assert np.abs(course - np.asarray(exact)[at]).max() < 0.02


# The response table ---------------------------------------------------------------------------


def test_loads_are_tabulated_from_nothing_to_everything():
    fraction = np.asarray(working(table_loads(), SUBJECTS))
    assert fraction[:, :2].min() > 1 - 1e-6
    at_peak = fraction[:, -2:].min(axis=0)
    assert at_peak.max() < 1e-6


def read_weights(load):
    """Weights (loads, tabulated) with which single loads read the table."""
    away = table_position(load)[:, None] - jnp.arange(LOAD_COUNT)
    return spline_weight(away) @ spline_coefficients()


def test_reading_at_a_tabulated_load_is_the_table():
    weights = np.asarray(read_weights(table_loads()[1:-1]))
    assert np.abs(weights - np.eye(LOAD_COUNT)[1:-1]).max() < 1e-9


def test_reading_sums_to_one():
    """A flat table reads flat, wherever the load lies."""
    load = jnp.geomspace(1e-6, 1e7, 300)
    assert np.asarray(read_weights(load).sum(axis=1)) == pytest.approx(1.0, abs=1e-12)


def test_reading_the_table_at_single_loads():
    """Poor where the response of a load alone is steepest, yet right on the mean over loads.

    A response turns within a third of a step of the table. Early, when a tenth of a day decides,
    a load may be read wrong by 0.05; from the second week on by 0.013. Faults of neighbouring
    loads cancel: over all loads the mean is right to 1e-3, a tenth of a point of a responder share.
    """
    load = jnp.geomspace(0.05, 1e4, 400)
    direct = np.asarray(working(load, SUBJECTS))
    table = working(table_loads(), SUBJECTS)
    fault = np.asarray(jnp.einsum("tnp,ln->tlp", table, read_weights(load))) - direct
    assert np.abs(fault).max() < 0.05
    assert np.abs(fault[NODE_D >= 14.0]).max() < 0.013
    assert np.abs(fault.mean(axis=1)).max() < 1e-3


def test_reading_the_table_for_a_muscle():
    """Sixty cells, loads log-normal about a random centre: within 8e-3, usually within 3e-3.

    Worst over all times, of which the first days are the hardest.
    """
    rng = np.random.default_rng(0)
    table, faults = np.asarray(working(table_loads(), SUBJECTS)), []
    for _ in range(20):
        spread = rng.uniform(0.5, 1.5) * rng.standard_normal(60)
        load = jnp.asarray(np.exp(rng.uniform(np.log(1), np.log(500)) + spread))
        weight = rng.dirichlet(np.ones(60))
        direct = np.einsum("tnp,n->tp", np.asarray(working(load, SUBJECTS)), weight)
        read = np.einsum("tnp,n->tp", table, weight @ np.asarray(read_weights(load)))
        faults.append(np.abs(read - direct).max())
    assert max(faults) < 8e-3
    assert np.median(faults) < 3e-3


# Gradients ------------------------------------------------------------------------------------


@jax.jit
def mean_working(log_factor):
    """Mean working fraction over the course by the log of three rates and of the load."""
    release, persistence, renewal, load = jnp.exp(log_factor)
    rates = subject_kinetics()
    rates = rates._replace(
        release_per_d=rates.release_per_d * release,
        persistence_d=rates.persistence_d * persistence,
        renewal_per_d=rates.renewal_per_d * renewal,
    )
    return after_injection(
        jnp.array([25.0, 2.0, 300.0]) * load, rates, NODES
    ).working_fraction.mean()


@pytest.mark.parametrize("mode", [jax.jacrev, jax.jacfwd], ids=["reverse", "forward"])
def test_gradients_are_those_of_finite_differences(mode):
    step = 1e-4
    slope = np.asarray(jax.jit(mode(mean_working))(jnp.zeros(4)))
    shifts = step * np.eye(4)
    differences = [
        float(mean_working(s) - mean_working(-s)) / (2 * step) for s in map(jnp.asarray, shifts)
    ]
    assert np.abs(slope).min() > 1e-4
    assert slope == pytest.approx(np.array(differences), rel=0.01)


@pytest.mark.parametrize(
    ("mode", "dtype"),
    [(jax.jacrev, jnp.float32), (jax.jacfwd, jnp.float64)],
    ids=["reverse_single", "forward_double"],
)
def test_gradients_stay_finite_at_the_edges(mode, dtype):
    """No load and enormous loads, the shortest and the longest light chain, two windows on."""
    rates, nodes = subject_kinetics(0.6, (8.0, 33.0, 80.0)), time_nodes(120.0, DEFAULT)

    def mean(log_load, log_persistence):
        own = rates._replace(persistence_d=rates.persistence_d * jnp.exp(log_persistence))
        load = jnp.exp(log_load).astype(dtype)[None, :, None]
        endings = untreated(DEFAULT, own, 1, 4, dtype)
        total = jnp.zeros(())
        for gap_d in (3.0, 100.0):
            start = injected(endings, DEFAULT, own, 0, 1.0)
            window = run_window(start, load, DEFAULT, own, FATIGUE, nodes)
            total += window.working_fraction.astype(float).mean()
            day_d = jnp.full(3, gap_d)
            endings = endings_on(day_d, start, window, load, DEFAULT, own, FATIGUE, nodes)
        return total

    log_load = jnp.log(jnp.array([1e-8, 1e-2, 1e4, 1e8]))
    for slope in jax.jit(mode(mean, argnums=(0, 1)))(log_load, jnp.zeros(())):
        assert np.isfinite(np.asarray(slope)).all()


def test_stored_kinetics_of_extreme_subjects_stay_in_bounds():
    """Random effects of four standard deviations either way, in every tissue."""
    values = Parameters.stored().values()
    grid = jnp.array([(r, p) for r in (-4.0, 0.0, 4.0) for p in (-4.0, 0.0, 4.0)]).T
    effects = {"release": grid[0], "persistence": grid[1]}
    for tissue in ("muscle", "gland", "bladder", "nociceptor"):
        rates = kinetics(values, effects, tissue)
        fraction = np.asarray(working(LOADS, rates))
        assert np.isfinite(fraction).all()
        assert fraction.min() >= 0.0
        assert fraction.max() <= 1.0
        assert np.diff(fraction, axis=1).max() <= 1e-7
