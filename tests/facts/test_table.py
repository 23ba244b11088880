"""The typed reader of the tables: what a field takes from its cell, and what it refuses."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

import pytest

from endplate.errors import FactMissing, FactsError
from endplate.facts import table
from endplate.facts.table import Columns, text_rows, typed_rows

HEADER = "id,words,count,share,day,known,dose,dose_unit,x_mm,y_mm,label"
GOOD = "a,one;two,3,,2026-11-22,yes,20,U,1,2,"


@dataclass(frozen=True)
class Row:
    """A row with a field of every type."""

    id: str
    words: tuple[str, ...]
    count: int
    share: float | None
    day: date
    known: bool
    dose_u: float
    point_mm: Annotated[tuple[float, float], Columns("x_mm", "y_mm")]
    title: Annotated[str, Columns("label")] = "none"


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """Writes one table of one row."""
    monkeypatch.setattr(table, "TABLES", tmp_path)

    def plant(name, line, header=HEADER):
        (tmp_path / f"{name}.csv").write_text(f"{header}\n{line}\n", encoding="utf-8")
        return name

    yield plant
    table._table.cache_clear()
    table._places.cache_clear()
    text_rows.cache_clear()


def test_a_row_is_read_by_the_types_of_its_fields(planted):
    (row,) = typed_rows(Row, planted("good", GOOD))
    day = date(2026, 11, 22)
    assert row == Row("a", ("one", "two"), 3, None, day, True, 20.0, (1.0, 2.0), "none")
    assert typed_rows(Row, "good", id=("a", "b"), count=3) == (row,)
    assert typed_rows(Row, "good", id="b") == ()


@pytest.mark.parametrize(
    ("good", "bad", "column", "allowed"),
    [
        (",3,", ",3.5,", "count", "a whole number"),
        (",3,", ",,", "count", "a whole number"),
        (",3,,", ",3,many,", "share", "a number or empty"),
        (",3,,", ",3,nan,", "share", "a number or empty"),
        ("2026-11-22", "soon", "day", "a date such as 2026-11-22"),
        ("yes", "true", "known", "yes or no"),
        ("20,U", "20,ng", "dose_unit", "'U'"),
        ("U,1,", "U,,", "x_mm", "a number"),
    ],
)
def test_a_fault_names_table_row_column_value_and_what_is_allowed(
    planted, good, bad, column, allowed
):
    name = planted("bad", GOOD.replace(good, bad, 1))
    with pytest.raises(FactsError) as caught:
        typed_rows(Row, name)
    sentence = str(caught.value)
    assert sentence.startswith(f"table 'bad', row 1, column {column!r}: ")
    assert sentence.endswith(f"must be {allowed}")


def test_a_missing_column_or_table_is_named(planted):
    with pytest.raises(FactsError, match="there is no column 'words'"):
        typed_rows(Row, planted("short", "a", "id"))
    with pytest.raises(FactMissing, match="no facts table named 'none'"):
        typed_rows(Row, "none")
