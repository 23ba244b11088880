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

from endplate.facts.indications import indication
from endplate.people.areas import Area, burden_area, line_area
from endplate.people.cohort import Before
from endplate.people.engine import direct_working, muscles, read_tables, readings, tables
from endplate.people.layout import (
    MUSCLE,
    NOCICEPTOR,
    Layout,
    block_count,
    blocks,
    driving_blocks,
    tissues,
    whole_field,
)
from endplate.people.loads import Run, block_gains, cell_loads, densities, drawn, pain_gains
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
    return followed(run, densities(run, placement, CROWD), normals, group_weight)


def followed(run: Run, density: list[Array], normals: Array, group_weight: Array) -> Chunk:
    """What the doses at every person's end plates do; as `run_chunk`, from the density on."""
    layout, setting = run.layout, run.setting
    split, driving = block_count(layout), driving_blocks(layout)
    working = _own_tissues(run, density)
    wastes = np.array([blocks(layout)[i].tissue == MUSCLE for i in driving])
    course = muscles(working[:, :, driving], run.rates(MUSCLE), setting.time_d, wastes)
    shown, areas = working[:, :, :split], []
    for i, name in enumerate(layout.areas):
        effect = course.force_fraction
        if indication(name).tissue == NOCICEPTOR:
            still = _nociceptors(run, name, density)
            effect = still[:, :, driving]
            # what is told of a muscle whose pain fibres are treated is what these still do
            shown = jnp.where(setting.share[i].sum(axis=0) > 0, still, shown)
        areas.append(_area(run, i, effect, normals, group_weight))
    return Chunk(shown, working[:, :, split:], tuple(areas), normals)


def _area(run: Run, place: int, effect: Array, normals: Array, group_weight: Array) -> Area:
    """One area of a chunk; `effect` (people, times, blocks) is what each driving block
    still does.
    """
    name, setting = run.layout.areas[place], run.setting
    stated, share = setting.before[place], setting.share[place][:, driving_blocks(run.layout)]
    if isinstance(stated, Before):
        return line_area(
            name, effect, share, setting.time_d, stated, run.values, normals, run.own,
            group_weight, run.told,
        )  # fmt: skip
    return burden_area(
        name, effect, share, setting.primary[place], setting.time_d, stated, run.values, normals,
        run.own, group_weight,
    )  # fmt: skip


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
        table = run.responses[name] if run.responses else responses(run, name)
        found[name] = read_tables(table, read).astype(_DOUBLE)
    return found


def tissues_read(layout: Layout) -> tuple[str, ...]:
    """Tissues whose endings a layout runs: those of its blocks and gates, and pain fibres."""
    pain = any(indication(name).tissue == NOCICEPTOR for name in layout.areas)
    return tuple(dict.fromkeys((*tissues(layout), *((NOCICEPTOR,) if pain else ()))))


def responses(run: Run, tissue: str) -> Array:
    """Working fraction of one tissue at the tabulated loads, shape (people, times, nodes)."""
    setting = run.setting
    return tables(run.rates(tissue), setting.injection_d, setting.load_ratio, setting.time_d, CROWD)
