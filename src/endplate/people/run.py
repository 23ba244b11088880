"""One chunk of virtual people through the whole body, compiled once per shape of plan.

Everything that belongs to a plan is an argument, so that the compiled code of one plan serves the
next of the same shape, from the cache on disk too.
"""

from functools import cache, partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import DTypeLike

from endplate.body.course import Kinetics
from endplate.body.scales import Severity, event_probability
from endplate.body.spread import EndplateField
from endplate.facts.neighbours import neighbours
from endplate.facts.parameters import fit_rows, value
from endplate.facts.trials import line_muscles
from endplate.people import model
from endplate.people.cohort import Before, Lines, lines_before
from endplate.people.draws import PURPOSES, normals_of, placement_of
from endplate.people.engine import direct_working, line_courses, muscles, read_tables, tables
from endplate.people.exposure import Sites, bound_densities, planned_density, region_field

CHUNK = 256
CROWD = jnp.float32  # precision of spread and cleavage in a crowd; within 1e-4 of double
GROUPS = 4  # a chunk may hold people of four parameter vectors
CURVES = ("inv_none_mild", "subj_none_mild", "inv_ge1", "both_ge2", "rest_none")
REGION = "upper_face"


class Session(NamedTuple):
    """One treatment: its day (0 for the planned one), its sites, its product's log potency ratio.

    `log_ratio` is a row of a person's parameter vector or -1 for the reference product.
    """

    day: Array
    sites: Sites
    ratio_row: Array


class Setting(NamedTuple):
    """What the people of a chunk have in common; arrays only.

    `sessions` are those run by themselves, the planned one first; `injection_d` [d] and
    `load_ratio` [1] cover all injections, also those that repeat the planned pattern.
    """

    sessions: tuple[Session, ...]
    injection_d: Array
    load_ratio: Array
    before: tuple[Before, ...]
    persistence_row: Array
    male_log_load: Array
    time_d: Array


class Chunk(NamedTuple):
    """What a chunk of people gives.

    `working` (people, times, blocks), `gates` (people, times, gates); `contraction` and `rest`
    one array (people, times) per area and `lines` what was there before; `events` (groups, areas,
    definitions, times) are weighted sums, `untreated` the same under placebo (one time), `asked`
    (groups, areas) the weight of the people asked about the line at rest. `normals` are the draws;
    `planned` [U/mL] the density in every cell where the needle lands as planned.
    """

    working: Array
    gates: Array
    contraction: tuple[Array, ...]
    rest: tuple[Array, ...]
    lines: tuple[Lines, ...]
    events: Array
    untreated: Array
    asked: Array
    normals: Array
    planned: Array


@cache
def muscle_field() -> EndplateField:
    """Cells of the region's muscles; blocks in the order of the last axis of `Chunk.working`."""
    return region_field(REGION)


@cache
def whole_field() -> EndplateField:
    """Cells of the muscles, then of the gates in the order of the last axis of `Chunk.gates`."""
    return region_field(REGION, neighbours())


def ratio_row(product: str) -> int:
    """Row of the product's log potency ratio in a parameter vector, -1 for the reference."""
    names = [row.id for row in fit_rows()]
    wanted = f"potency_ratio:{product}"
    return names.index(wanted) if wanted in names else -1


def persistence_row(product: str) -> int:
    """Row of the product's log persistence ratio in a parameter vector, -1 for the reference."""
    names = [row.id for row in fit_rows()]
    wanted = f"persistence_ratio:{product}"
    return names.index(wanted) if wanted in names else -1


@partial(jax.jit, static_argnames=("indications", "same_pattern"))
def run_chunk(
    vectors: Array,
    seed: Array,
    people: Array,
    group_weight: Array,
    setting: Setting,
    indications: tuple[str, ...],
    same_pattern: bool,
) -> Chunk:
    """Run one chunk.

    Parameters
    ----------
    vectors : [1]
        Fitted parameters of each person on the working scale, shape (people, parameters).
    seed : int
        Seed of the people.
    people : int
        Number of each person, shape (people,).
    group_weight : [1]
        Weight of each person in the mean of each group, shape (groups, people).
    setting : Setting
        The plan and its history.
    indications : tuple of str
        Areas whose lines are followed.
    same_pattern : bool
        Earlier sessions used the planned sites in proportion, so one table per person serves all.
    """
    values = model.natural_values(vectors.T)
    normals = normals_of(seed, people)
    own = {purpose: normals[:, i] for i, purpose in enumerate(PURPOSES)}
    placement = placement_of(seed, people, len(setting.sessions[0].sites.dose_u))
    rates = person_rates(vectors, own, setting)
    working = _working(vectors, own, placement, rates, setting, same_pattern)
    split = len(muscle_field().blocks)
    course = muscles(working[:, :, :split], rates, setting.time_d)
    lines = tuple(lines_before(normals, before) for before in setting.before)
    courses, events, untreated = [], [], []
    for indication, before in zip(indications, lines, strict=True):
        scale = model.line_scale(values, indication)
        deep, still = line_courses(
            course.force_fraction, _share(indication), setting.time_d, before.latent, before.rest,
            scale,
        )  # fmt: skip
        courses.append((deep, still))
        events.append(_events(deep, still, before, own, values, group_weight))
        latent, rest = before.latent[:, None], before.rest[:, None]
        untreated.append(_events(latent, rest, before, own, values, group_weight))
    return Chunk(
        working=course.working_fraction,
        gates=working[:, :, split:],
        contraction=tuple(deep for deep, _ in courses),
        rest=tuple(still for _, still in courses),
        lines=lines,
        events=jnp.stack(events, axis=1),
        untreated=jnp.stack(untreated, axis=1),
        asked=jnp.stack([group_weight @ _mild_at_rest(before) for before in lines], axis=1),
        normals=normals,
        planned=planned_density(whole_field(), setting.sessions[0].sites),
    )


