"""Where facts come from: sources, the rows that rest on each, and the sources of a result."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from endplate.errors import SourceUnknown
from endplate.facts.indications import charts, indications
from endplate.facts.label import label_rules
from endplate.facts.protocols import trial_protocol
from endplate.facts.table import TABLES, TextRow, document, section, text_rows

PARTS = ("label", "parameters", "fit", "figures", "harms")
"""What of a result a source stands behind, in the order in which it is reported."""

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
_PLAN_QUANTITIES = ("session_dose", "interval_min", "companion")


@dataclass(frozen=True)
class Source:
    """One document; `kind` says how near to the original it is."""

    key: str
    title: str
    kind: str
    authors: str = ""
    year: int | None = None
    doi: str = ""
    pmid: int | None = None
    url: str = ""
    note: str = ""

    def cited(self, locator: str = "") -> str:
        """Title, year and section: how the source is named beside a figure."""
        year = f" ({self.year})" if self.year and str(self.year) not in self.title else ""
        section = f", section {locator}" if locator[:1].isdigit() else f", {locator}"
        return f"{self.title}{year}{section if locator else ''}"

    @property
    def link(self) -> str:
        """Address to look it up, "" when none is known."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        return self.url


@cache
def source(key: str) -> Source:
    """Source of that key.

    Raises
    ------
    SourceUnknown
        `sources.toml` has no such key.
    """
    entry = section("sources", key)
    if entry is None:
        raise SourceUnknown(f"sources.toml has no source {key!r}")
    return Source(key, **{name: value for name, value in entry.items() if name != "revision"})


def source_keys() -> tuple[str, ...]:
    """Every key, in file order."""
    return tuple(document("sources"))


def cited() -> dict[str, dict[str, int]]:
    """Rows per table that rest on each source, by source key."""
    counts: dict[str, dict[str, int]] = {key: {} for key in source_keys()}
    for name, row in _all_rows():
        for key in _keys(row):
            by_table = counts.setdefault(key, {})
            by_table[name] = by_table.get(name, 0) + 1
    return counts


def verified_rows() -> dict[str, tuple[int, int]]:
    """How many rows that rest on a source were read in it, of how many that say so, by its key."""
    counts: dict[str, tuple[int, int]] = {}
    for _, row in _all_rows():
        for key in _keys(row) if row.get("verified") else ():
            verified, total = counts.get(key, (0, 0))
            counts[key] = verified + (row["verified"] == "yes"), total + 1
    return counts


def _all_rows() -> Iterator[tuple[str, TextRow]]:
    """Name of the table and row, of every table."""
    for path in sorted(TABLES.glob("*.csv")):
        for row in text_rows(path.stem):
            yield path.stem, row


def keys_by_part(result: dict[str, Any]) -> dict[str, set[str]]:
    """Keys of the sources behind each part of a simulation or check result, but for the fit.

    Findings on the plan and how its sites were placed; the fixed numbers of the model, those of its
    areas and charts alone; published figures shown beside outcomes; side effects. A source that is
    named elsewhere in the result counts to the first.
    """
    keys: dict[str, set[str]] = {part: set() for part in PARTS}
    keys["figures"] = set(_named(result.get("outcomes") or []))
    keys["harms"] = set(_named(result.get("harms") or []))
    keys["label"] = set(_named(result)) - keys["figures"] - keys["harms"]
    keys["label"] |= set(_named(result.get("findings") or []))
    if "course" in result:
        areas = set(areas_of(result))
        keys["label"] |= set(_plan_sources(result["plan"], areas))
        keys["parameters"] |= set(_cited_by(MODEL_TABLES, areas))
        unused = _unused_steps(areas, bool(result.get("cycles")))
        keys["parameters"] |= set(
            _cited(r for r in text_rows("parameters") if r["step"] not in unused)
        )
        keys["harms"] |= set(_cited_by(("neighbours", "fitted_reach"), areas))
        keys["harms"] |= set(_harm_rows(result, areas))
    known = set(source_keys())
    return {part: of_part & known for part, of_part in keys.items()}


