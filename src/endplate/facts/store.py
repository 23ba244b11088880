"""Reads the plain tables under `facts/tables`; every other reader stands on this one."""

import csv
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from endplate.errors import FactMissing

TABLES = Path(__file__).parent / "tables"

Row = Mapping[str, str]


@cache
def table(name: str) -> tuple[Row, ...]:
    """Rows of `facts/tables/<name>.csv` as text, in file order.

    Raises
    ------
    FactMissing
        There is no table of that name.
    """
    path = TABLES / f"{name}.csv"
    if not path.is_file():
        raise FactMissing(f"no facts table named {name!r}")
    with path.open(newline="", encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


@cache
def document(name: str) -> Mapping[str, Any]:
    """Content of `facts/tables/<name>.toml`.

    Raises
    ------
    FactMissing
        There is no document of that name.
    """
    path = TABLES / f"{name}.toml"
    if not path.is_file():
        raise FactMissing(f"no facts document named {name!r}")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def facts_hash() -> str:
    """First 16 hex digits of the SHA-256 over all tables, names included, in name order."""
    return _hash(path for path in TABLES.iterdir() if path.suffix in {".csv", ".toml"})


@cache
def hash_of(names: tuple[str, ...]) -> str:
    """The same over some tables alone."""
    return _hash(TABLES / f"{name}.csv" for name in names)


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]
