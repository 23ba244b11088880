"""Runs subjects through a window of days: exposure, nerve endings, tissue, scales.

The steps, in order: `describe` says who each subject is, `expose` what dose lies at its endings;
`inject` adds a session; `run_window` follows everything for a window of days; `state_on` is what
the next window starts from.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.engine.anatomy import (
    NOCICEPTOR,
    Anatomy,
    Compartment,
    Scope,
    blocks,
    compartments,
    driving_blocks,
    field,
    gate_copies,
    gate_tissue,
    gates,
    potency_of,
    tissues,
)
from endplate.engine.exposure import acting_density, landed_density, table_weights
from endplate.engine.gates import GateLoads, at_table, with_gate_points
from endplate.engine.scenario import Scenario
from endplate.facts.endpoints import symptom_scores
from endplate.facts.indications import indication
from endplate.facts.parameters import value
from endplate.model import Kinetics, Model, kinetics
from endplate.model import endings as nerve
from endplate.model.endings import Endings, TimeNodes, Window
from endplate.model.kinetics import MUSCLE
from endplate.model.parameters import natural_values, vector_index
from endplate.model.transmission import ReleaseFatigue
from endplate.observe.course import IndicationCourse, Subjects, Times, at_days
from endplate.observe.lines import LineState, line_scale, severity, skin
from endplate.observe.raters import investigator_error, raters
from endplate.observe.symptom_score import (
    ScoreLink,
    fall_by_drug,
    fall_by_placebo,
    followed,
    of_parts,
    score_link,
    symptom_score,
)
from endplate.population.baseline import (
    LineBaseline,
    StatedLines,
    line_baseline,
    score_baseline,
)
from endplate.population.immunity import Immunity, load_share, naive
from endplate.population.random_effects import by_name

SINGLE = jnp.float32  # precision of a cohort; reference runs are double


class Cohort(NamedTuple):
    """Subjects of a run; the precision of `effects` is that of the run.

    `vectors` [1] are parameters on the working scale, (parameters, subjects), or (parameters,)
    where all subjects share them; `effects` [1] random effects (effects, subjects); `placement`
    [1] where needles land, (sites, 3, subjects).
    """

    vectors: Array | NDArray[np.float64]
    effects: Array | NDArray[Any]
    placement: Array | NDArray[Any]


class Clock(NamedTuple):
    """Times of a window: those worked out for endings, and those of the courses.

    `time_d` [d] are those of the courses, `spline` [1] the weights with which they are read from
    the nodes, (times, nodes); None where the courses stand on the nodes.
    """

    nodes: TimeNodes
    time_d: Array | NDArray[np.float64]
    spline: Array | NDArray[np.float64] | None


def clock(days: float, model: Model, reference: bool = False) -> Clock:
    """Times of a window of so many days; `reference` steps finely, within 1e-6 of exact."""
    if reference:
        nodes = nerve.reference_nodes(days)
        return Clock(nodes, np.asarray(nodes.step_d), None)
    nodes, time_d = nerve.time_nodes(days, model), nerve.course_days(days)
    every_d = np.concatenate([nodes.step_d, nodes.decay_d])
    return Clock(nodes, time_d, nerve.spline_matrix(every_d, time_d))


class Described(NamedTuple):
    """Who the subjects are, before anything is injected.

    By compartment: `rates`, and `gain` [1], the load over the acting density of each of its blocks,
    (blocks, subjects). `log_potency` [1] is that of each session's product. `baseline` and `link`
    are by indication.
    """

    subjects: Subjects
    rates: tuple[Kinetics, ...]
    gain: tuple[Array, ...]
    log_potency: tuple[Array, ...]
    baseline: dict[str, LineBaseline | Array]
    link: dict[str, ScoreLink]


class Exposed(NamedTuple):
    """Subjects with the dose at their endings.

    By compartment: `load` [1] (sessions, points, subjects or 1) and `weight` [1], with which blocks
    are read from the points, (blocks, points, subjects) or (blocks, points). `gates` are those of
    the compartment's gates, by their row among the gates.
    """

    described: Described
    load: tuple[Array, ...]
    weight: tuple[Array, ...]
    gates: tuple[dict[int, GateLoads], ...]

    @property
    def subjects(self) -> Subjects:
        """Parameters and random effects by name."""
        return self.described.subjects

    @property
    def rates(self) -> tuple[Kinetics, ...]:
        """Rates by compartment."""
        return self.described.rates

    @property
    def baseline(self) -> dict[str, LineBaseline | Array]:
        """What each indication shows before treatment."""
        return self.described.baseline

    @property
    def link(self) -> dict[str, ScoreLink]:
        """What ties each indication's scores to its drive."""
        return self.described.link


