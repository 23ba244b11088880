"""Reads a CSV table as spreadsheets save it, in any of their separators, encodings and decimals."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from endplate.errors import CannotRead

MAX_BYTES = 20_000_000
_SEPARATORS = (",", ";", "\t", "|")
_DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_POINT_OR_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_SPACES = str.maketrans("", "", "\u00a0\u202f")  # between thousands, as spreadsheets write them
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class CsvTable:
    """Columns and rows of text, each row with the line of the file that it ends on.

    `decimal_comma` says that a comma in a number is a decimal mark: commas separate nothing here
    and no number has a decimal point.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    decimal_comma: bool

    def number(self, text: str) -> float:
        """The number that a cell holds.

        Raises
        ------
        ValueError
            It holds none, or one whose comma may be a decimal mark as well as one of thousands.
        """
        plain = text.strip().translate(_SPACES).replace("\u2212", "-")
        comma = self.decimal_comma or not _THOUSANDS.fullmatch(plain)
        if comma and _DECIMAL_COMMA.fullmatch(plain):
            plain = plain.replace(",", ".")
        return float(plain)


def read_csv(path: Path) -> CsvTable:
    """Table in a CSV file of at most 20 MB.

    Raises
    ------
    CannotRead
        The file is missing, too large, or no CSV text: one sentence.
    """
    if path.is_dir():
        raise CannotRead(f"{path} is a folder; a CSV file is needed.")
    try:
        with path.open("rb") as stream:
            # One byte over the limit tells a large file or a device without reading it.
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise CannotRead(f"There is no file {path}.") from None
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or "the name is no path"
        raise CannotRead(f"{path} cannot be read: {reason}.") from None
    if len(raw) > MAX_BYTES:
        raise CannotRead(f"{path} is larger than {MAX_BYTES // 1_000_000} MB.")
    return csv_table(csv_text(raw, str(path)), str(path))


def csv_text(raw: bytes, name: str) -> str:
    """Text of a file: UTF-8 or UTF-16, else the Western letters that Windows writes.

    Raises
    ------
    CannotRead
        It is no text.
    """
    if raw.startswith(_WORKBOOKS):
        raise CannotRead(f"{name} is a workbook or an archive; save the sheet as CSV.")
    try:
        text = _decoded(raw)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or "\ufeff" in text[1:]:
        raise CannotRead(f"{name} is not UTF-8 or UTF-16 text; a CSV file is needed.")
    return text


def _decoded(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16")
    if b"\0" in raw[:200]:
        # Half of the bytes of Latin letters in UTF-16 are zero: the second ones, or the first.
        return raw.decode("utf-16-le" if raw[1:2] == b"\0" else "utf-16-be")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def csv_table(text: str, name: str) -> CsvTable:
    """Table in CSV text; its separator is the one that its first line says or uses most.

    Raises
    ------
    CannotRead
        The text is no CSV, a column stands twice, a row has more cells than there are columns, or a
        number may be one of thousands as well.
    """
    whole = text.removeprefix("\ufeff")
    # A spreadsheet saves the empty rows above a table too, as separators alone.
    text = re.sub(r"\A(?:[,;|\t]*[\r\n])+", "", whole)
    first, _, rest = text.partition("\n")
    said = re.fullmatch(r'"?sep=(.)"?[,;\t\s]*', first, re.IGNORECASE)
    separator = said[1] if said else max(_SEPARATORS, key=_unquoted(first).count)
    lines = csv.reader(io.StringIO(rest if said else text, newline=""), delimiter=separator,
                       strict=True)  # fmt: skip
    offset = whole[: len(whole) - len(text)].count("\n") + (1 if said else 0)
    try:
        columns = [column.strip() for column in next(lines, ())]
        found = [(lines.line_num + offset, [cell.strip() for cell in cells]) for cells in lines]
    except csv.Error as fault:
        raise CannotRead(f"{name} cannot be read as CSV: {fault}.") from None
    _require_one_place(columns, found, name)
    rows = tuple(
        (line, {column: cell for column, cell in zip(columns, _padded(cells, columns), strict=True)
                if column})
        for line, cells in found if any(cells)
    )  # fmt: skip
    named = tuple(column for column in columns if column)
    return CsvTable(named, rows, _has_decimal_commas(found, separator, name))


def _has_decimal_commas(rows: list[tuple[int, list[str]]], separator: str, name: str) -> bool:
    """Whether commas in numbers are decimal marks: they separate nothing, and no point is one."""
    if separator == ",":
        return False
    cells = [(line, cell) for line, row in rows for cell in row]
    points = [(line, cell) for line, cell in cells if _DECIMAL_POINT.fullmatch(cell)]
    unsure = [(line, cell) for line, cell in points if _POINT_OR_THOUSANDS.fullmatch(cell)]
    # Semicolons separate where the comma is the decimal mark, and the point that of thousands.
    is_unsure = separator == ";" or any(_DECIMAL_COMMA.fullmatch(cell) for _, cell in cells)
    if unsure and len(unsure) == len(points) and is_unsure:
        line, cell = unsure[0]
        raise CannotRead(
            f"line {line} of {name} has {cell}, which may be {float(cell):g} or "
            f"{cell.replace('.', '')}; write whichever is meant."
        )
    return not points


def _unquoted(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _padded(cells: list[str], columns: list[str]) -> list[str]:
    return (cells + [""] * len(columns))[: len(columns)]


def _require_one_place(columns: list[str], rows: list[tuple[int, list[str]]], name: str) -> None:
    """Every cell that holds something stands in a column with a name of its own."""
    twice = {column for column in columns if column and columns.count(column) > 1}
    if twice:
        raise CannotRead(f"{name} has the column {min(twice)[:60]!r} twice.")
    for line, cells in rows:
        if any(cells[len(columns) :]):
            raise CannotRead(
                f"line {line} of {name} has {len(cells)} cells, its header {len(columns)}; a text "
                "or number that holds the separator needs quotes."
            )
