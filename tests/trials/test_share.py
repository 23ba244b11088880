"""Power and type-I error with their Monte-Carlo error."""

import numpy as np
import pytest

from endplate.trials.summary import share


@pytest.mark.parametrize("won", [0, 20])
def test_none_or_all_of_a_few_replicates_is_not_known_without_error(won):
    found = share(np.arange(20) < won)
    assert found["percent"] == 100.0 * won / 20
    assert 2.0 < found["se"] < 5.0


def test_the_error_of_many_replicates_is_binomial():
    found = share(np.arange(10_000) < 9000)
    assert found["se"] == pytest.approx(100 * np.sqrt(0.9 * 0.1 / 10_000), rel=1e-3)
