"""Keeps the finished steps of a long run, so that a killed one goes on where it was."""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
_SECONDS = "seconds"


class Checkpoints:
    """Results of named steps in a folder; those of other facts, tables or seeds do not count.

    Parameters
    ----------
    folder : Path or None
        Where to keep them; nothing is kept without one.
    key : str
        What the steps depend on, in words; part of the file names by its hash.
    """

    def __init__(self, folder: Path | None, key: str) -> None:
        self._folder = folder
        self._key = hashlib.sha256(key.encode()).hexdigest()[:12]
        self.earlier_s = 0.0  # what the steps took that were read, not made

    def step(self, name: str, make: Callable[[], Mapping[str, NDArray[Any]]]) -> Arrays:
        """Arrays of a step: read where they were kept, else made and kept."""
        path = self._path(name)
        if path is not None and path.is_file():
            with np.load(path) as kept:
                found = {key: kept[key] for key in kept.files}
            self.earlier_s += float(found.pop(_SECONDS))
            return found
        start = time.monotonic()
        made = dict(make())
        if path is not None:
            _write(path, made | {_SECONDS: np.array(time.monotonic() - start)})
        return made

    def clear(self) -> None:
        """Forget the steps of this key."""
        if self._folder is not None and self._folder.is_dir():
            for path in self._folder.glob(f"{self._key}-*.npz"):
                path.unlink()

    def _path(self, name: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{self._key}-{name}.npz"


NOTHING_KEPT = Checkpoints(None, "")


def _write(path: Path, arrays: Arrays) -> None:
    """Write beside the place and move there: a killed run leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            np.savez(out, **arrays)  # pyright: ignore[reportArgumentType]
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
