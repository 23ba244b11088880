"""A validation as ArviZ reads it: posterior, predictions and what was published, as one tree."""

import numpy as np
import pytest

import endplate
from endplate.errors import EndplateError
from endplate.facts.trials import trial_figures
from endplate.validation.stored import stored_validation

DRAWS = 16


@pytest.fixture(scope="module")
def validation():
    own = [f for f in trial_figures() if f.indication == "axillary_hyperhidrosis"]
    return endplate.validate(own, draws=DRAWS)


@pytest.fixture(scope="module")
def tree(validation):
    return validation.to_xarray()


def test_groups_and_dimensions_are_those_of_arviz(validation, tree):
    assert set(tree.children) == {
        "posterior", "posterior_predictive", "observed_data", "log_likelihood",
    }  # fmt: skip
    figures = sum(row.kind != "harm" for row in validation.rows)
    assert figures > 10
    predicted = tree["posterior_predictive"]["value"]
    assert predicted.dims == ("chain", "draw", "figure")
    assert predicted.shape == (1, DRAWS, figures)
    assert tree["posterior"]["persistence_d"].shape == (1, DRAWS)
    assert tree["posterior"]["persistence_d"].attrs["units"] == "d"


def test_what_was_published_stands_beside_its_prediction(validation, tree):
    rows = [row for row in validation.rows if row.kind != "harm"]
    observed = tree["observed_data"]["value"]
    assert observed.values.tolist() == pytest.approx([row.observed for row in rows])
    for name in ("trial_id", "arm", "endpoint", "unit"):
        assert observed[name].values.tolist() == [getattr(row, name) for row in rows]


def test_predictions_scatter_as_the_intervals_say(validation):
    """Many draws of the predictive distribution lie in the 90 % interval as often as it says."""
    from endplate.fit.likelihood import figure_arrays
    from endplate.validation.predictive import predictive_draws
    from endplate.validation.validate import stored_scatter

    drawn = validation.drawn
    linked = np.tile(drawn.linked, (250, 1))
    many = predictive_draws(linked, figure_arrays(drawn.figures), stored_scatter())
    rows = {row.figure: row for row in validation.rows}
    inside = [
        np.mean((many[:, k] >= rows[place].low - 1e-9) & (many[:, k] <= rows[place].high + 1e-9))
        for k, place in enumerate(drawn.places)
    ]
    # 16 draws say the parameters' spread to about a fifth; counts hold whole steps
    assert np.mean(inside) == pytest.approx(0.91, abs=0.03)
    assert min(inside) > 0.8


def test_the_log_likelihood_is_of_what_the_fit_uses(validation, tree):
    """An arm of which every draw says the same would make a leave-one-out no number."""
    values = tree["log_likelihood"]["value"]
    assert values.dims == ("chain", "draw", "arms")
    assert np.isfinite(values.values).all()
    assert (np.ptp(values.values[0], axis=0) > 0).all()
    fitted = [f for f in validation.drawn.figures if f.endpoint != "mean_duration"]
    arms = {
        f"{f.programme_name}, {'placebo' if f.product == 'placebo' else 'drug'}" for f in fitted
    }
    assert set(values["arms"].values.tolist()) == arms


def test_arviz_reads_it(tree):
    pytest.importorskip("arviz_base")
    arviz_stats = pytest.importorskip("arviz_stats")
    found = arviz_stats.summary(tree, var_names=["persistence_d"], kind="stats", round_to="none")
    told = float(tree["posterior"]["persistence_d"].mean())
    assert float(found["mean"].iloc[0]) == pytest.approx(told)


def test_a_stored_validation_keeps_no_draws():
    with pytest.raises(EndplateError, match=r"^This validation keeps no draws; `validate` makes"):
        stored_validation().to_xarray()
