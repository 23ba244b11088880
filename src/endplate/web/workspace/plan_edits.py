"""What forms and addresses do to a draft: a field, another use or product, the label's sites."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import log
from statistics import median
from typing import Any

from endplate.case import Preparation, placed_sites
from endplate.case.plan_file import finite_number
from endplate.errors import CaseError, NotCovered
from endplate.facts.endpoints import baseline_scales, symptom_scores
from endplate.facts.indications import indication, is_charted
from endplate.facts.preparation import dilutions_for, vials
from endplate.facts.vocabulary import find_word, nearest_words, preferred_words
from endplate.web.workspace.draft import Draft, Tables
from endplate.web.workspace.site_edits import areas_of, with_sites

FIRST_DILUTION = (100.0, 2.5)  # where no label states one: round numbers to change


def value_at(draft: Draft, path: str) -> Any:
    """Value of the file at a path such as `patient.age_y`; None where there is none."""
    table: Any = draft.tables
    for key in path.split("."):
        table = table.get(key) if isinstance(table, dict) else None
    return table


def with_value(draft: Draft, path: str, value: Any) -> Draft:
    """The draft with another value at a path; None leaves the field out."""
    tables = draft.tables
    *parents, last = path.split(".")
    table = tables
    for key in parents:
        table = table.setdefault(key, {})
    if value is None:
        table.pop(last, None)
    else:
        table[last] = value
    return Draft.of(draft.name, tables)


NUMBER_FIELDS = frozenset(
    {
        "patient.age_y",
        "patient.weight_kg",
        "patient.height_cm",
        "treatment.vial_u",
        "treatment.diluent_ml",
    }
)
TEXT_FIELDS = frozenset({"patient.sex", "treatment.date", "treatment.region"})
NAME_FIELDS = frozenset({"patient.conditions", "patient.medications", "patient.allergies"})
_SCORES = "patient.baseline."


def with_field(draft: Draft, path: str, value: Any) -> Draft:
    """The draft with one field of its forms as it was typed; unchanged where that cannot be."""
    if path == "treatment.indication" and _are_texts(value):
        areas = [area for area in value if area in preferred_words("indication")]
        return with_use(draft, areas) if areas else draft
    if path == "treatment.product" and value in preferred_words("product"):
        return with_product(draft, value)
    is_score = path.startswith(_SCORES) and path.removeprefix(_SCORES) in baseline_scales()
    if path in NUMBER_FIELDS or is_score:
        number = finite_number(_number_typed(value))
        return draft if number is None and value not in (None, "") else _stated(draft, path, number)
    if path in TEXT_FIELDS and (value is None or isinstance(value, str)):
        return _stated(draft, path, value or None)
    if path in NAME_FIELDS and (value is None or _are_texts(value)):
        return _stated(draft, path, value)
    return draft


def _number_typed(value: Any) -> Any:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _stated(draft: Draft, path: str, value: Any) -> Draft:
    return draft if value_at(draft, path) == value else with_value(draft, path, value)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def with_use(draft: Draft, areas: Sequence[str]) -> Draft:
    """The draft for other areas.

    Sites that the draft lists stay where their area does, and an area that is added brings those
    of its label; a protocol is asked for the areas together. Vial and diluent stay: where none is
    stated, those of the label are taken.
    """
    tables = draft.tables
    treatment, before = tables["treatment"], areas_of(draft.tables)
    treatment["indication"] = list(areas)
    patient = tables.get("patient", {})
    if patient.get("baseline"):
        names = {name for area in areas for name in baseline_names(area)}
        patient["baseline"] = {k: v for k, v in patient["baseline"].items() if k in names}
    listed = treatment.get("site") or []
    kept = [site for site in listed if (site.get("indication") or before[0]) in areas]
    if not areas or not treatment.get("product"):
        return Draft.of(draft.name, tables)
    if not kept:
        return _with_label_defaults(draft.name, tables)
    # a protocol beside listed sites brings those of the area itself
    added = [area for area in areas if area not in before and "protocol" not in treatment]
    site = [
        *({**one, "indication": one.get("indication") or before[0]} for one in kept),
        *(one for area in added for one in _label_sites(draft, area)),
    ]
    for one in site:
        if one["indication"] == areas[0]:
            del one["indication"]
    treatment["site"] = site
    return Draft.of(draft.name, tables)


def _label_sites(draft: Draft, area: str) -> list[Tables]:
    """Sites of the label's protocol of one area, as a file lists them; none where there is none."""
    tables = draft.tables
    tables["treatment"]["indication"] = [area]
    alone = _with_label_defaults(draft.name, tables)
    plan = alone.plan
    if plan is None or plan.treatment.protocol is None:
        return []
    sites = with_sites(alone)["treatment"]["site"]
    return [{**site, "indication": site.get("indication") or area} for site in sites]


def with_product(draft: Draft, product: str) -> Draft:
    """The draft with another product; units of products differ, so no dose is carried over.

    Vials differ as well: vial and diluent become those of the product's label.
    """
    tables = draft.tables
    if tables["treatment"].get("product") == product:
        return draft
    tables["treatment"]["product"] = product
    for key in ("vial_u", "diluent_ml"):
        tables["treatment"].pop(key, None)
    if not areas_of(tables):
        return Draft.of(draft.name, tables)
    return _with_label_defaults(draft.name, tables)


