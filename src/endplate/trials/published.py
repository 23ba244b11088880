"""Designs of published trials, from the shared table: arms, numbers of people, visits."""

from dataclasses import dataclass, replace
from functools import cache

from endplate.errors import DesignFaults
from endplate.facts.indications import indication as indication_row
from endplate.facts.indications import indications, is_charted
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.trials.design import (
    CHANGE,
    OBSERVED,
    RESPONDER,
    TIME,
    AnalysisTable,
    ArmTable,
    Design,
    EndpointTable,
    RetreatmentTable,
    TrialTable,
    VisitsTable,
)
from endplate.trials.faults import MOST_ENDPOINTS, MOST_VISITS, design_faults
from endplate.trials.regimen import endpoint_kinds

EXAMPLE_PEOPLE, EXAMPLE_REPLICATES = 40, 20
_REFERENCE = "onabotulinumtoxinA"
_SEVERE = "baseline_severe_pct"


@dataclass(frozen=True)
class PublishedDifference:
    """A published difference between an arm and placebo, in points or the endpoint's unit."""

    endpoint: str
    day: float
    arm: str
    value: float
    arm_value: float
    control_value: float
    source: str
    verified: bool


@dataclass(frozen=True)
class PublishedTrial:
    """A published trial with its design, and the differences it printed."""

    trial_id: str
    indication: str
    design: Design
    differences: tuple[PublishedDifference, ...]

    @property
    def people(self) -> int:
        """People of all arms."""
        return sum(self.design.arm_sizes)


@cache
def published_trials() -> tuple[PublishedTrial, ...]:
    """Every trial of the table with a placebo arm whose design can be run, in file order."""
    keys: dict[tuple[str, str], list[TrialFigure]] = {}
    for figure in trial_figures():
        if is_charted(figure.indication):
            keys.setdefault((figure.trial_id, figure.indication), []).append(figure)
    found = (_published(*key, figures) for key, figures in keys.items())
    return tuple(trial for trial in found if trial is not None)


