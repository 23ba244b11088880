"""Keeps compiled code on disk between runs, so that only the first run of a shape compiles."""

import os
from pathlib import Path

import jax


def cache_folder() -> Path:
    """Folder of the compiled code: `ENDPLATE_CACHE`, else the user's cache folder."""
    if chosen := os.environ.get("ENDPLATE_CACHE"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "endplate"


def use_compile_cache() -> None:
    """Turn the cache on; a folder that cannot be written only costs time."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
