"""Quantities of a record in the units of a plan."""

from types import SimpleNamespace

import pytest

from endplate.fhir.quantity import units_of, value_in


def quantity(value, unit=None, code=None):
    return SimpleNamespace(value=value, unit=unit, code=code)


@pytest.mark.parametrize(
    ("value", "unit", "code", "what", "expected"),
    [
        (33, "lb", "[lb_av]", "mass", 14.96854821),
        (33, None, "[lb_av]", "mass", 14.96854821),
        (33, "lbs", None, "mass", 14.96854821),
        (14968.5, "g", "g", "mass", 14.9685),
        (560, "oz", "[oz_av]", "mass", 15.87573295),
        (64, "kg", "kg", "mass", 64.0),
        (64, "Kg", None, "mass", 64.0),
        (10, "st", "[stone_av]", "mass", 63.5029318),
        (50, "in", "[in_i]", "length", 127.0),
        (1.27, "m", "m", "length", 127.0),
        (127, "cm", "cm", "length", 127.0),
        (1270, "mm", "mm", "length", 127.0),
        (5.5, "ft", "[ft_i]", "length", 167.64),
        (8, "weeks", "wk", "time", 56.0),
    ],
)
def test_masses_lengths_and_times_are_converted(value, unit, code, what, expected):
    # Exact factors of UCUM: only the rounding of floats lies between.
    assert value_in(quantity(value, unit, code), what) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "unit", "code", "what"),
    [
        (33, "kg", "[lb_av]", "mass"),  # one of the two is wrong
        (33, None, None, "mass"),
        (33, "cm", "cm", "mass"),
        (33, "grain", "[gr]", "mass"),
        (None, "kg", "kg", "mass"),
    ],
)
def test_what_cannot_be_told_is_no_value(value, unit, code, what):
    assert value_in(quantity(value, unit, code), what) is None


@pytest.mark.parametrize(
    ("unit", "code"),
    [("U", None), ("units", "[U]"), ("Units", None), (None, "[arb'U]"), ("Allergan units", None)],
)
def test_units_of_toxin_have_many_spellings(unit, code):
    assert units_of(quantity(100, unit, code)) == 100.0


@pytest.mark.parametrize("unit", ["mL", "ng", "U/kg", "vial", ""])
def test_what_is_no_unit_of_toxin_is_none(unit):
    assert units_of(quantity(100, unit)) is None
