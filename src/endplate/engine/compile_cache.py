"""Keeps compiled code: on disk between runs, so that only the first run of a shape compiles, and
in memory only as much as a process may map.

What is stored is run as it is read. The folder is therefore the user's alone, each entry carries
a checksum, and one that does not match, as a full disk or a stopped run leaves it, is compiled
again in silence.
"""

import ctypes
import gc
import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path

import jax
from jax._src import compilation_cache as jax_cache
from jax._src.compilation_cache_interface import CacheInterface

from endplate.files.output import replaced_whole

_OWNER_ONLY = 0o700
_DIGEST = hashlib.sha256
_DIGEST_BYTES = 32
MAPPED_MOST = 20_000
"""Mappings of a process above which its compiled code is let go; a forecast of one kind has 1,400.
"""


def cache_folder() -> Path:
    """Folder of the compiled code: `ENDPLATE_CACHE`, else the user's cache folder."""
    if chosen := os.environ.get("ENDPLATE_CACHE"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "endplate"


def use_compile_cache() -> None:
    """Turn the cache on; a folder that is not the user's or cannot be written only costs time."""
    folder = cache_folder() / "compiled"
    if not (_is_private(folder.parent) and _is_private(folder)):
        return
    jax_cache.get_file_cache = lambda path: (CheckedCache(Path(path)), path)
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def _is_private(folder: Path) -> bool:
    """Whether a folder is there, the user's, and closed to all others; it is made and closed."""
    try:
        folder.mkdir(_OWNER_ONLY, parents=True, exist_ok=True)
        found = folder.stat()
        own = os.getuid() if hasattr(os, "getuid") else found.st_uid
        if found.st_uid != own or found.st_mode & stat.S_ISVTX:
            return False  # somebody else's, or a folder that many share, as /tmp
        if stat.S_IMODE(found.st_mode) != _OWNER_ONLY:
            folder.chmod(_OWNER_ONLY)
    except OSError:
        return False
    return True


class CheckedCache(CacheInterface):
    """Entries in a folder, each behind its SHA-256 and written whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, key: str) -> bytes | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Entry of a key; None where there is none, and where it is damaged and so removed."""
        entry = self._entry(key)
        try:
            raw = entry.read_bytes()
            if _DIGEST(raw[_DIGEST_BYTES:]).digest() == raw[:_DIGEST_BYTES]:
                return raw[_DIGEST_BYTES:]
            entry.unlink(missing_ok=True)
        except OSError:
            pass
        return None

    def put(self, key: str, value: bytes) -> None:
        """Store an entry; a disk that takes none only costs time."""
        try:
            with replaced_whole(self._entry(key)) as stream:
                stream.write(_DIGEST(value).digest() + value)
        except OSError:
            pass

    def _entry(self, key: str) -> Path:
        return self._path / f"{key}-cache"


def release_when_crowded(most: int = MAPPED_MOST) -> bool:
    """Let compiled code go where the process has more than so many mappings; whether it did.

    Compiled code lies in small pieces, and Linux lets a process map 65,530 in all: with one more
    it dies of a segmentation fault. Where mappings cannot be counted (outside Linux) none go.
    """
    try:
        mapped = Path("/proc/self/maps").read_bytes().count(b"\n")
    except OSError:
        return False
    if mapped <= most:
        return False
    release_compiled()
    return True


def release_compiled() -> None:
    """Drop what jax compiled and traced, and give free memory back to the system.

    What runs meanwhile keeps its own; what runs next takes it from the disk.
    """
    jax.clear_caches()
    gc.collect()
    with suppress(OSError, AttributeError):  # glibc alone has it
        ctypes.CDLL(None).malloc_trim(0)
