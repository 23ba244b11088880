"""A table as spreadsheets save it: any separator, encoding and decimal mark, read or refused."""

import pytest

from endplate.errors import CannotRead
from endplate.files.csv_table import csv_table, csv_text, read_csv

PLAIN = "arm,value,note\nlow,17.5,\nhigh,67,Zürich\n"
SEMICOLONS = "arm;value;note\nlow;17,5;\nhigh;67;Zürich\n"


def numbers(raw: bytes) -> list[float]:
    table = csv_table(csv_text(raw, "t.csv"), "t.csv")
    return [table.number(row["value"]) for _, row in table.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        SEMICOLONS,
        PLAIN.replace(",", "\t"),
        "sep=;\n" + SEMICOLONS,
        '"sep=;"\n' + SEMICOLONS,
        "sep=,\n" + PLAIN,
        SEMICOLONS + ";;\n;;\n\n",
        "\n" + PLAIN,
        ";;\n;;\n" + SEMICOLONS,
        PLAIN.replace("17.5", '"17,5"'),
        PLAIN.replace("\n", ",,\n"),
    ],
)
def test_what_a_spreadsheet_saves_is_read(text, ends, encoding):
    assert numbers(text.replace("\n", ends).encode(encoding)) == [17.5, 67.0]


def test_western_letters_of_windows_are_read():
    table = csv_table(csv_text(SEMICOLONS.encode("cp1252"), "t.csv"), "t.csv")
    assert table.rows[1][1]["note"] == "Zürich"


def test_lines_are_those_of_the_file():
    table = csv_table("sep=;\narm;value\nlow;1\n\nhigh;2\n", "t.csv")
    assert [line for line, _ in table.rows] == [3, 5]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("arm,value\nlow,1\n", "1,234"),  # quoted in a table of commas: thousands or decimals
        ("arm;value\nlow;1.5\n", "1,234"),  # beside a decimal point
        ("arm;value\nlow;1,5\n", "1.234,5"),
        ("arm;value\nlow;1,5\n", "low"),
    ],
)
def test_what_may_be_two_numbers_is_none(text, cell):
    with pytest.raises(ValueError, match="float"):
        csv_table(text, "t.csv").number(cell)


@pytest.mark.parametrize(
    "text",
    [
        "arm;value\nlow;0,5\nhigh;1.500\n",
        "arm\tvalue\nlow\t0,5\nhigh\t1.500\n",
        "arm;value\nlow;20\nhigh;1.500\n",
    ],
)
def test_a_point_that_may_part_thousands_is_told(text):
    with pytest.raises(CannotRead, match=r"line 3 of t\.csv has 1\.500, which may be 1\.5 or 1500"):
        csv_table(text, "t.csv")


@pytest.mark.parametrize("text", ["a,v\nlow,1.500\n", "a;v\nx;0.5\ny;1.500\n", "a\tv\ny\t1.500\n"])
def test_a_point_is_a_decimal_mark_where_commas_are_none(text):
    table = csv_table(text, "t.csv")
    assert table.number(table.rows[-1][1]["v"]) == 1.5


@pytest.mark.parametrize("cell", ["1\u00a0000,5", "1\u202f000,5"])
def test_spaces_of_a_spreadsheet_part_thousands(cell):
    assert csv_table(f"arm;value\nlow;{cell}\n", "t.csv").number(cell) == 1000.5


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"PK\x03\x04\x14\0\x06\0", "is a workbook or an archive"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not UTF-8 or UTF-16 text"),
        (b"a,b\n1,2,3\n", "line 2 of t.csv has 3 cells, its header 2"),
        (b"a,a\n1,2\n", "the column 'a' twice"),
        (b'a,b\n"1,2\n', "cannot be read as CSV"),
    ],
)
def test_what_is_no_table_is_one_sentence(raw, sentence):
    with pytest.raises(CannotRead, match=sentence):
        csv_table(csv_text(raw, "t.csv"), "t.csv")


def test_files_that_cannot_be_read_are_one_sentence(tmp_path):
    with pytest.raises(CannotRead, match="is a folder"):
        read_csv(tmp_path)
    with pytest.raises(CannotRead, match="There is no file"):
        read_csv(tmp_path / "none.csv")
