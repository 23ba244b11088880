"""What labels say of a person before a product or a use is chosen."""

from datetime import date

from endplate.case import Patient, Plan, Treatment
from endplate.facts.vocabulary import preferred_words
from endplate.safety import history, person
from endplate.safety.finding import LEVELS, Finding
from endplate.safety.view import View

ANY = "any"  # as rows of the tables name a rule of every product or use
_GENERAL = (
    person.conditions,
    person.allergies,
    person.medications,
    history.previous_treatments,
    history.previous_reaction,
)
_OF_DOSE = (history.cumulative_dose, history.other_toxin)


def check_record(
    patient: Patient,
    day: date,
    region: str = "US",
    product: str | None = None,
    dose_u: float | None = None,
) -> tuple[Finding, ...]:
    """Findings about a person, worst first, by the rules that hold for every use.

    With a product, those of its own label are among them; without one, an allergy is checked
    against the ingredients of every product. A dose of the product for a use that is not known
    is held against the limits over all uses together.

    Parameters
    ----------
    dose_u : [U], > 0
        Dose of the product, None where none is planned.
    """
    findings = _findings(_GENERAL, patient, day, region, product or ANY)
    if product is not None and dose_u is not None:
        findings += _findings(_OF_DOSE, patient, day, region, product, dose_u)
    if product is None:
        for name in preferred_words("product"):
            findings += _findings((person.allergies,), patient, day, region, name)
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: -LEVELS.index(finding.level)))


def _findings(
    rules: tuple,
    patient: Patient,
    day: date,
    region: str,
    product: str,
    dose_u: float | None = None,
) -> list[Finding]:
    # No use or vial is stated: none of these rules looks at one.
    uses = () if dose_u is None else (ANY,)
    treatment = Treatment(
        day, product, uses, vial_u=0.0, diluent_ml=0.0, region=region, dose_u=dose_u
    )
    view = View(Plan(patient, treatment), (), "no use is chosen")
    return [finding for rule in rules for finding in rule(view)]
