"""Public functions say what they do, and the unit in a name is the unit in its docstring."""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "endplate"

# Longest ending first: `rate_per_d` is a rate, not a time.
UNITS = {
    "_per_mm": "1/mm",
    "_per_d": "1/d",
    "_percent": "%",
    "_mm2": "mm2",
    "_mm3": "mm3",
    "_mm": "mm",
    "_cm": "cm",
    "_ml": "mL",
    "_kg": "kg",
    "_min": "min",
    "_d": "d",
    "_y": "y",
    "_u": "U",
}
ENTRY = re.compile(r"^(?P<names>\*{0,2}\w+(?:, \*{0,2}\w+)*) : (?P<type>.+)$")


def unit_of(name: str) -> str | None:
    """Unit that a name ends in, None where it names none."""
    return next((unit for ending, unit in UNITS.items() if name.endswith(ending)), None)


def parameters(doc: str) -> list[tuple[str, str]]:
    """Name and type line of each entry of the Parameters section."""
    lines = doc.splitlines()
    if "Parameters" not in lines:
        return []
    start = lines.index("Parameters") + 2
    found = []
    for at in range(start, len(lines)):
        if at + 1 < len(lines) and re.fullmatch(r"-{3,}", lines[at + 1]):
            break
        if match := ENTRY.match(lines[at]):
            found += [(name.strip("* "), match["type"]) for name in match["names"].split(",")]
    return found


def faults(tree: ast.AST) -> list[str]:
    """What is wrong with the docstrings of a module's functions."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        doc = ast.get_docstring(node)
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        every += [extra for extra in (node.args.vararg, node.args.kwarg) if extra]
        known = {argument.arg for argument in every}
        for name, kind in parameters(doc or ""):
            if name not in known:
                found.append(f"{node.name}: documents {name}, which it does not take")
            unit = unit_of(name)
            bracket = re.match(r"\[(?P<unit>[^\]]+)\]", kind)
            if unit and not (bracket and bracket["unit"] == unit):
                found.append(f"{node.name}: {name} is in {unit}, its docstring says {kind!r}")
    return found


def undocumented(tree: ast.Module) -> list[str]:
    """Public functions, classes and methods without a docstring, the module included."""
    found = [] if ast.get_docstring(tree) else ["the module"]
    inside = [(tree, "")]
    while inside:
        parent, path = inside.pop()
        for node in ast.iter_child_nodes(parent):
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            overrides = any("override" in ast.unparse(one) for one in node.decorator_list)
            if not ast.get_docstring(node) and not overrides:
                found.append(path + node.name)
            if isinstance(node, ast.ClassDef):
                inside.append((node, f"{path}{node.name}."))
    return found


MODULES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_docstrings(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert faults(tree) == []
    assert undocumented(tree) == []


def planted(kind: str, name: str = "half_life_d") -> ast.Module:
    """A module with one function whose one parameter is documented as `kind`."""
    doc = f'"""Do.\n\n    Parameters\n    ----------\n    {name} : {kind}\n        It.\n    """'
    return ast.parse(f"def do(half_life_d):\n    {doc}\n")


@pytest.mark.parametrize(
    ("kind", "right"),
    [("[d], > 0", True), ("[h], > 0", False), ("float", False), ("[1/d]", False)],
)
def test_a_wrong_unit_is_caught(kind, right):
    assert (faults(planted(kind)) == []) is right


def test_an_unknown_parameter_is_caught():
    assert faults(planted("[d]", name="age_y"))


def test_a_missing_docstring_is_caught():
    tree = ast.parse("class Thing:\n    'A thing.'\n    def do(self): ...\n")
    assert undocumented(tree) == ["the module", "Thing.do"]
