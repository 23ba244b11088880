"""`endplate clinic` from the command line, on both databases."""

import io
import json
import os
import re
import stat
from datetime import timedelta

import pytest

from clinic_cases import made, new_postgres, today
from endplate.cli.main import _answered, run
from endplate.clinic.store.database import Database

PASSWORD = "correct horse battery"


@pytest.fixture
def clinic_command(address, capsys, monkeypatch):
    def command(*words, stdin="", code=0, on=address):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        assert _answered(["clinic", *words, "--database", on]) == code
        captured = capsys.readouterr()
        if code == 2:
            assert captured.out == ""
            assert "Traceback" not in captured.err
            return captured.err
        return json.loads(captured.out) if "--json" in words else captured.out

    command.address = address
    return command


@pytest.fixture
def started(clinic_command):
    clinic_command(
        "init", "--admin", "ada", "--full-name", "Ada Lovelace", "--password-stdin",
        stdin=PASSWORD + "\n",
    )  # fmt: skip
    return clinic_command


@pytest.fixture
def filled(clinic_command):
    clinic_command("init")
    opened = Database.open(clinic_command.address)
    clinic = made(opened)
    clinic.signed()
    opened.close()
    return clinic_command


def test_init_makes_a_clinic_once(started):
    again = started("init", "--json")
    assert again["migrated_from"] == again["schema"]
    told = started("init", "--admin", "eve", "--password-stdin", stdin=PASSWORD, code=2)
    assert "administrator already" in told
    (ada,) = started("user", "list", "--json")["users"]
    assert (ada["name"], ada["full_name"], ada["roles"]) == (
        "ada", "Ada Lovelace", ["administrator"],
    )  # fmt: skip


def test_without_a_clinic_every_command_says_so(clinic_command):
    for words in (("due",), ("recall", "X"), ("waste",), ("audit", "verify")):
        assert "endplate clinic init" in clinic_command(*words, code=2)


def test_the_file_is_its_owners_alone(tmp_path, capsys):
    path = tmp_path / "deep" / "clinic.db"
    old = os.umask(0)
    try:
        assert run(["clinic", "init", "--database", str(path)]) == 0
    finally:
        os.umask(old)
    for found in (path, *path.parent.glob("clinic.db-*")):
        assert stat.S_IMODE(found.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("on", ["mysql://x:secret@y/z", "postgresql+what://", "://"])
def test_an_address_of_another_database_is_refused(clinic_command, on):
    told = clinic_command("due", on=on, code=2)
    assert "allowed are" in told or "cannot be used" in told
    assert "secret" not in told


def test_users_and_credentials(started):
    started(
        "user", "add", "ines", "--role", "injector", "--role", "assistant", "--password-stdin",
        stdin=PASSWORD,
    )  # fmt: skip
    started(
        "user", "credential", "ines", "--indication", "glabellar lines", "--number", "A-1",
        "--issuer", "Board", "--expires", "2027-12-31", "--supervised",
    )  # fmt: skip
    started("user", "roles", "ines", "--role", "injector")
    started("user", "password", "ines", "--password-stdin", stdin="another good password")
    ines = started("user", "list", "--json")["users"][1]
    assert ines["roles"] == ["injector"]
    (own,) = ines["credentials"]
    assert (own["indication"], own["supervised"]) == ("glabellar_lines", True)
    started("user", "disable", "ines")
    assert started("user", "list", "--json")["users"][1]["disabled"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("user", "add", "Bad Name", "--role", "injector"), "small letters"),
        (("user", "add", "eve", "--role", "boss"), "allowed are injector"),
        (("user", "add", "ada", "--role", "injector"), "already"),
        (("user", "disable", "ada"), "only administrator"),
        (("user", "roles", "ada", "--role", "auditor"), "only administrator"),
        (("user", "password", "nobody"), "users are ada"),
        (("receive", "Botx", "--content", "100", "--lot", "A",
          "--expires", "2027-01-01"), "nearest"),
        (("receive", "Botox", "--content", "-1", "--lot", "A",
          "--expires", "2027-01-01"), "steps of"),
        (("receive", "Botox", "--content", "9", "--lot", "A", "--expires", "soon"), "--expires"),
        (("receive", "Botox", "--content", "9", "--lot", "A", "--expires", "2027-01-01",
          "--count", "0"), "count is 0"),
        (("discard", "7", "--reason", "broken"), "no vial 7"),
        (("discard", "7", "--reason", "bored"), "allowed are left over"),
        (("due", "--on", "someday"), "--on must be a date"),
        (("waste", "--from", "2026-05-01", "--to", "2026-04-01"), "no span"),
        (("reconcile", "--counted", "a,b"), "numbers with commas"),
        (("backup", "/nowhere/at/all"), "no folder"),
        (("restore", "/nowhere/at/all"), "there is no"),
        (("import", "/nowhere/at/all"), "there is no"),
        (("audit", "verify", "--against", "/nowhere.json"), "there is no"),
    ],
)  # fmt: skip
def test_a_fault_is_one_sentence_and_writes_nothing(started, words, told):
    before = started("audit", "verify", "--json")
    more = ("--password-stdin",) if words[:2] in {("user", "add"), ("user", "password")} else ()
    said = started(*words, *more, stdin=PASSWORD, code=2)
    assert told.replace("--expires must", "expires_on must") in said or "expires_on" in said
    assert len(said.strip().splitlines()) == 1
    assert started("audit", "verify", "--json") == before


def test_a_short_password_is_refused(started):
    told = started(
        "user", "add", "eve", "--role", "auditor", "--password-stdin", stdin="short", code=2
    )
    assert "12 to 200 characters" in told
    assert len(started("user", "list", "--json")["users"]) == 1


