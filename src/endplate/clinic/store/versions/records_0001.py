"""The records: patients, charts, vials, audit, with the triggers that keep them."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None

ADDED_TO = (
    "subjects",
    "credentials",
    "patients",
    "clearances",
    "consents",
    "assessments",
    "plans",
    "treatments",
    "treatment_clearances",
    "treatment_sites",
    "vial_movements",
    "overrides",
    "signatures",
    "addenda",
    "follow_ups",
    "side_effects",
    "photos",
    "appointments",
    "audit",
)
"""Tables whose rows are added and neither changed nor taken away."""
KEPT = {
    "users": ("id", "name", "recorded_at", "recorded_by"),
    "vials": (
        "id",
        "product",
        "form",
        "lot",
        "expires_on",
        "content_milliunits",
        "recorded_at",
        "recorded_by",
    ),
}
"""Tables some of whose columns change; these do not."""
NEVER = "is added to, never changed"
SIGNED = "is signed; add an addendum"


def upgrade() -> None:
    """Make the tables and their triggers."""
    _tables()
    statements = _postgresql() if op.get_bind().dialect.name == "postgresql" else _sqlite()
    for statement in statements:
        op.execute(statement)


def _sqlite() -> Iterator[str]:
    for table in ADDED_TO:
        for verb in ("UPDATE", "DELETE"):
            yield _refusing(table, verb, "", f"{table} {NEVER}")
    for table, columns in KEPT.items():
        yield _refusing(table, "DELETE", "", f"{table} {NEVER}")
        yield _refusing(table, f"UPDATE OF {', '.join(columns)}", "", f"{table} {NEVER}")
    for table in ("treatment_sites", "treatment_clearances", "overrides"):
        when = "WHEN EXISTS (SELECT 1 FROM signatures WHERE treatment_id = NEW.treatment_id)"
        yield _refusing(table, "INSERT", when, f"the chart {SIGNED}")


def _refusing(table: str, event: str, when: str, message: str) -> str:
    name = f"{table}_{event.split()[0].lower()}"
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _postgresql() -> Iterator[str]:
    yield (
        "CREATE FUNCTION endplate_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '% {NEVER}', TG_TABLE_NAME; END $$"
    )
    yield (
        "CREATE FUNCTION endplate_refuse_signed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM signatures WHERE treatment_id = NEW.treatment_id) THEN "
        f"RAISE EXCEPTION 'the chart {SIGNED}'; END IF; RETURN NEW; END $$"
    )
    for table in (*ADDED_TO, *KEPT):
        kept = KEPT.get(table)
        changed = f"UPDATE OF {', '.join(kept)}" if kept else "UPDATE"
        yield (
            f"CREATE TRIGGER {table}_kept BEFORE {changed} OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION endplate_refuse()"
        )
        yield (
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION endplate_refuse()"
        )
    for table in ("treatment_sites", "treatment_clearances", "overrides"):
        yield (
            f"CREATE TRIGGER {table}_signed BEFORE INSERT ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION endplate_refuse_signed()"
        )


def _tables() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_subject_id"), "audit", ["subject_id"], unique=False)
    op.create_table(
        "subjects",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subjects")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("disabled_at", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    op.create_table(
        "vials",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("content_milliunits", sa.Integer(), nullable=False),
        sa.Column("left_milliunits", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=True),
        sa.Column("use_until", sa.Text(), nullable=True),
        sa.Column("diluent_ul", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('unopened', 'open', 'empty', 'discarded')", name=op.f("ck_vials_state")
        ),
        sa.CheckConstraint(
            "left_milliunits <= content_milliunits", name=op.f("ck_vials_never_overfull")
        ),
        sa.CheckConstraint("left_milliunits >= 0", name=op.f("ck_vials_never_overdrawn")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vials")),
    )
    op.create_index(op.f("ix_vials_lot"), "vials", ["lot"], unique=False)
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.Text(), nullable=False),
        sa.Column("indication", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('booked', 'arrived', 'done', 'cancelled')",
            name=op.f("ck_appointments_state"),
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_appointments_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["appointments.id"], name=op.f("fk_appointments_supersedes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_appointments_supersedes")),
    )
    op.create_index(op.f("ix_appointments_day"), "appointments", ["day"], unique=False)
    op.create_index(
        op.f("ix_appointments_subject_id"), "appointments", ["subject_id"], unique=False
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("indication", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("rater", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_assessments_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["assessments.id"], name=op.f("fk_assessments_supersedes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_assessments_supersedes")),
    )
    op.create_index(op.f("ix_assessments_subject_id"), "assessments", ["subject_id"], unique=False)
    op.create_table(
        "clearances",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("indication", sa.Text(), nullable=False),
        sa.Column("examined_by", sa.Text(), nullable=False),
        sa.Column("examiner_role", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("examination", sa.Text(), nullable=False),
        sa.Column("contraindications", sa.Text(), nullable=False),
        sa.Column("allowed", sa.Text(), nullable=False),
        sa.Column("examined_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.CheckConstraint("mode IN ('in_person', 'video')", name=op.f("ck_clearances_mode")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_clearances_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["clearances.id"], name=op.f("fk_clearances_supersedes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearances")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_clearances_supersedes")),
    )
    op.create_index(op.f("ix_clearances_subject_id"), "clearances", ["subject_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("indication", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_consents_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["consents.id"], name=op.f("fk_consents_supersedes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_consents_supersedes")),
    )
    op.create_index(op.f("ix_consents_subject_id"), "consents", ["subject_id"], unique=False)
    op.create_table(
        "credentials",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("indication", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("supervised", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["credentials.id"], name=op.f("fk_credentials_supersedes")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_credentials_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_credentials_supersedes")),
    )
    op.create_index(op.f("ix_credentials_user_id"), "credentials", ["user_id"], unique=False)
    op.create_table(
        "patients",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("record_number", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_patients_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["patients.id"], name=op.f("fk_patients_supersedes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_patients_supersedes")),
    )
    op.create_index(op.f("ix_patients_record_number"), "patients", ["record_number"], unique=False)
    op.create_index(op.f("ix_patients_subject_id"), "patients", ["subject_id"], unique=False)
    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("plan_toml", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("software_version", sa.Text(), nullable=False),
        sa.Column("facts_hash", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name=op.f("fk_plans_subject_id")),
        sa.ForeignKeyConstraint(["supersedes"], ["plans.id"], name=op.f("fk_plans_supersedes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_plans_supersedes")),
    )
    op.create_index(op.f("ix_plans_subject_id"), "plans", ["subject_id"], unique=False)
    op.create_table(
        "treatments",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("indications", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("injector", sa.Text(), nullable=False),
        sa.Column("supervised", sa.Boolean(), nullable=False),
        sa.Column("treated_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_treatments_plan_id")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_treatments_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["treatments.id"], name=op.f("fk_treatments_supersedes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatments")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_treatments_supersedes")),
    )
    op.create_index(op.f("ix_treatments_subject_id"), "treatments", ["subject_id"], unique=False)
    op.create_index(op.f("ix_treatments_treated_on"), "treatments", ["treated_on"], unique=False)
    op.create_table(
        "addenda",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("treatment_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["supersedes"], ["addenda.id"], name=op.f("fk_addenda_supersedes")),
        sa.ForeignKeyConstraint(
            ["treatment_id"], ["treatments.id"], name=op.f("fk_addenda_treatment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addenda")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_addenda_supersedes")),
    )
    op.create_index(op.f("ix_addenda_treatment_id"), "addenda", ["treatment_id"], unique=False)
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("treatment_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('scale', 'onset', 'wearing_off', 'goal')", name=op.f("ck_follow_ups_kind")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_follow_ups_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["follow_ups.id"], name=op.f("fk_follow_ups_supersedes")
        ),
        sa.ForeignKeyConstraint(
            ["treatment_id"], ["treatments.id"], name=op.f("fk_follow_ups_treatment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_follow_ups_supersedes")),
    )
    op.create_index(op.f("ix_follow_ups_subject_id"), "follow_ups", ["subject_id"], unique=False)
    op.create_index(
        op.f("ix_follow_ups_treatment_id"), "follow_ups", ["treatment_id"], unique=False
    )
    op.create_table(
        "overrides",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("treatment_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["overrides.id"], name=op.f("fk_overrides_supersedes")
        ),
        sa.ForeignKeyConstraint(
            ["treatment_id"], ["treatments.id"], name=op.f("fk_overrides_treatment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_overrides_supersedes")),
    )
    op.create_index(op.f("ix_overrides_treatment_id"), "overrides", ["treatment_id"], unique=False)
    op.create_table(
        "photos",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("treatment_id", sa.Integer(), nullable=True),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name=op.f("fk_photos_subject_id")),
        sa.ForeignKeyConstraint(["supersedes"], ["photos.id"], name=op.f("fk_photos_supersedes")),
        sa.ForeignKeyConstraint(
            ["treatment_id"], ["treatments.id"], name=op.f("fk_photos_treatment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_photos_supersedes")),
    )
    op.create_index(op.f("ix_photos_subject_id"), "photos", ["subject_id"], unique=False)
    op.create_index(op.f("ix_photos_treatment_id"), "photos", ["treatment_id"], unique=False)
    op.create_table(
        "side_effects",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("treatment_id", sa.Integer(), nullable=True),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("serious", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('recovered', 'recovering', 'not_recovered', 'unknown')",
            name=op.f("ck_side_effects_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_side_effects_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["side_effects.id"], name=op.f("fk_side_effects_supersedes")
        ),
        sa.ForeignKeyConstraint(
            ["treatment_id"], ["treatments.id"], name=op.f("fk_side_effects_treatment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_side_effects")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_side_effects_supersedes")),
    )
    op.create_index(
        op.f("ix_side_effects_subject_id"), "side_effects", ["subject_id"], unique=False
    )
    op.create_index(
        op.f("ix_side_effects_treatment_id"), "side_effects", ["treatment_id"], unique=False
    )
    op.create_table(
        "signatures",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("treatment_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("chart_sha256", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "capacity IN ('injector', 'supervisor')", name=op.f("ck_signatures_capacity")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["signatures.id"], name=op.f("fk_signatures_supersedes")
        ),
        sa.ForeignKeyConstraint(
            ["treatment_id"], ["treatments.id"], name=op.f("fk_signatures_treatment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_signatures_supersedes")),
    )
    op.create_index(
        op.f("ix_signatures_treatment_id"), "signatures", ["treatment_id"], unique=False
    )
    op.create_table(
        "treatment_clearances",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("treatment_id", sa.Integer(), nullable=False),
        sa.Column("indication", sa.Text(), nullable=False),
        sa.Column("clearance_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clearance_id"], ["clearances.id"], name=op.f("fk_treatment_clearances_clearance_id")
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consents.id"], name=op.f("fk_treatment_clearances_consent_id")
        ),
        sa.ForeignKeyConstraint(
            ["credential_id"],
            ["credentials.id"],
            name=op.f("fk_treatment_clearances_credential_id"),
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"],
            ["treatment_clearances.id"],
            name=op.f("fk_treatment_clearances_supersedes"),
        ),
        sa.ForeignKeyConstraint(
            ["treatment_id"], ["treatments.id"], name=op.f("fk_treatment_clearances_treatment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment_clearances")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_treatment_clearances_supersedes")),
    )
    op.create_index(
        op.f("ix_treatment_clearances_treatment_id"),
        "treatment_clearances",
        ["treatment_id"],
        unique=False,
    )
    op.create_table(
        "treatment_sites",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("treatment_id", sa.Integer(), nullable=False),
        sa.Column("planned_site", sa.Integer(), nullable=True),
        sa.Column("vial_id", sa.Integer(), nullable=False),
        sa.Column("indication", sa.Text(), nullable=False),
        sa.Column("muscle", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("dose_milliunits", sa.Integer(), nullable=False),
        sa.Column("volume_ul", sa.Integer(), nullable=False),
        sa.Column("depth_mm", sa.Float(), nullable=True),
        sa.Column("guidance", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.CheckConstraint("dose_milliunits >= 0", name=op.f("ck_treatment_sites_dose")),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["treatment_sites.id"], name=op.f("fk_treatment_sites_supersedes")
        ),
        sa.ForeignKeyConstraint(
            ["treatment_id"], ["treatments.id"], name=op.f("fk_treatment_sites_treatment_id")
        ),
        sa.ForeignKeyConstraint(["vial_id"], ["vials.id"], name=op.f("fk_treatment_sites_vial_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment_sites")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_treatment_sites_supersedes")),
    )
    op.create_index(
        op.f("ix_treatment_sites_treatment_id"), "treatment_sites", ["treatment_id"], unique=False
    )
    op.create_index(
        op.f("ix_treatment_sites_vial_id"), "treatment_sites", ["vial_id"], unique=False
    )
    op.create_table(
        "vial_movements",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("vial_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("milliunits", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('received', 'given', 'taken_back', 'discarded')",
            name=op.f("ck_vial_movements_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["treatment_sites.id"], name=op.f("fk_vial_movements_site_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["vial_movements.id"], name=op.f("fk_vial_movements_supersedes")
        ),
        sa.ForeignKeyConstraint(["vial_id"], ["vials.id"], name=op.f("fk_vial_movements_vial_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vial_movements")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_vial_movements_supersedes")),
    )
    op.create_index(op.f("ix_vial_movements_vial_id"), "vial_movements", ["vial_id"], unique=False)
