"""The likelihood of published figures against closed forms and SciPy."""

from dataclasses import replace
from math import comb

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import expit, logit

from endplate.facts.parameters import fit_rows
from endplate.facts.trials import trial_figures
from endplate.fit.endpoint_types import why_skipped
from endplate.fit.hierarchy import prior_of
from endplate.fit.likelihood import (
    Scatter,
    figure_arrays,
    figure_log_density,
    linked,
    mean_sd,
    mean_size,
    scatter_of,
)
from endplate.model.parameters import natural_values
from endplate.validation.left_out import group_log_likelihood

SCATTER = Scatter(
    trial_logit=0.5,
    trial_placebo_logit=0.4,
    definition_logit=0.3,
    trial_mean=0.2,
    trial_placebo_mean=0.25,
    definition_mean=0.15,
    trial_log_days=0.05,
    duration_log=0.12,
)
COVERED = tuple(f for f in trial_figures() if why_skipped(f) is None)


def covered(endpoint, **changes):
    """A covered figure of an endpoint, changed."""
    figure = next(f for f in COVERED if f.endpoint == endpoint)
    return replace(figure, **changes)


def density(figure, predicted, shift=0.0, scatter=SCATTER):
    arrays = figure_arrays((figure,))
    return float(figure_log_density(jnp.array([predicted]), jnp.array([shift]), scatter, arrays)[0])


def test_a_count_is_beta_binomial():
    n, share, shift = 40, 0.3, 0.7
    differences = []
    for count in (0, 7, 12, 31, 40):
        figure = covered("inv_none_mild", n=n, value=100 * count / n, bound="", verified=True)
        moved = expit(logit(share) + 0.5 * shift)
        weight = 1 / (0.3**2 * moved * (1 - moved)) - 1
        expected = stats.betabinom(n, moved * weight, (1 - moved) * weight).logpmf(count)
        combinations = stats.betabinom(n, 1, 1).logpmf(count)  # of the data alone
        chosen = -np.log(n + 1) - combinations  # zero: a uniform share
        ways = np.log(float(comb(n, count)))
        differences.append(density(figure, logit(share), shift) - (expected - ways) + chosen)
    np.testing.assert_allclose(differences, 0.0, atol=1e-8)


def test_overdispersion_has_the_spread_of_the_definitions():
    # Log odds of a beta share scatter by 1 / (sd of definitions) where the share is not extreme.
    share = 0.5
    weight = 1 / (SCATTER.definition_logit**2 * share * (1 - share)) - 1
    drawn = np.random.default_rng(0).beta(share * weight, (1 - share) * weight, 200_000)
    assert np.std(logit(drawn)) == pytest.approx(SCATTER.definition_logit, rel=0.05)


def test_a_mean_is_normal_about_the_shifted_prediction():
    figure = covered("twstrs_total", value=-9.0, n=50, sd=10.0, bound="", verified=True)
    figure = replace(figure, product="onabotulinumtoxinA")
    arrays = figure_arrays((figure,))
    size = float(mean_size(jnp.array([-8.0]), arrays)[0])
    assert size == pytest.approx(np.hypot(8.0, 0.15 * arrays.baseline[0]))
    sd = np.hypot(0.15 * size, 10.0 / np.sqrt(50))
    assert float(mean_sd(jnp.array([-8.0]), SCATTER, arrays)[0]) == pytest.approx(sd)
    centre = -8.0 - 0.2 * size * 0.5  # a trial with more effect lowers the score further
    expected = stats.norm(centre, sd).logpdf(-9.0) + 0.5 * np.log(2 * np.pi)
    values = density(figure, -8.0, 0.5) + 0.5 * np.log(2 * np.pi)
    assert values == pytest.approx(expected)


def test_what_comes_from_memory_counts_for_less():
    read = covered("twstrs_total", value=-20.0, n=500, sd=5.0, bound="", verified=True)
    assert density(read, -10.0) < density(replace(read, verified=False), -10.0)


