"""Reads the tables under `facts/tables`; every other module here declares the rows of some."""

import csv
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date
from functools import cache
from math import isfinite
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin

from endplate.arguments import printable
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
        rows = csv.reader(lines)
        header = next(rows, [])
        return tuple(dict(zip(header, row, strict=False)) for row in rows if row)


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
    table = _table(cls, name)
    allowed = {
        key: value if isinstance(value, tuple) else (value,)
        for key, value in wanted.items()
        if value is not None
    }
    as_text = [key for key in allowed if key in table.text_columns]
    found = [_numbers_of_rows(name, key, allowed[key]) for key in as_text]
    places = min(found, key=len, default=range(len(table.rows)))
    for key in as_text:
        places = [place for place in places if table.rows[place][key] in allowed[key]]
    rows = tuple(map(table.row, places))
    for key in allowed.keys() - {*as_text}:
        rows = tuple(row for row in rows if getattr(row, key) in allowed[key])
    return rows


def _numbers_of_rows(name: str, column: str, texts: tuple[str, ...]) -> Sequence[int]:
    """Places of the rows that have one of some texts in a column, in file order."""
    index = _places(name, column)
    found = [index[text] for text in dict.fromkeys(texts) if text in index]
    return found[0] if len(found) == 1 else sorted(place for some in found for place in some)


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


class _Table:
    """Records of one dataclass over one table, each made when it is first wanted."""

    def __init__(self, cls: type, name: str) -> None:
        self._cls, self._name, self.rows = cls, name, text_rows(name)
        header = tuple(self.rows[0]) if self.rows else ()
        try:
            self._readers = field_readers(cls, header) if header else {}
        except FactsError as fault:
            raise FactsError(f"table {name!r}: {fault}") from None
        self.text_columns = {f.name for f in fields(cls) if f.type is str and f.name in header}
        self._made: list[Any] = [None] * len(self.rows)

    def row(self, place: int) -> Any:
        """Record of the row at a place, the same one each time."""
        if self._made[place] is None:
            text = self.rows[place]
            try:
                cells = {field: read(text) for field, read in self._readers.items()}
            except FactsError as fault:
                raise FactsError(f"table {self._name!r}, row {place + 1}, {fault}") from None
            self._made[place] = self._cls(**cells)
        return self._made[place]


_table = cache(_Table)


@cache
def _places(name: str, column: str) -> Mapping[str, list[int]]:
    """Places of the rows of a table by what they have in a column."""
    places: dict[str, list[int]] = {}
    for place, row in enumerate(text_rows(name)):
        places.setdefault(row[column], []).append(place)
    return places


Reader = Callable[[TextRow], Any]
"""Gets the value of one field from a row of text; a cell that does not do is a `FactsError`."""
NO_COLUMN: Mapping[str, bool] = {"no column": True}
"""Metadata of a field that no column fills."""


def field_readers(cls: type, header: Collection[str]) -> dict[str, Reader]:
    """Readers of the fields of a dataclass from rows with these columns, shipped or a user's.

    Raises
    ------
    FactsError
        A field has no column.
    """
    return {f.name: _field_reader(f, header) for f in fields(cls) if f.metadata != NO_COLUMN}


def _field_reader(described: Field, header: Collection[str]) -> Reader:
    """Function that gets the value of a field from a row with these columns."""
    kind, names = described.type, ()
    if get_origin(kind) is Annotated:
        kind, names = get_args(kind)
    if len(names) > 1:
        readers = [_cell_reader(float, name) for name in names]
        return lambda row: tuple(read(row) for read in readers)
    (column,) = names or (described.name,)
    if column in header:
        return _cell_reader(kind, column, described.default)
    column, _, ending = described.name.rpartition("_")
    unit_column = f"{column}_unit" if f"{column}_unit" in header else "unit"
    if column not in header or unit_column not in header:
        raise FactsError(f"there is no column {described.name!r}")
    return _with_unit(_cell_reader(kind, column, described.default), column, unit_column, ending)


def _with_unit(read: Reader, column: str, unit_column: str, ending: str) -> Reader:
    """Reader of a figure whose unit, in a column of its own, must be that of the field's name."""
    expected = _UNITS[ending]

    def read_in_unit(row: TextRow) -> Any:
        if row[column] and row[unit_column] != expected:
            raise FactsError(f"column {unit_column!r}: {row[unit_column]!r} must be {expected!r}")
        return read(row)

    return read_in_unit


def _cell_reader(kind: Any, column: str, default: Any = MISSING) -> Reader:
    """Reader of one cell; an empty one is the default, or None where the type allows it."""
    alternatives = get_args(kind) if get_origin(kind) is not tuple else ()
    if NoneType in alternatives:
        (kind,) = (alternative for alternative in alternatives if alternative is not NoneType)
        default = None if default is MISSING else default
    parse, allowed = _PARSERS[kind]
    allowed += "" if default is MISSING else " or empty"

    def read(row: TextRow) -> Any:
        text = row[column]
        if not text and default is not MISSING:
            return default
        try:
            return parse(text)
        except (ValueError, KeyError):
            raise FactsError(f"column {column!r}: {printable(text)} must be {allowed}") from None

    return read


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
    return tomllib.loads(_document_text(name))


@cache
def section(name: str, key: str) -> Mapping[str, Any] | None:
    """Section `[key]` of a document that is sections alone, None where it has no such section.

    Read by itself: a check that cites three sources out of two hundred spends no time on the rest.
    """
    heading = f"\n[{key}]\n"
    _, found, rest = ("\n" + _document_text(name)).partition(heading)
    return tomllib.loads(rest.partition("\n[")[0]) if found else None


@cache
def _document_text(name: str) -> str:
    path = TABLES / f"{name}.toml"
    if not path.is_file():
        raise FactMissing(f"no facts document named {name!r}")
    return path.read_text(encoding="utf-8")


@cache
def facts_hash() -> str:
    """First 16 hex digits of the SHA-256 over all tables, names included, in name order."""
    return _hash(path for path in TABLES.iterdir() if path.suffix in {".csv", ".toml"})


@cache
def hash_of(names: tuple[str, ...]) -> str:
    """The same over some tables alone."""
    return _hash(TABLES / f"{name}.csv" for name in names)


def _hash(paths: Iterable[Path]) -> str:
    import hashlib  # a check needs none, and it takes as long to load as ten tables

    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]
