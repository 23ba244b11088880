"""What the model predicts for published figures, all rows of a table in one traced function."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.body.scales import ENDPOINTS
from endplate.facts.parameters import fit_rows
from endplate.facts.trials import TrialFigure, line_muscles
from endplate.learn import arms
from endplate.learn.arms import Arm
from endplate.learn.durations import (
    DURATION_OF,
    ONSET_OF,
    half_lost_d,
    half_reached_d,
    mean_lost_d,
)
from endplate.people import model

CURVES = tuple(ENDPOINTS)
KIND_DURATION, KIND_ONSET, KIND_PERCENT = "duration", "onset", "percent"


def kind_of(endpoint: str) -> str | None:
    """What kind of figure an endpoint is for the model; None when it does not answer it."""
    if endpoint in DURATION_OF:
        return KIND_DURATION
    if endpoint in ONSET_OF:
        return KIND_ONSET
    return KIND_PERCENT if endpoint in ENDPOINTS else None


def why_skipped(figure: TrialFigure) -> str | None:
    """Why the model gives no prediction for a figure; None when it gives one."""
    if not line_muscles(figure.indication):
        return f"indication {figure.indication} is not covered by the model"
    if figure.endpoint.startswith("baseline_"):
        return "describes the people at entry, not an outcome"
    if kind_of(figure.endpoint) is None:
        return f"endpoint {figure.endpoint} is not covered by the model"
    if figure.product not in known_products():
        return f"product {figure.product} is not covered for {figure.indication}"
    if figure.product == "placebo" and kind_of(figure.endpoint) != KIND_PERCENT:
        return "a placebo duration rests on very few responders"
    if figure.area_dose_u is None and figure.product != "placebo":
        return "the dose in the area is not stated"
    if figure.day is None and kind_of(figure.endpoint) == KIND_PERCENT:
        return "the day is not stated"
    if figure.day is not None and not 0 <= figure.day <= arms.LAST_DAY:
        return f"day {figure.day:g} is outside 0 to {arms.LAST_DAY}"
    return None


def known_products() -> frozenset[str]:
    """Products whose nerve-ending potency has an estimate, and placebo."""
    prefix = "potency_ratio:"
    fitted = (row.applies_to for row in fit_rows() if row.id.startswith(prefix))
    return frozenset((arms.REFERENCE, "placebo", *fitted))


@dataclass(frozen=True, eq=False)
class Predictor:
    """Predicts the covered figures of one table; build it once, call it with many vectors."""

    figures: tuple[TrialFigure, ...]
    severe_shares: dict[str, float]

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """The distinct groups of the table, grouped by area."""
        return tuple(sorted({self.arm_of(f) for f in self.figures}, key=lambda a: a.indication))

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

    def curves(self, vector: Array) -> Array:
        """Prevalence of every definition in every group, shape (groups, definitions, times)."""
        values = model.natural_values(vector)
        products = arms.persistence_products(values)
        table = arms.person_tables(values)
        parts = []
        for indication in dict.fromkeys(arm.indication for arm in self.arms):
            parts.append(self._area_curves(indication, table, products, values))
        return jnp.concatenate(parts)

    def _area_curves(
        self, indication: str, table: Array, products: tuple[str, ...], values: model.Values
    ) -> Array:
        own = [arm for arm in self.arms if arm.indication == indication]
        zero = jnp.zeros(())
        ratio = [
            jnp.log(values[f"potency_ratio:{arm.product}"])
            if f"potency_ratio:{arm.product}" in values
            else zero
            for arm in own
        ]
        group = [products.index(a.product) if a.product in products else 0 for a in own]

        @jax.checkpoint
        def one(now: tuple[Array, Array, Array, Array]) -> Array:
            dose_u, log_ratio, severe, which = now
            course, weight = arms.arm_course(
                indication, dose_u, log_ratio, severe, table[which], values
            )
            return jnp.stack([arms.prevalence(name, course, weight, values) for name in CURVES])

        return jax.lax.map(
            one,
            (
                jnp.array([arm.area_dose_u for arm in own]),
                jnp.stack(ratio),
                jnp.array([arm.severe_share for arm in own]),
                jnp.array(group),
            ),
        )

    def __call__(self, vector: Array) -> Array:
        """Predicted value of each figure: a share for percents, days for durations and onsets."""
        curves, times = self.curves(vector), jnp.asarray(arms.time_d())
        place = {arm: i for i, arm in enumerate(self.arms)}
        group = np.array([place[self.arm_of(figure)] for figure in self.figures])
        predicted = _percents(self.figures, group, curves)
        for i, figure in enumerate(self.figures):
            if kind_of(figure.endpoint) != KIND_PERCENT:
                predicted = predicted.at[i].set(_timed(figure, curves[group[i]], times))
        return predicted

    @cached_property
    def jitted(self) -> Callable[[Array], Array]:
        """The prediction, compiled."""
        return jax.jit(self.__call__)


def _percents(figures: tuple[TrialFigure, ...], group: NDArray[np.int64], curves: Array) -> Array:
    """Prevalence on each figure's day, linear between the times; 0 for other kinds of figure."""
    times = arms.time_d()
    percent = np.array([kind_of(f.endpoint) == KIND_PERCENT for f in figures])
    curve = np.array(
        [CURVES.index(f.endpoint) if p else 0 for f, p in zip(figures, percent, strict=True)]
    )
    day = np.array([f.day or 0.0 for f in figures])
    after = np.clip(np.searchsorted(times, day), 1, len(times) - 1)
    part = (day - times[after - 1]) / (times[after] - times[after - 1])
    share = (1 - part) * curves[group, curve, after - 1] + part * curves[group, curve, after]
    return jnp.where(percent, share, 0.0)


def _timed(figure: TrialFigure, curves: Array, times: Array) -> Array:
    if figure.endpoint in ONSET_OF:
        return half_reached_d(curves[CURVES.index(ONSET_OF[figure.endpoint])], times)
    share = curves[CURVES.index(DURATION_OF[figure.endpoint])]
    lost = mean_lost_d if figure.endpoint == "mean_duration" else half_lost_d
    return lost(share, times)


def severe_shares(figures: tuple[TrialFigure, ...], default: float) -> dict[str, float]:
    """Share graded severe at entry by trial, averaged over arms; the default under ''."""
    stated: dict[str, list[float]] = {}
    for figure in figures:
        if figure.endpoint == "baseline_severe_pct":
            stated.setdefault(figure.trial_id, []).append(figure.value / 100)
    return {"": default} | {trial: float(np.mean(shares)) for trial, shares in stated.items()}


def observed(figures: tuple[TrialFigure, ...]) -> NDArray[np.float64]:
    """Published values in the unit of the prediction: shares for percents, days else."""
    return np.array(
        [f.value / 100 if kind_of(f.endpoint) == KIND_PERCENT else f.value for f in figures]
    )
