"""Whether the model may answer a plan at all, and what lies outside its evidence."""

from endplate.case import Plan, areas_treated
from endplate.errors import NotCovered
from endplate.facts.burdens import burdens
from endplate.facts.indications import is_charted
from endplate.facts.label import is_labelled_anywhere
from endplate.facts.parameters import fit_rows
from endplate.facts.scales import baseline_scale
from endplate.facts.trials import trial_figures

_REFERENCE = "onabotulinumtoxinA"
_YOUNGEST_Y, _OLDEST_Y = 18, 75
_MODERATE = 2  # grades above the first of the scale


def covered_areas(plan: Plan) -> tuple[str, ...]:
    """Areas of a plan the model answers: those named, then those the label doses with them.

    Raises
    ------
    NotCovered
        One of the named areas or the product has neither a model nor evidence.
    """
    treatment = plan.treatment
    known = {row.applies_to for row in fit_rows() if row.id.startswith("potency_ratio:")}
    for name in treatment.indications:
        if not is_charted(name):
            raise NotCovered(
                f"simulation of {name} is not covered: no model of its tissue and scales yet"
            )
        if treatment.product != _REFERENCE and treatment.product not in known:
            raise NotCovered(
                f"simulation of {treatment.product} is not covered: no trial informs its potency"
            )
        if not _has_evidence(treatment.product, name):
            raise NotCovered(
                f"simulation of {treatment.product} for {name} is refused: "
                "no label and no trial of it in the tables"
            )
    also = areas_treated(treatment) if treatment.protocol == "label" else ()
    return tuple(dict.fromkeys((*treatment.indications, *(a for a in also if is_charted(a)))))


def _has_evidence(product: str, indication: str) -> bool:
    """Whether a label of any region names the use, or a trial of the product reports an effect."""
    if is_labelled_anywhere(product, indication):
        return True
    return any(
        figure.product == product
        and figure.indication == indication
        and not figure.endpoint.startswith(("baseline_", "ae_"))
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
        said += _baseline_limits(indication, dict(plan.patient.baseline))
    return tuple(said)


def _baseline_limits(indication: str, stated: dict[str, float]) -> list[str]:
    area = indication.replace("_", " ")
    scales = [scale.scale for scale in burdens(indication)]
    if scales and not any(name in stated for name in scales):
        return [
            f"No score of {area} before treatment is stated: the forecast is for people as trials "
            f"enrol them (score {scales[0]}, mean {burdens(indication)[0].entry.baseline_mean:g})."
        ]
    if scales:
        return []
    if indication not in stated:
        return [
            f"The grade of the {area} before treatment is not stated: the forecast is for people "
            "as trials enrol them, half moderate and half severe."
        ]
    if stated[indication] - baseline_scale(indication).low < _MODERATE:
        return [
            f"The {area} are graded below moderate: trials enrolled moderate and severe lines, so "
            "the forecast extrapolates."
        ]
    return []
