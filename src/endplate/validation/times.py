"""Onset, peak and wearing off of every use at its label dose: published figures beside ours."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from endplate.case import Plan
from endplate.errors import NotCovered
from endplate.facts.endpoints import symptom_scores
from endplate.facts.trials import PHASES, ExpectedCourse, every_expected_course
from endplate.forecast import simulate
from endplate.results.result import Result

TOLERANCE = 0.15  # of a published duration: different definitions differ by more
NEAR_PEAK = 0.85  # share of our largest effect that must be there on the day a trial looked
DAYS = 540
_PLAN = """
[patient]
age_y = 46
[treatment]
date = 2026-01-01
region = "{region}"
product = "{product}"
indication = "{indication}"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""
_REGIONS = ("US", "EU", "UK")


@dataclass(frozen=True)
class Time:
    """One published phase beside ours; days, `ours` the median with the middle half of people.

    `ours` is None where no one has the effect; `effect_share` [1] is our effect on the published
    days of a `visit`, over the largest. Where the trial's definition of a duration is known,
    `endpoint`, `as_trial_d` is the day that such a trial would print of our people, and that is
    what is compared.
    """

    product: str
    indication: str
    phase: str
    low_d: float
    high_d: float
    compare: str
    ours_d: float | None
    ours_p25_d: float | None
    ours_p75_d: float | None
    effect_share: float | None
    inside: bool
    verified: bool
    source: str
    note: str
    endpoint: str = ""
    as_trial_d: float | None = None


@dataclass(frozen=True)
class Times:
    """Rows compared, and uses left out with the reason."""

    rows: tuple[Time, ...]
    skipped: tuple[dict[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"rows": [asdict(row) for row in self.rows], "skipped": list(self.skipped)}


def times(people: int = 512, progress: Callable[[int, int], None] = lambda *_: None) -> Times:
    """Simulate every use with a published time at its label dose, and compare.

    Parameters
    ----------
    people : int
        Virtual people for each use.
    progress
        Called with the number of uses done and of how many.
    """
    rows: list[Time] = []
    skipped: list[dict[str, str]] = []
    published = every_expected_course()
    uses = dict.fromkeys((row.product, row.indication) for row in published)
    for number, (product, indication) in enumerate(uses):
        progress(number, len(uses))
        phases = [
            row for row in published if (row.product, row.indication) == (product, indication)
        ]
        try:
            result = _simulate_label_dose(product, indication, people)
        except NotCovered as reason:
            skipped.append({"product": product, "indication": indication, "reason": str(reason)})
            continue
        in_order = sorted(phases, key=lambda row: PHASES.index(row.phase))
        rows += [_compare(row, result) for row in in_order if row.compare != "repeated"]
        skipped += [
            {"product": product, "indication": indication, "reason": f"{row.phase}: {row.note}"}
            for row in phases
            if row.compare == "repeated"
        ]
    return Times(tuple(rows), tuple(skipped))


def _simulate_label_dose(product: str, indication: str, people: int) -> Result:
    """The use at its dose in the first region that has one."""
    reason = NotCovered(f"no protocol of {product} for {indication}")
    for region in _REGIONS:
        text = _PLAN.format(region=region, product=product, indication=indication)
        try:
            return simulate(Plan.loads(text), people=people, days=DAYS)
        except NotCovered as refused:
            reason = refused
    raise reason


def _compare(row: ExpectedCourse, result: Result) -> Time:
    days = getattr(result.timing_by_indication[row.indication], f"{row.phase}_d")
    share = _effect_share(row, result) if row.compare == "visit" else None
    as_trial_d = days.as_trials.get(row.endpoint)
    return Time(
        product=row.product,
        indication=row.indication,
        phase=row.phase,
        low_d=row.low_d,
        high_d=row.high_d,
        compare=row.compare,
        ours_d=days.median,
        ours_p25_d=days.p25,
        ours_p75_d=days.p75,
        effect_share=share,
        inside=_inside(row, days.median if as_trial_d is None else as_trial_d, share),
        verified=row.verified,
        source=row.source,
        note=row.note,
        endpoint=row.endpoint,
        as_trial_d=as_trial_d,
    )


def _inside(row: ExpectedCourse, ours_d: float | None, share: float | None) -> bool:
    if ours_d is None:
        return False
    low, high = row.low_d * (1.0 - TOLERANCE), row.high_d * (1.0 + TOLERANCE)
    if row.compare == "by":
        return ours_d <= row.high_d
    if row.compare == "visit":
        return (share or 0.0) >= NEAR_PEAK or low <= ours_d <= high
    if row.compare == "at_least":
        return ours_d >= low
    return low <= ours_d <= high


def _effect_share(row: ExpectedCourse, result: Result) -> float:
    """Our effect on the published days, at its best among them, over our largest.

    Of several scales the one counts that the treatment moves most, as a share of its baseline.
    """
    series = {s.name: np.array(s.median) for s in result.course.series}
    area = row.indication
    names = [
        (f"level:{s.scale}:{area}", f"level_placebo:{s.scale}:{area}") for s in symptom_scores(area)
    ]
    names = names or [(f"severity_contraction:{area}", f"severity_placebo:{area}")]
    curves = [(series[treated], series[placebo]) for treated, placebo in names if treated in series]
    effects = [(placebo - treated) / placebo[0] for treated, placebo in curves]
    effect = max(effects, key=lambda curve: float(curve.max()))
    on_days = effect[int(row.low_d) : int(row.high_d) + 1]
    return float(on_days.max() / effect.max()) if effect.max() > 0 else 0.0