@pytest.mark.parametrize(("bound", "sign"), [("at_least", 1), ("at_most", -1)])
def test_a_bound_asks_only_to_lie_beyond_it(bound, sign):
    figure = covered("median_duration", value=120.0, n=100, bound=bound)
    days = np.array([60.0, 110.0, 120.0, 130.0, 400.0])
    values = [density(figure, np.log(d)) for d in days]
    assert np.all(sign * np.diff(values) > 0)
    assert values[2] == pytest.approx(np.log(0.5))


def test_rows_out_of_use_count_nothing():
    figure = covered("mean_duration")
    assert density(figure, 3.0) == 0.0


@pytest.mark.slow
def test_shifts_are_integrated_out():
    figures = tuple(f for f in COVERED if f.trial_id == "BRASHEAR1999_BOTB")
    arrays = figure_arrays(figures)
    vector = jnp.asarray(prior_of().start)
    predicted = linked(jnp.asarray(arrays.value), arrays) + 0.1
    scatter = scatter_of(natural_values(vector))
    values = group_log_likelihood(vector[None], predicted[None], arrays)[0]

    def at(shift, group):
        density = figure_log_density(predicted, jnp.full(len(figures), shift), scatter, arrays)
        return float(density[arrays.group == group].sum())

    for group in range(len(arrays.groups)):
        nodes = np.linspace(-6, 6, 2001)
        logs = np.array([at(s, group) for s in nodes]) + stats.norm.logpdf(nodes)
        peak = logs.max()
        expected = peak + np.log(integrate.simpson(np.exp(logs - peak), x=nodes))
        assert values[group] == pytest.approx(expected, abs=2e-3)


def test_every_covered_figure_has_a_finite_density():
    arrays = figure_arrays(COVERED)
    predicted = linked(jnp.asarray(arrays.value), arrays)
    values = figure_log_density(predicted, jnp.zeros(len(COVERED)), SCATTER, arrays)
    assert np.all(np.isfinite(np.asarray(values)))
    assert np.all(np.asarray(values)[~arrays.used] == 0)


def test_a_trial_that_gains_more_lasts_longer_and_starts_sooner():
    figure = covered("median_duration", value=120.0, n=100, bound="", product="onabotulinumtoxinA")
    later, as_usual = np.log(120.0) - SCATTER.trial_log_days, np.log(120.0)
    assert density(figure, later, shift=1.0) == pytest.approx(density(figure, as_usual), abs=1e-9)
    onset = covered("median_onset", value=3.0, n=100, bound="")
    assert density(onset, np.log(3.0) + 0.1, 1.0) > density(onset, np.log(3.0) + 0.1, -1.0)
    placebo = replace(figure, product="placebo")
    assert density(placebo, later, 1.0) == density(placebo, later, 0.0)


def test_pooled_parameters_share_how_far_they_lie_from_their_priors():
    rows = fit_rows()
    place = {row.id: i for i, row in enumerate(rows)}
    pooled = [row for row in rows if row.pooled_with]
    assert len(pooled) > 3
    prior = prior_of()
    drawn = np.random.default_rng(0).standard_normal((20_000, len(rows)))
    vectors = np.asarray(jax.vmap(prior.vector)(jnp.asarray(drawn)))
    np.testing.assert_allclose(prior.standard(vectors), drawn, atol=1e-12)
    np.testing.assert_allclose(
        prior.covariance(np.eye(len(rows))), np.cov(vectors, rowvar=False), atol=0.15
    )
    for row in pooled:
        own, other = (vectors[:, place[name]] for name in (row.id, row.pooled_with))
        apart = (own - own.mean()) - (other - other.mean())
        assert apart.std() == pytest.approx(row.prior_sd, rel=0.03), row.id


def test_a_fixed_parameter_leads_those_pooled_with_it():
    rows = fit_rows()
    row = next(row for row in rows if row.pooled_with and not other_of(row, rows).pooled_with)
    start = np.array([r.prior_mean for r in rows])
    start[[r.id for r in rows].index(row.pooled_with)] += 1.0
    prior = prior_of(frozenset((row.id,)), start)
    assert float(prior.vector(jnp.zeros(1))[[r.id for r in rows].index(row.id)]) == (
        pytest.approx(row.prior_mean + 1.0)
    )


def other_of(row, rows):
    """The row that a row is pooled with."""
    return next(other for other in rows if other.id == row.pooled_with)
