"""One chunk of virtual people through the whole body, compiled once per shape of plan.

Everything that belongs to a plan is an argument, so that the compiled code of one plan serves the
next of the same shape, from the cache on disk too.
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import DTypeLike

from endplate.body.course import Kinetics
from endplate.facts.indications import indication
from endplate.facts.parameters import value
from endplate.people import model
from endplate.people.areas import Area, burden_area, line_area
from endplate.people.cohort import Before
from endplate.people.draws import PURPOSES
from endplate.people.engine import direct_working, muscles, read_tables, readings, tables
from endplate.people.exposure import bound, landed_densities
from endplate.people.layout import (
    MUSCLE,
    NOCICEPTOR,
    Layout,
    block_count,
    blocks,
    copies,
    gate_tissue,
    gates,
    potency_of,
    tissues,
    whole_field,
)
from endplate.people.setting import Setting

CHUNK = 256
CROWD = jnp.float32  # precision of spread and cleavage in a crowd; within 1e-4 of double
GROUPS = 4  # a chunk may hold people of four parameter vectors
_DOUBLE = jnp.float64


class Chunk(NamedTuple):
    """What a chunk of people gives.

    `working` (people, times, blocks), `gates` (people, times, gates), one `Area` per area, and
    the draws, `normals` (people, purposes).
    """

    working: Array
    gates: Array
    areas: tuple[Area, ...]
    normals: Array


@partial(jax.jit, static_argnames=("layout", "same_pattern"))
def run_chunk(
    vectors: Array,
    normals: Array,
    placement: Array,
    group_weight: Array,
    setting: Setting,
    layout: Layout,
    same_pattern: bool,
) -> Chunk:
    """Run one chunk.

    Parameters
    ----------
    vectors : [1]
        Fitted parameters of each person on the working scale, shape (people, parameters).
    normals : [1]
        Each person's own draws, shape (people, purposes).
    placement : [1]
        Draws of where each person's needle lands, shape (people, sites, 3).
    group_weight : [1]
        Weight of each person in the mean of each group, shape (groups, people).
    setting : Setting
        The plan and its history.
    layout : Layout
        Chart, areas and sides.
    same_pattern : bool
        Earlier sessions used the planned sites in proportion, so one table per person serves all.
    """
    run = drawn(vectors, normals, setting, layout, same_pattern)
    density = densities(run, placement, CROWD)
    split = block_count(layout)
    working = _own_tissues(run, density)
    wastes = np.array([block.tissue == MUSCLE for block in blocks(layout)])
    course = muscles(working[:, :, :split], run.rates(MUSCLE), setting.time_d, wastes)
    shown, areas = course.working_fraction, []
    for i, name in enumerate(layout.areas):
        effect = course.force_fraction
        if indication(name).tissue == NOCICEPTOR:
            effect = _nociceptors(run, name, density)
            # what is told of a muscle whose pain fibres are treated is what these still do
            shown = jnp.where(setting.share[i].sum(axis=0) > 0, effect, shown)
        areas.append(_area(run, i, effect, normals, group_weight))
    return Chunk(shown, working[:, :, split:], tuple(areas), normals)


class Run(NamedTuple):
    """What the steps of one chunk share."""

    values: dict[str, Array]
    own: dict[str, Array]
    vectors: Array
    longer: Array
    setting: Setting
    layout: Layout
    same_pattern: bool

    def rates(self, tissue: str) -> Kinetics:
        """Each person's rates in one tissue, with the product's persistence."""
        rates = model.kinetics(self.values, "", self.own, tissue)
        return rates._replace(persistence_d=rates.persistence_d * self.longer)


def drawn(
    vectors: Array, normals: Array, setting: Setting, layout: Layout, same_pattern: bool
) -> Run:
    """People with these draws, shape (people, purposes), and their rates."""
    own = {purpose: normals[:, i] for i, purpose in enumerate(PURPOSES)}
    longer = jnp.exp(column_of(vectors, setting.persistence_row))
    values = model.natural_values(vectors.T)
    return Run(values, own, vectors, longer, setting, layout, same_pattern)


def site_count(setting: Setting) -> int:
    """Sites that a needle is placed at, padding included."""
    return len(setting.sessions[0].sites.dose_u)


def densities(run: Run, placement: Array, dtype: DTypeLike) -> list[Array]:
    """Dose density [U/mL] of each session in every cell, each of shape (people, cells)."""
    sessions = run.setting.sessions
    field = whole_field(run.layout)
    return [landed_densities(field, session.sites, placement, dtype) for session in sessions]


def block_gains(run: Run) -> Array:
    """Log of load over dose density in every cell, each block's own tissue; (people, cells)."""
    return jnp.stack(log_gains(run), axis=1)[:, whole_field(run.layout).cell_block]