def areas_of(result: dict[str, Any]) -> tuple[str, ...]:
    """Areas that a result is about."""
    return tuple(result.get("plan", {}).get("indications") or ())


def _plan_sources(plan: dict[str, Any], areas: set[str]) -> Iterator[str]:
    """Sources of the dose and the interval of the label, and of the sites a protocol placed."""
    product, region = plan.get("product"), plan.get("region")
    for area in areas:
        for quantity in _PLAN_QUANTITIES:
            for rule in label_rules(product, region, area, quantity):
                yield from _split(rule.source)
        if all(site.get("origin") == "entered" for site in plan.get("sites") or ()):
            continue
        trial = trial_protocol(str(product), area)
        if trial is not None:
            yield from _split(trial.source)
        pattern = trial.pattern if trial else area
        yield from _cited(row for row in text_rows("protocol_sites") if row["protocol"] == pattern)


def _unused_steps(areas: set[str], repeated: bool) -> set[str]:
    """Steps whose fixed numbers a result does not use."""
    treated = [row for row in indications() if row.name in areas]
    used = {
        "repeat": repeated,
        "scales": any(row.family == "lines" for row in treated),  # raters and the line at rest
        "harms": any(row.tissue == "bladder" for row in treated),  # infections
        "reference": False,  # for checks of the model alone
    }
    return {step for step, is_used in used.items() if not is_used}


def _harm_rows(result: dict[str, Any], areas: set[str]) -> Iterator[str]:
    """Sources of the counts behind side effects, of how long they last, and of antibodies.

    What a count gains with the dose, and what was counted with other products only, comes from
    the fit to every count of that effect in the use.
    """
    from endplate.facts.harms import AE_PREFIX, canonical_term, term_of  # not for a mere check

    terms = {harm["term"] for harm in result.get("harms") or ()}
    scenario = (result.get("cycles") or {}).get("antibodies")
    for table in ("harm_courses", "harm_warnings"):
        yield from _cited(row for row in text_rows(table) if row["term"] in terms)
    counted = {harm["term"] for harm in result.get("harms") or () if _is_counted(harm)}
    yield from _cited(
        row
        for row in text_rows("adverse_reactions")
        if row["indication"] in areas and canonical_term(row["term"]) in counted
    )
    yield from _cited(
        row
        for row in text_rows("trials")
        if row["indication"] in areas
        and row["endpoint"].startswith(AE_PREFIX)
        and term_of(row["endpoint"]) in counted
    )
    yield from _cited(row for row in text_rows("antibody_scenarios") if row["scenario"] == scenario)


def _is_counted(harm: dict[str, Any]) -> bool:
    """Whether a side effect rests on counts, not on the body model."""
    return harm.get("origin") != "model" or harm.get("source") == "endplate_model"


def _cited_by(names: tuple[str, ...], areas: set[str]) -> Iterator[str]:
    for name in names:
        yield from _cited(row for row in text_rows(name) if _applies(name, row, areas))


def _cited(rows: Iterator[TextRow]) -> Iterator[str]:
    for row in rows:
        yield from _keys(row)


def _keys(row: TextRow) -> set[str]:
    return {
        key
        for column in ("source", "zone_source")
        if row.get(column)
        for key in _split(row[column])
    }


def _split(keys: str) -> list[str]:
    """Keys of a cell; some rest on two sources."""
    return [key.strip() for key in keys.split(";") if key.strip()]


def _applies(name: str, row: TextRow, areas: set[str]) -> bool:
    if name in BY_AREA:
        return row[BY_AREA[name]] in areas
    return name != "muscles" or row["region"] in _regions(areas)


def _regions(areas: set[str]) -> set[str]:
    names = {row.chart for row in indications() if row.name in areas}
    return {region for chart in charts() if chart.name in names for region in chart.regions}


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
