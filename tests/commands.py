"""A command as a user runs it, in this process: starting another Python takes seconds each time.

What only a process of its own can show (closed pipes, interrupts, what is loaded) starts one.
"""

import tempfile
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from endplate.cli.main import main


class Done(NamedTuple):
    """What a command left: its exit code and its output."""

    returncode: int
    stdout: str
    stderr: str


def endplate(*words: object, cwd: Path | str = ".") -> Done:
    """Run `endplate WORDS` in a folder; the streams are files, as those of a shell are."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        with (
            out.open("w", encoding="utf-8") as stdout,
            err.open("w", encoding="utf-8") as stderr,
            redirect_stdout(stdout),
            redirect_stderr(stderr),
            chdir(cwd),
        ):
            try:
                main([str(word) for word in words])
            except SystemExit as left:
                code = left.code
        assert isinstance(code, int)
        return Done(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))
