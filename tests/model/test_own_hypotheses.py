"""Hypotheses of other packages: found by name, refused in a sentence, checked by their authors."""

import sys
from itertools import count

import jax.numpy as jnp
import pytest

from endplate.errors import EndplateError, HypothesisFaults
from endplate.model import HYPOTHESES, AbstractSpread, AbstractTissue, AbstractTransmission, Model
from endplate.model.hypotheses import BASES, hypothesis_class, known_names
from endplate.model.tissue import Atrophy
from endplate.model.uptake import Clearing
from endplate.testing import check_hypothesis, faults_of

NUMBERS = count()
SOURCE = '''
from endplate.model import AbstractTissue, AbstractTransmission
from endplate.model.uptake import Clearing


class Threshold(AbstractTransmission):
    """A junction works in proportion to its intact SNAP-25, above a fifth of it."""

    def working_fraction(self, intact, time_d, fatigue=0.0):
        return ((intact - 0.2) / 0.8).clip(0.0, 1.0)


class Slow(Clearing):
    """As the default one, released from the bulk at half the rate."""

    @classmethod
    def of(cls, kinetics):
        return super().of(kinetics._replace(release_per_d=0.5 * kinetics.release_per_d))


class Weaker(AbstractTissue):
    """No muscle thins, and force goes with the square of what works."""

    def section_lost(self, working_fraction, time_d, start=None):
        return 0.0 * working_fraction

    def force_fraction(self, working_fraction, section_lost):
        return working_fraction**2


class Nothing:
    pass
'''


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package with entry points, as pip leaves it; the name of its module."""
    module = f"own_hypotheses_{next(NUMBERS)}"
    (tmp_path / f"{module}.py").write_text(SOURCE, encoding="utf-8")
    about = tmp_path / f"{module}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    points = {"threshold": "Threshold", "slow": "Slow", "weaker": "Weaker"}
    points |= {"nothing": "Nothing", "gone": "Gone"}
    lines = [f"{name} = {module}:{found}" for name, found in points.items()]
    (about / "entry_points.txt").write_text("\n".join(["[endplate.hypotheses]", *lines]) + "\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield module
    sys.modules.pop(module, None)


def test_an_installed_hypothesis_is_taken_by_name(installed):
    model = Model.parse(["transmission=threshold", "uptake=slow", "tissue=weaker"])
    assert model.choices() == ("uptake=slow", "transmission=threshold", "tissue=weaker")
    assert hypothesis_class("transmission", "threshold").__module__ == installed
    assert not model.closed_form
    assert Model(uptake="slow").closed_form  # as the class that it is one of


def test_those_of_a_step_are_listed_and_broken_ones_are_not(installed):
    assert known_names("uptake") == (*HYPOTHESES["uptake"], "slow")
    assert known_names("tissue") == (*HYPOTHESES["tissue"], "weaker")


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ("uptake=fast", "uptake is 'fast'; allowed hypotheses are .*none, slow"),
        ("uptake=threshold", "Threshold is no AbstractUptake"),
        ("uptake=nothing", "Nothing is no AbstractUptake"),
        ("uptake=gone", r"gone \(.*:Gone\) cannot be loaded: AttributeError"),
        ("tissue=slow", "Slow is no AbstractTissue; allowed hypotheses are atrophy, none"),
    ],
)
def test_what_cannot_be_used_is_told(installed, choice, sentence):
    with pytest.raises(EndplateError, match=sentence):
        Model.parse([choice])


def test_the_command_line_takes_it(installed, monkeypatch):
    from endplate.case import DEMO_PLAN
    from endplate.cli.main import main

    class Ran(Exception):
        pass

    def simulate(plan, **arguments):
        raise Ran(arguments["model"].choices(), arguments["command"])

    monkeypatch.setattr("endplate.forecast.simulate", simulate)
    with pytest.raises(Ran) as ran:
        main(["simulate", str(DEMO_PLAN), "--model", "uptake=slow"])
    choices, command = ran.value.args
    assert choices == ("uptake=slow",)
    assert command.endswith("--model uptake=slow")


@pytest.mark.parametrize(
    ("step", "name"), [(step, name) for step in BASES for name in HYPOTHESES[step]]
)
def test_shipped_hypotheses_keep_what_every_one_must(step, name):
    assert faults_of(name, step) == ()


class Tenfold(Clearing):
    """Makes ten of one."""

    def light_chain(self, time_d):
        return 10.0 * super().light_chain(time_d)


class Negative(AbstractTransmission):
    """Less than nothing works."""

    def working_fraction(self, intact, time_d, fatigue=0.0):
        return 1.2 * intact - 0.2


class Shrinking(AbstractSpread):
    """A larger volume lies closer together."""

    def sd_mm(self, volume_ml):
        return 1.0 / volume_ml, 1.0


class Brittle(AbstractTissue):
    """Loses a tenth of what works at once, glands and all, and forgets it."""

    def section_lost(self, working_fraction, time_d, start=None):
        return 0.1 + 0.0 * working_fraction


class Forgetful(Atrophy):
    """Begins anew with each treatment."""

    def section_lost(self, working_fraction, time_d, start=None):
        return super().section_lost(working_fraction, time_d)


class Overstrong(AbstractTissue):
    """The less works, the stronger."""

    def section_lost(self, working_fraction, time_d, start=None):
        return 0.0 * working_fraction

    def force_fraction(self, working_fraction, section_lost):
        return 2.0 - working_fraction


class Doubled(AbstractTissue):
    """Takes a rate of double precision as it is."""

    def __init__(self, rate_per_d):
        self.rate_per_d = rate_per_d

    @classmethod
    def of(cls, kinetics):
        return cls(kinetics.renewal_per_d)

    def section_lost(self, working_fraction, time_d, start=None):
        return 0.0 * working_fraction * self.rate_per_d


class Failing(AbstractTransmission):
    """Fails."""

    def working_fraction(self, intact, time_d, fatigue=0.0):
        return jnp.ones(3) + jnp.ones(4)


@pytest.mark.parametrize(
    ("hypothesis", "sentence"),
    [
        (Tenfold, r"light chain and what is outside are [2-9]\.\d+ of the dose"),
        (Tenfold, "light_chain_area_d is not the area"),
        (Tenfold, "the sum of light_chain_terms is not light_chain"),
        (Negative, "a share of working junctions is -0.2"),
        (Shrinking, "the cloud of a larger volume is smaller"),
        (Brittle, "a muscle that works does not stay whole"),
        (Brittle, "a tissue whose most_lost is 0 loses some"),
        (Forgetful, "what is lost does not go on from start"),
        (Doubled, "in single precision it gives float64; cast the rates it takes"),
        (Overstrong, "a share of force is 1 or 2"),
        (Overstrong, "a muscle that works less has more force"),
        (Failing, "it fails with TypeError"),
    ],
)
def test_a_planted_fault_is_found(hypothesis, sentence):
    with pytest.raises(HypothesisFaults, match=sentence):
        check_hypothesis(hypothesis)


@pytest.mark.parametrize("what", [None, 5, "none", "", int, [], "fast"])
def test_what_is_no_hypothesis_is_refused(what):
    with pytest.raises(EndplateError):
        check_hypothesis(what)
