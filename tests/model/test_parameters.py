"""Draws of the posterior, in the layout that ArviZ reads."""

import numpy as np
import pytest

from endplate.facts.parameters import fit_rows
from endplate.model import Parameters


def test_draws_have_the_layout_of_arviz():
    pytest.importorskip("xarray")
    drawn = Parameters.draws(5)
    dataset = drawn.to_xarray()
    assert set(dataset.data_vars) == {row.id for row in fit_rows()}
    for row in fit_rows():
        variable = dataset[row.id]
        assert variable.dims == ("chain", "draw")
        assert variable.attrs["units"] == row.unit
        assert variable.values[0] == pytest.approx(np.asarray(drawn.values()[row.id]))
    assert dataset["persistence_d"].min() > 10  # a half-life in days, not its logarithm


def test_their_convergence_is_read_as_of_any_posterior():
    """One chain of stored draws, thinned: they are next to independent."""
    array_stats = pytest.importorskip("arviz_stats.base.array").array_stats
    draws = Parameters.draws(64).to_xarray()["persistence_d"]
    axes = {"chain_axis": draws.dims.index("chain"), "draw_axis": draws.dims.index("draw")}
    assert float(array_stats.ess(draws.values, **axes)) > 20
