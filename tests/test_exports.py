"""What a room or the package says it gives out can be had."""

import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import endplate

SOURCE = Path(endplate.__file__).parent
ROOMS = sorted(f"endplate.{path.parent.name}" for path in SOURCE.glob("*/__init__.py"))


@pytest.mark.parametrize("name", endplate.__all__)
def test_public_names_load(name):
    assert getattr(endplate, name) is not None


def test_an_unknown_name_says_so():
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        _ = endplate.simulat


@pytest.mark.parametrize("room", ROOMS)
def test_room_exports_load(room):
    module = import_module(room)
    names = getattr(module, "__all__", [])
    assert list(names) == sorted(set(names))
    assert [name for name in names if not hasattr(module, name)] == []


def test_every_module_imports():
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        if parts[-1] != "__main__":
            import_module(".".join(parts).removesuffix(".__init__"))


def test_scripts_load(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    for target in project["scripts"].values():
        module, _, name = target.partition(":")
        assert callable(getattr(import_module(module), name))


def test_version_is_in_one_voice(root):
    citation = (root / "CITATION.cff").read_text()
    assert f"\nversion: {endplate.__version__}\n" in citation
