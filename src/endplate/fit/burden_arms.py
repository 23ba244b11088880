"""Groups of people in trials of a burden, and the figures the model gives them."""

from dataclasses import dataclass
from functools import cache

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.facts.endpoints import (
    BURDEN,
    DurationRule,
    SymptomScore,
    duration_rules,
    readings,
    symptom_scores,
)
from endplate.facts.indications import indication as facts
from endplate.facts.protocols import trial_protocol
from endplate.fit.arms import LAST_DAY, REFERENCE, Area, area, drawn, own_normals
from endplate.fit.durations import fall_kept, on_visits, printed_d, visits_d
from endplate.model.course import time_grid_d
from endplate.observe import burden, fall_by_drug, fall_by_placebo, followed
from endplate.people import model
from endplate.people.areas import burden_readings, visit_sd
from endplate.people.cohort import burdens_before
from endplate.people.engine import muscles, read_tables, tables
from endplate.people.engine import readings as table_readings
from endplate.people.exposure import bound

LAST_REPEAT_D = 756
PEOPLE = 64  # of the evenly spread people: means of a burden need fewer than shares of a line


@dataclass(frozen=True)
class BurdenArm:
    """One group; a placebo group has no dose. `start` is its mean burden where it is stated."""

    indication: str
    product: str
    area_dose_u: float
    start: float | None


@cache
def time_d(indication: str) -> NDArray[np.float64]:
    """Times of one indication's groups [d]; longer where trials treat anew at fixed intervals."""
    injected = injection_d(indication)
    return time_grid_d(injected, LAST_REPEAT_D if len(injected) > 1 else LAST_DAY)


@cache
def injection_d(indication: str) -> tuple[float, ...]:
    """Days of the injections in the trials of an indication."""
    every_d = facts(indication).trial_interval_d
    return (0.0,) if every_d is None else tuple(np.arange(0.0, LAST_REPEAT_D, every_d).tolist())


def pattern_of(arm: BurdenArm) -> str:
    """Protocol whose sites the trials of a product used."""
    found = trial_protocol(arm.product, arm.indication)
    return found.pattern if found else arm.indication


def _own() -> dict[str, Array]:
    return {purpose: normals[:PEOPLE] for purpose, normals in own_normals().items()}


def tissue_table(values: model.Values, indication: str, product: str) -> Array:
    """Response tables of the people in the tissue of an indication, (people, times, nodes)."""
    rates = model.kinetics(values, product, _own(), facts(indication).tissue)
    days = jnp.asarray(injection_d(indication))
    return tables(rates, days, jnp.ones(len(days)), jnp.asarray(time_d(indication)))


def silenced_drive(
    indication: str,
    pattern: str,
    dose_u: Array,
    log_ratio: Array,
    table: Array,
    values: model.Values,
) -> Array:
    """Share of the drive of each scale that is silenced, shape (scales, people, times)."""
    own, field = _own(), area(indication, pattern)
    log_load = jnp.log(values[f"potency:{indication}"]) + values["load_log_sd"] * own["load"]
    load = bound(dose_u * field.density_per_u[:PEOPLE], log_ratio) * jnp.exp(log_load)[:, None]
    working = read_tables(table, table_readings(load, field.weight)) + field.idle
    tissue = facts(indication).tissue
    rates = model.kinetics(values, REFERENCE, own, tissue)
    times = jnp.asarray(time_d(indication))
    effect = muscles(working, rates, times, tissue == "muscle").force_fraction
    scales = symptom_scores(indication)
    share = [field.share[field.scales.index(_driven_as(field, s.scale))] for s in scales]
    driven = jnp.einsum("ptb,sb->spt", 1.0 - effect, np.array(share))
    return jnp.stack(
        [followed(one, times, s.follow_d) for one, s in zip(driven, scales, strict=True)]
    )


def arm_curves(
    indication: str,
    pattern: str,
    dose_u: Array,
    log_ratio: Array,
    start: Array,
    table: Array,
    values: model.Values,
) -> tuple[Array, Array]:
    """Mean of every endpoint in a group, and the days that its trial prints as durations.

    Parameters
    ----------
    indication, pattern : str
        What is treated, and the protocol whose sites were used.
    dose_u : [U], >= 0
        Dose of the area; 0 for placebo.
    log_ratio : [1]
        Log of the product's load per unit over that of the reference product.
    start : [scale's unit]
        Mean burden of the group before treatment; NaN where it is not stated.
    table : [1]
        Response tables of the product, shape (people, times, nodes).
    values
        Fitted parameters.

    Returns
    -------
    endpoint's unit
        Shape (endpoints, times).
    [d]
        One for each duration, in the order of `duration_names`.
    """
    own, times = _own(), jnp.asarray(time_d(indication))
    scales = symptom_scores(indication)
    before = burdens_before(
        jnp.asarray(drawn(0)[0][:PEOPLE]), scales, jnp.full(len(scales), jnp.nan)
    )
    before = before * jnp.where(jnp.isnan(start), 1.0, start / before[0].mean())
    silenced = silenced_drive(indication, pattern, dose_u, log_ratio, table, values)
    link = model.burden_scale(values, indication, own)
    by_drug = jnp.stack([fall_by_drug(one, link) for one in silenced])
    levels = burden(before, by_drug, fall_by_placebo(times, link))
    primary = _primary(indication, pattern)
    found = burden_readings(indication, levels, before, silenced, jnp.asarray(primary), times)
    days = _durations_d(indication, levels[primary], before[primary], scales[primary])
    return jnp.stack([curve.mean(axis=0) for curve in found]), days


def _driven_as(field: Area, scale: str) -> str:
    """Scale whose drivers a scale has: its own, else those of the indication's first."""
    return scale if scale in field.scales else field.scales[0]


def _primary(indication: str, pattern: str) -> int:
    """Scale whose driving blocks the protocol gives most."""
    field = area(indication, pattern)
    held = np.asarray(field.density_per_u).mean(axis=0) @ field.weight.T
    dose = [
        float((field.share[field.scales.index(_driven_as(field, s.scale))] > 0) @ held)
        for s in symptom_scores(indication)
    ]
    return int(np.argmax(dose))


def _durations_d(indication: str, level: Array, before: Array, scale: SymptomScore) -> Array:
    """Days that the indication's trials print as durations, shape (durations,)."""
    times = time_d(indication)
    scatter = visit_sd(scale, before) / before
    told = []
    for rule in _rules(indication).values():
        visits = visits_d(rule, times[-1])
        fall = 1.0 - on_visits(level, times, visits) / before[:, None]
        share = 1.0 - scale.lost_share if rule.kept_share is None else rule.kept_share
        told.append(printed_d(fall_kept(fall, scatter, rule, share), visits, rule))
    return jnp.stack(told)


def _rules(indication: str) -> dict[str, DurationRule]:
    return duration_rules(indication, BURDEN)


def curve_names(indication: str) -> tuple[str, ...]:
    """Names of the curves of `arm_curves`."""
    return tuple(row.endpoint for row in readings(indication))


def duration_names(indication: str) -> tuple[str, ...]:
    """Names of the durations of `arm_curves`."""
    return tuple(_rules(indication))
