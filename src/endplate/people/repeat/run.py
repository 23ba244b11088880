"""One treatment of a chunk of people, from what the one before left; compiled once per plan shape.

All injections put toxin on the same places in the same proportions, so each person's cells are
read once, and a treatment costs one table per tissue.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.facts.endpoints import symptom_scores
from endplate.facts.indications import indication
from endplate.model.course import nodes
from endplate.model.cycle import Window, injected, untouched
from endplate.model.tissue import force_fraction
from endplate.observe import LineState
from endplate.people.antibodies import exposed, load_share, none_yet
from endplate.people.cohort import Before
from endplate.people.draws import normals_of, placement_of
from endplate.people.engine import read_tables, readings
from endplate.people.layout import MUSCLE, NOCICEPTOR, Layout, block_count, whole_field
from endplate.people.loads import (
    Run,
    block_gains,
    cell_loads,
    densities,
    drawn,
    pain_gains,
    site_count,
)
from endplate.people.repeat import areas
from endplate.people.repeat.organs import (
    blocks_on,
    cross_section_lost,
    endings_on,
    tissues_run,
    windows_of,
    working_fractions,
)
from endplate.people.repeat.policy import at_days, decide
from endplate.people.repeat.state import AreaTreated, People, Schedule, State, Treated
from endplate.people.run import CROWD
from endplate.people.setting import Setting


@partial(jax.jit, static_argnames=("layout",))
def prepare(
    vectors: Array, seed: Array, people: Array, setting: Setting, layout: Layout
) -> tuple[People, State]:
    """People of a chunk and their state before any treatment; arguments as for `run_chunk`."""
    normals = normals_of(seed, people)
    run = drawn(vectors, normals, setting, layout, True)
    field, split = whole_field(layout), block_count(layout)
    placement = placement_of(seed, people, site_count(setting))
    density, own = densities(run, placement, CROWD), field.cell_block < split
    pain = {
        name: _reading(run, [one[:, own] for one in density], pain_gains(run, name), split, own)
        for name in layout.areas
        if indication(name).tissue == NOCICEPTOR
    }
    every = np.ones_like(own)
    reading = _reading(run, density, block_gains(run), len(field.endplate_weight), every)
    folk = People(vectors, normals, reading, pain)
    count = len(people)
    state = State(
        endings={
            name: jax.vmap(lambda rates: untouched(rates, len(nodes())))(run.rates(name))
            for name in tissues_run(layout)
        },
        lost=jnp.zeros((count, split)),
        lines={
            name: areas.first_lines(normals, stated)
            for name, stated in zip(layout.areas, setting.before, strict=True)
            if isinstance(stated, Before)
        },
        drive={name: jnp.zeros((len(symptom_scores(name)), count)) for name in layout.areas},
        immunity=none_yet(count),
        start_d=jnp.zeros(count),
        gap_d=jnp.full(count, jnp.inf),
    )
    return folk, state


@partial(jax.jit, static_argnames=("layout",))
def treat(
    folk: People,
    state: State,
    planned_share: Array,
    normals: Array,
    setting: Setting,
    schedule: Schedule,
    columns: Array,
    course: Array,
    layout: Layout,
) -> tuple[State, Treated, Array]:
    """One treatment of a chunk, and the state right before the next.

    Parameters
    ----------
    folk, state
        The people, and what earlier treatments left.
    planned_share : [1]
        Load of this treatment over that of the planned one.
    normals : [1]
        Draws of this treatment for antibodies and other non-response, shape (people, causes).
    setting, schedule
        What is given, and when again.
    columns : [1]
        Mean of the blocks of each muscle, shape (muscles, blocks).
    course : any
        Course so far, shape (people, series, days); this window is written into it.
    layout : Layout
        Chart, areas and sides.
    """
    run = drawn(folk.vectors, folk.normals, setting, layout, True)
    time_d = schedule.time_d
    rates = {name: run.rates(name) for name in state.endings}
    load = planned_share * load_share(state.immunity)
    endings = {
        name: jax.vmap(injected)(before, rates[name], load)
        for name, before in state.endings.items()
    }
    windows = {name: windows_of(endings[name], rates[name], time_d) for name in endings}
    working = working_fractions(folk, windows, layout)
    split = block_count(layout)
    organs = working[:, :, :split]
    lost = cross_section_lost(organs, state.lost, rates[MUSCLE], time_d, layout)
    force = force_fraction(organs, lost)
    shown = {
        name: _shown(i, folk, state, run, force, windows, schedule)
        for i, name in enumerate(layout.areas)
    }
    deciding = shown[layout.areas[0]]
    gap_d = decide(schedule.policy, deciding.seen, deciding.fall, time_d)
    treated = Treated(
        areas={
            name: _told(i, shown[name], folk, run, gap_d, schedule)
            for i, name in enumerate(layout.areas)
        },
        gates=working[:, :, split:],
        start_d=state.start_d,
        gap_d=gap_d,
        immunity=state.immunity,
    )
    after = State(
        endings={
            name: endings_on(gap_d, endings[name], windows[name], rates[name], time_d)
            for name in endings
        },
        lost=blocks_on(lost, time_d, gap_d),
        lines={name: _lines_on(shown[name], time_d, gap_d) for name in state.lines},
        drive={name: _drive_on(shown[name], time_d, gap_d) for name in layout.areas},
        immunity=exposed(state.immunity, normals, state.gap_d, schedule.hazards),
        start_d=state.start_d + gap_d,
        gap_d=gap_d,
    )
    levels = jnp.concatenate([areas.courses(shown[name]) for name in layout.areas])
    series = jnp.concatenate([levels, jnp.einsum("ptb,kb->kpt", organs, columns)]).astype(CROWD)
    return after, treated, _written(course, series, state.start_d, schedule)


def _reading(
    run: Run, density: list[Array], gain: Array, count: int, cells: NDArray[np.bool_]
) -> Array:
    """Weights with which the first blocks read a table from some of the cells."""
    load = cell_loads(run, density, gain)[0].astype(CROWD)
    return readings(load, whole_field(run.layout).endplate_weight[:count, cells])


def _shown(
    place: int,
    folk: People,
    state: State,
    run: Run,
    force: Array,
    windows: dict[str, Window],
    schedule: Schedule,
) -> areas.Shown:
    """What one area shows in this window."""
    name, setting = run.layout.areas[place], run.setting
    stated, share = setting.before[place], setting.share[place]
    if isinstance(stated, Before):
        return areas.shown_lines(
            name, force, share, schedule.time_d, stated, state.lines[name], run.values,
            folk.normals, run.own,
        )  # fmt: skip
    effect = force
    if name in folk.pain:
        table = windows[NOCICEPTOR].working_fraction
        effect = read_tables(table, folk.pain[name]).astype(jnp.float64)
    return areas.shown_burden(
        name, effect, share, setting.primary[place], schedule.time_d, state.start_d, stated,
        state.drive[name], run.values, folk.normals, run.own,
    )  # fmt: skip


def _told(
    place: int, shown: areas.Shown, folk: People, run: Run, gap_d: Array, schedule: Schedule
) -> AreaTreated:
    """What is told of one area: its courses, and its endpoints at the visit and before the next."""
    name, setting, time_d = run.layout.areas[place], run.setting, schedule.time_d
    day_d = jnp.stack([jnp.minimum(schedule.visit_d, gap_d), gap_d], axis=1)
    stated = setting.before[place]
    if isinstance(stated, Before):
        main = shown.levels[0]
        found, asked = areas.line_endpoints(
            shown, day_d, time_d, stated, run.values, folk.normals, run.own
        )
    else:
        main = shown.levels[setting.primary[place]]
        found, asked = areas.burden_endpoints(
            name, shown, day_d, time_d, setting.primary[place], stated, folk.normals
        )
    return AreaTreated(
        level=main.astype(CROWD),
        fall=shown.fall.astype(CROWD),
        latent=shown.latent,
        before=shown.before,
        best=shown.seen.min(axis=1),
        at_next=at_days(shown.seen, time_d, day_d[:, 1:])[:, 0],
        endpoints=found,
        asked=asked,
    )


def _drive_on(shown: areas.Shown, time_d: Array, day_d: Array) -> Array:
    if shown.lines is not None:
        return jnp.zeros((0, len(day_d)))
    return jnp.stack([at_days(one, time_d, day_d[:, None])[:, 0] for one in shown.silenced])


def _lines_on(shown: areas.Shown, time_d: Array, day_d: Array) -> LineState:
    courses = shown.lines or LineState(shown.levels[0], shown.levels[0])
    return LineState(*(at_days(one, time_d, day_d[:, None])[:, 0] for one in courses))


def _written(course: Array, series: Array, start_d: Array, schedule: Schedule) -> Array:
    """The course with this window in place from its first day on."""
    since_d = schedule.course_d[None] - start_d[:, None]
    found = jax.vmap(lambda one: at_days(one, schedule.time_d, since_d), out_axes=1)(series)
    return jnp.where((since_d >= 0.0)[:, None], found, course)
