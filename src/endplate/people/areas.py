"""What one treated area shows in each person of a chunk: its scales, events and times."""

from typing import Generic, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
from jax import Array

from endplate.facts.endpoints import Reading, SymptomScore, readings, symptom_scores
from endplate.observe import (
    SHARES,
    BurdenScale,
    Seen,
    Severity,
    Terms,
    burden,
    event_probability,
    fall_by_drug,
    fall_by_placebo,
    followed,
    read,
)
from endplate.people import model
from endplate.people.cohort import Lines
from endplate.people.engine import line_courses

CURVES = ("inv_none_mild", "subj_none_mild", "inv_ge1", "both_ge2", "rest_none")
VISIT_DAYS = (7, 30, 60, 90, 120, 150, 180, 240, 300)


Held = TypeVar("Held")


class Area(NamedTuple, Generic[Held]):
    """One area of a chunk, in arrays of jax or of numpy.

    `levels` (scales, people, times) are the latent courses, `before` (scales, people) what was
    there before treatment, `grade` (people,) what was graded then, `untreated` (scales, people,
    times) the courses under placebo, `fall` (people, times) the share of the first-named scale's
    burden that the drug takes away. `sums` (groups, endpoints, times) are weighted sums of every
    endpoint, `sums_untreated` the same under placebo, `asked` (groups, endpoints) the weight of
    the people asked. `personal` (people, measures, visits) is each person's own value of every
    endpoint that is no share, on the visit days.
    """

    levels: Held
    before: Held
    grade: Held
    untreated: Held
    fall: Held
    sums: Held
    sums_untreated: Held
    asked: Held
    personal: Held


def line_area(
    indication: str,
    force: Array,
    share: Array,
    time_d: Array,
    lines: Lines,
    values: model.Values,
    shared_rater: Array,
    group_weight: Array,
    told: Array | None = None,
) -> Area[Array]:
    """Lines of one facial area or of the neck; scales are at contraction and at rest.

    `lines` are those before treatment, `told` the places of the times on which shares of people are
    told; all unless given.
    """
    scale = model.line_scale(values, indication)
    deep, still = line_courses(force, share[0], time_d, lines.latent, lines.rest, scale)
    before = jnp.stack([lines.latent, lines.rest])
    mild_at_rest = jnp.round(lines.rest) == 1.0  # only such people are asked whether it went
    weights = [group_weight * mild_at_rest if n == "rest_none" else group_weight for n in CURVES]

    def sums(contraction: Array, rest: Array) -> Array:
        seen = line_events(contraction, rest, lines, values, shared_rater)
        shares = [weight @ event for weight, event in zip(weights, seen, strict=True)]
        return 100.0 * jnp.stack(shares, axis=1)

    seen = sums(*((deep, still) if told is None else (deep[:, told], still[:, told])))
    never = sums(lines.latent[:, None], lines.rest[:, None])  # the same on every day
    flat = jnp.ones_like(time_d)
    untreated = jnp.stack([lines.latent - values["placebo_shift_investigator"], lines.rest])
    return Area(
        levels=jnp.stack([deep, still]),
        before=before,
        grade=lines.grade,
        untreated=untreated[..., None] * flat,
        fall=1.0 - deep / lines.latent[:, None],
        sums=seen,
        sums_untreated=jnp.broadcast_to(never, seen.shape),
        asked=jnp.stack([weight.sum(axis=1) for weight in weights], axis=1),
        personal=jnp.zeros((len(lines.grade), 0, len(VISIT_DAYS))),
    )


def line_events(
    contraction: Array, rest: Array, lines: Lines, values: model.Values, shared_rater: Array
) -> list[Array]:
    """Probability of every told event of a line in each person, arrays (people, times)."""
    column = {name: array[:, None] for name, array in values.items()}
    course = Severity(
        contraction,
        rest,
        lines.grade[:, None],
        lines.latent[:, None],
        lines.rest[:, None],
        shared_rater[:, None],
    )
    raters, thresholds = model.raters(column), model.thresholds(column)
    return [event_probability(name, course, raters, thresholds) for name in CURVES]