def person_rates(vectors: Array, own: dict[str, Array], setting: Setting) -> Kinetics:
    """Rates and margins of each person, with the planned product's persistence."""
    rates = model.kinetics(model.natural_values(vectors.T), "", own)
    return rates._replace(
        persistence_d=rates.persistence_d * jnp.exp(_row(vectors, setting.persistence_row))
    )


def cell_loads(
    vectors: Array,
    own: dict[str, Array],
    placement: Array,
    setting: Setting,
    dtype: DTypeLike,
) -> list[Array]:
    """Loads of each session that is run by itself, each of shape (people, cells)."""
    field, values = whole_field(), model.natural_values(vectors.T)
    person = values["load_log_sd"] * own["load"] + setting.male_log_load
    tail = value("anatomy_log_sd") * own["neighbour"]
    gain = jnp.stack(_log_gains(values, tail), axis=1)[:, field.cell_block]
    return [
        bound_densities(field, session.sites, placement, dtype)
        * jnp.exp(gain + (person + _row(vectors, session.ratio_row))[:, None])
        for session in setting.sessions
    ]


def _row(vectors: Array, row: Array) -> Array:
    """One column of the vectors, 0 where the row is -1."""
    return jnp.where(row >= 0, vectors[:, jnp.maximum(row, 0)], 0.0)


def _working(
    vectors: Array,
    own: dict[str, Array],
    placement: Array,
    rates: Kinetics,
    setting: Setting,
    same_pattern: bool,
) -> Array:
    field = whole_field()
    loads = cell_loads(vectors, own, placement, setting, CROWD)
    if same_pattern:
        table = tables(rates, setting.injection_d, setting.load_ratio, setting.time_d, CROWD)
        working = read_tables(table, loads[0].astype(CROWD), field.endplate_weight)
        return working.astype(jnp.float64)
    days = jnp.stack([session.day for session in setting.sessions])
    return direct_working(
        jnp.stack(loads, axis=1), field.endplate_weight, rates, days, setting.time_d
    )


def _log_gains(values: model.Values, tail: Array) -> list[Array]:
    """Log of load over dose density of every block and gate, each of shape (people,)."""
    gains = [jnp.log(values[f"potency:{area_of(block.muscle)}"]) for block in muscle_field().blocks]
    for neighbour in neighbours():
        gain = jnp.log(values[f"potency:{area_of(neighbour.muscle)}"]) + np.log(neighbour.reach)
        gains += [gain + tail] * 2
    return gains


def area_of(muscle: str) -> str:
    """Area whose fitted potency a muscle takes; the glabella's where no line needs the muscle."""
    for indication in ("glabellar_lines", "lateral_canthal_lines", "forehead_lines"):
        if any(row.muscle == muscle for row in line_muscles(indication)):
            return indication
    return "glabellar_lines"


def _share(indication: str) -> np.ndarray:
    own = {(m.muscle, m.part, m.side): m.share for m in line_muscles(indication)}
    return np.array([own.get((b.muscle, b.part, b.side), 0.0) for b in muscle_field().blocks])


def _events(
    deep: Array,
    still: Array,
    before: Lines,
    own: dict[str, Array],
    values: model.Values,
    group_weight: Array,
) -> Array:
    """Weighted sums of every responder event, shape (groups, definitions, times)."""
    course = Severity(
        deep,
        still,
        before.grade[:, None],
        before.latent[:, None],
        before.rest[:, None],
        own["shared_rater"][:, None],
    )
    column = {name: array[:, None] for name, array in values.items()}
    raters, thresholds = model.raters(column), model.thresholds(column)
    sums = []
    for name in CURVES:
        weight = group_weight * _mild_at_rest(before) if name == "rest_none" else group_weight
        sums.append(weight @ event_probability(name, course, raters, thresholds))
    return jnp.stack(sums, axis=1)


def _mild_at_rest(before: Lines) -> Array:
    """Whether the line at rest was mild before: only such people are asked whether it went."""
    return jnp.round(before.rest) == 1.0
