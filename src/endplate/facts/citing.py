"""What rests on which source: every table row that names one, and what a result rests on."""

from collections.abc import Iterator
from typing import Any

from endplate.facts.sources import Source, source, source_keys
from endplate.facts.store import TABLES, table

# Tables behind every simulated number, whatever the plan.
MODEL_TABLES = ("parameters", "muscles", "drivers", "neighbours", "fitted_reach", "trials")


def cited() -> dict[str, dict[str, int]]:
    """Rows per table that rest on each source, by source key."""
    found: dict[str, dict[str, int]] = {key: {} for key in source_keys()}
    for path in sorted(TABLES.glob("*.csv")):
        for row in table(path.stem):
            if key := row.get("source"):
                own = found.setdefault(key, {})
                own[path.stem] = own.get(path.stem, 0) + 1
    return found


def sources_of(result: dict[str, Any]) -> tuple[Source, ...]:
    """Sources that a simulation or check result rests on, in the order of `sources.toml`.

    A result with a course rests on the model's own tables too; of the trials, on those of its
    areas.
    """
    keys = set(_named(result))
    if "course" in result:
        areas = set(result.get("plan", {}).get("indications", ()))
        for name in MODEL_TABLES:
            keys |= {
                row["source"]
                for row in table(name)
                if name != "trials" or row["indication"] in areas
            }
    return tuple(source(key) for key in source_keys() if key in keys)


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
