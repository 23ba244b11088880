"""Reads a user's CSV as rows of a shipped table, by the same types, with a sentence per fault."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, get_args

from endplate.arguments import printable
from endplate.errors import CannotRead, FactsError, TableFaults
from endplate.facts.table import field_readers
from endplate.files.csv_table import CsvTable, read_csv

UserRow = TypeVar("UserRow")
_MOST_FAULTS = 20
_LONGEST = 300  # letters of a cell


class Faults(list[str]):
    """Sentences on the faults of one table."""

    def stop(self) -> None:
        """Refuse the table if there is any.

        Raises
        ------
        TableFaults
            There is; no more than twenty are told.
        """
        if self:
            more = len(self) - _MOST_FAULTS
            rest = [f"And {more} more faults."] if more > 0 else []
            raise TableFaults([*self[:_MOST_FAULTS], *rest])


def user_rows(
    cls: type[UserRow],
    path: Path,
    needed: Collection[str],
    usual: Mapping[str, str],
    faults: Faults,
) -> list[tuple[str, UserRow]]:
    """Rows of a user's CSV as records of a dataclass, each with its place in words.

    Parameters
    ----------
    cls : type
        Dataclass of the rows, as of a shipped table.
    path : Path
        The file.
    needed : collection of str
        Columns that must be there and filled.
    usual : mapping
        What another column has where it is missing or empty.
    faults : Faults
        Takes a sentence on every cell that cannot be read; such a row is left out.

    Raises
    ------
    TableFaults
        The file cannot be read, or has other columns.
    """
    try:
        table = read_csv(path)
    except CannotRead as fault:
        raise TableFaults([str(fault)]) from None
    faults += _column_faults(table, path, needed, (*needed, *usual))
    faults.stop()
    readers = field_readers(cls, (*needed, *usual))
    numbers = {f.name for f in fields(cls) if float in (f.type, *get_args(f.type))}  # pyright: ignore[reportArgumentType]
    found = []
    for line, cells in table.rows:
        where = f"line {line} of {path.name}"
        filled = {**usual, **{name: cell for name, cell in cells.items() if cell}}
        before = len(faults)
        faults += [f"{where}: {name} is empty; it is needed." for name in needed if not cells[name]]
        faults += _text_faults(where, filled)
        if len(faults) > before:
            continue
        row = {n: _plain(table, cell) if n in numbers else cell for n, cell in filled.items()}
        values: dict[str, Any] = {}
        for name, read in readers.items():
            try:
                values[name] = read(row)
            except FactsError as fault:
                faults.append(f"{where}: {fault}.")
        if len(faults) == before:
            found.append((where, cls(**values)))
    if not table.rows:
        faults.append(f"{path.name} has no row below its header.")
    return found


def _column_faults(
    table: CsvTable, path: Path, needed: Collection[str], known: Collection[str]
) -> list[str]:
    allowed = f"allowed are {', '.join(known)}."
    missing = [name for name in needed if name not in table.columns]
    if missing:
        return [f"{path.name} lacks the columns {', '.join(missing)}; {allowed}"]
    strange = [name for name in table.columns if name not in known]
    return [f"{path.name} has the column {printable(name)}; {allowed}" for name in strange]


def _text_faults(where: str, cells: Mapping[str, str]) -> list[str]:
    return [
        f"{where}: {name} is {printable(cell)}; allowed is one line of at most {_LONGEST} letters."
        for name, cell in cells.items()
        if len(cell) > _LONGEST or not cell.isprintable()
    ]


def _plain(table: CsvTable, cell: str) -> str:
    """A number as Python writes it: spreadsheets have their own decimal marks."""
    try:
        return repr(table.number(cell))
    except ValueError:
        return cell
