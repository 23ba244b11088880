"""One chunk of virtual people through the whole body, compiled once per shape of plan.

Everything that belongs to a plan is an argument, so that the compiled code of one plan serves the
next of the same shape, from the cache on disk too.
"""

from functools import partial
from typing import Any, Generic, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray

from endplate.facts.indications import indication
from endplate.people.areas import Area, Held, burden_area, line_area
from endplate.people.cohort import Lines
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
from endplate.people.loads import (
    Run,
    Traits,
    block_gains,
    cell_loads,
    densities,
    pain_gains,
    traits_of,
)
from endplate.people.setting import Setting

CHUNK = 256
CROWD = jnp.float32  # precision of spread and cleavage in a crowd; within 1e-4 of double
GROUPS = 4  # a chunk may hold people of four parameter vectors


class Chunk(NamedTuple, Generic[Held]):
    """What a chunk of people gives, in arrays of jax or of numpy.

    `working` (people, times, blocks), `gates` (people, times, gates), one `Area` per area, and
    the draws, `normals` (people, purposes).
    """

    working: Held
    gates: Held
    areas: tuple[Area[Held], ...]
    normals: Held


def run_chunk(
    vectors: ArrayLike,
    normals: ArrayLike,
    placement: ArrayLike,
    group_weight: ArrayLike,
    setting: Setting,
    layout: Layout,
    same_pattern: bool,
) -> Chunk[Array]:
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
    vectors, normals, placement, group_weight = map(
        jnp.asarray, (vectors, normals, placement, group_weight)
    )
    traits = traits_of(vectors, normals, setting, layout)
    return _run(traits, normals, placement, group_weight, setting, layout, same_pattern)


@partial(jax.jit, static_argnames=("layout", "same_pattern"))
def _run(
    traits: Traits,
    normals: Array,
    placement: Array,
    group_weight: Array,
    setting: Setting,
    layout: Layout,
    same_pattern: bool,
) -> Chunk[Array]:
    run = Run(traits, setting, layout, same_pattern)
    return followed(run, densities(run, placement, CROWD), normals, group_weight)


def followed(run: Run, density: list[Array], normals: Array, group_weight: Array) -> Chunk[Array]:
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
        areas.append(_area(run, i, effect, group_weight))
    return Chunk(shown, working[:, :, split:], tuple(areas), normals)


def at_hand(chunk: Chunk[Array]) -> Chunk[NDArray[Any]]:
    """A chunk in arrays of numpy, which share its memory and are sliced in no time."""
    return jax.tree.map(np.asarray, chunk)


def _area(run: Run, place: int, effect: Array, group_weight: Array) -> Area[Array]:
    """One area of a chunk; `effect` (people, times, blocks) is what each driving block
    still does.
    """
    name, setting, before = run.layout.areas[place], run.setting, run.traits.before[place]
    share = setting.share[place][:, driving_blocks(run.layout)]
    if isinstance(before, Lines):
        return line_area(
            name, effect, share, setting.time_d, before, run.values, run.own["shared_rater"],
            group_weight, run.told,
        )  # fmt: skip
    return burden_area(
        name, effect, share, setting.primary[place], setting.time_d, *before, group_weight
    )


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
        found[name] = read_tables(table, read).astype(gain.dtype)
    return found


def tissues_read(layout: Layout) -> tuple[str, ...]:
    """Tissues whose endings a layout runs: those of its blocks and gates, and pain fibres."""
    pain = any(indication(name).tissue == NOCICEPTOR for name in layout.areas)
    return tuple(dict.fromkeys((*tissues(layout), *((NOCICEPTOR,) if pain else ()))))


def responses(run: Run, tissue: str) -> Array:
    """Working fraction of one tissue at the tabulated loads, shape (people, times, nodes)."""
    setting = run.setting
    return tables(run.rates(tissue), setting.injection_d, setting.load_ratio, setting.time_d, CROWD)
