"""What one area shows in one window of days, from what the earlier windows left."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from endplate.facts.endpoints import symptom_scores
from endplate.facts.parameters import value
from endplate.observe import (
    LineState,
    Remodelling,
    burden,
    fall_by_drug,
    fall_by_placebo,
    followed,
    severity_onward,
)
from endplate.people import model
from endplate.people.areas import CURVES, burden_readings, line_events
from endplate.people.cohort import Before, burdens_before, lines_before
from endplate.people.repeat.policy import at_days

DAYS_PER_YEAR = 365.25


class Shown(NamedTuple):
    """One area in one window.

    `levels` and, with placebo in place of toxin, `untreated` (scales, people, times) are in the
    units of the scales; `seen` (people, times) what the
    professional goes by and `before` (people,) the same before the first treatment; `fall`
    (people, times) the share of the burden that the drug takes away, `silenced` (scales, people,
    times) that of the drive; `lines` the state of the lines over the window, None for a burden.
    """

    levels: Array
    untreated: Array
    seen: Array
    before: Array
    latent: Array
    fall: Array
    silenced: Array
    lines: LineState | None = None


def skin() -> Remodelling:
    """Rates of the skin."""
    return Remodelling(
        smoothing_per_d=jnp.log(2.0) / value("rest_smoothing_half_time_d"),
        deepening_per_d=jnp.asarray(value("rest_severity_per_year") / DAYS_PER_YEAR),
    )


def first_lines(normals: Array, stated: Before) -> LineState:
    """Lines of people who were never treated."""
    rest = lines_before(normals, stated).rest
    return LineState(rest, rest)


def shown_lines(
    indication: str,
    force: Array,
    share: Array,
    time_d: Array,
    stated: Before,
    start: LineState,
    values: model.Values,
    normals: Array,
    own: dict[str, Array],
) -> Shown:
    """Lines of one area; scales are at contraction and at rest."""
    lines = lines_before(normals, stated)
    scale = model.line_scale(values, indication)
    each = jax.tree.map(lambda number: jnp.broadcast_to(number, lines.rest.shape), scale)
    driven = force @ share[0]
    deep, state = jax.vmap(severity_onward, (0, None, 0, 0, 0, None))(
        driven, time_d, lines.latent, start, each, skin()
    )
    error = investigator_error(values, own)
    return Shown(
        levels=jnp.stack([deep, state.rest]),
        untreated=_flat(lines.latent - values["placebo_shift_investigator"], time_d)[None],
        seen=deep + error[:, None],
        before=lines.grade,
        latent=lines.latent,
        fall=1.0 - deep / lines.latent[:, None],
        silenced=(1.0 - driven)[None],
        lines=state,
    )


def _flat(level: Array, time_d: Array) -> Array:
    return level[:, None] * jnp.ones_like(time_d)


def investigator_error(values: model.Values, own: dict[str, Array]) -> Array:
    """What the investigator adds to each person's latent severity, placebo change included."""
    shared = value("rater_shared_share")
    scatter = jnp.sqrt(shared) * own["shared_rater"] + jnp.sqrt(1 - shared) * own["investigator"]
    return values["rater_sd_investigator"] * scatter - values["placebo_shift_investigator"]


def line_endpoints(
    shown: Shown,
    day_d: Array,
    time_d: Array,
    stated: Before,
    values: model.Values,
    normals: Array,
    own: dict[str, Array],
) -> tuple[Array, Array]:
    """Probability of every event [%] on days of each person, (endpoints, people, days), and who
    is asked, (endpoints, people)."""
    lines = lines_before(normals, stated)
    deep, still = (at_days(level, time_d, day_d) for level in shown.levels)
    found = line_events(deep, still, lines, values, own["shared_rater"])
    mild = jnp.round(lines.rest) == 1.0  # only such people are asked whether it went
    asked = [mild if name == "rest_none" else jnp.ones_like(mild) for name in CURVES]
    return 100.0 * jnp.stack(found), jnp.stack(asked)


def shown_burden(
    indication: str,
    effect: Array,
    share: Array,
    primary: Array,
    time_d: Array,
    start_d: Array,
    stated: Array,
    start: Array,
    values: model.Values,
    normals: Array,
    own: dict[str, Array],
) -> Shown:
    """Burdens of one indication; `start` (scales, people) is the silence they follow from.

    `start_d` [d] is the day of this treatment since the first, (people,): what placebo takes off
    comes with the first treatment and is renewed by each, so its wearing off starts anew.
    """
    scales = symptom_scores(indication)
    before = burdens_before(normals, scales, stated)
    link = model.burden_scale(values, indication, own)
    driven = jnp.einsum("ptb,sb->spt", 1.0 - effect, share)
    silenced = jnp.stack(
        [
            followed(one, time_d, scale.follow_d, first)
            for one, scale, first in zip(driven, scales, start, strict=True)
        ]
    )
    by_drug = jnp.stack([fall_by_drug(one, link) for one in silenced])
    renewed = jnp.exp(start_d / link.placebo_fade_d)[:, None]
    by_placebo = renewed * fall_by_placebo(start_d[:, None] + time_d[None], link)
    levels = burden(before, by_drug, by_placebo)
    return Shown(
        levels=levels,
        untreated=burden(before, jnp.zeros_like(by_drug), by_placebo),
        seen=levels[primary],
        before=before[primary],
        latent=before[primary],
        fall=by_drug[primary],
        silenced=silenced,
    )


def burden_endpoints(
    indication: str,
    shown: Shown,
    day_d: Array,
    time_d: Array,
    primary: Array,
    stated: Array,
    normals: Array,
) -> tuple[Array, Array]:
    """As `line_endpoints`, for the endpoints of a burden in their own units."""
    before = burdens_before(normals, symptom_scores(indication), stated)
    curves = burden_readings(indication, shown.levels, before, shown.silenced, primary, time_d)
    found = jnp.stack([at_days(curve, time_d, day_d) for curve in curves])
    return found, jnp.ones(found.shape[:2], bool)


def courses(shown: Shown) -> Array:
    """Courses in the order of `fields.level_names`, shape (series, people, times)."""
    if shown.lines is not None:
        return jnp.concatenate([shown.levels, shown.untreated])
    pairs = jnp.stack([shown.levels, shown.untreated], axis=1)
    return pairs.reshape(-1, *pairs.shape[2:])
