"""Quantities of a record in the units of a plan, by UCUM code or by the unit's usual spelling."""

from typing import Any

from endplate.facts.codes import units_named


def _named(quantity: Any, what: str) -> list[Any]:
    code = getattr(quantity, "code", None)
    return units_named(what, code, (getattr(quantity, "unit", None), code))


def value_in(quantity: Any, what: str) -> float | None:
    """Value of a quantity in the plan's unit, None where it has no value or no such unit.

    Parameters
    ----------
    quantity : Quantity
        With value, unit and code as FHIR has them.
    what : str
        mass, in kg; length, in cm; potency, in units; time, in days.

    A code and a unit that disagree are no unit: nobody can tell which of them is wrong.
    """
    value = getattr(quantity, "value", None)
    units = _named(quantity, what)
    if value is None or not units or len({unit.value for unit in units}) > 1:
        return None
    return float(value) * units[0].value


def units_of(quantity: Any) -> float | None:
    """Units of toxin of a quantity, None where it is in anything else or not above zero."""
    dose_u = value_in(quantity, "potency")
    return dose_u if dose_u is not None and dose_u > 0 else None


def quantity_text(quantity: Any) -> str:
    """A quantity as the record has it, to be named in a sentence."""
    value, unit = getattr(quantity, "value", None), getattr(quantity, "unit", None)
    unit = unit or getattr(quantity, "code", None) or "without a unit"
    return f"{'no value' if value is None else f'{float(value):g}'} {unit}"[:60]
