"""What rests on which source: every table row that names one, and what a result rests on."""

from collections.abc import Iterator
from typing import Any

from endplate.facts.indications import charts, indications
from endplate.facts.sources import Source, source, source_keys
from endplate.facts.store import TABLES, Row, table

# Tables behind every simulated number, whatever the plan.
MODEL_TABLES = (
    "parameters", "muscles", "drivers", "neighbours", "fitted_reach", "scales", "burdens",
    "readings", "trials",
)  # fmt: skip
# Those whose rows count only where they are about an area of the plan, and their column for it.
BY_AREA = {
    "drivers": "indication",
    "scales": "indication",
    "burdens": "indication",
    "readings": "indication",
    "trials": "indication",
    "neighbours": "calibrated_on",
    "fitted_reach": "calibrated_on",
}


def cited() -> dict[str, dict[str, int]]:
    """Rows per table that rest on each source, by source key."""
    found: dict[str, dict[str, int]] = {key: {} for key in source_keys()}
    for path in sorted(TABLES.glob("*.csv")):
        for row in table(path.stem):
            for key in _keys(row):
                own = found.setdefault(key, {})
                own[path.stem] = own.get(path.stem, 0) + 1
    return found


def sources_of(result: dict[str, Any]) -> tuple[Source, ...]:
    """Sources that a simulation or check result rests on, in the order of `sources.toml`.

    A result with a course rests on the model's own tables too; of trials, drivers, scales and
    gates on those of its areas, of the muscles on those of its charts.
    """
    keys = set(_named(result))
    if "course" in result:
        areas = set(result.get("plan", {}).get("indications", ()))
        for name in MODEL_TABLES:
            keys |= {key for row in table(name) if _counts(name, row, areas) for key in _keys(row)}
    return tuple(source(key) for key in source_keys() if key in keys)


def _keys(row: Row) -> set[str]:
    return {row[column] for column in ("source", "zone_source") if row.get(column)}


def _counts(name: str, row: Row, areas: set[str]) -> bool:
    if name in BY_AREA:
        return row[BY_AREA[name]] in areas
    return name != "muscles" or row["region"] in _regions(areas)


def _regions(areas: set[str]) -> set[str]:
    shown = {one.chart for one in indications() if one.name in areas}
    return {region for one in charts() if one.name in shown for region in one.regions}


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "source" and isinstance(inner, str) and inner:
                yield inner
            else:
                yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)
