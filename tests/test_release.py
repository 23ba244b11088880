"""A release is what it says: its files are whole, and the wheel works by itself."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # an environment of its own, and a forecast without compiled code
# Only what the wheel brings: neither the checkout nor its compiled code.
CLEAN = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


@pytest.fixture(scope="module")
def release(root, tmp_path_factory):
    pytest.importorskip("cyclonedx_py")
    out = tmp_path_factory.mktemp("release") / "dist"
    command = [sys.executable, "scripts/release.py", "--out", out]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, env=CLEAN)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def bare(release, root, tmp_path_factory):
    """Programs of an environment that holds the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    uv = Path(sys.executable).parent / "uv"
    (wheel,) = release.glob("*.whl")
    python = folder / "bin" / "python"
    for words in (
        ["venv", "--python", sys.executable, folder],
        ["pip", "install", "--python", python, "-c", root / "requirements-dev.lock", wheel],
    ):
        done = subprocess.run([uv, *words], capture_output=True, text=True, check=False, env=CLEAN)
        assert done.returncode == 0, done.stderr
    return folder / "bin"


def test_checksums_are_those_of_every_file(release):
    lines = (release / "SHA256SUMS").read_text().splitlines()
    named = dict(reversed(line.split("  ")) for line in lines)
    assert {path.suffix for path in map(Path, named)} == {".whl", ".gz", ".json"}
    assert set(named) == {path.name for path in release.iterdir()} - {"SHA256SUMS"}
    for name, digest in named.items():
        assert hashlib.sha256((release / name).read_bytes()).hexdigest() == digest


def test_the_bill_of_materials_is_valid_and_names_what_the_wheel_needs(release, bare):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    (path,) = release.glob("*.cdx.json")
    text = path.read_text()
    bill = json.loads(text)
    assert (
        JsonStrictValidator(SchemaVersion.from_version(bill["specVersion"])).validate_str(text)
        is None
    )
    assert bill["metadata"]["component"]["name"] == "endplate"
    named = {(part["name"], part["version"]) for part in bill["components"]}
    program = (
        "from importlib.metadata import distributions as d;"
        "print(*(f'{x.name} {x.version}' for x in d()), sep=chr(10))"
    )
    found = subprocess.run(
        [bare / "python", "-I", "-c", program], capture_output=True, text=True, check=True
    )
    installed = {tuple(line.split(" ")) for line in found.stdout.splitlines()}
    (own,) = (one for one in installed if one[0] == "endplate")
    assert named == installed - {own}


def test_wheel_and_archive_hold_what_they_should(release, root):
    (wheel,), (archive,) = release.glob("*.whl"), release.glob("*.tar.gz")
    inside = set(zipfile.ZipFile(wheel).namelist())
    tables = {path.name for path in (root / "src/endplate/facts/tables").iterdir()}
    assert {Path(name).name for name in inside if "/facts/tables/" in name} == tables
    assert not [name for name in inside if name.split("/")[0] in ("tests", "docs", "scripts")]
    with tarfile.open(archive) as packed:
        names = {name.split("/", 1)[1] for name in packed.getnames() if "/" in name}
    assert {"README.md", "LICENSE", "CITATION.cff", "docs/model.md", "tests/conftest.py"} <= names
    assert not [name for name in names if name.startswith((".git/", "build/", "dist/", ".venv"))]


def test_the_demo_runs_from_the_wheel_in_an_empty_folder(bare, tmp_path):
    where = subprocess.run(
        [bare / "python", "-c", "import endplate; print(endplate.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=True, env=CLEAN,
    )  # fmt: skip
    assert where.stdout.startswith(str(bare.parent))
    done = subprocess.run(
        [bare / "endplate", "demo"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=CLEAN,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "20 U" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert "<svg" in (tmp_path / "report.html").read_text(encoding="utf-8")
