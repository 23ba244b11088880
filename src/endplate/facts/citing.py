"""What rests on which source: every table row that names one, and what a result rests on."""

from collections.abc import Iterator
from typing import Any

from endplate.facts.harm_terms import PREFIX, same_term, term_of
from endplate.facts.indications import charts, indications
from endplate.facts.label import label_rules
from endplate.facts.sources import source_keys
from endplate.facts.store import TABLES, Row, table
from endplate.facts.trial_protocols import trial_protocol

PARTS = ("label", "parameters", "fit", "figures", "harms")
"""What of a result a source stands behind, in the order in which it is told."""

# Tables behind every simulated number, whatever the plan.
MODEL_TABLES = (
    "muscles", "drivers", "scales", "burdens", "readings", "body_size",
    "fitted_range",
)  # fmt: skip
# Those whose rows count only where they are about an area of the plan, and their column for it.
BY_AREA = {
    "drivers": "indication",
    "scales": "indication",
    "burdens": "indication",
    "readings": "indication",
    "neighbours": "calibrated_on",
    "fitted_reach": "calibrated_on",
}
_PLANNED = ("session_dose", "interval_min", "companion")


def cited() -> dict[str, dict[str, int]]:
    """Rows per table that rest on each source, by source key."""
    found: dict[str, dict[str, int]] = {key: {} for key in source_keys()}
    for path in sorted(TABLES.glob("*.csv")):
        for row in table(path.stem):
            for key in _keys(row):
                own = found.setdefault(key, {})
                own[path.stem] = own.get(path.stem, 0) + 1
    return found


def read_rows() -> dict[str, tuple[int, int]]:
    """How many rows that rest on a source were read in it, of how many that say so, by its key."""
    found: dict[str, tuple[int, int]] = {}
    for path in sorted(TABLES.glob("*.csv")):
        for row in table(path.stem):
            for key in _keys(row) if row.get("verified") else ():
                read, every = found.get(key, (0, 0))
                found[key] = read + (row["verified"] == "yes"), every + 1
    return found


def keys_by_part(result: dict[str, Any]) -> dict[str, set[str]]:
    """Keys of the sources behind each part of a simulation or check result, but for the fit.

    What was found in the plan and how it was placed; the fixed numbers of the model, those of its
    areas and charts alone; published figures shown beside outcomes; side effects. A source that is
    named elsewhere in the result counts to the first.
    """
    found: dict[str, set[str]] = {part: set() for part in PARTS}
    found["figures"] = set(_named(result.get("outcomes") or []))
    found["harms"] = set(_named(result.get("harms") or []))
    found["label"] = set(_named(result)) - found["figures"] - found["harms"]
    found["label"] |= set(_named(result.get("findings") or []))
    if "course" in result:
        areas = set(areas_of(result))
        found["label"] |= set(_planned(result["plan"], areas))
        found["parameters"] |= set(_cited_by(MODEL_TABLES, areas))
        left = _steps_left(areas, bool(result.get("cycles")))
        found["parameters"] |= set(_cited(r for r in table("parameters") if r["step"] not in left))
        found["harms"] |= set(_cited_by(("neighbours", "fitted_reach"), areas))
        found["harms"] |= set(_harm_rows(result, areas))
    known = set(source_keys())
    return {part: keys & known for part, keys in found.items()}


def areas_of(result: dict[str, Any]) -> tuple[str, ...]:
    """Areas that a result is about."""
    return tuple(result.get("plan", {}).get("indications") or ())


def _planned(plan: dict[str, Any], areas: set[str]) -> Iterator[str]:
    """Sources of the dose and the interval of the label, and of the sites a protocol placed."""
    product, region = plan.get("product"), plan.get("region")
    for area in areas:
        for quantity in _PLANNED:
            for rule in label_rules(product, region, area, quantity):
                yield from _split(rule.source)
        if all(site.get("origin") == "entered" for site in plan.get("sites") or ()):
            continue
        trial = trial_protocol(str(product), area)
        if trial is not None:
            yield from _split(trial.source)
        pattern = trial.pattern if trial else area
        yield from _cited(row for row in table("protocol_sites") if row["protocol"] == pattern)


def _steps_left(areas: set[str], repeated: bool) -> set[str]:
    """Steps whose fixed numbers a result does not use."""
    own = [one for one in indications() if one.name in areas]
    used = {
        "repeat": repeated,
        "scales": any(one.family == "lines" for one in own),  # raters and the line at rest
        "harms": any(one.tissue == "bladder" for one in own),  # infections
        "reference": False,  # for checks of the model alone
    }
    return {step for step, is_used in used.items() if not is_used}


def _harm_rows(result: dict[str, Any], areas: set[str]) -> Iterator[str]:
    """Sources of the counts behind side effects, of how long they last, and of antibodies.

    What a count gains with the dose, and what was counted with other products only, comes from
    the fit to every count of that effect in the use.
    """
    terms = {harm["term"] for harm in result.get("harms") or ()}
    scenario = (result.get("cycles") or {}).get("antibodies")
    yield from _cited(row for row in table("harm_courses") if row["term"] in terms)
    counted = {harm["term"] for harm in result.get("harms") or () if _is_counted(harm)}
    yield from _cited(
        row
        for row in table("adverse_reactions")
        if row["indication"] in areas and same_term(row["term"]) in counted
    )
    yield from _cited(
        row
        for row in table("trials")
        if row["indication"] in areas
        and row["endpoint"].startswith(PREFIX)
        and term_of(row["endpoint"]) in counted
    )
    yield from _cited(row for row in table("antibody_scenarios") if row["scenario"] == scenario)


def _is_counted(harm: dict[str, Any]) -> bool:
    """Whether a side effect rests on counts, not on the body model."""
    return harm.get("origin") != "model" or harm.get("source") == "endplate_model"


def _cited_by(names: tuple[str, ...], areas: set[str]) -> Iterator[str]:
    for name in names:
        yield from _cited(row for row in table(name) if _counts(name, row, areas))


def _cited(rows: Iterator[Row]) -> Iterator[str]:
    for row in rows:
        yield from _keys(row)


def _keys(row: Row) -> set[str]:
    return {
        key
        for column in ("source", "zone_source")
        if row.get(column)
        for key in _split(row[column])
    }


def _split(keys: str) -> list[str]:
    """Keys of a cell; some rest on two sources."""
    return [key.strip() for key in keys.split(";") if key.strip()]


def _counts(name: str, row: Row, areas: set[str]) -> bool:
    if name in BY_AREA:
        return row[BY_AREA[name]] in areas
    return name != "muscles" or row["region"] in _regions(areas)


def _regions(areas: set[str]) -> set[str]:
    shown = {one.chart for one in indications() if one.name in areas}
    return {region for one in charts() if one.name in shown for region in one.regions}


def _named(value: Any) -> Iterator[str]:
    """Every source key that a part of a result names."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "source" and isinstance(inner, str):
                yield from _split(inner)
            else:
                yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)
