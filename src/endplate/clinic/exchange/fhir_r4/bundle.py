"""All records as one Bundle of FHIR R4, and back into empty records with the same audit trail."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import Connection, func, insert, select

from endplate._version import __version__
from endplate.clinic import stock
from endplate.clinic.exchange.fhir_r4 import (
    cabinet,
    care,
    forecast,
    outcome,
    people,
    session,
    trail,
)
from endplate.clinic.exchange.fhir_r4.slots import Context, Json, Row, record_of, urn
from endplate.clinic.exchange.manifest import Manifest, manifest
from endplate.clinic.exchange.tables_csv import advance, require_empty
from endplate.clinic.store import audit, schema
from endplate.clinic.store.database import Database
from endplate.clinic.store.instant import now, stamp
from endplate.clinic.store.tables import RECORDS, SECRET
from endplate.errors import CannotRead, RecordError
from endplate.files.output import write_whole

_MOST_BYTES = 1_000_000_000
_AT_ONCE = 500
# No server: a base under which the references between the resources are found in the bundle.
_BASE = "http://records.endplate.invalid/fhir"


class _Mapping(NamedTuple):
    """How the records of a table become resources of some types, and back."""

    write: Callable[[Context, Row], Json]
    read: Callable[[Json], Json]


MAPPINGS: Mapping[str, _Mapping] = {
    "clearances": _Mapping(care.clearance, care.clearance_row),
    "consents": _Mapping(care.consent, care.consent_row),
    "assessments": _Mapping(care.assessment, care.assessment_row),
    "plans": _Mapping(care.care_plan, care.plan_row),
    "vials": _Mapping(cabinet.vial, cabinet.vial_row),
    "treatments": _Mapping(session.treatment, session.treatment_row),
    "treatment_clearances": _Mapping(session.grounds, session.grounds_row),
    "treatment_sites": _Mapping(session.site, session.site_row),
    "vial_movements": _Mapping(cabinet.movement, cabinet.movement_row),
    "overrides": _Mapping(session.override, session.override_row),
    "signatures": _Mapping(session.signature, session.signature_row),
    "addenda": _Mapping(session.addendum, session.addendum_row),
    "follow_ups": _Mapping(outcome.follow_up, outcome.follow_up_row),
    "side_effects": _Mapping(outcome.side_effect, outcome.side_effect_row),
    "photos": _Mapping(outcome.photo, outcome.photo_row),
    "appointments": _Mapping(outcome.appointment, outcome.appointment_row),
    "audit": _Mapping(trail.audit_event, trail.audit_row),
}
"""Tables whose records are one resource each; users and persons are told in `people`."""


def bundle_of(connection: Connection, at: str, with_forecasts: bool = False) -> Json:
    """All records of a database as a Bundle.

    Parameters
    ----------
    connection : Connection
        The database.
    at : str
        The moment of the bundle, as a stamp.
    with_forecasts : bool
        Also tell what is expected of each person; it takes seconds a person.

    Raises
    ------
    RecordError
        The records are not whole.
    """
    found = audit.verify(connection)
    audit.require_whole(found, "the database")
    context = _context(connection)
    resources = chain(
        people.practitioners(context),
        people.persons(context),
        (
            mapping.write(context, row)
            for table, mapping in MAPPINGS.items()
            for row in context.tables[table]
        ),
        forecast.forecasts(connection, at) if with_forecasts else (),
    )
    return {
        "resourceType": "Bundle",
        "meta": {"tag": [{"system": urn("clinic-schema"), "code": schema.newest(),
                          "display": f"endplate {__version__}"}]},
        "identifier": {"system": urn("audit-head"), "value": f"{found.head.seq}-{found.head.hash}"},
        "type": "collection",
        "timestamp": at,
        "entry": [
            {"fullUrl": f"{_BASE}/{one['resourceType']}/{one['id']}", "resource": one}
            for one in resources
        ],
    }  # fmt: skip


def _context(connection: Connection) -> Context:
    tables: dict[str, list[Row]] = {}
    for table in RECORDS:
        kept = [c for c in table.columns if c.name not in SECRET.get(table.name, ())]
        key = next(iter(table.primary_key.columns))
        rows = connection.execute(select(*kept).order_by(key)).mappings()
        tables[table.name] = list(rows)  # pyright: ignore[reportArgumentType]
    return Context(
        tables=tables,
        superseded={
            name: frozenset(row["supersedes"] for row in rows if row.get("supersedes"))
            for name, rows in tables.items()
        },
        users={row["name"]: row["id"] for row in tables["users"]},
        product={row["id"]: row["product"] for row in tables["vials"]},
        treatments={row["id"]: row for row in tables["treatments"]},
        subjects={row["id"]: row for row in tables["subjects"]},
    )


def export(database: Database, path: Path, actor: str, with_forecasts: bool = False) -> Manifest:
    """Write all records as one Bundle, each resource checked; passwords and sessions stay.

    `with_forecasts` adds what is expected of each person, worked out now.

    Returns
    -------
    Manifest
        What left: rows by type of resource.

    Raises
    ------
    CannotWrite
        The place cannot be written.
    RecordError
        The records are not whole, or hold what FHIR does not allow.
    """
    with database.writing(actor) as tx:
        tx.note("export", "database", format="fhir")
    with database.reading() as connection:
        made = bundle_of(connection, stamp(now()), with_forecasts)
        head = audit.head(connection)
    counts: dict[str, int] = {}
    for resource in _checked(made):
        kind = resource["resourceType"]
        counts[kind] = counts.get(kind, 0) + 1
    content = json.dumps(made, ensure_ascii=False, allow_nan=False, indent=1).encode()
    write_whole(content, path).chmod(0o600)
    told = {path.name: hashlib.sha256(content).hexdigest()}
    return manifest("fhir", schema.newest(), database.engine.dialect.name, head, counts, told)


def _checked(bundle: Json) -> Iterator[Json]:
    """Resources of a bundle, each as FHIR R4 has it.

    Raises
    ------
    RecordError
        One is not; the sentence names its place, never its values.
    """
    from fhir.resources.R4B import get_fhir_model_class

    for number, entry in enumerate(bundle["entry"], 1):
        resource = entry["resource"]
        kind = str(resource.get("resourceType"))
        try:
            get_fhir_model_class(kind).model_validate(resource)
        except ValidationError as fault:
            first = fault.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the whole"
            raise RecordError(
                f"entry {number} is no {kind} of FHIR R4: {where}: {first['type']}."
            ) from None
        except (KeyError, ValueError, TypeError, RecursionError):
            raise RecordError(f"entry {number} is no resource of FHIR R4.") from None
        yield resource


def import_(path: Path, database: Database) -> Manifest:
    """Read a Bundle that `export` wrote into a database without records; all of it or nothing.

    Nothing is added of itself: the audit trail ends where that of the export ends, so every
    record is held against the hash it was written with.

    Raises
    ------
    CannotRead
        The file is no Bundle that endplate wrote.
    RecordError
        The database holds records, an entry is not whole, or what was read does not verify.
    """
    bundle, digest = _read(path)
    head = _head_of(bundle, path)
    rows = _rows_of(list(_checked(bundle)))
    with database.writing("import") as tx:
        require_empty(tx.connection)
        for table in RECORDS:
            own = rows[table.name]
            for first in range(0, len(own), _AT_ONCE):
                tx.connection.execute(insert(table), own[first : first + _AT_ONCE])
            if not database.is_sqlite:
                advance(tx.connection, table)
        audit.require_whole(audit.verify(tx.connection, head), "the bundle")
        if faults := stock.reconcile(tx.connection):
            raise RecordError(f"the bundle is not whole. {faults[0]}")
        counts = {
            table.name: tx.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in RECORDS
        }
    name = database.engine.dialect.name
    return manifest("fhir", schema.newest(), name, head, counts, {path.name: digest})


def _read(path: Path) -> tuple[Json, str]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise CannotRead(f"{path} is larger than {_MOST_BYTES // 1_000_000} MB.")
        content = path.read_bytes()
        found = json.loads(content, parse_constant=_refused)
    except OSError as fault:
        raise CannotRead(f"{path} cannot be read: {fault.strerror or fault}.") from None
    except (ValueError, RecursionError):
        raise CannotRead(f"{path} is no JSON.") from None
    return found, hashlib.sha256(content).hexdigest()


def _refused(constant: str) -> Any:
    raise ValueError(constant)


def _head_of(bundle: Any, path: Path) -> audit.Head:
    """Head of the trail that a bundle tells.

    Raises
    ------
    CannotRead
        It is no bundle that endplate wrote.
    RecordError
        It is of another schema.
    """
    try:
        (tag,) = bundle["meta"]["tag"]
        seq, _, told = bundle["identifier"]["value"].partition("-")
        head, version = audit.Head(int(seq), str(told)), tag["code"]
        ours = (
            bundle["resourceType"] == "Bundle"
            and bundle["identifier"]["system"] == urn("audit-head")
            and tag["system"] == urn("clinic-schema")
            and all(isinstance(one["resource"], dict) for one in bundle["entry"])
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        ours, head, version = False, audit.Head(0, audit.START), ""
    if not ours:
        raise CannotRead(
            f"{path} is no Bundle that `endplate clinic export --format fhir` wrote; a plan is "
            "read from other health records by `endplate serve` (CDS Hooks)."
        )
    if version != schema.newest():
        raise RecordError(
            f"this bundle is of schema {str(version)[:20]}, the database of {schema.newest()}."
        )
    return head


def _rows_of(resources: list[Json]) -> dict[str, list[Json]]:
    """Rows of every table, told by the resources.

    Raises
    ------
    RecordError
        A resource lacks what its record needs.
    """
    rows: dict[str, list[Json]] = {table.name: [] for table in RECORDS}
    roles: dict[int, str] = {}
    subjects: dict[str, Json] = {}
    for number, one in enumerate(resources, 1):
        kind = one["resourceType"]
        try:
            if kind == "Practitioner":
                rows["users"].append(people.user_row(one))
                rows["credentials"] += people.credential_rows(one)
            elif kind == forecast.KIND:
                pass  # worked out from the records, not one of them
            elif kind == "PractitionerRole":
                roles.update([people.roles_of(one)])
            elif kind == "Patient":
                subject, identity = people.subject_row(one), people.identity_row(one)
                subjects[subject["id"]] = subject
                rows["patients"] += [] if identity is None else [identity]
            else:
                table, _ = record_of(one["id"])
                rows[table].append(MAPPINGS[table].read(one))
        except (LookupError, ValueError, TypeError, AttributeError, StopIteration):
            raise RecordError(
                f"entry {number}, {kind}, lacks what a record of the clinic needs."
            ) from None
    for user in rows["users"]:
        user["roles"] = roles.get(user["id"], "")
    rows["subjects"] = list(subjects.values())
    for table in RECORDS:
        key = next(iter(table.primary_key.columns)).name
        rows[table.name].sort(key=lambda row, key=key: row[key])
    return rows
