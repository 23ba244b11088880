"""Tables of the clinic's records.

Names, birth dates and record numbers stand in `patients` alone; every clinical table knows a person
by `subject_id`, a random word. Instants are text in UTC (`2026-11-22T10:00:00.000Z`), which sorts
and is the same in both databases. Units are whole thousandths of a unit (`..._milliunits`), volumes
whole microlitres, so that sums of a ledger are exact.

Records are added and never changed: a correction is a new row that names the one it supersedes.
What may change is listed in `CHANGEABLE`. Triggers keep both promises inside the database.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ROLES = ("injector", "supervisor", "assistant", "auditor", "administrator")
VIAL_STATES = ("unopened", "open", "empty", "discarded")


def _needed(name: str, kind: Any = Text, *more: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *more, nullable=False, **options)


def _optional(name: str, kind: Any = Text, *more: Any) -> Column[Any]:
    return Column(name, kind, *more, nullable=True)


def _subject() -> Column[Any]:
    return _needed("subject_id", Text, ForeignKey("subjects.id"), index=True)


def _treatment(needed: bool = True) -> Column[Any]:
    return Column(
        "treatment_id", Integer, ForeignKey("treatments.id"), nullable=not needed, index=True
    )


def _one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    allowed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def _records(name: str, *columns: Any) -> Table:
    """A table of records: numbered, with who recorded each when, and which one it supersedes."""
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=True),
        *columns,
        _needed("recorded_at"),
        _needed("recorded_by"),
        Column("supersedes", Integer, ForeignKey(f"{name}.id"), nullable=True, unique=True),
    )


users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _needed("name", unique=True),
    _needed("full_name"),
    _needed("roles"),  # words of ROLES with commas between
    _optional("password_hash"),
    _optional("disabled_at"),
    _needed("recorded_at"),
    _needed("recorded_by"),
)
credentials = _records(
    "credentials",
    _needed("user_id", Integer, ForeignKey("users.id"), index=True),
    _needed("indication"),
    _needed("number"),
    _needed("issuer"),
    _needed("expires_on", Date),
    _needed("supervised", Boolean),
)
subjects = Table(
    "subjects",
    metadata,
    Column("id", Text, primary_key=True),
    _needed("recorded_at"),
    _needed("recorded_by"),
)
patients = _records(
    "patients",
    _subject(),
    _needed("family_name"),
    _needed("given_name"),
    _needed("birth_date", Date),
    _needed("record_number", Text, index=True),
    _optional("sex"),
)
clearances = _records(
    "clearances",
    _subject(),
    _needed("indication"),
    _needed("examined_by"),
    _needed("examiner_role"),
    _needed("mode"),
    _needed("history"),
    _needed("examination"),
    _needed("contraindications"),
    _needed("allowed"),
    _needed("examined_on", Date),
    _needed("expires_on", Date),
    _one_of("mode", ("in_person", "video")),
)
consents = _records(
    "consents",
    _subject(),
    _needed("indication"),
    _needed("text_version"),
    _needed("text_sha256"),
    _needed("given_on", Date),
    _optional("withdrawn_on", Date),
)
assessments = _records(
    "assessments",
    _subject(),
    _needed("indication"),
    _needed("endpoint"),
    _needed("value", Float),
    _needed("observed_on", Date),
    _needed("rater"),
)
plans = _records(
    "plans",
    _subject(),
    _needed("plan_toml"),
    _needed("level"),
    _needed("findings"),  # JSON, as `endplate check` prints it
    _needed("software_version"),
    _needed("facts_hash"),
)
vials = Table(
    "vials",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _needed("product"),
    _needed("form"),
    _needed("lot", Text, index=True),
    _needed("expires_on", Date),
    _needed("content_milliunits", Integer),
    _needed("left_milliunits", Integer),
    _needed("state"),
    _optional("opened_at"),
    _optional("use_until"),
    _optional("diluent_ul", Integer),
    _needed("recorded_at"),
    _needed("recorded_by"),
    # The last word against an overdraw, whatever the program does.
    CheckConstraint("left_milliunits >= 0", name="never_overdrawn"),
    CheckConstraint("left_milliunits <= content_milliunits", name="never_overfull"),
    _one_of("state", VIAL_STATES),
)
treatments = _records(
    "treatments",
    _subject(),
    _needed("plan_id", Integer, ForeignKey("plans.id")),
    _needed("indications"),
    _needed("product"),
    _needed("region"),
    _needed("injector"),
    _needed("supervised", Boolean),
    _needed("treated_on", Date, index=True),
)
treatment_clearances = _records(
    "treatment_clearances",
    _treatment(),
    _needed("indication"),
    _needed("clearance_id", Integer, ForeignKey("clearances.id")),
    _needed("consent_id", Integer, ForeignKey("consents.id")),
    _needed("credential_id", Integer, ForeignKey("credentials.id")),
)
treatment_sites = _records(
    "treatment_sites",
    _treatment(),
    _optional("planned_site", Integer),
    _needed("vial_id", Integer, ForeignKey("vials.id"), index=True),
    _needed("indication"),
    _needed("muscle"),
    _needed("side"),
    _needed("dose_milliunits", Integer),
    _needed("volume_ul", Integer),
    _optional("depth_mm", Float),
    _optional("guidance"),
    _optional("note"),
    CheckConstraint("dose_milliunits >= 0", name="dose"),
)
vial_movements = _records(
    "vial_movements",
    _needed("vial_id", Integer, ForeignKey("vials.id"), index=True),
    _needed("kind"),
    _needed("milliunits", Integer),  # negative where units leave the vial
    _optional("site_id", Integer, ForeignKey("treatment_sites.id")),
    _optional("reason"),
    _one_of("kind", ("received", "given", "taken_back", "discarded")),
)
overrides = _records(
    "overrides",
    _treatment(),
    _needed("rule"),
    _needed("about"),
    _needed("reason"),
)
signatures = _records(
    "signatures",
    _treatment(),
    _needed("capacity"),
    _needed("signed_by"),
    _needed("chart_sha256"),
    _one_of("capacity", ("injector", "supervisor")),
)
addenda = _records(
    "addenda",
    _treatment(),
    _needed("text"),
)
follow_ups = _records(
    "follow_ups",
    _subject(),
    _treatment(needed=False),
    _needed("kind"),
    _needed("endpoint"),
    _needed("value", Float),
    _needed("observed_on", Date),
    _optional("note"),
    _one_of("kind", ("scale", "onset", "wearing_off", "goal")),
)
side_effects = _records(
    "side_effects",
    _subject(),
    _treatment(needed=False),
    _needed("term"),
    _needed("started_on", Date),
    _optional("ended_on", Date),
    _needed("serious", Boolean),
    _needed("outcome"),
    _optional("note"),
    _one_of("outcome", ("recovered", "recovering", "not_recovered", "unknown")),
)
photos = _records(
    "photos",
    _subject(),
    _treatment(needed=False),
    _needed("taken_on", Date),
    _needed("media_type"),
    _needed("content_sha256"),
    _needed("content", LargeBinary),
)
appointments = _records(
    "appointments",
    _subject(),
    _needed("day", Date, index=True),
    _needed("time"),
    _needed("indication"),
    _needed("state"),
    _one_of("state", ("booked", "arrived", "done", "cancelled")),
)
audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _needed("at"),
    _needed("actor"),
    _needed("action"),
    _needed("entity"),
    _needed("entity_id"),
    _needed("subject_id", Text, index=True),
    _needed("detail"),
    _needed("previous_hash"),
    _needed("hash"),
)
sessions = Table(
    "sessions",
    metadata,
    Column("token_sha256", Text, primary_key=True),
    _needed("user_id", Integer, ForeignKey("users.id"), index=True),
    _needed("form_token"),
    _needed("started_at"),
    _needed("seen_at"),
    _needed("ends_at"),
    _optional("revoked_at"),
)
sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _needed("name_sha256", Text, index=True),
    _needed("at"),
    _needed("succeeded", Boolean),
)

CHANGEABLE: dict[str, tuple[str, ...]] = {
    "users": ("full_name", "roles", "password_hash", "disabled_at"),
    "vials": ("left_milliunits", "state", "opened_at", "use_until", "diluent_ul"),
}
"""Columns that may change, by table; of every other record nothing may."""
PASSING = ("sessions", "sign_in_attempts")
"""Tables of sign-in alone: no records, and never part of an export."""
SECRET = {"users": ("password_hash",)}
"""Columns that never leave the database but in a backup."""
RECORDS: tuple[Table, ...] = tuple(
    sorted(
        (table for table in metadata.sorted_tables if table.name not in PASSING),
        key=lambda table: table.name == "signatures",  # a signed chart takes no more sites
    )
)
"""All tables of records, each after those that it points to, and signatures last."""
