"""The database: a SQLite file that its owner alone may read, or PostgreSQL by its address.

SQLite runs with a write-ahead log, every commit on disk before it is confirmed. A writing
transaction is the only one at its time in either database, so that the audit trail has one order
and no two rooms draw the same units.
"""

import os
import stat
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    insert,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from endplate.clinic.store import audit
from endplate.clinic.store.instant import now, stamp
from endplate.clinic.store.tables import CHANGEABLE, metadata
from endplate.errors import RecordError

ADDRESS = "ENDPLATE_DATABASE_URL"
_BUSY_MS = 30_000
_WRITER = 0x656E6470  # PostgreSQL's advisory lock of the one writer
_READING = "endplate_reading"


def default_address() -> str:
    """Address of the database: what the environment says, else a file of this user."""
    stated = os.environ.get(ADDRESS)
    if stated:
        return stated
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return f"sqlite:///{Path(base) / 'endplate' / 'clinic.db'}"


def read_address(address: str) -> URL:
    """An address, or the path of a SQLite file, as a URL of one of the two databases.

    Raises
    ------
    RecordError
        It is neither.
    """
    plain = address if "://" in address else f"sqlite:///{address}"
    try:
        url = make_url(plain)
    except ArgumentError:
        url = None
    if url is not None and url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url is not None and url.get_backend_name() == "sqlite" and url.database:
        return url.set(drivername="sqlite+pysqlite")
    # The address may hold a password: it is not repeated.
    raise RecordError(
        f"the database's address ({ADDRESS} or --database) is not understood; allowed are the path "
        "of a file, sqlite:///PATH and postgresql://USER@HOST/NAME."
    )


@dataclass(frozen=True)
class Transaction:
    """One writing transaction of one actor; all its rows and their audit rows come, or none."""

    connection: Connection
    actor: str

    def add(self, table: Table, values: Mapping[str, Any], subject_id: str = "") -> Any:
        """Add a record and the audit row that tells of it; returns its key."""
        row = {"recorded_at": stamp(now()), "recorded_by": self.actor, **values}
        key = next(iter(table.primary_key.columns))
        added = self.connection.execute(_adding(table), row)
        whole = added.mappings().one()
        subject = subject_id or whole.get("subject_id", "")
        digest = {"row_sha256": audit.row_digest(table, whole)}
        self._append_audit("add", table, whole[key.name], subject, digest)
        return whole[key.name]

    def change(self, table: Table, key: Any, values: Mapping[str, Any]) -> None:
        """Change what may change of a record."""
        allowed = CHANGEABLE[table.name]
        if unknown := set(values) - set(allowed):
            raise RecordError(f"{table.name}.{min(unknown)} never changes; add a new record.")
        column = next(iter(table.primary_key.columns))
        self.connection.execute(update(table).where(column == key).values(dict(values)))
        secret = {name for name in values if name.endswith("_hash")}
        told = {name: value for name, value in values.items() if name not in secret}
        self._append_audit("change", table, key, "", told | dict.fromkeys(secret, "changed"))

    def note(
        self, action: str, entity: str, entity_id: Any = "", subject_id: str = "", **detail: Any
    ) -> None:
        """Tell of something else in the audit trail, as of a look at a patient's record."""
        audit.append(
            self.connection, stamp(now()), self.actor, action, entity, str(entity_id), subject_id,
            detail,
        )  # fmt: skip

    def _append_audit(
        self, action: str, table: Table, key: Any, subject_id: str, detail: dict[str, Any]
    ) -> None:
        audit.append(
            self.connection, stamp(now()), self.actor, action, table.name, str(key), subject_id,
            detail,
        )  # fmt: skip


