"""Applies every rule to a plan."""

from collections.abc import Callable, Iterator

from endplate.case import Plan
from endplate.safety import (
    before,
    caps,
    dose,
    history,
    label_status,
    landmarks,
    muscle_range,
    person,
    product,
    region,
    repeat,
    sites,
    symmetry,
    targets,
    volume,
    weight,
)
from endplate.safety.finding import LEVELS, CheckResult, Finding, overall
from endplate.safety.override import overridden
from endplate.safety.view import View

_RULES: tuple[Callable[[View], Iterator[Finding]], ...] = (
    person.conditions,
    person.allergies,
    person.medications,
    person.age,
    label_status.labelled,
    label_status.forehead_with_glabella,
    label_status.trial_dose,
    before.requirements,
    before.requirement_words,
    before.contradictions,
    before.residual_volume,
    before.headache_days,
    product.vial_strength,
    product.look_alike_dose,
    dose.dose_area,
    dose.dose_start,
    dose.dose_site,
    dose.dose_studied,
    dose.dose_least,
    muscle_range.dose_muscle,
    muscle_range.muscle_sites,
    muscle_range.muscle_named,
    weight.dose_per_kg,
    weight.weight_band,
    weight.weight_least,
    caps.session_cap,
    caps.side_cap,
    caps.muscle_cap,
    caps.site_cap,
    history.previous_treatments,
    history.retreatment_interval,
    history.cumulative_dose,
    history.recent_dose,
    history.other_toxin,
    history.previous_reaction,
    repeat.repeat_interval,
    repeat.repeat_dose,
    targets.untargeted_muscle,
    symmetry.side_difference,
    symmetry.outer_brow,
    sites.placement,
    sites.site_count,
    sites.site_spacing,
    sites.site_in_muscle,
    landmarks.corrugator_height,
    landmarks.brow_clearance,
    landmarks.canthal_distance,
    landmarks.orbital_rim,
    landmarks.forehead_height,
    landmarks.eye_or_hair,
    landmarks.trigone,
    volume.site_volume,
    volume.reconstitution,
    volume.vials,
    region.region_text,
)

RULES = {rule.__name__: rule for rule in _RULES}


def check(plan: Plan) -> CheckResult:
    """Check a plan against the label facts; the worst findings come first."""
    view = View.of(plan)
    found = dict.fromkeys(finding for rule in RULES.values() for finding in rule(view))
    findings = overridden(plan, list(found))
    ordered = tuple(sorted(findings, key=lambda finding: -LEVELS.index(finding.level)))
    return CheckResult(overall(ordered), ordered, plan.understood)
