"""The examples of the docs run, and every public name has a docstring that says all."""

import ast
import inspect
import re
import shutil

import pytest

import endplate
import endplate.testing
from endplate import DEMO_PLAN
from test_docstrings import parameters

SLOW = "# takes "


def public():
    """Every public function and class by its name."""
    names = {name: getattr(endplate, name) for name in endplate.__all__}
    for name in ("check_hypothesis", "faults_of"):
        names[f"testing.{name}"] = getattr(endplate.testing, name)
    return {n: one for n, one in names.items() if callable(one)}


# Methods that the docs tell of, with the classes they belong to.
METHODS = {
    "Plan": ("load", "from_dict"),
    "Trial": ("from_dict", "example"),
    "Model": ("parse",),
    "Parameters": ("replace", "draws"),
    "Result": ("to_polars", "to_pandas", "to_xarray"),
}


def documented():
    found = public()
    for name, methods in METHODS.items():
        found |= {f"{name}.{method}": getattr(found[name], method) for method in methods}
    return found


@pytest.mark.parametrize("name", documented())
def test_a_public_name_says_all(name):
    one = documented()[name]
    doc = inspect.getdoc(one)
    if inspect.isclass(one) and issubclass(one, Exception):
        return
    assert "Examples\n--------\n>>> " in doc
    if name == "Result":  # made by simulate alone
        return
    given = [n for n in inspect.signature(one).parameters if n not in ("self", "cls")]
    told = {word for word, _ in parameters(doc)} if given else set()
    assert {*given} - told == set()
    if name != "Result.to_xarray":
        assert "Raises\n------" in doc


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
