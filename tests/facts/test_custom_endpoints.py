"""A user's endpoints: read as the shipped ones are, with one sentence for each fault."""

from dataclasses import fields

import pytest

from endplate.errors import TableFaults
from endplate.facts.custom_endpoints import read_endpoints
from endplate.facts.endpoints import Reading
from endplate.facts.table import text_rows, typed_rows

HEADER = "endpoint,indication,how,scale,threshold,gain,window_d,unit,rater,better"


def faults(tmp_path, *rows, header=HEADER):
    file = tmp_path / "own.csv"
    file.write_text("\n".join([header, *rows]), encoding="utf-8")
    with pytest.raises(TableFaults) as fault:
        read_endpoints(file)
    return fault.value.sentences


def test_the_shipped_rows_under_other_names_read_the_same(tmp_path):
    rows = text_rows("readings")
    columns = list(rows[0])
    lines = [
        ",".join(f'"{"own_" if name == "endpoint" else ""}{row[name]}"' for name in columns)
        for row in rows
    ]
    file = tmp_path / "own.csv"
    file.write_text("\n".join([",".join(columns), *lines]), encoding="utf-8")
    read = read_endpoints(file)
    for own, shipped in zip(read, typed_rows(Reading, "readings"), strict=True):
        for field in fields(Reading):
            value = getattr(own, field.name)
            assert value == getattr(shipped, field.name) or field.name == "endpoint", own


def test_what_is_left_out_is_filled(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text(
        "endpoint;indication;how;threshold;gain\n"
        "none_at_all;forehead_lines;grade_at_most;;\n"
        "disability;cervical_dystonia;change;;0,3\n"
        "much_drier;axillary_hyperhidrosis;share_fallen;0,75;\n"
    )
    line, score, share = read_endpoints(file)
    assert (line.scale, line.unit, line.rater, line.better) == (
        "forehead_lines", "%", "investigator", "up",
    )  # fmt: skip
    assert (score.scale, score.unit, score.gain, score.better) == (
        "twstrs_total", "points", 0.3, "down",
    )  # fmt: skip
    assert (share.unit, share.threshold, share.better) == ("%", 0.75, "up")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("Bad Name,forehead_lines,grade_at_most,,,,,,,", "endpoint is 'Bad Name'; allowed are"),
        ("inv_ge1,forehead_lines,grade_at_most,,,,,,,", "inv_ge1 is one of endplate's; another"),
        ("ae_mine,forehead_lines,grade_at_most,,,,,,,", "ae_mine is one of endplate's; another"),
        ("a,acne,change,,,,,,,", "indication is 'acne'; allowed are glabellar_lines,"),
        ("a,forehead_lines,change,,,,,,,", "how is 'change'; allowed are grade_at_most, grades_"),
        ("a,cervical_dystonia,grade_at_most,,,,,,,", "how is 'grade_at_most'; allowed are by_"),
        ("a,cervical_dystonia,change,hdss,,,,,,", "scale is 'hdss'; allowed are twstrs_total"),
        ("a,forehead_lines,grade_at_most,,4,,,,,", "threshold is 4; a number from 0 to 2"),
        ("a,cervical_dystonia,share_fallen,,20,,,,,", "threshold is 20; a number from 0 to 1"),
        ("a,cervical_dystonia,none_seen,,0,,,,,", "threshold is 0; a number from 0.001 to 100"),
        ("a,cervical_dystonia,change,,x,,,,,", "column 'threshold': 'x' must be a number."),
        ("a,cervical_dystonia,change,,nan,,,,,", "column 'threshold': 'nan' must be a number."),
        ("a,cervical_dystonia,change,,,0,,,,", "gain is 0; allowed is a factor of 1e-6 to 1e6"),
        ("a,cervical_dystonia,share_felt,,0.3,-1,,,,", "gain is -1; share_felt takes one above 0"),
        ("a,cervical_dystonia,change,,,,0,,,", "window_d is 0; a number from 1 to 365"),
        ("a,forehead_lines,grade_at_most,,,,,mm,,", "unit is 'mm'; allowed are %."),
        ("a,forehead_lines,grade_at_most,,,,,,diary,", "rater is 'diary'; allowed are investig"),
        ("a,cervical_dystonia,change,,,,,,,harm", "better is 'harm'; allowed are up, down."),
        (",cervical_dystonia,change,,,,,,,", "endpoint is empty; it is needed."),
        ("a,cervical_dystonia,change,,,,,a\x07b,,", "unit is 'a\\x07b'; allowed is one line"),
    ],
)
def test_a_fault_is_one_sentence(tmp_path, row, sentence):
    (told,) = faults(tmp_path, row)
    assert told.startswith("line 2 of own.csv: ")
    assert sentence in told
    assert told.endswith(".")


def test_faults_of_a_file_are_told_together_and_no_more_than_twenty(tmp_path):
    good = "a,cervical_dystonia,change,,,,,,,"
    assert faults(tmp_path, good, good) == ("line 3 of own.csv: a of cervical_dystonia is there "
                                            "twice.",)  # fmt: skip
    told = faults(tmp_path, *["A,acne,x,,y,z,,,,"] * 30)
    assert len(told) == 21
    assert told[-1] == "And 40 more faults."
    assert faults(tmp_path) == ("own.csv has no row below its header.",)
    (told,) = faults(tmp_path, good, header=HEADER.replace("gain", "gian"))
    assert told.startswith("own.csv has the column 'gian'; allowed are endpoint, indication, how,")
    (told,) = faults(tmp_path, "a,b", header="endpoint,indication")
    assert told.startswith("own.csv lacks the columns how; allowed are")