class State(NamedTuple):
    """What one window leaves for the next.

    `endings` of each compartment, `lost` [1] of the driving blocks' cross-section (blocks,
    subjects), `line` and `drive` by indication: the line at rest, and the silence each part of each
    score has followed so far, (scales, parts, subjects). `start_d` and `gap_d` [d] are the day of
    the treatment since the first, and the days since the one before.
    """

    endings: tuple[Endings, ...]
    lost: Array
    line: dict[str, LineState]
    drive: dict[str, Array]
    immunity: Immunity
    start_d: Array
    gap_d: Array


class WindowCourses(NamedTuple):
    """What one window shows.

    `endings` of each compartment; `working` [1] of the blocks, (nodes, blocks, subjects) on the
    nodes of the clock, `gates` [1] of the gates (times, gates, subjects); `lost` and `force` [1] of
    the driving blocks (times, blocks, subjects); `courses` and the state of the lines, by
    indication; `observed` is what the professional goes by, (times, subjects) of each.
    """

    endings: tuple[Window, ...]
    working: Array
    gates: Array
    lost: Array
    force: Array
    courses: dict[str, IndicationCourse]
    line: dict[str, LineState]
    drive: dict[str, Array]
    observed: dict[str, Array]


def describe(cohort: Cohort, scenario: Scenario, scope: Scope) -> Described:
    """Who the subjects are.

    Where a run begins this is compiled by itself: fused with the steps that use it, the compiler
    would work it out anew in every cell and at every time.

    Parameters
    ----------
    cohort : Cohort
        The subjects.
    scenario : Scenario
        What they have in common.
    scope : Scope
        What of the body to work out.
    """
    effects = jnp.asarray(cohort.effects)
    dtype, vectors = effects.dtype, jnp.asarray(cohort.vectors, jnp.float64)
    exact = natural_values(vectors)
    values = exact.astype(dtype)
    subjects = Subjects(values, by_name(effects))
    doubles = subjects.effects.astype(jnp.float64)
    longer = jnp.exp(_of_product(vectors, scenario.persistence_index))
    parts = compartments(scenario.anatomy, scope)
    baseline: dict[str, LineBaseline | Array] = {
        code: line_baseline(effects, stated)
        if isinstance(stated, StatedLines)
        else score_baseline(effects, symptom_scores(code), stated)
        for code, stated in zip(scenario.indications, scenario.stated, strict=True)
    }
    return Described(
        subjects=subjects,
        rates=tuple(
            kinetics(exact, doubles, part.tissue, longer, scenario.muscles) for part in parts
        ),
        gain=tuple(jnp.exp(_log_gains(part, vectors, subjects, scenario)) for part in parts),
        log_potency=tuple(_of_product(vectors, s.potency_index) for s in scenario.sessions),
        baseline=baseline,
        link={
            code: score_link(values, subjects.effects, code)
            for code in scenario.indications
            if symptom_scores(code)
        },
    )


