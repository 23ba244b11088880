"""The examples of the docs run, and every public name has a docstring that says all."""

import ast
import inspect
import re
import shutil

import pytest

import endplate
import endplate.testing
from endplate import DEMO_PLAN
from endplate.results.plots import ResultPlots
from test_docstrings import parameters

SLOW = "# takes "


def public():
    """Every public function and class by its name."""
    names = {name: getattr(endplate, name) for name in endplate.__all__}
    for name in ("check_hypothesis", "faults_of"):
        names[f"testing.{name}"] = getattr(endplate.testing, name)
    return {n: one for n, one in names.items() if callable(one)}


OF_THE_ENGINE = {"Model.uptake_of", "Model.transmission_of", "Model.tissue_of"}
"""Methods that the engine calls with its own rates."""
NEVER_FAILS = {
    "Model.choices",
    "Parameters.stored",
    "Parameters.values",
    "Plan.as_dict",
    "Plan.dumps",
    "Result.as_dict",
    "Result.as_json",
    "Result.working_series",
    "Trial.as_dict",
}
"""What takes nothing that could be wrong."""


def documented():
    """Every public function, class and method; made by `simulate` alone, `Result` tells no more."""
    found = {name: one for name, one in public().items() if name != "Result"}
    for name, of in public().items():
        if inspect.isclass(of) and not issubclass(of, Exception):
            methods = {f"{name}.{own}": getattr(of, own) for own in vars(of) if own[0] != "_"}
            found |= {
                n: m for n, m in methods.items() if inspect.isfunction(m) or inspect.ismethod(m)
            }
    plots = ("timeline", "outcomes", "chart")
    found |= {f"Result.plot.{name}": getattr(ResultPlots, name) for name in plots}
    return {n: one for n, one in found.items() if n not in OF_THE_ENGINE}


@pytest.mark.parametrize("name", documented())
def test_a_public_name_says_all(name):
    one = documented()[name]
    doc = inspect.getdoc(one)
    if inspect.isclass(one) and issubclass(one, Exception):
        return
    assert "Examples\n--------\n>>> " in doc
    given = [n for n in inspect.signature(one).parameters if n not in ("self", "cls")]
    told = {word for word, _ in parameters(doc)} if given else set()
    assert {*given} - told == set()
    assert ("Raises\n------" in doc) is (name not in NEVER_FAILS)


def blocks(root, page):
    text = (root / page).read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("page", ["docs/python-api.md", "README.md"])
def test_the_examples_of_a_page_run(root, page, tmp_path, monkeypatch, capsys):
    found = blocks(root, page)
    assert found
    monkeypatch.chdir(tmp_path)
    shutil.copy(DEMO_PLAN, "plan.toml")
    names = {}
    for block in found:
        if block.startswith(SLOW):
            ast.parse(block)
        else:
            exec(compile(block, page, "exec"), names)
    assert capsys.readouterr().out


def test_the_page_names_every_public_name(root):
    text = (root / "docs/python-api.md").read_text(encoding="utf-8")
    missing = [
        name
        for name in endplate.__all__
        if name != "__version__" and not re.search(rf"\b{name}\b", text)
    ]
    assert missing == []


def test_a_repr_is_short():
    saved = {
        "provenance": {"people": 2000, "seed": 1, "days": 365},
        "plan": {"product": "Botox", "indications": ["<b>"], "dose_u": 20.0},
    }
    result = endplate.Result.from_dict(saved)
    assert len(repr(result)) < 400
    assert "&lt;b&gt;" in result._repr_html_()
