"""Pieces of FHIR resources, written and read: extensions, codes, references, quantities.

A record is one resource: its table and number are the resource's id, `recorded_at` is
`meta.lastUpdated`, and what R4 has no element for is an extension of `urn:endplate:`.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from endplate.clinic.store.instant import MILLI
from endplate.facts.codes import record_codes

Json = dict[str, Any]
Row = Mapping[str, Any]

UCUM = "http://unitsofmeasure.org"
UNIT_OF_PRODUCT = "[arb'U]"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"


def urn(name: str) -> str:
    """Address of one of the project's own extensions or code systems.

    Examples
    --------
    >>> urn("recorded-by")
    'urn:endplate:recorded-by'
    """
    return f"urn:endplate:{name}"


def terminology(name: str) -> str:
    """Address of a code system of HL7's terminology."""
    return f"{_TERMINOLOGY}/{name}"


@dataclass(frozen=True)
class Context:
    """Records that the resource of another one needs, by table.

    `superseded` holds the numbers of those that a later one corrects; `product` is what a vial
    holds.
    """

    tables: Mapping[str, Sequence[Row]]
    superseded: Mapping[str, frozenset[int]]
    users: Mapping[str, int]
    product: Mapping[int, str]
    treatments: Mapping[int, Row]
    subjects: Mapping[str, Row]

    def is_superseded(self, table: str, row: Row) -> bool:
        """Whether a later record corrects this one."""
        return row["id"] in self.superseded[table]

    def user(self, name: str) -> Json:
        """Reference to the user of a name."""
        named: Json = {"identifier": {"system": urn("user"), "value": name}}
        number = self.users.get(name)
        return named if number is None else {"reference": f"Practitioner/users-{number}", **named}


def without_nothing(values: Mapping[str, Any]) -> Json:
    """Elements that hold something: FHIR has no empty ones."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def record_id(table: str, number: int) -> str:
    """Id of the resource of a record.

    Examples
    --------
    >>> record_id("treatment_sites", 7)
    'treatment-sites-7'
    """
    return f"{table.replace('_', '-')}-{number}"


def record_of(resource_id: str) -> tuple[str, int]:
    """Table and number of a record by its resource's id.

    Examples
    --------
    >>> record_of("treatment-sites-7")
    ('treatment_sites', 7)
    """
    table, _, number = resource_id.rpartition("-")
    return table.replace("-", "_"), int(number)


def resource(kind: str, table: str, row: Row, more: Sequence[Json] = (), **elements: Any) -> Json:
    """Resource of a record, with who recorded it when, and which one it corrects.

    Parameters
    ----------
    kind : str
        Type of the resource.
    table : str
        Table of the record.
    row : mapping
        The record.
    more : sequence of dict
        Further extensions.
    **elements : object
        Elements of the resource; empty ones are left out.
    """
    return without_nothing(
        {
            "resourceType": kind,
            "id": record_id(table, row["id"]),
            "meta": {"lastUpdated": row["recorded_at"]},
            "extension": [*_of_record(kind, table, row), *more],
            **elements,
        }
    )


def _of_record(kind: str, table: str, row: Row) -> list[Json]:
    corrected = row.get("supersedes")
    return [
        extension("recorded-by", "String", row["recorded_by"]),
        *optional("supersedes", "Reference", reference(kind, table, corrected)),
    ]


def common(found: Json) -> Json:
    """What every record has, read from its resource."""
    corrected = extended(found, "supersedes")
    return {
        "id": record_of(found["id"])[1],
        "recorded_at": found["meta"]["lastUpdated"],
        "recorded_by": extended(found, "recorded-by"),
        "supersedes": None if corrected is None else number_of(corrected),
    }


def extension(name: str, kind: str, value: Any) -> Json:
    """An extension of one value, such as `valueString`."""
    return {"url": urn(name), f"value{kind}": value}


def optional(name: str, kind: str, value: Any) -> list[Json]:
    """An extension where there is a value, else none."""
    return [] if value in (None, "", {}) else [extension(name, kind, value)]


def extended(found: Json, name: str) -> Any:
    """Value of an extension, None where there is none."""
    for one in found.get("extension", ()):
        if one["url"] == urn(name):
            return next(value for key, value in one.items() if key.startswith("value"))
    return None


def reference(kind: str, table: str, number: int | None) -> Json:
    """Reference to a record; empty where there is none."""
    return {} if number is None else {"reference": f"{kind}/{record_id(table, number)}"}


def number_of(found: Json) -> int:
    """Number of the record that a reference names."""
    return record_of(found["reference"].rpartition("/")[2])[1]


def optional_number(found: Json | None) -> int | None:
    """Number of the record that a reference names, None where there is none."""
    return None if found is None else number_of(found)


def patient(subject_id: str) -> Json:
    """Reference to a person."""
    return {"reference": f"Patient/{subject_id}"}


def subject_of(found: Json) -> str:
    """The word by which records know the person whom a reference names."""
    return found["reference"].removeprefix("Patient/")


def user_of(found: Json) -> str:
    """Name of the user whom a reference names."""
    return found["identifier"]["value"]


def concept(kind: str, word: str, text: str | None = None) -> Json:
    """A word of the project as a concept: its own code, and those of public systems.

    A code that no second source confirmed says so.
    """
    codings: list[Json] = [{"system": urn(kind), "code": word, "display": word.replace("_", " ")}]
    for row in _public_codes(kind, word):
        coding: Json = {"system": row.address, "code": row.code, "display": row.display}
        if not row.verified:
            coding["extension"] = [extension("verified", "Boolean", False)]
        codings.append(coding)
    return {"coding": codings, "text": text or word.replace("_", " ")}


@cache
def _public_codes(kind: str, word: str) -> tuple[Any, ...]:
    return record_codes(kind, word)


def coded(system: str, code: str, display: str | None = None) -> Json:
    """A concept of one code."""
    return {"coding": [without_nothing({"system": system, "code": code, "display": display})]}


def word_of(found: Json, kind: str) -> str:
    """The project's word in a concept."""
    return next(one["code"] for one in found["coding"] if one["system"] == urn(kind))


def quantity(value: float, unit: str, code: str | None = None) -> Json:
    """A quantity in a unit of UCUM."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code or unit}


def potency(thousandths: int, product: str) -> Json:
    """Units of a product: an arbitrary unit of UCUM, which is that of this product alone."""
    plain = {"value": thousandths / MILLI, "unit": f"U of {product}"}
    bound = [extension("unit-of-product", "Code", product)]
    return {"extension": bound, **plain, "system": UCUM, "code": UNIT_OF_PRODUCT}


def thousandths_of(found: Json) -> int:
    """Whole thousandths of a quantity."""
    return round(found["value"] * MILLI)


def attachment(media_type: str, content: bytes, **more: Any) -> Json:
    """An attachment with its content."""
    return {"contentType": media_type, "data": b64encode(content).decode(), **more}


def content_of(found: Json) -> bytes:
    """Content of an attachment."""
    return b64decode(found["data"], validate=True)


def day_of(text: str | None) -> date | None:
    """A day, None where none is told."""
    return None if text is None else date.fromisoformat(text)
