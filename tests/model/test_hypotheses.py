"""No hypothesis escapes the tests that all hypotheses of its step must pass."""

import importlib
import pkgutil

import pytest

import model_cases
from endplate.model import spread, transmission, uptake

STEPS = {
    "uptake": (uptake, uptake.AbstractUptake, model_cases.UPTAKES),
    "transmission": (transmission, transmission.AbstractTransmission, model_cases.TRANSMISSIONS),
    "spread": (spread, spread.AbstractSpread, model_cases.SPREADS),
}


def concrete(room, base):
    """Concrete subclasses of `base` in every module of a room."""
    found = set()
    for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, base):
                found.add(thing)
    return {one for one in found if not getattr(one, "__abstractmethods__", None)}


@pytest.mark.parametrize("step", STEPS)
def test_each_hypothesis_stands_in_the_suite(step):
    room, base, cases = STEPS[step]
    assert concrete(room, base) == {type(case) for case in cases.values()}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_has_a_null_hypothesis(step):
    room, base, _ = STEPS[step]
    assert any(one.__module__ == f"{room.__name__}.none" for one in concrete(room, base))


@pytest.mark.parametrize("step", STEPS)
def test_an_abstract_hypothesis_cannot_be_made(step):
    _, base, _ = STEPS[step]
    with pytest.raises(TypeError, match="abstract"):
        base()
