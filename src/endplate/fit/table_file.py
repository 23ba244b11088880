"""Writes a facts table."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from endplate.files.output import write_whole


def write_table(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> Path:
    """Write a facts table.

    Raises
    ------
    CannotWrite
        The file cannot be written; the one that was there still is.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(header)
    table.writerows(rows)
    return write_whole(text.getvalue(), path)