def expose(
    described: Described,
    placement: Array,
    scenario: Scenario,
    scope: Scope,
    density: tuple[Array, ...] | None = None,
    reached: NDArray[np.bool_] | None = None,
) -> Exposed:
    """The dose at the nerve endings of described subjects.

    Parameters
    ----------
    described : Described
        The subjects.
    placement : [1]
        Where needles land, (sites, 3, subjects).
    scenario, scope
        As for `describe`.
    density : [U/mL]
        Dose density of each session where it is known already, (cells, subjects).
    reached : bool
        Cells that any dose can reach, (cells,); the others are taken as free of toxin. Gates are
        then not looked at.
    """
    body = field(scenario.anatomy)
    if density is None:
        density = tuple(
            landed_density(body, session.sites, placement) for session in scenario.sessions
        )
    acting = [
        acting_density(one, log_ratio)
        for one, log_ratio in zip(density, described.log_potency, strict=True)
    ]
    loads, weights, at_gates = [], [], []
    parts, split = compartments(scenario.anatomy, scope), len(blocks(scenario.anatomy))
    for part, gain in zip(parts, described.gain, strict=True):
        rows = np.array(part.rows, int)
        cells = np.isin(body.cell_block, rows)
        weight = body.endplate_weight[rows][:, cells]
        if reached is not None:
            weight, cells = weight[:, reached[cells]], cells & reached
        # blocks in the order of the rows, whatever the order of their cells
        block = np.searchsorted(rows, body.cell_block[cells])
        load = [one[cells] * gain[block] for one in acting]
        gate_cell = {
            row - split: np.flatnonzero(block == i)[0]
            for i, row in enumerate(part.rows)
            if row >= split and not part.pain_of and reached is None
        }
        if scenario.same_pattern:
            table = nerve.table_loads().astype(load[0].dtype)
            loads.append(table[None, :, None])
            weights.append(table_weights(load[0], weight))
            at_gates.append(
                {row: at_table(table, load[0][cell]) for row, cell in gate_cell.items()}
            )
        else:
            every, places = with_gate_points(jnp.stack(load), gate_cell, described.subjects)
            loads.append(every)
            spare = every.shape[1] - weight.shape[1]
            weights.append(jnp.asarray(np.pad(weight, ((0, 0), (0, spare))), load[0].dtype))
            at_gates.append(places)
    return Exposed(described, tuple(loads), tuple(weights), tuple(at_gates))


def expose_to_nothing(
    described: Described, scenario: Scenario, scope: Scope, clock: Clock
) -> tuple[Exposed, tuple[Window, ...]]:
    """Described subjects who are injected vehicle, and their endings, which stay as they are.

    What `expose` and `run_endings` give at a dose of zero, without the work.
    """
    effect = described.subjects.effects["load"]
    dtype = effect.dtype
    load = jnp.zeros((len(scenario.sessions), 1, 1), dtype)
    nodes = len(clock.nodes.step_d) + len(clock.nodes.decay_d)
    whole = jnp.ones((nodes, 1, len(effect)), dtype)
    parts = compartments(scenario.anatomy, scope)
    weights = tuple(jnp.ones((len(part.rows), 1), dtype) for part in parts)
    exposed = Exposed(described, (load,) * len(parts), weights, ({},) * len(parts))
    return exposed, (Window(whole, whole),) * len(parts)


def _of_product(vectors: Array, index: Array | int | np.integer) -> Array:
    """One parameter on the working scale, 0 where the index is -1; a number or one per subject."""
    return jnp.where(jnp.asarray(index) >= 0, vectors[jnp.maximum(index, 0)], 0.0)


def _log_gains(part: Compartment, vectors: Array, subjects: Subjects, scenario: Scenario) -> Array:
    """Log of load over acting density of each row of a compartment, (rows, subjects)."""
    values, effects, anatomy = subjects.values, subjects.effects, scenario.anatomy
    person = values["load_log_sd"] * effects["load"] + scenario.male_log_load
    muscles, gate_of_row = blocks(anatomy), []
    for index, neighbour in enumerate(gates(anatomy)):
        gate_of_row += [(index, neighbour)] * gate_copies(neighbour, anatomy)
    potency: list[str] = []
    offset_of = np.full(len(part.rows), -1)  # of a muscle its volume, of a gate its reach
    way_sd = np.zeros(len(part.rows))
    log_volume = jnp.asarray(scenario.log_volume)
    log_volume = log_volume if log_volume.ndim == 2 else log_volume[:, None]
    log_reach = jnp.asarray(scenario.log_reach)[:, None] + jnp.zeros(log_volume.shape[1])
    offset = jnp.concatenate([-log_volume, log_reach])
    for place, row in enumerate(part.rows):
        if part.pain_of:
            potency.append(part.pain_of)
        elif row < len(muscles):
            muscle = muscles[row]
            potency.append(potency_of(muscle.muscle, muscle.tissue, anatomy.indications))
            offset_of[place] = row
        else:
            index, gate = gate_of_row[row - len(muscles)]
            potency.append(potency_of(gate.muscle, gate_tissue(gate), (gate.calibrated_on,)))
            offset_of[place], way_sd[place] = len(muscles) + index, value("anatomy_log_sd")
    rows = np.array([vector_index("potency", name) for name in potency], int)
    log_potency = vectors[rows]  # potencies are logarithms on the working scale
    log_potency = log_potency if log_potency.ndim == 2 else log_potency[:, None]
    gain = log_potency + jnp.where(offset_of[:, None] >= 0, offset[offset_of], 0.0)
    gain = gain + way_sd[:, None] * effects["neighbour"] + person
    return gain.astype(effects["load"].dtype)


