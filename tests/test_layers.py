"""The packages stand as drawn: imports run downward, and quick things stay quick."""

import re
import subprocess
import sys
import tomllib

import pytest

HEAVY = ("jax", "numpy", "scipy", "matplotlib", "numpyro", "jinja2")


def lint_imports(where) -> subprocess.CompletedProcess[str]:
    """A process of its own: in ours, the linter would silence every logger there is."""
    code = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=where, capture_output=True, text=True)


def test_imports_run_downward(root):
    done = lint_imports(root)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("room", ["endplate", "endplate.case", "endplate.safety", "endplate.facts"])
def test_quick_rooms_never_load_the_simulator(room):
    code = f"import {room}, sys; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_planted_upward_import_is_caught(tmp_path, root):
    text = (root / "pyproject.toml").read_text()
    contract = tomllib.loads(text)["tool"]["importlinter"]["contracts"][0]
    packages = [name for layer in contract["layers"] for name in re.split(r" [|:] ", layer)]
    package = tmp_path / "planted"
    for name in packages:
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "facts" / "__init__.py").write_text("import planted.model\n")
    tables = text[text.index("[tool.importlinter]") :].split("[[tool.importlinter.contracts]]")
    planted = tables[0] + "[[tool.importlinter.contracts]]" + tables[1]
    (tmp_path / "pyproject.toml").write_text(planted.replace('"endplate"', '"planted"'))
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stderr
    assert "planted.facts -> planted.model" in done.stdout
