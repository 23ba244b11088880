"""What each arm of a design is given, and what its endpoints are: facts and sites, no simulator."""

import datetime
from dataclasses import replace
from functools import cache

from endplate.case import Patient, PlacedSite, Plan, Treatment, placed_sites, protocol_placed
from endplate.case.faults import plan_faults
from endplate.case.protocol import pattern_sites, protocol_basis
from endplate.errors import EndplateError
from endplate.facts.endpoints import (
    BURDEN,
    LINE,
    RETAINED,
    SHARES,
    DurationRule,
    baseline_scale,
    duration_rules,
    endpoints,
    readings,
    symptom_scores,
)
from endplate.facts.protocols import trial_protocol
from endplate.trials.design import CHANGE, RESPONDER, TIME, Design

ONSET = "median_onset"
_NOT_OBSERVED = frozenset(("completed", "dropout"))
_NO_EFFECT = ("ae_", "baseline_")
_DAY = datetime.date(2026, 1, 1)  # a plan has a date; none of its sites depends on it
_VIAL_U, _DILUENT_ML = 100.0, 2.5


def is_line(indication: str) -> bool:
    """Whether the use is a line that raters grade."""
    return not symptom_scores(indication)


@cache
def durations(indication: str) -> dict[str, DurationRule]:
    """Durations that a trial may take as a time to an event, by code; of no one trial."""
    rules = duration_rules(indication, LINE if is_line(indication) else BURDEN)
    return {name: rule for name, rule in rules.items() if name not in RETAINED}


@cache
def endpoint_kinds(indication: str) -> dict[str, str]:
    """Kind of every endpoint that a trial of the use can test, by code."""
    if is_line(indication):
        kinds = {
            code: RESPONDER
            for code, row in endpoints().items()
            if indication in row.indications
            and "percent" in row.statistics
            and code not in (*_NOT_OBSERVED, *RETAINED)
            and not code.startswith(_NO_EFFECT)
        }
        timed = {ONSET: TIME}
    else:
        kinds = {
            row.endpoint: RESPONDER if row.how in SHARES else CHANGE for row in readings(indication)
        }
        timed = {}
    return kinds | timed | dict.fromkeys(durations(indication), TIME)


def plan_of(design: Design, index: int) -> Plan:
    """An arm as a plan of its product, its sites or the protocol's."""
    arm = design.arms[index]
    return Plan(
        Patient(),
        Treatment(
            date=_DAY,
            product=arm.product or "",
            indications=(design.trial.indication,),
            vial_u=arm.vial_u or _VIAL_U,
            diluent_ml=arm.diluent_ml or _DILUENT_ML,
            region=design.trial.region,
            protocol=None if arm.sites else "label",
            dose_u=None if arm.sites else arm.dose_u,
            sites=arm.sites,
        ),
    )


def arm_dose_u(design: Design, index: int) -> float | None:
    """Dose of an active arm [U]; None where neither the design nor a protocol gives one."""
    arm = design.arms[index]
    if arm.sites:
        return float(sum(site.dose_u for site in arm.sites))
    if arm.dose_u is not None:
        return arm.dose_u
    basis = protocol_basis(plan_of(design, index).treatment, design.trial.indication)
    return basis.dose_u if basis else None


def arm_sites(design: Design, index: int) -> tuple[PlacedSite, ...]:
    """Sites of an arm; those of a placebo arm are the first active arm's, with vehicle."""
    arm = design.arms[index]
    if arm.placebo:
        active = next(i for i, one in enumerate(design.arms) if not one.placebo)
        return tuple(replace(site, dose_u=0.0) for site in arm_sites(design, active))
    if arm.sites:
        return placed_sites(plan_of(design, index))
    dose_u, code = arm_dose_u(design, index) or 0.0, design.trial.indication
    protocol = trial_protocol(arm.product or "", code)
    return protocol_placed(code, protocol.pattern if protocol else code, dose_u)


def site_faults(design: Design, index: int) -> list[str]:
    """Sentences about the sites that an arm lists."""
    path = f"arm[{index + 1}]"
    faults = plan_faults(plan_of(design, index), ())
    told = [
        fault.replace("treatment.site", f"{path}.site").replace("treatment.", f"{path}.")
        for fault in faults
    ]
    if told:
        return told
    try:
        placed_sites(plan_of(design, index))
    except EndplateError as error:
        return [f"{path}.site cannot be placed: {error}"]
    return []


def has_protocol(design: Design, index: int) -> bool:
    """Whether sites of a protocol are known for the product and the use."""
    return bool(pattern_sites(design.arms[index].product or "", design.trial.indication))


def scale_words(indication: str) -> tuple[str, float, float]:
    """Name, least and most of the scale that severity before treatment is given in."""
    if is_line(indication):
        scale = baseline_scale(indication)
        return scale.name, scale.low, scale.high
    entry = symptom_scores(indication)[0].entry
    return entry.scale, entry.low, entry.high
