"""The schema and its history: each version is a migration that is never edited once released."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect

from endplate.clinic.store.database import Database
from endplate.errors import RecordError

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

_FOLDER = Path(__file__).parent  # the migrations are in its folder `versions`
_VERSION_TABLE = "schema_version"


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(_FOLDER))


def newest() -> str:
    """The schema that this version of endplate reads and writes."""
    return str(_scripts().get_current_head())


def versions() -> tuple[str, ...]:
    """Every schema there has been, the oldest first."""
    return tuple(reversed([found.revision for found in _scripts().walk_revisions()]))


def version_of(database: Database) -> str | None:
    """Schema that a database holds, None where it holds no clinic."""
    from alembic.runtime.migration import MigrationContext

    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": _VERSION_TABLE})
        return context.get_current_revision()


def require_current(database: Database) -> None:
    """Refuse a database of another schema.

    Raises
    ------
    RecordError
        It holds no clinic, or one of an older or a newer schema.
    """
    held = version_of(database)
    if held == newest():
        return
    if held is None:
        raise RecordError("the database holds no clinic; make one with `endplate clinic init`.")
    if held in versions():
        raise RecordError(
            f"the database is of schema {held}, this endplate reads {newest()}; copy it, then run "
            "`endplate clinic init`, which migrates it."
        )
    raise RecordError(f"the database is of schema {held}, which this endplate does not know.")


def migrate(database: Database, to: str = "head") -> str:
    """Bring a database to a schema, all of it or nothing; returns the schema it holds then.

    Raises
    ------
    RecordError
        The database cannot be written, or holds tables of something else.
    """
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    if version_of(database) is None:
        with database.reading() as connection:
            if inspect(connection).get_table_names():
                raise RecordError("the database holds tables that are not a clinic's.")
    scripts = _scripts()

    def steps(held: Any, _: Any) -> list[Any]:
        return scripts._upgrade_revs(to, held)

    with (
        database.writing("migration") as transaction,
        EnvironmentContext(Config(), scripts, fn=steps) as environment,
    ):
        environment.configure(connection=transaction.connection, version_table=_VERSION_TABLE)
        environment.run_migrations()
    return str(version_of(database))