def first_state(exposed: Exposed, scenario: Scenario, model: Model) -> State:
    """State of subjects who were never treated."""
    count, dtype = _subjects(exposed)
    line, drive = {}, {}
    for code, before in exposed.baseline.items():
        if isinstance(before, LineBaseline):
            line[code] = LineState(before.rest, before.rest)
        else:
            parts = len(symptom_scores(code)[0].parts_share)
            drive[code] = jnp.zeros((len(before), parts, count), before.dtype)
    return State(
        endings=tuple(
            nerve.untreated(model, rates, len(load), load.shape[1], dtype)
            for rates, load in zip(exposed.rates, exposed.load, strict=True)
        ),
        lost=jnp.zeros((len(driving_blocks(scenario.anatomy)), count), dtype),
        line=line,
        drive=drive,
        immunity=naive(count),
        start_d=jnp.zeros(count),
        gap_d=jnp.full(count, jnp.inf),
    )


def _subjects(exposed: Exposed) -> tuple[int, np.dtype]:
    effect = exposed.subjects.effects["load"]
    return len(effect), effect.dtype


def inject(
    state: State, exposed: Exposed, model: Model, session: Array | int, ratio: Array | float
) -> State:
    """State right after a session; `ratio` [1] is its load over that of the session's sites."""
    share = ratio * load_share(state.immunity)
    endings = tuple(
        nerve.injected(own, model, rates, session, share)
        for own, rates in zip(state.endings, exposed.rates, strict=True)
    )
    return state._replace(endings=endings)


def run_endings(
    state: State,
    rates: tuple[Kinetics, ...],
    load: tuple[Array, ...],
    model: Model,
    clock: Clock,
    treated_before: bool,
) -> tuple[Window, ...]:
    """Nerve endings of every compartment from an injection on, at the points of `load`.

    Where one response table serves a whole pattern of sites they do not depend on the dose, so
    that arms of a trial share them.
    """
    fatigue = ReleaseFatigue.human() if treated_before else None
    return tuple(
        nerve.run_window(endings, points, model, kinetics, fatigue, clock.nodes)
        for endings, points, kinetics in zip(state.endings, load, rates, strict=True)
    )


