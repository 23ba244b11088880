"""Reads the tables under `facts/tables`; every other module here declares the rows of some."""

import csv
import hashlib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date
from functools import cache
from math import isfinite
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin

from endplate.errors import FactMissing, FactsError

TABLES = Path(__file__).parent / "tables"

TextRow = Mapping[str, str]
TypedRow = TypeVar("TypedRow")

# A field `limit_u` may be read from a column `limit` whose unit stands in a column of its own.
_UNITS = {"u": "U", "ml": "mL", "h": "h", "d": "d"}


@dataclass(frozen=True)
class SourcedRow:
    """A row that names its `source`; `verified` says whether it was checked against it."""

    source: str
    verified: bool
    note: str


@cache
def text_rows(name: str) -> tuple[TextRow, ...]:
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


def typed_rows(cls: type[TypedRow], name: str, /, **wanted: Any) -> tuple[TypedRow, ...]:
    """Rows of one table as records of a dataclass, in file order.

    Parameters
    ----------
    cls : type
        Dataclass whose fields are columns of the table; a field's type says what its cells may
        hold, and a field with a default takes it where the cell is empty.
    name : str
        Name of the table.
    wanted : object
        Value that a field must have for the row to be returned; a tuple holds alternatives, and
        None allows any value.

    Raises
    ------
    FactsError
        A cell does not hold what its field allows, or is in another unit than the field's name
        says.
    """
    rows = _all_rows(cls, name)
    for key, value in wanted.items():
        if value is not None:
            allowed = value if isinstance(value, tuple) else (value,)
            rows = tuple(row for row in rows if getattr(row, key) in allowed)
    return rows


def typed_row(cls: type[TypedRow], name: str, missing: str, /, **wanted: Any) -> TypedRow:
    """First row of a table with the values wanted.

    Raises
    ------
    FactMissing
        There is none; `missing` is the sentence that says so.
    """
    rows = typed_rows(cls, name, **wanted)
    if not rows:
        raise FactMissing(missing)
    return rows[0]


class Columns(tuple[str, ...]):
    """Columns of a field `Annotated` with them: one of another name, or one for each number."""

    def __new__(cls, *names: str) -> "Columns":
        """Columns of these names."""
        return super().__new__(cls, names)


@cache
def _all_rows(cls: type, name: str) -> tuple[Any, ...]:
    return tuple(
        cls(**{f.name: _field_value(f, row, f"table {name!r}, row {n}") for f in fields(cls)})
        for n, row in enumerate(text_rows(name), 1)
    )


def _field_value(described: Field, row: TextRow, where: str) -> Any:
    kind, names = described.type, ()
    if get_origin(kind) is Annotated:
        kind, names = get_args(kind)
    if len(names) > 1:
        return tuple(_parse(float, row[name], f"{where}, column {name!r}") for name in names)
    (name,) = names or (_column_of(described, row, where),)
    if not row[name] and described.default is not MISSING:
        return described.default
    return _parse(kind, row[name], f"{where}, column {name!r}")


def _column_of(described: Field, row: TextRow, where: str) -> str:
    """Column of a field: of its own name, or of its name without the unit that stands beside it."""
    if described.name in row:
        return described.name
    name, _, ending = described.name.rpartition("_")
    if name not in row:
        raise FactsError(f"{where}: there is no column {described.name!r}")
    unit_column = f"{name}_unit" if f"{name}_unit" in row else "unit"
    unit, expected = row.get(unit_column, ""), _UNITS[ending]
    if row[name] and unit != expected:
        raise FactsError(f"{where}, column {unit_column!r}: {unit!r} must be {expected!r}")
    return name


def _parse(kind: Any, text: str, where: str) -> Any:
    """Value of a cell of one type; an empty cell is None where the type allows it."""
    alternatives = get_args(kind) if get_origin(kind) is not tuple else ()
    if NoneType in alternatives:
        if not text:
            return None
        (kind,) = (alternative for alternative in alternatives if alternative is not NoneType)
    parse, allowed = _PARSERS[kind]
    try:
        return parse(text)
    except (ValueError, KeyError):
        empty = " or empty" if alternatives else ""
        raise FactsError(f"{where}: {text!r} must be {allowed}{empty}") from None


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


_PARSERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "text"),
    float: (_finite, "a number"),
    int: (int, "a whole number"),
    bool: ({"yes": True, "no": False}.__getitem__, "yes or no"),
    date: (date.fromisoformat, "a date such as 2026-11-22"),
    tuple[str, ...]: (lambda text: tuple(text.split(";")), "words joined by ;"),
}


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
