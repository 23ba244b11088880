"""NUTS against a posterior that is known, and the checks that must fail loudly."""

import subprocess
import sys
from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

from endplate.errors import EndplateError
from endplate.facts.trials import trial_figures
from endplate.fit.hierarchy import prior_of
from endplate.fit.likelihood import figure_arrays, scatter_of, time_log_sd
from endplate.fit.sampler import Draws, must_have_converged, sample, weigh
from endplate.model.parameters import natural_values
from endplate.validation.left_out import leave_one_trial_out

FREE = frozenset({"persistence_d", "potency:glabellar_lines"})
N = 12


@pytest.fixture(scope="module")
def linear():
    """Times that go straight with two parameters: a posterior in closed form."""
    rng = np.random.default_rng(3)
    figure = next(f for f in trial_figures() if f.endpoint == "median_duration_ge1")
    figures = figure_arrays(
        tuple(
            replace(
                figure,
                trial_id=f"T{i // 2}",
                programme="",
                product="placebo",
                value=float(v),
                bound="",
                verified=True,
                n=60,
            )
            for i, v in enumerate(np.exp(rng.normal(4.8, 0.2, N)))
        )
    )
    prior = prior_of(FREE)
    index = np.flatnonzero(prior.free)
    slopes = rng.normal(size=(N, 2)) * np.array([1.0, 0.3])
    at = prior.start[index]

    def predict(vector):
        return 4.7 + (vector[..., index] - at) @ slopes.T

    scatter = scatter_of(natural_values(jnp.asarray(prior.start)))
    sd = np.asarray(time_log_sd(jnp.full(N, 4.7), scatter, figures))
    return figures, prior, index, slopes, predict, sd


def exact(linear, used=slice(None)):
    figures, prior, index, slopes, _, sd = linear
    used_slopes, error = slopes[used], sd[used]
    precision = np.diag(1 / prior.sd[index] ** 2) + used_slopes.T @ (
        used_slopes / error[:, None] ** 2
    )
    covariance = np.linalg.inv(precision)
    pull = used_slopes.T @ ((np.log(figures.value[used]) - 4.7) / error**2)
    return prior.start[index] + covariance @ pull, covariance


@pytest.fixture(scope="module")
def drawn(linear):
    figures, prior, _, _, predict, _ = linear
    start = prior.start, np.zeros(len(figures.groups))
    return sample(predict, figures, prior, start, 1, 300, 500)


def test_nuts_meets_the_closed_form(linear, drawn):
    mean, covariance = exact(linear)
    free = drawn.vectors[:, linear[2]]
    sd = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose((free.mean(axis=0) - mean) / sd, 0.0, atol=0.15)
    np.testing.assert_allclose(free.std(axis=0) / sd, 1.0, atol=0.12)
    must_have_converged(drawn)


def test_parameters_that_are_not_free_stay(linear, drawn):
    fixed = ~linear[1].free
    np.testing.assert_array_equal(
        np.unique(drawn.vectors[:, fixed], axis=0)[0], linear[1].start[fixed]
    )


def test_the_same_seed_gives_the_same_draws(linear, drawn):
    figures, prior, _, _, predict, _ = linear
    start = prior.start, np.zeros(len(figures.groups))
    again = sample(predict, figures, prior, start, 1, 300, 500)
    np.testing.assert_array_equal(again.vectors, drawn.vectors)


def test_weights_of_a_faithful_surrogate_are_even(linear, drawn):
    figures, _, _, _, predict, _ = linear
    chosen = np.arange(0, 2000, 5)
    weighted = weigh(drawn, chosen, np.asarray(predict(drawn.vectors[chosen])), predict, figures)
    assert weighted.k_hat < 0.5
    np.testing.assert_allclose(np.exp(weighted.log_weights), 1 / len(chosen), rtol=1e-6)


def test_weights_of_a_surrogate_that_is_too_sure_are_not_trusted(linear, drawn):
    figures, _, _, _, predict, _ = linear
    chosen = np.arange(2000)
    true = 4.7 + 0.005 * (np.asarray(predict(drawn.vectors[chosen])) - 4.7)
    assert weigh(drawn, chosen, true, predict, figures).k_hat > 0.7


def test_leaving_a_trial_out_is_a_fit_without_it(linear, drawn):
    figures, prior, index, _, predict, _ = linear
    steps = []
    trials = leave_one_trial_out(
        drawn, predict, figures, prior, 0, 4000, lambda done, of: steps.append((done, of))
    )
    assert [trial.programme for trial in trials] == [f"T{i}" for i in range(N // 2)]
    assert steps[-1] == (N // 2, N // 2)
    for trial in trials:
        used = np.setdiff1d(np.arange(N), trial.rows)
        mean, covariance = exact(linear, used)
        sd = np.sqrt(np.diag(covariance))
        away = (trial.vectors[:, index].mean(axis=0) - mean) / sd
        np.testing.assert_allclose(away, 0.0, atol=0.3)
        assert trial.predicted.shape == (4000, 2)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"r_hat": 1.2}, "R-hat is 1.200"),
        ({"r_hat": float("nan")}, "R-hat is nan"),
        ({"ess": 12.0}, "effective sample size is 12"),
        ({"divergent": 40}, "40 of 1000 draws diverged"),
    ],
)
def test_chains_that_do_not_agree_end_the_run(change, sentence):
    good = Draws(np.zeros((1000, 2)), np.zeros((1000, 1)), 1.001, 900.0, 0)
    must_have_converged(good)
    with pytest.raises(EndplateError, match=sentence):
        must_have_converged(replace(good, **change))


def test_there_is_room_for_each_chain_where_it_was_made_before_anything_computed():
    code = (
        "from endplate.fit.sampler import CHAINS, make_room; make_room(); "
        "from endplate.fit import calibrate; import jax; "
        "assert jax.local_device_count() == CHAINS"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
