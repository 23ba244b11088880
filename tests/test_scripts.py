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
