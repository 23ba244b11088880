"""What stands beside a backup or an export: the schema, and the audit trail's head, outside it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from endplate._version import __version__
from endplate.clinic.store.audit import Head
from endplate.clinic.store.instant import now, stamp
from endplate.errors import CannotRead, RecordError
from endplate.files.output import maker, write_whole


@dataclass(frozen=True)
class Manifest:
    """What a backup or an export holds; `sha256` is of each of its files."""

    kind: str
    made_at: str
    version: str
    schema: str
    database: str
    head: Head
    rows: dict[str, int]
    sha256: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {"generator": maker(), **asdict(self)}

    def write(self, path: Path) -> None:
        """Write it as JSON.

        Raises
        ------
        CannotWrite
            The place cannot be written.
        """
        write_whole(json.dumps(self.as_dict(), indent=2) + "\n", path)


def manifest(
    kind: str, schema: str, database: str, head: Head, rows: dict[str, int], sha256: dict[str, str]
) -> Manifest:
    """Manifest of this moment."""
    return Manifest(kind, stamp(now()), __version__, schema, database, head, rows, sha256)


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises
    ------
    CannotRead
        There is none, or it is none of ours.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        told.pop("generator")
        return Manifest(**{**told, "head": Head(**told["head"])})
    except FileNotFoundError:
        raise CannotRead(f"there is no {path}, which tells what belongs together.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise CannotRead(f"{path} is not what endplate wrote beside a backup or export.") from None


def require_kind(found: Manifest, kind: str, schema: str) -> None:
    """Refuse what is of another kind or schema.

    Raises
    ------
    RecordError
        It is.
    """
    if found.kind != kind:
        raise RecordError(f"this is a {found.kind}, not a {kind}.")
    if found.schema != schema:
        raise RecordError(
            f"this {kind} is of schema {found.schema}, the database of {schema}; restore a backup "
            "of that schema with `endplate clinic restore`, which migrates it, instead."
        )
