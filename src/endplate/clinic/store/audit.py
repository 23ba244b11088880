"""The audit trail: every write and every look at a patient, each row chained to the one before.

A row's hash is SHA-256 over the hash before it and the row as canonical JSON, so that no row can be
changed, left out or put between without breaking the chain; only a cut tail leaves a whole one, and
a head that was kept outside tells that. A write carries the hash of the row it wrote, so a record
that was changed behind the program's back no longer fits the trail.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Float, RowMapping, Table, func, insert, select

from endplate.clinic.store.tables import CHANGEABLE, RECORDS, audit
from endplate.errors import RecordError

START = "0" * 64
_ADDING = insert(audit)
_OF_ROW = tuple(column.name for column in audit.columns if column.name not in ("hash",))


@dataclass(frozen=True)
class Head:
    """Where the trail ends: the number and the hash of its last row."""

    seq: int
    hash: str

    def as_dict(self) -> dict[str, Any]:
        """Return the head as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Verification:
    """Whether the trail and the records under it are whole; `faults` are sentences, worst first."""

    rows: int
    head: Head
    faults: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is broken."""
        return not self.faults


def canonical(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, ASCII; dates as ISO text, bytes by their hash.

    Examples
    --------
    >>> canonical({"b": 1, "a": date(2026, 11, 22)})
    '{"a":"2026-11-22","b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return {"sha256": hashlib.sha256(bytes(value)).hexdigest()}
    raise TypeError(f"{type(value).__name__} has no canonical form")


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def row_digest(table: Table, row: RowMapping | dict[str, Any]) -> str:
    """Hash of what a record says and may never change."""
    changeable = CHANGEABLE.get(table.name, ())
    kept = {c.name: row[c.name] for c in table.columns if c.name not in changeable}
    for column in table.columns:
        # SQLite hands a whole number back as an integer right after it was added
        if isinstance(column.type, Float) and kept.get(column.name) is not None:
            kept[column.name] = float(kept[column.name])
    return digest(kept)


def head(connection: Connection) -> Head:
    """The head of the trail."""
    row = connection.execute(
        select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    ).first()
    return Head(row.seq, row.hash) if row else Head(0, START)


def append(
    connection: Connection,
    at: str,
    actor: str,
    action: str,
    entity: str,
    entity_id: str,
    subject_id: str,
    detail: dict[str, Any],
) -> Head:
    """Add one row; the caller is the only writer, inside its transaction."""
    last = head(connection)
    row: dict[str, Any] = {
        "seq": last.seq + 1,
        "at": at,
        "actor": actor,
        "action": action,
        "entity": entity,
        "entity_id": entity_id,
        "subject_id": subject_id,
        "detail": canonical(detail),
        "previous_hash": last.hash,
    }
    row["hash"] = _chained(row)
    connection.execute(_ADDING, row)
    return Head(row["seq"], row["hash"])


def _chained(row: RowMapping | dict[str, Any]) -> str:
    return digest({name: row[name] for name in _OF_ROW})


def verify(connection: Connection, against: Head | None = None) -> Verification:
    """Follow the whole chain, and hold every record against the row that wrote it.

    Parameters
    ----------
    connection : Connection
        The database.
    against : Head
        A head kept outside, as in a backup: the trail must go through it.
    """
    faults: list[str] = []
    last, passed = Head(0, START), against is None or against.seq == 0
    written: dict[tuple[str, str], str] = {}
    for row in connection.execute(select(audit).order_by(audit.c.seq)).mappings():
        if not faults:
            faults += _fault_of(row, last)
        last = Head(row["seq"], row["hash"])
        passed = passed or last == against
        if row["action"] == "add":
            told = json.loads(row["detail"]).get("row_sha256")
            if told:
                written[row["entity"], row["entity_id"]] = told
    if against is not None and not passed:
        faults.append(
            f"The trail does not go through row {against.seq} with hash {against.hash[:16]}..., "
            "which was kept outside: its end was cut off, or it is another trail."
        )
    return Verification(last.seq, last, (*faults, *_record_faults(connection, written)))


def _fault_of(row: RowMapping, last: Head) -> list[str]:
    if row["seq"] != last.seq + 1:
        return [f"Row {last.seq + 1} of the audit trail is missing; the next one is {row['seq']}."]
    if row["previous_hash"] != last.hash:
        return [f"Row {row['seq']} of the audit trail does not follow the row before it."]
    if row["hash"] != _chained(row):
        return [f"Row {row['seq']} of the audit trail was changed after it was written."]
    return []


def _record_faults(connection: Connection, written: dict[tuple[str, str], str]) -> list[str]:
    """Records that were changed, taken away or added past the trail; the first of each table."""
    faults = []
    for table in RECORDS:
        if table is audit:
            continue
        key = next(iter(table.primary_key.columns))
        expected = {ident: told for (name, ident), told in written.items() if name == table.name}
        for row in connection.execute(select(table).order_by(key)).mappings():
            told = expected.pop(str(row[key.name]), None)
            if told is None:
                faults.append(f"{table.name} {row[key.name]} was added past the audit trail.")
                break
            if told != row_digest(table, row):
                faults.append(f"{table.name} {row[key.name]} was changed past the audit trail.")
                break
        else:
            if expected:
                faults.append(f"{table.name} {min(expected)} was taken away past the audit trail.")
    return faults


def require_whole(verification: Verification, name: str) -> None:
    """Refuse what does not verify.

    Raises
    ------
    RecordError
        Something is broken: the first fault.
    """
    if not verification.whole:
        raise RecordError(f"{name} is not whole. {verification.faults[0]}")


def rows_about(connection: Connection, subject_id: str | None, most: int) -> list[RowMapping]:
    """The latest rows, all or those about one person, the last first."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(most)
    if subject_id is not None:
        query = query.where(audit.c.subject_id == subject_id)
    return list(connection.execute(query).mappings())


def count(connection: Connection) -> int:
    """Rows of the trail."""
    return connection.execute(select(func.count()).select_from(audit)).scalar_one()
