"""Both databases, each with a clinic in it: users, a cleared patient, vials."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_cases import Clinic, emptied_postgres, made
from endplate.clinic.store import schema
from endplate.clinic.store.database import Database, prepare_file

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a PostgreSQL server of this run alone; skips where there is none."""
    folder = tempfile.mkdtemp(prefix="endplate-pg-", dir="/tmp")
    script = ROOT / "scripts" / "postgres"
    started = subprocess.run([script, "start", folder], capture_output=True, text=True, check=False)
    if started.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"no PostgreSQL server: {started.stderr.strip()[:200]}")
    yield started.stdout.strip()
    subprocess.run([script, "stop", folder], capture_output=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path) -> str:
    """Address of an empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "clinic.db")
    return emptied_postgres(request.getfixturevalue("postgres_server"))


@pytest.fixture
def database(address) -> Iterator[Database]:
    """A migrated database of each kind, without records."""
    opened = Database.connect(address)
    prepare_file(opened)
    schema.migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def clinic(database) -> Clinic:
    """A clinic in each kind of database."""
    return made(database)


@pytest.fixture
def sqlite_clinic(tmp_path) -> Iterator[Clinic]:
    """A clinic in a SQLite file."""
    opened = Database.connect(str(tmp_path / "clinic.db"))
    prepare_file(opened)
    schema.migrate(opened)
    yield made(opened)
    opened.close()


@pytest.fixture(autouse=True)
def _own_address(monkeypatch) -> None:
    """No test reaches a clinic of the one who runs it."""
    if "ENDPLATE_DATABASE_URL" in os.environ:
        monkeypatch.delenv("ENDPLATE_DATABASE_URL")
