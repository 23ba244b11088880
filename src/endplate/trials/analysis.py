"""From the parts of a run to its analysis: counts and sums by replicate, then all tests at once.

Parts are read one after the other in their order; what is kept does not grow with the people of a
replicate.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from endplate.facts.endpoints import endpoints, readings, symptom_scores
from endplate.trials.codes import codes_of, rules_of_times
from endplate.trials.design import COMPOSITE, RESPONDER, TIME, Design, EndpointTable
from endplate.trials.layout import Layout
from endplate.trials.parts import Part
from endplate.trials.regimen import ONSET, durations, endpoint_kinds, is_line
from endplate.trials.statistics import (
    Sums,
    Survival,
    ancova,
    cochran_mantel_haenszel,
    kaplan_meier,
    log_rank,
    median_day,
    newcombe,
    rejected,
)

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Tested:
    """One endpoint of the design and where it lies in the parts: `code` among the codes at visits,
    `rule` among the durations, `measure` among the measures, `visit` among the visits."""

    table: EndpointTable
    kind: str
    code: int = -1
    rule: int = -1
    first: int = 0
    conditional: bool = False
    measure: int = 0
    visit: int = -1
    sign: float = 1.0


def tested_of(design: Design) -> tuple[Tested, ...]:
    """Endpoints in the order of the design."""
    indication = design.trial.indication
    kinds, codes = endpoint_kinds(indication), codes_of(design)
    timed = rules_of_times(design)
    found = []
    for one in design.endpoints:
        kind = kinds[one.code]
        better = endpoints()[one.code].better if one.code in endpoints() else "up"
        sign = -1.0 if better == "down" else 1.0
        if kind != TIME:
            found.append(
                Tested(
                    one,
                    kind,
                    code=codes.index(one.code),
                    measure=_measure(indication, one.code),
                    visit=design.visits.days.index(one.day or 0.0),
                    sign=sign,
                )
            )
        elif one.code == ONSET:
            found.append(Tested(one, TIME, code=codes.index("onset_cum"), sign=-1.0))
        else:
            names = [name for name, _ in timed]
            rule = durations(indication)[one.code]
            found.append(
                Tested(
                    one,
                    TIME,
                    rule=names.index(one.code),
                    first=dict(timed)[one.code],
                    conditional=is_line(indication) or rule.least_fall is not None,
                )
            )
    return tuple(found)


def _measure(indication: str, code: str) -> int:
    names = [scale.scale for scale in symptom_scores(indication)]
    row = next((row for row in readings(indication) if row.endpoint == code), None)
    return names.index(row.scale) if row is not None and row.scale in names else 0


@dataclass
class Tally:
    """Counts and sums of one run, added up part by part."""

    design: Design
    layout: Layout
    counts: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def tested(self) -> tuple[Tested, ...]:
        """Endpoints of the design."""
        return tested_of(self.design)

    @cached_property
    def grid_d(self) -> Numbers:
        """Days on which a visit may be, rising [d]."""
        width = int(self.design.visits.window_d)
        days = [day + off for day in self.design.visits.days for off in range(-width, width + 1)]
        return np.array(days)

    @cached_property
    def shape(self) -> tuple[int, int, int]:
        """Replicates, arms and strata."""
        layout = self.layout
        return layout.replicates, len(layout.sizes), len(layout.share_of)

    def _slot(self, name: str, *shape: int) -> Numbers:
        if name not in self.counts:
            self.counts[name] = np.zeros(shape)
        return self.counts[name]

    def add(self, part: Part, most: tuple[int, ...] | None = None) -> None:
        """Add a part; `most` keeps only the first so many people of each arm of a replicate."""
        replicates, arms, strata = self.shape
        keep = np.ones(len(part.person), bool)
        if most is not None:
            keep = part.person < most[part.arm]
        cell = part.replicate[keep] * strata + np.maximum(part.stratum[keep], 0)

        def spread(name: str, weight: NDArray[Any]) -> None:
            slot = self._slot(name, arms, replicates * strata)
            slot[part.arm] += np.bincount(cell, weight, replicates * strata)

        seen = part.seen[keep].astype(bool)
        for number, one in enumerate(self.tested):
            if one.kind == TIME:
                self._add_time(number, one, part, keep, seen)
                continue
            there = seen[:, one.visit]
            value = part.values[keep][:, one.code, one.visit].astype(float)
            composite = one.table.missing == COMPOSITE
            counted = np.ones_like(there) if composite else there
            if one.kind == RESPONDER:
                spread(f"n{number}", counted)
                spread(f"events{number}", there & (value > 0.5))
                continue
            base = part.base[keep][:, one.measure].astype(float)
            none = 0.0 if _is_change(self.design, one) else base
            outcome = np.where(there, value, none)
            y, x = np.where(counted, outcome, 0.0), np.where(counted, base, 0.0)
            for name, weight in zip(
                Sums._fields, (counted, x, y, x * x, x * y, y * y), strict=True
            ):
                spread(f"{name}{number}", weight)
        self._add_flow(part, keep, seen)

    def _add_time(
        self, number: int, one: Tested, part: Part, keep: NDArray[Any], seen: NDArray[Any]
    ) -> None:
        replicates, arms, _ = self.shape
        day, event, counts = times_of(one, part)
        place = np.searchsorted(self.grid_d, day[keep])
        row = part.replicate[keep] * len(self.grid_d) + np.minimum(place, len(self.grid_d) - 1)
        for name, which in (("lost", event), ("kept", ~event)):
            slot = self._slot(f"{name}{number}", arms, replicates * len(self.grid_d))
            weight = (which & counts)[keep]
            slot[part.arm] += np.bincount(row, weight, replicates * len(self.grid_d))

    def _add_flow(self, part: Part, keep: NDArray[Any], seen: NDArray[Any]) -> None:
        _, arms, _ = self.shape
        last_d = self.design.visits.days[-1] + self.design.visits.window_d
        left = part.left_d[keep] <= last_d
        lack = part.lack[keep].astype(bool)
        visits, codes = seen.shape[1], part.values.shape[1]
        flow = self._slot("flow", arms, 5)
        treatments = (part.given_d[keep] <= last_d).sum()
        flow[part.arm] += [
            keep.sum(), (left & ~lack).sum(), (left & lack).sum(), seen.sum(), treatments,
        ]  # fmt: skip
        values = part.values[keep].astype(float)
        there = seen[:, None, :]
        self._slot("seen", arms, visits)[part.arm] += seen.sum(axis=0)
        self._slot("sum", arms, codes, visits)[part.arm] += (values * there).sum(axis=0)
        self._slot("square", arms, codes, visits)[part.arm] += (values**2 * there).sum(axis=0)
        measures = part.measures[keep].astype(float)
        count = measures.shape[1]
        self._slot("level", arms, count, visits)[part.arm] += (measures * there).sum(axis=0)
        self._slot("level2", arms, count, visits)[part.arm] += (measures**2 * there).sum(axis=0)
        self._slot("base", arms, count)[part.arm] += part.base[keep].sum(axis=0)
        self._slot("harms", arms, part.harms.shape[1])[part.arm] += part.harms[keep].sum(axis=0)
        if keep.all():
            self._slot("expected", arms, codes, visits)[part.arm] += part.expected

    def by_stratum(self, name: str, arm: int) -> Numbers:
        """Counts or sums of one arm, (replicates, strata)."""
        replicates, _, strata = self.shape
        return self.counts[name][arm].reshape(replicates, strata)

    def survival(self, number: int, arm: int) -> Survival:
        """People of one arm by the day of their event."""
        shape = (self.shape[0], len(self.grid_d))
        return Survival(*(self.counts[f"{name}{number}"][arm].reshape(shape) for name in _SURVIVAL))


_SURVIVAL = ("lost", "kept")


def _is_change(design: Design, one: Tested) -> bool:
    """Whether an endpoint is a change, which is none for who is not seen; else a level."""
    row = next(r for r in readings(design.trial.indication) if r.endpoint == one.table.code)
    return row.how != "level"


def times_of(one: Tested, part: Part) -> tuple[Numbers, NDArray[np.bool_], NDArray[np.bool_]]:
    """Day of the event or of censoring [d], whether it is an event, and who counts, (people,).

    A duration counts from the treatment; it is lost at the first visit that does not find it, and
    censored at the last visit before the person leaves or is treated again.
    """
    seen = part.seen.astype(bool)
    days = part.days.astype(float)
    again_d = part.given_d[:, 1] if part.given_d.shape[1] > 1 else np.inf
    seen = seen & (days <= np.asarray(again_d).reshape(-1, 1))
    if one.rule < 0:
        hit = (part.values[:, one.code] > 0.5) & seen
        counts = np.asarray(np.any(seen, axis=1))
    else:
        kept = part.retained[:, one.rule].astype(bool)
        hit = ~kept & seen
        counts = seen[:, one.first]
        if one.conditional:
            counts = counts & kept[:, one.first]
            hit[:, one.first] = False
        hit[:, : one.first] = False
    event = np.any(hit, axis=1)
    rows = np.arange(len(days))
    last = days.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)
    day = np.where(event, days[rows, hit.argmax(axis=1)], days[rows, last])
    return day, np.asarray(event), np.asarray(counts)


@dataclass(frozen=True)
class Hypothesis:
    """One endpoint of one arm against the control, in every replicate, arrays (replicates,)."""

    number: int
    arm: int
    tested: Tested
    value: Numbers
    low: Numbers
    high: Numbers
    p: Numbers
    arm_value: Numbers
    control_value: Numbers


def hypotheses(tally: Tally, arms: Iterable[int], control: int) -> list[Hypothesis]:
    """Every endpoint of every arm against the control, the endpoints in order outside."""
    alpha = tally.design.analysis.alpha
    found = []
    for number, one in enumerate(tally.tested):
        for arm in arms:
            found.append(_hypothesis(tally, number, one, arm, control, alpha))
    return found


def _hypothesis(
    tally: Tally, number: int, one: Tested, arm: int, control: int, alpha: float
) -> Hypothesis:
    z = float(ndtri(1 - alpha / 2))
    if one.kind == RESPONDER:
        events, n = (tally.by_stratum(f"{name}{number}", arm) for name in ("events", "n"))
        other, other_n = (tally.by_stratum(f"{name}{number}", control) for name in ("events", "n"))
        p = cochran_mantel_haenszel(events, n, other, other_n)
        sums = [x.sum(axis=1) for x in (events, n, other, other_n)]
        value, low, high = newcombe(sums[0], sums[1], sums[2], sums[3], z)
        own = [s / np.maximum(m, 1) for s, m in ((sums[0], sums[1]), (sums[2], sums[3]))]
        return Hypothesis(number, arm, one, value, low, high, p, *own)
    if one.kind == TIME:
        first, second = tally.survival(number, arm), tally.survival(number, control)
        ratio, p = log_rank(first, second)
        days = [median_day(kaplan_meier(x), tally.grid_d) for x in (first, second)]
        nothing = np.full_like(ratio, np.nan)
        return Hypothesis(number, arm, one, ratio, nothing, nothing, p, *days)
    first, second = (
        Sums(*(tally.by_stratum(f"{name}{number}", which) for name in Sums._fields))
        for which in (arm, control)
    )
    estimate = ancova(first, second, alpha)
    own = [s.y.sum(axis=1) / np.maximum(s.n.sum(axis=1), 1) for s in (first, second)]
    return Hypothesis(
        number, arm, one, estimate.value, estimate.low, estimate.high, estimate.p, *own
    )


def wins(tally: Tally, found: list[Hypothesis]) -> NDArray[np.bool_]:
    """Which hypotheses are rejected in the direction of a benefit, (replicates, hypotheses)."""
    analysis = tally.design.analysis
    p = np.stack([one.p for one in found], axis=1)
    # an effect in the wrong direction is no success, and stops a sequence
    p = np.where(np.stack([_is_better(one) for one in found], axis=1), p, 1.0)
    return rejected(p, analysis.alpha, analysis.multiplicity)


def _is_better(one: Hypothesis) -> NDArray[np.bool_]:
    if one.tested.kind == TIME:
        # of durations fewer losses are better, of onsets more
        return one.value < 1.0 if one.tested.rule >= 0 else one.value > 1.0
    return one.tested.sign * one.value > 0.0
