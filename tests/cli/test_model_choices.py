"""`--model` and `--parameter`: what they run, what the result says of them, what is refused."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "views"))

import sample

from endplate.case import DEMO_PLAN
from endplate.cli.main import main
from endplate.model import Model

PLAN = str(DEMO_PLAN)


def failed(capsys, *arguments: str) -> str:
    """What a command that is used wrongly says."""
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    out, err = capsys.readouterr()
    assert (left.value.code, out) == (2, "")
    return err


@pytest.fixture
def simulated(monkeypatch):
    """Arguments of the last simulation; none is run."""
    given = {}

    def simulate(plan, **arguments):
        given.update(arguments)
        return sample.read(sample.result(stop=False))

    monkeypatch.setattr("endplate.forecast.simulate", simulate)
    return given


def test_a_rival_and_a_value_are_run_and_named_in_the_command(simulated, capsys):
    choices = ["--model", "uptake=lebeda4", "--model", "tissue=none"]
    values = ["--parameter", "persistence_d=40", "--parameter", "potency:forehead_lines=9.5"]
    with pytest.raises(SystemExit) as left:
        main(["simulate", PLAN, *choices, *values, "--json"])
    assert left.value.code == 0
    assert json.loads(capsys.readouterr().out)["plan"]["dose_u"] == 20.0
    assert simulated["model"] == Model(uptake="lebeda4", tissue="none")
    assert simulated["parameters"].value("persistence_d") == pytest.approx(40.0)
    assert simulated["parameters"].value("potency:forehead_lines") == pytest.approx(9.5)
    assert simulated["command"].endswith(
        f" {' '.join([*choices, *values])}".replace("=40", "=40.0")
    )


def test_without_choices_the_default_model_runs_and_the_command_stays_short(simulated):
    with pytest.raises(SystemExit):
        main(["simulate", PLAN])
    assert simulated["model"] == Model()
    assert "--model" not in simulated["command"]
    assert "--parameter" not in simulated["command"]


@pytest.mark.parametrize(
    ("option", "choice", "sentence"),
    [
        ("--model", "uptake=fast", "uptake is 'fast'; allowed hypotheses are clearing,"),
        ("--model", "uptake", "uptake is ''; allowed hypotheses are clearing,"),
        ("--model", "colour=red", "'colour=red' names no step of the model; allowed are spread="),
        ("--parameter", "persistence_d", "--parameter is 'persistence_d'; it must be a name and"),
        ("--parameter", "persistence_d=long", "--parameter is 'persistence_d=long'; it must be"),
        ("--parameter", "persistence_d=nan", "--parameter is 'persistence_d=nan'; it must be"),
        ("--parameter", "=3", "--parameter is '=3'; it must be a name and a number"),
        ("--parameter", "persistence_d=-1", "persistence_d is -1; allowed is a number above 0."),
        ("--parameter", "speed=1", "speed is no parameter; allowed are release_per_d,"),
    ],
)
def test_a_choice_that_cannot_be_run_is_refused_before_the_run(capsys, option, choice, sentence):
    said = failed(capsys, "simulate", PLAN, option, choice)
    assert said.startswith(sentence)
    assert said.count("\n") == 1


def test_validate_refuses_a_wrong_model_and_to_store_a_rival(capsys):
    assert failed(capsys, "validate", "--model", "uptake=fast").startswith("uptake is 'fast';")
    said = failed(capsys, "validate", "--store", "--model", "uptake=none")
    assert said == "--store keeps the default model's figures; it takes no --model.\n"
