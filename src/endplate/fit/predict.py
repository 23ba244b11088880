"""What the model predicts for published figures, all rows of a table in one traced function.

Every arm is a cohort of the engine, and every figure is read by `observe`: the same functions that
a forecast runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from endplate.facts.endpoints import (
    BURDEN,
    LINE,
    RETAINED,
    CustomEndpoint,
    DurationRule,
    duration_rules,
    symptom_scores,
)
from endplate.facts.trials import TrialFigure
from endplate.fit.arms import (
    Arm,
    Quadrature,
    TrialSetup,
    arm_course,
    arm_weights,
    endings_windows,
    product_indices,
    trial_setup,
)
from endplate.fit.endpoint_types import KIND_DURATION, KIND_ONSET, KIND_PERCENT, kind_of_figure
from endplate.model import Model
from endplate.observe.course import IndicationCourse, Subjects
from endplate.observe.endpoints import group_means, observe
from endplate.observe.times import (
    half_reached_d,
    noticed,
    printed_d,
    retained_at_visits,
    share_by_day,
)


class ArmFigures(NamedTuple):
    """What arms show: `means` (arms, endpoints, days) in percent or the endpoint's unit, `printed`
    [d] the durations (arms, durations), `retained` [1] the shares still responding or not yet
    treated again (arms, rules, days), `onset` [d] (arms,)."""

    means: Array
    printed: Array
    retained: Array
    onset: Array


@dataclass(frozen=True, eq=False)
class ArmGroup:
    """Arms of one indication and pattern of sites, and what is asked of them.

    `endpoints` come with the width of a grade of the scale of lines that they were read on [1].
    """

    indication: str
    pattern: str
    arms: tuple[Arm, ...]
    endpoints: tuple[tuple[str, float], ...]
    days: tuple[float, ...]
    durations: tuple[tuple[DurationRule, float | None], ...]
    retained: tuple[DurationRule, ...]
    onset: bool
    model: Model
    subjects: int = 0
    custom: tuple[CustomEndpoint, ...] = ()

    @property
    def setup(self) -> TrialSetup:
        """Subjects, sites and times."""
        return trial_setup(self.indication, self.pattern, self.model, self.subjects)

    def __call__(self, vector: Array, quadrature: Quadrature) -> ArmFigures:
        """What every arm shows under a parameter vector, in the subjects of a quadrature."""
        setup = self.setup
        indices = [product_indices(arm) for arm in self.arms]
        lasting = sorted({persistence for _, persistence in indices})
        stacked = jax.lax.map(
            lambda index: endings_windows(setup, quadrature, vector, index, self.model),
            jnp.array(lasting),
        )

        @jax.checkpoint
        def one(now: tuple[Array, ...]) -> ArmFigures:
            dose_u, potency, persistence, which, severe_share, start = now
            own = jax.tree.map(lambda every: every[which], stacked)
            course, subjects = arm_course(
                setup, quadrature, vector, dose_u, potency, persistence, start, own, self.model
            )
            return self._read(course, subjects, arm_weights(setup, course, severe_share))

        return jax.lax.map(
            one,
            (
                jnp.array([arm.area_dose_u for arm in self.arms]),
                jnp.array([potency for potency, _ in indices]),
                jnp.array([persistence for _, persistence in indices]),
                jnp.array([lasting.index(persistence) for _, persistence in indices]),
                jnp.array([arm.severe_share for arm in self.arms]),
                jnp.array([jnp.nan if a.start is None else a.start for a in self.arms]),
            ),
        )

    def _read(self, course: IndicationCourse, subjects: Subjects, weight: Array) -> ArmFigures:
        code, main = self.indication, self.setup.scenario.main_scale[0]
        weight = weight.astype(course.level.dtype)[None]
        means = jnp.zeros((0, len(self.days)))
        if self.endpoints:
            days = np.array(self.days)
            observed = [
                observe(code, e, course, subjects, days, main, self.custom, width)
                for e, width in self.endpoints
            ]
            sums, _, evaluable = group_means(observed, weight)
            means = sums[0] / evaluable[0][:, None]
        last_d = float(self.setup.time_d[-1])

        def at_visits(rule: DurationRule) -> Array:
            return retained_at_visits(code, rule, course, subjects, weight, last_d, main)[0]

        printed = [
            printed_d(at_visits(rule), rule, last_d, follow_up_d)
            for rule, follow_up_d in self.durations
        ]
        retained = [
            share_by_day(at_visits(rule), rule, last_d, jnp.array(self.days))
            for rule in self.retained
        ]
        onset = jnp.zeros(())
        if self.onset:
            share = noticed(code, "median_onset", course, subjects, weight)[0]
            onset = half_reached_d(share, jnp.asarray(course.time_d))
        return ArmFigures(
            means,
            jnp.stack(printed) if printed else jnp.zeros(0),
            jnp.stack(retained) if retained else jnp.zeros((0, len(self.days))),
            onset,
        )


@dataclass(frozen=True, eq=False)
class Predictor:
    """Predicts the covered figures of one table; build it once, call it with many vectors.

    `severe_shares` [1] are those graded severe at entry by trial, the default under an empty name;
    `starts` the mean score before treatment by trial and arm where the table states it; `subjects`
    overrides how many stand for an arm.
    """

    figures: tuple[TrialFigure, ...]
    severe_shares: dict[str, float]
    starts: dict[tuple[str, str], float]
    model: Model
    subjects: int = 0

    @property
    def quadratures(self) -> tuple[Quadrature, ...]:
        """Subjects of each group of arms: arguments of what is compiled."""
        return tuple(group.setup.quadrature for group, _ in self.groups)

    def __call__(self, vector: Array, quadratures: tuple[Quadrature, ...] | None = None) -> Array:
        """Predicted value of each figure.

        A share for percents, the endpoint's own unit for means and changes, days for durations
        and onsets. `quadratures` are the predictor's own where they are not given.
        """
        predicted = jnp.zeros(len(self.figures))
        subjects = self.quadratures if quadratures is None else quadratures
        for (group, rows), quadrature in zip(self.groups, subjects, strict=True):
            shown = group(vector, quadrature)
            places = [self._place(self.figures[row], group) for row in rows]
            index, whole, scale = (np.array(part) for part in zip(*places, strict=True))
            every = jnp.concatenate([part.ravel().astype(float) for part in shown])
            predicted = predicted.at[np.array(rows)].set(whole + every[index] / scale)
        return predicted

    @cached_property
    def groups(self) -> tuple[tuple[ArmGroup, tuple[int, ...]], ...]:
        """Groups of arms with the rows of the figures that each answers.

        In file order: an order that changes between runs is compiled anew each time.
        """
        rows_of: dict[tuple[str, str], list[int]] = {}
        for row, figure in enumerate(self.figures):
            arm = self.arm_of(figure)
            rows_of.setdefault((arm.indication, arm.pattern), []).append(row)
        return tuple((self._group(*key, rows), tuple(rows)) for key, rows in rows_of.items())

    def arm_of(self, figure: TrialFigure) -> Arm:
        """Arm of one figure."""
        placebo = figure.product == "placebo" or not figure.area_dose_u
        return Arm(
            figure.indication,
            "placebo" if placebo else figure.product,
            0.0 if placebo else float(figure.area_dose_u or 0.0),
            self.severe_shares.get(figure.trial_id, self.severe_shares[""]),
            self.starts.get((figure.trial_id, figure.arm)),
        )

    def _group(self, indication: str, pattern: str, rows: Sequence[int]) -> ArmGroup:
        figures = [self.figures[row] for row in rows]
        kinds = [kind_of_figure(figure) for figure in figures]
        dated = [f for f, k in zip(figures, kinds, strict=True) if k not in _TIMED]
        lasting_shares = [f for f in dated if f.endpoint in RETAINED]
        lasting = [f for f, k in zip(figures, kinds, strict=True) if k == KIND_DURATION]
        return ArmGroup(
            indication=indication,
            pattern=pattern,
            arms=tuple(dict.fromkeys(self.arm_of(figure) for figure in figures)),
            endpoints=tuple(sorted({_read_as(f) for f in dated if f.endpoint not in RETAINED})),
            days=tuple(sorted({float(figure.day or 0.0) for figure in dated})),
            durations=tuple(dict.fromkeys(_duration_of(figure) for figure in lasting)),
            retained=tuple(dict.fromkeys(_rule_of(figure) for figure in lasting_shares)),
            onset=KIND_ONSET in kinds,
            model=self.model,
            subjects=self.subjects,
            custom=tuple(dict.fromkeys(f.reading for f in dated if f.reading)),
        )

    def _place(self, figure: TrialFigure, group: ArmGroup) -> tuple[int, float, float]:
        """Where a figure stands among all that its group shows, one part after the other, and what
        it is: a whole, plus the number there over a scale."""
        arm, days = group.arms.index(self.arm_of(figure)), len(group.days)
        lengths = [len(group.endpoints) * days, len(group.durations), len(group.retained) * days, 1]
        firsts = np.cumsum([0, *lengths]) * len(group.arms)

        def at(part: int, place: int) -> int:
            return int(firsts[part]) + arm * lengths[part] + place

        kind = kind_of_figure(figure)
        if kind == KIND_ONSET:
            return at(3, 0), 0.0, 1.0
        if kind == KIND_DURATION:
            return at(1, group.durations.index(_duration_of(figure))), 0.0, 1.0
        day = group.days.index(float(figure.day or 0.0))
        if figure.endpoint in RETAINED:
            place = at(2, group.retained.index(_rule_of(figure)) * days + day)
            return (place, 0.0, 1.0) if RETAINED[figure.endpoint] else (place, 1.0, -1.0)
        place = at(0, group.endpoints.index(_read_as(figure)) * days + day)
        return place, 0.0, 100.0 if kind == KIND_PERCENT else 1.0


_TIMED = (KIND_DURATION, KIND_ONSET)


def _read_as(figure: TrialFigure) -> tuple[str, float]:
    return figure.endpoint, figure.grade_width


def _rule_of(figure: TrialFigure) -> DurationRule:
    """How the figure's trial reads when a response is lost."""
    code = figure.indication
    rules = duration_rules(code, BURDEN if symptom_scores(code) else LINE)
    return figure.rule(rules[figure.endpoint])


def _duration_of(figure: TrialFigure) -> tuple[DurationRule, float | None]:
    """How the duration is read, and the day on which its trial stopped to count [d].

    A floor is where counting stopped: what it is compared with goes on.
    """
    return _rule_of(figure), None if figure.bound else figure.follow_up_d