def test_recall_names_who_got_a_lot(filled):
    found = filled("recall", "c1234c3", "--json")
    assert found["patients"] == 1
    (one,) = found["treatments"]
    assert (one["record_number"], one["dose_u"], one["injector"]) == ("R-1001", 8.0, "ines")
    assert found["vials_in_stock"] == [1, 2, 3]
    assert filled("recall", "OTHER", "--json")["treatments"] == []


def test_due_waits_for_the_labels_interval(filled):
    assert filled("due", "--json")["due"] == []
    later = (today() + timedelta(days=70)).isoformat()
    (one,) = filled("due", "--on", later, "--json")["due"]
    interval_d = one["interval_d"]
    assert one["due_on"] == (today() + timedelta(days=round(interval_d))).isoformat()
    assert interval_d >= 84


def test_every_unit_is_given_left_or_discarded(filled):
    filled("discard", "1", "--reason", "left over")
    (row,) = filled("waste", "--json")["waste"]
    assert (row["discarded_u"], row["given_u"], row["reason"]) == (92.0, 8.0, "left over")
    assert filled("reconcile", "--json") == {"differences": []}
    told = filled("reconcile", "--counted", "2,9", code=1)
    assert "vial 3 (lot C1234C3) should be in the cabinet" in told
    assert "vial 9 was counted" in told
    assert [one["vial"] for one in filled("stock", "--json")["vials"]] == [2, 3]


def test_a_backup_restores_to_the_same_head(filled, tmp_path, request):
    file = tmp_path / "day.backup"
    made_ = filled("backup", str(file), "--json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    filled("due")  # the clinic goes on
    target = str(tmp_path / "other.db")
    if filled.address.startswith("postgresql"):
        target = new_postgres(request.getfixturevalue("postgres_server"))
    filled("restore", str(file), on=target)
    found = filled("audit", "verify", "--against", f"{file}.json", "--json", on=target)
    assert found["whole"]
    assert found["head"] == made_["head"]
    assert filled("recall", "C1234C3", "--json", on=target)["patients"] == 1
    if not filled.address.startswith("postgresql"):
        assert "there is a clinic" in filled("restore", str(file), on=target, code=2)
        filled("restore", str(file), "--replace", on=target)
        assert (tmp_path / "other.db.before-1").exists()
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert "is not the file" in filled("restore", str(file), "--replace", on=target, code=2)


def test_an_export_goes_into_either_database(filled, tmp_path):
    folder = tmp_path / "out"
    made_ = filled("export", str(folder), "--json")
    assert "names, birth dates" in filled("export", str(tmp_path / "out2"))
    assert not any("password" in path.read_text() for path in folder.glob("*.csv"))
    assert not (folder / "sessions.csv").exists()
    target = str(tmp_path / "other.db")
    filled("init", on=target)
    filled("import", str(folder), on=target)
    found = filled("audit", "verify", "--against", f"{folder}/manifest.json", "--json", on=target)
    assert found["whole"]
    assert found["head"] == made_["head"]
    assert filled("reconcile", "--json", on=target) == {"differences": []}
    assert "holds records already" in filled("import", str(folder), on=target, code=2)
    back = tmp_path / "back"
    filled("export", str(back), on=target)
    for path in folder.glob("*.csv"):
        if path.name != "audit.csv":
            assert (back / path.name).read_bytes() == path.read_bytes()


def test_a_changed_export_is_refused(filled, tmp_path):
    folder = tmp_path / "out"
    filled("export", str(folder))
    patients = folder / "patients.csv"
    patients.write_text(patients.read_text().replace("Ana", "Eva"))
    target = str(tmp_path / "other.db")
    filled("init", on=target)
    assert "is not the file" in filled("import", str(folder), on=target, code=2)
    assert filled("audit", "verify", "--json", on=target)["rows"] == 0


def test_a_trail_cut_short_ends_in_code_1(filled, tmp_path):
    file = tmp_path / "day.backup"
    filled("backup", str(file))
    manifest = tmp_path / "day.backup.json"
    text = manifest.read_text()
    manifest.write_text(re.sub(r'"seq": \d+', '"seq": 9999', text))
    told = filled("audit", "verify", "--against", str(manifest), code=1)
    assert "cut off" in told


def test_the_help_of_every_word(capsys):
    for words in (["--help"], ["user", "--help"], ["audit", "--help"], ["recall", "--help"]):
        assert run(["clinic", *words]) == 0
    assert "Lot as printed" in capsys.readouterr().out


def test_a_fhir_bundle_goes_into_either_database(filled, tmp_path):
    file, target = tmp_path / "clinic.json", str(tmp_path / "other.db")
    made_ = filled("export", str(file), "--format", "fhir", "--json")
    assert made_["rows"]["MedicationAdministration"] == 2
    assert "give what is written a name" in filled("export", str(file), "--format", "fhir", code=2)
    assert "--format is 'xml'" in filled("export", "out", "--format", "xml", code=2)
    said = filled("export", str(tmp_path / "again.json"), "--format", "fhir")
    assert "Patient: 1 resources" in said
    assert "names, birth dates" in said
    filled("init", on=target)
    filled("import", str(file), on=target)
    found = filled("audit", "verify", "--json", on=target)
    assert found["whole"]
    assert found["head"] == made_["head"]
    assert filled("reconcile", "--json", on=target) == {"differences": []}
    assert "holds records already" in filled("import", str(file), on=target, code=2)
    file.write_text("{}")
    assert "is no Bundle that" in filled("import", str(file), on=target, code=2)
