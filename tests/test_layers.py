"""The rooms stand as drawn: imports run downward, and quick things stay quick."""

import subprocess
import sys

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
    package = tmp_path / "planted"
    for room in ("facts", "body"):
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "facts" / "__init__.py").write_text("import planted.body\n")
    config = (root / "pyproject.toml").read_text()
    layers = config[config.index("[tool.importlinter]") :].split("[[tool.importlinter.contracts]]")
    planted = layers[0] + "[[tool.importlinter.contracts]]" + layers[1]
    for room in ("cli", "web", "clinic", "report", "learn", "people", "safety", "case", "errors"):
        (package / room).mkdir()
        (package / room / "__init__.py").write_text("")
    (tmp_path / "pyproject.toml").write_text(planted.replace('"endplate"', '"planted"'))
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stderr
    assert "planted.facts -> planted.body" in done.stdout
