"""Every schema there has been migrates without loss; the newest is what the code reads."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from clinic_cases import made
from endplate.clinic.store import audit, schema
from endplate.clinic.store.database import Database, prepare_file
from endplate.clinic.store.tables import RECORDS, metadata
from endplate.errors import RecordError

SAVED = Path(__file__).parent / "schemas"


def test_the_migrations_make_what_the_code_reads(database):
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": "schema_version", "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []


def test_every_older_schema_has_a_saved_file():
    assert [path.stem for path in sorted(SAVED.glob("*.sql"))] == list(schema.versions()[:-1])


@pytest.mark.parametrize("version", schema.versions()[:-1])
def test_an_older_file_migrates_without_loss(tmp_path, version):
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as old:
        old.executescript((SAVED / f"{version}.sql").read_text(encoding="utf-8"))
    old.close()
    with pytest.raises(RecordError, match=f"is of schema {version}"):
        Database.open(str(path))
    opened = Database.connect(str(path))
    before = contents(opened)
    assert sum(map(len, before.values())) > 50
    assert schema.migrate(opened) == schema.newest()
    after = contents(opened)
    assert {name: after[name] for name in before} == before
    with opened.reading() as connection:
        assert audit.verify(connection).whole


def contents(database: Database) -> dict[str, list]:
    with database.reading() as connection:
        held = set(inspect(connection).get_table_names())
        names = [table.name for table in RECORDS if table.name in held]
        return {
            name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}")).all()))
            for name in names
        }


def test_a_database_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    other.close()
    opened = Database.connect(str(path))
    with pytest.raises(RecordError, match="tables that are not a clinic's"):
        schema.migrate(opened)


def test_a_newer_schema_is_refused(sqlite_clinic):
    with sqlite_clinic.database.writing("x") as tx:
        tx.connection.execute(text("UPDATE schema_version SET version_num = '9999'"))
    with pytest.raises(RecordError, match="schema 9999, which this endplate does not know"):
        Database.open(str(sqlite_clinic.database.path))


def save(version: str) -> None:
    """Write the saved file of a schema: run once, when the next one is about to come."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        opened = Database.connect(f"{folder}/clinic.db")
        prepare_file(opened)
        schema.migrate(opened, version)
        made(opened).signed()
        with sqlite3.connect(f"{folder}/clinic.db") as connection:
            dump = "\n".join(connection.iterdump())
        connection.close()
        (SAVED / f"{version}.sql").write_text(dump + "\n", encoding="utf-8")
