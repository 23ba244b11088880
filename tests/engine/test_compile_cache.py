"""Compiled code on disk: the user's alone, and replaced in silence where it is damaged."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from endplate.engine.compile_cache import CheckedCache, release_when_crowded

RUN = """
import jax
from endplate.engine.compile_cache import use_compile_cache
use_compile_cache()
print(float(jax.jit(lambda x: 3 * x + 1)(2.0)), jax.config.jax_compilation_cache_dir)
"""


CROWDED = """
import jax
import jax.numpy as jnp
from pathlib import Path
from endplate.engine.compile_cache import release_when_crowded

def mapped():
    return len(Path("/proc/self/maps").read_text().splitlines())

functions = [jax.jit(lambda x, n=n: jnp.sin(x) * n + jnp.cumsum(x)) for n in range(40)]

def made():
    for function in functions:
        function(jnp.ones(8))
    return mapped()

first, grown = mapped(), made()
assert grown > first + 50, (first, grown)
assert not release_when_crowded(grown + 100)
for _ in range(3):
    assert release_when_crowded(first)
    assert mapped() < grown - 25, (first, grown, mapped())
    assert made() < grown + 25, (first, grown, mapped())
"""


def run(folder):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN],
        capture_output=True, text=True, check=False,
        env=os.environ | {"ENDPLATE_CACHE": str(folder)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    value, used = done.stdout.split()
    assert value == "7.0"
    return used


def test_a_damaged_entry_is_replaced_in_silence(tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir(0o755)
    used = run(folder)
    entries = {path: path.read_bytes() for path in (folder / "compiled").iterdir()}
    assert entries
    assert used == str(folder / "compiled")
    for number, (path, whole) in enumerate(entries.items()):
        path.write_bytes([b"", whole[: len(whole) // 2], whole[:-1] + b"?"][number % 3])
    run(folder)
    assert {path: path.stat().st_size for path in (folder / "compiled").iterdir()} == {
        path: len(whole) for path, whole in entries.items()
    }
    for one in (folder, folder / "compiled"):
        assert one.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_many_share_is_left_alone(tmp_path):
    tmp_path.chmod(0o1777)
    assert run(tmp_path) == "None"
    assert list(tmp_path.iterdir()) == []
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777


@pytest.mark.parametrize("damaged", [b"", b"short", b"x" * 100])
def test_an_entry_that_does_not_match_its_checksum_is_gone(tmp_path, damaged):
    cache = CheckedCache(tmp_path)
    cache.put("key", b"code")
    assert cache.get("key") == b"code"
    (entry,) = tmp_path.iterdir()
    entry.write_bytes(damaged)
    assert cache.get("key") is None
    assert list(tmp_path.iterdir()) == []
    assert cache.get("none") is None


def test_a_disk_that_takes_nothing_only_costs_time(tmp_path):
    cache = CheckedCache(tmp_path / "gone")
    cache.put("key", b"code")
    assert cache.get("key") is None


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="mappings are counted on Linux")
def test_code_that_is_no_longer_used_goes_before_a_process_may_map_no_more():
    done = subprocess.run(
        [sys.executable, "-c", CROWDED], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_few_mappings_stay():
    assert not release_when_crowded(10**9)
