"""Tests and intervals against statsmodels and lifelines, which the product does not load."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import ndtri

from endplate.trials.statistics import (
    Sums,
    Survival,
    ancova,
    cochran_mantel_haenszel,
    kaplan_meier,
    log_rank,
    median_day,
    newcombe,
    rejected,
)

Z = float(ndtri(0.975))
RNG = np.random.default_rng(11)


@pytest.mark.parametrize(
    ("events", "n", "other", "other_n", "low", "high"),
    [
        # Newcombe 1998, table II, method 10: the examples (a), (b) and (g)
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (5, 56, 0, 29, -0.0381, 0.1926),
    ],
)
def test_newcombe_gives_the_published_examples(events, n, other, other_n, low, high):
    value, lower, upper = newcombe(*(np.array([x], float) for x in (events, n, other, other_n)), Z)
    assert_allclose(value, events / n - other / other_n)
    assert_allclose([lower[0], upper[0]], [low, high], atol=5e-5)


def test_newcombe_is_that_of_statsmodels():
    from statsmodels.stats.proportion import confint_proportions_2indep

    for _ in range(40):
        n, m = RNG.integers(2, 300, 2)
        x, y = RNG.integers(0, n + 1), RNG.integers(0, m + 1)
        theirs = confint_proportions_2indep(x, n, y, m, method="newcomb")
        ours = newcombe(*(np.array([k], float) for k in (x, n, y, m)), Z)
        assert_allclose([ours[1][0], ours[2][0]], theirs, atol=1e-8)


def test_cochran_mantel_haenszel_is_that_of_statsmodels():
    from statsmodels.stats.contingency_tables import StratifiedTable

    n, m = RNG.integers(2, 80, (2, 30, 3)).astype(float)
    x, y = np.floor(RNG.random((2, 30, 3)) * np.stack([n, m]))
    ours = cochran_mantel_haenszel(x, n, y, m)
    for i in range(30):
        tables = [
            np.array([[x[i, s], n[i, s] - x[i, s]], [y[i, s], m[i, s] - y[i, s]]]) for s in range(3)
        ]
        theirs = StratifiedTable(tables).test_null_odds(correction=False).pvalue
        assert_allclose(ours[i], theirs, atol=1e-8)


def test_nothing_to_compare_has_no_p_value_to_speak_of():
    nothing = np.zeros((1, 2))
    assert cochran_mantel_haenszel(nothing, nothing + 5, nothing, nothing + 5) == [1.0]
    assert log_rank(Survival(nothing, nothing), Survival(nothing, nothing))[1] == [1.0]


def sums(baseline, outcome, stratum, strata):
    rows = [
        [f(baseline[stratum == s], outcome[stratum == s]).sum() for s in range(strata)]
        for f in (
            lambda x, y: np.ones_like(x), lambda x, y: x, lambda x, y: y,
            lambda x, y: x * x, lambda x, y: x * y, lambda x, y: y * y,
        )
    ]  # fmt: skip
    return Sums(*(np.array([row], float) for row in rows))


@pytest.mark.parametrize("strata", [1, 3])
def test_ancova_is_least_squares(strata):
    import statsmodels.api as sm

    for _ in range(12):
        n = int(RNG.integers(12, 90))
        treated, stratum = RNG.random(n) < 0.5, RNG.integers(0, strata, n)
        baseline = RNG.normal(20, 4, n)
        outcome = 0.4 * baseline - 3.0 * treated + stratum + RNG.normal(0, 5, n)
        ours = ancova(
            *(sums(baseline[g], outcome[g], stratum[g], strata) for g in (treated, ~treated)), 0.05
        )
        columns = np.column_stack(
            [*(stratum == s for s in range(strata)), treated, baseline]
        ).astype(float)
        theirs = sm.OLS(outcome, columns).fit()
        assert_allclose(ours.value[0], theirs.params[strata], atol=1e-8)
        assert_allclose(ours.p[0], theirs.pvalues[strata], atol=1e-8)
        assert_allclose([ours.low[0], ours.high[0]], theirs.conf_int()[strata], atol=1e-8)


def survival_case():
    n = int(RNG.integers(8, 120))
    day = RNG.integers(0, 10, n)
    event = RNG.random(n) < 0.6
    treated = RNG.random(n) < 0.5
    return day, event, treated


def counted(day, event, days=10):
    return Survival(
        *(np.bincount(day[which], minlength=days)[None].astype(float) for which in (event, ~event))
    )


@pytest.mark.filterwarnings("ignore")
def test_log_rank_and_kaplan_meier_are_those_of_lifelines():
    from lifelines import KaplanMeierFitter
    from lifelines.statistics import logrank_test

    for _ in range(25):
        day, event, treated = survival_case()
        arms = [counted(day[g], event[g]) for g in (treated, ~treated)]
        _, p = log_rank(*arms)
        theirs = logrank_test(day[treated], day[~treated], event[treated], event[~treated])
        if np.isfinite(theirs.p_value):
            assert_allclose(p[0], theirs.p_value, atol=1e-8)
        for arm, group in zip(arms, (treated, ~treated), strict=True):
            if not group.any():
                continue
            fitter = KaplanMeierFitter().fit(day[group], event[group])
            share = kaplan_meier(arm)[0]
            assert_allclose(share, fitter.predict(np.arange(10)).to_numpy(), atol=1e-8)
            median = median_day(kaplan_meier(arm), np.arange(10.0))[0]
            assert np.isnan(median) == np.isinf(fitter.median_survival_time_)
            assert np.isnan(median) or median == fitter.median_survival_time_


def test_several_tests_share_the_level():
    p = np.array([[0.04, 0.01, 0.03], [0.001, 0.2, 0.001], [0.03, 0.001, 0.02]])
    assert rejected(p, 0.05, "none").tolist() == [[1, 1, 1], [1, 0, 1], [1, 1, 1]]
    assert rejected(p, 0.05, "co_primary").tolist() == [[1, 1, 1], [0, 0, 0], [1, 1, 1]]
    assert rejected(p, 0.05, "fixed_sequence").tolist() == [[1, 1, 1], [1, 0, 0], [1, 1, 1]]
    # Holm: 0.01 <= 0.05/3, then 0.03 > 0.05/2
    assert rejected(p, 0.05, "holm").tolist() == [[0, 1, 0], [1, 0, 1], [1, 1, 1]]


def test_holm_is_that_of_statsmodels():
    from statsmodels.stats.multitest import multipletests

    p = RNG.random((50, 5)) ** 3
    ours = rejected(p, 0.05, "holm")
    for row, own in zip(p, ours, strict=True):
        assert (multipletests(row, 0.05, "holm")[0] == own).all()
