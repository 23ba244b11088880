"""Quick changes of a plan: its total dose, its product, the severity before treatment."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from endplate.case import Plan, areas_treated, placed_sites, protocol_basis
from endplate.errors import EndplateError
from endplate.facts.burdens import burdens
from endplate.facts.indications import indications
from endplate.facts.products import product as product_facts
from endplate.facts.products import products
from endplate.facts.reconstitution import Reconstitution, dilutions_for, reconstitutions
from endplate.facts.scales import BaselineScale, baseline_scales
from endplate.results.limits import has_evidence

Tables = dict[str, Any]
STEPS_IN_A_DOSE = 12  # a step of the dose is the round number below this part of it
LEAST_U = 0.1


def total_dose_u(plan: Plan) -> float:
    """Dose of all sites of a plan [U]."""
    return float(sum(site.dose_u for site in placed_sites(plan)))


def usual_dose_u(plan: Plan) -> tuple[float, str] | None:
    """Dose that the protocol of the plan's areas takes [U], and whose it is: label or trial."""
    found = [protocol_basis(plan.treatment, area) for area in areas_treated(plan.treatment)]
    if not found or None in found:
        return None
    bases = [basis for basis in found if basis]
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
    most = dose_u / STEPS_IN_A_DOSE
    power = 10.0 ** math.floor(math.log10(most))
    return max(part * power for part in (1.0, 2.0, 5.0) if part * power <= most)


def stepped_u(dose_u: float, steps: int, one_u: float, most_u: float) -> float:
    """The next round dose up or down, within bounds.

    Parameters
    ----------
    dose_u : [U]
        The dose now.
    one_u : [U]
        One step.
    most_u : [U]
        The largest dose that is taken for no slip.

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
    place = dose_u / one_u
    near = math.floor(place + 1e-9) if steps > 0 else math.ceil(place - 1e-9)
    return min(most_u, max(min(one_u, dose_u), round((near + steps) * one_u, 6)))


def with_total_dose(plan: Plan, tables: Mapping[str, Any], dose_u: float) -> Tables:
    """The tables of a plan with this total, every site in proportion.

    Parameters
    ----------
    dose_u : [U]
        The new total.
    """
    changed = _copy(tables)
    treatment, share = changed["treatment"], dose_u / total_dose_u(plan)
    listed = treatment.get("site") or []
    for site in listed:
        site["dose_u"] = round(site["dose_u"] * share, 4)
        if "volume_ml" in site:
            site["volume_ml"] = round(site["volume_ml"] * share, 5)
    entered_u = sum(site["dose_u"] for site in listed)
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
    found = _dilution(name, plan)
    if found:
        treatment.update(vial_u=found.vial_u, diluent_ml=found.diluent_ml)
    return changed


def scales_asked(plan: Plan) -> Mapping[str, BaselineScale]:
    """The scale of each area, and the first of its burdens, on which a patient is graded before."""
    lines = {one.name for one in indications() if one.family == "lines"}
    found = {}
    for area in plan.treatment.indications:
        code = area if area in lines else next((b.scale for b in burdens(area)), "")
        if code in baseline_scales():
            found[code] = baseline_scales()[code]
    return MappingProxyType(found)


def with_severity(tables: Mapping[str, Any], code: str, value: float | None) -> Tables:
    """The tables with this score before treatment, None for not stated."""
    changed = _copy(tables)
    baseline = changed.setdefault("patient", {}).setdefault("baseline", {})
    if value is None:
        baseline.pop(code, None)
    else:
        baseline[code] = value
    return changed


def most_dose_u(plan: Plan) -> float:
    """Dose above which a plan's figure is taken for a slip [U]."""
    return product_facts(plan.treatment.product).plausible_max_u


def _can_be_placed(plan: Plan, name: str) -> bool:
    try:
        tables = {"patient": {}, "treatment": _bare(plan)}
        placed_sites(Plan.from_tables(with_product(plan, tables, name)))
    except EndplateError:
        return False
    return True


def _bare(plan: Plan) -> Tables:
    given = plan.treatment
    return {
        "date": given.date.isoformat(),
        "indication": list(given.indications),
        "region": given.region,
        "vial_u": given.vial_u,
        "diluent_ml": given.diluent_ml,
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
    return {key: _copied(value) for key, value in tables.items()}


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _copy(value)
    return [_copied(item) for item in value] if isinstance(value, list) else value
