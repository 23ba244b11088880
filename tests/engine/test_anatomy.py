"""The body that is run: dose in is dose accounted for, and a gate looks at dose but takes none."""

from dataclasses import replace
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from endplate.case import PlacedSite
from endplate.case.placement import SIGN
from endplate.engine.anatomy import (
    LEAST_WEIGHT,
    Anatomy,
    blocks,
    compartments,
    driving_blocks,
    field,
    gate_copies,
    gate_grids,
    gates,
    muscle_field,
    tissues,
)
from endplate.engine.exposure import landed_density, planned_density, site_arrays
from endplate.facts.atlas import chart_blocks
from endplate.facts.indications import indication, indications, is_charted
from endplate.facts.protocols import TrialProtocol, protocol_sites
from endplate.facts.table import typed_rows
from endplate.model import Model
from endplate.model.spread import dose_density, grids, muscle_fractions, stacked
from endplate.model.spread.field import cell_share

SPREAD = Model().spread_by_tissue
DOSE_U = 100.0


# Every pattern of sites that a label or a trial uses, with the indication it is for.
PATTERN_OF = {row.pattern: row.indication for row in typed_rows(TrialProtocol, "trial_protocols")}
PROTOCOLS = tuple(dict.fromkeys(row.protocol for row in protocol_sites()))


@cache
def placed(protocol):
    """Anatomy and sites of one protocol, 100 units in all."""
    code = protocol if is_charted(protocol) else PATTERN_OF[protocol]
    sites = tuple(
        PlacedSite(
            code, spot.muscle, spot.side, DOSE_U * spot.fraction_of_dose,
            indication(code).site_volume_ml, spot.x_mm * SIGN[spot.side], spot.y_mm, spot.z_mm,
            "label",
        )
        for spot in protocol_sites(protocol)
    )  # fmt: skip
    return Anatomy(indication(code).chart, (code,)), sites


@cache
def with_and_without_gates(anatomy):
    """The cells that subjects are run on, and the same without the gates of neighbours."""
    muscles = grids(chart_blocks(anatomy.chart), anatomy.sides)
    return field(anatomy), stacked(muscles, LEAST_WEIGHT)


def test_every_protocol_is_tried():
    charts = {placed(name)[0].chart for name in PROTOCOLS}
    assert charts == {row.chart for row in indications()}
    assert any(gates(placed(name)[0]) for name in PROTOCOLS)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_dose_in_is_dose_accounted_for(protocol):
    """Shares of all muscles and of what lies elsewhere, each a share, sum to one."""
    anatomy, sites = placed(protocol)
    whole = muscle_field(anatomy)
    arrays = site_arrays(sites, whole, anatomy.chart, SPREAD)
    density = np.asarray(planned_density(whole, arrays))
    total_u = sum(site.dose_u for site in sites)
    shares = muscle_fractions(whole, density, total_u)
    assert (density * whole.cell_ml).sum() <= total_u * (1 + 1e-9)
    assert all(0.0 <= share <= 1.0 for share in shares.values())
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-9)
    reached = {muscle for (muscle, _), share in shares.items() if share > 0.0}
    drawn = {muscle for muscle, _ in shares}
    assert {site.muscle for site in sites} & drawn <= reached


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_gates_take_none_of_the_dose(protocol):
    """In every muscle cell the density is the same with gates in the field and without."""
    anatomy, sites = placed(protocol)
    gated, plain = with_and_without_gates(anatomy)
    assert gated.holds_dose.sum() == len(plain.blocks)
    # enough of a small cloud that blocks meet: where a dose is scaled down, gates must not count
    densities = []
    placement = 0.7 * np.random.default_rng(3).standard_normal((64, 3, 3))
    for body in (gated, plain):
        arrays = site_arrays(sites, body, anatomy.chart, SPREAD)
        landed = jnp.asarray(placement[: len(arrays.dose_u)])
        densities.append(np.asarray(landed_density(body, arrays, landed)))
    muscles = gated.holds_dose[gated.cell_block]
    assert densities[1].max() > 0.0
    np.testing.assert_allclose(densities[0][muscles], densities[1], rtol=1e-12, atol=1e-300)


