"""Files of a run, judged by readers that are not ours."""

import csv
import json
import math
import re
from pathlib import Path

import jsonschema
import pytest

from endplate.trials import Trial
from endplate.trials.adam import DATASETS, columns, faults_of
from endplate.trials.demographics import demographics_of
from endplate.trials.outputs import NONMEM_COLUMNS
from trial_designs import glabella

# of the shape that other tests run, so that no code is compiled for it alone
MORE = """
[strata]
cut_at = [3]
"""
ROOT = Path(__file__).parents[2]
# what CDISC's schema of Dataset-JSON 1.1 asks for: nothing else at the top or of a column
TEXT, COUNT = {"type": "string"}, {"type": "integer", "minimum": 0}
NUMBER = {"type": "integer", "minimum": 1}
MOMENT_PATTERN = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)?$"
MOMENT = {"type": "string", "pattern": MOMENT_PATTERN}
COLUMN_TYPES = [
    "string", "integer", "decimal", "float", "double", "boolean", "datetime", "date", "time", "URI",
]  # fmt: skip
COLUMN = {
    "type": "object",
    "additionalProperties": False,
    "required": ["itemOID", "name", "label", "dataType"],
    "properties": {
        **dict.fromkeys(("itemOID", "name", "label", "displayFormat"), TEXT),
        "dataType": {"enum": COLUMN_TYPES},
        "targetDataType": {"enum": ["integer", "decimal"]},
        **dict.fromkeys(("length", "keySequence"), NUMBER),
    },
}
DATASET_JSON = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "datasetJSONCreationDateTime", "datasetJSONVersion", "itemGroupOID", "records", "name",
        "label", "columns",
    ],
    "properties": {
        **dict.fromkeys(("datasetJSONCreationDateTime", "dbLastModifiedDateTime"), MOMENT),
        "datasetJSONVersion": {"type": "string", "pattern": r"^1\.1(\.(0|[1-9]\d*))?$"},
        **dict.fromkeys(("fileOID", "itemGroupOID", "label", "metaDataRef", "metaDataVersionOID",
                         "name", "originator", "studyOID"), TEXT),
        "records": COUNT,
        "sourceSystem": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "version"],
            "properties": {"name": TEXT, "version": TEXT},
        },
        "columns": {"type": "array", "items": COLUMN},
        "rows": {"type": "array", "items": {"type": "array"}},
    },
}  # fmt: skip
LETTERS = re.compile(r"[A-Z][A-Z0-9]{0,7}")


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    text = glabella(48, 6, more=MORE).replace("share = 0.1", "share = 0.3")
    return Trial.loads(text).run(tmp_path_factory.mktemp("run") / "run", workers=1)


@pytest.mark.parametrize("dataset", DATASETS)
def test_datasets_keep_the_rules_of_adam(result, dataset):
    import pyarrow.parquet as parquet

    table = parquet.read_table(result.folder / f"{dataset.lower()}.parquet")
    assert table.num_rows
    assert list(faults_of(dataset, table)) == []
    for one in columns(dataset):
        label = table.schema.field(one.variable).metadata[b"label"].decode()
        assert label == one.label
        assert len(label) <= 40
        assert LETTERS.fullmatch(one.variable)


def broken(table, name, row, value):
    import pyarrow as pa

    values = table[name].to_pylist()
    values[row] = value
    place = table.column_names.index(name)
    return table.set_column(place, table.schema.field(name), pa.array(values, table[name].type))


@pytest.mark.parametrize(
    ("dataset", "name", "value", "told"),
    [
        ("ADSL", "SAFFL", "X", "SAFFL is not Y or N"),
        ("ADSL", "ARM", None, "ARM is required"),
        ("ADQS", "PARAMCD", "TOOLONGCODE", "not one to one"),
        ("ADQS", "CHG", 99.0, "CHG is not AVAL less BASE"),
        ("ADTTE", "CNSR", 2, "CNSR is not 0 or 1"),
        ("ADSL", "AGE", None, "AGE is required and missing in 1"),
        ("ADSL", "AGE", 7, "AGE is not 18 to 95"),
        ("ADSL", "SEX", "X", "SEX is not M or F"),
        ("ADAE", "AESEQ", 77, None),
        ("ADAE", "AENDY", -3, "AENDY is before ASTDY"),
        ("ADAE", "AOCCFL", None, "AOCCFL does not mark one record of each USUBJID"),
        ("ADAE", "AOCCPFL", "N", "AOCCPFL is not Y or blank"),
    ],
)
def test_the_checker_finds_what_is_broken(result, dataset, name, value, told):
    import pyarrow.parquet as parquet

    table = parquet.read_table(result.folder / f"{dataset.lower()}.parquet")
    if table[name].type == "string" or str(table[name].type).startswith("dictionary"):
        table = table.set_column(table.column_names.index(name), name, table[name].cast("string"))
    row = next(i for i, v in enumerate(table[name].to_pylist()) if v is not None)
    found = list(faults_of(dataset, broken(table, name, row, value)))
    assert (told is None and not found) or any(told in fault for fault in found)


