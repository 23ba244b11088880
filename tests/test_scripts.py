"""What make calls is there, can be run, and is sound shell."""

import os
import re
import subprocess

import pytest

SHELL = (
    "install",
    "lint",
    "check",
    "browser",
    "pango",
    "postgres",
    "fhir-judges",
    "test",
    "test-slow",
    "test-lowest",
    "demo",
    "app",
    "docs",
    "lock",
    "bench",
    "qualification",
    "release",
)


def test_make_calls_scripts_that_exist(root):
    called = re.findall(r"^\t@scripts/([\w-]+)", (root / "Makefile").read_text(), re.MULTILINE)
    assert called
    assert [name for name in called if not os.access(root / "scripts" / name, os.X_OK)] == []


def test_files_said_to_take_longest_are_there_and_come_first(root, request):
    config = request.config.pluginmanager.get_plugin(str(root / "tests" / "conftest.py"))
    assert config is not None
    assert [name for name in config.LONGEST if not (root / "tests" / name).is_file()] == []
    places = [
        config.LONGEST.index(name) if name in config.LONGEST else len(config.LONGEST)
        for item in request.session.items
        if (name := item.path.relative_to(root).as_posix().removeprefix("tests/"))
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("name", SHELL)
def test_script_is_sound_shell(root, name):
    done = subprocess.run(
        ["sh", "-n", f"scripts/{name}"], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unknown_environment_is_refused_in_one_sentence(root):
    if not (root / ".venv" / "bin" / "python").exists():
        pytest.skip("not run from the environment that make test makes")
    done = subprocess.run(
        ["scripts/install", "nonsense"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
