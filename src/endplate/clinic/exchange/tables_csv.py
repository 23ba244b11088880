"""Every record as CSV, one file a table, and back into an empty database of either kind."""

import base64
import csv
import hashlib
import io
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    Table,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.sql.schema import Column

from endplate.clinic.exchange.manifest import Manifest, manifest, read_manifest, require_kind
from endplate.clinic.store import audit, schema
from endplate.clinic.store.database import Database
from endplate.clinic.store.tables import RECORDS, SECRET
from endplate.errors import CannotRead, RecordError
from endplate.files.output import replaced_together, write_whole

MANIFEST = "manifest.json"
_AT_ONCE = 1000
_NONE = "\\N"  # a cell that holds nothing, told from an empty text as PostgreSQL's COPY does


def export(database: Database, folder: Path, actor: str) -> Manifest:
    """Write every table as CSV into a folder, with a manifest; passwords and sessions stay.

    Raises
    ------
    CannotWrite
        The folder is missing or cannot be written.
    RecordError
        The records are not whole.
    """
    with database.writing(actor) as tx:
        tx.note("export", "database")
    rows: dict[str, int] = {}
    sha256: dict[str, str] = {}
    with replaced_together(folder) as draft, database.reading() as connection:
        found = audit.verify(connection)
        audit.require_whole(found, "the database")
        for table in RECORDS:
            content, rows[table.name] = _csv_of(connection, table)
            path = write_whole(content, draft / f"{table.name}.csv")
            path.chmod(0o600)
            sha256[path.name] = hashlib.sha256(content).hexdigest()
        made = manifest(
            "export", schema.newest(), database.engine.dialect.name, found.head, rows, sha256
        )
        made.write(draft / MANIFEST)
    return made


def _columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.name not in SECRET.get(table.name, ())]


def _csv_of(connection: Connection, table: Table) -> tuple[bytes, int]:
    columns, stream = _columns(table), io.StringIO(newline="")
    writer, count = csv.writer(stream, lineterminator="\n"), 0
    writer.writerow([column.name for column in columns])
    key = next(iter(table.primary_key.columns))
    for row in connection.execute(select(*columns).order_by(key)):
        writer.writerow(list(map(_cell, row)))
        count += 1
    return stream.getvalue().encode(), count


def _cell(value: Any) -> str:
    if value is None:
        return _NONE
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    # "\N" and "\\N" are told apart
    return value.replace("\\", "\\\\") if isinstance(value, str) else repr(value)


def _value(cell: str, column: Column[Any]) -> Any:
    if cell == _NONE:
        return None
    kind = column.type
    if isinstance(kind, Boolean):
        return {"true": True, "false": False}[cell]
    if isinstance(kind, Integer):
        return int(cell)
    if isinstance(kind, Float):
        return float(cell)
    if isinstance(kind, Date):
        return date.fromisoformat(cell)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(cell, validate=True)
    return cell.replace("\\\\", "\\")


def import_(folder: Path, database: Database) -> Manifest:
    """Read an export into a database that holds no record; all of it or nothing.

    Nothing is added of itself, so that the audit trail ends where that of the export ends.

    Raises
    ------
    CannotRead
        The folder is no whole export.
    RecordError
        The database holds records, or what was read does not verify.
    """
    found = read_manifest(folder / MANIFEST)
    require_kind(found, "export", schema.newest())
    with database.writing("import") as tx:
        connection = tx.connection
        require_empty(connection)
        for table in RECORDS:
            rows = _rows_of(folder / f"{table.name}.csv", table, found)
            for first in range(0, len(rows), _AT_ONCE):
                connection.execute(insert(table), rows[first : first + _AT_ONCE])
            if not database.is_sqlite:
                advance(connection, table)
        audit.require_whole(audit.verify(connection, found.head), "the export")
    return found


def _rows_of(path: Path, table: Table, found: Manifest) -> list[dict[str, Any]]:
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise CannotRead(f"{path} cannot be read: {fault.strerror or fault}.") from None
    if hashlib.sha256(content).hexdigest() != found.sha256.get(path.name):
        raise CannotRead(f"{path} is not the file that the manifest tells of.")
    csv.field_size_limit(100_000_000)  # a photo is one cell
    lines = csv.reader(io.StringIO(content.decode(), newline=""))
    columns = [table.columns[name] for name in next(lines)]
    return [
        {column.name: _value(cell, column) for column, cell in zip(columns, cells, strict=True)}
        for cells in lines
    ]


def require_empty(connection: Connection) -> None:
    """Refuse a database that holds a record.

    Raises
    ------
    RecordError
        It does.
    """
    for table in RECORDS:
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise RecordError(
                "the database holds records already; import into a new one, made with "
                "`endplate clinic init` without an administrator."
            )


def advance(connection: Connection, table: Table) -> None:
    """The next number that PostgreSQL gives is beyond those read in."""
    key = next(iter(table.primary_key.columns))
    if key.autoincrement is True:
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{key.name}'), "
                f"(SELECT COALESCE(MAX({key.name}), 0) + 1 FROM {table.name}), false)"
            )
        )