def test_frames_hold_what_is_in_the_files(result):
    subjects = result.frame("adsl")
    assert subjects.height == 48 * 6
    assert subjects["REPL"].max() == 6
    assert len(result.pandas("adtte")) == 48 * 6
    assert result.frame("adqs").filter(subjects["REPL"].max() == 6).height
    grid = result.xarray()
    assert grid["INVGRADE_mean"].sel(arm="20 U", day=30) < grid["INVGRADE_mean"].sel(
        arm="placebo", day=30
    )
    with pytest.raises(Exception, match="no dataset"):
        result.frame("adlb")


def test_ages_and_sexes_are_those_of_the_trials_of_the_use(result):
    subjects, known = result.frame("adsl"), demographics_of("glabellar_lines")
    n = subjects.height
    assert subjects["AGE"].mean() == pytest.approx(
        known.age_mean_y, abs=4 * known.age_sd_y / math.sqrt(n)
    )
    assert subjects["AGE"].std() == pytest.approx(known.age_sd_y, rel=0.2)
    share = (subjects["SEX"] == "F").mean()
    assert share == pytest.approx(known.female_share, abs=4 * math.sqrt(0.25 / n))
    # another replicate has other people
    first, second = (subjects.filter(subjects["REPL"] == n)["AGE"].to_list() for n in (1, 2))
    assert first != second


def test_the_age_of_nobody_is_made_up():
    assert demographics_of("upper_limb_spasticity").age_mean_y is None
    assert demographics_of("platysma_bands") == demographics_of("forehead_lines")


def test_effects_are_as_many_as_were_counted(result):
    """Each record is one person with one effect: counts of ADAE are those of the summary."""
    effects, subjects = result.frame("adae"), result.frame("adsl")
    for row in result.summary["harms"]:
        own = effects.filter(effects["AETERM"] == row["term"].replace("_", " "))
        assert own.height == own.filter(own["AOCCPFL"] == "Y").height
        for arm, percent in row["percent"].items():
            n = subjects.filter(subjects["ARM"] == arm).height
            counted = own.filter(own["TRTA"] == arm).height
            assert 100 * counted / n == pytest.approx(percent)
    last = dict(zip(subjects["USUBJID"], subjects["EOSDY"], strict=True))
    assert all(
        start <= last[who] for who, start in zip(effects["USUBJID"], effects["ASTDY"], strict=True)
    )


def test_adqs_and_adsl_are_of_the_same_people(result):
    subjects, visits = result.frame("adsl"), result.frame("adqs")
    assert set(visits["USUBJID"]) == set(subjects["USUBJID"])
    before = visits.filter(visits["ABLFL"] == "Y")
    assert before.height == 2 * subjects.height  # both raters' grades
    left = set(subjects.filter(subjects["COMPLFL"] == "N")["USUBJID"])
    last = visits.filter(visits["AVISITN"] == 90)
    early = subjects.filter((subjects["COMPLFL"] == "N") & (subjects["EOSDY"] < 80))["USUBJID"]
    assert left
    assert not set(early) & set(last["USUBJID"])


