"""Faults of a plan in the words of the screen: fields by their labels, no lines of a file."""

import re

_LABELS = {
    "patient.age_y": "Age",
    "patient.sex": "Sex",
    "patient.weight_kg": "Weight",
    "patient.height_cm": "Height",
    "patient.conditions": "Conditions",
    "patient.medications": "Medicines",
    "patient.allergies": "Allergies",
    "patient.baseline": "A score before treatment",
    "patient.previous": "An earlier treatment",
    "treatment.date": "Date",
    "treatment.product": "Product",
    "treatment.indication": "What is treated",
    "treatment.region": "Label of",
    "treatment.vial_u": "Vial",
    "treatment.diluent_ml": "Diluent",
    "treatment.dose_u": "Total dose",
    "treatment.site": "Site",
}
_NO_SITES = "There is no site yet: take the label's sites, or click on the chart."
_LIST_SITES = re.compile(r"; list the sites as \[\[treatment\.site\]\]")
_PATH = re.compile(r"^([a-z_]+\.[a-z_]+)(?:\[(\d+)\])?((?:\.[a-z_]+)?) (.*)$", re.DOTALL)


def on_screen(fault: str) -> str:
    """One fault of a draft as a sentence for the screen.

    Examples
    --------
    >>> on_screen("treatment.product is missing; it must be the name of a known product.")
    'Product is missing.'
    >>> on_screen("patient.age_y is -1; it must be a number at least 0 and at most 120 y.")
    'Age is -1; it must be a number at least 0 and at most 120 y.'
    """
    if fault.startswith("treatment has no sites"):
        return _NO_SITES
    fault = _LIST_SITES.sub("; put the sites on the chart", fault)
    found = _PATH.match(fault)
    if found is None or found[1] not in _LABELS:
        return fault
    name = _LABELS[found[1]]
    if found[2]:
        name += f" {found[2]}"
    if found[3]:
        name += f", {found[3][1:].rpartition('_')[0] or found[3][1:]}"
    rest = "is missing." if found[4].startswith("is missing; ") else found[4]
    return f"{name} {rest}"
