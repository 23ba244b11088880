"""Quick changes of a plan: its total dose, its product, the severity before treatment."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from endplate.case import Plan, areas_treated, placed_sites, protocol_basis
from endplate.errors import EndplateError
from endplate.facts.endpoints import BaselineScale, baseline_scales, symptom_scores
from endplate.facts.indications import indications
from endplate.facts.preparation import Reconstitution, dilutions_for, reconstitutions
from endplate.facts.products import product as product_facts
from endplate.facts.products import products
from endplate.results.limits import has_evidence

Tables = dict[str, Any]
STEPS_PER_DOSE = 12  # a step is the largest round number at most this part of the dose


def total_dose_u(plan: Plan) -> float:
    """Dose of all sites of a plan [U]."""
    return float(sum(site.dose_u for site in placed_sites(plan)))


def usual_dose_u(plan: Plan) -> tuple[float, str] | None:
    """Dose of the protocol of the plan's areas [U], and its origin: label or trial."""
    protocols = [protocol_basis(plan.treatment, area) for area in areas_treated(plan.treatment)]
    if not protocols or None in protocols:
        return None
    bases = [basis for basis in protocols if basis]
    origin = "label" if all(basis.basis == "label" for basis in bases) else "trial"
    return sum(basis.dose_u for basis in bases), origin


def step_u(dose_u: float) -> float:
    """A round step for changing a dose.

    Parameters
    ----------
    dose_u : [U]
        The dose that is changed.

    Returns
    -------
    [U]
        The step.

    Examples
    --------
    >>> step_u(20), step_u(64), step_u(155), step_u(500), step_u(10000)
    (1.0, 5.0, 10.0, 20.0, 500.0)
    """
    limit_u = dose_u / STEPS_PER_DOSE
    power = 10.0 ** math.floor(math.log10(limit_u))
    return max(part * power for part in (1.0, 2.0, 5.0) if part * power <= limit_u)


def stepped_u(dose_u: float, steps: int, increment_u: float, max_u: float) -> float:
    """The next round dose up or down, within bounds.

    Parameters
    ----------
    dose_u : [U]
        The dose now.
    increment_u : [U]
        One step.
    max_u : [U]
        The largest plausible dose.

    Returns
    -------
    [U]
        The dose after so many steps.

    Examples
    --------
    >>> stepped_u(20.0, 1, 1.0, 100.0), stepped_u(21.3, -1, 1.0, 100.0)
    (21.0, 21.0)
    >>> stepped_u(1.0, -1, 1.0, 100.0), stepped_u(99.5, 1, 1.0, 100.0)
    (1.0, 100.0)
    """
    count = dose_u / increment_u
    nearest = math.floor(count + 1e-9) if steps > 0 else math.ceil(count - 1e-9)
    return min(max_u, max(min(increment_u, dose_u), round((nearest + steps) * increment_u, 6)))


def with_total_dose(plan: Plan, tables: Mapping[str, Any], dose_u: float) -> Tables:
    """The tables of a plan with this total, every site in proportion.

    Parameters
    ----------
    dose_u : [U]
        The new total.
    """
    changed = _copy(tables)
    treatment, ratio = changed["treatment"], dose_u / total_dose_u(plan)
    sites = treatment.get("site") or []
    for site in sites:
        site["dose_u"] = round(site["dose_u"] * ratio, 4)
        if "volume_ml" in site:
            site["volume_ml"] = round(site["volume_ml"] * ratio, 5)
    entered_u = sum(site["dose_u"] for site in sites)
    if plan.treatment.protocol == "label":
        treatment["dose_u"] = round(dose_u - entered_u, 4)
    elif "dose_u" in treatment:
        treatment["dose_u"] = round(entered_u, 4)
    return changed


def products_for(plan: Plan) -> tuple[str, ...]:
    """Products with evidence for every area of a plan and a protocol to place them by."""
    return tuple(
        name
        for name in products()
        if name == plan.treatment.product
        or (
            all(has_evidence(name, area) for area in plan.treatment.indications)
            and _dilution(name, plan) is not None
            and _can_be_placed(plan, name)
        )
    )


def with_product(plan: Plan, tables: Mapping[str, Any], name: str) -> Tables:
    """The tables with another product at the dose and sites of its own protocol.

    Units of two products are not the same, so no dose is carried over.
    """
    changed = _copy(tables)
    treatment = changed["treatment"]
    treatment.pop("dose_u", None)
    treatment.pop("site", None)
    treatment.update(product=name, protocol="label")
    dilution = _dilution(name, plan)
    if dilution:
        treatment.update(vial_u=dilution.vial_u, diluent_ml=dilution.diluent_ml)
    return changed


def baseline_scales_of(plan: Plan) -> Mapping[str, BaselineScale]:
    """The scale of each area, or of its first burden, on which a patient is graded before."""
    lines = {use.name for use in indications() if use.family == "lines"}
    scales = {}
    for area in plan.treatment.indications:
        code = area if area in lines else next((b.scale for b in symptom_scores(area)), "")
        if code in baseline_scales():
            scales[code] = baseline_scales()[code]
    return MappingProxyType(scales)


def with_severity(tables: Mapping[str, Any], code: str, value: float | None) -> Tables:
    """The tables with this score before treatment, None for not stated."""
    changed = _copy(tables)
    baseline = changed.setdefault("patient", {}).setdefault("baseline", {})
    if value is None:
        baseline.pop(code, None)
    else:
        baseline[code] = value
    return changed


def max_dose_u(plan: Plan) -> float:
    """Largest plausible dose of a plan's product [U]."""
    return product_facts(plan.treatment.product).plausible_max_u


def _can_be_placed(plan: Plan, name: str) -> bool:
    try:
        tables = {"patient": {}, "treatment": _bare(plan)}
        placed_sites(Plan.from_tables(with_product(plan, tables, name)))
    except EndplateError:
        return False
    return True


def _bare(plan: Plan) -> Tables:
    treatment = plan.treatment
    return {
        "date": treatment.date.isoformat(),
        "indication": list(treatment.indications),
        "region": treatment.region,
        "vial_u": treatment.vial_u,
        "diluent_ml": treatment.diluent_ml,
    }


def _dilution(name: str, plan: Plan) -> Reconstitution | None:
    """A vial and diluent of a label: of the plan's region and use first, else of any."""
    region, area = plan.treatment.region, plan.treatment.indications[0]
    for rows in (dilutions_for(name, region, area), reconstitutions(name, region)):
        if rows:
            return rows[0]
    for other in ("US", "EU", "UK"):
        if rows := dilutions_for(name, other, area) or reconstitutions(name, other):
            return rows[0]
    return None


def _copy(tables: Mapping[str, Any]) -> Tables:
    return {key: _copy_value(value) for key, value in tables.items()}


def _copy_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _copy(value)
    return [_copy_value(item) for item in value] if isinstance(value, list) else value
