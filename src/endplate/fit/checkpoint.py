"""Stores the finished steps of a long run, so that a stopped one goes on where it was."""

import hashlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.files.output import replaced_whole

Arrays = dict[str, NDArray[Any]]
_SECONDS = "seconds"


class Checkpoints:
    """Results of named steps in a folder; those of other facts, tables or seeds do not count.

    Parameters
    ----------
    folder : Path or None
        Where to store them; nothing is stored without one.
    key : str
        What the steps depend on, in words; part of the file names by its hash.
    """

    def __init__(self, folder: Path | None, key: str) -> None:
        self._folder = folder
        self._key = hashlib.sha256(key.encode()).hexdigest()[:12]
        self.earlier_s = 0.0  # what the steps took that were read, not computed

    def step(self, name: str, compute: Callable[[], Mapping[str, NDArray[Any]]]) -> Arrays:
        """Arrays of a step: read where they are stored, else computed and stored."""
        path = self._path(name)
        if path is not None and path.is_file():
            with np.load(path) as stored:
                arrays = {key: stored[key] for key in stored.files}
            self.earlier_s += float(arrays.pop(_SECONDS))
            return arrays
        start = time.monotonic()
        arrays = dict(compute())
        if path is not None:
            _write(path, arrays | {_SECONDS: np.array(time.monotonic() - start)})
        return arrays

    def clear(self) -> None:
        """Forget the steps of this key."""
        if self._folder is not None and self._folder.is_dir():
            for path in self._folder.glob(f"{self._key}-*.npz"):
                path.unlink()

    def _path(self, name: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{self._key}-{name}.npz"


NO_CHECKPOINTS = Checkpoints(None, "")


def _write(path: Path, arrays: Arrays) -> None:
    """Write a step whole: a stopped run leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced_whole(path) as out:
        np.savez(out, **arrays)  # pyright: ignore[reportArgumentType]
