"""Where the dose goes: every share accounted for, under every spread hypothesis."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.facts.atlas import muscle_blocks
from endplate.model.spread import (
    dose_density,
    grids,
    muscle_fractions,
    passed_fascia,
    stacked,
)
from endplate.model.spread.field import cell_share
from model_cases import SPREADS

FIELD = stacked(grids(muscle_blocks("upper_face")))
FIBRE = jnp.array([[0.906, 0.423, 0.0], [0.0, 1.0, 0.0]])
HALF_SPACE_MM = st.tuples(st.floats(-70, 70), st.floats(-70, 70), st.floats(0, 40))


@jax.jit
def share(site_mm, sd_along_mm, sd_across_mm):
    return cell_share(FIELD, site_mm, FIBRE, sd_along_mm, sd_across_mm)


@jax.jit
def density(site_mm, dose_u, sd_along_mm, sd_across_mm, passed):
    return dose_density(FIELD, site_mm, dose_u, FIBRE, sd_along_mm, sd_across_mm, passed)


def injected(spread, sites_mm, doses_u, volume_ml, muscles=("procerus", "procerus"), loss=0.23):
    along, across = spread.sd_mm(volume_ml)
    return density(
        jnp.asarray(sites_mm), jnp.asarray(doses_u), jnp.full(2, along), jnp.full(2, across),
        jnp.asarray(passed_fascia(FIELD, muscles, loss)),
    )  # fmt: skip


def held_u(found):
    return np.asarray(found) * FIELD.cell_ml


@settings(max_examples=15)
@given(
    sites=st.lists(HALF_SPACE_MM, min_size=2, max_size=2),
    doses=st.lists(st.floats(0.0, 100.0), min_size=2, max_size=2),
    volume_ml=st.floats(0.005, 50.0),
)
@pytest.mark.parametrize("name", SPREADS)
def test_dose_in_is_dose_accounted_for(name, sites, doses, volume_ml):
    found = injected(SPREADS[name], sites, doses, volume_ml)
    assert np.isfinite(found).all()
    assert float(found.min()) >= 0.0
    assert held_u(found).sum() <= sum(doses) * (1 + 1e-12)
    fractions = muscle_fractions(FIELD, found, float(sum(doses)))
    assert min(fractions.values()) >= 0.0
    if sum(doses) > 0:
        assert sum(fractions.values()) == pytest.approx(1.0, abs=1e-12)


@settings(max_examples=15)
@given(site=HALF_SPACE_MM, along_mm=st.floats(0.2, 200.0), across_mm=st.floats(0.2, 200.0))
def test_a_share_is_a_share_of_any_cloud(site, along_mm, across_mm):
    found = np.asarray(
        share(jnp.asarray([site, site]), jnp.full(2, along_mm), jnp.full(2, across_mm))
    )
    assert found.min() >= 0.0
    for block in range(len(FIELD.blocks)):
        assert found[:, FIELD.cell_block == block].sum(axis=1).max() <= 1.0 + 1e-12


@pytest.mark.parametrize("spread", SPREADS.values(), ids=SPREADS)
@pytest.mark.parametrize("volume_ml", [0.01, 0.1, 1.0, 5.0])
def test_a_cloud_has_a_size(spread, volume_ml):
    along, across = spread.sd_mm(volume_ml)
    assert 0.0 < along < 100.0
    assert 0.0 < across < 100.0


@pytest.mark.parametrize("spread", SPREADS.values(), ids=SPREADS)
def test_no_cloud_shrinks_with_volume(spread):
    sizes = np.array([spread.sd_mm(volume) for volume in np.geomspace(0.01, 8.0, 60)])
    assert np.diff(sizes, axis=0).min() >= -1e-9


def test_without_spread_the_dose_stays_in_the_cell_of_the_needle():
    centre = next(FIELD.centre_mm[i] for i, b in enumerate(FIELD.blocks) if b.muscle == "frontalis")
    found = held_u(injected(SPREADS["none"], [centre, centre], [4.0, 0.0], 0.1, ("frontalis",) * 2))
    block = [FIELD.blocks[i].muscle for i in FIELD.cell_block[np.argsort(found)[-4:]]]
    assert set(block) == {"frontalis"}
    # half a millimetre about the middle of a muscle one millimetre thick: 1 SD either way
    assert found.sum() == pytest.approx(4.0 * 0.6827, rel=1e-3)


@settings(max_examples=10)
@given(
    sites=st.lists(HALF_SPACE_MM, min_size=2, max_size=2),
    doses=st.lists(st.floats(0.1, 50.0), min_size=2, max_size=2),
)
def test_two_injections_are_the_sum_of_each(sites, doses):
    sheet = SPREADS["sheet"]
    both = injected(sheet, sites, doses, 0.1)
    first = injected(sheet, sites, [doses[0], 0.0], 0.1)
    second = injected(sheet, sites, [0.0, doses[1]], 0.1)
    assert np.max(np.abs(both - first - second)) <= 1e-12 * float(both.max() + 1e-300)


def test_far_sites_do_not_meet():
    """Left and right corrugator, 46 mm apart: neither sees the other's dose."""
    sites = [[23.2, 8.2, 5.5], [-23.2, 8.2, 5.5]]
    cells = np.array([FIELD.blocks[i].side == "left" for i in FIELD.cell_block])
    cells &= np.array([FIELD.blocks[i].muscle == "corrugator_supercilii" for i in FIELD.cell_block])
    both = np.asarray(injected(SPREADS["isotropic"], sites, [4.0, 4.0], 0.1))
    left = np.asarray(injected(SPREADS["isotropic"], sites, [4.0, 0.0], 0.1))
    assert np.abs(both - left)[cells].max() < 2e-2 * left[cells].max()