def test_a_gate_about_a_needle_takes_none_of_its_dose():
    """The worst case planted: a gate that holds the whole of a cloud which lies in a muscle."""
    anatomy, sites = placed("glabellar_lines")
    (site, *_), muscles = sites, grids(chart_blocks(anatomy.chart), anatomy.sides)
    neighbour = gates(anatomy)[0]
    place = {"x_mm": abs(site.x_mm), "y_mm": site.y_mm, "z_mm": site.z_mm}
    half = dict.fromkeys(("half_x_mm", "half_y_mm", "half_z_mm"), 60.0)
    about = replace(neighbour, **place, **half)
    gated, plain = stacked((*muscles, *gate_grids((about,), anatomy.sides))), stacked(muscles)
    first, second = (
        np.asarray(planned_density(body, site_arrays(sites, body, anatomy.chart, SPREAD)))
        for body in (gated, plain)
    )
    holds = gated.holds_dose[gated.cell_block]
    assert (first[~holds] > 0.0).any()  # it looks at the dose
    np.testing.assert_allclose(first[holds], second, rtol=1e-12)


def test_the_density_is_that_of_every_cell_by_itself():
    """Products along the axes of padded blocks against the shares written out cell by cell.

    Blocks of several shapes with emptied layers, and gates of one cell.
    """
    body = field(Anatomy("head", ("chronic_migraine",)))
    assert not body.holds_dose.all()
    rng = np.random.default_rng(7)
    sites, subjects = 5, 3
    site_mm = rng.uniform(-60.0, 60.0, (sites, 3, subjects))
    site_mm[:, 2] = np.abs(site_mm[:, 2]) / 6
    dose_u = jnp.asarray(rng.uniform(0.0, 5.0, sites))
    fibre = rng.normal(size=(sites, 3))
    fibre = jnp.asarray(fibre / np.linalg.norm(fibre, axis=1, keepdims=True))
    along_mm, across_mm = jnp.full(sites, 9.0), jnp.full(sites, 6.0)
    passed = rng.uniform(0.5, 1.0, (len(body.blocks), sites))
    where = (jnp.asarray(site_mm), fibre, along_mm, across_mm)
    share = np.asarray(cell_share(body, *where)) * passed[body.cell_block].T[..., None]
    inside = share[:, body.holds_dose[body.cell_block]].sum(axis=1)
    kept = np.asarray(dose_u)[:, None] / np.maximum(inside, 1.0)
    expected = np.einsum("scp,sp->cp", share, kept) / body.cell_ml[:, None]
    density = dose_density(body, where[0], dose_u, fibre, along_mm, across_mm, passed)
    assert expected.max() > 0.1
    np.testing.assert_allclose(density, expected, atol=1e-12)
    for subject in range(subjects):  # each subject by itself, and one without an axis of subjects
        alone = jax.jit(dose_density, static_argnums=0)(
            body, where[0][..., subject], dose_u, fibre, along_mm, across_mm, passed
        )
        np.testing.assert_allclose(alone, expected[:, subject], atol=1e-12)


@pytest.mark.parametrize("chart", sorted({placed(name)[0].chart for name in PROTOCOLS}))
def test_blocks_gates_and_compartments_count_alike(chart):
    anatomy = next(placed(name)[0] for name in PROTOCOLS if placed(name)[0].chart == chart)
    body, count = field(anatomy), len(blocks(anatomy))
    copies = sum(gate_copies(gate, anatomy) for gate in gates(anatomy))
    assert len(body.blocks) == len(tissues(anatomy)) == count + copies
    assert body.holds_dose.tolist() == [True] * count + [False] * copies
    assert body.endplate_weight.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    assert len(driving_blocks(anatomy)) > 0
    whole = [part for part in compartments(anatomy, "everything") if not part.pain_of]
    rows = sorted(row for part in whole for row in part.rows)
    assert rows == list(range(count + copies))
