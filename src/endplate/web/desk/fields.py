"""What the forms do to a draft: a field set or left out, another use or product, label sites."""

from collections.abc import Sequence
from math import log
from statistics import median
from typing import Any

from endplate.case import Preparation, placed_sites
from endplate.errors import NotCovered
from endplate.facts.endpoints import baseline_scales, symptom_scores
from endplate.facts.indications import indication, is_charted
from endplate.facts.preparation import dilutions_for, vials
from endplate.web.desk.draft import Draft, Tables

FIRST_DILUTION = (100.0, 2.5)  # where no label's text is at hand: whole numbers to change


def value_at(draft: Draft, path: str) -> Any:
    """What the file says at a path such as `patient.age_y`; None where it is silent."""
    table: Any = draft.tables
    for key in path.split("."):
        table = table.get(key) if isinstance(table, dict) else None
    return table


def with_value(draft: Draft, path: str, value: Any) -> Draft:
    """The draft with another value at a path; None leaves the field out."""
    tables = draft.tables
    *above, last = path.split(".")
    table = tables
    for key in above:
        table = table.setdefault(key, {})
    if value is None:
        table.pop(last, None)
    else:
        table[last] = value
    return Draft.of(draft.name, tables)


def with_use(draft: Draft, areas: Sequence[str]) -> Draft:
    """The draft for other areas; sites of the old ones would lie elsewhere, so the label's come."""
    tables = draft.tables
    tables["treatment"]["indication"] = list(areas)
    patient = tables.get("patient", {})
    if patient.get("baseline"):
        names = {name for area in areas for name in baseline_names(area)}
        patient["baseline"] = {k: v for k, v in patient["baseline"].items() if k in names}
    return _anew(draft.name, tables)


def with_product(draft: Draft, product: str) -> Draft:
    """The draft with another product; units are its own, so no dose goes over."""
    tables = draft.tables
    if tables["treatment"].get("product") == product:
        return draft
    tables["treatment"]["product"] = product
    return _anew(draft.name, tables)


def with_label_sites(draft: Draft) -> Draft:
    """The draft with the sites of the protocol in place of its own.

    Raises
    ------
    NotCovered
        No protocol is known for the product, the use and the age.
    """
    changed = _with_protocol(draft.name, draft.tables)
    if changed.plan is not None:
        placed_sites(changed.plan)
    return changed


def baseline_names(area: str) -> tuple[str, ...]:
    """Scales on which a person is described before treatment of an area."""
    scales = tuple(scale.scale for scale in symptom_scores(area)) if is_charted(area) else ()
    names = scales or (area, f"{area}_rest")
    return tuple(name for name in names if name in baseline_scales())


def _with_protocol(name: str, tables: Tables) -> Draft:
    treatment = tables["treatment"]
    for key in ("site", "dose_u"):
        treatment.pop(key, None)
    treatment["protocol"] = "label"
    return Draft.of(name, tables)


def _anew(name: str, tables: Tables) -> Draft:
    """Vial, diluent and sites as the label has them; no sites where it leaves them open."""
    treatment = tables["treatment"]
    product, areas = treatment["product"], treatment["indication"]
    rows = dilutions(product, treatment.get("region", "US"), areas)
    treatment["vial_u"], treatment["diluent_ml"] = rows[0]
    try:
        first = with_label_sites(Draft.of(name, tables))
    except NotCovered:
        first = Draft.of(name, tables)
    if first.plan is None or not _has_places(first):
        treatment.pop("protocol", None)
        treatment.pop("dose_u", None)
        treatment["site"] = []
        return Draft.of(name, tables)
    vial_u, diluent_ml = min(rows, key=lambda row: _far_from_usual(first, *row))
    return with_value(
        with_value(first, "treatment.vial_u", vial_u), "treatment.diluent_ml", diluent_ml
    )


def _has_places(draft: Draft) -> bool:
    """Whether the sites of a draft have places."""
    try:
        return draft.plan is not None and bool(placed_sites(draft.plan))
    except NotCovered:
        return False


def _far_from_usual(draft: Draft, vial_u: float, diluent_ml: float) -> float:
    """How far the volume of a site is from what trials of its use injected, as a log ratio."""
    if draft.plan is None:
        return 0.0
    found = []
    for site in placed_sites(draft.plan):
        volume_ml = Preparation(vial_u, diluent_ml).volume_ml(site.dose_u)
        found.append(abs(log(volume_ml / indication(site.indication).site_volume_ml)))
    return median(found)


def dilutions(product: str, region: str, areas: Sequence[str]) -> list[tuple[float, float]]:
    """Vials [U] and diluents [mL] that the label names for a use; at least one pair."""
    rows = [
        (row.vial_u, row.diluent_ml)
        for area in areas
        for row in dilutions_for(product, region, area)
    ]
    sold = [(vial.vial_u, vial.volume_ml or FIRST_DILUTION[1]) for vial in vials(product)]
    return list(dict.fromkeys(rows)) or sold or [FIRST_DILUTION]