def burden_area(
    indication: str,
    effect: Array,
    share: Array,
    primary: Array,
    time_d: Array,
    before: Array,
    link: BurdenScale,
    group_weight: Array,
) -> Area[Array]:
    """Burdens of one indication.

    `effect` (people, times, blocks) is what each block still does, `share` (scales, blocks) its
    part in the drive of each scale, `primary` the index of the scale treated most, `before`
    (scales, people) what was there before treatment.
    """
    scales = symptom_scores(indication)
    driven = jnp.einsum("ptb,sb->spt", 1.0 - effect, share)
    silenced = jnp.stack(
        [followed(one, time_d, s.follow_d) for one, s in zip(driven, scales, strict=True)]
    )
    by_drug = jnp.stack([fall_by_drug(one, link) for one in silenced])
    by_placebo = fall_by_placebo(time_d, link)
    levels = burden(before, by_drug, by_placebo)
    untreated = burden(before, jnp.zeros_like(by_drug), by_placebo)

    def read_off(level: Array, still: Array) -> list[Array]:
        return burden_readings(indication, level, before, still, primary, time_d)

    def sums(found: list[Array]) -> Array:
        return jnp.stack([group_weight @ curve for curve in found], axis=1)

    told = len(readings(indication))
    found = read_off(levels, silenced)
    return Area(
        levels=levels,
        before=before,
        grade=before[0],
        untreated=untreated,
        fall=by_drug[primary],
        sums=sums(found),
        sums_untreated=sums(read_off(untreated, jnp.zeros_like(silenced))),
        asked=jnp.repeat(group_weight.sum(axis=1)[:, None], told, axis=1),
        personal=_on_visits([found[i] for i in measures(indication)], time_d),
    )


def measures(indication: str) -> tuple[int, ...]:
    """Places among the readings of an indication of those that are no shares of people."""
    return tuple(i for i, row in enumerate(readings(indication)) if row.how not in SHARES)


def _on_visits(curves: list[Array], time_d: Array) -> Array:
    """Curves of people read on the visit days, shape (people, curves, visits)."""
    visits = jnp.array(VISIT_DAYS, dtype=float)
    part = jax.vmap(lambda one: jnp.interp(visits, time_d, one))(jnp.eye(len(time_d)))
    return jnp.stack([curve @ part for curve in curves], axis=1)


def burden_readings(
    indication: str, levels: Array, before: Array, silenced: Array, primary: Array, time_d: Array
) -> list[Array]:
    """Every published endpoint of an indication in each person, arrays (people, times)."""
    scales = symptom_scores(indication)
    names = [scale.scale for scale in scales]
    found = []
    for reading in readings(indication):
        place = primary if reading.scale == "primary" else names.index(reading.scale)
        scale = scales[0] if reading.scale == "primary" else scales[names.index(reading.scale)]
        level = averaged(levels[place], time_d, reading.window_d)
        start = before[place][:, None]
        seen = Seen(level, start, visit_sd(scale, start), silenced[place])
        percent = 100.0 if reading.how in SHARES else 1.0
        found.append(percent * read(reading.how, seen, terms(reading)))
    return found


def terms(reading: Reading) -> Terms:
    """Constants of a reading."""
    return Terms(reading.threshold, reading.gain)


def visit_sd(scale: SymptomScore, before: Array) -> Array | float:
    """Scatter of a visit in the scale's unit; that of a log-normal burden goes with its start."""
    return scale.visit_sd * before if scale.entry.distribution == "lognormal" else scale.visit_sd


def averaged(level: Array, time_d: Array, window_d: float) -> Array:
    """Mean of a course over the days up to each time, not reaching back before day 0."""
    if window_d <= 1.0:
        return level
    area = jnp.concatenate(
        [
            jnp.zeros_like(level[:, :1]),
            jnp.cumsum(0.5 * (level[:, 1:] + level[:, :-1]) * jnp.diff(time_d), axis=1),
        ],
        axis=1,
    )
    start = jnp.where(time_d > 0.0, jnp.maximum(time_d - window_d, 0.0), time_d - window_d)
    start = jnp.maximum(start, time_d[0])
    from_d = jnp.maximum(time_d - start, 1e-9)
    mean = (area - _at(start, time_d, area)) / from_d
    return jnp.where(from_d > 1e-6, mean, level)


def _at(day: Array, time_d: Array, area: Array) -> Array:
    """Each person's running sum at other days, shape (people, days)."""
    after = jnp.clip(jnp.searchsorted(time_d, day), 1, len(time_d) - 1)
    part = (day - time_d[after - 1]) / (time_d[after] - time_d[after - 1])
    return (1.0 - part) * area[:, after - 1] + part * area[:, after]
