"""Groups of people in trials, and the courses the model gives them."""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.case import PlacedSite
from endplate.case.placement import SIGN
from endplate.facts.atlas import chart_blocks, drivers
from endplate.facts.endpoints import LINE, duration_name, duration_rules
from endplate.facts.indications import indication as facts
from endplate.facts.parameters import fit_rows
from endplate.facts.protocols import protocol_sites
from endplate.facts.trials import TrialFigure
from endplate.fit.durations import event_kept, neighbours, on_visits, printed_d, visits_d
from endplate.model.course import time_grid_d
from endplate.model.spread import grids, stacked
from endplate.observe import Severity, event_probability
from endplate.people import model
from endplate.people.cohort import SEVERE, as_enrolled, lines_before
from endplate.people.draws import PURPOSES, even_normals
from endplate.people.engine import line_courses, muscles, read_tables, readings, tables
from endplate.people.exposure import bound, landed_densities, site_arrays

PEOPLE = 128
_LEAST_WEIGHT = 0.02  # of a block's fullest cell: emptier ones are left out of a fit
_LEAST_DENSITY_PER_U = 1e-6  # 1/mL: under it the largest dose of any trial silences nothing
LAST_DAY = 420
REFERENCE = "onabotulinumtoxinA"
_SEVERE_DRAWN = 0.5


@dataclass(frozen=True)
class Arm:
    """What the model needs to know of one group; a placebo group has no dose."""

    indication: str
    product: str
    area_dose_u: float
    severe_share: float


class Area(NamedTuple):
    """Exposure of the blocks that drive one area's scales, per unit of dose in the area.

    `density_per_u` (people, cells), `weight` (blocks, cells), `idle` (blocks,) the end plates that
    no trial's dose can reach, `share` of each scale's drive (scales, blocks) in the order of
    `scales`.
    """

    density_per_u: NDArray[np.float64]
    weight: NDArray[np.float64]
    idle: NDArray[np.float64]
    share: NDArray[np.float64]
    scales: tuple[str, ...]


@cache
def time_d() -> NDArray[np.float64]:
    """Times of the fit: those of a simulation."""
    return time_grid_d((0.0,), LAST_DAY)


