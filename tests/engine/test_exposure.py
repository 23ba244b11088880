"""Padding of sites changes nothing, and the needle stays under the skin."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from endplate.case import PlacedSite
from endplate.engine.anatomy import Anatomy, muscle_field
from endplate.engine.exposure import (
    Sites,
    acting_density,
    landed_density,
    planned_density,
    site_arrays,
)
from endplate.model.spread import muscle_fractions
from model_cases import SPREADS

CHART = "upper_face"
FIELD = muscle_field(Anatomy(CHART, ("glabellar_lines",)))
SPREAD = {"muscle": SPREADS["sheet"]}
SITES = tuple(
    PlacedSite("glabellar_lines", muscle, side, 4.0, 0.1, x_mm, y_mm, 5.0, "entered")
    for muscle, side, x_mm, y_mm in (
        ("procerus", "midline", 0.0, -4.0),
        ("corrugator_supercilii", "left", 14.0, 4.0),
        ("corrugator_supercilii", "right", -14.0, 4.0),
    )
)
LANDED = np.random.default_rng(5).standard_normal((32, 3, 4))


@jax.jit
def density(sites, placement):
    return acting_density(landed_density(FIELD, Sites(*sites), placement), 0.0)


def arrays(at_least=0):
    return site_arrays(SITES, FIELD, CHART, SPREAD, at_least)


def densities(at_least):
    padded = arrays(at_least)
    return np.asarray(density(padded, jnp.asarray(LANDED[: len(padded.dose_u)])))


@pytest.mark.parametrize("at_least", [17])
def test_padding_adds_no_dose(at_least):
    few, many = arrays(), arrays(at_least)
    assert len(many.dose_u) > len(few.dose_u)
    assert many.dose_u.sum() == few.dose_u.sum() == 12.0
    # the same sum in another order
    assert densities(at_least) == pytest.approx(densities(0), rel=1e-12, abs=1e-300)


def test_a_subject_is_exposed_alone():
    """A subject's density does not depend on who else is run."""
    padded = arrays()
    landed = jnp.asarray(LANDED[: len(padded.dose_u)])
    alone = np.asarray(density(padded, landed[..., 2:3]))
    assert alone == pytest.approx(densities(0)[:, 2:3], rel=1e-12, abs=1e-300)


def test_planned_fractions_sum_to_one():
    density = planned_density(FIELD, arrays())
    fractions = muscle_fractions(FIELD, density, 12.0)
    assert sum(fractions.values()) == pytest.approx(1.0, abs=1e-12)
    assert min(fractions.values()) >= 0.0
    left, right = (fractions[("corrugator_supercilii", side)] for side in ("left", "right"))
    assert left == pytest.approx(right, rel=1e-9)


def test_a_needle_through_the_skin_counts_at_its_depth():
    padded = arrays()
    out, inside = (np.zeros((len(padded.dose_u), 3, 1)) for _ in range(2))
    out[:, 2], inside[:, 2] = -8.0, -2.0  # depth 5 mm, 1 mm a standard deviation: -3 and 3
    found = [np.asarray(density(padded, jnp.asarray(x))) for x in (out, inside)]
    assert found[0] == pytest.approx(found[1], rel=1e-9)


@pytest.mark.parametrize("ratio", [0.3, 1.0])
def test_units_count_by_what_acts(ratio):
    """Sites fill by molecules that act: a weaker unit fills fewer, and low densities add up."""
    density = jnp.array([[1e-6], [1.0], [50.0], [1e4]])
    whole = np.asarray(acting_density(density, 0.0))[:, 0]
    weaker = np.asarray(acting_density(density, np.log(ratio)))[:, 0]
    assert weaker[0] == pytest.approx(ratio * whole[0], rel=1e-6)
    assert (weaker <= whole).all()
    assert weaker[-1] / whole[-1] > 0.9  # full is full
    same = np.asarray(acting_density(density * ratio, 0.0))[:, 0]
    assert weaker == pytest.approx(same, rel=1e-12)