@pytest.mark.parametrize("dataset", DATASETS)
def test_xpt_and_json_hold_the_first_replicate(result, dataset):
    import pyreadstat

    frame, meta = pyreadstat.read_xport(str(result.folder / f"{dataset.lower()}.xpt"))
    ours = result.frame(dataset)
    ours = ours.filter(ours["REPL"] == 1)
    assert list(frame.columns) == ours.columns
    assert len(frame) == ours.height
    assert meta.column_labels == [one.label for one in columns(dataset)]
    assert list(frame["USUBJID"]) == list(ours["USUBJID"])
    text = (result.folder / f"{dataset.lower()}.json").read_text(encoding="utf-8")
    value = json.loads(text)
    assert value["records"] == len(value["rows"]) == ours.height
    assert [column["name"] for column in value["columns"]] == ours.columns
    jsonschema.validate(value, DATASET_JSON)
    kinds = {"string": str, "integer": int, "double": float}
    for place, column in enumerate(value["columns"]):
        values = [row[place] for row in value["rows"] if row[place] is not None]
        assert all(type(one) is kinds[column["dataType"]] for one in values)
        assert max((len(one) for one in values if isinstance(one, str)), default=1) <= column.get(
            "length", 99
        )


def test_no_file_tells_when_it_was_made(result):
    for path in result.folder.iterdir():
        assert b"2026-11" not in path.read_bytes()
    raw = (result.folder / "adsl.xpt").read_bytes()
    assert raw[:2000].count(b"01JAN70:00:00:00") >= 2


@pytest.mark.filterwarnings("ignore")
def test_the_nonmem_table_is_read_by_pharmpy(result):
    from pharmpy.model import ColumnInfo, DataInfo, DataVariable
    from pharmpy.modeling import read_dataset_from_datainfo

    kinds = {"ID": "id", "TIME": "idv", "EVID": "event", "AMT": "dose", "CMT": "compartment",
             "DV": "dv", "MDV": "mdv"}  # fmt: skip
    info = DataInfo.create(
        [
            ColumnInfo.create(name, DataVariable.create(name, type=kinds.get(name, "unknown")))
            for name in NONMEM_COLUMNS
        ],
        path=result.folder / "nonmem.csv",
        separator=",",
    )
    data = read_dataset_from_datainfo(info, datatype="nonmem")
    assert list(data.columns) == list(NONMEM_COLUMNS)
    # people who were given no drug and were never seen say nothing, and NONMEM's readers skip them
    with (result.folder / "nonmem.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len({row["ID"] for row in rows}) == 48
    told = {float(r["ID"]) for r in rows if float(r["AMT"]) > 0 or r["EVID"] == "0"}
    assert set(data["ID"]) == told
    doses = data[data["EVID"] == 1]
    assert math.isclose(doses.groupby("ID")["AMT"].sum().iloc[0], 20.0, rel_tol=1e-4)
    assert (data.groupby("ID")["TIME"].diff().dropna() >= 0).all()
    assert (data[data["EVID"] == 0]["MDV"] == 0).all()


def paths(value, above=""):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, f"{above}.{key}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, f"{above}[]")
    else:
        yield above


def test_the_summary_has_the_documented_fields(result):
    page = (ROOT / "docs/json.md").read_text(encoding="utf-8")
    section = page.split("\n## trial\n", 1)[1].split("\n## ", 1)[0]
    known = set(re.findall(r"`([a-z0-9_\[\].*]+)`", section))
    found = {
        re.sub(r"(harms\[\]\.percent|provenance\.workers)\..*", r"\1.*", path)
        for path in paths(result.summary)
    }
    assert found - known == set()
    text = (result.folder / "summary.json").read_text(encoding="utf-8")
    assert "--out" not in text
    assert str(result.folder) not in text


def test_strata_are_shared_out_and_people_flow(result):
    subjects = result.frame("adsl")
    for replicate in range(1, 7):
        own = subjects.filter(subjects["REPL"] == replicate)
        counts = [
            own.filter((own["TRT01PN"] == arm) & (own["STRATARN"] == 2)).height for arm in (1, 2)
        ]
        assert abs(counts[0] - counts[1]) <= 1
        assert own.filter(own["BLSEV"] >= 3).height == sum(counts)
    for arm in result.summary["arms"]:
        left = subjects.filter((subjects["ARM"] == arm["name"]) & (subjects["COMPLFL"] == "N"))
        assert 100 * left.height / (24 * 6) == pytest.approx(arm["left_percent"])
        assert 10 < arm["left_percent"] < 50


def test_the_report_is_one_file_with_nothing_to_fetch(result):
    html = (result.folder / "report.html").read_text(encoding="utf-8")
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert html.count("<svg") >= 6
    for words in ("Every endpoint", "Courses", "composite variable strategy", "20 U", "placebo"):
        assert words in html
