"""Turns the rows of a table into records: text, numbers and yes or no, by the types of a class."""

from dataclasses import fields
from typing import Any, TypeVar

from endplate.errors import FactAmbiguous
from endplate.facts.store import table

Record = TypeVar("Record")


def records(cls: type[Record], name: str) -> tuple[Record, ...]:
    """Rows of one table as records of a class whose fields are columns.

    A field `limit_u` may be filled from a column `limit`: the column's unit then stands beside it,
    in a column `limit_unit` or `unit`, and must be the one that the field's name ends in.

    Raises
    ------
    FactAmbiguous
        A row gives a figure in another unit than the field's name says.
    """
    return tuple(
        cls(**{field.name: _value(field, row, name) for field in fields(cls)})  # type: ignore[arg-type]
        for row in table(name)
    )


UNITS = {"u": "U", "ml": "mL", "h": "h", "d": "d"}


def _value(field: Any, row: Any, name: str) -> Any:
    column, _, suffix = field.name.rpartition("_")
    text = row.get(field.name)
    if text is None:
        unit = row.get(f"{column}_unit", row.get("unit"))
        text = row[column]
        if text and unit != UNITS[suffix]:
            raise FactAmbiguous(f"{name} gives {column} in {unit}, not in {UNITS[suffix]}")
    if field.type is bool:
        return text == "yes"
    if field.type in (int, float):
        return field.type(text)
    if field.type == float | None:
        return float(text) if text else None
    return text