@cache
def drawn(sites: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draws of the evenly spread people, and where their needles land at so many sites."""
    own, _ = even_normals(PEOPLE, 0)
    _, placement = even_normals(PEOPLE, sites)
    return own, placement


def own_normals() -> dict[str, Array]:
    """Draws of the evenly spread people that stand for a trial's, by purpose."""
    own, _ = drawn(0)
    return {purpose: jnp.asarray(own[:, i]) for i, purpose in enumerate(PURPOSES)}


_landed = jax.jit(landed_densities, static_argnames="field")  # one compilation, not one a step


@cache
def area(indication: str, pattern: str = "") -> Area:
    """Exposure of one area's driving blocks to a unit of dose placed by a protocol's pattern."""
    use = facts(indication)
    sites = tuple(
        PlacedSite(
            indication,
            spot.muscle,
            spot.side,
            spot.fraction_of_dose,
            use.site_volume_ml,
            spot.x_mm * SIGN[spot.side],
            spot.y_mm,
            spot.z_mm,
            "label",
        )
        for spot in protocol_sites(pattern or indication)
    )
    rows = drivers(indication)
    driving = {(row.muscle, row.part, row.side) for row in rows}
    own = tuple(
        grid
        for grid in grids(chart_blocks(use.chart))
        if (grid.block.muscle, grid.block.part, grid.block.side) in driving
    )
    field = stacked(own, _LEAST_WEIGHT)
    _, placement = drawn(len(sites))
    with jax.ensure_compile_time_eval():  # a constant, also when first asked for while tracing
        arrays = site_arrays(sites, field, use.chart, model.spread())
        padded = np.pad(placement, ((0, 0), (0, len(arrays.dose_u) - len(sites)), (0, 0)))
        density = np.asarray(_landed(field, arrays, jnp.asarray(padded)))
    scales = tuple(dict.fromkeys(row.scale for row in rows))
    share = np.zeros((len(scales), len(field.blocks)))
    for i, block in enumerate(field.blocks):
        for row in rows:
            if (row.muscle, row.part, row.side) == (block.muscle, block.part, block.side):
                share[scales.index(row.scale), i] += row.share
    reached = density.max(axis=0) > _LEAST_DENSITY_PER_U
    weight = field.endplate_weight[:, reached]
    return Area(density[:, reached], weight, 1.0 - weight.sum(axis=1), share, scales)


@cache
def lasting_products() -> frozenset[str]:
    """Products whose light chain has a persistence of its own."""
    rows = (row for row in fit_rows() if row.id.startswith("persistence_ratio:"))
    return frozenset(row.applies_to for row in rows)


def person_tables(values: model.Values, products: tuple[str, ...] = (REFERENCE,)) -> Array:
    """Response tables of the people, shape (products, people, times, nodes)."""
    ratio = jnp.stack(
        [values.get(f"persistence_ratio:{product}", jnp.ones(())) for product in products]
    )
    rates = model.kinetics(values, REFERENCE, own_normals())

    def one(own_ratio: Array) -> Array:
        longer = rates._replace(persistence_d=rates.persistence_d * own_ratio)
        return tables(longer, jnp.zeros(1), jnp.ones(1), jnp.asarray(time_d()))

    return jax.vmap(one)(ratio)


def arm_course(
    indication: str,
    dose_u: Array,
    log_ratio: Array,
    severe_share: Array,
    table: Array,
    values: model.Values,
) -> tuple[Severity, Array]:
    """Severity courses of one group and the weight of each person.

    Parameters
    ----------
    indication : str
        Area treated.
    dose_u : [U], >= 0
        Dose in the area; 0 for placebo.
    log_ratio : [1]
        Log of the product's load per unit over that of the reference product.
    severe_share : [1], in [0, 1]
        Share graded severe at entry.
    table : [1]
        Response tables of the product, shape (people, times, nodes).
    values
        Fitted parameters.

    Returns
    -------
    Severity, [1]
        Courses (people, times); weights (people,) that sum to one.
    """
    own, times, field = own_normals(), jnp.asarray(time_d()), area(indication)
    lines = lines_before(jnp.asarray(drawn(0)[0]), as_enrolled(_SEVERE_DRAWN))
    log_load = jnp.log(values[f"potency:{indication}"]) + values["load_log_sd"] * own["load"]
    load = bound(dose_u * field.density_per_u, log_ratio) * jnp.exp(log_load)[:, None]
    rates = model.kinetics(values, REFERENCE, own)  # atrophy rates: the same for every product
    working = read_tables(table, readings(load, field.weight)) + field.idle
    force = muscles(working, rates, times).force_fraction
    scale = model.line_scale(values, indication)
    contraction, rest = line_courses(force, field.share[0], times, lines.latent, lines.rest, scale)
    course = Severity(
        contraction,
        rest,
        lines.grade[:, None],
        lines.latent[:, None],
        lines.rest[:, None],
        own["shared_rater"][:, None],
    )
    weight = jnp.where(
        lines.grade == SEVERE,
        severe_share / _SEVERE_DRAWN,
        (1 - severe_share) / (1 - _SEVERE_DRAWN),
    )
    return course, weight / weight.sum()


def at_times(course: Severity, place: NDArray[np.int64]) -> Severity:
    """Courses at some of their times."""
    return course._replace(contraction=course.contraction[:, place], rest=course.rest[:, place])


def durations_d(
    course: Severity, weight: Array, values: model.Values, names: tuple[str, ...]
) -> Array:
    """Days that trials of a line print as some of their durations, shape (durations,)."""
    rules, times = duration_rules("", LINE), time_d()
    told = []
    for rule in (rules[name] for name in names):
        visits = visits_d(rule, times[-1])
        near = neighbours(times, visits)
        close = at_times(course, near)
        seen = on_visits(_event(rule.curve, close, values), times[near], visits)
        if rule.among:
            counts = on_visits(_event(rule.among, close, values), times[near], visits[:1])
            seen = seen.at[:, :1].set(counts)
        told.append(printed_d(event_kept(seen, weight), visits, rule))
    return jnp.stack(told) if told else jnp.zeros(0)


def duration_of(figure: TrialFigure) -> str:
    """Name of the duration that a figure of a line is."""
    return duration_name(figure.endpoint, figure.trial_id, duration_rules("", LINE))


def prevalence(endpoint: str, course: Severity, weight: Array, values: model.Values) -> Array:
    """Share of the group that meets a responder definition at each time, shape (times,)."""
    if endpoint == "rest_none":  # asked only of people whose line at rest was mild before
        weight = weight * (jnp.round(course.rest_before[:, 0]) == 1.0)
        weight = weight / weight.sum()
    return weight @ _event(endpoint, course, values)


def _event(endpoint: str, course: Severity, values: model.Values) -> Array:
    return event_probability(endpoint, course, model.raters(values), model.thresholds(values))
