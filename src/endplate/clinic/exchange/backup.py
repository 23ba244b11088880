"""A backup of everything in one file, and its restoration to the same head of the audit trail."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import func, inspect, select

from endplate.clinic.exchange.manifest import Manifest, manifest, read_manifest
from endplate.clinic.store import audit, schema
from endplate.clinic.store.database import Database, prepare_file
from endplate.clinic.store.tables import RECORDS
from endplate.errors import CannotRead, CannotWrite, RecordError
from endplate.files.output import replaced_whole


def manifest_path(path: Path) -> Path:
    """Where the manifest of a backup stands."""
    return path.with_name(path.name + ".json")


def backup(database: Database, path: Path, actor: str) -> Manifest:
    """Write a backup and, beside it, its manifest.

    Raises
    ------
    CannotWrite
        The place cannot be written, or PostgreSQL's `pg_dump` is missing or fails.
    RecordError
        The records are not whole: a backup would keep the damage.
    """
    with database.writing(actor) as tx:
        tx.note("backup", "database")
    held = schema.version_of(database)
    try:
        with replaced_whole(path) as stream:
            os.chmod(stream.fileno(), 0o600)
            draft = Path(stream.name)
            if database.is_sqlite:
                head, rows = _copy_sqlite(database, draft)
            else:
                head, rows = _dump_postgresql(database, draft)
            digest = _digest(draft)
    except OSError as fault:
        raise CannotWrite(f"{path} cannot be written: {fault.strerror or fault}.") from None
    made = manifest(
        "backup", str(held), database.engine.dialect.name, head, rows, {path.name: digest}
    )
    made.write(manifest_path(path))
    return made


def _copy_sqlite(database: Database, draft: Path) -> tuple[audit.Head, dict[str, int]]:
    source, copy = sqlite3.connect(database.path), sqlite3.connect(draft)
    try:
        source.backup(copy)
        # one file, without a log beside it
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
        source.close()
    return _verified(Database.connect(str(draft)), str(draft))


def _dump_postgresql(database: Database, draft: Path) -> tuple[audit.Head, dict[str, int]]:
    # Rows are added behind a head alone: what is dumped after it holds it.
    head, rows = _verified(database, "the database")
    _run(["pg_dump", "--format=custom", "--no-owner", "--file", str(draft)], database)
    return head, rows


def _verified(database: Database, name: str) -> tuple[audit.Head, dict[str, int]]:
    """Head and counts of what is whole.

    Raises
    ------
    RecordError
        It is not.
    """
    with database.reading() as connection:
        if database.is_sqlite:
            told = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            if told != "ok":
                raise RecordError(f"{name} is damaged: {told}.")
        found = audit.verify(connection)
        audit.require_whole(found, name)
        rows = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in RECORDS
        }
    if database.is_sqlite:
        database.close()
    return found.head, rows


def restore(path: Path, database: Database, replace: bool = False) -> Manifest:
    """Put a backup in place of a database that is not there or empty; migrates an older schema.

    Parameters
    ----------
    path : Path
        The backup; its manifest stands beside it.
    database : Database
        Where to.
    replace : bool
        Whether a clinic that is there is set aside, under another name (SQLite alone).

    Raises
    ------
    CannotRead
        The backup or its manifest is not there, or not whole.
    RecordError
        There is a clinic already, or the backup is of the other database.
    """
    found = read_manifest(manifest_path(path))
    if found.kind != "backup" or found.database != database.engine.dialect.name:
        raise RecordError(
            f"{path} is a {found.kind} of {found.database}; the database is "
            f"{database.engine.dialect.name}. An export can be imported into either."
        )
    try:
        digest = _digest(path)
    except OSError as fault:
        raise CannotRead(f"{path} cannot be read: {fault.strerror or fault}.") from None
    if digest != found.sha256.get(path.name, digest) or path.name not in found.sha256:
        raise CannotRead(f"{path} is not the file that its manifest tells of.")
    if database.is_sqlite:
        _put_sqlite(path, database, found, replace)
    else:
        _put_postgresql(path, database)
    schema.migrate(database)
    with database.reading() as connection:
        whole = audit.verify(connection, found.head)
    audit.require_whole(whole, "the restored database")
    return found


def _put_sqlite(path: Path, database: Database, found: Manifest, replace: bool) -> None:
    target = database.path
    if target.exists() and target.stat().st_size and not replace:
        raise RecordError(
            f"there is a clinic at {target}; --replace sets it aside under another name."
        )
    prepare_file(database)
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(path, draft)
        draft.chmod(0o600)
        _require_head(draft, found)
        if target.stat().st_size:
            _set_aside(target)
        os.replace(draft, target)
    except OSError as fault:
        raise CannotWrite(f"{target} cannot be written: {fault.strerror or fault}.") from None
    finally:
        draft.unlink(missing_ok=True)


def _require_head(draft: Path, found: Manifest) -> None:
    copy = Database.connect(str(draft))
    with copy.reading() as connection:
        whole = audit.verify(connection, found.head)
    copy.close()
    for suffix in ("-wal", "-shm"):
        Path(f"{draft}{suffix}").unlink(missing_ok=True)
    audit.require_whole(whole, "the backup")


def _set_aside(target: Path) -> None:
    number = 1
    while (aside := target.with_name(f"{target.name}.before-{number}")).exists():
        number += 1
    # what its log still holds goes into the file first
    with sqlite3.connect(target) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    os.rename(target, aside)
    for suffix in ("-wal", "-shm"):
        Path(f"{target}{suffix}").unlink(missing_ok=True)


def _put_postgresql(path: Path, database: Database) -> None:
    with database.reading() as connection:
        if inspect(connection).get_table_names():
            raise RecordError("the database is not empty; restore into a new one.")
    url = database.url.set(drivername="postgresql")
    _run(
        ["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--dbname",
         url.set(password=None).render_as_string(), str(path)],
        database,
    )  # fmt: skip


def _run(command: list[str], database: Database) -> None:
    """Run a program of PostgreSQL; the password goes by its environment, not by its arguments.

    Raises
    ------
    CannotWrite
        It is not there or fails.
    """
    url = database.url.set(drivername="postgresql")
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    if command[0] == "pg_dump":
        command = [*command, "--dbname", url.set(password=None).render_as_string()]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise CannotWrite(
            f"{command[0]} is not installed; it comes with PostgreSQL's client programs."
        ) from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason"])[0]
        raise CannotWrite(f"{command[0]} failed: {said}.")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
