"""Whether the model may answer a plan at all, and what lies outside its evidence."""

from endplate.case import Plan, areas_treated
from endplate.errors import NotCovered
from endplate.facts.label import label_rules
from endplate.facts.parameters import fit_rows
from endplate.facts.trials import line_muscles, trial_figures

_REFERENCE = "onabotulinumtoxinA"
_YOUNGEST_Y, _OLDEST_Y = 18, 75


def covered_areas(plan: Plan) -> tuple[str, ...]:
    """Areas of a plan the model answers: those named, then those the label doses with them.

    Raises
    ------
    NotCovered
        One of the named areas or the product has neither a model nor evidence.
    """
    treatment = plan.treatment
    known = {row.applies_to for row in fit_rows() if row.id.startswith("potency_ratio:")}
    for indication in treatment.indications:
        if not line_muscles(indication):
            raise NotCovered(
                f"simulation of {indication} is not covered: no model of its tissue and scales yet"
            )
        if treatment.product != _REFERENCE and treatment.product not in known:
            raise NotCovered(
                f"simulation of {treatment.product} is not covered: no trial informs its potency"
            )
        if not _has_evidence(treatment.product, indication):
            raise NotCovered(
                f"simulation of {treatment.product} for {indication} is refused: "
                "no label and no trial of it in the tables"
            )
    also = areas_treated(treatment) if treatment.protocol == "label" else ()
    return tuple(dict.fromkeys((*treatment.indications, *(a for a in also if line_muscles(a)))))


def _has_evidence(product: str, indication: str) -> bool:
    labelled = any(
        rule.indication == indication
        for rule in label_rules(product, None, indication, "session_dose")
    )
    return labelled or any(
        figure.product == product
        and figure.indication == indication
        and not figure.endpoint.startswith("baseline_")
        for figure in trial_figures()
    )


def trial_dose_range_u(product: str, indication: str) -> tuple[float, float] | None:
    """Smallest and largest dose in the area that trials of the product report [U]."""
    doses_u = [
        figure.area_dose_u
        for figure in trial_figures()
        if figure.product == product and figure.indication == indication and figure.area_dose_u
    ]
    return (min(doses_u), max(doses_u)) if doses_u else None


def limits_of(plan: Plan, area_dose_u: dict[str, float]) -> tuple[str, ...]:
    """Sentences on what of this plan lies outside the evidence or is not known."""
    said = []
    product = plan.treatment.product
    for indication, dose_u in area_dose_u.items():
        tried = trial_dose_range_u(product, indication)
        area = indication.replace("_", " ")
        if tried is None:
            said.append(
                f"No trial of {product} for {area} is in the tables: the forecast rests on the "
                "label's dose, on other areas and on other products."
            )
        elif not tried[0] * 0.95 <= dose_u <= tried[1] * 1.05:
            said.append(
                f"{dose_u:g} U in the {area} lies outside the trial doses of {product} in the "
                f"tables ({tried[0]:g} to {tried[1]:g} U): the forecast extrapolates."
            )
    age_y = plan.patient.age_y
    if age_y is None:
        said.append("Age is not stated: the forecast is for the mean age of the trials.")
    elif not _YOUNGEST_Y <= age_y <= _OLDEST_Y:
        said.append(
            f"Age {age_y:g} y lies outside that of the trials "
            f"({_YOUNGEST_Y} to {_OLDEST_Y} y): the forecast extrapolates."
        )
    for indication in area_dose_u:
        if dict(plan.patient.baseline).get(indication, 3) < 2:
            said.append(
                f"The {indication.replace('_', ' ')} are graded below moderate: trials enrolled "
                "moderate and severe lines, so the forecast extrapolates."
            )
        if indication not in dict(plan.patient.baseline):
            said.append(
                f"The grade of the {indication.replace('_', ' ')} before treatment is not stated: "
                "the forecast is for people as trials enrol them, half moderate and half severe."
            )
    return tuple(said)