def _published(
    trial_id: str, indication: str, figures: list[TrialFigure], n_unstated: int | None = None
) -> PublishedTrial | None:
    """A trial as a design; None where it cannot be run.

    An arm whose people are not counted has `n_unstated`; None: the trial cannot be run.
    """
    arms, names = _arms(figures, n_unstated)
    if arms is None:
        return None
    kinds = endpoint_kinds(indication)
    dated = [
        f for f in figures
        if f.day and kinds.get(f.endpoint) in (RESPONDER, CHANGE) and f.arm in names
    ]  # fmt: skip
    days = sorted({float(f.day or 0) for f in dated})
    tested = {(f.endpoint, float(f.day or 0)) for f in dated if f.product != "placebo"}
    tested &= {(f.endpoint, float(f.day or 0)) for f in dated if f.product == "placebo"}
    if not tested or len(days) > MOST_VISITS:
        return None
    primary = sorted(tested, key=lambda one: (kinds[one[0]] != RESPONDER, abs(one[1] - 30), one))
    severe = [f.value / 100 for f in figures if f.endpoint == _SEVERE]
    starts = [f.baseline_mean for f in dated if f.baseline_mean]
    family = indication_row(indication).family
    every_d = indication_row(indication).trial_interval_d
    design = Design(
        trial=TrialTable(
            indication=indication,
            title=trial_id,
            severe_share=sum(severe) / len(severe) if severe and family == "lines" else None,
            mean_before=sum(starts) / len(starts) if starts and family != "lines" else None,
        ),
        arms=arms,
        visits=VisitsTable(days=tuple(days)),
        endpoints=tuple(
            EndpointTable(code, day, OBSERVED) for code, day in primary[:MOST_ENDPOINTS]
        ),
        analysis=AnalysisTable(type_one_error=False),
        retreatment=RetreatmentTable(
            cycles=float(min(8, 1 + int((days[-1] - 1) // every_d))), interval_d=every_d
        )
        if every_d and days[-1] > every_d
        else None,
        name=trial_id,
    )
    if design_faults(design):
        return None
    return PublishedTrial(trial_id, indication, design, tuple(_differences(dated, design)))


def _arms(
    figures: list[TrialFigure], n_unstated: int | None
) -> tuple[tuple[ArmTable, ...] | None, set[str]]:
    """Arms of a trial, the placebo last; None where it has not both or one has no number."""
    found: dict[str, ArmTable] = {}
    for f in figures:
        n = f.n or n_unstated
        if n is None or n < 2 or f.arm in found:
            continue
        if f.product == "placebo":
            found[f.arm] = ArmTable(name=f.arm[:40], placebo=True, n=float(n))
        elif f.area_dose_u:
            found[f.arm] = ArmTable(
                name=f.arm[:40], product=f.product, dose_u=f.area_dose_u, n=float(n)
            )
    active = [arm for arm in found.values() if not arm.placebo]
    placebo = [arm for arm in found.values() if arm.placebo]
    if not active or len(placebo) != 1:
        return None, set()
    return (*active, *placebo), set(found)


def _differences(dated: list[TrialFigure], design: Design) -> list[PublishedDifference]:
    """Differences of the tested endpoints between each arm and placebo, as printed."""
    control = next(arm.name for arm in design.arms if arm.placebo)
    by_key = {(f.endpoint, f.day, f.arm[:40]): f for f in dated}
    found = []
    for one in design.endpoints:
        other = by_key.get((one.code, one.day, control))
        for arm in design.arms:
            own = by_key.get((one.code, one.day, arm.name))
            if arm.placebo or own is None or other is None or own.bound or other.bound:
                continue
            found.append(
                PublishedDifference(
                    one.code,
                    one.day or 0.0,
                    arm.name,
                    own.value - other.value,
                    own.value,
                    other.value,
                    own.source,
                    own.verified and other.verified,
                )
            )
    return found


def example_design(indication: str) -> Design:
    """A small design that runs as it is, with the visits of a published trial of the use.

    Raises
    ------
    DesignFaults
        The simulator does not cover the use.
    """
    best = _example_of(indication)
    design = best.design
    active = [arm for arm in design.arms if not arm.placebo]
    arms = (active[-1], next(arm for arm in design.arms if arm.placebo))
    endpoints = tuple(replace(one, missing="composite") for one in design.endpoints[:1])
    timed = [code for code, kind in endpoint_kinds(indication).items() if kind == TIME]
    for code in timed if len(design.visits.days) > 1 else ():
        wanted = replace(design, arms=arms, endpoints=(*endpoints, EndpointTable(code)))
        if not design_faults(wanted):
            endpoints = wanted.endpoints
            break
    return replace(
        design,
        trial=replace(
            design.trial,
            people=float(EXAMPLE_PEOPLE),
            replicates=float(EXAMPLE_REPLICATES),
            title=f"as {best.trial_id}",
        ),
        arms=tuple(replace(arm, n=None) for arm in arms),
        endpoints=endpoints,
        analysis=AnalysisTable(),
        name=indication,
    )


def _example_of(indication: str) -> PublishedTrial:
    """The published trial that an example follows.

    One that can be run as it was; else one whose people were not counted; else the visits that
    trials of the use had, with a placebo arm beside the dose of one of them.
    """
    if not is_charted(indication):
        covered = sorted(row.name for row in indications())
        raise DesignFaults(
            [
                f"--indication is {indication!r}, which the simulator does not cover; there are "
                f"{', '.join(covered)}."
            ]
        )
    own: dict[str, list[TrialFigure]] = {}
    for figure in trial_figures():
        if figure.indication == indication:
            own.setdefault(figure.trial_id, []).append(figure)
    known = [trial for trial in published_trials() if trial.indication == indication]
    if not known:
        found = (
            _published(trial_id, indication, figures, EXAMPLE_PEOPLE)
            for trial_id, figures in own.items()
        )
        known = [trial for trial in found if trial is not None]
    if not known:
        return _with_placebo(indication, own)
    return max(
        known,
        key=lambda t: (
            any(arm.product == _REFERENCE for arm in t.design.arms),
            len(t.design.visits.days),
            t.people,
        ),
    )


def _with_placebo(indication: str, own: dict[str, list[TrialFigure]]) -> PublishedTrial:
    """A placebo arm beside the largest dose whose effect was published on a day."""
    kinds = endpoint_kinds(indication)
    every = [figure for figures in own.values() for figure in figures]
    dated = [
        f for f in every if f.day and f.area_dose_u and kinds.get(f.endpoint) in (RESPONDER, CHANGE)
    ]
    best = max(dated, key=lambda f: (f.product == _REFERENCE, f.area_dose_u))
    days = tuple(sorted({float(f.day) for f in every if f.day}))
    design = Design(
        trial=TrialTable(indication=indication, title=best.trial_id),
        arms=(
            ArmTable(
                name=best.arm[:40], product=best.product, dose_u=best.area_dose_u, n=EXAMPLE_PEOPLE
            ),
            ArmTable(name="placebo", placebo=True, n=EXAMPLE_PEOPLE),
        ),
        visits=VisitsTable(days=days[:MOST_VISITS]),
        endpoints=(EndpointTable(best.endpoint, float(best.day or 0.0)),),
    )
    return PublishedTrial(best.trial_id, indication, design, ())
