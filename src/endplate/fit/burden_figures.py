"""Published figures of burdens: what each group shows, read as the figures ask."""

from dataclasses import dataclass
from functools import cached_property

import jax
import jax.numpy as jnp
from jax import Array

from endplate.facts.endpoints import duration_name
from endplate.facts.trials import TrialFigure
from endplate.fit import burden_arms
from endplate.fit.burden_arms import BurdenArm
from endplate.fit.kinds import KIND_DURATION, KIND_PERCENT, kind_of
from endplate.people import model

Curves = dict[BurdenArm, tuple[Array, Array]]


@dataclass(frozen=True, eq=False)
class BurdenFigures:
    """Predicts the figures of burdens of one table.

    `starts` is the mean burden before treatment by trial and arm where the table states it.
    """

    figures: tuple[TrialFigure, ...]
    starts: dict[tuple[str, str], float]

    def __call__(self, values: model.Values) -> Array:
        """Share for percents, the endpoint's own unit for means, days for durations."""
        curves = self.curves(values)
        return jnp.stack([self._figure(figure, curves) for figure in self.figures])

    @cached_property
    def arms(self) -> tuple[BurdenArm, ...]:
        """The distinct groups, in file order."""
        return tuple(dict.fromkeys(self.arm_of(figure) for figure in self.figures))

    def arm_of(self, figure: TrialFigure) -> BurdenArm:
        """Group of one figure."""
        placebo = figure.product == "placebo" or not figure.area_dose_u
        return BurdenArm(
            figure.indication,
            "placebo" if placebo else figure.product,
            0.0 if placebo else float(figure.area_dose_u or 0.0),
            self.starts.get((figure.trial_id, figure.arm)),
        )

    def curves(self, values: model.Values) -> Curves:
        """What every group shows: see `burden_arms.arm_curves`."""
        found: Curves = {}
        groups = [(a.indication, burden_arms.pattern_of(a)) for a in self.arms]
        for group in dict.fromkeys(groups):
            own = [arm for arm, key in zip(self.arms, groups, strict=True) if key == group]
            seen, days = _group_curves(*group, own, values)
            found |= zip(own, zip(seen, days, strict=True), strict=True)
        return found

    def _figure(self, figure: TrialFigure, curves: Curves) -> Array:
        rows, days = curves[self.arm_of(figure)]
        kind = kind_of(figure.endpoint, figure.indication)
        if kind == KIND_DURATION:
            names = burden_arms.duration_names(figure.indication)
            return days[names.index(duration_name(figure.endpoint, figure.trial_id, names))]
        times = jnp.asarray(burden_arms.time_d(figure.indication))
        names = burden_arms.curve_names(figure.indication)
        seen = jnp.interp(jnp.array(figure.day), times, rows[names.index(figure.endpoint)])
        return seen / 100.0 if kind == KIND_PERCENT else seen


def _group_curves(
    indication: str, pattern: str, own: list[BurdenArm], values: model.Values
) -> tuple[Array, Array]:
    """Curves (groups, endpoints, times) and durations of the groups of one use and one pattern."""
    longer = [a.product if f"persistence_ratio:{a.product}" in values else "" for a in own]
    products = tuple(dict.fromkeys(longer))
    table = jnp.stack([burden_arms.tissue_table(values, indication, p) for p in products])

    @jax.checkpoint
    def one(now: tuple[Array, Array, Array, Array]) -> tuple[Array, Array]:
        dose_u, ratio, start, which = now
        return burden_arms.arm_curves(
            indication, pattern, dose_u, ratio, start, table[which], values
        )

    return jax.lax.map(
        one,
        (
            jnp.array([arm.area_dose_u for arm in own]),
            jnp.stack([model.log_potency_ratio(values, arm.product) for arm in own]),
            jnp.array([jnp.nan if arm.start is None else arm.start for arm in own]),
            jnp.array([products.index(name) for name in longer]),
        ),
    )