def pain_gains(run: Run, area: str) -> Array:
    """Log of load over dose density of the pain fibres of an area, shape (people, 1)."""
    return jnp.log(run.values[f"potency:{area}"])[:, None]


def cell_loads(run: Run, density: list[Array], gain: Array) -> list[Array]:
    """Load of each session in every cell, each of shape (people, cells)."""
    person = run.values["load_log_sd"] * run.own["load"] + run.setting.male_log_load
    gain = jnp.exp(gain + person[:, None])
    return [
        bound(one, column_of(run.vectors, session.ratio_row)) * gain
        for one, session in zip(density, run.setting.sessions, strict=True)
    ]


def _area(run: Run, place: int, effect: Array, normals: Array, group_weight: Array) -> Area:
    """One area of a chunk; `effect` (people, times, blocks) is what each block still does."""
    name, setting = run.layout.areas[place], run.setting
    stated, share = setting.before[place], setting.share[place]
    if isinstance(stated, Before):
        return line_area(
            name, effect, share, setting.time_d, stated, run.values, normals, run.own, group_weight
        )
    return burden_area(
        name, effect, share, setting.primary[place], setting.time_d, stated, run.values, normals,
        run.own, group_weight,
    )  # fmt: skip


def column_of(vectors: Array, row: Array) -> Array:
    """One parameter of each person, 0 where the row is -1."""
    return jnp.where(row >= 0, vectors[:, jnp.maximum(row, 0)], 0.0)


def _own_tissues(run: Run, density: list[Array]) -> Array:
    """Working fraction of every block and gate, each with the rates of its own tissue."""
    field = whole_field(run.layout)
    gain = block_gains(run)
    of_block = np.array(tissues(run.layout))
    found = _working(run, density, gain, field.endplate_weight, tuple(dict.fromkeys(of_block)))
    working = found[of_block[0]]
    for tissue, other in found.items():
        working = jnp.where(of_block == tissue, other, working)
    return working


def _nociceptors(run: Run, name: str, density: list[Array]) -> Array:
    """Share of pain fibres in reach of each block that still release, (people, times, blocks)."""
    field, split = whole_field(run.layout), block_count(run.layout)
    own = field.cell_block < split
    gain = pain_gains(run, name)
    weight = field.endplate_weight[:split, own]
    reached = [one[:, own] for one in density]
    return _working(run, reached, gain, weight, (NOCICEPTOR,))[NOCICEPTOR]


def _working(
    run: Run, density: list[Array], gain: Array, weight: np.ndarray, wanted: tuple[str, ...]
) -> dict[str, Array]:
    """Working fraction of every block with the rates of each wanted tissue.

    `density` (people, cells) of each session, `gain` (people, cells or 1) log load over density.
    """
    setting = run.setting
    loads = cell_loads(run, density, gain)
    if not run.same_pattern:
        days = jnp.stack([session.day for session in setting.sessions])
        stacked = jnp.stack(loads, axis=1)
        return {
            name: direct_working(stacked, weight, run.rates(name), days, setting.time_d)
            for name in wanted
        }
    read = readings(loads[0].astype(CROWD), weight)
    found = {}
    for name in wanted:
        table = tables(
            run.rates(name), setting.injection_d, setting.load_ratio, setting.time_d, CROWD
        )
        found[name] = read_tables(table, read).astype(_DOUBLE)
    return found


def log_gains(run: Run) -> list[Array]:
    """Log of load over dose density of every block and gate, each of shape (people,)."""
    layout, values = run.layout, run.values
    gains = []
    for i, block in enumerate(blocks(layout)):
        name = potency_of(block.muscle, block.tissue, layout.areas)
        gains.append(jnp.log(values[f"potency:{name}"]) - run.setting.log_volume[i])
    tail = value("anatomy_log_sd") * run.own["neighbour"]
    for neighbour in gates(layout):
        areas = (neighbour.calibrated_on,)
        name = potency_of(neighbour.muscle, gate_tissue(neighbour), areas)
        gain = jnp.log(values[f"potency:{name}"]) + np.log(neighbour.reach)
        gains += [gain + tail] * copies(neighbour, layout)
    return gains