class Database:
    """One clinic's database; may be used by several threads."""

    def __init__(self, engine: Engine, url: URL) -> None:
        self.engine, self.url = engine, url
        # Writers of one process queue in their order; those of others wait in the database.
        self._turn = threading.Lock()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path:
        """File of a SQLite database."""
        return Path(str(self.url.database))

    @classmethod
    def connect(cls, address: str | None = None, pooled: bool = False) -> "Database":
        """A database by its address, whether or not it holds a clinic yet.

        Parameters
        ----------
        address : str
            Path or URL; by the environment, else the user's own file, unless given.
        pooled : bool
            Whether connections are held for the next use, as by a server.

        Raises
        ------
        RecordError
            The address is not understood.
        """
        url = read_address(address or default_address())
        engine = create_engine(url, poolclass=QueuePool if pooled else NullPool)
        if url.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        return cls(engine, url)

    @classmethod
    def open(cls, address: str | None = None, pooled: bool = False) -> "Database":
        """A clinic's database, of the schema that this version reads.

        Raises
        ------
        RecordError
            There is none, it is of another schema, or it cannot be reached.
        """
        from endplate.clinic.store.schema import require_current

        database = cls.connect(address, pooled)
        if database.is_sqlite and not database.path.is_file():
            raise RecordError(
                f"there is no clinic at {database.path}; make one with `endplate clinic init`."
            )
        require_current(database)
        return database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the records and writes nothing.

        Raises
        ------
        RecordError
            The database cannot be read.
        """
        with _faults_as_sentences(self), self.engine.connect() as raw:
            connection = raw.execution_options(**{_READING: True})
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, actor: str) -> Iterator[Transaction]:
        """The one writing transaction of this moment; what fails in it leaves nothing behind.

        Raises
        ------
        RecordError
            The database cannot be written, or refuses a row.
        """
        with (
            _faults_as_sentences(self),
            self._turn,
            self.engine.connect() as connection,
            connection.begin(),
        ):
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER})
            yield Transaction(connection, actor)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def prepare_file(database: Database) -> None:
    """Make the file of a SQLite database, for its owner alone; nothing for PostgreSQL.

    Raises
    ------
    RecordError
        Its place cannot be written, or others may read a file that is there.
    """
    if not database.is_sqlite:
        return
    try:
        database.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The log and its index take the rights of the file.
        os.close(os.open(database.path, os.O_CREAT | os.O_RDWR, 0o600))
        if stat.S_IMODE(database.path.stat().st_mode) & 0o077:
            database.path.chmod(0o600)
    except OSError as fault:
        raise RecordError(f"{database.path} cannot be written: {fault.strerror}.") from None


@cache  # a condition takes longer to make than to ask
def latest(table: Table) -> Any:
    """Condition that a record is the latest of its line: no other one supersedes it."""
    later = table.alias("later")
    return ~select(later.c.id).where(later.c.supersedes == table.c.id).exists()


@cache
def _adding(table: Table) -> Any:
    return insert(table).returning(*table.columns)


def _set_up_sqlite(connection: Any, _: Any) -> None:
    # SQLAlchemy's own events begin transactions, not the driver.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def _faults_as_sentences(database: Database) -> Iterator[None]:
    """Faults of the database as sentences, without what was being written."""
    try:
        yield
    except IntegrityError as fault:
        raise RecordError(_refusal(fault)) from None
    except OperationalError as fault:
        raise RecordError(f"{_place(database)} cannot be used: {_reason(fault)}.") from None
    except DBAPIError as fault:
        raise RecordError(_refusal(fault)) from None


def _place(database: Database) -> str:
    return str(database.path) if database.is_sqlite else "the database server"


def _reason(fault: DBAPIError) -> str:
    plain = str(fault.orig).strip().splitlines()[0] if str(fault.orig).strip() else "no answer"
    if "disk is full" in plain or "No space" in plain:
        return "the disk is full; nothing of this was written"
    if "locked" in plain:
        return "another program holds it; try again"
    return plain.split(": FATAL:")[-1].strip().rstrip(".")


def _refusal(fault: DBAPIError) -> str:
    """Why the database refused a row; values of the row are left out."""
    plain = str(fault.orig)
    if "never_overdrawn" in plain:
        return "the vial does not hold that much; nothing was drawn."
    if "supersedes" in plain:
        return "this record was corrected already; look at its latest form and correct that."
    for word in ("is added to, never changed", "is signed; add an addendum"):
        if word in plain:
            return next(line for line in plain.splitlines() if word in line).strip()
    table = next((t.name for t in metadata.sorted_tables if t.name in plain), "the records")
    return f"{table}: the database refused the row; a value is missing, stands twice or is wrong."
