"""The audit trail: whole as written, the first broken row named, a cut tail seen."""

import json

import pytest
from sqlalchemy import text

from clinic_cases import Clinic, today
from endplate.clinic import patients
from endplate.clinic.store import audit
from endplate.clinic.store.audit import Head

LIFT = {
    "sqlite": "DROP TRIGGER {table}_{event}",
    "postgresql": "ALTER TABLE {table} DISABLE TRIGGER ALL",
}


def tampered(clinic: Clinic, table: str, statement: str) -> None:
    """Change a table as somebody would who owns the database."""
    kind = clinic.database.engine.dialect.name
    event = statement.split()[0].lower()
    with clinic.database.writing("intruder") as tx:
        if event != "insert":
            tx.connection.execute(text(LIFT[kind].format(table=table, event=event)))
        tx.connection.execute(text(statement))


def verified(clinic: Clinic, against: Head | None = None):
    with clinic.database.reading() as connection:
        return audit.verify(connection, against)


def test_every_write_and_every_look_is_told(clinic):
    before = verified(clinic)
    assert before.whole
    with clinic.database.writing("otto") as tx:
        patients.look(tx, clinic.subject)
    after = verified(clinic)
    assert after.rows == before.rows + 1
    with clinic.database.reading() as connection:
        (row,) = audit.rows_about(connection, clinic.subject, 1)
    assert (row["actor"], row["action"], row["entity"]) == ("otto", "look", "patients")


@pytest.mark.parametrize("value", [1.0, 0.5, -2.0, 41.7])
def test_a_number_is_the_same_once_it_is_read_back(clinic, value):
    with clinic.database.writing("ines") as tx:
        kind = "goal" if value < 0 else "scale"
        patients.follow_up(tx, clinic.subject, kind, "glabellar_lines", value, today())
    assert verified(clinic).whole


def test_no_name_stands_in_the_trail(clinic):
    with clinic.database.reading() as connection:
        told = json.dumps([dict(row) for row in audit.rows_about(connection, None, 10_000)])
    for secret in ("Rivera", "1980-05-17", "R-1001", "neuromuscular"):
        assert secret not in told


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit SET actor = 'somebody' WHERE seq = 5", "Row 5 of the audit trail was"),
        ("DELETE FROM audit WHERE seq = 7", "Row 7 of the audit trail is missing"),
    ],
)
def test_the_first_broken_row_is_named(clinic, statement, told):
    tampered(clinic, "audit", statement)
    found = verified(clinic)
    assert not found.whole
    assert found.faults[0].startswith(told)


def test_a_row_whose_hash_was_made_anew_breaks_the_next(clinic):
    with clinic.database.reading() as connection:
        rows = connection.execute(text("SELECT * FROM audit WHERE seq = 5")).mappings().one()
    changed = dict(rows) | {"actor": "somebody"}
    digest = audit.digest({name: changed[name] for name in changed if name != "hash"})
    statement = f"UPDATE audit SET actor = 'somebody', hash = '{digest}' WHERE seq = 5"
    tampered(clinic, "audit", statement)
    assert verified(clinic).faults[0] == (
        "Row 6 of the audit trail does not follow the row before it."
    )


def test_a_cut_tail_is_seen_from_outside_alone(clinic):
    head = verified(clinic).head
    tampered(clinic, "audit", f"DELETE FROM audit WHERE seq > {head.seq - 1}")
    with clinic.database.writing("x") as tx:
        tx.note("look", "patients")
    assert not any("audit trail is" in fault for fault in verified(clinic).faults)
    assert any("cut off" in fault for fault in verified(clinic, head).faults)


@pytest.mark.parametrize(
    ("table", "statement", "told"),
    [
        ("patients", "UPDATE patients SET given_name = 'X'", "patients 1 was changed"),
        ("consents", "DELETE FROM consents", "consents 1 was taken away"),
        (
            "subjects",
            "INSERT INTO subjects (id, recorded_at, recorded_by) VALUES ('0', 'x', 'x')",
            "subjects 0 was added",
        ),
    ],
)
def test_a_record_changed_past_the_trail_is_named(clinic, table, statement, told):
    tampered(clinic, table, statement)
    assert f"{told} past the audit trail." in verified(clinic).faults
