"""Intervals of what was drawn hold what they say, and no more than they must."""

import numpy as np
import pytest

from endplate.validation.predictive import narrowest

RNG = np.random.default_rng(3)


def test_an_interval_of_a_bell_is_that_of_its_quantiles():
    low, high = narrowest(RNG.standard_normal(200_000))
    # the width of a bell hardly depends on where the interval starts: 3 % of it
    assert (low, high) == pytest.approx((-1.645, 1.645), abs=0.12)
    assert high - low == pytest.approx(3.29, rel=0.01)


@pytest.mark.parametrize("share", [0.02, 0.05, 0.3])
def test_counts_hold_nine_in_ten_at_least_and_less_than_equal_tails(share):
    drawn = RNG.binomial(20, share, 20_000)
    low, high = narrowest(drawn)
    held = np.mean((drawn >= low) & (drawn <= high))
    tails = np.percentile(drawn, [5, 95])
    assert held >= 0.9
    assert high - low <= tails[1] - tails[0]


def test_where_most_have_none_the_interval_starts_at_none():
    drawn = RNG.binomial(40, 0.02, 20_000)
    # P(0) = 0.45, P(1) = 0.36, P(2) = 0.15: equal tails would end at 3
    assert narrowest(drawn) == (0.0, 2.0)