def run_window(
    state: State,
    exposed: Exposed,
    scenario: Scenario,
    model: Model,
    scope: Scope,
    clock: Clock,
    treated_before: bool,
    windows: tuple[Window, ...] | None = None,
) -> WindowCourses:
    """Follow subjects from an injection on.

    Parameters
    ----------
    state : State
        Right after the injection.
    exposed, scenario, model, scope
        As for `expose`.
    clock : Clock
        Times of the window.
    treated_before : bool
        Whether earlier blocks may have fatigued release.
    windows : tuple of Window
        What `run_endings` gave, where it is known already.
    """
    anatomy = scenario.anatomy
    if windows is None:
        windows = run_endings(state, exposed.rates, exposed.load, model, clock, treated_before)
    working_of, pain_of = {}, {}
    parts = compartments(anatomy, scope)
    for part, window, weight in zip(parts, windows, exposed.weight, strict=True):
        working = _of_blocks(window.working_fraction, weight)
        if part.pain_of:
            pain_of[part.pain_of] = dict(zip(part.rows, np.arange(len(part.rows)), strict=True))
            working_of[part.pain_of] = working
        else:
            working_of[part.tissue] = working
    split = len(blocks(anatomy))
    plain = [part for part in parts if not part.pain_of]
    rows = [row for part in plain for row in part.rows]
    time_d = clock.time_d
    count, dtype = _subjects(exposed)
    nothing = jnp.zeros((len(clock.nodes.all_d), 0, count), dtype)
    every = jnp.concatenate([working_of[p.tissue] for p in plain], axis=1) if plain else nothing
    column = {row: i for i, row in enumerate(rows)}
    driving = driving_blocks(anatomy)
    known = [row for row in driving if row in column]
    gate_rows = [row for row in rows if row >= split]
    chosen = np.array([column[row] for row in (*known, *gate_rows)], int)
    followed_rows = on_times(every[:, chosen], clock)
    organs, at_gates = followed_rows[:, : len(known)], followed_rows[:, len(known) :]
    lost, force = _tissue(organs, known, state, exposed, scenario, model, time_d)
    shown = every[:, np.array([column[r] for r in range(split) if r in column], int)]
    courses, lines, drives, observed = {}, {}, {}, {}
    for index, code in enumerate(scenario.indications):
        effect = force
        if indication(code).tissue == NOCICEPTOR and code in working_of:
            still = working_of[code]
            columns = np.array([pain_of[code][row] for row in driving], int)
            effect = on_times(still[:, columns], clock)
            if scope == "everything":
                # what is told of a muscle whose pain fibres are treated is what these still do
                aimed = np.asarray(_is_driving(anatomy, code))[:split]
                shown = jnp.where(aimed[None, :, None], still, shown)
        if scope == "gates":
            continue
        share = scenario.drive_share[index][:, driving].astype(dtype)
        before = exposed.baseline[code]
        if isinstance(before, LineBaseline):
            courses[code], lines[code], observed[code] = _line_course(
                code, before, effect, share, state.line[code], exposed.subjects, time_d
            )
        else:
            since_first_d = state.start_d if treated_before else 0.0
            courses[code], drives[code] = _score_course(
                code,
                before,
                effect,
                share,
                state.drive[code],
                exposed.link[code],
                scenario.main_scale[index],
                time_d,
                since_first_d,
            )
            observed[code] = courses[code].level[scenario.main_scale[index]]
    return WindowCourses(windows, shown, at_gates, lost, force, courses, lines, drives, observed)


def _is_driving(anatomy: Anatomy, code: str) -> NDArray[np.bool_]:
    """Which blocks drive an indication, on any side."""
    driving = driving_blocks(Anatomy(anatomy.chart, (code,), anatomy.sides))
    flags = np.zeros(len(tissues(anatomy)), bool)
    flags[driving] = True
    return flags


def _of_blocks(working: Array, weight: Array) -> Array:
    """Working fraction of blocks (times, blocks, subjects) from that at the points."""
    if weight.ndim == 2:
        # one time after the other, as products of matrices that lie in memory as they are needed
        found = jax.lax.map(lambda at_time: weight @ at_time, working)
    else:
        found = jnp.einsum("tnp,bnp->tbp", working, weight)
    return jnp.clip(found, 0.0, 1.0)


def on_times(working: Array, clock: Clock) -> Array:
    """Working fractions on the times of the courses, from those on the nodes."""
    if clock.spline is None:
        return working
    spline = jnp.asarray(clock.spline, working.dtype)
    return jnp.clip(jnp.einsum("tn,nbp->tbp", spline, working), 0.0, 1.0)


def _tissue(
    working: Array,
    rows: list[int],
    state: State,
    exposed: Exposed,
    scenario: Scenario,
    model: Model,
    time_d: Times,
) -> tuple[Array, Array]:
    """Cross-section lost and force of driving blocks; glands, bladder and endings do not thin."""
    if not rows:
        nothing = jnp.zeros((len(time_d), 0, working.shape[-1]), working.dtype)
        return nothing, nothing
    dtype, rates = working.dtype, exposed.rates[0]
    thins = np.array([tissues(scenario.anatomy)[row] == MUSCLE for row in rows], float)
    most = value("atrophy_most_lost") * thins
    times = jnp.asarray(time_d, dtype)
    tissue = model.tissue_of(
        rates._replace(
            wasting_per_d=rates.wasting_per_d.astype(dtype),
            regrowth_per_d=rates.regrowth_per_d.astype(dtype),
            most_lost=jnp.asarray(most[:, None], dtype),
        )
    )
    start = state.lost[: len(rows)] if state.lost.shape[0] == len(rows) else None
    lost = tissue.section_lost(working, times, start)
    return lost, tissue.force_fraction(working, lost)


