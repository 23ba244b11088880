"""Published figures of lines: what each group shows, read as the figures ask."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.facts.trials import TrialFigure
from endplate.fit import arms
from endplate.fit.arms import Arm
from endplate.fit.durations import ONSET_OF, half_reached_d, neighbours
from endplate.fit.endpoint_types import KIND_DURATION, KIND_PERCENT, kind_of
from endplate.people import model


class LineCurves(NamedTuple):
    """What groups with lines show.

    `seen` (groups, definitions, times) are prevalences on the times next to published days,
    `noticed` (groups, times) the share who have noted an effect, on all times, and `days` (groups,
    durations) what is printed as durations. Each is empty where no figure asks for it.
    """

    seen: Array
    noticed: Array
    days: Array


@dataclass(frozen=True, eq=False)
class LineFigures:
    """Predicts the figures of lines of one table."""

    figures: tuple[TrialFigure, ...]
    severe_shares: dict[str, float]

    def __call__(self, values: model.Values) -> Array:
        """Share for percents, days for durations and onsets, shape (figures,)."""
        curves = self.curves(values)
        place = {arm: i for i, arm in enumerate(self.arms)}
        group = np.array([place[self.arm_of(figure)] for figure in self.figures])
        predicted = jnp.zeros(len(self.figures))
        percents = self._percents
        if len(percents):
            predicted = predicted.at[percents].set(self._shares(group[percents], curves.seen))
        for i in np.setdiff1d(np.arange(len(self.figures)), percents):
            own = LineCurves(*(part[group[i]] for part in curves))
            predicted = predicted.at[i].set(self._time_d(self.figures[i], own))
        return predicted

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """The distinct groups, grouped by area.

        In file order within an area: an order that changes between runs is compiled anew each time.
        """
        found = dict.fromkeys(self.arm_of(figure) for figure in self.figures)
        return tuple(sorted(found, key=lambda arm: arm.indication))

    def arm_of(self, figure: TrialFigure) -> Arm:
        """Group of one figure."""
        placebo = figure.product == "placebo" or not figure.area_dose_u
        severe = self.severe_shares.get(figure.trial_id, self.severe_shares[""])
        return Arm(
            figure.indication,
            "placebo" if placebo else figure.product,
            0.0 if placebo else float(figure.area_dose_u or 0.0),
            severe,
        )

    def curves(self, values: model.Values) -> LineCurves:
        """What every group shows."""
        table = arms.person_tables(values, self._products)
        parts = [
            self._area_curves(indication, table, values)
            for indication in dict.fromkeys(arm.indication for arm in self.arms)
        ]
        return LineCurves(*(jnp.concatenate(part) for part in zip(*parts, strict=True)))

    @cached_property
    def _kinds(self) -> list[str | None]:
        return [kind_of(figure.endpoint) for figure in self.figures]

    @cached_property
    def _percents(self) -> NDArray[np.int64]:
        """Places of the percents among the figures."""
        return np.flatnonzero([kind == KIND_PERCENT for kind in self._kinds])

    @cached_property
    def _definitions(self) -> tuple[str, ...]:
        """Responder definitions that percents ask for."""
        return tuple(sorted({self.figures[i].endpoint for i in self._percents}))

    @cached_property
    def _durations(self) -> tuple[str, ...]:
        """Durations that are asked for."""
        both = zip(self.figures, self._kinds, strict=True)
        own = {arms.duration_of(figure) for figure, kind in both if kind == KIND_DURATION}
        return tuple(sorted(own))

    @cached_property
    def _products(self) -> tuple[str, ...]:
        """The reference product, and those of the groups with a persistence of their own."""
        own = {arm.product for arm in self.arms} & arms.lasting_products()
        return (arms.REFERENCE, *sorted(own))

    @cached_property
    def _told(self) -> NDArray[np.int64]:
        """Places of the times next to the days of percents: definitions are read there alone."""
        return neighbours(arms.time_d(), np.array([self.figures[i].day for i in self._percents]))

    def _area_curves(self, indication: str, table: Array, values: model.Values) -> LineCurves:
        own = [arm for arm in self.arms if arm.indication == indication]
        products = self._products
        group = [products.index(a.product) if a.product in products else 0 for a in own]
        wait = any(figure.endpoint in ONSET_OF for figure in self.figures)

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
                jnp.stack([model.log_potency_ratio(values, arm.product) for arm in own]),
                jnp.array([arm.severe_share for arm in own]),
                jnp.array(group),
            ),
        )

    def _shares(self, group: NDArray[np.int64], seen: Array) -> Array:
        """Prevalence on the day of each percent, linear between the times."""
        asked = [self.figures[i] for i in self._percents]
        times = arms.time_d()[self._told]
        definition = np.array([self._definitions.index(figure.endpoint) for figure in asked])
        day = np.array([figure.day for figure in asked])
        after = np.clip(np.searchsorted(times, day), 1, len(times) - 1)
        part = jnp.asarray((day - times[after - 1]) / (times[after] - times[after - 1]))
        before, then = seen[group, definition, after - 1], seen[group, definition, after]
        return (1 - part) * before + part * then

    def _time_d(self, figure: TrialFigure, curves: LineCurves) -> Array:
        """Onset or duration of one figure [d]."""
        if figure.endpoint in ONSET_OF:
            return half_reached_d(curves.noticed, jnp.asarray(arms.time_d()))
        return curves.days[self._durations.index(arms.duration_of(figure))]
