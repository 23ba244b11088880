"""Padding of sites changes nothing, and the needle stays under the skin."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from model_cases import SPREADS
from endplate.case import PlacedSite
from endplate.model.spread import muscle_fractions
from endplate.people.exposure import (
    Sites,
    bound,
    landed_densities,
    planned_density,
    site_arrays,
)
from endplate.people.layout import Layout, muscle_field

CHART = "upper_face"
FIELD = muscle_field(Layout(CHART, ("glabellar_lines",)))
SPREAD = {"muscle": SPREADS["sheet"]}
SITES = tuple(
    PlacedSite("glabellar_lines", muscle, side, 4.0, 0.1, x_mm, y_mm, 5.0, "entered")
    for muscle, side, x_mm, y_mm in (
        ("procerus", "midline", 0.0, -4.0),
        ("corrugator_supercilii", "left", 14.0, 4.0),
        ("corrugator_supercilii", "right", -14.0, 4.0),
    )
)
LANDED = np.random.default_rng(5).standard_normal((4, 32, 3))


@jax.jit
def density(sites, placement):
    return bound(landed_densities(FIELD, Sites(*sites), placement), 0.0)


def arrays(at_least=0):
    return site_arrays(SITES, FIELD, CHART, SPREAD, at_least)


def densities(at_least):
    padded = arrays(at_least)
    return np.asarray(density(padded, jnp.asarray(LANDED[:, : len(padded.dose_u)])))


@pytest.mark.parametrize("at_least", [17])
def test_padding_adds_no_dose(at_least):
    few, many = arrays(), arrays(at_least)
    assert len(many.dose_u) > len(few.dose_u)
    assert many.dose_u.sum() == few.dose_u.sum() == 12.0
    # the same sum in another order
    assert densities(at_least) == pytest.approx(densities(0), rel=1e-12, abs=1e-300)


def test_where_the_needle_lands_matters_for_no_one_else():
    """A person's density does not depend on who else is run."""
    padded = arrays()
    landed = jnp.asarray(LANDED[:, : len(padded.dose_u)])
    alone = np.asarray(density(padded, landed[2:3]))
    assert alone == pytest.approx(densities(0)[2:3], rel=1e-12, abs=1e-300)


def test_planned_fractions_sum_to_one():
    density = planned_density(FIELD, arrays())
    fractions = muscle_fractions(FIELD, density, 12.0)
    assert sum(fractions.values()) == pytest.approx(1.0, abs=1e-12)
    assert min(fractions.values()) >= 0.0
    left, right = (fractions[("corrugator_supercilii", side)] for side in ("left", "right"))
    assert left == pytest.approx(right, rel=1e-9)


def test_a_needle_through_the_skin_counts_at_its_depth():
    padded = arrays()
    out, inside = np.zeros((1, len(padded.dose_u), 3)), np.zeros((1, len(padded.dose_u), 3))
    out[..., 2], inside[..., 2] = -8.0, -2.0  # depth 5 mm, 1 mm a standard deviation: -3 and 3
    found = [np.asarray(density(padded, jnp.asarray(x))) for x in (out, inside)]
    assert found[0] == pytest.approx(found[1], rel=1e-9)
