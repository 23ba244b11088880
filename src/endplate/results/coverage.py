"""Whether the model may answer a plan at all, and what lies outside its evidence."""

from endplate.case import Plan, areas_treated
from endplate.errors import NotCovered
from endplate.facts.endpoints import symptom_scores
from endplate.facts.indications import is_charted
from endplate.facts.label import is_labelled_anywhere
from endplate.facts.parameters import fit_rows
from endplate.facts.trials import trial_figures
from endplate.results.extrapolation import beyond, beyond_again, widening

_REFERENCE = "onabotulinumtoxinA"


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
        if not has_evidence(treatment.product, name):
            raise NotCovered(
                f"simulation of {treatment.product} for {name} is refused: "
                "no label and no trial of it in the tables"
            )
    also = areas_treated(treatment) if treatment.protocol == "label" else ()
    return tuple(dict.fromkeys((*treatment.indications, *(a for a in also if is_charted(a)))))


def has_evidence(product: str, indication: str) -> bool:
    """Whether a label of any region names the use, or a trial of the product reports an effect."""
    if is_labelled_anywhere(product, indication):
        return True
    return any(
        figure.product == product
        and figure.indication == indication
        and not figure.endpoint.startswith(("baseline_", "ae_"))
        for figure in trial_figures()
    )


def limits_of(plan: Plan, area_dose_u: dict[str, float]) -> tuple[str, ...]:
    """Sentences on what of this plan lies outside the evidence or is not known."""
    said, widened = [], []
    for indication, dose_u in area_dose_u.items():
        found = beyond(plan, indication, dose_u)
        said += [one.sentence for one in found]
        if found:
            widened.append(
                f"Trials of the {indication.replace('_', ' ')} scatter; for what lies outside them "
                f"that scatter is taken {widening(found):.2g} times as wide, a factor that is "
                "assumed."
            )
    said += widened
    said += [one.sentence for area in area_dose_u for one in beyond_again(plan, area)]
    if plan.patient.age_y is None:
        said.append("Age is not stated: the forecast is for the mean age of the trials.")
    for indication in area_dose_u:
        said += _not_stated(indication, dict(plan.patient.baseline))
    return tuple(dict.fromkeys(said))


def _not_stated(indication: str, stated: dict[str, float]) -> list[str]:
    area = indication.replace("_", " ")
    scales = symptom_scores(indication)
    if scales and not any(scale.scale in stated for scale in scales):
        return [
            f"No score of {area} before treatment is stated: the forecast is for people as trials "
            f"enrol them (score {scales[0].scale}, mean {scales[0].entry.baseline_mean:g})."
        ]
    if not scales and indication not in stated:
        return [
            f"The grade of the {area} before treatment is not stated: the forecast is for people "
            "as trials enrol them, half moderate and half severe."
        ]
    return []
