"""Every facts table keeps the same rules: known sources, closed sets, numbers that are numbers."""

import csv
import math
import tomllib
from datetime import date
from pathlib import Path

import pytest

from endplate.facts.table import TABLES

KINDS = {"label", "measured", "derived", "assumed"}
# Tables whose `kind` is a sort of word or thing, not the standing of a fact.
OTHER_KINDS = {"vocabulary", "endpoints", "validated"}
SOURCE_KEYS = {"title", "authors", "year", "doi", "pmid", "url", "kind", "note", "revision"}
NUMBERS = ("value", "low", "high")

PATHS = sorted(TABLES.glob("*.csv"))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines, strict=True))


def sources() -> dict[str, dict]:
    return tomllib.loads((TABLES / "sources.toml").read_text(encoding="utf-8"))


def number(text: str) -> float | None:
    """A finite number, or None for an empty cell; other text raises."""
    if not text:
        return None
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def faults(name: str, table: list[dict[str, str]], known: set[str]) -> list[str]:
    """What is wrong with the rows of one table."""
    found = []
    ids = [row["id"] for row in table if "id" in row]
    found += [f"id {one} twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
    for line, row in enumerate(table, 2):
        if None in row or None in row.values():
            found.append(f"line {line}: not as many cells as the header")
            continue
        for key in filter(None, row.get("source", "").replace(" ", "").split(";")):
            if key not in known:
                found.append(f"line {line}: source {key} is not in sources.toml")
        if not row.get("source", "x"):
            found.append(f"line {line}: no source")
        if row.get("verified", "yes") not in {"yes", "no"}:
            found.append(f"line {line}: verified is {row['verified']!r}")
        if name not in OTHER_KINDS and row.get("kind", "label") not in KINDS:
            found.append(f"line {line}: kind is {row['kind']!r}")
        if "value" in row and "low" in row:
            found += number_faults(line, row)
    return found


def number_faults(line: int, row: dict[str, str]) -> list[str]:
    """Whether low <= value <= high, where they are given as numbers."""
    try:
        low, high = number(row["low"]), number(row["high"])
        value = number(row["value"]) if row.get("unit") else None
    except ValueError as fault:
        return [f"line {line}: {fault}"]
    given = [one for one in (low, value, high) if one is not None]
    return [] if given == sorted(given) else [f"line {line}: {given} is not in order"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_rows(path):
    table = rows(path)
    assert table
    assert faults(path.stem, table, set(sources())) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_text_is_clean(path):
    text = path.read_bytes()
    assert b"\r" not in text
    assert text.endswith(b"\n")
    cells = [cell for row in rows(path) for cell in row.values()]
    assert [cell for cell in cells if cell != cell.strip()] == []


def test_sources_are_described():
    found = []
    for key, source in sources().items():
        found += [f"{key}: what is {extra}?" for extra in set(source) - SOURCE_KEYS]
        if not source.get("title"):
            found.append(f"{key}: no title")
        if "year" in source and not 1800 <= source["year"] <= date.today().year:
            found.append(f"{key}: year {source['year']}")
    assert found == []


def test_every_source_is_used():
    used = " ".join(path.read_text(encoding="utf-8") for path in PATHS)
    used += " ".join(
        path.read_text(encoding="utf-8")
        for path in TABLES.parents[1].rglob("*")
        if path.suffix in {".py", ".toml"} and path.name != "sources.toml"
    )
    assert [key for key in sources() if key not in used] == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, False),
        ({"source": "nobody"}, True),
        ({"source": ""}, True),
        ({"source": "a; b"}, False),
        ({"verified": "maybe"}, True),
        ({"kind": "guess"}, True),
        ({"low": "2.5"}, True),
        ({"high": "nan"}, True),
        ({"value": "two"}, True),
        ({"value": "two", "unit": ""}, False),
    ],
)
def test_a_planted_fault_is_caught(change, fault):
    row = {
        "id": "x",
        "value": "2",
        "unit": "mm",
        "low": "1",
        "high": "3",
        "kind": "measured",
        "source": "a",
        "verified": "yes",
    } | change
    assert bool(faults("planted", [row], {"a", "b"})) is fault


def test_a_repeated_id_is_caught():
    assert faults("planted", [{"id": "x"}, {"id": "x"}], set()) == ["id x twice"]