def test_the_face_is_a_mirror():
    sites = np.array([[23.2, 8.2, 5.5], [10.0, 30.0, 3.0]])
    along, across = SPREADS["isotropic"].sd_mm(0.1)
    weights = {}
    for sign in (1.0, -1.0):
        fibre = FIBRE * jnp.array([sign, 1.0, 1.0])
        found = dose_density(
            FIELD, jnp.asarray(sites * np.array([sign, 1, 1])), jnp.array([4.0, 2.0]), fibre,
            jnp.full(2, along), jnp.full(2, across), jnp.ones((len(FIELD.blocks), 2)),
        )  # fmt: skip
        weights[sign] = muscle_fractions(FIELD, found, 6.0)
    for (muscle, side), fraction in weights[1.0].items():
        other = {"left": "right", "right": "left", "midline": "midline"}[side]
        assert weights[-1.0][(muscle, other)] == pytest.approx(fraction, abs=1e-12)


def test_fascia_holds_back_what_it_should():
    site = [[23.2, 8.2, 5.5], [0.0, 0.0, 1.0]]
    muscles = ("corrugator_supercilii", "corrugator_supercilii")
    free = held_u(injected(SPREADS["sheet"], site, [4.0, 0.0], 0.1, muscles, loss=0.0))
    held = held_u(injected(SPREADS["sheet"], site, [4.0, 0.0], 0.1, muscles, loss=0.23))
    own = np.array([FIELD.blocks[i].muscle == muscles[0] for i in FIELD.cell_block])
    assert held[~own] == pytest.approx(0.77 * free[~own], rel=1e-12)
    assert (held[own] >= free[own]).all()


def test_end_plate_weights_sum_to_one_in_their_own_block():
    assert FIELD.endplate_weight.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    for i, row in enumerate(FIELD.endplate_weight):
        assert row.min() >= 0.0
        assert row[FIELD.cell_block != i].sum() == 0.0


def test_cells_fill_their_blocks():
    sizes_ml = np.bincount(FIELD.cell_block, FIELD.cell_ml)
    by_name = {(b.muscle, b.part): b for b in muscle_blocks("upper_face")}
    for block, found_ml in zip(FIELD.blocks, sizes_ml, strict=True):
        fact = by_name[(block.muscle, block.part)]
        whole_ml = fact.length_mm * fact.width_mm * fact.thickness_mm / 1000
        assert found_ml == pytest.approx(whole_ml, rel=1e-12)


def test_a_dose_where_two_blocks_overlap_is_counted_once():
    """Low frontalis and upper orbicularis share a strip; a small cloud lies wholly in both."""
    strip = [[34.0, 10.5, 2.5], [34.0, 10.5, 2.5]]
    small = jnp.full(2, 0.1)
    passed = jnp.ones((len(FIELD.blocks), 2))
    each = np.asarray(share(jnp.asarray(strip), small, small))[0].sum()
    assert each > 1.9  # else this test asks nothing
    found = density(jnp.asarray(strip), jnp.array([4.0, 0.0]), small, small, passed)
    assert held_u(found).sum() == pytest.approx(4.0, rel=1e-9)


@settings(max_examples=15)
@given(
    sites=st.lists(HALF_SPACE_MM, min_size=2, max_size=2),
    dose_u=st.floats(0.1, 50.0),
    more=st.floats(1.0, 4.0),
)
def test_more_dose_leaves_more_everywhere(sites, dose_u, more):
    less = np.asarray(injected(SPREADS["sheet"], sites, [dose_u, dose_u], 0.1))
    much = np.asarray(injected(SPREADS["sheet"], sites, [more * dose_u, dose_u], 0.1))
    assert (much >= less * (1 - 1e-12)).all()
