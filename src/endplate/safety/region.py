"""What labels of other regions say where the plan's own has no text on it at hand."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from endplate.case import Plan
from endplate.facts.label import Coverage
from endplate.safety import before, caps, dose, history, muscle_range, person, volume, weight
from endplate.safety.finding import LEVELS, Finding
from endplate.safety.reads import reads
from endplate.safety.view import REFERENCE_REGION, View

_COMPARED: tuple[Callable[[View], Iterator[Finding]], ...] = (
    person.conditions,
    person.medications,
    person.age,
    before.requirements,
    before.residual_volume,
    before.headache_days,
    dose.dose_area,
    dose.dose_start,
    dose.dose_site,
    muscle_range.dose_muscle,
    muscle_range.muscle_named,
    weight.dose_per_kg,
    weight.weight_band,
    weight.weight_least,
    caps.session_cap,
    caps.side_cap,
    caps.muscle_cap,
    caps.site_cap,
    history.cumulative_dose,
    volume.site_volume,
)
"""Rules whose rows are written region by region; those on intervals tell of the US themselves."""
_SIBLING = {"UK": "EU", "EU": "UK"}
"""Region whose texts share their wording with those of another, told where that one lacks them."""
_TOLD = LEVELS.index("unknown")
_IDENTITY = (
    "quantity", "match", "requirement", "per", "window_d", "muscle", "indication", "indications",
)  # fmt: skip


@reads(
    "patient.age_y",
    "patient.weight_kg",
    "patient.conditions",
    "patient.medications",
    "patient.baseline",
    "patient.previous",
    "treatment.product",
    "treatment.region",
    "treatment.indications",
    "treatment.dose_u",
    "treatment.sites",
    "treatment.confirmed",
)
def region_text(view: View) -> Iterator[Finding]:
    """Rules of other regions that object to a plan where its own has no such text at hand.

    The US texts stand beside every other one, those of the EU and the UK beside each other.
    """
    region = view.plan.treatment.region
    if region == REFERENCE_REGION:
        return
    moved = {other: _moved(view.plan, other) for other in (REFERENCE_REGION, _SIBLING[region])}
    for rule in _COMPARED:
        own = View(view.plan, view.shots, view.unplaced)
        told = list(rule(own))
        written = {_identity(row) for row in own.consulted if _is_of(row, region)}
        for other, plan in moved.items():
            reference = View(plan, view.shots, view.unplaced)
            objections = list(rule(reference))
            lacking = [
                row
                for row in reference.consulted
                if _is_of(row, other) and _identity(row) not in written
            ]
            view.consulted.extend(lacking)
            for objection in objections:
                if _rests_on(objection, lacking) and not _is_reported(objection, told):
                    told.append(objection)
                    yield _in_other_region(objection, region, other)


def _moved(plan: Plan, region: str) -> Plan:
    """The plan in another region."""
    return replace(plan, treatment=replace(plan.treatment, region=region))


def _is_of(row: Any, region: str) -> bool:
    return getattr(row, "region", "") == region and not isinstance(row, Coverage)


def _identity(row: Any) -> tuple[Any, ...]:
    """What a row is about, whatever its product and region."""
    return (type(row).__name__, *(getattr(row, name, "") for name in _IDENTITY))


def _rests_on(objection: Finding, rows: list[Any]) -> bool:
    """Whether a finding of note rests on one of some rows; one without a source on any of them."""
    if LEVELS.index(objection.level) < _TOLD or objection.missing == "treatment.site":
        return False
    if not objection.source:
        return bool(rows)
    place = (objection.source, objection.locator)
    return any((row.source, row.locator) == place for row in rows)


def _is_reported(objection: Finding, told: list[Finding]) -> bool:
    """Whether the region's own rule says as much of the same thing."""
    place = (objection.source, objection.locator, objection.value)
    least = LEVELS.index(objection.level)
    return any(
        (finding.missing and (finding.source, finding.locator, finding.value) == place)
        or (
            LEVELS.index(finding.level) >= least
            and (
                finding.title == objection.title
                or (finding.value == objection.value and finding.value is not None)
            )
        )
        for finding in told
    )


def _in_other_region(objection: Finding, region: str, other: str) -> Finding:
    return replace(
        objection,
        rule="region_text",
        level="unknown",
        title=f"Unknown in {region}: {objection.title[:1].lower()}{objection.title[1:]}",
        reason=(f"No {region} text on this is at hand. By the {other} label: {objection.reason}"),
        missing=f"label text: {region}",
    )
