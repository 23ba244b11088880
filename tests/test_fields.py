"""A described field says what it is, in which unit, and from where; the unit is in its name."""

import dataclasses
import inspect
import pkgutil
from importlib import import_module

import endplate
from endplate.facts.table import NO_COLUMN

UNITS = {
    "_per_d": "1/d",
    "_percent": "%",
    "_mm": "mm",
    "_cm": "cm",
    "_ml": "mL",
    "_kg": "kg",
    "_d": "d",
    "_y": "y",
    "_u": "U",
}


def described_fields():
    """Every dataclass field of the package that carries metadata about what it shows."""
    for found in pkgutil.walk_packages(endplate.__path__, "endplate."):
        if found.name.endswith("__main__"):
            continue
        for _, one in inspect.getmembers(import_module(found.name), dataclasses.is_dataclass):
            if inspect.isclass(one) and one.__module__ == found.name:
                for field in dataclasses.fields(one):
                    if field.metadata and field.metadata != NO_COLUMN:
                        yield f"{one.__qualname__}.{field.name}", field


def faults(name, field):
    """What a field lacks: every one needs help, one of a record a source and the right unit too."""
    about = field.metadata
    found = [] if about.get("help") else [f"{name}: no help"]
    if set(about) <= {"help"}:  # a field of a page: it shows what others have computed
        return found
    wanted = next((unit for end, unit in UNITS.items() if field.name.endswith(end)), "")
    if not about.get("source"):
        found.append(f"{name}: no source")
    if about.get("unit", "") != wanted:
        found.append(f"{name}: unit {about.get('unit')!r}, its name says {wanted!r}")
    return found


def test_described_fields_are_whole():
    every = list(described_fields())
    assert every
    assert [fault for name, field in every for fault in faults(name, field)] == []


def test_a_wrong_unit_and_a_missing_help_are_caught():
    @dataclasses.dataclass
    class Planted:
        dose_u: float = dataclasses.field(metadata={"unit": "mL", "source": "entered"})

    (field,) = dataclasses.fields(Planted)
    assert faults("Planted.dose_u", field) == [
        "Planted.dose_u: no help",
        "Planted.dose_u: unit 'mL', its name says 'U'",
    ]
