"""Writes files whole: beside their place first, then moved there, and marked as ours.

Who fills the disk or stops the program finds the file that was there before, not half of a new
one. A file that does not carry our mark was made by somebody else and is replaced only on request.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from endplate._version import __version__
from endplate.errors import CannotWrite

MAKER = "Made by endplate"
# Tables of a fit name the command. A table of courses has no place for a remark; nobody else
# heads one like this.
_MARKS = (MAKER.encode(), b"Made by `endplate", b"time [d],light_chain_")
# Room for what stands before and behind a mark in any of our files.
_END_BYTES = 16_384
# Files and folders that this process is writing beside their place.
_DRAFTS: set[Path] = set()


def maker() -> str:
    """The mark that a file carries, with our version."""
    return f"{MAKER} {__version__}"


def is_ours(path: Path) -> bool:
    """Whether a file carries our mark near its start or its end; an empty one may be replaced."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(_END_BYTES)
        stream.seek(max(0, size - _END_BYTES))
        tail = stream.read(_END_BYTES)
    return not size or any(mark in head or mark in tail for mark in _MARKS)


def write_whole(content: str | bytes, path: str | Path) -> Path:
    """Write a file so that at its place there is the old one or the new one, never a part.

    Raises
    ------
    CannotWrite
        The folder is missing, not writable or full.
    """
    target = Path(path)
    try:
        with replaced_whole(target) as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
    except OSError as fault:
        raise CannotWrite(_sentence(target, fault)) from None
    return target


@contextmanager
def replaced_whole(target: Path) -> Iterator[BinaryIO]:
    """A stream into a file beside a target, which takes its place once all of it is written."""
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    _DRAFTS.add(draft)
    try:
        with draft.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
        _DRAFTS.discard(draft)


@contextmanager
def replaced_together(folder: Path) -> Iterator[Path]:
    """A new folder inside a folder; what is written there moves up once all of it is written.

    Raises
    ------
    CannotWrite
        The folder is missing, not writable or full: it is left as it was.
    """
    try:
        draft = Path(tempfile.mkdtemp(dir=folder, suffix=".part"))
    except OSError as fault:
        raise CannotWrite(_sentence(folder, fault)) from None
    _DRAFTS.add(draft)
    try:
        yield draft
        for path in sorted(draft.iterdir()):
            os.replace(path, folder / path.name)
    except OSError as fault:
        raise CannotWrite(_sentence(folder, fault)) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        _DRAFTS.discard(draft)


def discard_drafts() -> None:
    """Remove what is being written, before the process ends in the middle of it."""
    for draft in tuple(_DRAFTS):
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)


def _sentence(target: Path, fault: OSError) -> str:
    return f"{target} cannot be written: {fault.strerror or fault}."