def with_label_sites(draft: Draft) -> Draft:
    """The draft with the sites of the protocol in place of those listed.

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


def _with_label_defaults(name: str, tables: Tables) -> Draft:
    """The draft with the label's sites, none where it names none, and a vial if none is stated."""
    treatment = tables["treatment"]
    product, areas = treatment["product"], areas_of(tables)
    rows = dilutions(product, treatment.get("region", "US"), areas)
    is_stated = {"vial_u", "diluent_ml"} <= set(treatment)
    if not is_stated:
        treatment["vial_u"], treatment["diluent_ml"] = rows[0]
    try:
        labelled = with_label_sites(Draft.of(name, tables))
    except NotCovered:
        labelled = Draft.of(name, tables)
    if labelled.plan is None or not _has_sites(labelled):
        treatment.pop("protocol", None)
        treatment.pop("dose_u", None)
        treatment["site"] = []
        return Draft.of(name, tables)
    return labelled if is_stated else with_dilution(labelled, *_nearest_to_trials(labelled, rows))


def with_dilution(draft: Draft, vial_u: float, diluent_ml: float) -> Draft:
    """The draft with another vial and diluent.

    Parameters
    ----------
    vial_u : [U]
        Content of the vial.
    diluent_ml : [mL]
        What is put into it.
    """
    draft = with_value(draft, "treatment.vial_u", vial_u)
    return with_value(draft, "treatment.diluent_ml", diluent_ml)


def label_dilution(draft: Draft) -> tuple[str, float, float] | None:
    """Area, vial [U] and diluent [mL] of a label that dilutes otherwise; None where none does.

    The area is the first of the plan whose label names dilutions, and not the one stated.
    """
    plan = draft.plan
    if plan is None:
        return None
    treatment = plan.treatment
    stated = (treatment.vial_u, treatment.diluent_ml)
    for area in treatment.indications:
        rows = [
            (row.vial_u, row.diluent_ml)
            for row in dilutions_for(treatment.product, treatment.region, area)
        ]
        if rows and stated not in rows:
            return area, *_nearest_to_trials(draft, rows)
    return None


def _nearest_to_trials(draft: Draft, rows: Sequence[tuple[float, float]]) -> tuple[float, float]:
    if not _has_sites(draft):
        return rows[0]
    return min(rows, key=lambda row: _volume_log_ratio(draft, *row))


def _has_sites(draft: Draft) -> bool:
    """Whether the sites of a draft can be placed on a chart."""
    try:
        return draft.plan is not None and bool(placed_sites(draft.plan))
    except NotCovered:
        return False


def _volume_log_ratio(draft: Draft, vial_u: float, diluent_ml: float) -> float:
    """Median absolute log ratio of a site's volume to that in trials of its use."""
    if draft.plan is None:
        return 0.0
    ratios = []
    for site in placed_sites(draft.plan):
        volume_ml = Preparation(vial_u, diluent_ml).volume_ml(site.dose_u)
        ratios.append(abs(log(volume_ml / indication(site.indication).site_volume_ml)))
    return median(ratios)


def dilutions(product: str, region: str, areas: Sequence[str]) -> list[tuple[float, float]]:
    """Vials [U] and diluents [mL] that the label names for a use; at least one pair."""
    rows = [
        (row.vial_u, row.diluent_ml)
        for area in areas
        for row in dilutions_for(product, region, area)
    ]
    packaged = [(vial.vial_u, vial.volume_ml or FIRST_DILUTION[1]) for vial in vials(product)]
    return list(dict.fromkeys(rows)) or packaged or [FIRST_DILUTION]


NUMBERS = {
    "age_y": "patient.age_y",
    "weight_kg": "patient.weight_kg",
    "dose_u": "treatment.dose_u",
    "vial_u": "treatment.vial_u",
    "diluent_ml": "treatment.diluent_ml",
}


def draft_from_query(query: Mapping[str, str]) -> Draft | None:
    """The draft that an address such as `/?indication=glabellar_lines&product=Botox` asks for.

    None where it names no use.

    Raises
    ------
    CaseError
        A word is not known, or a number cannot be read.
    """
    if "indication" not in query:
        return None
    areas = [_word("indication", text) for text in query["indication"].split(",")]
    product = _word("product", query.get("product", "onabotulinumtoxinA"))
    region = _word("region", query.get("region", "US"))
    treatment = {"date": date.today().isoformat(), "product": product, "region": region}
    name = "_".join(areas)[:80]
    draft = with_use(Draft.of(name, {"patient": {}, "treatment": treatment}), areas)
    for key, path in NUMBERS.items():
        if key in query:
            draft = with_value(draft, path, _number(key, query[key]))
    return draft


def _word(kind: str, text: str) -> str:
    match = find_word(kind, text)
    if match is None:
        nearest = nearest_words(kind, text) or preferred_words(kind)[:12]
        raise CaseError(f"{text[:60]!r} is not a known {kind}; the nearest: {', '.join(nearest)}.")
    return match.preferred


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise CaseError(f"{key} is {text[:60]!r}; it must be a number.") from None
