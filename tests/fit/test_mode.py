"""The climb to the mode: it gains, and a stopped one does not work its slopes out again."""

from dataclasses import dataclass, field, replace

import jax.numpy as jnp
import numpy as np
import pytest

from endplate.facts.parameters import fit_rows
from endplate.facts.trials import trial_figures
from endplate.fit.checkpoint import Checkpoints
from endplate.fit.hierarchy import prior_of
from endplate.fit.likelihood import figure_arrays
from endplate.fit.mode import climb

FREE = frozenset({"persistence_d", "potency:glabellar_lines"})


@dataclass
class Bent:
    """Log durations that bend with the parameters; it counts how often its slopes are computed."""

    count: int
    calls: list[int] = field(default_factory=list)

    def _inner(self, vector):
        index = [i for i, row in enumerate(fit_rows()) if row.id in FREE]
        return vector[jnp.array(index)] @ jnp.array([0.6, 0.2]), np.array(index)

    def compiled(self, vector):
        return 4.0 * jnp.tanh(self._inner(vector)[0]) * jnp.ones(self.count) + 1.0

    def jacobian(self, vector):
        self.calls.append(1)
        inner, index = self._inner(jnp.asarray(vector))
        slopes = np.zeros((self.count, len(vector)))
        slopes[:, index] = np.array([0.6, 0.2]) * 4.0 / np.cosh(inner) ** 2
        return slopes


@pytest.fixture
def use():
    """Published durations and a prior that is far from them."""
    durations = tuple(
        f
        for f in trial_figures()
        if f.endpoint == "median_time_to_baseline" and f.product != "indexbo"
    )
    prior = prior_of(FREE)
    return figure_arrays(durations), prior_of(FREE, prior.start - 1.5 * prior.sd * prior.free)


def test_a_stopped_climb_goes_on_with_the_slopes_it_had(use, tmp_path):
    figures, prior = use
    gained: list[float] = []
    block = Bent(len(figures.value))
    first = climb(
        [block], figures, prior,
        progress=lambda _, best: gained.append(best), checkpoints=Checkpoints(tmp_path, "a"),
    )  # fmt: skip
    assert first.converged
    assert len(gained) > 1
    assert gained == sorted(gained)
    np.testing.assert_allclose(first.jacobian, Bent(block.count).jacobian(first.vector))

    other, anew = Bent(block.count), Bent(block.count)
    again = climb([other], figures, prior, checkpoints=Checkpoints(tmp_path, "a"))
    np.testing.assert_array_equal(again.vector, first.vector)
    assert not other.calls
    climb([anew], figures, prior, checkpoints=Checkpoints(tmp_path, "b"))
    assert len(anew.calls) == len(block.calls) > 1


def test_the_climb_keeps_to_a_users_prior(use):
    """A parameter that a user is sure of stays where the user has it, whatever the figures say."""
    figures, _ = use
    rows = tuple(
        replace(row, prior_mean=4.5, prior_sd=1e-3) if row.id == "persistence_d" else row
        for row in fit_rows()
    )
    place = [row.id for row in rows].index("persistence_d")
    modes = [
        climb([Bent(len(figures.value))], figures, prior_of(FREE, rows=own)).vector[place]
        for own in (rows, fit_rows())
    ]
    assert modes[0] == pytest.approx(4.5, abs=0.01)
    assert abs(modes[1] - 4.5) > 0.1