def _line_course(
    code: str,
    before: LineBaseline,
    effect: Array,
    share: Array,
    start: LineState,
    subjects: Subjects,
    time_d: Times,
) -> tuple[IndicationCourse, LineState, Array]:
    """Courses of a line, the state of the line at rest, and what the investigator goes by.

    `effect` [1] (times, blocks, subjects) is what each driving block still does, `share` [1]
    (scales, blocks) its part in the drive.
    """
    values, effects = subjects
    force = jnp.einsum("tbp,b->tp", effect, share[0])
    contraction, line = severity(
        force, time_d, before.latent, start, line_scale(values, code), skin()
    )
    eye = raters(values, code)
    placebo = before.latent - eye.placebo_investigator
    flat = jnp.ones_like(force)
    course = IndicationCourse(
        time_d=time_d,
        level=jnp.stack([contraction, line.rest]),
        untreated=jnp.stack([placebo * flat, before.rest * flat]),
        before=jnp.stack([before.latent, before.rest]),
        grade=before.grade,
        silenced=(1.0 - force)[None],
        fall=1.0 - contraction / before.latent,
    )
    return course, line, contraction + investigator_error(eye, effects)


def _score_course(
    code: str,
    before: Array,
    effect: Array,
    share: Array,
    start: Array,
    link: ScoreLink,
    main_scale: int,
    time_d: Times,
    since_first_d: Array | float,
) -> tuple[IndicationCourse, Array]:
    """Courses of symptom scores, and the parts of the silence that they follow.

    `effect` and `share` as for `_line_course`.
    """
    driven = jnp.einsum("tbp,sb->stp", 1.0 - effect, share)
    scales = symptom_scores(code)
    parts = jnp.stack(
        [
            followed(one, time_d, scale, link.follow_ratio, first)
            for one, scale, first in zip(driven, scales, start, strict=True)
        ]
    )
    silenced = jnp.stack([of_parts(one, scale) for one, scale in zip(parts, scales, strict=True)])
    by_placebo = fall_by_placebo(time_d, link, since_first_d).astype(effect.dtype)
    by_drug = jnp.stack([fall_by_drug(one, link) for one in silenced])
    nothing = jnp.zeros_like(by_placebo)
    course = IndicationCourse(
        time_d=time_d,
        level=jnp.stack(
            [symptom_score(b, d, by_placebo) for b, d in zip(before, by_drug, strict=True)]
        ),
        untreated=jnp.stack([symptom_score(b, nothing, by_placebo) for b in before]),
        before=before,
        grade=before[0],
        silenced=silenced,
        fall=by_drug[main_scale],
    )
    return course, parts


def endings_on(
    day_d: Array,
    state: State,
    windows: tuple[Window, ...],
    exposed: Exposed,
    model: Model,
    clock: Clock,
) -> tuple[Endings, ...]:
    """Endings of every compartment on a day [d] of each subject of a window."""
    fatigue = ReleaseFatigue.human()
    return tuple(
        nerve.endings_on(day_d, before, now, load, model, rates, fatigue, clock.nodes)
        for before, now, load, rates in zip(
            state.endings, windows, exposed.load, exposed.rates, strict=True
        )
    )


def state_on(
    day_d: Array,
    state: State,
    window: WindowCourses,
    exposed: Exposed,
    model: Model,
    clock: Clock,
    endings: bool = True,
) -> State:
    """State on a day [d] of each subject of a window, before anything is injected again.

    Without `endings` those of the state are left as they are: for runs that have their windows.
    """
    time_d = jnp.asarray(clock.time_d)

    def on_day(course: Array) -> Array:
        """Courses (..., times, subjects) on the day."""
        return at_days(course, time_d, day_d[None])[..., 0, :]

    lost = on_day(jnp.moveaxis(window.lost, 0, 1)) if window.lost.shape[1] else state.lost
    after = state.endings
    if endings:
        after = endings_on(day_d, state, window.endings, exposed, model, clock)
    return State(
        endings=after,
        lost=lost,
        line={
            code: LineState(*(on_day(course) for course in line))
            for code, line in window.line.items()
        },
        drive={code: on_day(drive) for code, drive in window.drive.items()},
        immunity=state.immunity,
        start_d=state.start_d + day_d,
        gap_d=day_d,
    )
