"""What the model predicts for published figures, all rows of a table in one traced function."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.facts.durations import duration_name
from endplate.facts.trials import TrialFigure
from endplate.learn import arms, burden_arms
from endplate.learn.arms import Arm
from endplate.learn.burden_arms import BurdenArm
from endplate.learn.durations import ONSET_OF, half_reached_d, neighbours
from endplate.learn.kinds import KIND_DURATION, KIND_PERCENT, is_burden, kind_of
from endplate.people import model


class LineCurves(NamedTuple):
    """What groups with lines show.

    `seen` (groups, definitions, times) are prevalences on the times next to published days,
    `noticed` (groups, times) the share who have noted an effect, on all times, and `days` (groups,
    durations) what is printed as durations. The last two are empty where no figure asks for them.
    """

    seen: Array
    noticed: Array
    days: Array


@dataclass(frozen=True, eq=False)
class Predictor:
    """Predicts the covered figures of one table; build it once, call it with many vectors.

    `starts` is the mean burden before treatment by trial and arm where the table states it.
    """

    figures: tuple[TrialFigure, ...]
    severe_shares: dict[str, float]
    starts: dict[tuple[str, str], float]

    @cached_property
    def _lines(self) -> tuple[int, ...]:
        return tuple(i for i, f in enumerate(self.figures) if not is_burden(f.indication))

    @cached_property
    def _burdens(self) -> tuple[int, ...]:
        return tuple(i for i, f in enumerate(self.figures) if is_burden(f.indication))

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """The distinct groups of the table with lines, grouped by area.

        In file order within an area: an order that changes between runs is compiled anew each time.
        """
        found = dict.fromkeys(self.arm_of(self.figures[i]) for i in self._lines)
        return tuple(sorted(found, key=lambda arm: arm.indication))

    @cached_property
    def burden_arms(self) -> tuple[BurdenArm, ...]:
        """The distinct groups of the table with a burden, in file order."""
        return tuple(dict.fromkeys(self.burden_arm_of(self.figures[i]) for i in self._burdens))

    def arm_of(self, figure: TrialFigure) -> Arm:
        """Group of one figure of a line."""
        placebo = figure.product == "placebo" or not figure.area_dose_u
        severe = self.severe_shares.get(figure.trial_id, self.severe_shares[""])
        return Arm(
            figure.indication,
            "placebo" if placebo else figure.product,
            0.0 if placebo else float(figure.area_dose_u or 0.0),
            severe,
        )

    def burden_arm_of(self, figure: TrialFigure) -> BurdenArm:
        """Group of one figure of a burden."""
        placebo = figure.product == "placebo" or not figure.area_dose_u
        return BurdenArm(
            figure.indication,
            "placebo" if placebo else figure.product,
            0.0 if placebo else float(figure.area_dose_u or 0.0),
            self.starts.get((figure.trial_id, figure.arm)),
        )

    @cached_property
    def _percents(self) -> tuple[int, ...]:
        return tuple(i for i in self._lines if kind_of(self.figures[i].endpoint) == KIND_PERCENT)

    @cached_property
    def _definitions(self) -> tuple[str, ...]:
        """Responder definitions that figures of lines ask for."""
        return tuple(sorted({self.figures[i].endpoint for i in self._percents}))

    @cached_property
    def _durations(self) -> tuple[str, ...]:
        """Durations that figures of lines ask for."""
        own = [self.figures[i] for i in self._lines]
        return tuple(
            sorted({arms.duration_of(f) for f in own if kind_of(f.endpoint) == KIND_DURATION})
        )

    @cached_property
    def _products(self) -> tuple[str, ...]:
        """Products of the groups with lines that have a persistence of their own, after ona."""
        own = {arm.product for arm in self.arms} & arms.lasting_products()
        return (arms.REFERENCE, *sorted(own))

    @cached_property
    def _told(self) -> NDArray[np.int64]:
        """Places of the times next to the days of percents: definitions are read there alone."""
        return neighbours(arms.time_d(), np.array([self.figures[i].day for i in self._percents]))

    def curves(self, vector: Array) -> "LineCurves":
        """What every group with lines shows."""
        values = model.natural_values(vector)
        table = arms.person_tables(values, self._products)
        parts = [
            self._area_curves(indication, table, values)
            for indication in dict.fromkeys(arm.indication for arm in self.arms)
        ]
        return LineCurves(*(jnp.concatenate(part) for part in zip(*parts, strict=True)))

    def _area_curves(self, indication: str, table: Array, values: model.Values) -> "LineCurves":
        own = [arm for arm in self.arms if arm.indication == indication]
        ratio = [_log_ratio(values, arm.product) for arm in own]
        products = self._products
        group = [products.index(a.product) if a.product in products else 0 for a in own]
        wait = any(self.figures[i].endpoint in ONSET_OF for i in self._lines)

        @jax.checkpoint
        def one(now: tuple[Array, Array, Array, Array]) -> LineCurves:
            dose_u, log_ratio, severe, which = now
            course, weight = arms.arm_course(
                indication, dose_u, log_ratio, severe, table[which], values
            )
            near = arms.at_times(course, self._told)
            seen = [arms.prevalence(name, near, weight, values) for name in self._definitions]
            return LineCurves(
                jnp.stack(seen) if seen else jnp.zeros((0, 0)),
                arms.prevalence("onset_cum", course, weight, values) if wait else jnp.zeros(0),
                arms.durations_d(course, weight, values, self._durations),
            )

        return jax.lax.map(
            one,
            (
                jnp.array([arm.area_dose_u for arm in own]),
                jnp.stack(ratio),
                jnp.array([arm.severe_share for arm in own]),
                jnp.array(group),
            ),
        )

    def burden_curves(self, vector: Array) -> dict[BurdenArm, tuple[Array, Array]]:
        """What every group with a burden shows: see `burden_arms.arm_curves`."""
        values = model.natural_values(vector)
        found: dict[BurdenArm, tuple[Array, Array]] = {}
        groups = [(a.indication, burden_arms.pattern_of(a)) for a in self.burden_arms]
        for group in dict.fromkeys(groups):
            own = [arm for arm, key in zip(self.burden_arms, groups, strict=True) if key == group]
            seen, days = _group_curves(*group, own, values)
            found |= zip(own, zip(seen, days, strict=True), strict=True)
        return found

    def __call__(self, vector: Array) -> Array:
        """Predicted value of each figure.

        A share for percents, the endpoint's own unit for means and changes, days for durations
        and onsets.
        """
        predicted = jnp.zeros(len(self.figures))
        if self._lines:
            place = jnp.array(self._lines)
            predicted = predicted.at[place].set(self._line_figures(vector))
        if self._burdens:
            curves = self.burden_curves(vector)
            seen = [_burden_figure(self.figures[i], curves, self) for i in self._burdens]
            predicted = predicted.at[jnp.array(self._burdens)].set(jnp.stack(seen))
        return predicted

    def _line_figures(self, vector: Array) -> Array:
        curves = self.curves(vector)
        place = {arm: i for i, arm in enumerate(self.arms)}
        predicted = jnp.zeros(len(self.figures))
        if self._percents:
            asked = [self.figures[i] for i in self._percents]
            group = np.array([place[self.arm_of(figure)] for figure in asked])
            shares = self._shares(asked, group, curves.seen)
            predicted = predicted.at[jnp.array(self._percents)].set(shares)
        for i in sorted(set(self._lines) - set(self._percents)):
            group_curves = LineCurves(
                *(part[place[self.arm_of(self.figures[i])]] for part in curves)
            )
            predicted = predicted.at[i].set(self._time_d(self.figures[i], group_curves))
        return predicted[jnp.array(self._lines)]

    def _shares(self, asked: list[TrialFigure], group: NDArray[np.int64], seen: Array) -> Array:
        """Prevalence on each figure's day, linear between the times."""
        times = arms.time_d()[self._told]
        definition = np.array([self._definitions.index(figure.endpoint) for figure in asked])
        day = np.array([figure.day for figure in asked])
        after = np.clip(np.searchsorted(times, day), 1, len(times) - 1)
        part = jnp.asarray((day - times[after - 1]) / (times[after] - times[after - 1]))
        before, then = seen[group, definition, after - 1], seen[group, definition, after]
        return (1 - part) * before + part * then

    def _time_d(self, figure: TrialFigure, curves: "LineCurves") -> Array:
        """Onset or duration of one figure [d]."""
        if figure.endpoint in ONSET_OF:
            return half_reached_d(curves.noticed, jnp.asarray(arms.time_d()))
        return curves.days[self._durations.index(arms.duration_of(figure))]


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
            jnp.stack([_log_ratio(values, arm.product) for arm in own]),
            jnp.array([jnp.nan if arm.start is None else arm.start for arm in own]),
            jnp.array([products.index(name) for name in longer]),
        ),
    )


def _log_ratio(values: model.Values, product: str) -> Array:
    """Log of a product's load per unit over that of the reference product."""
    return jnp.log(values.get(f"potency_ratio:{product}", jnp.ones(())))


def _burden_figure(
    figure: TrialFigure,
    curves: dict[BurdenArm, tuple[Array, Array]],
    predictor: Predictor,
) -> Array:
    rows, days = curves[predictor.burden_arm_of(figure)]
    kind = kind_of(figure.endpoint, figure.indication)
    if kind == KIND_DURATION:
        names = burden_arms.duration_names(figure.indication)
        return days[names.index(duration_name(figure.endpoint, figure.trial_id, names))]
    times = jnp.asarray(burden_arms.time_d(figure.indication))
    names = burden_arms.curve_names(figure.indication)
    seen = jnp.interp(jnp.array(figure.day), times, rows[names.index(figure.endpoint)])
    return seen / 100.0 if kind == KIND_PERCENT else seen
